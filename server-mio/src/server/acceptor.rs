//! Taking connections in: when, how many, and what becomes of errors.

use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

use mio::net::{TcpListener, TcpStream};
use mio::{Interest, Registry, Token};

use super::readiness::INTEREST;
use super::tcp::Tcp;
use crate::driver::{Link, Turn};
use crate::peer::Peer;

/// Connections accepted before others get their turn.
const ACCEPTS_A_TURN: usize = 64;

/// How long to wait when the system is out of file descriptors or memory for connections.
const PAUSE: Duration = Duration::from_millis(100);

/// A listener, and whether there may be connections to accept.
pub(super) struct Acceptor {
    listener: Option<TcpListener>,
    when: When,
    /// It is to close when nobody waits any more.
    ends: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    /// The kernel will say.
    Told,
    Now,
    /// Not before this time, or the end of a connection.
    Later(Instant),
    /// There are as many connections as there may be: the worker is roused when one has ended.
    Full,
}

impl Acceptor {
    /// Registers a listener, whose events carry `token`.
    pub(super) fn new(
        mut listener: TcpListener,
        registry: &Registry,
        token: Token,
    ) -> io::Result<Acceptor> {
        registry.register(&mut listener, token, Interest::READABLE)?;
        Ok(Acceptor { listener: Some(listener), when: When::Told, ends: false })
    }

    /// The kernel has said that connections wait.
    pub(super) fn told(&mut self) {
        self.when = When::Now;
    }

    /// A connection has ended, so there may be room for another one.
    #[inline]
    pub(super) fn has_room(&mut self) {
        if let When::Later(_) = self.when {
            self.when = When::Now;
        }
    }

    /// How long until there may be something to accept; `None` if the kernel will say.
    #[inline]
    pub(super) fn timeout(&self) -> Option<Duration> {
        match self.when {
            When::Told | When::Full => None,
            When::Now => Some(Duration::ZERO),
            When::Later(time) => Some(time.saturating_duration_since(Instant::now())),
        }
    }

    /// Listens no longer, once nobody waits to be accepted any more: who has connected by now may have sent a request.
    pub(super) fn end(&mut self) {
        if !self.ends {
            self.ends = true;
            self.when = When::Now;
        }
    }

    /// Whether it listens no longer.
    pub(super) fn is_closed(&self) -> bool {
        self.listener.is_none()
    }

    /// Nobody waits.
    fn is_done(&mut self, registry: &Registry) {
        self.when = When::Told;
        if self.ends
            && let Some(mut listener) = self.listener.take()
        {
            // A listener that can't be taken back closes all the same.
            let _ = registry.deregister(&mut listener);
        }
    }

    /// Accepts what waits, if it is time to, in turns with everything else. No error of one connection, and no
    /// shortage, ends it.
    #[inline]
    pub(super) fn accept(&mut self, turn: &mut Turn<'_, Link<Tcp>>, registry: &Registry) {
        match self.when {
            When::Told => {}
            When::Later(time) if time > turn.now() => {}
            When::Full if !turn.has_room() => {
                // No connection will end and make room.
                if self.ends && turn.is_closed() {
                    self.is_done(registry);
                }
            }
            When::Now | When::Later(_) | When::Full => {
                self.accept_some(turn, registry);
                turn.unreserve();
            }
        }
    }

    #[cold]
    fn accept_some(&mut self, turn: &mut Turn<'_, Link<Tcp>>, registry: &Registry) {
        let Some(listener) = &self.listener else {
            self.when = When::Told;
            return;
        };
        let later = When::Later(turn.now() + PAUSE);
        for _ in 0..ACCEPTS_A_TURN {
            if !turn.reserve() {
                self.when = When::Full;
                return;
            }
            match listener.accept() {
                Ok((stream, address)) => {
                    if let Err(error) = adopt(turn, registry, stream, address.into()) {
                        log::debug!("{address}: {error}");
                    }
                }
                Err(error) => match Unaccepted::of(&error) {
                    Unaccepted::None => return self.is_done(registry),
                    Unaccepted::One => {}
                    Unaccepted::All => {
                        log::warn!("a connection can't be accepted: {error}");
                        self.when = later;
                        return;
                    }
                },
            }
        }
        self.when = When::Now;
    }
}

/// Takes in a connection that was accepted. It is registered once, for everything, for ever.
fn adopt(
    turn: &mut Turn<'_, Link<Tcp>>,
    registry: &Registry,
    stream: TcpStream,
    peer: Peer,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let key = turn.open(peer, Link::new(Tcp(stream)));
    let registered = match turn.connection(key) {
        Some(mut connection) => {
            registry.register(&mut connection.link().transport().0, Token(key.to_usize()), INTEREST)
        }
        None => Ok(()),
    };
    if registered.is_err() {
        turn.close(key);
    }
    registered
}

/// What it means that there is no connection to accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unaccepted {
    /// None waits.
    None,
    /// One that waited is gone again (`ECONNABORTED`); others may wait.
    One,
    /// Something is short (`EMFILE`, `ENFILE`, `ENOBUFS`, `ENOMEM`) or wrong for all: trying again
    /// at once would be to spin.
    All,
}

impl Unaccepted {
    pub(crate) fn of(error: &io::Error) -> Unaccepted {
        match error.kind() {
            ErrorKind::WouldBlock => Unaccepted::None,
            ErrorKind::Interrupted | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset => {
                Unaccepted::One
            }
            _ => Unaccepted::All,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::Driver;
    use crate::{App, Clock};
    use socket2::SockRef;

    #[test]
    fn a_connection_taken_in_sends_small_answers_at_once_and_notices_a_peer_that_vanished() {
        let poll = mio::Poll::new().unwrap();
        let app = App::new().prepare().unwrap();
        let mut driver = Driver::new(&app, Clock::system(), || {});
        let listener = super::super::listener::listen("127.0.0.1:0", 1).unwrap().remove(0);
        let _client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let listener = TcpListener::from_std(listener);
        let mut acceptor = Acceptor::new(listener, poll.registry(), Token(0)).unwrap();
        let mut turn = driver.turn(Instant::now());
        while turn.connections() == 0 {
            acceptor.told();
            acceptor.accept(&mut turn, poll.registry());
        }
        let key = turn.keys()[0];
        let mut connection = turn.connection(key).unwrap();
        let socket = &connection.link().transport().0;
        assert!(socket.nodelay().unwrap());
        assert!(SockRef::from(socket).keepalive().unwrap());
        assert!(turn.close(key).is_some());
        assert!(turn.connection(key).is_none(), "a key finds its own connection or none");
        assert_eq!(turn.connections(), 0);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn errors_of_accept_neither_stop_nor_spin() {
        // By their numbers on Linux: EAGAIN; ECONNABORTED, EINTR; EMFILE, ENFILE, ENOBUFS, ENOMEM.
        for (numbers, meaning) in [
            (&[11][..], Unaccepted::None),
            (&[103, 4], Unaccepted::One),
            (&[24, 23, 105, 12], Unaccepted::All),
        ] {
            for &number in numbers {
                let error = io::Error::from_raw_os_error(number);
                assert_eq!(Unaccepted::of(&error), meaning, "{error}");
            }
        }
    }
}
