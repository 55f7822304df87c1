//! A pipeline and its reference, side by side through the same schedule of octets and calls.

use rajada_parser::{
    BodyLength, Chunk, ChunkedDecoder, Config, Limits, Positions, Request, Resume, Status,
};
use rajada_pipeline::memory::{Memory, Piece, UsualMemory};
use rajada_pipeline::{
    ApiMisuse, Burst, Content, Event, Head, Incoming, Length, Phase, Pipeline, Settings, Store,
    Streaming, Ticket,
};

use super::reference::{Facts, HEAD, HINTS, Input, Reference, SWITCH};

/// In a box of the test's own, also where the crate has no heap.
type Loan<M> = Box<Store<Vec<u8>, M>>;

const HELD: usize = 4000;
const CONTENT: u64 = 10_000;
/// More than the pieces that memory on the heap has at first.
const IN_FLIGHT: usize = 20;

/// Runs `schedule` on a connection whose peer sends `octets`. Panics at the first difference.
/// Returns what left.
pub fn run(octets: &[u8], schedule: &[u8]) -> Vec<u8> {
    run_on(UsualMemory::new(), octets, schedule)
}

/// The same on other memory, which must never be full.
pub fn run_on<M: Memory<Vec<u8>>>(memory: M, octets: &[u8], schedule: &[u8]) -> Vec<u8> {
    let mut simulation = Simulation::new(memory, octets);
    // Of few schedules, so that much is in flight at once.
    let lifted = schedule.last().is_some_and(|octet| octet % 4 == 0);
    simulation.settings.unsafe_in_parallel = lifted;
    simulation.reference.unsafe_in_parallel = lifted;
    let mut schedule = schedule.iter().copied();
    while let Some(call) = schedule.next() {
        simulation.step(call, schedule.next().unwrap_or(0));
        simulation.compare();
    }
    simulation.wind_up();
    simulation.wire
}

struct Simulation<'o, M> {
    pipeline: Pipeline<Vec<u8>, M, Loan<M>>,
    reference: Reference,
    settings: Settings,
    slots: Positions<100>,
    /// What the peer sends, how much of it has arrived, and how much was consumed.
    octets: &'o [u8],
    arrived: usize,
    consumed: usize,
    tickets: Vec<(usize, Ticket)>,
    streams: Vec<(usize, Streaming)>,
    wire: Vec<u8>,
    largest: usize,
}

impl<'o, M: Memory<Vec<u8>>> Simulation<'o, M> {
    fn new(memory: M, octets: &'o [u8]) -> Self {
        let mut settings = Settings::default();
        settings.requests_in_flight = IN_FLIGHT;
        settings.held = HELD;
        settings.content = CONTENT;
        let mut pipeline = Pipeline::new();
        pipeline.lend(Box::new(Store::with_memory(&settings, memory)));
        Self {
            pipeline,
            reference: Reference::default(),
            settings,
            slots: Positions::new(),
            octets,
            arrived: 0,
            consumed: 0,
            tickets: Vec::new(),
            streams: Vec::new(),
            wire: Vec::new(),
            largest: 0,
        }
    }

    fn step(&mut self, call: u8, choice: u8) {
        let size = usize::from(choice >> 3) * if call >= 128 { 100 } else { 1 };
        let content = &vec![b'a' + choice % 26; size][..];
        self.largest = self.largest.max(size + 300);
        match call % 16 {
            0 => self.arrive_to_empty_line(),
            1 => self.arrive(usize::from(choice)),
            2 => self.arrive(usize::MAX),
            3..=5 => self.respond(choice, content, call % 16 == 5),
            6 => self.start(choice, if call >= 128 { Some(size % 64) } else { None }),
            7 | 8 => self.send(choice, content, call % 16 == 8),
            9 => self.finish(choice),
            10 => self.transmit(usize::from(choice)),
            11 => self.transmit(usize::MAX),
            12 => self.send_continue(choice),
            13 if choice < 16 => self.lose(choice),
            13 if choice < 32 => self.close_after(choice),
            13 if choice >= 252 => self.eof(),
            13 if choice >= 236 => {
                self.pipeline.shut_down();
                self.reference.shut_down();
            }
            14 if choice < 32 => self.abort(choice),
            14 if choice < 96 => self.inform(choice),
            14 if choice < 160 => self.accept_upgrade(),
            14 if choice < 162 => {
                self.pipeline.refuse(&self.settings, 408);
                self.reference.refuse(408);
            }
            15 => self.reclaim(),
            _ => {}
        }
    }

