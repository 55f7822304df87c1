//! Streamed answers in bursts, pushed piece by piece in any order, to a peer that takes any number of octets at a time.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use rajada_mio::driver::{Driver, Key, Next, Turn};
use rajada_mio::{App, Body, BodySender, Clock, Headers, Limits, NotSent, Peer, Request};

/// What a connection holds of ready answers.
const HELD: usize = 4096;

/// One request of a burst.
#[derive(Debug, Clone)]
enum Item {
    Plain,
    Stream { pieces: Vec<usize>, capacity: usize, length: Length, end: End },
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Length {
    Unknown,
    /// So many octets more than there will be.
    Promised(i8),
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Finish,
    Trailers,
    Drop,
    Abort,
}

#[derive(Debug, Clone, Copy)]
enum Action {
    /// The peer sends so many octets of the burst.
    Send(usize),
    /// It takes so many.
    Take(usize),
    /// A stream has its next piece, or its end.
    Push(usize),
    Turn,
}

impl Item {
    fn content(&self, number: usize) -> Vec<u8> {
        match self {
            Item::Plain => b"plain".to_vec(),
            Item::Stream { pieces, .. } => {
                pieces.iter().enumerate().flat_map(|(at, len)| piece(number, at, *len)).collect()
            }
        }
    }

    /// Whether its answer will be complete.
    fn is_whole(&self) -> bool {
        match self {
            Item::Plain => true,
            Item::Stream { length, end, .. } => {
                matches!(length, Length::Unknown | Length::Promised(0))
                    && matches!(end, End::Finish | End::Trailers)
            }
        }
    }
}

pub(crate) fn piece(number: usize, at: usize, len: usize) -> Vec<u8> {
    (0..len).map(|octet| (number * 31 + at * 7 + octet) as u8).collect()
}

type Senders = Arc<Mutex<BTreeMap<usize, BodySender>>>;

fn app(burst: &[Item], senders: &Senders) -> App {
    let (burst, senders) = (burst.to_vec(), senders.clone());
    App::new()
        .limits(Limits { held: HELD, ..Limits::DEFAULT })
        .get("/plain", |_: &Request<'_>| "plain")
        .get("/stream/{number}", move |req: &Request<'_>| {
            let number: usize = req.param("number").parse().unwrap();
            let Item::Stream { capacity, length, .. } = &burst[number] else { unreachable!() };
            let (sender, body) = Body::channel(*capacity);
            senders.lock().unwrap().insert(number, sender);
            match length {
                Length::Unknown => body,
                Length::Promised(more) => {
                    let len = burst[number].content(number).len() as u64;
                    body.with_length(len.saturating_add_signed((*more).into()))
                }
            }
        })
}

/// A driver with one connection, and its peer.
struct World {
    driver: Driver<()>,
    clock: Clock,
    key: Key,
    is_open: bool,
    burst: Vec<Item>,
    unsent: Vec<u8>,
    received: Vec<u8>,
    senders: Senders,
    /// How many pieces of each stream were taken.
    taken: Vec<usize>,
    octets_taken: usize,
}

impl World {
    fn new(burst: &[Item]) -> World {
        let (senders, clock) = (Senders::default(), Clock::manual());
        let app = app(burst, &senders).prepare().unwrap();
        let mut driver = Driver::new(&app, clock.clone(), || {});
        let key = driver.turn(clock.now()).open(Peer::Local, ());
        let target = |(number, item): (usize, &Item)| match item {
            Item::Plain => "GET /plain HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
            Item::Stream { .. } => format!("GET /stream/{number} HTTP/1.1\r\nHost: a\r\n\r\n"),
        };
        let unsent = burst.iter().enumerate().map(target).collect::<String>().into_bytes();
        World {
            driver,
            clock,
            key,
            is_open: true,
            burst: burst.to_vec(),
            unsent,
            received: Vec::new(),
            senders,
            taken: vec![0; burst.len()],
            octets_taken: 0,
        }
    }

    /// Says whether anything has happened.
    fn act(&mut self, action: Action) -> bool {
        let acted = match action {
            Action::Send(count) => self.send(count),
            Action::Take(count) => self.take(count),
            Action::Push(number) => self.push(number),
            Action::Turn => self.turn(),
        };
        self.assert_bounded();
        acted
    }

