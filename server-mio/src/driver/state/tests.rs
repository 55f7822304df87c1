//! The table of states and events in the documentation, walked through.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use rajada_pipeline::Head;

use super::State;
use crate::driver::task::Work;
use crate::driver::upgraded::{Look, Protocol, Upgrade};
use crate::driver::{Driver, Key, Next, Turn};
use crate::{App, Body, BodyStream, Bytes, Clock, Error, Limits, OwnedRequest, Peer, Request};

const TABLE: &str = include_str!("../../../docs/states.md");

const STATES: [State; 14] = [
    State::Opened,
    State::Idle,
    State::Head,
    State::Content,
    State::Draining,
    State::Handling,
    State::Streaming,
    State::Held,
    State::Waiting,
    State::Writing,
    State::HalfClosed,
    State::Upgraded,
    State::Lingering,
    State::Over,
];

/// The columns of the table, in its order.
const EVENTS: [&str; 8] =
    ["request", "slow request", "part", "end", "taken", "answered", "late", "shutdown"];

/// What a handler, or a stream, waits for.
#[derive(Clone, Default)]
struct Gate(Arc<Mutex<(bool, Vec<Waker>)>>);

impl Gate {
    fn poll(&self, cx: &mut Context<'_>) -> Poll<()> {
        let mut gate = self.0.lock().unwrap();
        if gate.0 {
            return Poll::Ready(());
        }
        gate.1.push(cx.waker().clone());
        Poll::Pending
    }

    fn open(&self) {
        let mut gate = self.0.lock().unwrap();
        gate.0 = true;
        gate.1.drain(..).for_each(Waker::wake);
    }
}

/// A protocol that takes everything, says nothing, and ends with its peer.
#[derive(Default)]
struct Silent(bool);

impl Protocol for Silent {
    fn receive(&mut self, octets: &mut [u8]) -> usize {
        octets.len()
    }

    fn receive_end(&mut self) {
        self.0 = true;
    }

    fn go_on(&mut self) {}

    fn wants_read(&self) -> bool {
        !self.0
    }

    fn wants_write(&self) -> bool {
        false
    }

    fn transmit<'s>(&'s self, _: &mut [&'s [u8]]) -> usize {
        0
    }

    fn transmitted(&mut self, _: usize) {}

    fn rest(&mut self) {}

    fn is_over(&self) -> bool {
        self.0
    }

    fn shut_down(&mut self) {}

    fn held(&self) -> usize {
        0
    }

    fn part(&self, _: bool) -> Option<u32> {
        None
    }

    fn give_up(&mut self, _: bool) {}

    fn look(&mut self, _: u32, _: bool) -> Look {
        if self.0 { Look::GoOn } else { Look::Wait }
    }
}

impl BodyStream for Gate {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        self.poll(cx).map(|()| None)
    }
}

/// A driver with one connection.
struct Scene {
    clock: Clock,
    driver: Driver<()>,
    key: Key,
    gate: Gate,
}

const SLOW: &str = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";
const BEGUN: &str = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe";
const QUICK: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

impl Scene {
    fn new() -> Scene {
        Scene::with(Limits::DEFAULT)
    }