    /// All octets to the end of the next head arrive, and none of its content.
    fn arrive_to_empty_line(&mut self) {
        let coming = &self.octets[self.arrived..];
        let found = coming.windows(4).position(|octets| octets == b"\r\n\r\n");
        self.arrive(found.map_or(usize::MAX, |at| at + 4));
    }

    /// More octets arrive, and are received as far as the pipeline takes them.
    fn arrive(&mut self, count: usize) {
        self.arrived = self.arrived.saturating_add(count).min(self.octets.len());
        loop {
            let mut burst = Burst::new(&self.octets[self.consumed..self.arrived]);
            let event = self.pipeline.receive(&self.settings, &mut burst, &mut self.slots);
            let reference = &mut self.reference;
            // What is not about a new head is about content.
            let is_head_event = matches!(&event, Event::Request { .. } | Event::Malformed(_));
            if burst.consumed() > 0 && !is_head_event {
                reference.content_begun();
            }
            self.consumed += burst.consumed();
            match event {
                Event::Request { ticket, request, content, expects_continue, upgrade } => {
                    if let Input::Content { draining: true, .. } = reference.input {
                        reference.end_of_content();
                    }
                    assert_eq!(reference.input, Input::Head);
                    assert!(reference.in_flight() < IN_FLIGHT && reference.weight() < HELD);
                    let framing = request.framing().expect("it was accepted");
                    let rest = &self.octets[self.consumed..self.arrived];
                    let followed = match content {
                        Incoming::Streaming(BodyLength::Chunked) => behind_chunks(rest),
                        Incoming::Streaming(_) => None,
                        _ => Some(rest),
                    };
                    let number = reference.request(Facts {
                        is_head: request.method() == b"HEAD",
                        http10: request.version() == rajada_parser::Version::Http10,
                        last: !framing.persistent,
                        streaming: matches!(content, Incoming::Streaming(_)),
                        expects: expects_continue,
                        upgrade,
                        effects: has_effects(&request),
                        followed: followed.is_some_and(begins_a_head),
                    });
                    self.tickets.push((number, ticket));
                }
                Event::Data(data) => {
                    assert!(!data.is_empty());
                    assert!(matches!(reference.input, Input::Content { draining: false, .. }));
                }
                Event::EndOfMessage { .. } => {
                    assert!(matches!(reference.input, Input::Content { draining: false, .. }));
                    reference.end_of_content();
                }
                Event::Malformed(offence) => {
                    if let Input::Content { draining: true, .. } = reference.input
                        && self.wrote_an_answer_more()
                    {
                        // Drained to its end; the offence is in the head behind it.
                        self.reference.input = Input::Head;
                    }
                    self.reference.malformed(offence.status());
                }
                Event::NeedData => {
                    let next = self.next_has_effects();
                    let is_next = self.reference.input == Input::Head;
                    assert!(
                        !is_next || next.is_none_or(|next| !self.reference.is_out_of_order(next))
                    );
                    assert!(
                        self.reference.input != Input::Ended && self.reference.input != Input::Held
                    );
                    break;
                }
                Event::Paused => {
                    let full = reference.in_flight() >= IN_FLIGHT || reference.weight() >= HELD;
                    if let Input::Content { draining: true, .. } = reference.input
                        && !full
                    {
                        // Drained to its end; it is the request behind it that waits.
                        reference.end_of_content();
                    }
                    let next = self.next_has_effects();
                    let reference = &mut self.reference;
                    let waits = reference.input == Input::Head
                        && reference.is_out_of_order(next.unwrap_or(false));
                    // Where there is no room for it, nobody has looked at it.
                    if waits && !full {
                        reference.hold_back(next.unwrap_or(false));
                    }
                    assert!(full || waits || reference.input == Input::Held);
                    break;
                }
                Event::Closed => {
                    if let Input::Content { draining: true, .. } = reference.input {
                        // Drained beyond the bound.
                        reference.end();
                    }
                    assert_eq!(reference.input, Input::Ended);
                    break;
                }
                Event::Upgraded => {
                    assert_eq!(reference.input, Input::Upgraded);
                    break;
                }
                other => panic!("{other:?} is unknown"),
            }
            self.compare();
        }
        if let Input::Content { draining: true, .. } = self.reference.input
            && matches!(self.pipeline.phase(), Phase::Idle | Phase::Head)
        {
            self.reference.end_of_content();
        }
    }

    /// Whether the request that is next has effects; `None` if its head is incomplete, or none.
    fn next_has_effects(&self) -> Option<bool> {
        let (mut at, mut slots) = (Resume::new(), Positions::<100>::new());
        let rest = &self.octets[self.consumed..self.arrived];
        match Config::STRICT.parse_request(rest, &mut at, &mut slots) {
            Ok(Status::Complete(request, _)) => Some(has_effects(&request)),
            _ => None,
        }
    }

