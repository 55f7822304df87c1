//! The lowest layer: `rajada-parser` alone, put together as a connection would, without answers.

use rajada_parser::{
    BodyLength, Chunk, ChunkedDecoder, Config, Error, Framing, Level, Positions, Resume, Status,
};

use crate::book::{Case, Message};
use crate::event::{Event, Place};
use crate::run::Layer;

/// Room for all fields that the default limit allows, and one.
const SLOTS: usize = 101;

/// `rajada-parser` at one level of its scanners.
pub struct ParserLayer {
    config: Config,
}

impl ParserLayer {
    /// The strict configuration at this level; `None` if the machine lacks it.
    pub fn at(level: Level) -> Option<ParserLayer> {
        let config = Config::STRICT.at_most(level);
        (config.level() == level).then_some(ParserLayer { config })
    }
}

impl Layer for ParserLayer {
    fn name(&self) -> String {
        format!("parser at {}", self.config.level())
    }

    fn events(&mut self, case: &Case, pieces: &[&[u8]]) -> Vec<Event> {
        let mut stream = Stream::new(self.config.with_leniency(case.leniency), &case.message);
        for piece in pieces {
            stream.octets.extend_from_slice(piece);
            stream.advance();
        }
        stream.end(case.eof);
        stream.events
    }
}

/// What comes next.
#[derive(Clone, Copy)]
enum Next {
    Head,
    Exact(u64),
    UntilClose,
    Chunked(ChunkedDecoder),
    Trailers,
    /// Nothing is parsed any more: refused, closed, or another protocol's turn.
    Nothing,
}

/// One direction of a connection.
struct Stream<'c> {
    config: Config,
    message: &'c Message,
    next: Next,
    resume: Resume,
    positions: Positions<SLOTS>,
    /// What has arrived, and how much of it was consumed.
    octets: Vec<u8>,
    consumed: usize,
    /// Whether nothing follows the current message.
    last: bool,
    events: Vec<Event>,
}

impl<'c> Stream<'c> {
    fn new(config: Config, message: &'c Message) -> Stream<'c> {
        let (resume, positions) = (Resume::new(), Positions::new());
        Stream {
            config,
            message,
            next: Next::Head,
            resume,
            positions,
            octets: Vec::new(),
            consumed: 0,
            last: false,
            events: Vec::new(),
        }
    }

    /// What has arrived and not been consumed.
    fn rest(&self) -> &[u8] {
        &self.octets[self.consumed..]
    }

    /// Goes as far as the octets allow.
    fn advance(&mut self) {
        while self.step() {}
        self.octets.drain(..self.consumed);
        self.consumed = 0;
    }

    /// Whether there is more to do.
    fn step(&mut self) -> bool {
        match self.next {
            Next::Nothing => false,
            _ if self.rest().is_empty() => false,
            Next::Head => self.head(),
            Next::Exact(left) => {
                let length = usize::try_from(left).unwrap_or(usize::MAX).min(self.rest().len());
                self.data(length);
                self.next = Next::Exact(left - length as u64);
                if left == length as u64 {
                    self.finish();
                }
                true
            }
            Next::UntilClose => {
                self.data(self.rest().len());
                false
            }
            Next::Chunked(mut decoder) => match decoder.decode(&self.octets[self.consumed..]) {
                Ok((chunk, consumed)) => {
                    self.next = Next::Chunked(decoder);
                    match chunk {
                        Chunk::Data(data) => self.events.push(Event::Data(data.into())),
                        Chunk::NeedData => {}
                        Chunk::Trailers => self.next = Next::Trailers,
                    }
                    self.consumed += consumed;
                    !matches!(self.next, Next::Chunked(_)) || !self.rest().is_empty()
                }
                Err(error) => self.refuse(error, Place::Content),
            },
            Next::Trailers => match self.config.parse_trailers(
                &self.octets[self.consumed..],
                &mut self.resume,
                &mut self.positions,
            ) {
                Ok(Status::Partial) => false,
                Ok(Status::Complete(trailers, consumed)) => {
                    self.events.extend(trailers.iter().map(Event::trailer));
                    self.consumed += consumed;
                    self.finish();
                    true
                }
                Err(error) => self.refuse(error, Place::Trailers),
            },
        }
    }

    /// Parses and frames a request or a response.
    fn head(&mut self) -> bool {
        let mut events = Vec::new();
        let parsed = match self.message {
            Message::Requests => {
                match self.config.parse_request(
                    &self.octets[self.consumed..],
                    &mut self.resume,
                    &mut self.positions,
                ) {
                    Ok(Status::Partial) => return false,
                    Ok(Status::Complete(request, consumed)) => {
                        let (method, target, version) =
                            (request.method().into(), request.target().into(), request.version());
                        events.push(Event::Request { method, target, version });
                        events.extend(request.fields().iter().map(Event::field));
                        request.framing().map(|framing| (framing, consumed))
                    }
                    Err(error) => Err(error),
                }
            }
            Message::ResponseTo(method) => match self.config.parse_response(
                &self.octets[self.consumed..],
                &mut self.resume,
                &mut self.positions,
            ) {
                Ok(Status::Partial) => return false,
                Ok(Status::Complete(response, consumed)) => {
                    let (code, reason, version) =
                        (response.code(), response.reason().into(), response.version());
                    events.push(Event::Response { code, reason, version });
                    events.extend(response.fields().iter().map(Event::field));
                    response.framing(method.as_bytes()).map(|framing| (framing, consumed))
                }
                Err(error) => Err(error),
            },
        };
        match parsed {
            Ok((framing, consumed)) => {
                self.events.append(&mut events);
                self.consumed += consumed;
                self.resume = Resume::new();
                self.frame(framing);
                true
            }
            // A message that is refused is no message.
            Err(error) => self.refuse(error, Place::Message),
        }
    }

    fn frame(&mut self, framing: Framing) {
        if framing.body != BodyLength::None {
            self.events.push(Event::Content(framing.body));
        }
        let flags = [
            (framing.expect_continue, Event::Expects),
            (framing.upgrade, Event::Upgrade),
            (framing.tunnel, Event::Tunnel),
            (!framing.persistent, Event::Close),
        ];
        self.events.extend(flags.into_iter().filter_map(|(set, event)| set.then_some(event)));
        self.last = !framing.persistent || framing.upgrade || framing.tunnel;
        match framing.body {
            BodyLength::None | BodyLength::Exact(0) => self.finish(),
            BodyLength::Exact(octets) => self.next = Next::Exact(octets),
            BodyLength::Chunked => {
                self.next = Next::Chunked(ChunkedDecoder::new(self.config.limits()))
            }
            BodyLength::UntilClose => self.next = Next::UntilClose,
        }
    }

    /// Takes this many octets as content.
    fn data(&mut self, length: usize) {
        if length > 0 {
            self.events.push(Event::Data(self.rest()[..length].into()));
            self.consumed += length;
        }
    }

    /// The message is complete.
    fn finish(&mut self) {
        self.events.push(Event::End);
        self.resume = Resume::new();
        self.next = if self.last { Next::Nothing } else { Next::Head };
    }

    fn refuse(&mut self, error: Error, from: Place) -> bool {
        self.events.push(Event::Refused { error, from });
        self.next = Next::Nothing;
        false
    }

    /// No more octets come for now or, at `eof`, ever.
    fn end(&mut self, eof: bool) {
        match self.next {
            Next::Nothing => {}
            Next::UntilClose if eof => self.finish(),
            Next::Head if self.rest().is_empty() => {}
            _ => self.events.push(Event::Incomplete),
        }
    }
}
