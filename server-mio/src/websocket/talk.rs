//! What is known of the octets of a connection.

use rajada_websocket::{Collector, Phase, Resting, Server, WebSocket};

use super::ended::Ended;
use super::watch::Leaving;
use super::{tools, watch};
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
    /// How the peer has ended, behind messages that were not taken, or not answered: that goes before the reply.
    pub(super) ending: Option<Ended>,
    /// Octets of a message that were given and not taken: they stand where they were read.
    standing: usize,
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
            *self = Talk::Active(tools::active(Active::new(WebSocket::resume(Server, *resting))));
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

    /// How the peer has ended, if that waits.
    pub(super) fn take_ending(&mut self) -> Option<Ended> {
        match self {
            Talk::Resting(_) => None,
            Talk::Active(active) => active.ending.take(),
        }
    }

    /// Gives back what was lent, and what is not needed while nothing is under way.
    pub(super) fn rest(&mut self) {
        let Talk::Active(active) = self else { return };
        if let Some(store) = active.codec.reclaim() {
            tools::give_back(store);
        }
        // (Of a message that has begun perhaps no octet has come.)
        if active.codec.is_receiving() {
            return;
        }
        active.collector.release();
        if let Some(resting) = active.codec.resting() {
            let before = core::mem::replace(self, Talk::Resting(resting));
            if let Talk::Active(active) = before {
                tools::give_back_active(active);
            }
        }
    }
}

impl Active {
    fn new(codec: WebSocket<Server, Kept>) -> Active {
        let (collector, leaving) = (Collector::new(), Leaving::default());
        Active { codec, collector, leaving, ending: None, standing: 0 }
    }

    /// Whether messages are sent still.
    #[inline]
    pub(super) fn is_sending(&self) -> bool {
        matches!(self.codec.phase(), Phase::Open | Phase::Concluding)
    }

    #[inline]
    pub(super) fn lend(&mut self) {
        if self.codec.wants_store() {
            // It has none, so none comes back.
            self.codec.lend(tools::store());
        }
    }

    /// So many octets were given and not taken.
    pub(super) fn set_standing(&mut self, octets: usize) {
        let is_of_message = self.codec.is_receiving() && !self.codec.is_receiving_control();
        self.standing = if is_of_message { octets } else { 0 };
    }

    /// Octets that have come, but for those of a control frame that is incomplete.
    pub(super) fn octets_of_messages(&self) -> u64 {
        let header = if self.codec.is_receiving_control() { watch::HEADER } else { 0 };
        self.codec.octets_received() + self.standing as u64 - header as u64
    }

    /// Octets of memory of what has come in part, and of what is to leave.
    pub(super) fn held(&self) -> usize {
        self.collector.octets() + self.codec.memory_held()
    }
}
