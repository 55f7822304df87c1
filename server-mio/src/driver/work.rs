//! Work that is not done at once: asynchronous handlers, streams, what was spawned.
//!
//! The ticket of a request stays with its task, never with the future: whatever becomes of the future (dropped,
//! panicked, out of time, its connection gone), the request is answered or its connection is closed.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use super::answer::{Place, Waiting, answer_panic, conclude, staging};
use super::arrival::{Around, Arrival};
use super::exchange::{Awaits, Exchange, Holder, Ledger, Pending, Unread};
use super::key::Key;
use super::promise::Promise;
use super::service::Service;
use super::task::{Owner, Work};
use super::trace::Trace;
use rajada_pipeline::{Incoming, Ticket};

use crate::app::{Entry, Shared};
use crate::handler::{Kind, ReusableFuture};
use crate::request::{self, Lent, OwnedParts, OwnedRequest, RequestError};
use crate::response::Owed;
use crate::runtime::{NO_TASK, TaskId};
use crate::{Response, Status, gate};

impl Service {
    /// Calls an asynchronous handler and polls it once. If it is not ready it is parked. Of its content nothing may have been
    /// read.
    pub(super) fn start(
        &mut self,
        around: Around<'_>,
        owed: Owed<'_>,
        ledger: &mut Ledger,
        waiting: Waiting,
        parts: Arc<OwnedParts>,
        unread: Option<Unread>,
    ) {
        match unread {
            None => self.start_whole(around, owed, ledger, waiting, parts),
            Some(unread) => self.start_at_head(around, owed, ledger, waiting, parts, unread),
        }
    }

    /// The same, if all of its content is there.
    #[inline(never)]
    pub(super) fn start_whole(
        &mut self,
        around: Around<'_>,
        owed: Owed<'_>,
        ledger: &mut Ledger,
        waiting: Waiting,
        parts: Arc<OwnedParts>,
    ) {
        self.start_with(around, owed, ledger, waiting, parts, None);
    }

    /// The same, if none of its content was read.
    #[cold]
    #[inline(never)]
    fn start_at_head(
        &mut self,
        around: Around<'_>,
        owed: Owed<'_>,
        ledger: &mut Ledger,
        waiting: Waiting,
        parts: Arc<OwnedParts>,
        unread: Unread,
    ) {
        self.start_with(around, owed, ledger, waiting, parts, Some(unread));
    }

    /// The same for a handler that is lent its request, which nothing is around. Nobody sees the request behind it.
    #[inline(never)]
    pub(super) fn start_lent(
        &mut self,
        owed: Owed<'_>,
        ledger: &mut Ledger,
        (endpoint, route): (u32, u32),
        arrival: &Arrival<'_>,
    ) {
        let shared = arrival.around.shared;
        let entry = shared.entry(endpoint);
        let Kind::Async(handler) = &entry.kind else { return };
        let content = match arrival.content {
            Incoming::Whole(octets) => octets,
            _ => &[],
        };
        let Arrival { around: Around { peer, .. }, head, .. } = *arrival;
        let lent = Lent { head, content, peer, context: &shared.context };
        let trace = Trace::of(&Place::of_target(route, &[]).request(arrival));
        let mut response = Response::new(owed, &mut self.desk, None);
        let future = self.futures.lend(endpoint, || handler.place());
        let mut cx = Context::from_waker(self.tasks.next_waker());
        let polled = gate::enter(|| {
            let _entered = trace.enter();
            future.begin_lent(&lent, &mut cx, &mut response)
        });
        if polled.is_err() {
            clear(&mut *future, &trace);
        }
        let ticket = concluded(shared, entry, (None, &trace), &mut response, polled);
        drop(response);
        if let Some(ticket) = ticket {
            let promise = Promise::new(ticket, ledger.key, &self.lost);
            let weight = head.octets().len() + content.len();
            let deadline = self.handler_deadline(entry);
            let (request, preset) = (None, None);
            let owner = Owner { promise, endpoint, trace, request, preset, weight, deadline };
            self.park(shared, ledger, owner, None);
        }
    }