    /// Whether the pipeline holds more than its reference, because it has answered an offence.
    fn wrote_an_answer_more(&self) -> bool {
        self.pipeline.held() > self.reference.held()
    }

    fn respond(&mut self, choice: u8, content: &[u8], owned: bool) {
        let Some((number, ticket)) = pick(&mut self.tickets, choice) else { return };
        let body = if owned { Content::Owned(content.to_vec()) } else { Content::Copied(content) };
        match self.pipeline.respond(ticket, &head(HEAD), body) {
            Ok(()) => self.reference.respond(number, content),
            Err(rejected) => {
                assert_eq!(rejected.why, ApiMisuse::Gone);
                assert!(!self.reference.owes(number));
            }
        }
    }

    fn start(&mut self, choice: u8, length: Option<usize>) {
        let Some((number, ticket)) = pick(&mut self.tickets, choice) else { return };
        let declared = length.map_or(Length::Unknown, |length| Length::Exact(length as u64));
        match self.pipeline.start(ticket, &head(HEAD), declared) {
            Ok(stream) => {
                self.reference.start(number, length);
                self.streams.push((number, stream));
            }
            Err(rejected) => {
                assert_eq!(rejected.why, ApiMisuse::Gone);
                assert!(!self.reference.owes(number));
            }
        }
    }

    fn send(&mut self, choice: u8, content: &[u8], owned: bool) {
        let Some((number, stream)) = pick(&mut self.streams, choice) else { return };
        let body = if owned { Content::Owned(content.to_vec()) } else { Content::Copied(content) };
        let taken = self.pipeline.send(&stream, body);
        if !self.reference.owes(number) {
            return assert_eq!(taken, Err(ApiMisuse::Gone));
        }
        let full = taken == Err(ApiMisuse::Full);
        let expected = match self.reference.send(number, content, HELD, full) {
            Ok(()) => Ok(()),
            Err("full") => Err(ApiMisuse::Full),
            Err(_) => Err(ApiMisuse::TooLong),
        };
        assert_eq!(taken, expected);
        self.streams.push((number, stream));
    }

    fn finish(&mut self, choice: u8) {
        let Some((number, stream)) = pick(&mut self.streams, choice) else { return };
        let owed = self.reference.owes(number);
        match self.pipeline.finish(stream, &[]) {
            Ok(()) => assert!(owed && self.reference.finish(number)),
            Err(rejected) if owed => {
                assert_eq!(rejected.why, ApiMisuse::TooShort);
                assert!(!self.reference.finish(number));
            }
            Err(rejected) => assert_eq!(rejected.why, ApiMisuse::Gone),
        }
    }

    fn abort(&mut self, choice: u8) {
        let Some((number, stream)) = pick(&mut self.streams, choice) else { return };
        let owed = self.reference.owes(number);
        assert_eq!(self.pipeline.abort(stream).is_ok(), owed);
        if owed {
            self.reference.cut(number);
        }
    }

    /// A ticket or a stream is dropped, and its loss reported.
    fn lose(&mut self, choice: u8) {
        let (number, id) = if choice & 1 == 0 {
            let Some((number, ticket)) = pick(&mut self.tickets, choice) else { return };
            (number, ticket.id())
        } else {
            let Some((number, stream)) = pick(&mut self.streams, choice) else { return };
            (number, stream.id())
        };
        let owed = self.reference.owes(number);
        assert_eq!(self.pipeline.abandon(&self.settings, id).is_ok(), owed);
        if owed {
            self.reference.abandon(number);
        }
    }

    fn close_after(&mut self, choice: u8) {
        let Some((number, ticket)) = pick(&mut self.tickets, choice) else { return };
        let owed = self.reference.owes(number);
        assert_eq!(self.pipeline.close_after(&ticket).is_ok(), owed);
        if owed {
            self.reference.close_after();
            self.tickets.push((number, ticket));
        }
    }

    fn send_continue(&mut self, choice: u8) {
        let Some((number, ticket)) = pick(&mut self.tickets, choice) else { return };
        match self.pipeline.send_continue(&ticket) {
            Ok(sent) => {
                assert_eq!(sent, self.reference.send_continue(number));
                self.tickets.push((number, ticket));
            }
            Err(_) => assert!(!self.reference.owes(number)),
        }
    }

