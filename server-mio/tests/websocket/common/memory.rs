//! A connection without sockets: its octets go in and come out in pieces of any size, and time stands still.

use std::time::Duration;

use rajada_mio::driver::{Connection, Driver, Key, Next, Turn};
use rajada_mio::{App, Clock, Peer};

use super::client::{Frame, asks, parse};

pub(crate) struct Memory {
    pub(crate) clock: Clock,
    pub(crate) driver: Driver<()>,
    key: Key,
    /// What the peer has taken and not looked at.
    pub(crate) received: Vec<u8>,
    /// Octets that the peer takes of what is ready, at the most.
    pub(crate) takes: usize,
    pub(crate) is_closed: bool,
}

/// Another connection of the same worker.
pub(crate) struct Other {
    key: Key,
    received: Vec<u8>,
}

impl Memory {
    pub(crate) fn new(app: App) -> Memory {
        let clock = Clock::manual();
        let mut driver = Driver::new(&app.prepare().unwrap(), clock.clone(), || {});
        let key = driver.turn(clock.now()).open(Peer::Local, ());
        let (received, takes, is_closed) = (Vec::new(), usize::MAX, false);
        Memory { clock, driver, key, received, takes, is_closed }
    }

    /// One behind its handshake.
    pub(crate) fn open(app: App, path: &str) -> Memory {
        let mut memory = Memory::new(app);
        memory.send(asks(path).as_bytes());
        let head = memory.head();
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        memory
    }

    /// Opens another connection.
    pub(crate) fn other(&mut self) -> Other {
        Other { key: self.turn(|turn| turn.open(Peer::Local, ())), received: Vec::new() }
    }

    /// Does something as the peer of another connection, which takes what is ready for it first.
    pub(crate) fn as_other<R>(
        &mut self,
        other: &mut Other,
        run: impl FnOnce(&mut Memory) -> R,
    ) -> R {
        self.exchange(other);
        while self.take() > 0 {}
        let result = run(self);
        self.exchange(other);
        result
    }

    fn exchange(&mut self, other: &mut Other) {
        core::mem::swap(&mut self.key, &mut other.key);
        core::mem::swap(&mut self.received, &mut other.received);
        self.is_closed = self.with(|_| ()).is_none();
    }

    /// The same, with compression agreed on.
    #[cfg(feature = "deflate")]
    pub(crate) fn open_compressed(app: App, path: &str) -> Memory {
        let mut memory = Memory::new(app);
        let offer = "Host: localhost\r\nSec-WebSocket-Extensions: permessage-deflate\r\n";
        memory.send(asks(path).replace("Host: localhost\r\n", offer).as_bytes());
        assert!(memory.head().contains("permessage-deflate"));
        memory
    }

    /// Gives octets to the connection, and runs turns until nothing changes.
    pub(crate) fn send(&mut self, octets: &[u8]) {
        self.give(octets);
        self.run();
    }

    /// Gives octets to the connection.
    pub(crate) fn give(&mut self, octets: &[u8]) {
        let next = self.with(|connection| connection.receive(octets));
        self.follow(next);
    }

    /// The peer ends its side.
    pub(crate) fn end(&mut self) {
        let next = self.with(|connection| connection.receive_end());
        self.follow(next);
        self.run();
    }

    fn turn<R>(&mut self, run: impl FnOnce(&mut Turn<'_, ()>) -> R) -> R {
        run(&mut self.driver.turn(self.clock.now()))
    }

    /// Nothing if it is gone.
    fn with<R>(&mut self, run: impl FnOnce(&mut Connection<'_, ()>) -> R) -> Option<R> {
        let key = self.key;
        self.turn(|turn| turn.connection(key).map(|mut connection| run(&mut connection)))
    }

    /// Time passes, and everybody looks at it.
    pub(crate) fn wait(&mut self, time: Duration) {
        let until = self.clock.now() + time;
        while self.clock.now() < until {
            self.clock.advance(Duration::from_secs(1));
            self.run();
        }
    }

    /// Service ends.
    pub(crate) fn shut_down(&mut self) {
        self.driver.turn(self.clock.now()).shut_down();
        self.run();
    }

    /// Runs turns until nothing changes.
    pub(crate) fn run(&mut self) {
        let mut still = 0;
        // (Woken tasks may have nothing to do; and a server that is at its end has no time to wait.)
        while still < 3 {
            still = if self.run_once() { 0 } else { still + 1 };
        }
    }

    /// Runs a turn, and takes what is ready once. Whether anything has changed.
    pub(crate) fn run_once(&mut self) -> bool {
        let mut listed = self.turn(|turn| {
            turn.run();
            turn.look();
            turn.listed()
        });
        let is_still = listed == 0;
        while listed > 0
            && let Some(key) = self.turn(|turn| turn.poll_ready())
        {
            listed -= 1;
            let next = self.turn(|turn| turn.connection(key).map(|mut it| it.go_on()));
            self.follow_of(key, next);
        }
        let taken = self.take();
        !is_still || taken > 0
    }

    /// Takes what is ready; how much that is.
    pub(crate) fn take(&mut self) -> usize {
        let all = self.with(|connection| {
            let mut pieces = [&[][..]; 4];
            let count = connection.transmit(&mut pieces);
            pieces[..count].concat()
        });
        let all = all.unwrap_or_default();
        let taken = all.len().min(self.takes);
        self.received.extend_from_slice(&all[..taken]);
        if taken > 0 {
            let next = self.with(|connection| connection.transmitted(taken));
            self.follow(next);
        }
        taken
    }

    fn follow(&mut self, next: Option<Next>) {
        self.follow_of(self.key, next);
    }

    fn follow_of(&mut self, key: Key, next: Option<Next>) {
        match next {
            Some(Next::GoOn) => self.turn(|turn| turn.list(key)),
            // The peer is one that closes at once.
            Some(Next::ShutDown | Next::Close) => {
                self.turn(|turn| turn.close(key));
                self.is_closed |= key == self.key;
            }
            _ => {}
        }
    }

    pub(crate) fn wants_read(&mut self) -> bool {
        self.with(|connection| connection.wants_read()) == Some(true)
    }

    /// The next head of an answer.
    pub(crate) fn head(&mut self) -> String {
        let at = self.received.windows(4).position(|end| end == b"\r\n\r\n").expect("a head");
        String::from_utf8(self.received.drain(..at + 4).collect()).unwrap()
    }

    /// The frames that have come, each whole.
    pub(crate) fn frames(&mut self) -> Vec<Frame> {
        let mut frames = Vec::new();
        while let Some((frame, size)) = parse(&self.received) {
            self.received.drain(..size);
            frames.push(frame);
        }
        frames
    }

    /// The frames that have come, as text where they are.
    pub(crate) fn texts(&mut self) -> Vec<String> {
        let texts = self.frames().into_iter().filter(|frame| frame.first == 0x81);
        texts.map(|frame| String::from_utf8(frame.payload).unwrap()).collect()
    }
}
