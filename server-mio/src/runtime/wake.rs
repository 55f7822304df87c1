//! How a task tells its worker that it can go on.

#[cfg(all(test, rajada_loom))]
#[path = "wake/sync_loom.rs"]
mod sync;
#[cfg(not(all(test, rajada_loom)))]
#[path = "wake/sync_std.rs"]
mod sync;
#[cfg(all(test, rajada_loom))]
mod tests;

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::task::{Wake, Waker};

use crate::home::give_back;
use sync::{AtomicBool, Mutex, MutexGuard, fence};

/// The tasks of one worker that were woken, by any thread.
pub(crate) struct WakeQueue {
    woken: Mutex<Woken>,
    /// There are some. It is set and cleared under the lock, so a look at it saves taking that.
    any: AtomicBool,
    /// The worker waits, or is about to: whoever adds something must rouse it.
    asleep: AtomicBool,
    rouse: Box<dyn Fn() + Send + Sync>,
}

#[derive(Default)]
struct Woken {
    tasks: Vec<u32>,
    /// The most that were taken at once since room was given back, and in the time before.
    most: usize,
    before: usize,
}

impl WakeQueue {
    /// A queue whose worker is roused by `rouse` when it waits.
    pub(crate) fn new(rouse: impl Fn() + Send + Sync + 'static) -> Arc<WakeQueue> {
        Arc::new(WakeQueue {
            woken: Mutex::default(),
            any: AtomicBool::new(false),
            asleep: AtomicBool::new(false),
            rouse: Box::new(rouse),
        })
    }

    /// Declares that the worker is about to wait; false if there is something to do instead.
    #[inline]
    pub(crate) fn fall_asleep(&self) -> bool {
        // Who adds something sets `any` and then looks whether someone sleeps; here it is the other way round. The fences
        // have an order, and whose is the later sees what the other has set.
        self.asleep.store(true, Ordering::Relaxed);
        fence(Ordering::SeqCst);
        let idle = !self.has_some();
        if !idle {
            self.wake_up();
        }
        idle
    }

    /// Declares that the worker no longer waits. (Seen late it costs a needless call, and nothing else.)
    #[inline]
    pub(crate) fn wake_up(&self) {
        self.asleep.store(false, Ordering::Relaxed);
    }

    /// Whether tasks were woken.
    #[inline]
    pub(crate) fn has_some(&self) -> bool {
        self.any.load(Ordering::Acquire)
    }

    /// Exchanges the tasks woken so far with an empty list, whose room is used for those to come, or given back.
    pub(crate) fn take(&self, into: &mut Vec<u32>) {
        debug_assert!(into.is_empty());
        let mut woken = self.lock();
        self.any.store(false, Ordering::Relaxed);
        core::mem::swap(&mut woken.tasks, into);
        woken.most = woken.most.max(into.len());
        let needed = woken.most.max(woken.before);
        give_back(&mut woken.tasks, needed);
    }

    /// Gives back room that was not needed since it was called last.
    pub(super) fn trim(&self) {
        let mut woken = self.lock();
        woken.before = core::mem::take(&mut woken.most);
        let needed = woken.before;
        give_back(&mut woken.tasks, needed);
    }

    /// Rouses the worker, if it waits, for a reason of its own.
    pub(crate) fn rouse(&self) {
        (self.rouse)();
    }

    fn push(&self, task: u32) {
        let mut woken = self.lock();
        woken.tasks.push(task);
        self.any.store(true, Ordering::Release);
        drop(woken);
        fence(Ordering::SeqCst);
        // As a rule nobody sleeps. Of several who see that someone does, one rouses.
        if self.asleep.load(Ordering::Relaxed) && self.asleep.swap(false, Ordering::Relaxed) {
            (self.rouse)();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Woken> {
        self.woken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wakes a connection without a task of its own, from any thread: see [`bell_of`].
#[derive(Clone)]
#[cfg_attr(not(feature = "websocket"), expect(dead_code, reason = "rung by protocols"))]
pub(crate) struct Bell {
    queue: Arc<WakeQueue>,
    number: u32,
}

/// Numbers of bells have it, those of tasks don't.
pub(crate) const BELL: u32 = 1 << 31;

/// The place of the connection whose bell has rung, if it was one. Another connection may be there by then, which is woken for nothing.
pub(crate) fn bell_of(woken: u32) -> Option<usize> {
    (woken & BELL != 0).then_some((woken & !BELL) as usize)
}

impl Bell {
    /// That of the connection at this place.
    pub(crate) fn new(queue: &Arc<WakeQueue>, place: usize) -> Bell {
        Bell { queue: queue.clone(), number: BELL | place as u32 }
    }
}

#[cfg(feature = "websocket")]
impl Bell {
    /// Has the connection go on.
    pub(crate) fn ring(&self) {
        self.queue.push(self.number);
    }

    /// What wakers point to that ring it.
    pub(crate) fn wake(&self) -> Arc<TaskWake> {
        TaskWake::new(self.number, &self.queue).0
    }
}

/// What a task's wakers point to. It belongs to a place in the executor, not to one future: a waker that outlives
/// its future wakes the next one at that place for nothing, which is harmless.
pub(crate) struct TaskWake {
    task: u32,
    queued: AtomicBool,
    queue: Arc<WakeQueue>,
}

impl TaskWake {
    pub(crate) fn new(task: u32, queue: &Arc<WakeQueue>) -> (Arc<TaskWake>, Waker) {
        let wake =
            Arc::new(TaskWake { task, queued: AtomicBool::new(false), queue: queue.clone() });
        (wake.clone(), Waker::from(wake))
    }

    /// To be called before the task is polled: what wakes it from now on counts anew.
    pub(crate) fn begin_poll(&self) {
        // Usually it is so already, and looking costs less than a change that everyone has to see. Who sets it in the
        // meantime adds the task to the queue, and it is polled again. Who found it set adds nothing, and counts on this
        // poll to see what was done before: so it is read as it is changed.
        if self.queued.load(Ordering::Relaxed) {
            self.queued.swap(false, Ordering::AcqRel);
        }
    }

    /// Whether a waker was kept, or has woken it since and it will be polled.
    #[cfg(feature = "websocket")]
    pub(crate) fn is_kept(self: &Arc<Self>) -> bool {
        if Arc::strong_count(self) > 1 {
            return true;
        }
        // Whoever has dropped the last waker may have used it before: that is seen then as well.
        fence(Ordering::Acquire);
        self.queued.load(Ordering::Relaxed)
    }
}

impl Wake for TaskWake {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.queued.swap(true, Ordering::AcqRel) {
            self.queue.push(self.task);
        }
    }
}
