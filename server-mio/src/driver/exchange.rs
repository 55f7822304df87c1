//! One connection's side of HTTP.

use rajada_parser::Positions;
use rajada_pipeline::{Pipeline, TicketId};

use super::key::Key;
use super::promise::Promise;
use crate::content::Kept;
use crate::request::OwnedParts;
use crate::runtime::{NO_TASK, TaskId};

/// Where the fields of a head are.
pub(crate) type Slots = Positions<100>;

/// What a connection is to HTTP.
pub(crate) struct Exchange {
    pub(crate) pipeline: Pipeline<Kept>,
    pub(crate) ledger: Ledger,
}

/// What is noted of a connection's requests beside the order of their answers.
pub(crate) struct Ledger {
    pub(crate) key: Key,
    /// The first of the tasks that answer requests of this connection.
    pub(crate) tasks: TaskId,
    /// Requests so far, if their number is bounded.
    pub(crate) served: u32,
    /// Someone makes content faster than the peer takes it.
    pub(crate) starved: bool,
    /// The slots of a head that is incomplete.
    pub(crate) slots: Option<Box<Slots>>,
    /// A request that no handler was called for yet.
    pub(crate) pending: Option<Box<Pending>>,
    /// Whom to tell when an answer has left, in the order of the answers' declaration.
    pub(crate) told: Option<Box<Told>>,
}

/// Whom to tell when an answer has left.
pub(crate) type Told = Vec<(TicketId, Box<dyn FnOnce()>)>;

/// A request that waits: for its content, or for the answers in front of it to leave.
pub(crate) struct Pending {
    pub(crate) parts: Box<OwnedParts>,
    pub(crate) promise: Promise,
    pub(crate) endpoint: u32,
    /// All of it is there.
    pub(crate) is_complete: bool,
}

impl Exchange {
    pub(crate) fn new(key: Key) -> Exchange {
        let ledger = Ledger {
            key,
            tasks: NO_TASK,
            served: 0,
            starved: false,
            slots: None,
            pending: None,
            told: None,
        };
        Exchange { pipeline: Pipeline::new(), ledger }
    }
}

impl Ledger {
    /// Whether a request waits for nothing but to be handled.
    #[inline]
    pub(crate) fn is_due(&self) -> bool {
        self.pending.as_ref().is_some_and(|pending| pending.is_complete)
    }

    /// Forgets a request whose content stays incomplete: the pipeline has answered it.
    pub(crate) fn forget_pending(&mut self) {
        if let Some(pending) = self.pending.take() {
            pending.promise.void();
        }
    }
}
