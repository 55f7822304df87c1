//! What sockets are ready, as the kernel tells it of all that `mio` has registered: by the system call alone.
//!
//! See `socket_linux.rs`: the call of the C library is a place where a thread can be cancelled, and three functions
//! return behind it.

use crate::cold::cold_path;
use std::io;
use std::time::Duration;

use mio::{Interest, Poll, Token};
use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, EventFlags};

use crate::driver::Readiness;

/// The longest wait, 24 days: as many milliseconds as `epoll_pwait` can be told. For more there is `epoll_pwait2`, which
/// kernels before 5.11 don't have, and filters of system calls may refuse; to wake up now and then costs nothing.
const LONGEST: Duration = Duration::from_millis(i32::MAX as u64);

/// What a connection wants to be told of, for ever.
pub(super) const INTEREST: Interest =
    Interest::READABLE.add(Interest::WRITABLE).add(Interest::PRIORITY);

const UNUSUAL: EventFlags =
    EventFlags::RDHUP.union(EventFlags::HUP).union(EventFlags::ERR).union(EventFlags::PRI);

/// Events of one turn.
pub(super) struct Readinesses(Vec<epoll::Event>);

/// What has become of one socket.
#[derive(Clone, Copy)]
pub(super) struct Event<'e>(&'e epoll::Event);

impl Readinesses {
    pub(super) fn with_capacity(events: usize) -> Readinesses {
        Readinesses(Vec::with_capacity(events))
    }

    /// Waits for events. None are there if it fails.
    #[inline(always)]
    pub(super) fn wait(&mut self, poll: &mut Poll, timeout: Option<Duration>) -> io::Result<()> {
        self.0.clear();
        let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout.min(LONGEST)).ok());
        epoll::wait(poll.registry(), spare_capacity(&mut self.0), timeout.as_ref())?;
        Ok(())
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Event<'_>> {
        self.0.iter().map(Event)
    }
}

impl Event<'_> {
    #[inline]
    pub(super) fn token(self) -> Token {
        // What was registered was a word.
        Token(self.0.data.u64() as usize)
    }

    /// What has become of the socket.
    #[inline]
    pub(super) fn readiness(self) -> Readiness {
        let flags = self.0.flags;
        let mut readiness = Readiness {
            readable: flags.contains(EventFlags::IN),
            writable: flags.contains(EventFlags::OUT),
            ..Readiness::default()
        };
        if flags.intersects(UNUSUAL) {
            cold_path();
            readiness.read_closed = flags.intersects(EventFlags::RDHUP | EventFlags::HUP);
            readiness.write_closed = flags.contains(EventFlags::HUP);
            readiness.error = flags.contains(EventFlags::ERR);
            readiness.urgent = flags.contains(EventFlags::PRI);
        }
        readiness
    }
}
