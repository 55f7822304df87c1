//! A worker: one thread, one loop over the sockets of its own driver.

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::net::TcpListener;
use mio::{Poll, Token};

use super::acceptor::Acceptor;
use super::control::Control;
use super::readiness::Readinesses;
use super::tcp::Tcp;
use super::{Seat, WAKER};
use crate::app::Shared;
use crate::driver::{Driver, Exit, Key, Link};
use crate::runtime::Clock;

const LISTENER: Token = Token(usize::MAX - 1);

/// Octets of one read.
const BUFFER: usize = 64 * 1024;

/// Events of one turn, at most.
const EVENTS: usize = 1024;

pub(super) struct Worker {
    poll: Poll,
    acceptor: Acceptor,
    driver: Driver<Link<Tcp>>,
    buffer: Box<[u8]>,
    control: Arc<Control>,
}

impl Worker {
    pub(super) fn new(
        shared: Arc<Shared>,
        seat: Seat,
        control: Arc<Control>,
    ) -> io::Result<Worker> {
        let Seat { poll, listener, queue } = seat;
        let listener = TcpListener::from_std(listener);
        let acceptor = Acceptor::new(listener, poll.registry(), LISTENER)?;
        let driver = Driver::with_queue(shared, Clock::system(), queue);
        Ok(Worker { poll, acceptor, driver, buffer: vec![0; BUFFER].into(), control })
    }

    /// Serves until it is told to stop.
    pub(super) fn run(mut self) -> io::Result<Exit> {
        let mut events = Readinesses::with_capacity(EVENTS);
        self.driver.make_home();
        loop {
            let timeout = self.timeout();
            let told = match events.wait(&mut self.poll, timeout) {
                Ok(()) => true,
                Err(error) if error.kind() == ErrorKind::Interrupted => false,
                Err(error) => return Err(error),
            };
            let mut turn = self.driver.turn(Instant::now());
            let (poll, acceptor) = (&self.poll, &mut self.acceptor);
            if self.control.obey(&mut turn) {
                acceptor.end();
                if turn.is_over()
                    && let Some(exit) = turn.finish(acceptor.is_closed())
                {
                    return Ok(exit);
                }
            }
            for event in events.iter() {
                match event.token() {
                    WAKER => {}
                    LISTENER => acceptor.told(),
                    Token(word) => {
                        let key = Key::from_usize(word);
                        if turn.ready(key, event.readiness(), &mut self.buffer) {
                            acceptor.has_room();
                        }
                    }
                }
            }
            acceptor.accept(&mut turn, poll.registry());
            turn.run();
            if turn.drive_listed(&mut self.buffer) {
                acceptor.has_room();
            }
            // If there may be more events, octets may wait that nobody has read; and who was interrupted has seen none.
            if told && events.len() < EVENTS {
                turn.look();
            }
            if let Some(exit) = turn.finish(acceptor.is_closed()) {
                return Ok(exit);
            }
        }
    }

    /// How long to wait for events at most.
    #[inline]
    fn timeout(&mut self) -> Option<Duration> {
        let timeout = self.driver.timeout();
        match self.acceptor.timeout() {
            None => timeout,
            Some(accept) => Some(timeout.map_or(accept, |timeout| timeout.min(accept))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_of_any_length_can_be_waited() {
        let mut poll = Poll::new().unwrap();
        let waker = mio::Waker::new(poll.registry(), WAKER).unwrap();
        let mut events = Readinesses::with_capacity(1);
        for time in [Duration::MAX, Duration::from_secs(30 * 86_400), Duration::from_secs(1 << 62)]
        {
            waker.wake().unwrap();
            events.wait(&mut poll, Some(time)).unwrap();
            assert_eq!(events.iter().count(), 1, "{time:?}");
        }
    }

    #[test]
    fn waiting_never_ends_before_what_is_waited_for() {
        // The operating system waits in milliseconds, and waking up early would be to spin.
        let mut poll = Poll::new().unwrap();
        let mut events = Readinesses::with_capacity(1);
        for time in [0, 1, 1_000_001, 2_500_000].map(Duration::from_nanos) {
            let began = Instant::now();
            match events.wait(&mut poll, Some(time)) {
                Ok(()) => assert!(began.elapsed() >= time, "{time:?}"),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Interrupted),
            }
            assert_eq!(events.iter().count(), 0);
        }
    }
}
