//! The tasks of one worker: asynchronous handlers that wait, and what they have spawned.

use std::sync::Arc;
use std::task::Waker;
use std::time::Instant;

use bytes::Bytes;
use rajada_pipeline::{Streaming, Ticket};

use super::SpawnedTask;
use super::wake::{TaskWake, WakeQueue};
use crate::content::BodyStream;
use crate::handler::FutureSlot;
use crate::request::OwnedParts;
use crate::response::Preset;

/// The place of a task.
pub(crate) type TaskId = u32;

/// No task.
pub(crate) const NO_TASK: TaskId = TaskId::MAX;

/// Tasks at places that are used again, with their wakers and the places of their futures.
pub(crate) struct Executor {
    tasks: Vec<Task>,
    free: TaskId,
    queue: Arc<WakeQueue>,
    /// Places for futures, by endpoint, that are not in use.
    slots: Vec<Vec<Box<dyn FutureSlot>>>,
}

/// What an asynchronous handler that waits is about. Whatever becomes of its future, the ticket is here: none can be
/// lost.
pub(crate) struct Owner {
    pub(crate) connection: u64,
    pub(crate) ticket: Ticket,
    pub(crate) endpoint: u32,
    /// A copy of the request, where someone wants to see it once the handler has ended.
    pub(crate) request: Option<Box<OwnedParts>>,
    /// What hooks before it have set of the answer.
    pub(crate) preset: Option<Box<Preset>>,
    /// When it has had its time.
    pub(crate) deadline: Option<Instant>,
}

/// What a task is, taken out while it is polled.
pub(crate) enum Polled {
    Handler(Box<dyn FutureSlot>, Owner),
    Pump(Pump),
    Spawned(SpawnedTask),
}

/// The content of an answer, made piece by piece.
pub(crate) struct Pump {
    pub(crate) connection: u64,
    pub(crate) streaming: Streaming,
    pub(crate) stream: Box<dyn BodyStream>,
    /// A piece that there was no room for.
    pub(crate) held: Option<Bytes>,
}

struct Task {
    wake: Arc<TaskWake>,
    waker: Waker,
    polled: Option<Polled>,
    /// The tasks of one connection are a list; so are the free places.
    next: TaskId,
    previous: TaskId,
}

/// Idle places kept for futures of one handler.
const MOST_IDLE: usize = 256;

impl Executor {
    pub(crate) fn new(queue: Arc<WakeQueue>, endpoints: usize) -> Executor {
        let slots = (0..endpoints).map(|_| Vec::new()).collect();
        Executor { tasks: Vec::new(), free: NO_TASK, queue, slots }
    }

    pub(crate) fn queue(&self) -> &Arc<WakeQueue> {
        &self.queue
    }

    /// Takes a free place, the one that [`lend`](Self::lend) has lent if it has; it is parked or released next.
    pub(crate) fn claim(&mut self) -> TaskId {
        let task = self.free_place();
        self.free = self.tasks[task as usize].next;
        self.tasks[task as usize].next = NO_TASK;
        task
    }

    /// The first free place, which is made if there is none.
    #[inline]
    fn free_place(&mut self) -> TaskId {
        if self.free == NO_TASK { self.add_place() } else { self.free }
    }

    #[cold]
    fn add_place(&mut self) -> TaskId {
        let task = self.tasks.len() as TaskId;
        let (wake, waker) = TaskWake::new(task, &self.queue);
        self.tasks.push(Task { wake, waker, polled: None, next: NO_TASK, previous: NO_TASK });
        self.free = task;
        task
    }

    /// What a handler needs that is begun: an empty place for its future, and a waker. Both are only lent, for most
    /// handlers end at once. For one that does not, the one is [taken](Self::take_slot), the other
    /// [claimed](Self::claim).
    #[inline]
    pub(crate) fn lend(
        &mut self,
        endpoint: u32,
        make: impl FnOnce() -> Box<dyn FutureSlot>,
    ) -> (&mut dyn FutureSlot, &Waker) {
        let task = self.free_place();
        let idle = &mut self.slots[endpoint as usize];
        if idle.is_empty() {
            idle.push(make());
        }
        let last = idle.len() - 1;
        let task = &self.tasks[task as usize];
        task.wake.begin_poll();
        (&mut *idle[last], &task.waker)
    }

