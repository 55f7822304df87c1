//! What a worker's loop offers to the code that runs on it: time, tasks, blocking work, values of its own.
//!
//! All of it is found through a thread-local, so handlers need no handle: [`sleep`], [`timeout`], [`yield_now`],
//! [`spawn`], [`spawn_blocking`], [`local`].

mod blocking;
mod clock;
mod join;
mod local;
mod numbers;
mod tasks;
mod time;
mod wake;
mod wheel;

pub use blocking::{BlockingOverflow, spawn_blocking};
pub use clock::Clock;
pub use join::{JoinError, JoinHandle};
pub use local::{Locals, local};
pub use time::{Elapsed, Sleep, Timeout, YieldNow, sleep, timeout, yield_now};

pub(crate) use blocking::{BlockingPool, spawn_blocking_in_turn};
pub(crate) use clock::after;
#[cfg(feature = "events")]
pub(crate) use local::with_local;
pub(crate) use tasks::{NO_TASK, TaskCount, TaskId, Tasks};
#[cfg(feature = "websocket")]
pub(crate) use wake::TaskWake;
pub(crate) use wake::{BELL, Bell, WakeQueue, bell_of};

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;
use std::time::{Duration, Instant};

use crate::gate;
use crate::home::give_back;
use wheel::{TimerKey, Wheel};

/// Runs a future on this worker, beside the requests. It lives until it ends or the worker stops; a panic in it is
/// reported by its [`JoinHandle`] and harms nothing else. Dropping the handle lets the future run on. Where the worker has
/// [as many tasks as it may have](crate::Limits::tasks), the future is dropped, and the handle ends with a [`JoinError`]
/// that [says so](JoinError::is_refused).
///
/// ```no_run
/// use rajada_mio::{App, OwnedRequest, sleep, spawn};
/// use std::time::Duration;
///
/// App::new().post("/jobs", |_: OwnedRequest| async {
///     spawn(async {
///         sleep(Duration::from_secs(1)).await;
///         println!("done later");
///     });
///     "begun"
/// });
/// ```
///
/// # Panics
/// On a thread that is not a worker.
pub fn spawn<T: 'static>(future: impl Future<Output = T> + 'static) -> JoinHandle<T> {
    let (sender, handle) = join::pair();
    Runtime::with("spawn", |runtime| {
        if runtime.tasks.is_full() {
            handle.refuse();
            return gate::discard((future, sender));
        }
        runtime.tasks.add();
        let task = Box::pin(async move { sender.send(future.await) });
        runtime.spawned.borrow_mut().push(task);
    });
    handle
}

/// Runs a future of the server's own on this worker, however many tasks there are.
///
/// # Panics
/// On a thread that is not a worker.
#[cfg(feature = "events")]
pub(crate) fn spawn_anyway(future: impl Future<Output = ()> + 'static) {
    Runtime::with("a subscription", |runtime| {
        runtime.tasks.add();
        runtime.spawned.borrow_mut().push(Box::pin(future));
    });
}

/// The part of a worker that handlers reach. No cell of it stays borrowed while code of others runs.
pub(crate) struct Runtime {
    clock: Clock,
    wheel: RefCell<Wheel>,
    /// Time zero of the wheel.
    epoch: Instant,
    spawned: RefCell<Vec<SpawnedTask>>,
    /// Those among them, and all that have a place.
    tasks: Rc<TaskCount>,
    locals: RefCell<Locals>,
    blocking: Arc<BlockingPool>,
    expired: Cell<Vec<Waker>>,
    /// The most that expired at once since memory was given back.
    most_expired: Cell<usize>,
    /// Tasks are dropped because nobody waits for their answers any more.
    cancelling: Cell<bool>,
}

pub(crate) type SpawnedTask = Pin<Box<dyn Future<Output = ()>>>;

thread_local! {
    static CURRENT: RefCell<Option<Rc<Runtime>>> = const { RefCell::new(None) };
}

impl Runtime {
    pub(crate) fn new(blocking: Arc<BlockingPool>, clock: Clock, most_tasks: usize) -> Rc<Runtime> {
        Rc::new(Runtime {
            epoch: clock.now(),
            clock,
            wheel: RefCell::new(Wheel::new()),
            spawned: RefCell::default(),
            tasks: TaskCount::new(most_tasks),
            locals: RefCell::default(),
            blocking,
            expired: Cell::default(),
            most_expired: Cell::new(0),
            cancelling: Cell::new(false),
        })
    }

    /// Makes this the runtime of the current thread until the guard goes.
    #[inline]
    pub(crate) fn enter(self: &Rc<Runtime>) -> Entered {
        Entered { before: CURRENT.replace(Some(self.clone())) }
    }