    fn inform(&mut self, choice: u8) {
        let Some((number, ticket)) = pick(&mut self.tickets, choice) else { return };
        let sent = self.pipeline.inform(&ticket, &head(HINTS));
        if !self.reference.owes(number) {
            return assert_eq!(sent, Err(ApiMisuse::Gone));
        }
        let full = sent == Err(ApiMisuse::Full);
        assert_eq!(sent, self.reference.inform(number, HELD, full).ok_or(ApiMisuse::Full));
        self.tickets.push((number, ticket));
    }

    /// Accepts another protocol for the youngest ticket there is.
    fn accept_upgrade(&mut self) {
        let youngest = self.tickets.iter().enumerate().max_by_key(|(_, (number, _))| *number);
        let Some((at, _)) = youngest else { return };
        let (number, ticket) = self.tickets.remove(at);
        match self.pipeline.accept_upgrade(ticket, &head(SWITCH)) {
            Ok(()) => assert!(self.reference.upgrade(number)),
            Err(rejected) if self.reference.owes(number) => {
                assert_eq!(rejected.why, ApiMisuse::NotOffered);
                assert!(!self.reference.upgrade(number));
                self.tickets.push((number, rejected.given));
            }
            Err(rejected) => assert_eq!(rejected.why, ApiMisuse::Gone),
        }
    }

    fn eof(&mut self) {
        let _ = self.pipeline.receive_eof();
        self.reference.eof();
        // Nothing arrives behind the end.
        self.octets = &self.octets[..self.consumed];
        self.arrived = self.consumed;
    }

    fn transmit(&mut self, count: usize) {
        let mut out = [&[][..]; 3];
        let slices = self.pipeline.poll_transmit(&mut out);
        let octets = out[..slices].concat();
        let count = count.min(octets.len());
        self.wire.extend_from_slice(&octets[..count]);
        self.pipeline.transmitted(count);
        assert_eq!(self.reference.transmit(count), octets[..count]);
    }

    fn reclaim(&mut self) {
        let idle = self.reference.in_flight() == 0
            && self.reference.ready.is_empty()
            && !matches!(self.reference.input, Input::Content { .. });
        match self.pipeline.reclaim() {
            Some(store) => {
                assert!(idle);
                assert!(self.pipeline.wants_store());
                // It grows to a multiple of what was held; arrays have 221 KiB from the start.
                assert!(store.capacity() <= 4 * self.most().max(56 * 1024));
                self.pipeline.lend(store);
            }
            None => assert!(!idle),
        }
    }

    /// As many octets as may be held: the bound for the oldest stream and for all others, and an
    /// answer given whole to each request in flight.
    fn most(&self) -> usize {
        2 * HELD + (IN_FLIGHT + 1) * self.largest
    }

    /// What can be asked of both gives the same.
    fn compare(&mut self) {
        let pieces = self.pipeline.memory_held() - self.pipeline.held();
        // No piece is empty.
        assert!(pieces <= self.pipeline.held() * size_of::<Piece<Vec<u8>>>());
        self.reference.pieces = pieces;
        self.reference.more = begins_a_head(&self.octets[self.consumed..self.arrived]);
        let (pipeline, reference) = (&self.pipeline, &self.reference);
        assert_eq!(pipeline.in_flight(), reference.in_flight());
        assert_eq!(pipeline.held(), reference.held());
        assert_eq!(pipeline.wants_write(), !reference.ready.is_empty());
        assert_eq!(pipeline.wants_read(), reference.wants_read(IN_FLIGHT, HELD));
        assert_eq!(pipeline.octets_received(), self.consumed as u64);
        assert_eq!(pipeline.octets_transmitted(), reference.transmitted as u64);
        let mut out = vec![&[][..]; reference.ready.len()];
        let slices = pipeline.poll_transmit(&mut out);
        assert!(out[..slices].iter().all(|slice| !slice.is_empty()));
        assert_eq!(out[..slices].concat(), reference.ready);
        assert!(reference.in_flight() <= IN_FLIGHT + 1, "with one answer of the pipeline's own");
        assert!(reference.held() <= self.most());
        let closed = reference.input == Input::Ended
            && reference.in_flight() == 0
            && reference.ready.is_empty();
        assert_eq!(pipeline.phase() == Phase::Closed, closed);
        assert_eq!(pipeline.wants_reset(), reference.wants_reset());
        assert_eq!(pipeline.is_leaving(), reference.is_leaving());
        for (number, ticket) in &self.tickets {
            assert!(!pipeline.is_transmitted(ticket.id()) || reference.has_left(*number));
        }
    }

    /// Answers what is owed, lets everything leave, and reads it as a client would.
    fn wind_up(&mut self) {
        while !self.tickets.is_empty() {
            self.respond(0, b"the end", false);
        }
        while !self.streams.is_empty() {
            self.finish(0);
        }
        self.compare();
        while self.pipeline.wants_write() {
            self.transmit(usize::MAX);
        }
        assert_eq!((self.pipeline.held(), self.pipeline.in_flight()), (0, 0));
        self.reread();
    }

