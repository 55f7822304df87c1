//! What a socket without traffic takes in memory, of which its connection's own entry is a part.

use std::alloc::System;
use std::time::Duration;

use rajada_mio::driver::{Driver, Key};
use rajada_mio::websocket::{SocketHandler, WebSocket};
use rajada_mio::{App, Clock, Peer};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const SOCKETS: usize = 10_000;

/// What an idle connection takes, before it is one of a socket, which a test in `driver/entry.rs` sees to.
const ENTRY: usize = 264;

/// What allocators add to what is asked for: a word.
const WORD: usize = 8;

/// Octets that are allocated now, and in how many pieces.
fn live() -> (usize, usize) {
    let stats = ALLOCATOR.stats();
    let octets = stats.bytes_allocated - stats.bytes_deallocated;
    (octets, stats.allocations - stats.deallocations)
}

/// Octets of this process that are in memory.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok());
    pages.unwrap_or_default() * 4096
}

struct Many {
    clock: Clock,
    driver: Driver<u64>,
    keys: Vec<Key>,
}

impl Many {
    fn new<S>(handler: impl SocketHandler<S>) -> Many {
        let app = App::new().websocket("/ws", handler);
        let clock = Clock::manual();
        let driver = Driver::new(&app.prepare().unwrap(), clock.clone(), || {});
        // (What is ours is in memory before it is counted.)
        let mut keys = vec![Key::from_usize(1); SOCKETS + 100];
        keys.clear();
        Many { clock, driver, keys }
    }

    fn open(&mut self, count: usize) {
        let mut turn = self.driver.turn(self.clock.now());
        self.keys.extend((0..count).map(|link| turn.open(Peer::Local, link as u64)));
    }

    /// Gives octets to all connections from this one on, whose answers are taken; how many octets these were.
    fn give(&mut self, from: usize, octets: &[u8]) -> usize {
        let mut taken = 0;
        for key in &self.keys[from..] {
            let mut turn = self.driver.turn(self.clock.now());
            turn.connection(*key).unwrap().receive(octets);
            turn.run();
            let mut connection = turn.connection(*key).unwrap();
            connection.go_on();
            let mut pieces = [&[][..]; 4];
            let count = connection.transmit(&mut pieces);
            let count = pieces[..count].iter().map(|piece| piece.len()).sum();
            connection.transmitted(count);
            taken += count;
            // It is their turn to be idle.
            connection.go_on();
            while turn.poll_ready().is_some() {}
        }
        taken
    }

    fn wait(&mut self) {
        for _ in 0..4 {
            self.clock.advance(Duration::from_secs(1));
            let mut turn = self.driver.turn(self.clock.now());
            turn.run();
            turn.look();
            while turn.poll_ready().is_some() {}
        }
    }
}

/// A handshake, with what offers compression.
fn asks(offer: &str) -> String {
    format!(
        "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{offer}\r\n"
    )
}

/// A masked message of 40 octets.
fn message() -> Vec<u8> {
    let mut frame = vec![0x82, 0x80 | 40, 1, 2, 3, 4];
    frame.extend((0..40).map(|at| b'x' ^ (at % 4 + 1)));
    frame
}

#[test]
fn a_socket_that_waits_takes_512_octets_at_the_most() {
    let offers = ["", "Sec-WebSocket-Extensions: permessage-deflate\r\n"];
    let receive = |mut socket: WebSocket| async move { while socket.recv().await.is_some() {} };
    let compresses = cfg!(feature = "deflate");
    for (offer, deflates) in offers.into_iter().zip([false, compresses]) {
        let mut many = Many::new(receive);
        // What the worker keeps is there before.
        many.open(100);
        assert!(many.give(0, asks(offer).as_bytes()) > 0);
        many.give(0, &message());
        many.wait();
        let at_first = resident();
        many.open(SOCKETS);
        let (before, pieces_before) = live();
        let answers = many.give(100, asks(offer).as_bytes());
        let expected = if deflates { 100 } else { 80 };
        assert!(answers / SOCKETS > expected, "all are open");
        many.give(100, &message());
        many.wait();
        let (after, pieces) = live();
        let in_memory = resident().saturating_sub(at_first) / SOCKETS;
        let octets = (after - before) / SOCKETS;
        let pieces = (pieces - pieces_before) / SOCKETS;
        let (socket, future) = (ENTRY + octets + pieces * WORD, future_size(receive));
        println!(
            "{offer:?}: {socket} octets in all, {octets} in {pieces} pieces beside the entry of {ENTRY}; \
             resident {in_memory}; of these the future of its handler {future}"
        );
        assert!(socket <= 512, "{octets} octets in {pieces} pieces");
        if cfg!(target_os = "linux") {
            // (Behind the first ones some of it is not given back to the system, and used again.)
            assert!(in_memory <= 512 + future, "{in_memory} octets are resident");
            assert!(in_memory > 0 || !offer.is_empty(), "it is known");
        }
    }
}

/// Octets of a handler's future.
fn future_size<F: Future>(_: impl Fn(WebSocket) -> F) -> usize {
    size_of::<F>()
}
