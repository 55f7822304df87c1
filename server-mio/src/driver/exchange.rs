//! One connection's side of HTTP.

use std::sync::Arc;
use std::time::Duration;

use rajada_parser::Positions;
use rajada_pipeline::{Phase, Pipeline, TicketId};

use super::answer::Waiting;
use super::entry::Pace;
use super::holdings::Holding;
use super::inflow::Inflow;
use super::key::Key;
use super::promise::Promise;
use super::upgraded::Protocol;
use crate::content::Kept;
use crate::request::{self, OwnedParts};
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
    /// What is to be done when all that is ready has left.
    pub(crate) when_sent: WhenSent,
    /// What its peer does not take is given up.
    pub(crate) given_up: bool,
    /// What is held of its requests.
    pub(crate) holding: Holding,
    /// The slots of a head that is incomplete.
    pub(crate) slots: Option<Box<Slots>>,
    /// A request that no handler was called for yet.
    pub(crate) pending: Option<Box<Pending>>,
    /// What is to follow answers that have left.
    pub(crate) behind: Option<Box<Behind>>,
}

/// What is to be done when all that is ready has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WhenSent {
    Nothing,
    /// To give memory back: nothing more is to leave for now.
    GiveBack,
    /// To let those go on who make content faster than the peer takes it.
    GoOn,
}

/// What is to follow answers that have left.
#[derive(Default)]
pub(crate) struct Behind {
    pub(super) told: Option<Box<Told>>,
    /// The protocol that follows the last one, or has.
    pub(super) protocol: Option<Box<dyn Protocol>>,
}

/// Whom to tell when an answer has left, in the order of the answers' declaration.
#[derive(Default)]
pub(crate) struct Told(pub(super) Vec<(TicketId, Box<dyn FnOnce()>)>);

/// A request whose synchronous hooks have run, and that waits: for its content, for the answers in front of it to leave,
/// for a place among the tasks.
pub(crate) struct Pending {
    pub(crate) parts: Arc<OwnedParts>,
    pub(super) holder: Holder,
    pub(super) waiting: Waiting,
    pub(super) awaits: Awaits,
    pub(super) unread: Option<Unread>,
    /// How long two arrivals of its content may be apart, if its route says so.
    pub(super) content_deadline: Option<Duration>,
    /// How fast its content comes, once that was looked at.
    pub(super) pace: Option<Pace>,
}

/// Who has the duty to answer a request that waits.
pub(super) enum Holder {
    Pending(Promise),
    /// A task that has begun, since it has asynchronous hooks. The content that has come for it is not shown before it is
    /// complete.
    Task(TaskId, Vec<u8>),
    /// Its handler, which has begun and takes content as it arrives, or whoever makes the answer of that.
    Stream(Inflow),
}

/// Content of which nothing is read before asynchronous hooks have run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unread {
    /// The client waits for `100 (Continue)`.
    pub(super) expects_continue: bool,
    /// How many octets it is, if that is known.
    pub(super) length: Option<u64>,
}

/// What a request waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Awaits {
    Content,
    /// Its hooks, before its content is read.
    Hooks,
    /// A place among the tasks of its worker.
    Place,
    /// Nothing but its turn.
    Turn,
}

impl Exchange {
    pub(crate) fn new(key: Key) -> Exchange {
        let ledger = Ledger {
            key,
            tasks: NO_TASK,
            served: 0,
            when_sent: WhenSent::Nothing,
            given_up: false,
            holding: Holding::default(),
            slots: None,
            pending: None,
            behind: None,
        };
        Exchange { pipeline: Pipeline::new(), ledger }
    }

    /// Whether no bound keeps what was received, or is to be read, from being served.
    #[inline]
    pub(super) fn can_serve(&self) -> bool {
        if self.ledger.has_complete() {
            self.ledger.is_due()
        } else {
            self.pipeline.wants_read() && self.pipeline.phase() != Phase::Upgraded
        }
    }
}

impl Ledger {
    /// Whether a request waits for nothing but to be handled.
    #[inline]
    pub(crate) fn is_due(&self) -> bool {
        self.pending.as_ref().is_some_and(|pending| pending.awaits == Awaits::Turn)
    }

    /// Whether a request, all of which is there, waits; or one whose content nobody takes now.
    pub(super) fn has_complete(&self) -> bool {
        self.pending.as_ref().is_some_and(|pending| pending.is_held_up())
    }

    /// Whether a request is incomplete whose handler is not asked for more.
    pub(super) fn has_begun(&self) -> bool {
        let has_begun = |pending: &Pending| {
            pending.awaits == Awaits::Content && !matches!(pending.holder, Holder::Stream(_))
        };
        self.pending.as_deref().is_some_and(has_begun)
    }

    /// A request that has waited for a place has its turn.
    pub(super) fn give_turn(&mut self) {
        if let Some(pending) = &mut self.pending
            && pending.awaits == Awaits::Place
        {
            pending.awaits = Awaits::Turn;
        }
    }

    /// The request that waits for a task.
    pub(super) fn of_task(&mut self, task: TaskId) -> Option<&mut Pending> {
        self.pending
            .as_deref_mut()
            .filter(|it| matches!(it.holder, Holder::Task(id, _) if id == task))
    }

    /// Forgets the request that waits for a task, which is over.
    pub(super) fn forget_task(&mut self, task: TaskId) {
        self.disown_content(task);
        let is_it = |pending: &mut Box<Pending>| matches!(pending.holder, Holder::Task(id, _) if id == task);
        if let Some(pending) = self.pending.take_if(is_it) {
            request::end(pending.parts);
        }
    }

    /// Forgets a request of a connection that is over, with all of its tasks.
    pub(crate) fn forget_pending(&mut self) {
        if let Some(pending) = self.pending.take() {
            if let Holder::Pending(promise) = pending.holder {
                promise.void();
            }
            request::end(pending.parts);
        }
    }
}

impl Pending {
    /// Octets of memory that it takes, beside those of a task.
    pub(super) fn weight(&self) -> usize {
        match &self.holder {
            Holder::Pending(_) => self.parts.weight(),
            Holder::Task(_, content) => content.capacity(),
            Holder::Stream(inflow) => inflow.source.flow().held(),
        }
    }

    /// Whether something else than content has to come first.
    #[cold]
    #[inline(never)]
    fn is_held_up(&self) -> bool {
        match &self.holder {
            Holder::Stream(inflow) => !inflow.source.wants_more(),
            _ => self.awaits != Awaits::Content,
        }
    }

    /// Takes in a piece of its content. Whether there is room for more.
    pub(super) fn add_content(&mut self, pipeline: &mut Pipeline<Kept>, octets: &[u8]) -> bool {
        match &mut self.holder {
            Holder::Pending(_) => request::add_content(&mut self.parts, octets),
            Holder::Task(_, content) => content.extend_from_slice(octets),
            Holder::Stream(inflow) => {
                if !inflow.source.push(octets) {
                    pipeline.count_drained(octets.len());
                }
                return inflow.source.wants_more();
            }
        }
        true
    }
}