    /// What tells the time here.
    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Values of this worker.
    pub(crate) fn locals(&self) -> &RefCell<Locals> {
        &self.locals
    }

    /// Whether tasks were spawned since they were taken.
    #[inline]
    pub(crate) fn has_spawned(&self) -> bool {
        !self.spawned.borrow().is_empty()
    }

    /// Tasks that were spawned since the last call.
    pub(crate) fn take_spawned(&self) -> Vec<SpawnedTask> {
        let spawned = self.spawned.take();
        // They are counted anew where they are taken in.
        self.tasks.subtract(spawned.len());
        spawned
    }

    /// Where tasks of this worker are counted.
    pub(crate) fn task_count(&self) -> &Rc<TaskCount> {
        &self.tasks
    }

    /// Whether anyone waits for a time.
    #[inline]
    pub(crate) fn has_timers(&self) -> bool {
        !self.wheel.borrow().is_empty()
    }

    /// How long until a timer needs [`fire_timers`](Self::fire_timers).
    pub(crate) fn until_timer(&self, now: Instant) -> Option<Duration> {
        let due = self.wheel.borrow().next_due()?;
        let due = after(self.epoch, Duration::from_millis(due));
        Some(due.saturating_duration_since(now))
    }

    /// Wakes everyone whose time has come.
    pub(crate) fn fire_timers(&self, now: Instant) {
        let mut expired = self.expired.take();
        let elapsed = now.saturating_duration_since(self.epoch).as_millis() as u64;
        self.wheel.borrow_mut().advance(elapsed, &mut expired);
        self.most_expired.set(self.most_expired.get().max(expired.len()));
        // Wakers may be anybody's.
        expired.drain(..).for_each(|waker| gate::run("a waker", || waker.wake()));
        self.expired.set(expired);
    }

    /// Gives back memory that was not needed since it was called last: to be called now and then.
    pub(crate) fn trim(&self) {
        self.wheel.borrow_mut().trim();
        let mut expired = self.expired.take();
        give_back(&mut expired, self.most_expired.take());
        self.expired.set(expired);
    }

    /// Changes whom a timer wakes; or sets one, if there is none, or none of this worker's that has not fired.
    fn keep_timer(&self, timer: Option<TimerKey>, deadline: Instant, waker: Waker) -> TimerKey {
        let Some(timer) = timer else { return self.set_timer(deadline, waker) };
        let renewed = self.wheel.borrow_mut().renew(timer, waker);
        match renewed {
            Ok(unused) => {
                drop(unused);
                timer
            }
            Err(waker) => self.set_timer(deadline, waker),
        }
    }

    fn set_timer(&self, deadline: Instant, waker: Waker) -> TimerKey {
        let due = deadline.saturating_duration_since(self.epoch).as_nanos().div_ceil(1_000_000);
        self.wheel.borrow_mut().set(u64::try_from(due).unwrap_or(u64::MAX), waker)
    }

    /// Has handles that are dropped take their jobs with them, until the guard goes: nobody waits for those any more.
    pub(crate) fn cancel(&self) -> Cancelling<'_> {
        Cancelling { flag: &self.cancelling, before: self.cancelling.replace(true) }
    }

    /// Whether handles that are dropped on this thread now are to take their jobs with them.
    fn is_cancelling() -> bool {
        Runtime::current().is_some_and(|runtime| runtime.cancelling.get())
    }

    /// That of this thread; none while the thread ends, either.
    fn current() -> Option<Rc<Runtime>> {
        CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
    }

    fn with<T>(what: &str, use_it: impl FnOnce(&Runtime) -> T) -> T {
        match Runtime::current() {
            Some(runtime) => use_it(&runtime),
            None => panic!("rajada: `{what}` works on a worker's thread only"),
        }
    }
}

/// Whether this thread is a worker's, in a turn.
pub(crate) fn is_worker() -> bool {
    Runtime::current().is_some()
}

/// The time, of the worker on whose thread this is called, or else of the system.
pub(crate) fn now() -> Instant {
    Runtime::current().map_or_else(Instant::now, |runtime| runtime.clock.now())
}

/// Ends the effect of [`Runtime::cancel`].
pub(crate) struct Cancelling<'a> {
    flag: &'a Cell<bool>,
    before: bool,
}

impl Drop for Cancelling<'_> {
    fn drop(&mut self) {
        self.flag.set(self.before);
    }
}

/// Ends the effect of [`Runtime::enter`].
pub(crate) struct Entered {
    before: Option<Rc<Runtime>>,
}

impl Drop for Entered {
    #[inline]
    fn drop(&mut self) {
        let before = self.before.take();
        // What stood there may drop values that look here: let them go outside of the cell.
        let _left = CURRENT.replace(before);
    }
}
