//! Asynchronous handlers: begun, gone on with, ended early.
//!
//! The ticket of a request stays with the task, never with the future: whatever becomes of the future (dropped,
//! panicked, out of time, its connection gone), the request is answered or its connection is closed.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll};
use std::time::Instant;

use rajada_pipeline::Ticket;

use super::answer::{Waiting, answer_panic, settle, staging};
use super::exchange::Exchange;
use super::{Around, Service, panic_message};
use crate::app::{Entry, Shared, plain};
use crate::handler::{FutureSlot, Kind};
use crate::request::{OwnedParts, OwnedRequest};
use crate::runtime::{NO_TASK, Owner, Polled, Runtime, TaskId};
use crate::{Response, Status};

impl Service {
    /// Calls an asynchronous handler and polls it once. If it is not ready it is parked.
    pub(super) fn start(
        &mut self,
        around: Around<'_>,
        exchange: &mut Exchange,
        waiting: Waiting,
        parts: Box<OwnedParts>,
    ) {
        let shared = around.shared;
        let Waiting { ticket, endpoint, preset } = waiting;
        let entry = shared.entry(endpoint);
        let Kind::Async(handler) = &entry.kind else { return };
        let copy = shared.asks_for_request(entry).then(|| {
            let mut copy = self.parts(around);
            copy.copy_of(&parts);
            copy
        });
        let mut staged = None;
        let staged = staging(entry, &mut staged);
        let mut response = Response::new(&mut exchange.pipeline, &mut self.desk, staged, ticket);
        if let Some(preset) = &preset {
            response.restore(preset);
        }
        let (slot, waker) = self.executor.lend(endpoint, || handler.slot());
        let mut cx = Context::from_waker(waker);
        let request = OwnedRequest::new(parts);
        let polled = catch_unwind(AssertUnwindSafe(|| slot.begin(request, &mut cx, &mut response)));
        if polled.is_err() {
            empty(slot);
        }
        match concluded(shared, entry, copy.as_deref(), &mut response, polled) {
            None => {
                self.follow(exchange);
                copy.into_iter().for_each(Runtime::give_back);
            }
            Some(ticket) => {
                let connection = exchange.key;
                let deadline = self.handler_deadline();
                let owner = Owner { connection, ticket, endpoint, request: copy, preset, deadline };
                self.park(exchange, owner);
            }
        }
    }

    /// Keeps a handler that was begun until it is woken.
    #[inline(never)]
    fn park(&mut self, exchange: &mut Exchange, owner: Owner) {
        if let Some(slot) = self.executor.take_slot(owner.endpoint) {
            let task = self.executor.claim();
            self.executor.park(task, Polled::Handler(slot, owner), &mut exchange.tasks);
        }
    }

    /// Goes on with a handler that was woken. True if its request is answered now.
    pub(crate) fn resume(&mut self, exchange: &mut Exchange, task: TaskId) -> bool {
        let (mut slot, owner) = match self.executor.take(task) {
            Some(Polled::Handler(slot, owner)) => (slot, owner),
            Some(Polled::Pump(pump)) => return self.pump(exchange, task, pump),
            Some(other) => {
                self.executor.put_back(task, other);
                return false;
            }
            None => return false,
        };
        let endpoint = owner.endpoint;
        let shared = self.shared.clone();
        match self.poll(&shared, exchange, task, &mut *slot, owner) {
            Some(owner) => {
                self.executor.put_back(task, Polled::Handler(slot, owner));
                false
            }
            None => {
                self.executor.end(task, &mut exchange.tasks);
                self.executor.give_slot(endpoint, emptied(slot));
                true
            }
        }
    }

    /// Polls a handler's future; its owner comes back if it has to wait on.
    fn poll(
        &mut self,
        shared: &Shared,
        exchange: &mut Exchange,
        task: TaskId,
        slot: &mut dyn FutureSlot,
        owner: Owner,
    ) -> Option<Owner> {
        let entry = shared.entry(owner.endpoint);
        let mut cx = Context::from_waker(self.executor.waker(task));
        let Owner { connection, ticket, endpoint, request, preset, deadline } = owner;
        let mut staged = None;
        let staged = staging(entry, &mut staged);
        let mut response = Response::new(&mut exchange.pipeline, &mut self.desk, staged, ticket);
        if let Some(preset) = &preset {
            response.restore(preset);
        }
        let polled = catch_unwind(AssertUnwindSafe(|| slot.poll(&mut cx, &mut response)));
        match concluded(shared, entry, request.as_deref(), &mut response, polled) {
            Some(ticket) => Some(Owner { connection, ticket, endpoint, request, preset, deadline }),
            None => {
                self.follow(exchange);
                request.into_iter().for_each(Runtime::give_back);
                None
            }
        }
    }

