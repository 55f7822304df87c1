//! A bounded pool of threads for work that blocks.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{JoinHandle, Runtime, join};
use crate::gate;

/// Runs a function that blocks (a file, a synchronous client, heavy computing) on a thread of a bounded pool
/// ([`App::blocking_threads`](crate::App::blocking_threads)), which all workers of a server share. Work beyond the bound
/// waits its turn in a queue, which is bounded as well ([`Limits::blocking_queue`](crate::Limits::blocking_queue)): where
/// that is full, the handle ends with a [`JoinError`](crate::JoinError) that [says so](crate::JoinError::is_refused), and
/// `?` answers 503; or it waits ([`BlockingOverflow`]).
///
/// ```no_run
/// use rajada_mio::{App, JoinError, OwnedRequest, spawn_blocking};
///
/// App::new().get("/file", |_: OwnedRequest| async {
///     let text = spawn_blocking(|| std::fs::read_to_string("/etc/hostname").unwrap_or_default()).await?;
///     Ok::<_, JoinError>(text)
/// });
/// ```
///
/// Work that has begun runs to its end. What has not begun is dropped with its [`JoinHandle`] when somebody has awaited
/// that, so that the work of peers that are gone keeps nobody waiting; it goes on without its handle if nobody has.
///
/// # Panics
/// On a thread that is not a worker.
pub fn spawn_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> JoinHandle<T> {
    Runtime::with("spawn_blocking", |runtime| {
        BlockingPool::spawn(&runtime.blocking, runtime.blocking.overflow, work)
    })
}

/// The same for work that waits for its turn where the queue is full. Whoever begins it has one job at a time.
pub(crate) fn spawn_blocking_in_turn<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> JoinHandle<T> {
    Runtime::with("a reader", |runtime| {
        BlockingPool::spawn(&runtime.blocking, BlockingOverflow::Wait, work)
    })
}

/// What becomes of work for [`spawn_blocking`](crate::spawn_blocking) when its queue is full; see
/// [`App::blocking_overflow`](crate::App::blocking_overflow).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum BlockingOverflow {
    /// It is dropped, and its handle ends with a [`JoinError`](crate::JoinError) that
    /// [says so](crate::JoinError::is_refused): a handler that passes that on is answered with 503.
    #[default]
    Refuse,
    /// It waits with its [`JoinHandle`] until there is room in the queue, those that came first first. It is dropped with
    /// its handle, whether somebody has awaited that or not.
    Wait,
}

/// The threads, begun when there is work for them and gone after ten seconds without any.
pub(crate) struct BlockingPool {
    most: usize,
    /// Jobs that may wait for a thread.
    queue: usize,
    overflow: BlockingOverflow,
    state: Mutex<State>,
    work: Condvar,
    /// A thread has nothing to do.
    ended: Condvar,
}

#[derive(Default)]
struct State {
    /// Jobs by number, the oldest first. Each of those that are idle will take one.
    queued: BTreeMap<u64, Job>,
    /// Those that there is no room for, which are their handles'. They are all younger.
    waiting: BTreeMap<u64, Job>,
    /// The number of the next one.
    next: u64,
    threads: usize,
    /// Threads that do nothing, or have just begun.
    idle: usize,
}

type Job = Box<dyn FnOnce() + Send>;

const LINGER: Duration = Duration::from_secs(10);

impl BlockingPool {
    pub(crate) fn new(most: usize, queue: usize, overflow: BlockingOverflow) -> Arc<BlockingPool> {
        Arc::new(BlockingPool {
            most: most.max(1),
            queue,
            overflow,
            state: Mutex::default(),
            work: Condvar::new(),
            ended: Condvar::new(),
        })
    }

    fn spawn<T: Send + 'static>(
        pool: &Arc<BlockingPool>,
        overflow: BlockingOverflow,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> JoinHandle<T> {
        let (sender, mut handle) = join::pair();
        match BlockingPool::take_in(pool, overflow, Box::new(move || sender.send(work()))) {
            Ok(number) => handle.set_job(Waiting { pool: pool.clone(), number }),
            Err(job) => {
                handle.refuse();
                gate::discard(job);
            }
        }
        handle
    }