    // In line: what no handler needs whose request is complete is not there for it.
    #[inline(always)]
    fn start_with(
        &mut self,
        around: Around<'_>,
        owed: Owed<'_>,
        ledger: &mut Ledger,
        waiting: Waiting,
        mut parts: Arc<OwnedParts>,
        unread: Option<Unread>,
    ) {
        let shared = around.shared;
        let Waiting { endpoint, preset, trace } = waiting;
        let entry = shared.entry(endpoint);
        let Kind::Async(handler) = &entry.kind else { return };
        let mut inflow = None;
        if let Some(unread) = unread {
            inflow = self.connect_content(around, ledger, entry, &mut parts, unread);
            self.desk.inflow = inflow.as_ref().map(|(inflow, _)| inflow.source.flow().clone());
        }
        // Hooks may have asked for content that nobody takes then.
        let keeps = (unread.is_some() && (inflow.is_none() || entry.begins_at_head))
            || shared.asks_for_request(entry);
        let kept = keeps.then(|| parts.clone());
        let weight = parts.weight();
        let mut staged = None;
        let mut response = Response::new(owed, &mut self.desk, staging(entry, &mut staged));
        if let Some(preset) = &preset {
            response.restore(preset);
        }
        let future = self.futures.lend(endpoint, || handler.place());
        let mut cx = Context::from_waker(self.tasks.next_waker());
        let request = OwnedRequest::new(parts);
        let polled = gate::enter(|| {
            let _entered = trace.enter();
            future.begin(request, &mut cx, &mut response)
        });
        if polled.is_err() {
            clear(&mut *future, &trace);
        }
        let wanted = unread.filter(|_| wants_content(kept.as_deref(), &polled));
        if let Some(Unread { expects_continue: true, .. }) = wanted {
            response.send_continue();
        }
        if let Some((inflow, _)) = &inflow
            && inflow.source.leave()
            && inflow.source.wants_continue()
            && matches!(polled, Ok(Poll::Pending))
        {
            response.send_continue();
        }
        let ticket = concluded(shared, entry, (kept.as_deref(), &trace), &mut response, polled);
        let is_due = inflow.is_some() && response.content_is_due();
        drop(response);
        if unread.is_some() {
            self.desk.inflow = None;
        }
        match ticket {
            None => {
                kept.into_iter().for_each(request::end);
                if let Some((inflow, parts)) = inflow {
                    let waiting = Waiting { endpoint, preset: None, trace };
                    self.hold_content(entry, ledger, (inflow, None), parts, waiting);
                    if !is_due {
                        self.fail_content(ledger, RequestError::Over);
                    }
                }
            }
            Some(ticket) => {
                let promise = Promise::new(ticket, ledger.key, &self.lost);
                let deadline = if wanted.is_some() { None } else { self.handler_deadline(entry) };
                let request = kept;
                let owner = Owner { promise, endpoint, trace, request, preset, weight, deadline };
                if let Some((inflow, parts)) = inflow {
                    let (endpoint, trace) = (owner.endpoint, owner.trace.clone());
                    let waiting = Waiting { endpoint, preset: None, trace };
                    let task = self.park(shared, ledger, owner, None);
                    self.hold_content(entry, ledger, (inflow, task), parts, waiting);
                    return;
                }
                self.park(shared, ledger, owner, unread.map(|unread| (unread, wanted.is_some())));
            }
        }
    }

    /// Keeps a handler that was begun until it is woken. Content that is unread may be wanted already.
    #[inline(never)]
    fn park(
        &mut self,
        shared: &Shared,
        ledger: &mut Ledger,
        owner: Owner,
        unread: Option<(Unread, bool)>,
    ) -> Option<TaskId> {
        if let Some(future) = self.futures.take(owner.endpoint) {
            let task = self.tasks.claim();
            self.holdings.take(owner.weight);
            if let (Some((unread, wanted)), Some(parts)) = (unread, owner.request.clone()) {
                let unread = Some(unread);
                let (endpoint, trace) = (owner.endpoint, owner.trace.clone());
                let waiting = Waiting { endpoint, preset: None, trace };
                let holder = Holder::Task(task, Vec::new());
                let awaits = if wanted { Awaits::Content } else { Awaits::Hooks };
                let content_deadline = shared.entry(owner.endpoint).content_deadline;
                let pending = Pending {
                    parts,
                    holder,
                    waiting,
                    awaits,
                    unread,
                    content_deadline,
                    pace: None,
                };
                ledger.pending = Some(Box::new(pending));
            }
            self.tasks.park(task, Work::Handler(future, owner), &mut ledger.tasks);
            return Some(task);
        }
        None
    }