    /// Drops every handler of a connection that has come to its end.
    pub(crate) fn cancel_all(&mut self, exchange: &mut Exchange) {
        while exchange.tasks != NO_TASK {
            let task = exchange.tasks;
            match self.executor.take(task) {
                Some(Polled::Handler(slot, owner)) => {
                    self.executor.give_slot(owner.endpoint, emptied(slot));
                }
                Some(other) => drop_quietly(other),
                None => {}
            }
            self.executor.end(task, &mut exchange.tasks);
        }
    }

    /// Drops a handler that has had its time; its request is answered with 503.
    pub(crate) fn expire(&mut self, exchange: &mut Exchange, task: TaskId) {
        let Some(Polled::Handler(slot, owner)) = self.executor.take(task) else { return };
        self.executor.give_slot(owner.endpoint, emptied(slot));
        self.executor.end(task, &mut exchange.tasks);
        let mut response = self.response(exchange, owner.ticket, None);
        plain(&mut response, Status::SERVICE_UNAVAILABLE);
    }

    /// Goes on with a task of no connection.
    pub(crate) fn resume_spawned(&mut self, task: TaskId) {
        let mut future = match self.executor.take(task) {
            Some(Polled::Spawned(future)) => future,
            Some(other) => return self.executor.put_back(task, other),
            None => return,
        };
        let waker = self.executor.waker(task).clone();
        let polled = catch_unwind(AssertUnwindSafe(|| {
            let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
            (polled.is_pending()).then_some(future)
        }));
        match polled {
            Ok(Some(future)) => self.executor.put_back(task, Polled::Spawned(future)),
            Ok(None) => self.executor.release(task),
            Err(panic) => {
                log::error!("a spawned task panicked: {}", panic_message(&*panic));
                self.executor.release(task);
            }
        }
    }

    /// Begins what was spawned since the last call.
    #[inline]
    pub(crate) fn adopt_spawned(&mut self) {
        if self.runtime.has_spawned() {
            self.adopt_some();
        }
    }

    #[cold]
    fn adopt_some(&mut self) {
        for future in self.runtime.take_spawned() {
            self.executor.spawn(future);
        }
    }

    /// The handlers that have had their time, with their connections.
    pub(crate) fn overdue(&self, now: Instant) -> Vec<(TaskId, u64)> {
        if self.shared.settings.deadlines.handler.is_none() {
            return Vec::new();
        }
        self.executor.overdue(now)
    }

    /// Drops every task there is.
    pub(crate) fn drop_tasks(&mut self) {
        self.executor.drain().into_iter().for_each(drop_quietly);
    }
}

/// Sees to the answer of a handler that was polled; if it has to wait on, its ticket comes back.
#[inline]
fn concluded(
    shared: &Shared,
    entry: &Entry,
    request: Option<&OwnedParts>,
    response: &mut Response<'_>,
    polled: std::thread::Result<Poll<()>>,
) -> Option<Ticket> {
    match polled {
        Ok(Poll::Pending) => return response.take_ticket(),
        Ok(Poll::Ready(())) => {}
        Err(panic) => answer_panic(shared, response, &*panic),
    }
    if !response.is_finished() {
        settle(shared, entry, request.map(OwnedParts::view).as_ref(), response);
    }
    None
}

/// Drops what the application has made, whatever that does.
fn drop_quietly<T>(value: T) {
    if catch_unwind(AssertUnwindSafe(|| drop(value))).is_err() {
        log::error!("a task panicked when it was dropped");
    }
}

/// Drops the future in a slot, whatever that does.
fn emptied(mut slot: Box<dyn FutureSlot>) -> Box<dyn FutureSlot> {
    empty(&mut *slot);
    slot
}

fn empty(slot: &mut dyn FutureSlot) {
    if catch_unwind(AssertUnwindSafe(|| slot.clear())).is_err() {
        log::error!("a task panicked when it was dropped");
    }
}
