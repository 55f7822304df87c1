//! What sockets are ready, as `mio` tells it on every system.

use std::io;
use std::time::Duration;

use mio::event::Event;
use mio::{Events, Poll, Token};

/// Events of one turn.
pub(super) struct Readiness(Events);

/// What has become of one socket.
#[derive(Clone, Copy)]
pub(super) struct Ready<'e>(&'e Event);

impl Readiness {
    pub(super) fn with_capacity(events: usize) -> Readiness {
        Readiness(Events::with_capacity(events))
    }

    /// Waits for events. None are there if it fails.
    pub(super) fn wait(&mut self, poll: &mut Poll, timeout: Option<Duration>) -> io::Result<()> {
        poll.poll(&mut self.0, timeout)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Ready<'_>> {
        self.0.iter().map(Ready)
    }
}

impl Ready<'_> {
    pub(super) fn token(self) -> Token {
        self.0.token()
    }

    pub(super) fn is_readable(self) -> bool {
        self.0.is_readable()
    }

    pub(super) fn is_writable(self) -> bool {
        self.0.is_writable()
    }

    /// Something has ended: this side, that side, or all of it by an error.
    pub(super) fn is_end(self) -> bool {
        self.0.is_error() || self.0.is_write_closed() || self.0.is_read_closed()
    }

    pub(super) fn is_read_closed(self) -> bool {
        self.0.is_read_closed()
    }

    pub(super) fn is_write_closed(self) -> bool {
        self.0.is_write_closed()
    }

    pub(super) fn is_error(self) -> bool {
        self.0.is_error()
    }
}
