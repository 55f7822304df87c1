//! A worker's loop over transports in memory.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, IoSlice};
use std::rc::Rc;
use std::time::{Duration, Instant};

use rajada_mio::driver::{Driver, Key, Link, Next, Readiness, State, Transport, Turn};
use rajada_mio::{App, Clock, Peer};

thread_local! {
    static CLOCK: RefCell<Clock> = RefCell::new(Clock::manual());
}

/// Lets time pass, wherever that is called from: what a handler does that takes so long.
pub(crate) fn takes(time: Duration) {
    CLOCK.with_borrow(|clock| clock.advance(time));
}

pub(crate) fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

pub(crate) fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")
}

/// What is between a peer and its connection. Clones are the same wire.
#[derive(Clone, Default)]
pub(crate) struct Wire(Rc<RefCell<Lines>>);

#[derive(Default)]
struct Lines {
    /// What the peer has sent, and nobody has read.
    sent: VecDeque<u8>,
    /// It has ended its side.
    ended: bool,
    /// What has arrived at the peer, and when the last of it.
    arrived: Vec<u8>,
    arrivals: Vec<Instant>,
    /// The peer takes nothing.
    stuck: bool,
    /// Octets that it takes, if they are not all.
    takes: Option<usize>,
}

impl Transport for Wire {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let lines = &mut *self.0.borrow_mut();
        if lines.sent.is_empty() && !lines.ended {
            return Err(ErrorKind::WouldBlock.into());
        }
        io::Read::read(&mut lines.sent, room)
    }

    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let lines = &mut *self.0.borrow_mut();
        if lines.stuck {
            return Err(ErrorKind::WouldBlock.into());
        }
        let octets = match &mut lines.takes {
            Some(0) => return Err(ErrorKind::WouldBlock.into()),
            Some(takes) => {
                let taken = &octets[..octets.len().min(*takes)];
                *takes -= taken.len();
                taken
            }
            None => octets,
        };
        lines.arrived.extend_from_slice(octets);
        lines.arrivals.push(CLOCK.with_borrow(Clock::now));
        Ok(octets.len())
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        let mut written = 0;
        for piece in pieces {
            match self.write(piece) {
                Ok(count) if count == piece.len() => written += count,
                Ok(count) => return Ok(written + count),
                Err(error) if written == 0 => return Err(error),
                Err(_) => break,
            }
        }
        Ok(written)
    }

    fn shutdown(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A driver with its loop.
pub(crate) struct World {
    pub(crate) driver: Driver<Link<Wire>>,
    clock: Clock,
    buffer: Vec<u8>,
    ends: Vec<End>,
    pub(crate) turns: usize,
}

/// A peer's end of a connection.
struct End {
    key: Key,
    wire: Wire,
    /// What the loop is told of it next.
    told: Readiness,
}

impl World {
    pub(crate) fn new(app: App) -> World {
        let clock = Clock::manual();
        CLOCK.replace(clock.clone());
        let app = app.prepare().unwrap();
        let driver = Driver::new(&app, clock.clone(), || {});
        World { driver, clock, buffer: vec![0; 64 * 1024], ends: Vec::new(), turns: 0 }
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Opens a connection; its number.
    pub(crate) fn connect(&mut self) -> usize {
        let wire = Wire::default();
        let key = self.driver.turn(self.clock.now()).open(Peer::Local, Link::new(wire.clone()));
        self.ends.push(End { key, wire, told: Readiness::default() });
        self.ends.len() - 1
    }

    /// Opens a connection and sends octets on it.
    pub(crate) fn ask(&mut self, octets: impl AsRef<[u8]>) -> usize {
        let peer = self.connect();
        self.send(peer, octets);
        peer
    }

    /// The peer sends.
    pub(crate) fn send(&mut self, peer: usize, octets: impl AsRef<[u8]>) {
        let end = &mut self.ends[peer];
        end.wire.0.borrow_mut().sent.extend(octets.as_ref());
        end.told.readable = true;
    }

    /// The peer ends its side.
    pub(crate) fn end(&mut self, peer: usize) {
        let end = &mut self.ends[peer];
        end.wire.0.borrow_mut().ended = true;
        (end.told.readable, end.told.read_closed) = (true, true);
    }

    /// The peer is gone.
    pub(crate) fn vanish(&mut self, peer: usize) {
        self.ends[peer].told.error = true;
    }

    /// Octets that the peer has sent and nobody has read.
    pub(crate) fn unread(&self, peer: usize) -> usize {
        self.ends[peer].wire.0.borrow().sent.len()
    }

    /// The peer's end is received by itself, whatever was kept of what it sent before.
    pub(crate) fn receive_end(&mut self, peer: usize) {
        let key = self.ends[peer].key;
        let mut turn = self.driver.turn(self.clock.now());
        let next = turn.connection(key).unwrap().receive_end();
        follow(&mut turn, key, next);
    }

    /// Whether the peer takes nothing.
    pub(crate) fn set_stuck(&mut self, peer: usize, stuck: bool) {
        let end = &mut self.ends[peer];
        end.wire.0.borrow_mut().stuck = stuck;
        end.told.writable = !stuck;
    }

    /// The peer takes so many octets more, and then no others.
    pub(crate) fn take(&mut self, peer: usize, octets: usize) {
        let end = &mut self.ends[peer];
        end.wire.0.borrow_mut().takes = Some(octets);
        end.told.writable = octets > 0;
    }

    /// One turn, as the loop of a worker has it.
    pub(crate) fn turn(&mut self) {
        self.turn_of(true);
    }

    /// One turn; `all`, if everything that has happened was told.
    pub(crate) fn turn_of(&mut self, all: bool) {
        self.turns += 1;
        let mut turn = self.driver.turn(self.clock.now());
        for end in &mut self.ends {
            let told = std::mem::take(&mut end.told);
            if told != Readiness::default()
                && let Some(mut connection) = turn.connection(end.key)
            {
                let next = connection.ready(told, &mut self.buffer);
                follow(&mut turn, end.key, next);
            }
        }
        turn.run();
        for _ in 0..turn.listed() {
            let Some(key) = turn.poll_ready() else { break };
            if let Some(mut connection) = turn.connection(key) {
                let next = connection.drive(&mut self.buffer);
                follow(&mut turn, key, next);
            }
        }
        if all {
            turn.look();
        }
    }

    /// Turns until nobody has anything to do but to wait.
    pub(crate) fn settle(&mut self) {
        for _ in 0..100_000 {
            self.turn();
            let told = self.ends.iter().any(|end| end.told != Readiness::default());
            if !told && self.driver.timeout() != Some(Duration::ZERO) {
                return;
            }
        }
        panic!("it never ends");
    }

    /// Lets time pass as it does for a worker that waits.
    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.now() + time;
        while self.now() < end {
            self.settle();
            let left = end - self.now();
            let step = self.driver.timeout().map_or(left, |timeout| timeout.min(left));
            self.clock.advance(step.max(Duration::from_millis(1)));
        }
        self.settle();
    }

    /// What a connection waits for; nothing if it is gone.
    pub(crate) fn state(&mut self, peer: usize) -> Option<State> {
        let key = self.ends[peer].key;
        Some(self.driver.turn(self.clock.now()).connection(key)?.state())
    }

    pub(crate) fn arrived(&self, peer: usize) -> String {
        String::from_utf8_lossy(&self.ends[peer].wire.0.borrow().arrived).into_owned()
    }

    /// When something arrived at a peer.
    pub(crate) fn arrivals(&self, peer: usize) -> Vec<Instant> {
        self.ends[peer].wire.0.borrow().arrivals.clone()
    }

    /// The statuses that a peer has received.
    pub(crate) fn statuses(&self, peer: usize) -> Vec<u16> {
        let arrived = self.arrived(peer);
        let lines = arrived.split("HTTP/1.1 ").skip(1);
        lines.map(|line| line[..3].parse().unwrap()).collect()
    }
}

fn follow(turn: &mut Turn<'_, Link<Wire>>, key: Key, next: Next) {
    match next {
        Next::Close => drop(turn.close(key)),
        Next::GoOn | Next::ShutDown => turn.list(key),
        _ => {}
    }
}