    fn with(limits: Limits) -> Scene {
        let gate = Gate::default();
        let (slow, stream) = (gate.clone(), gate.clone());
        let app = App::new()
            .get("/", |_: &Request<'_>| "hello")
            .post("/", |_: &Request<'_>| "posted")
            .get("/slow", move |_: OwnedRequest| {
                let gate = slow.clone();
                async move {
                    std::future::poll_fn(|cx| gate.poll(cx)).await;
                    "at last"
                }
            })
            .get("/stream", move |_: &Request<'_>| Body::Stream(Box::new(stream.clone())))
            .limits(Limits { requests_in_flight: 2, ..limits });
        let clock = Clock::manual();
        let mut driver = Driver::new(&app.prepare().unwrap(), clock.clone(), || {});
        let key = driver.turn(clock.now()).open(Peer::Local, ());
        Scene { clock, driver, key, gate }
    }

    /// A connection in a state.
    fn at(state: State) -> Scene {
        let mut scene = Scene::new();
        match state {
            State::Opened => {}
            State::Idle => scene.send(QUICK).take(),
            State::Head => drop(scene.send("GET / HT")),
            State::Content => drop(scene.send(BEGUN)),
            State::Draining => {
                scene.send("POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe").take();
            }
            State::Handling => drop(scene.send(SLOW)),
            State::Streaming => scene.send("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n").take(),
            State::Held => drop(scene.send(SLOW).send(SLOW)),
            State::Waiting => {
                // Another one holds all that may be held, and goes on.
                scene = Scene::with(Limits { buffered: 0, ..Limits::DEFAULT });
                scene.send(BEGUN);
                scene.run();
                // So far that it is time for another look.
                scene.clock.advance(Duration::from_secs(1));
                scene.key = scene.turn(|turn, _| turn.open(Peer::Local, ()));
                scene.send(BEGUN);
            }
            State::Writing => drop(scene.send(QUICK)),
            State::HalfClosed => scene.send(SLOW).end(),
            State::Upgraded => scene.upgrade(),
            State::Lingering => {
                scene.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").take();
            }
            State::Over => scene.be_late(),
        }
        assert_eq!(scene.state(), state, "the way there");
        scene
    }

    fn turn<R>(&mut self, run: impl FnOnce(&mut Turn<'_, ()>, Key) -> R) -> R {
        run(&mut self.driver.turn(self.clock.now()), self.key)
    }

    fn state(&mut self) -> State {
        self.turn(|turn, key| turn.connection(key).unwrap().state())
    }

    fn send(&mut self, octets: &str) -> &mut Scene {
        self.turn(|turn, key| turn.connection(key).unwrap().receive(octets.as_bytes()));
        self
    }

    fn end(&mut self) {
        self.turn(|turn, key| turn.connection(key).unwrap().receive_end());
    }

    /// The peer takes all that is ready.
    fn take(&mut self) {
        self.turn(|turn, key| {
            let mut connection = turn.connection(key).unwrap();
            let mut pieces = [&[][..]; 16];
            let count = connection.transmit(&mut pieces);
            let octets = pieces[..count].iter().map(|piece| piece.len()).sum();
            connection.transmitted(octets);
        });
    }

    /// What tasks and deadlines have changed.
    fn run(&mut self) {
        self.turn(|turn, _| {
            turn.run();
            turn.look();
            for _ in 0..turn.listed() {
                let key = turn.poll_ready().unwrap();
                let next = turn.connection(key).unwrap().go_on();
                assert_ne!(next, Next::GoOn, "one look is enough here");
            }
        });
    }

    /// Time passes from one look to the next, more than any deadline is.
    fn be_late(&mut self) {
        self.run();
        self.clock.advance(Duration::from_secs(61));
        self.run();
    }

    /// An offer of another protocol is accepted.
    fn upgrade(&mut self) {
        self.send("GET /slow HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
        self.turn(|turn, key| {
            let connection = turn.connection(key).unwrap();
            let exchange = &mut connection.entry.exchange;
            let task = exchange.ledger.tasks;
            let Some(Work::Handler(_, owner)) = connection.service.tasks.take(task) else {
                panic!("no handler waits");
            };
            connection.service.tasks.end(task, &mut exchange.ledger.tasks);
            let head = Head::new(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n").unwrap();
            let ticket = owner.promise.redeem().unwrap();
            exchange.pipeline.accept_upgrade(ticket, &head).unwrap();
            let upgrade = Upgrade::new(|_| Box::<Silent>::default());
            connection.service.accept_upgrade(&mut exchange.ledger, upgrade);
        });
        self.take();
    }

    /// What follows an event; nothing if it can't be there.
    fn after(state: State, event: &str) -> Option<State> {
        let mut scene = Scene::at(state);
        let connection = |turn: &mut Turn<'_, ()>, key| {
            let connection = turn.connection(key).unwrap();
            (connection.wants_read(), connection.wants_write(), connection.at_work() > 0)
        };
        let (reads, writes, works) = scene.turn(connection);
        match event {
            // Nobody should read then.
            "request" | "slow request" | "part" if !reads => return None,
            "request" => match state {
                State::Head => drop(scene.send("TP/1.1\r\nHost: a\r\n\r\n")),
                State::Content => drop(scene.send("llo")),
                State::Draining => drop(scene.send("llo").send(QUICK)),
                _ => drop(scene.send(QUICK)),
            },
            "slow request" => match state {
                State::Head | State::Content => return None,
                State::Draining => drop(scene.send("llo").send(SLOW)),
                _ => drop(scene.send(SLOW)),
            },
            "part" => match state {
                State::Head => drop(scene.send("TP/1.1\r\nHo")),
                State::Content | State::Draining => drop(scene.send("l")),
                _ => drop(scene.send("GET / HT")),
            },
            "end" if matches!(state, State::HalfClosed | State::Over) => return None,
            "end" => scene.end(),
            "taken" if !writes => return None,
            "taken" => scene.take(),
            "answered" if !works || state == State::Writing => return None,
            "answered" => {
                scene.gate.open();
                scene.run();
            }
            "late" => scene.be_late(),
            "shutdown" => {
                scene.turn(|turn, _| turn.shut_down());
                scene.run();
            }
            other => panic!("no such event: {other}"),
        }
        Some(scene.state())
    }
}

/// The table of the documentation: by state and event, what follows.
fn table() -> BTreeMap<(String, String), String> {
    let begins = TABLE.find("| state | request |").unwrap();
    let mut rows = TABLE[begins..].lines().filter(|line| line.starts_with('|'));
    let cells = |row: &str| -> Vec<String> {
        row.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect()
    };
    let head = cells(rows.next().unwrap());
    assert_eq!(&head[1..=EVENTS.len()], EVENTS, "the columns");
    let mut table = BTreeMap::new();
    for row in rows.skip(1).map(cells) {
        for (event, cell) in EVENTS.iter().zip(&row[1..]) {
            table.insert((row[0].clone(), (*event).to_owned()), cell.clone());
        }
    }
    table
}

#[test]
fn every_event_leads_from_every_state_where_the_table_says() {
    let table = table();
    let mut wrong = Vec::new();
    for state in STATES {
        let row: Vec<String> = EVENTS
            .iter()
            .map(|event| {
                Scene::after(state, event).map_or("-".into(), |state| format!("{state:?}"))
            })
            .collect();
        let due = |event: &&str| table.get(&(format!("{state:?}"), (**event).to_owned())).cloned();
        if EVENTS.iter().map(due).ne(row.iter().cloned().map(Some)) {
            wrong.push(format!("| {state:?} | {} |", row.join(" | ")));
        }
    }
    assert!(wrong.is_empty(), "what really follows:\n{}", wrong.join("\n"));
    assert_eq!(table.len(), STATES.len() * EVENTS.len(), "a cell for each state and event");
}
