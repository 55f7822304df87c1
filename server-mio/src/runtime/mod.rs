//! What a worker's loop offers to the code that runs on it: time, tasks, blocking work, values of its own.
//!
//! All of it is found through a thread-local, so handlers need no handle: [`sleep`], [`timeout`], [`yield_now`],
//! [`spawn`], [`spawn_blocking`], [`local`].

#[cfg(not(feature = "tokio"))]
#[path = "ambient_none.rs"]
mod ambient;
#[cfg(feature = "tokio")]
#[path = "ambient_tokio.rs"]
mod ambient;
mod blocking;
mod executor;
mod join;
mod local;
mod time;
mod wake;
mod wheel;

pub use blocking::spawn_blocking;
pub use join::{JoinError, JoinHandle};
pub use local::{Locals, local};
pub use time::{Elapsed, Sleep, Timeout, YieldNow, sleep, timeout, yield_now};

pub(crate) use ambient::Ambient;
pub(crate) use blocking::BlockingPool;
pub(crate) use executor::{Executor, NO_TASK, Owner, Polled, Pump, TaskId};
pub(crate) use wake::WakeQueue;

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;
use std::time::{Duration, Instant};

use crate::request::OwnedParts;
use wheel::{TimerKey, Wheel};

/// Runs a future on this worker, beside the requests. It lives until it ends or the worker stops; a panic in it is
/// reported by its [`JoinHandle`] and harms nothing else. Dropping the handle lets the future run on.
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
    let task = Box::pin(async move { sender.send(future.await) });
    Runtime::with("spawn", |runtime| runtime.spawned.borrow_mut().push(task));
    handle
}

/// The part of a worker that handlers reach. No cell of it stays borrowed while code of others runs.
pub(crate) struct Runtime {
    wheel: RefCell<Wheel>,
    /// Time zero of the wheel.
    epoch: Instant,
    spawned: RefCell<Vec<SpawnedTask>>,
    locals: RefCell<Locals>,
    blocking: Arc<BlockingPool>,
    ambient: Ambient,
    /// Owned requests to be used again, see [`OwnedParts`].
    #[expect(clippy::vec_box, reason = "they are lent as boxes")]
    spare: RefCell<Vec<Box<OwnedParts>>>,
    expired: Cell<Vec<Waker>>,
}

pub(crate) type SpawnedTask = Pin<Box<dyn Future<Output = ()>>>;

/// How many owned requests a worker keeps for use again.
const MOST_SPARE: usize = 1024;

/// Octets that one of them may have kept.
const MOST_KEPT: usize = 64 * 1024;

thread_local! {
    static CURRENT: RefCell<Option<Rc<Runtime>>> = const { RefCell::new(None) };
}

impl Runtime {
    pub(crate) fn new(blocking: Arc<BlockingPool>, ambient: Ambient) -> Rc<Runtime> {
        Rc::new(Runtime {
            wheel: RefCell::new(Wheel::new()),
            epoch: Instant::now(),
            spawned: RefCell::default(),
            locals: RefCell::default(),
            blocking,
            ambient,
            spare: RefCell::default(),
            expired: Cell::default(),
        })
    }

    /// Makes this the runtime of the current thread until the guard goes.
    pub(crate) fn enter(self: &Rc<Runtime>) -> impl Drop + '_ {
        Entered { before: CURRENT.replace(Some(self.clone())), _ambient: self.ambient.enter() }
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
        self.spawned.take()
    }

    /// Whether anyone waits for a time.
    #[inline]
    pub(crate) fn has_timers(&self) -> bool {
        !self.wheel.borrow().is_empty()
    }

    /// How long until a timer needs [`fire_timers`](Self::fire_timers).
    pub(crate) fn until_timer(&self, now: Instant) -> Option<Duration> {
        let due = self.wheel.borrow().next_due()?;
        Some((self.epoch + Duration::from_millis(due)).saturating_duration_since(now))
    }

    /// Wakes everyone whose time has come.
    pub(crate) fn fire_timers(&self, now: Instant) {
        let mut expired = self.expired.take();
        let elapsed = now.saturating_duration_since(self.epoch).as_millis() as u64;
        self.wheel.borrow_mut().advance(elapsed, &mut expired);
        expired.drain(..).for_each(Waker::wake);
        self.expired.set(expired);
    }

    fn set_timer(&self, deadline: Instant, waker: Waker) -> TimerKey {
        let due = deadline.saturating_duration_since(self.epoch).as_nanos().div_ceil(1_000_000);
        self.wheel.borrow_mut().set(u64::try_from(due).unwrap_or(u64::MAX), waker)
    }

    /// An owned request to be filled; the one dropped last, if there is one.
    pub(crate) fn take_spare(&self) -> Option<Box<OwnedParts>> {
        self.spare.borrow_mut().pop()
    }

    /// Takes an owned request back, on the worker that has use for it; anywhere else it is freed.
    pub(crate) fn give_back(parts: Box<OwnedParts>) {
        if parts.capacity() > MOST_KEPT {
            return;
        }
        let mut parts = Some(parts);
        // What is left is dropped outside of the cells, as all that is the application's.
        let _ = CURRENT.try_with(|current| {
            if let Ok(current) = current.try_borrow()
                && let Some(runtime) = &*current
                && let Ok(mut spare) = runtime.spare.try_borrow_mut()
                && spare.len() < MOST_SPARE
            {
                spare.extend(parts.take());
            }
        });
    }

    fn current() -> Option<Rc<Runtime>> {
        CURRENT.with(|current| current.borrow().clone())
    }

    fn with<T>(what: &str, use_it: impl FnOnce(&Runtime) -> T) -> T {
        match Runtime::current() {
            Some(runtime) => use_it(&runtime),
            None => panic!("rajada: `{what}` works on a worker's thread only"),
        }
    }
}

/// Ends the effect of [`Runtime::enter`].
struct Entered<A> {
    before: Option<Rc<Runtime>>,
    _ambient: A,
}

impl<A> Drop for Entered<A> {
    fn drop(&mut self) {
        let before = self.before.take();
        // What stood there may drop values that look here: let them go outside of the cell.
        let _left = CURRENT.replace(before);
    }
}
