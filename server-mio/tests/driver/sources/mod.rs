//! Answers whose content is taken from readers and streams, in bursts, to a peer that takes any number of octets at a time.

#[cfg(feature = "tokio")]
mod async_read;
#[cfg(feature = "stream")]
mod futures_stream;
mod read;
mod script;

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use proptest::prelude::*;
use rajada_mio::driver::{Driver, Key, State};
use rajada_mio::{App, Body, Clock, Limits, Peer, Request};

use crate::quiet;
use crate::streams::{chunks, follow, head};
use script::{End, Gate, PATIENCE, Script, Source};

/// What a connection holds of ready answers.
const HELD: usize = 4096;

/// One request of a burst.
#[derive(Debug, Clone)]
enum Item {
    Plain,
    Source { script: Script, is_head: bool, has_length: bool },
}

#[derive(Debug, Clone, Copy)]
enum Action {
    /// The peer sends so many octets of the burst.
    Send(usize),
    /// It takes so many.
    Take(usize),
    /// A source may give its next piece, or its end.
    Push(usize),
    Turn,
}

impl Item {
    fn head(&self, number: usize) -> String {
        match self {
            Item::Plain => "GET /plain HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
            Item::Source { is_head, .. } => {
                let method = if *is_head { "HEAD" } else { "GET" };
                format!("{method} /source/{number} HTTP/1.1\r\nHost: a\r\n\r\n")
            }
        }
    }

    /// Octets of it that may wait between a source and the peer.
    fn most(&self) -> usize {
        match self {
            Item::Plain => 200,
            Item::Source { script, .. } => 200 + 2 * script.largest(),
        }
    }
}

fn app(burst: &[Item], gates: &[Arc<Gate>], body: fn(Source) -> Body) -> App {
    let (burst, gates) = (burst.to_vec(), gates.to_vec());
    App::new()
        .limits(Limits { held: HELD, ..Limits::DEFAULT })
        .blocking_threads(2)
        .get("/plain", |_: &Request<'_>| "plain")
        .get("/source/{number}", move |req: &Request<'_>| {
            let number: usize = req.param("number").parse().unwrap();
            let Item::Source { script, has_length, .. } = &burst[number] else { unreachable!() };
            let body = body(Source::new(number, script, &gates[number]));
            if *has_length { body.with_length(script.content(number).len() as u64) } else { body }
        })
}

/// A driver with one connection, and its peer.
struct World {
    driver: Driver<()>,
    clock: Clock,
    key: Key,
    is_open: bool,
    burst: Vec<Item>,
    /// One for each item.
    gates: Vec<Arc<Gate>>,
    unsent: Vec<u8>,
    received: Vec<u8>,
    /// Rings when the driver is roused.
    bell: Receiver<()>,
}