    /// Goes on with a task of a connection that was woken. True if there may be something to send.
    pub(super) fn resume(
        &mut self,
        around: Around<'_>,
        exchange: &mut Exchange,
        task: TaskId,
    ) -> bool {
        match self.tasks.take(task) {
            Some(Work::Handler(future, owner)) => {
                self.resume_handler(around, exchange, task, future, owner)
            }
            Some(Work::Pump(pump)) => self.pump(exchange, task, pump),
            Some(Work::Reader(reader)) => self.resume_reader(exchange, task, reader),
            Some(other) => {
                self.tasks.put_back(task, other);
                false
            }
            None => false,
        }
    }

    /// Polls a handler's future.
    fn resume_handler(
        &mut self,
        around: Around<'_>,
        exchange: &mut Exchange,
        task: TaskId,
        mut future: Box<dyn ReusableFuture>,
        owner: Owner,
    ) -> bool {
        let Around { shared, settings, .. } = around;
        let Owner { promise, endpoint, trace, request, preset, weight, deadline } = owner;
        let connection = promise.connection();
        let Some(ticket) = promise.redeem() else {
            request.into_iter().for_each(request::end);
            exchange.ledger.disown_content(task);
            self.tasks.end(task, &mut exchange.ledger.tasks);
            self.holdings.give(weight);
            self.empty(endpoint, future, &trace);
            return false;
        };
        let entry = shared.entry(endpoint);
        let mut staged = None;
        if entry.streams {
            self.desk.inflow = exchange.ledger.flow_of(task);
        }
        let owed = Owed::new(&mut exchange.pipeline, settings, ticket);
        let mut response = Response::new(owed, &mut self.desk, staging(entry, &mut staged));
        if let Some(preset) = &preset {
            response.restore(preset);
        }
        let mut cx = Context::from_waker(self.tasks.waker(task));
        let polled = gate::enter(|| {
            let _entered = trace.enter();
            future.poll(&mut cx, &mut response)
        });
        let wanted =
            exchange.ledger.of_task(task).filter(|_| wants_content(request.as_deref(), &polled));
        let wanted = wanted.filter(|pending| pending.awaits == Awaits::Hooks);
        let reads_on = wanted.is_some();
        let mut deadline = deadline;
        if let Some(pending) = wanted {
            pending.awaits = Awaits::Content;
            deadline = None;
            if let Some(Unread { expects_continue: true, .. }) = pending.unread {
                response.send_continue();
            }
        }
        let ticket = concluded(shared, entry, (request.as_deref(), &trace), &mut response, polled);
        drop(response);
        if entry.streams {
            self.desk.inflow = None;
        }
        match ticket {
            Some(ticket) => {
                let promise = Promise::new(ticket, connection, &self.lost);
                let owner = Owner { promise, endpoint, trace, request, preset, weight, deadline };
                self.tasks.put_back(task, Work::Handler(future, owner));
                reads_on
            }
            None => {
                self.follow(exchange);
                request.into_iter().for_each(request::end);
                exchange.ledger.forget_task(task);
                self.tasks.end(task, &mut exchange.ledger.tasks);
                self.holdings.give(weight);
                self.empty(endpoint, future, &trace);
                true
            }
        }
    }

    /// Takes back the place of a future, whatever dropping that does.
    fn empty(&mut self, endpoint: u32, mut future: Box<dyn ReusableFuture>, trace: &Trace) {
        clear(&mut *future, trace);
        self.futures.give_back(endpoint, future);
    }