    /// Takes a job in, and gives its number, or the job if there is no room.
    fn take_in(pool: &Arc<BlockingPool>, overflow: BlockingOverflow, job: Job) -> Result<u64, Job> {
        let mut state = pool.lock();
        if state.idle <= state.queued.len() && state.threads < pool.most {
            BlockingPool::begin_thread(pool, &mut state);
        }
        if state.threads == 0 {
            return Err(job);
        }
        let number = state.next;
        if state.waiting.is_empty() && pool.has_room(&state) {
            state.queued.insert(number, job);
            pool.work.notify_one();
        } else if overflow == BlockingOverflow::Wait {
            state.waiting.insert(number, job);
        } else {
            return Err(job);
        }
        state.next += 1;
        Ok(number)
    }

    fn begin_thread(pool: &Arc<BlockingPool>, state: &mut State) {
        let own = pool.clone();
        let spawned =
            std::thread::Builder::new().name("rajada-blocking".into()).spawn(move || own.work());
        match spawned {
            Ok(_) => {
                state.threads += 1;
                state.idle += 1;
            }
            Err(error) if state.threads == 0 => log::error!("no thread for blocking work: {error}"),
            // Another thread gets to it.
            Err(_) => {}
        }
    }

    /// Whether one more job may be queued. Those that threads are about to take don't wait.
    fn has_room(&self, state: &State) -> bool {
        state.queued.len() < self.queue.saturating_add(state.idle)
    }

    /// Lets those in who wait for room.
    fn fill(&self, state: &mut State) {
        while self.has_room(state) {
            let Some((number, job)) = state.waiting.pop_first() else { return };
            state.queued.insert(number, job);
            self.work.notify_one();
        }
    }

    /// What a thread does.
    fn work(&self) {
        let mut state = self.lock();
        state.idle -= 1;
        loop {
            let job = state.queued.pop_first().or_else(|| state.waiting.pop_first());
            if let Some((_, job)) = job {
                self.fill(&mut state);
                drop(state);
                gate::run("blocking work", job);
                state = self.lock();
                continue;
            }
            state.idle += 1;
            self.ended.notify_all();
            let waited =
                self.work.wait_timeout(state, LINGER).unwrap_or_else(PoisonError::into_inner);
            state = waited.0;
            state.idle -= 1;
            if waited.1.timed_out() && state.queued.is_empty() {
                state.threads -= 1;
                self.ended.notify_all();
                return;
            }
        }
    }

    /// Waits for jobs that have begun, until `deadline` at the latest; says whether all have ended. Those that have not
    /// begun are dropped, and their handles told.
    pub(crate) fn wait(&self, deadline: Instant) -> bool {
        let mut state = self.lock();
        loop {
            let State { queued, waiting, .. } = &mut *state;
            let jobs = [core::mem::take(queued), core::mem::take(waiting)];
            if jobs.iter().any(|jobs| !jobs.is_empty()) {
                drop(state);
                // They are the application's: nothing is locked there.
                jobs.into_iter().flat_map(BTreeMap::into_values).for_each(gate::discard);
                state = self.lock();
                continue;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if state.idle == state.threads || left.is_zero() {
                return state.idle == state.threads;
            }
            let waited = self.ended.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A handle's job, which may have begun.
pub(super) struct Waiting {
    pool: Arc<BlockingPool>,
    number: u64,
}

impl Waiting {
    /// Takes a job back that has not begun: always if there was no room for it so far, and if it is queued, only when
    /// that `is_asked`.
    pub(super) fn withdraw(self, is_asked: bool) -> Option<Job> {
        let mut state = self.pool.lock();
        let waits = state.waiting.remove(&self.number);
        let job = waits.or_else(|| if is_asked { state.queued.remove(&self.number) } else { None });
        if job.is_some() {
            self.pool.fill(&mut state);
        }
        job
    }
}

#[cfg(test)]
mod tests;
