//! A client and its reference, side by side through the same schedule of calls, and a server that
//! answers what left.

use rajada_parser::{Field, Positions};
use rajada_pipeline::client::{Client, Event, RequestHead, RequestId, Sending};
use rajada_pipeline::memory::{Memory, Piece, UsualMemory};
use rajada_pipeline::{
    ApiMisuse, Burst, Content as Given, Incoming, Length, Offence, Settings, Store,
};

use super::reference::{Bounds, Content, Input, Reference, Request, Seen, Upload};
use super::server::Server;

/// In a box of the test's own, also where the crate has no heap.
type Loan<M> = Box<Store<Vec<u8>, M>>;

const HELD: usize = 4000;
/// As much as one of the server's answers has; one has more.
const CONTENT: usize = 2100;
/// More than the pieces that memory on the heap has at first.
const IN_FLIGHT: usize = 20;

const METHODS: [&str; 16] = [
    "GET", "GET", "GET", "GET", "GET", "HEAD", "HEAD", "PUT", "PUT", "DELETE", "OPTIONS", "TRACE",
    "POST", "PATCH", "CONNECT", "BREW",
];

/// How often something came of a schedule.
#[derive(Debug, Default, Clone, Copy)]
pub struct Tally {
    pub requests: usize,
    pub interim: usize,
    pub responses: usize,
    pub complete: usize,
    pub upgrades: usize,
    pub offences: usize,
    pub cut: usize,
    pub unasked: usize,
    pub replayable: usize,
    pub lost: usize,
    pub full: usize,
}

impl Tally {
    /// All of them.
    pub fn numbers(&self) -> [usize; 11] {
        let Self { requests, interim, responses, complete, upgrades, .. } = *self;
        let Self { offences, cut, unasked, replayable, lost, full, .. } = *self;
        [
            requests, interim, responses, complete, upgrades, offences, cut, unasked, replayable,
            lost, full,
        ]
    }
}

/// Runs `schedule` with a server that answers and, where the schedule wants it, sends some of
/// `octets`. Panics at the first difference.
pub fn run(octets: &[u8], schedule: &[u8]) -> Tally {
    let bounds = Bounds { in_flight: IN_FLIGHT, held: HELD, ..Bounds::default() };
    run_on(bounds, false, UsualMemory::new, octets, schedule)
}

/// The same with other bounds on other memory, which may be full if it is `tight`.
pub fn run_on<M: Memory<Vec<u8>>>(
    bounds: Bounds,
    tight: bool,
    memory: fn() -> M,
    octets: &[u8],
    schedule: &[u8],
) -> Tally {
    let mut simulation = Simulation::new(bounds, tight, memory, octets);
    let mut schedule = schedule.iter().copied();
    while let Some(call) = schedule.next() {
        simulation.step(call, schedule.next().unwrap_or(0));
        simulation.compare();
    }
    simulation.wind_up();
    simulation.tally
}

struct Simulation<'o, M> {
    client: Client<Vec<u8>, M, Loan<M>>,
    reference: Reference,
    settings: Settings,
    slots: Positions<100>,
    memory: fn() -> M,
    tight: bool,
    server: Server,
    /// What the server may send beside answers.
    octets: &'o [u8],
    /// The names of the requests, by number.
    ids: Vec<RequestId>,
    stream: Option<Sending>,
    /// A stream of a connection that is gone.
    stale: Option<Sending>,
    spare: Option<Loan<M>>,
    /// Octets of the largest request given whole, or piece of content.
    largest: usize,
    tally: Tally,
}

impl<'o, M: Memory<Vec<u8>>> Simulation<'o, M> {
    fn new(bounds: Bounds, tight: bool, memory: fn() -> M, octets: &'o [u8]) -> Self {
        let mut settings = Settings::default();
        settings.requests_in_flight = IN_FLIGHT;
        settings.held = HELD;
        settings.content = CONTENT as u64;
        settings.interim = 3;
        let bounds = Bounds { content: CONTENT, interim: 3, ..bounds };
        let mut client = Client::new();
        client.lend(Box::new(Store::with_memory(&settings, memory())));
        Self {
            client,
            reference: Reference::new(bounds),
            settings,
            slots: Positions::new(),
            memory,
            tight,
            server: Server::default(),
            octets,
            ids: Vec::new(),
            stream: None,
            stale: None,
            spare: None,
            largest: 0,
            tally: Tally::default(),
        }
    }