    /// Takes a request that waits from whoever has it, to be answered or forgotten. A task that it has begun is over.
    pub(super) fn take_pending(
        &mut self,
        exchange: &mut Exchange,
    ) -> Option<(Arc<OwnedParts>, Option<Ticket>, Waiting)> {
        let Pending { parts, holder, waiting, .. } = *exchange.ledger.pending.take()?;
        let ticket = match holder {
            Holder::Pending(promise) => promise.redeem(),
            Holder::Task(task, _) => self.cancel(&mut exchange.ledger, task),
            Holder::Stream(inflow) => {
                self.end_inflow(&mut exchange.ledger, &inflow, Err(RequestError::Cut));
                None
            }
        };
        Some((parts, ticket, waiting))
    }

    /// Forgets a request that waits: the pipeline has answered it, or nobody is there any more.
    pub(super) fn forget_pending(&mut self, exchange: &mut Exchange) {
        if let Some((parts, ..)) = self.take_pending(exchange) {
            request::end(parts);
        }
    }

    /// Drops the task of a handler, and gives its duty back.
    fn cancel(&mut self, ledger: &mut Ledger, task: TaskId) -> Option<Ticket> {
        let Some(Work::Handler(future, owner)) = self.tasks.take(task) else { return None };
        self.holdings.give(owner.weight);
        let runtime = self.runtime.clone();
        let cancelling = runtime.cancel();
        self.empty(owner.endpoint, future, &owner.trace);
        drop(cancelling);
        self.tasks.end(task, &mut ledger.tasks);
        owner.request.into_iter().for_each(request::end);
        owner.promise.redeem()
    }

    /// Hands content, all of which has come, to the task that asked for it.
    #[cold]
    pub(super) fn deliver(&mut self, shared: &Shared, ledger: &mut Ledger) {
        let Some(pending) = ledger.pending.take() else { return };
        let Pending { parts, holder, .. } = *pending;
        let Holder::Task(task, content) = holder else { return };
        if let Some(Work::Handler(future, mut owner)) = self.tasks.take(task) {
            owner.weight += content.capacity();
            owner.deadline = self.handler_deadline(shared.entry(owner.endpoint));
            self.holdings.take(content.capacity());
            self.tasks.put_back(task, Work::Handler(future, owner));
        }
        parts.gate.arrive(content);
        request::discard(parts);
    }

    /// Drops every task of a connection that has come to its end.
    pub(super) fn cancel_all(&mut self, ledger: &mut Ledger) {
        if ledger.tasks == NO_TASK {
            return;
        }
        let runtime = self.runtime.clone();
        let _cancelling = runtime.cancel();
        while ledger.tasks != NO_TASK {
            let task = ledger.tasks;
            match self.tasks.take(task) {
                Some(Work::Handler(future, owner)) => {
                    self.holdings.give(owner.weight);
                    owner.promise.void();
                    owner.request.into_iter().for_each(request::end);
                    self.empty(owner.endpoint, future, &owner.trace);
                }
                Some(Work::Reader(reader)) => self.holdings.give(reader.weight),
                Some(other) => gate::discard(other),
                None => {}
            }
            self.tasks.end(task, &mut ledger.tasks);
        }
    }

    /// The handlers that have had their time, with their connections.
    pub(super) fn overdue(&self, now: Instant) -> Vec<(TaskId, Key)> {
        let overdue = self.tasks.iter().filter(|(_, work)| work.is_overdue(now));
        overdue.filter_map(|(task, work)| Some((task, work.connection()?))).collect()
    }