    fn send(&mut self, count: usize) -> bool {
        let mut turn = self.driver.turn(self.clock.now());
        let Some(mut connection) = turn.connection(self.key) else { return false };
        let count = if connection.wants_read() { count.min(self.unsent.len()) } else { 0 };
        let octets: Vec<u8> = self.unsent.drain(..count).collect();
        if count == 0 {
            return false;
        }
        let next = connection.receive(&octets);
        self.is_open &= follow(&mut turn, self.key, next);
        true
    }

    fn take(&mut self, mut count: usize) -> bool {
        let before = self.received.len();
        let mut turn = self.driver.turn(self.clock.now());
        while count > 0
            && let Some(mut connection) = turn.connection(self.key)
        {
            let mut pieces = [&[][..]; 3];
            let ready = connection.transmit(&mut pieces);
            let octets = pieces[..ready].concat();
            let taken = octets.len().min(count);
            if taken == 0 {
                break;
            }
            self.received.extend_from_slice(&octets[..taken]);
            count -= taken;
            let next = connection.transmitted(taken);
            self.is_open &= follow(&mut turn, self.key, next);
        }
        self.received.len() > before
    }

    fn push(&mut self, number: usize) -> bool {
        let number = number % self.burst.len();
        let Item::Stream { pieces, end, .. } = &self.burst[number] else { return false };
        let mut senders = self.senders.lock().unwrap();
        let Some(sender) = senders.get(&number) else { return false };
        let at = self.taken[number];
        if let Some(len) = pieces.get(at) {
            match sender.try_send(piece(number, at, *len)) {
                Ok(()) => {
                    self.taken[number] += 1;
                    self.octets_taken += len;
                }
                Err(NotSent::Full(_)) => return false,
                Err(_) => {
                    // What is not taken is not waited for.
                    assert!(sender.is_closed());
                    senders.remove(&number);
                }
            }
            return true;
        }
        let sender = senders.remove(&number).unwrap();
        match end {
            End::Finish => sender.finish(),
            End::Trailers => {
                let mut trailers = Headers::new();
                trailers.set("X-Number", number.to_string()).unwrap();
                sender.finish_with(trailers);
            }
            End::Drop => drop(sender),
            End::Abort => sender.abort("on purpose"),
        }
        true
    }

    fn turn(&mut self) -> bool {
        let mut turn = self.driver.turn(self.clock.now());
        turn.run();
        turn.look();
        let mut any = false;
        for _ in 0..turn.listed() {
            let Some(key) = turn.poll_ready() else { break };
            any = true;
            if let Some(mut connection) = turn.connection(key) {
                let next = connection.go_on();
                self.is_open &= follow(&mut turn, key, next);
            }
        }
        any
    }

    /// What was taken from senders is with the peer, but for what may be held.
    fn assert_bounded(&self) {
        let most = |item: &Item| match item {
            Item::Plain => 200,
            Item::Stream { pieces, capacity, .. } => {
                200 + capacity + 2 * pieces.iter().max().copied().unwrap_or(0)
            }
        };
        let bound = 2 * HELD + self.burst.iter().map(most).sum::<usize>();
        let waits = self.octets_taken.saturating_sub(self.received.len());
        assert!(!self.is_open || waits <= bound, "{waits} octets wait, {bound} may");
    }