    fn step(&mut self, call: u8, choice: u8) {
        let size = usize::from(choice >> 3) * if call >= 128 { 100 } else { 1 };
        let content = &vec![b'a' + choice % 26; size][..];
        match call % 16 {
            0 => self.arrive(usize::from(choice)),
            1 => self.arrive(usize::MAX),
            // The last octets come alone, which may be the last of a message.
            2 => self.arrive(self.server.coming().saturating_sub((choice % 4).into())),
            3 => self.reference.arrive(&self.server.take(usize::from(choice))),
            4 => drop(self.receive()),
            6 if choice >= 224 => (192..choice).for_each(|_| self.request(0, 0)),
            5 | 6 => self.request(choice, call >> 4),
            7 => self.start(choice, (call >= 128).then_some(size % 64)),
            8 => self.send(content, call & 16 == 0),
            9 if choice < 24 => self.abort(),
            9 => self.finish(choice),
            10 => self.transmit(usize::from(choice)),
            11 => self.transmit(usize::MAX),
            13 if matches!(self.reference.input, Input::Ended | Input::Upgraded) => {
                self.reconnect()
            }
            13 if self.server.is_done() => self.eof(),
            12 if call >= 128 => {
                self.transmit(usize::MAX);
                self.server.answer(&self.reference, choice);
                self.arrive(usize::from(choice) * 2);
            }
            12 | 13 => self.server.answer(&self.reference, choice),
            14 => {
                let (sent, rest) = self.octets.split_at(self.octets.len().min(choice.into()));
                self.octets = rest;
                self.server.send_raw(sent);
            }
            _ => match choice {
                0..96 => self.reclaim(),
                96..128 => self.lend(),
                128..144 => self.send_to_stale(),
                144..150 => {
                    self.client.pipeline_any_method();
                    self.reference.any_method = true;
                }
                150..165 => self.eof(),
                165..180 => self.reconnect(),
                _ => {}
            },
        }
    }

    fn request(&mut self, choice: u8, kind: u8) {
        let (method, fields) = ask(choice);
        let filled = |len: usize| vec![b'A' + choice % 26; len];
        let content = match kind {
            10 => Some(Vec::new()),
            11 => Some(filled(7)),
            12 => Some(filled(300)),
            13 => Some(filled(1023)),
            14 => Some(filled(1024)),
            15 => Some(filled(2500)),
            _ => None,
        };
        let given = match &content {
            None => Given::None,
            Some(content) if choice & 64 == 0 => Given::Copied(content),
            Some(content) => Given::Owned(content.clone()),
        };
        let text = head(method, fields);
        let head = RequestHead::new(text.as_bytes()).expect("a head");
        let made = self.client.request(&head, given);
        let expected = match content {
            Some(_) if method == "CONNECT" => Err(ApiMisuse::ConnectContent),
            _ => self.reference.may_request(),
        };
        match made {
            Ok(id) => {
                assert_eq!(expected, Ok(()));
                self.reference.request(method, fields, content.as_deref());
                self.largest = self.largest.max(300 + content.map_or(0, |content| content.len()));
                self.made(id);
            }
            Err(why) => self.refused(why, expected),
        }
    }

    fn start(&mut self, choice: u8, length: Option<usize>) {
        let (method, fields) = ask(choice);
        let declared = length.map_or(Length::Unknown, |length| Length::Exact(length as u64));
        let text = head(method, fields);
        let head = RequestHead::new(text.as_bytes()).expect("a head");
        let expected = match method {
            "CONNECT" => Err(ApiMisuse::ConnectContent),
            _ => self.reference.may_request(),
        };
        match self.client.start(&head, declared) {
            Ok(stream) => {
                assert_eq!(expected, Ok(()));
                self.reference.start(method, fields, length);
                self.largest = self.largest.max(300);
                self.made(stream.id());
                self.stream = Some(stream);
            }
            Err(ApiMisuse::ConnectContent) => {
                assert_eq!(expected, Err(ApiMisuse::ConnectContent));
                self.request(choice, 0);
            }
            Err(why) => self.refused(why, expected),
        }
    }

    fn made(&mut self, id: RequestId) {
        assert!(!self.ids.contains(&id));
        self.ids.push(id);
        self.tally.requests += 1;
    }

    /// A call was refused, as expected or because the memory is full.
    fn refused<T>(&mut self, why: ApiMisuse, expected: Result<T, ApiMisuse>) {
        self.tally.full += usize::from(why == ApiMisuse::Full);
        let is_full = self.tight && why == ApiMisuse::Full && expected.is_ok();
        assert!(is_full || expected.err() == Some(why), "{why:?}");
    }

    fn send(&mut self, content: &[u8], owned: bool) {
        let Some(stream) = &self.stream else { return };
        self.largest = self.largest.max(300 + content.len());
        let given = if owned { Given::Owned(content.to_vec()) } else { Given::Copied(content) };
        let sent = self.client.send(stream, given);
        if self.tight && sent == Err(ApiMisuse::Full) && self.reference.is_sending() {
            self.tally.full += 1;
            return;
        }
        assert_eq!(sent, self.reference.send(content));
    }

