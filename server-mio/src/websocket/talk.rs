//! What is known of the octets of a connection.

use rajada_websocket::{Collector, Resting, Server, WebSocket};

use super::tools;
use super::watch::Leaving;
use crate::content::Kept;

/// The codec of a connection: 16 octets while nothing is under way.
pub(super) enum Talk {
    Resting(Resting),
    Active(Box<Active>),
}

/// What is needed while something is.
pub(super) struct Active {
    pub(super) codec: WebSocket<Server, Kept>,
    pub(super) collector: Collector,
    pub(super) leaving: Leaving,
    /// The peer closes behind messages that were not taken, or were not sent: that goes before the reply. (If it is not a close frame
    /// but payload that looks like one, nothing is lost by waiting.)
    pub(super) close_waits: bool,
}

impl Talk {
    pub(super) fn new(codec: WebSocket<Server, Kept>) -> Talk {
        match codec.resting() {
            Some(resting) => Talk::Resting(resting),
            None => Talk::Active(Box::new(Active::new(codec))),
        }
    }

    #[inline]
    pub(super) fn is_resting(&self) -> bool {
        matches!(self, Talk::Resting(_))
    }

    /// The codec with a store, to be used.
    #[inline]
    pub(super) fn active(&mut self) -> &mut Active {
        if let Talk::Resting(resting) = self {
            *self = Talk::Active(Box::new(Active::new(WebSocket::resume(Server, *resting))));
        }
        match self {
            Talk::Active(active) => {
                active.lend();
                active
            }
            // (It was just made the other.)
            Talk::Resting(_) => unreachable!("it is active"),
        }
    }

    /// Gives back what was lent, and what is not needed while nothing is under way.
    pub(super) fn rest(&mut self) {
        let Talk::Active(active) = self else { return };
        if let Some(store) = active.codec.reclaim() {
            tools::give_back(store);
        }
        // A message may have begun without an octet of it.
        if active.codec.is_receiving() || active.collector.octets() > 0 {
            return;
        }
        active.collector.release();
        if !active.close_waits
            && let Some(resting) = active.codec.resting()
        {
            *self = Talk::Resting(resting);
        }
    }
}

impl Active {
    fn new(codec: WebSocket<Server, Kept>) -> Active {
        let (collector, leaving) = (Collector::new(), Leaving::default());
        Active { codec, collector, leaving, close_waits: false }
    }

    #[inline]
    pub(super) fn lend(&mut self) {
        if self.codec.wants_store() {
            // It has none, so none comes back.
            self.codec.lend(tools::store());
        }
    }

    /// Octets of memory of what has come in part, and of what is to leave.
    pub(super) fn held(&self) -> usize {
        self.collector.octets() + self.codec.memory_held()
    }
}
