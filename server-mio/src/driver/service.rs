//! What serves requests: between a connection's pipeline and the application. One a worker.

use crate::cold::cold_path;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use rajada_pipeline::{Pipeline, Settings, Store};

use super::arrival::{Around, Scratch};
use super::exchange::{Exchange, Slots};
use super::futures::Futures;
use super::holdings::Holdings;
use super::key::Key;
use super::pace::Pace;
use super::pool::Pool;
use super::promise::Lost;
use super::task::Work;
use crate::Status;
use crate::app::{Entry, Shared};
use crate::content::Kept;
use crate::home::give_back_queue;
use crate::request;
use crate::response::Desk;
use crate::runtime::{Runtime, Tasks, WakeQueue, after};

/// The state of one worker that requests need.
pub(crate) struct Service {
    pub(super) runtime: Rc<Runtime>,
    pub(super) tasks: Tasks<Work>,
    pub(super) futures: Futures,
    pub(super) desk: Desk,
    /// What idle pipelines have handed back.
    stores: Pool<Store<Kept>>,
    /// Where the fields of the request at hand are.
    pub(super) slots: Pool<Slots>,
    pub(super) scratch: Option<Box<Scratch>>,
    pub(super) pace: Pace,
    /// Where small pieces of a stream are gathered.
    pub(super) gathered: Vec<u8>,
    /// Octets of answers that may wait for a peer.
    pub(super) held: usize,
    pub(super) holdings: Holdings,
    /// Connections whose requests wait for a place among the tasks, in order.
    pub(super) unplaced: VecDeque<Key>,
    /// Requests without an answer whose promises were dropped.
    pub(super) lost: Rc<Lost>,
    /// How far service is in its end.
    pub(super) leave: Leave,
    /// Requests of a connection are counted: their number is bounded.
    pub(super) counts: bool,
}

/// How far service is in its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leave {
    /// It goes on.
    Not,
    /// What was received is answered, and idle connections wait for what may be on its way.
    Last,
    /// Idle connections wait no longer.
    Over,
}

/// Octets that an idle store may have kept.
const MOST_KEPT: usize = 256 * 1024;

impl Service {
    pub(super) fn new(shared: &Shared, runtime: Rc<Runtime>, queue: Arc<WakeQueue>) -> Service {
        Service {
            tasks: Tasks::new(queue, runtime.task_count().clone()),
            futures: Futures::new(shared.endpoints()),
            desk: Desk::new(runtime.clock(), runtime.task_count()),
            stores: Pool::new(),
            slots: Pool::new(),
            scratch: None,
            pace: Pace::new(runtime.clock().now()),
            gathered: Vec::new(),
            held: shared.settings.limits.held,
            holdings: Holdings::new(shared.settings.limits.buffered),
            unplaced: VecDeque::new(),
            lost: Rc::default(),
            leave: Leave::Not,
            counts: shared.settings.limits.requests_per_connection != u32::MAX,
            runtime,
        }
    }

    /// Whether a request that has waited for a place among the tasks can have one.
    #[inline]
    pub(super) fn has_place_for_some(&self) -> bool {
        !self.unplaced.is_empty() && !self.tasks.is_full()
    }

    /// Whether a handler may wait for a request that has just come.
    #[inline]
    pub(super) fn has_place(&self, key: Key) -> bool {
        !self.tasks.is_full() && !self.holdings.is_far_over(key)
    }

    /// Ends a connection with an answer behind those that are owed: its peer has taken too long, or there is no room. If a
    /// request waits, all of it there, that is the answer to it.
    /// `head` is what has come of a head.
    pub(super) fn refuse(
        &mut self,
        around: Around<'_>,
        exchange: &mut Exchange,
        status: Status,
        head: &[u8],
    ) {
        self.lend(&mut exchange.pipeline, around.settings);
        if around.settings.refused_by_ticket {
            return self.refuse_by_ticket(around, exchange, status, head);
        }
        if !exchange.ledger.has_complete() {
            exchange.pipeline.refuse(around.settings, status.as_u16());
            return self.forget_pending(exchange);
        }
        if let Some((parts, Some(ticket), waiting)) = self.take_pending(exchange) {
            let id = ticket.id();
            // It fails only if the ticket is void, and then nothing is owed.
            let _ = exchange.pipeline.close_after(&ticket);
            let _ = exchange.pipeline.fail(around.settings, id, status.as_u16());
            waiting.trace.answered_with(status);
            request::end(parts);
        }
    }

    #[inline(always)]
    pub(super) fn lend(&mut self, pipeline: &mut Pipeline<Kept>, settings: &Settings) {
        if pipeline.wants_store() {
            let store = match self.stores.take() {
                Some(store) => store,
                None => {
                    cold_path();
                    Box::new(Store::new(settings))
                }
            };
            // It has none, so none comes back.
            pipeline.lend(store);
        }
    }

    /// Hands a pipeline's store back to the worker when it is of no use any more.
    #[inline]
    pub(super) fn reclaim(&mut self, exchange: &mut Exchange) {
        if let Some(store) = exchange.pipeline.reclaim()
            && store.capacity() <= MOST_KEPT
        {
            self.stores.put(store);
        }
    }

    /// Gives memory back that nobody has used since the last time.
    pub(super) fn trim(&mut self) {
        self.tasks.trim();
        self.runtime.trim();
        self.stores.trim();
        self.slots.trim();
        self.futures.trim();
        give_back_queue(&mut self.unplaced);
        self.desk.trim();
        self.holdings.trim();
    }

    /// How long an asynchronous handler may take from now.
    pub(super) fn handler_deadline(&self, entry: &Entry) -> Option<Instant> {
        entry.handler_deadline.map(|time| after(self.runtime.clock().now(), time))
    }
}
