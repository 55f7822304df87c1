//! Responses in, each to the oldest request.

use core::ops::DerefMut;

use rajada_parser::{BodyLength, Framing, Response, Slots, Status};

use super::head::Asked;
use super::{Client, Event, Input, RequestId, Upload};
use crate::burst::Burst;
use crate::content::{Body, Part};
use crate::event::{Incoming, Offence};
use crate::memory::Memory;
use crate::order::Sequence;
use crate::settings::Settings;
use crate::store::{Answer, Store};

impl<B: AsRef<[u8]>, M: Memory<B>, L: DerefMut<Target = Store<B, M>>> Client<B, M, L> {
    /// Takes the next event out of a burst. Call it until it gives [`Event::NeedData`],
    /// [`Event::Paused`], [`Event::Upgraded`] or [`Event::Closed`]. What is not consumed is given
    /// again with more behind it, and the same `slots`.
    pub fn receive<'b, 'h, S: Slots + ?Sized>(
        &mut self,
        settings: &Settings,
        burst: &mut Burst<'b>,
        slots: &'h mut S,
    ) -> Event<'b, 'h> {
        match self.input {
            Input::Head => self.receive_head(settings, burst, slots),
            Input::Content => self.receive_content(settings, burst, slots),
            Input::Upgraded => Event::Upgraded,
            Input::Ended => {
                self.consume(burst, usize::MAX);
                Event::Closed
            }
        }
    }

    /// Takes note that the server sends nothing more. Content whose end is that of the connection
    /// is complete now; any other message is cut short, and requests without a response stay
    /// [`unanswered`](Self::unanswered).
    pub fn receive_eof(&mut self) -> Event<'static, 'static> {
        let was = self.input;
        let until_close = was == Input::Content
            && matches!(self.store.as_ref().map(|s| &s.content.body), Some(Body::UntilClose(_)));
        if until_close {
            self.complete();
        }
        self.end();
        match was {
            Input::Content if until_close => Event::EndOfMessage { trailers: None },
            Input::Content => Event::Malformed(Offence::Truncated),
            Input::Head if self.head_begun => Event::Malformed(Offence::Truncated),
            _ => Event::Closed,
        }
    }

    fn receive_head<'b, 'h, S: Slots + ?Sized>(
        &mut self,
        settings: &Settings,
        burst: &mut Burst<'b>,
        slots: &'h mut S,
    ) -> Event<'b, 'h> {
        if burst.rest().is_empty() {
            return Event::NeedData;
        }
        let Some(asked) = self.awaited() else {
            return self.offend(burst, Offence::Unasked);
        };
        match settings.parser.parse_response(burst.rest(), &mut self.resume, slots) {
            Ok(Status::Complete(response, octets)) => {
                self.head_begun = false;
                self.consume(burst, octets);
                match response.framing(asked.method()) {
                    Ok(framing) => self.admit(settings, response, framing, asked, burst),
                    Err(error) => self.offend(burst, Offence::Head(error)),
                }
            }
            Ok(Status::Partial) => {
                self.head_begun = true;
                Event::NeedData
            }
            Err(error) => self.offend(burst, Offence::Head(error)),
        }
    }

    /// A complete head whose framing is clear.
    fn admit<'b, 'h>(
        &mut self,
        settings: &Settings,
        response: Response<'b, 'h>,
        framing: Framing,
        asked: Asked,
        burst: &mut Burst<'b>,
    ) -> Event<'b, 'h> {
        let id = RequestId { client: self.identity, sequence: self.order.front() };
        if matches!(response.code(), 100 | 102..=199) {
            if self.interim >= settings.interim {
                return self.offend(burst, Offence::TooManyInterim);
            }
            self.interim += 1;
            return Event::Interim { id, response };
        }
        if framing.upgrade && !asked.has(Asked::UPGRADE) {
            return self.offend(burst, Offence::UpgradeUnasked);
        }
        if let BodyLength::Exact(length) = framing.body
            && length > settings.content
        {
            return self.offend(burst, Offence::ContentTooLarge);
        }
        self.interim = 0;
        // What the server says of the connection is told by its last response alone.
        self.closed_in_order = !framing.persistent;
        let upgrade = framing.upgrade || framing.tunnel;
        let content = match framing.body {
            _ if upgrade => {
                // The request may be finished still: only then its new protocol begins (RFC 9110
                // section 7.8).
                self.retire();
                self.input = Input::Upgraded;
                Incoming::None
            }
            BodyLength::None | BodyLength::Exact(0) => {
                self.complete();
                Incoming::None
            }
            BodyLength::Exact(length) if length <= burst.rest().len() as u64 => {
                let content = self.consume(burst, length as usize);
                self.complete();
                Incoming::Whole(content)
            }
            body => {
                if let Some(store) = self.store.as_deref_mut() {
                    store.content.body = Body::new(body, settings);
                }
                self.input = Input::Content;
                Incoming::Streaming(body)
            }
        };
        Event::Response { id, response, content, upgrade }
    }

    fn receive_content<'b, 'h, S: Slots + ?Sized>(
        &mut self,
        settings: &Settings,
        burst: &mut Burst<'b>,
        slots: &'h mut S,
    ) -> Event<'b, 'h> {
        let Some(store) = self.store.as_deref_mut() else { return Event::Paused };
        let before = burst.consumed();
        let part = store.content.body.next(settings, settings.content, burst, slots);
        self.received += (burst.consumed() - before) as u64;
        match part {
            Ok(Part::Data(data)) => Event::Data(data),
            Ok(Part::NeedData) => Event::NeedData,
            Ok(Part::End(trailers)) => {
                self.complete();
                Event::EndOfMessage { trailers }
            }
            Err(offence) => self.offend(burst, offence),
        }
    }

    /// The response to the oldest request is complete.
    fn complete(&mut self) {
        // A response that comes before its request is finished, or to one broken off, ends what may
        // be asked: the server may not read on.
        let unfinished = self.output != Upload::Idle && self.order.len() == 1;
        self.retire();
        self.cautious = false;
        self.input = Input::Head;
        if self.closed_in_order || unfinished {
            self.end();
        }
    }

    /// Forgets the oldest request.
    pub(super) fn retire(&mut self) {
        if let Some(store) = self.store.as_deref_mut() {
            store.retire(&mut self.order);
        }
    }

    #[cold]
    fn offend<'b, 'h>(&mut self, burst: &mut Burst<'b>, offence: Offence) -> Event<'b, 'h> {
        self.consume(burst, usize::MAX);
        self.end();
        Event::Malformed(offence)
    }

    /// What the oldest request asked for, if an octet of it has left: before that nothing can
    /// answer it, and what comes was meant for nobody, or for somebody else (RFC 9112 section 9.2).
    fn awaited(&mut self) -> Option<Asked> {
        let (oldest, transmitted) = (self.order.front(), self.transmitted);
        match self.answer_of(oldest)? {
            Answer::Awaited { position, asked } if position < transmitted => Some(asked),
            _ => None,
        }
    }

    fn answer_of(&mut self, sequence: Sequence) -> Option<Answer> {
        if !self.order.contains(sequence) {
            return None;
        }
        Some(self.store.as_deref_mut()?.slot(sequence)?.answer)
    }

    fn consume<'b>(&mut self, burst: &mut Burst<'b>, count: usize) -> &'b [u8] {
        let taken = burst.take(count);
        self.received += taken.len() as u64;
        taken
    }
}