    /// The waker of a place, for one poll.
    pub(crate) fn waker(&self, task: TaskId) -> &Waker {
        let task = &self.tasks[task as usize];
        task.wake.begin_poll();
        &task.waker
    }

    /// Gives a place back that was claimed and not parked.
    pub(crate) fn release(&mut self, task: TaskId) {
        let free = self.free;
        let entry = &mut self.tasks[task as usize];
        entry.polled = None;
        (entry.next, entry.previous) = (free, NO_TASK);
        self.free = task;
    }

    /// Keeps a task of a connection until it is woken, on the list of that connection, which begins at `first`.
    pub(crate) fn park(&mut self, task: TaskId, polled: Polled, first: &mut TaskId) {
        let next = *first;
        if next != NO_TASK {
            self.tasks[next as usize].previous = task;
        }
        let entry = &mut self.tasks[task as usize];
        (entry.next, entry.previous) = (next, NO_TASK);
        entry.polled = Some(polled);
        *first = task;
    }

    /// Keeps a future of no connection; it is polled as soon as the loop comes to it.
    pub(crate) fn spawn(&mut self, future: SpawnedTask) {
        let task = self.claim();
        let entry = &mut self.tasks[task as usize];
        entry.polled = Some(Polled::Spawned(future));
        entry.waker.wake_by_ref();
    }

    /// The connection that a task belongs to.
    pub(crate) fn connection_of(&self, task: TaskId) -> Option<u64> {
        match self.tasks.get(task as usize)?.polled.as_ref()? {
            Polled::Handler(_, owner) => Some(owner.connection),
            Polled::Pump(pump) => Some(pump.connection),
            Polled::Spawned(_) => None,
        }
    }

    /// Takes a task out to poll it. A place that is free, or woken by a waker of its past, has none.
    pub(crate) fn take(&mut self, task: TaskId) -> Option<Polled> {
        self.tasks.get_mut(task as usize)?.polled.take()
    }

    /// Puts a task back that has to wait on.
    pub(crate) fn put_back(&mut self, task: TaskId, polled: Polled) {
        self.tasks[task as usize].polled = Some(polled);
    }

    /// Gives the place of a connection's task back.
    pub(crate) fn end(&mut self, task: TaskId, first: &mut TaskId) {
        let Task { next, previous, .. } = self.tasks[task as usize];
        if next != NO_TASK {
            self.tasks[next as usize].previous = previous;
        }
        if previous != NO_TASK {
            self.tasks[previous as usize].next = next;
        } else {
            *first = next;
        }
        self.release(task);
    }

    /// Wakes those of a connection that make content.
    pub(crate) fn wake_pumps(&self, first: TaskId) {
        let mut task = first;
        while let Some(entry) = self.tasks.get(task as usize) {
            if let Some(Polled::Pump(_)) = entry.polled {
                entry.waker.wake_by_ref();
            }
            task = entry.next;
        }
    }

    /// The handlers that have had their time.
    pub(crate) fn overdue(&self, now: Instant) -> Vec<(TaskId, u64)> {
        let overdue = |(task, entry): (usize, &Task)| match &entry.polled {
            Some(Polled::Handler(_, owner))
                if owner.deadline.is_some_and(|deadline| deadline <= now) =>
            {
                Some((task as TaskId, owner.connection))
            }
            _ => None,
        };
        self.tasks.iter().enumerate().filter_map(overdue).collect()
    }

    /// A place for a future of an endpoint, if one is idle.
    pub(crate) fn take_slot(&mut self, endpoint: u32) -> Option<Box<dyn FutureSlot>> {
        self.slots.get_mut(endpoint as usize)?.pop()
    }

    /// Takes an empty place for futures back.
    pub(crate) fn give_slot(&mut self, endpoint: u32, slot: Box<dyn FutureSlot>) {
        if let Some(idle) = self.slots.get_mut(endpoint as usize)
            && idle.len() < MOST_IDLE
        {
            idle.push(slot);
        }
    }

    /// Every task that is left, when the worker ends.
    pub(crate) fn drain(&mut self) -> Vec<Polled> {
        self.tasks.iter_mut().filter_map(|task| task.polled.take()).collect()
    }
}
