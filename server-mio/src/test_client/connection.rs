//! The connection of a test client: everything that a loop does with a driver, in memory.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::bell::Bell;
use crate::driver::{Connection, Driver, Key, Next, State, Turn};
use crate::{Clock, Peer, PreparedApp};

/// How long an answer may take before a test fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// A driver with one connection at the most.
pub(super) struct InMemory {
    clock: Clock,
    bell: Arc<Bell>,
    driver: Driver<()>,
    key: Option<Key>,
}

impl InMemory {
    pub(super) fn new(app: &PreparedApp, clock: Clock) -> InMemory {
        let bell = Arc::new(Bell::default());
        let ring = bell.clone();
        let driver = Driver::new(app, clock.clone(), move || ring.ring());
        InMemory { clock, bell, driver, key: None }
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Gives octets to the connection, which is opened if there is none, and takes what is ready.
    pub(super) fn send(&mut self, peer: Peer, octets: &[u8], received: &mut Vec<u8>) {
        let mut turn = self.driver.turn(self.clock.now());
        let key = *self.key.get_or_insert_with(|| turn.open(peer, ()));
        if let Some(mut connection) = turn.connection(key) {
            let next = connection.receive(octets);
            follow(&mut turn, key, next, received);
        }
    }

    /// Ends the peer's side, and takes what is ready.
    pub(super) fn send_end(&mut self, received: &mut Vec<u8>) {
        let Some(key) = self.key else { return };
        let mut turn = self.driver.turn(self.clock.now());
        if let Some(mut connection) = turn.connection(key) {
            let next = connection.receive_end();
            follow(&mut turn, key, next, received);
        }
    }

    /// Runs turns until no handler is at work any more.
    ///
    /// # Panics
    /// If that takes longer than half a minute.
    pub(super) fn finish(&mut self, received: &mut Vec<u8>) {
        let began = Instant::now();
        while self.run(received) {
            assert!(began.elapsed() < PATIENCE, "a handler does not answer");
            match self.driver.timeout() {
                Some(timeout) if self.clock.is_manual() => self.clock.advance(timeout),
                timeout => self.bell.wait(timeout.unwrap_or(PATIENCE).min(PATIENCE)),
            }
        }
    }

    /// Whether there is a connection.
    #[cfg(feature = "websocket")]
    pub(super) fn is_open(&self) -> bool {
        self.key.is_some()
    }

    /// Waits until something can be done, at most for as long as a test may take, and does it. False if there is no connection.
    ///
    /// # Panics
    /// If nothing happens for half a minute.
    #[cfg(feature = "websocket")]
    pub(super) fn wait(&mut self, received: &mut Vec<u8>) -> bool {
        let (began, before) = (Instant::now(), received.len());
        loop {
            self.run(received);
            if received.len() > before || self.key.is_none() {
                return self.key.is_some();
            }
            assert!(began.elapsed() < PATIENCE, "nothing comes");
            match self.driver.timeout() {
                Some(timeout) if self.clock.is_manual() => self.clock.advance(timeout),
                timeout => self.bell.wait(timeout.unwrap_or(PATIENCE).min(PATIENCE)),
            }
        }
    }

    /// One turn. True if handlers are at work behind it.
    pub(super) fn run(&mut self, received: &mut Vec<u8>) -> bool {
        let mut turn = self.driver.turn(self.clock.now());
        turn.run();
        turn.look();
        while let Some(key) = turn.poll_ready() {
            if let Some(mut connection) = turn.connection(key) {
                let next = connection.go_on();
                follow(&mut turn, key, next, received);
            }
        }
        let at_work = self.key.and_then(|key| Some(turn.connection(key)?.at_work()));
        if at_work.is_none() {
            self.key = None;
        }
        at_work.is_some_and(|requests| requests > 0)
    }

    /// What the connection waits for.
    pub(super) fn state(&mut self) -> Option<State> {
        let key = self.key?;
        self.driver.turn(self.clock.now()).connection(key).map(|connection| connection.state())
    }

    /// Ends the connection, wherever it was.
    pub(super) fn close(&mut self) {
        if let Some(key) = self.key.take() {
            self.driver.turn(self.clock.now()).close(key);
        }
    }
}

/// Takes what is ready, and does what is next.
fn follow(turn: &mut Turn<'_, ()>, key: Key, mut next: Next, received: &mut Vec<u8>) {
    while let Some(mut connection) = turn.connection(key) {
        loop {
            let written = take(&connection, received);
            if written == 0 {
                break;
            }
            next = connection.transmitted(written);
        }
        match next {
            Next::Wait => return,
            Next::GoOn => return turn.list(key),
            // The peer is one that closes at once.
            Next::ShutDown | Next::Close => drop(turn.close(key)),
        }
    }
}

/// Adds all that is ready to `received`; says how much it is.
fn take(connection: &Connection<'_, ()>, received: &mut Vec<u8>) -> usize {
    let mut pieces = [&[][..]; 16];
    let count = connection.transmit(&mut pieces);
    pieces[..count].iter().for_each(|piece| received.extend_from_slice(piece));
    pieces[..count].iter().map(|piece| piece.len()).sum()
}
