//! What sockets are ready, as the kernel tells it of all that `mio` has registered: by the system call alone.
//!
//! See `socket_linux.rs`: the call of the C library is a place where a thread can be cancelled, and three functions
//! return behind it.

use std::io;
use std::time::Duration;

use mio::{Poll, Token};
use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, EventFlags};

/// Events of one turn.
pub(super) struct Readiness(Vec<epoll::Event>);

/// What has become of one socket.
#[derive(Clone, Copy)]
pub(super) struct Ready<'e>(&'e epoll::Event);

impl Readiness {
    pub(super) fn with_capacity(events: usize) -> Readiness {
        Readiness(Vec::with_capacity(events))
    }

    /// Waits for events. None are there if it fails.
    #[inline(always)]
    pub(super) fn wait(&mut self, poll: &mut Poll, timeout: Option<Duration>) -> io::Result<()> {
        self.0.clear();
        // One that is too long for the kernel is as good as none.
        let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
        epoll::wait(poll.registry(), spare_capacity(&mut self.0), timeout.as_ref())?;
        Ok(())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Ready<'_>> {
        self.0.iter().map(Ready)
    }
}

impl Ready<'_> {
    #[inline]
    pub(super) fn token(self) -> Token {
        Token(self.0.data.u64() as usize)
    }

    #[inline]
    pub(super) fn is_readable(self) -> bool {
        self.has(EventFlags::IN)
    }

    #[inline]
    pub(super) fn is_writable(self) -> bool {
        self.has(EventFlags::OUT)
    }

    /// Something has ended: this side, that side, or all of it by an error.
    #[inline]
    pub(super) fn is_end(self) -> bool {
        self.has(EventFlags::RDHUP | EventFlags::HUP | EventFlags::ERR)
    }

    pub(super) fn is_read_closed(self) -> bool {
        self.has(EventFlags::RDHUP | EventFlags::HUP)
    }

    pub(super) fn is_write_closed(self) -> bool {
        self.has(EventFlags::HUP)
    }

    pub(super) fn is_error(self) -> bool {
        self.has(EventFlags::ERR)
    }

    #[inline]
    fn has(self, any: EventFlags) -> bool {
        let flags = self.0.flags;
        flags.intersects(any)
    }
}