    /// Finds exactly the answers given in what left.
    fn reread(&mut self) {
        let mut given = std::mem::take(&mut self.reference.given);
        given.sort_by_key(|given| given.number);
        let mut rest = &self.wire[..];
        for answer in given {
            loop {
                let (mut at, mut slots) = (Resume::new(), Positions::<16>::new());
                let status = Config::STRICT.parse_response(rest, &mut at, &mut slots);
                let Ok(Status::Complete(response, taken)) = status else {
                    panic!("{status:?} in place of {answer:?}")
                };
                rest = &rest[taken..];
                if response.code() < 200 {
                    continue;
                }
                assert_eq!(response.code(), answer.status);
                let method: &[u8] = if answer.is_head { b"HEAD" } else { b"GET" };
                let body = response.framing(method).expect("clear framing").body;
                let (content, complete) = take_content(&mut rest, body);
                assert_eq!(content, answer.content);
                assert!(complete || !answer.complete, "{answer:?}");
                break;
            }
        }
        // At most interim answers without their final one, where the connection was cut, or the
        // acceptance of another protocol.
        while !rest.is_empty() {
            let (mut at, mut slots) = (Resume::new(), Positions::<16>::new());
            match Config::STRICT.parse_response(rest, &mut at, &mut slots) {
                Ok(Status::Complete(response, taken)) if response.code() < 200 => {
                    rest = &rest[taken..];
                }
                other => panic!("{other:?} behind the last answer"),
            }
        }
    }
}

fn take_content(rest: &mut &[u8], body: BodyLength) -> (Vec<u8>, bool) {
    match body {
        BodyLength::None => (Vec::new(), true),
        BodyLength::Exact(length) => {
            let here = rest.len().min(length as usize);
            let (content, behind) = rest.split_at(here);
            *rest = behind;
            (content.to_vec(), here as u64 == length)
        }
        BodyLength::UntilClose => (std::mem::take(rest).to_vec(), true),
        BodyLength::Chunked => {
            let (mut decoder, mut content) = (ChunkedDecoder::new(&Limits::DEFAULT), Vec::new());
            loop {
                let (chunk, taken) = decoder.decode(rest).expect("well-formed chunks");
                *rest = &rest[taken..];
                match chunk {
                    Chunk::Data(data) => content.extend_from_slice(data),
                    Chunk::NeedData => return (content, false),
                    Chunk::Trailers => break,
                }
            }
            let (mut at, mut slots) = (Resume::new(), Positions::<4>::new());
            let status = Config::STRICT.parse_trailers(rest, &mut at, &mut slots);
            match status.expect("well-formed trailers") {
                Status::Complete(_, taken) => {
                    *rest = &rest[taken..];
                    (content, true)
                }
                Status::Partial => (content, false),
            }
        }
    }
}

/// Whether a request may change something.
fn has_effects(request: &Request<'_, '_>) -> bool {
    const SAFE: [&[u8]; 5] = [b"GET", b"HEAD", b"OPTIONS", b"TRACE", b"QUERY"];
    !SAFE.contains(&request.method()) || request.framing().is_ok_and(|framing| framing.upgrade)
}

/// Whether these are more than the empty line that may stand before a head.
fn begins_a_head(octets: &[u8]) -> bool {
    !b"\r\n".starts_with(octets)
}

/// What stands behind content in chunks, if all of that is there and well-formed.
fn behind_chunks(mut octets: &[u8]) -> Option<&[u8]> {
    let mut decoder = ChunkedDecoder::new(&Limits::DEFAULT);
    loop {
        let (chunk, taken) = decoder.decode(octets).ok()?;
        octets = &octets[taken..];
        match chunk {
            Chunk::Data(_) if decoder.content() <= CONTENT => {}
            Chunk::Trailers => break,
            Chunk::Data(_) | Chunk::NeedData => return None,
        }
    }
    let (mut at, mut slots) = (Resume::new(), Positions::<32>::new());
    match Config::STRICT.parse_trailers(octets, &mut at, &mut slots) {
        Ok(Status::Complete(_, taken)) => Some(&octets[taken..]),
        _ => None,
    }
}

fn head(lines: &'static str) -> Head<'static> {
    Head::new(lines.as_bytes()).expect("a head")
}

fn pick<T>(from: &mut Vec<T>, choice: u8) -> Option<T> {
    if from.is_empty() { None } else { Some(from.remove(usize::from(choice) % from.len())) }
}
