//! Work that is not done at once: asynchronous handlers, streams, what was spawned.
//!
//! The ticket of a request stays with its task, never with the future: whatever becomes of the future (dropped,
//! panicked, out of time, its connection gone), the request is answered or its connection is closed.

use std::task::{Context, Poll};
use std::time::Instant;

use super::answer::{Waiting, answer_panic, conclude, staging};
use super::arrival::Around;
use super::exchange::{Exchange, Ledger};
use super::key::Key;
use super::promise::Promise;
use super::service::Service;
use super::task::{Owner, Work};
use crate::app::{Entry, Shared, plain};
use crate::handler::{Kind, ReusableFuture};
use crate::request::{self, OwnedParts, OwnedRequest};
use crate::response::Owed;
use crate::runtime::{NO_TASK, TaskId};
use crate::{Response, Status, gate};

impl Service {
    /// Calls an asynchronous handler and polls it once. If it is not ready it is parked.
    pub(super) fn start(
        &mut self,
        around: Around<'_>,
        owed: Owed<'_>,
        ledger: &mut Ledger,
        waiting: Waiting,
        parts: Box<OwnedParts>,
    ) {
        let shared = around.shared;
        let Waiting { endpoint, preset } = waiting;
        let entry = shared.entry(endpoint);
        let Kind::Async(handler) = &entry.kind else { return };
        let copy = shared.asks_for_request(entry).then(|| {
            let mut copy = request::lend(&shared.context);
            copy.copy_of(&parts);
            copy
        });
        let weight = parts.weight() + copy.as_ref().map_or(0, |copy| copy.weight());
        let mut staged = None;
        let mut response = Response::new(owed, &mut self.desk, staging(entry, &mut staged));
        if let Some(preset) = &preset {
            response.restore(preset);
        }
        let future = self.futures.lend(endpoint, || handler.place());
        let mut cx = Context::from_waker(self.tasks.next_waker());
        let request = OwnedRequest::new(parts);
        let polled = gate::enter(|| future.begin(request, &mut cx, &mut response));
        if polled.is_err() {
            gate::run("a handler's future", || future.clear());
        }
        let ticket = concluded(shared, entry, copy.as_deref(), &mut response, polled);
        drop(response);
        match ticket {
            None => {
                copy.into_iter().for_each(request::give_back);
            }
            Some(ticket) => {
                let promise = Promise::new(ticket, ledger.key, &self.lost);
                let deadline = self.handler_deadline(entry);
                let owner = Owner { promise, endpoint, request: copy, preset, weight, deadline };
                self.park(ledger, owner);
            }
        }
    }

    /// Keeps a handler that was begun until it is woken.
    #[inline(never)]
    fn park(&mut self, ledger: &mut Ledger, owner: Owner) {
        if let Some(future) = self.futures.take(owner.endpoint) {
            let task = self.tasks.claim();
            self.holdings.take(owner.weight);
            self.tasks.park(task, Work::Handler(future, owner), &mut ledger.tasks);
        }
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
        let Owner { promise, endpoint, request, preset, weight, deadline } = owner;
        let connection = promise.connection();
        let Some(ticket) = promise.redeem() else {
            self.tasks.end(task, &mut exchange.ledger.tasks);
            self.holdings.give(weight);
            self.empty(endpoint, future);
            return false;
        };
        let entry = shared.entry(endpoint);
        let mut staged = None;
        let owed = Owed::new(&mut exchange.pipeline, settings, ticket);
        let mut response = Response::new(owed, &mut self.desk, staging(entry, &mut staged));
        if let Some(preset) = &preset {
            response.restore(preset);
        }
        let mut cx = Context::from_waker(self.tasks.waker(task));
        let polled = gate::enter(|| future.poll(&mut cx, &mut response));
        let ticket = concluded(shared, entry, request.as_deref(), &mut response, polled);
        drop(response);
        match ticket {
            Some(ticket) => {
                let promise = Promise::new(ticket, connection, &self.lost);
                let owner = Owner { promise, endpoint, request, preset, weight, deadline };
                self.tasks.put_back(task, Work::Handler(future, owner));
                false
            }
            None => {
                self.follow(exchange);
                request.into_iter().for_each(request::give_back);
                self.tasks.end(task, &mut exchange.ledger.tasks);
                self.holdings.give(weight);
                self.empty(endpoint, future);
                true
            }
        }
    }

    /// Takes back the place of a future, whatever dropping that does.
    fn empty(&mut self, endpoint: u32, mut future: Box<dyn ReusableFuture>) {
        gate::run("a handler's future", || future.clear());
        self.futures.give_back(endpoint, future);
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
                    owner.request.into_iter().for_each(request::give_back);
                    self.empty(owner.endpoint, future);
                }
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
                self.empty(owner.endpoint, future);
                drop(cancelling);
                self.tasks.end(task, &mut exchange.ledger.tasks);
                let Some(ticket) = owner.promise.redeem() else { return };
                let owed = Owed::new(&mut exchange.pipeline, around.settings, ticket);
                let mut response = Response::new(owed, &mut self.desk, None);
                plain(&mut response, Status::SERVICE_UNAVAILABLE);
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
                    gate::discard(owner.request);
                }
                other => gate::discard(other),
            }
        }
    }
}

/// Sees to the answer of a handler that was polled; if it has to wait on, its ticket comes back.
#[inline]
fn concluded(
    shared: &Shared,
    entry: &Entry,
    request: Option<&OwnedParts>,
    response: &mut Response<'_>,
    polled: Result<Poll<()>, gate::Panic>,
) -> Option<rajada_pipeline::Ticket> {
    match polled {
        Ok(Poll::Pending) => return response.take_ticket(),
        Ok(Poll::Ready(())) => {}
        Err(panic) => answer_panic(shared, response, &panic),
    }
    if !response.is_finished() {
        conclude(shared, entry, request.map(OwnedParts::view).as_ref(), response);
    }
    None
}