    fn finish(&mut self, choice: u8) {
        let Some(stream) = self.stream.take() else { return };
        let sum = [Field { name: b"Sum", value: b"1" }];
        let refused = [Field { name: b"Host", value: b"h" }];
        let (trailers, text): (&[Field<'_>], _) = match choice % 4 {
            0 => (&sum, "Sum: 1\r\n"),
            1 if self.reference.upload == Upload::Chunked => {
                let rejected =
                    self.client.finish(stream, &refused).expect_err("a field that frames");
                assert_eq!(rejected.why, ApiMisuse::BadTrailers);
                self.stream = Some(rejected.given);
                return;
            }
            _ => (&[], ""),
        };
        match self.client.finish(stream, trailers) {
            Ok(()) => assert_eq!(self.reference.finish(text), Ok(())),
            Err(rejected) if self.tight && rejected.why == ApiMisuse::Full => {
                assert!(self.reference.is_sending());
                self.stream = Some(rejected.given);
            }
            Err(rejected) => assert_eq!(self.reference.finish(text), Err(rejected.why)),
        }
    }

    fn abort(&mut self) {
        let Some(stream) = self.stream.take() else { return };
        let sending = self.reference.is_sending();
        match self.client.abort(stream) {
            Ok(()) => {
                assert!(sending);
                self.reference.abort();
            }
            Err(rejected) => assert_eq!((rejected.why, sending), (ApiMisuse::Gone, false)),
        }
    }

    fn send_to_stale(&mut self) {
        if let Some(stream) = self.stale.take() {
            let sent = self.client.send(&stream, Given::Copied(b"x"));
            assert_eq!(sent, Err(ApiMisuse::ForeignTicket));
            let rejected = self.client.finish(stream, &[]).expect_err("of another connection");
            assert_eq!(rejected.why, ApiMisuse::ForeignTicket);
        }
    }

    fn transmit(&mut self, count: usize) {
        let mut out = [&[][..]; 3];
        let slices = self.client.poll_transmit(&mut out);
        let octets = out[..slices].concat();
        let count = count.min(octets.len());
        self.client.transmitted(count);
        assert_eq!(self.reference.transmit(count), octets[..count]);
    }

    /// More octets arrive, and are received as far as the client takes them.
    fn arrive(&mut self, count: usize) {
        self.reference.arrive(&self.server.take(count));
        while !matches!(
            self.receive(),
            Seen::NeedData | Seen::Malformed(_) | Seen::Upgraded | Seen::Closed
        ) {
            self.compare();
        }
    }

    /// One event.
    fn receive(&mut self) -> Seen {
        let octets = self.reference.rest().to_vec();
        let mut burst = Burst::new(&octets);
        let event = self.client.receive(&self.settings, &mut burst, &mut self.slots);
        let seen = own(&self.ids, event);
        let consumed = burst.consumed();
        self.reference.receive(&seen, consumed);
        self.note(&seen);
        seen
    }

    /// An event is what the server meant, if it keeps to the protocol.
    fn note(&mut self, seen: &Seen) {
        self.server.is_understood(seen);
        match seen {
            Seen::Interim { .. } => self.tally.interim += 1,
            Seen::Response { content, upgrade, .. } => {
                self.tally.responses += 1;
                self.tally.upgrades += usize::from(*upgrade);
                self.tally.complete += usize::from(!matches!(content, Content::Streaming(_)));
            }
            Seen::End(_) => self.tally.complete += 1,
            Seen::Malformed(Offence::Truncated) => self.tally.cut += 1,
            Seen::Malformed(Offence::Unasked) => self.tally.unasked += 1,
            Seen::Malformed(_) => self.tally.offences += 1,
            Seen::Data(_) | Seen::NeedData | Seen::Upgraded | Seen::Closed => {}
        }
    }

    fn eof(&mut self) {
        self.arrive(0);
        self.server.close();
        let seen = own(&self.ids, self.client.receive_eof());
        assert_eq!(seen, self.reference.eof());
        self.note(&seen);
    }

    fn reclaim(&mut self) {
        let idle = self.reference.has_store && self.reference.is_idle();
        let store = self.client.reclaim();
        assert_eq!(store.is_some(), idle);
        if let Some(store) = store {
            // It grows to a multiple of what was held.
            assert!(self.tight || store.capacity() <= (4 * self.most()).max(240 * 1024));
            self.reference.has_store = false;
            self.spare = Some(store);
        }
    }

    fn lend(&mut self) {
        let store = self.spare.take();
        let store =
            store.unwrap_or_else(|| Box::new(Store::with_memory(&self.settings, (self.memory)())));
        let had = std::mem::replace(&mut self.reference.has_store, true);
        // It comes back, or the one before it does.
        let back = self.client.lend(store);
        assert_eq!(back.is_some(), had);
        self.spare = back;
    }

    /// The connection ends, whatever was going on, and another one begins.
    fn reconnect(&mut self) {
        while let Some(one) = self.client.unanswered() {
            let expected = self.reference.unanswered();
            let number = self.ids.iter().position(|id| *id == one.id).expect("a request of it");
            assert_eq!(Some((number, one.may_replay)), expected);
            self.tally.replayable += usize::from(one.may_replay);
            self.tally.lost += usize::from(!one.may_replay);
            self.compare();
        }
        assert_eq!(self.reference.unanswered(), None);
        self.compare();
        assert_eq!((self.client.held(), self.client.in_flight()), (0, 0));
        assert!(!self.client.wants_read() && !self.client.wants_write());
        assert_eq!(self.receive(), Seen::Closed);
        self.reclaim();
        self.client = self.client.successor();
        self.reference = self.reference.successor();
        self.server = Server::default();
        self.ids.clear();
        self.stale = self.stream.take();
        self.lend();
    }

    /// As many octets as may be held: the bound, and a request given whole; or one piece.
    fn most(&self) -> usize {
        self.reference.bounds.held + self.largest + 40
    }

    /// What can be asked of both gives the same.
    fn compare(&mut self) {
        let pieces = self.client.memory_held() - self.client.held();
        // No piece is empty.
        assert!(pieces <= self.client.held() * size_of::<Piece<Vec<u8>>>());
        self.reference.pieces = pieces;
        let (client, reference) = (&self.client, &self.reference);
        assert_eq!(client.in_flight(), reference.in_flight());
        assert_eq!(client.held(), reference.ready.len());
        assert_eq!(client.wants_write(), !reference.ready.is_empty());
        assert_eq!(client.wants_read(), reference.input != Input::Ended);
        assert_eq!(client.wants_request(), reference.may_request().is_ok());
        assert_eq!(client.wants_store(), !reference.has_store);
        assert_eq!(client.octets_received(), reference.consumed as u64);
        assert_eq!(client.octets_transmitted(), reference.transmitted as u64);
        let mut out = vec![&[][..]; 8];
        let mut slices = client.poll_transmit(&mut out);
        if slices == out.len() {
            out.resize(reference.ready.len().max(slices), &[]);
            slices = client.poll_transmit(&mut out);
        }
        assert!(out[..slices].iter().all(|slice| !slice.is_empty()));
        assert_eq!(out[..slices].concat(), reference.ready);
        assert!(reference.in_flight() <= reference.bounds.in_flight);
        assert!(reference.ready.len() <= self.most());
    }

    /// The server closes; what may be sent again is told; the next connection waits as it must.
    fn wind_up(&mut self) {
        self.eof();
        self.compare();
        self.reconnect();
        for _ in 0..3 {
            self.request(0, 0);
            self.compare();
        }
        self.transmit(usize::MAX);
        self.server.answer(&self.reference, 0);
        self.arrive(usize::MAX);
        self.request(0, 0);
        self.request(0, 0);
        self.compare();
        self.reconnect();
    }
}

fn own(ids: &[RequestId], event: Event<'_, '_>) -> Seen {
    let number = |id| ids.iter().position(|known| *known == id).expect("a request of it");
    match event {
        Event::Interim { id, response } => {
            Seen::Interim { number: number(id), code: response.code() }
        }
        Event::Response { id, response, content, upgrade } => {
            let content = match content {
                Incoming::None => Content::None,
                Incoming::Whole(content) => Content::Whole(content.to_vec()),
                Incoming::Streaming(body) => Content::Streaming(body),
            };
            Seen::Response { number: number(id), code: response.code(), content, upgrade }
        }
        Event::Data(data) => Seen::Data(data.to_vec()),
        Event::EndOfMessage { trailers } => {
            let fields = trailers.iter().flat_map(|fields| fields.iter());
            Seen::End(fields.map(|field| (field.name.into(), field.value.into())).collect())
        }
        Event::NeedData => Seen::NeedData,
        Event::Malformed(offence) => Seen::Malformed(offence),
        Event::Upgraded => Seen::Upgraded,
        Event::Closed => Seen::Closed,
        other => panic!("{other:?} is unexpected"),
    }
}

/// The method of a request, and fields beside `Host`.
fn ask(choice: u8) -> (&'static str, &'static str) {
    let fields = match choice >> 4 {
        12 => "TE: trailers\r\n",
        13 => "Upgrade: other\r\n",
        14 => "TE: trailers\r\nUpgrade: other\r\n",
        _ => "",
    };
    (METHODS[usize::from(choice % 16)], fields)
}

fn head(method: &'static str, fields: &'static str) -> String {
    Request { method, fields, start: 0 }.head() + "\r\n"
}