    /// Everything happens that still can.
    fn finish(&mut self) {
        for _ in 0..100_000 {
            let mut any = self.act(Action::Send(usize::MAX));
            for number in 0..self.burst.len() {
                any |= self.act(Action::Push(number));
            }
            any |= self.act(Action::Turn);
            any |= self.act(Action::Take(usize::MAX));
            if !any && self.driver.timeout() != Some(std::time::Duration::ZERO) {
                return;
            }
        }
        panic!("it never ends");
    }
}

/// Says whether the connection is open still. A peer closes when the server has.
pub(crate) fn follow(turn: &mut Turn<'_, ()>, key: Key, next: Next) -> bool {
    match next {
        Next::Close => drop(turn.close(key)),
        Next::GoOn => turn.list(key),
        Next::ShutDown => {
            let next = turn.connection(key).map(|mut connection| connection.receive_end());
            return next.is_none_or(|next| follow(turn, key, next));
        }
        _ => {}
    }
    next != Next::Close
}

/// Takes a head off, and gives the value of `Content-Length`, if it has one.
pub(crate) fn head(octets: &mut &[u8]) -> Option<usize> {
    let end = octets.windows(4).position(|four| four == b"\r\n\r\n").expect("a whole head") + 4;
    let head = std::str::from_utf8(&octets[..end]).unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    *octets = &octets[end..];
    let length = head.lines().find_map(|line| line.strip_prefix("Content-Length: "));
    assert_eq!(head.contains("Transfer-Encoding: chunked\r\n"), length.is_none(), "{head}");
    length.map(|length| length.parse().unwrap())
}

/// Takes chunks off, and gives their content, and the lines behind the last one if that is there.
pub(crate) fn chunks(octets: &mut &[u8]) -> (Vec<u8>, Option<String>) {
    let mut content = Vec::new();
    while !octets.is_empty() {
        let end = octets.windows(2).position(|two| two == b"\r\n").expect("a whole size");
        let size = usize::from_str_radix(std::str::from_utf8(&octets[..end]).unwrap(), 16).unwrap();
        *octets = &octets[end + 2..];
        if size == 0 {
            let end = match octets.starts_with(b"\r\n") {
                true => 0,
                false => octets.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 2,
            };
            let trailers = String::from_utf8(octets[..end].to_vec()).unwrap();
            *octets = &octets[end + 2..];
            return (content, Some(trailers));
        }
        content.extend_from_slice(&octets[..size]);
        assert_eq!(&octets[size..size + 2], b"\r\n");
        *octets = &octets[size + 2..];
    }
    (content, None)
}

fn check(world: &World) {
    let mut octets = &world.received[..];
    for (number, item) in world.burst.iter().enumerate() {
        let content = item.content(number);
        let (sent, end) = match head(&mut octets) {
            None => chunks(&mut octets),
            Some(length) => {
                let (sent, rest) = octets.split_at(length.min(octets.len()));
                octets = rest;
                (sent.to_vec(), (sent.len() == length).then(String::new))
            }
        };
        if item.is_whole() {
            assert!(sent == content, "{number}: {} of {} octets", sent.len(), content.len());
            let trailers = match item {
                Item::Stream { end: End::Trailers, length: Length::Unknown, .. } => {
                    format!("X-Number: {number}\r\n")
                }
                _ => String::new(),
            };
            assert_eq!(end, Some(trailers), "{number}");
            continue;
        }
        assert!(content.starts_with(&sent), "{number}");
        let is_cut = end.is_none();
        if let Item::Stream { length, end, .. } = item {
            // Nothing is missing but the promised octets that are too many.
            let broken = *length == Length::Unknown || *length == Length::Promised(1);
            assert!(!broken || sent == content, "{number}: {} octets", sent.len());
            // All that was promised may have come before it was broken off, or before what is too much.
            let complete = match length {
                Length::Unknown | Length::Promised(1..) => false,
                Length::Promised(0) => matches!(end, End::Drop | End::Abort),
                Length::Promised(_) => true,
            };
            assert!(is_cut || complete, "{number} looks complete");
        }
        assert!(octets.is_empty(), "nothing is behind a cut");
        assert!(!world.is_open, "it ends the connection");
        assert!(world.senders.lock().unwrap().values().all(BodySender::is_closed));
        return;
    }
    assert!(octets.is_empty() && world.is_open && world.unsent.is_empty());
}

fn pieces() -> impl Strategy<Value = Vec<usize>> {
    let len =
        prop_oneof![6 => 0..40usize, 3 => 900..1200usize, 2 => 1200..6000usize, 1 => Just(20_000)];
    proptest::collection::vec(len, 0..24)
}

fn item() -> impl Strategy<Value = Item> {
    let length = prop_oneof![
        6 => Just(Length::Unknown),
        6 => Just(Length::Promised(0)),
        1 => Just(Length::Promised(1)),
        1 => Just(Length::Promised(-1)),
    ];
    let end = prop_oneof![
        8 => Just(End::Finish),
        8 => Just(End::Trailers),
        1 => Just(End::Drop),
        1 => Just(End::Abort),
    ];
    let stream =
        (pieces(), 0..8000usize, length, end).prop_map(|(mut pieces, capacity, length, end)| {
            if length == Length::Promised(-1) {
                pieces.push(1);
            }
            Item::Stream { pieces, capacity, length, end }
        });
    prop_oneof![1 => Just(Item::Plain), 1 => stream]
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        2 => (1..80usize).prop_map(Action::Send),
        1 => (1..3000usize).prop_map(Action::Take),
        8 => (0..12usize).prop_map(Action::Push),
        3 => Just(Action::Turn),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn streams_are_whole_and_in_order_or_cut_and_bounded(
        burst in proptest::collection::vec(item(), 1..12),
        actions in proptest::collection::vec(action(), 0..300),
    ) {
        let mut world = World::new(&burst);
        for action in actions {
            world.act(action);
        }
        world.finish();
        check(&world);
    }
}
