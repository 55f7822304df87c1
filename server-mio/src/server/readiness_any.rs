//! What sockets are ready, as `mio` tells it on every system.

use std::io;
use std::time::Duration;

use mio::{Events, Interest, Poll, Token};

use crate::driver::Readiness;

/// What a connection wants to be told of, for ever.
pub(super) const INTEREST: Interest = Interest::READABLE.add(Interest::WRITABLE);

/// Events of one turn.
pub(super) struct Readinesses(Events);

/// What has become of one socket.
#[derive(Clone, Copy)]
pub(super) struct Event<'e>(&'e mio::event::Event);

impl Readinesses {
    pub(super) fn with_capacity(events: usize) -> Readinesses {
        Readinesses(Events::with_capacity(events))
    }

    /// Waits for events. None are there if it fails.
    pub(super) fn wait(&mut self, poll: &mut Poll, timeout: Option<Duration>) -> io::Result<()> {
        poll.poll(&mut self.0, timeout)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.iter().count()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Event<'_>> {
        self.0.iter().map(Event)
    }
}

impl Event<'_> {
    pub(super) fn token(self) -> Token {
        self.0.token()
    }

    /// What has become of the socket.
    pub(super) fn readiness(self) -> Readiness {
        Readiness {
            readable: self.0.is_readable(),
            writable: self.0.is_writable(),
            read_closed: self.0.is_read_closed(),
            write_closed: self.0.is_write_closed(),
            error: self.0.is_error(),
            urgent: self.0.is_priority(),
        }
    }
}