    /// Drops a handler that has had its time; its request is answered with 503.
    pub(super) fn expire(&mut self, around: Around<'_>, exchange: &mut Exchange, task: TaskId) {
        match self.tasks.take(task) {
            Some(Work::Handler(future, owner)) => {
                self.holdings.give(owner.weight);
                let runtime = self.runtime.clone();
                let cancelling = runtime.cancel();
                self.empty(owner.endpoint, future, &owner.trace);
                drop(cancelling);
                exchange.ledger.forget_task(task);
                self.tasks.end(task, &mut exchange.ledger.tasks);
                let Some(ticket) = owner.promise.redeem() else { return };
                let Around { shared, settings, .. } = around;
                let entry = shared.entry(owner.endpoint);
                let _entered = owner.trace.enter();
                let mut staged = None;
                let owed = Owed::new(&mut exchange.pipeline, settings, ticket);
                let mut response = Response::new(owed, &mut self.desk, staging(entry, &mut staged));
                let request = owner.request.as_deref().map(OwnedParts::view_behind);
                let status = Status::SERVICE_UNAVAILABLE;
                let shaped = gate::enter(|| {
                    shared.replies.status(status, request.as_ref(), &mut response);
                });
                if let Err(panic) = shaped {
                    answer_panic(shared, request.as_ref(), &mut response, &panic);
                }
                if !response.is_finished() {
                    conclude(shared, entry, request.as_ref(), &mut response);
                }
                owner.trace.answered(&response);
                drop(response);
                self.follow(exchange);
                owner.request.into_iter().for_each(request::end);
            }
            Some(other) => self.tasks.put_back(task, other),
            None => {}
        }
    }

    /// Goes on with a task of no connection.
    pub(super) fn resume_spawned(&mut self, task: TaskId) {
        let mut future = match self.tasks.take(task) {
            Some(Work::Spawned(future)) => future,
            Some(other) => return self.tasks.put_back(task, other),
            None => return,
        };
        let mut cx = Context::from_waker(self.tasks.waker(task));
        let polled = gate::enter(|| future.as_mut().poll(&mut cx));
        if let Ok(Poll::Pending) = polled {
            return self.tasks.put_back(task, Work::Spawned(future));
        }
        if let Err(panic) = polled {
            log::error!("a spawned task panicked: {}", panic.message());
        }
        gate::discard(future);
        self.tasks.release(task);
    }

    /// Begins what was spawned since the last call.
    #[inline]
    pub(super) fn adopt_spawned(&mut self) {
        if self.runtime.has_spawned() {
            self.adopt_some();
        }
    }

    #[cold]
    fn adopt_some(&mut self) {
        for future in self.runtime.take_spawned() {
            self.tasks.spawn(Work::Spawned(future));
        }
    }

    /// Drops every task there is.
    pub(super) fn drop_tasks(&mut self) {
        for work in self.tasks.drain() {
            match work {
                Work::Handler(future, owner) => {
                    owner.promise.void();
                    gate::discard(future);
                    owner.request.into_iter().for_each(request::end);
                }
                other => gate::discard(other),
            }
        }
    }
}

/// Drops a handler's future, whatever that does.
fn clear(future: &mut dyn ReusableFuture, trace: &Trace) {
    gate::run("a handler's future", || {
        let _entered = trace.enter();
        future.clear();
    });
}

/// Whether hooks have asked for content that nobody has read.
fn wants_content(request: Option<&OwnedParts>, polled: &Result<Poll<()>, gate::Panic>) -> bool {
    matches!(polled, Ok(Poll::Pending)) && request.is_some_and(|parts| parts.gate.is_wanted())
}

/// Sees to the answer of a handler that was polled; if it has to wait on, its ticket comes back.
#[inline]
fn concluded(
    shared: &Shared,
    entry: &Entry,
    (request, trace): (Option<&OwnedParts>, &Trace),
    response: &mut Response<'_>,
    polled: Result<Poll<()>, gate::Panic>,
) -> Option<rajada_pipeline::Ticket> {
    let _entered = trace.enter();
    match polled {
        Ok(Poll::Pending) => return response.take_ticket(),
        Ok(Poll::Ready(())) => {}
        Err(panic) => {
            let request = request.map(OwnedParts::view_behind);
            answer_panic(shared, request.as_ref(), response, &panic);
        }
    }
    if !response.is_finished() {
        conclude(shared, entry, request.map(OwnedParts::view_behind).as_ref(), response);
    }
    trace.answered(response);
    None
}