impl World {
    fn new(burst: &[Item], body: fn(Source) -> Body) -> World {
        let gates: Vec<Arc<Gate>> = burst.iter().map(|_| Arc::default()).collect();
        let (clock, (ring, bell)) = (Clock::manual(), mpsc::channel());
        let app = app(burst, &gates, body).prepare().unwrap();
        let mut driver = Driver::new(&app, clock.clone(), move || _ = ring.send(()));
        let key = driver.turn(clock.now()).open(Peer::Local, ());
        let heads = burst.iter().enumerate().map(|(number, item)| item.head(number));
        World {
            driver,
            clock,
            key,
            is_open: true,
            burst: burst.to_vec(),
            gates,
            unsent: heads.collect::<String>().into_bytes(),
            received: Vec::new(),
            bell,
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

    /// Who waits for what comes of it rouses a driver that sleeps.
    fn push(&mut self, number: usize) -> bool {
        let number = number % self.burst.len();
        let Item::Source { script, .. } = &self.burst[number] else { return false };
        self.bell.try_iter().for_each(drop);
        let sleeps = self.driver.timeout() != Some(Duration::ZERO);
        let is_woken = self.gates[number].open_for_next_of(script);
        if sleeps && is_woken {
            self.wait_for_bell();
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

    fn wait_for_bell(&self) {
        self.bell.recv_timeout(PATIENCE).expect("the driver is roused");
    }

    /// What sources gave is with the peer, but for what may be held.
    fn assert_bounded(&self) {
        let given: usize = self.gates.iter().map(|gate| gate.given()).sum();
        let bound = 2 * HELD + self.burst.iter().map(Item::most).sum::<usize>();
        let waits = given.saturating_sub(self.received.len());
        assert!(!self.is_open || waits <= bound, "{waits} octets wait, {bound} may");
    }

    /// Everything happens that still can. Where the driver sleeps, each source may go on, and the one that it waits for
    /// rouses it.
    fn finish(&mut self) {
        for _ in 0..100_000 {
            let mut any = self.act(Action::Send(usize::MAX));
            any |= self.act(Action::Turn);
            any |= self.act(Action::Take(usize::MAX));
            let is_done = self.is_done();
            self.bell.try_iter().for_each(drop);
            if any || self.driver.timeout() == Some(Duration::ZERO) {
                continue;
            }
            if is_done {
                return;
            }
            // Those behind the first one may hold all threads.
            for (gate, item) in self.gates.iter().zip(&self.burst) {
                if let Item::Source { script, .. } = item
                    && gate.is_in_use()
                {
                    gate.open_for_next_of(script);
                }
            }
            self.wait_for_bell();
        }
        panic!("it never ends");
    }

    fn is_done(&mut self) -> bool {
        let mut turn = self.driver.turn(self.clock.now());
        let state = turn.connection(self.key).map(|connection| connection.state());
        !self.is_open || (self.unsent.is_empty() && state == Some(State::Idle))
    }
}

impl Drop for World {
    /// Lets threads go that read still.
    fn drop(&mut self) {
        self.gates.iter().for_each(|gate| gate.open());
    }
}

fn check(world: &World) {
    let mut octets = &world.received[..];
    for (number, item) in world.burst.iter().enumerate() {
        let length = head(&mut octets);
        let Item::Source { script, is_head, has_length } = item else {
            let (sent, rest) = octets.split_at(length.unwrap());
            assert_eq!(sent, b"plain");
            octets = rest;
            continue;
        };
        let content = script.content(number);
        assert_eq!(length, has_length.then_some(content.len()), "{number}");
        if *is_head {
            assert_eq!(world.gates[number].steps(), 0, "{number}: nothing is read for HEAD");
            continue;
        }
        let (sent, is_whole) = match length {
            None => {
                let (sent, trailers) = chunks(&mut octets);
                (sent, trailers.is_some())
            }
            Some(length) => {
                let (sent, rest) = octets.split_at(length.min(octets.len()));
                octets = rest;
                (sent.to_vec(), sent.len() == length)
            }
        };
        assert!(sent == content, "{number}: {} of {} octets", sent.len(), content.len());
        if script.end == End::Whole {
            assert!(is_whole, "{number} is cut");
            continue;
        }
        // All that was promised has come before it failed.
        assert!(!is_whole || *has_length, "{number} looks complete");
        assert!(octets.is_empty(), "nothing is behind a cut");
        assert!(!world.is_open, "it ends the connection");
        return;
    }
    assert!(octets.is_empty() && world.is_open && world.unsent.is_empty());
}

fn item() -> impl Strategy<Value = Item> {
    let source = (script::any(), prop::bool::weighted(0.1), any::<bool>());
    let source = source.prop_map(|(script, is_head, has_length)| Item::Source {
        script,
        is_head,
        has_length,
    });
    prop_oneof![1 => Just(Item::Plain), 2 => source]
}

/// Plain requests are before and behind all others.
fn burst() -> impl Strategy<Value = Vec<Item>> {
    proptest::collection::vec(item(), 1..8).prop_map(|mut items| {
        items.insert(0, Item::Plain);
        items.push(Item::Plain);
        items
    })
}

fn actions() -> impl Strategy<Value = Vec<Action>> {
    let action = prop_oneof![
        2 => (1..80usize).prop_map(Action::Send),
        1 => (1..3000usize).prop_map(Action::Take),
        6 => (0..10usize).prop_map(Action::Push),
        3 => Just(Action::Turn),
    ];
    proptest::collection::vec(action, 0..200)
}

/// Takes the content of answers from what `body` makes of their sources.
fn run(burst: &[Item], actions: &[Action], body: fn(Source) -> Body) {
    quiet();
    let mut world = World::new(burst, body);
    for &action in actions {
        world.act(action);
    }
    world.finish();
    check(&world);
}

fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        // Milliseconds.
        max_shrink_time: 20_000,
        ..ProptestConfig::with_cases(48)
    }
}
