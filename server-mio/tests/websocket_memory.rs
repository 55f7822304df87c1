//! What very many sockets take in memory: those that wait, of which the connection's own entry is a part, and those of a broadcast.

use std::alloc::System;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rajada_mio::driver::{Connection, Driver, Key, Next};
use rajada_mio::websocket::{Broadcast, SocketDeadlines, SocketEndpoint, WebSocket};
use rajada_mio::{App, Clock, OwnedRequest, Peer};
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

/// One count at a time.
fn alone() -> MutexGuard<'static, ()> {
    static COUNTING: Mutex<()> = Mutex::new(());
    COUNTING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes all that is ready; how many octets these are.
fn take(connection: &mut Connection<'_, u64>) -> usize {
    let mut pieces = [&[][..]; 4];
    let count = connection.transmit(&mut pieces);
    let count = pieces[..count].iter().map(|piece| piece.len()).sum();
    connection.transmitted(count);
    count
}

struct Many {
    clock: Clock,
    driver: Driver<u64>,
    keys: Vec<Key>,
}

impl Many {
    fn new(app: App) -> Many {
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
            taken += take(&mut connection);
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
    let _alone = alone();
    let offers = ["", "Sec-WebSocket-Extensions: permessage-deflate\r\n"];
    let receive = |mut socket: WebSocket| async move { while socket.recv().await.is_some() {} };
    let compresses = cfg!(feature = "deflate");
    for (offer, deflates) in offers.into_iter().zip([false, compresses]) {
        let mut many = Many::new(App::new().websocket("/ws", receive));
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

#[test]
fn pings_that_are_due_for_all_at_once_lend_nothing_to_most() {
    let _alone = alone();
    let receive = |mut socket: WebSocket| async move { while socket.recv().await.is_some() {} };
    let mut many = Many::new(App::new().websocket("/ws", receive));
    many.open(SOCKETS);
    many.give(0, asks("").as_bytes());
    many.wait();
    let (before, _) = live();
    let (mut most, mut taken) = (0, 0);
    for _ in 0..40 {
        many.clock.advance(Duration::from_secs(1));
        let mut turn = many.driver.turn(many.clock.now());
        turn.run();
        turn.look();
        most = most.max(live().0.saturating_sub(before));
        while let Some(key) = turn.poll_ready() {
            let mut connection = turn.connection(key).unwrap();
            connection.go_on();
            taken += take(&mut connection);
            most = most.max(live().0.saturating_sub(before));
        }
    }
    assert_eq!(taken, SOCKETS * 6, "a ping for each");
    // The list of whose turn it is.
    assert!(most <= 2 * SOCKETS.next_power_of_two() * size_of::<Key>(), "{most}");
}

#[test]
fn ten_thousand_members_a_tenth_of_which_does_not_read() {
    const PAYLOAD: usize = 8 * 1024;
    const SECONDS: usize = 60;
    let _alone = alone();
    let broadcast = Broadcast::new();
    let member = SocketEndpoint::new(|req: OwnedRequest, mut socket: WebSocket| async move {
        socket.join(req.state::<Broadcast>());
        while socket.recv().await.is_some() {}
    });
    // The backlog is to be what ends those who do not read.
    let deadlines = SocketDeadlines {
        ping: None,
        write: Duration::from_secs(3600),
        close: Duration::from_secs(3600),
        ..SocketDeadlines::DEFAULT
    };
    let app = App::new().state(broadcast.clone()).websocket("/ws", member.deadlines(deadlines));
    let mut many = Many::new(app);
    many.open(SOCKETS);
    many.give(0, asks("").as_bytes());
    assert_eq!(broadcast.members(), SOCKETS);

    let sleeps = |link: u64| link.is_multiple_of(10);
    let mut taken = vec![0; SOCKETS];
    let (before, _) = live();
    let mut most = 0;
    for second in 1..=SECONDS {
        broadcast.send(vec![second as u8; PAYLOAD]);
        many.clock.advance(Duration::from_secs(1));
        let mut turn = many.driver.turn(many.clock.now());
        turn.run();
        turn.look();
        while let Some(key) = turn.poll_ready() {
            let mut connection = turn.connection(key).unwrap();
            let mut next = connection.go_on();
            let link = *connection.link();
            while !sleeps(link) && connection.wants_write() {
                let mut pieces = [&[][..]; 16];
                let count = connection.transmit(&mut pieces);
                let count = pieces[..count].iter().map(|piece| piece.len()).sum();
                taken[link as usize] += count;
                next = connection.transmitted(count);
            }
            assert_eq!(next, Next::Wait);
        }
        drop(turn);
        most = most.max(live().0.saturating_sub(before));
    }
    assert_eq!(broadcast.overflowed(), SOCKETS as u64 / 10, "no more, and no less");
    assert_eq!(broadcast.members(), SOCKETS - SOCKETS / 10);
    let (slow, quick): (Vec<usize>, Vec<usize>) =
        (0..SOCKETS).partition(|&link| sleeps(link as u64));
    assert!(quick.iter().all(|&link| taken[link] == SECONDS * (PAYLOAD + 4)), "nothing is missed");
    assert!(slow.iter().all(|&link| taken[link] == 0));
    println!("{most} octets, {} for each who does not read", most / slow.len());
    // All that is behind shares the octets of its messages: what each has is a list of them.
    let shared = Broadcast::BACKLOG + 64 * 1024 + 2 * PAYLOAD;
    assert!(most <= shared + slow.len() * 8 * 1024, "{most}");
}

/// Octets of a handler's future.
fn future_size<F: Future>(_: impl Fn(WebSocket) -> F) -> usize {
    size_of::<F>()
}

#[test]
fn messages_that_had_to_wait_for_answers_leave_no_memory_behind() {
    let _alone = alone();
    let handler = |mut socket: WebSocket| async move {
        socket.for_each(|message, replies| replies.send(message)).await;
    };
    // All but the first of a read wait for room.
    let route = SocketEndpoint::new(handler).backlog(1);
    let mut many = Many::new(App::new().websocket("/ws", route));
    many.open(SOCKETS / 10);
    many.give(0, asks("").as_bytes());
    many.give(0, &message());
    let before = live().0;
    for _ in 0..2 {
        many.give(0, &message().repeat(200));
    }
    let mut left = 1;
    while left > 0 {
        left = many.give(0, b"");
    }
    many.wait();
    let grown = live().0.saturating_sub(before) / many.keys.len();
    assert!(grown <= 600, "{grown} octets a socket");
}
