//! A worker: one thread, one loop over the sockets of its own driver.

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::{Poll, Token};

use super::acceptor::Acceptor;
use super::control::Control;
use super::readiness::{Event, Readinesses};
use super::tcp::Tcp;
use super::{Seat, WAKER};
use crate::app::Shared;
use crate::driver::{Driver, Exit, Key, Link, Next, Transport, Turn};
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
        let acceptor = Acceptor::new(listener, poll.registry(), LISTENER)?;
        let driver = Driver::with_queue(shared, Clock::system(), queue);
        Ok(Worker { poll, acceptor, driver, buffer: vec![0; BUFFER].into(), control })
    }

    /// Serves until it is told to stop.
    pub(super) fn run(mut self) -> io::Result<Exit> {
        let mut events = Readinesses::with_capacity(EVENTS);
        loop {
            let timeout = self.timeout();
            if let Err(error) = events.wait(&mut self.poll, timeout)
                && error.kind() != ErrorKind::Interrupted
            {
                return Err(error);
            }
            let mut turn = self.driver.turn(Instant::now());
            let (poll, acceptor) = (&self.poll, &mut self.acceptor);
            if self.control.obey(&mut turn) {
                acceptor.close(poll.registry());
            }
            for event in events.iter() {
                match event.token() {
                    WAKER => {}
                    LISTENER => acceptor.told(),
                    Token(word) => {
                        take(&mut turn, acceptor, Key::from_usize(word), event, &mut self.buffer);
                    }
                }
            }
            acceptor.accept(&mut turn, poll.registry());
            turn.run();
            for _ in 0..turn.listed() {
                let Some(key) = turn.poll_ready() else { break };
                if let Some(mut connection) = turn.connection(key) {
                    let next = connection.drive(&mut self.buffer);
                    follow(&mut turn, acceptor, key, next);
                }
            }
            // If there may be more events, octets may wait that nobody has read.
            if events.len() < EVENTS {
                turn.look();
            }
            if let Some(exit) = turn.exit() {
                turn.keys().into_iter().for_each(|key| close(&mut turn, key));
                return Ok(exit);
            }
        }
    }

    /// How long to wait for events at most.
    #[inline]
    fn timeout(&mut self) -> Option<Duration> {
        let timeout = self.driver.timeout();
        match self.acceptor.timeout(Instant::now()) {
            None => timeout,
            Some(accept) => Some(timeout.map_or(accept, |timeout| timeout.min(accept))),
        }
    }
}

/// Goes on with the connection that an event is for, if it is still there.
#[inline(always)]
fn take(
    turn: &mut Turn<'_, Link<Tcp>>,
    acceptor: &mut Acceptor,
    key: Key,
    event: Event<'_>,
    buffer: &mut [u8],
) {
    if let Some(mut connection) = turn.connection(key) {
        let next = connection.ready(event.readiness(), buffer);
        follow(turn, acceptor, key, next);
    }
}

#[inline]
fn follow(turn: &mut Turn<'_, Link<Tcp>>, acceptor: &mut Acceptor, key: Key, next: Next) {
    match next {
        Next::Wait => {}
        Next::Close => {
            close(turn, key);
            acceptor.has_room();
        }
        Next::GoOn | Next::ShutDown => turn.list(key),
    }
}

#[cold]
fn close(turn: &mut Turn<'_, Link<Tcp>>, key: Key) {
    if let Some((mut link, true)) = turn.close(key) {
        link.transport().reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
