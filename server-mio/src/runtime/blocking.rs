//! A bounded pool of threads for work that blocks.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::{JoinHandle, Runtime, join};
use crate::gate;

/// Runs a function that blocks (a file, a synchronous client, heavy computing) on a thread of a bounded pool, which
/// all workers of a server share. Work beyond the bound waits its turn.
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
/// # Panics
/// On a thread that is not a worker.
pub fn spawn_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> JoinHandle<T> {
    let (sender, handle) = join::pair();
    let job = Box::new(move || sender.send(work()));
    Runtime::with("spawn_blocking", |runtime| BlockingPool::run(&runtime.blocking, job));
    handle
}

/// The threads, begun when there is work for them and gone after ten seconds without any.
pub(crate) struct BlockingPool {
    most: usize,
    state: Mutex<State>,
    work: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    threads: usize,
    idle: usize,
}

type Job = Box<dyn FnOnce() + Send>;

const LINGER: Duration = Duration::from_secs(10);

impl BlockingPool {
    pub(crate) fn new(most: usize) -> Arc<BlockingPool> {
        Arc::new(BlockingPool { most: most.max(1), state: Mutex::default(), work: Condvar::new() })
    }

    fn run(pool: &Arc<BlockingPool>, job: Job) {
        let mut state = pool.lock();
        state.jobs.push_back(job);
        if state.idle >= state.jobs.len() || state.threads >= pool.most {
            pool.work.notify_one();
            return;
        }
        let own = pool.clone();
        let spawned =
            std::thread::Builder::new().name("rajada-blocking".into()).spawn(move || own.work());
        match spawned {
            Ok(_) => state.threads += 1,
            // Another thread gets to the job; without any, dropping it tells whoever waits.
            Err(error) if state.threads == 0 => {
                log::error!("no thread for blocking work: {error}");
                let job = state.jobs.pop_back();
                drop(state);
                drop(job);
            }
            Err(_) => {}
        }
    }

    fn work(&self) {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                drop(state);
                gate::run("blocking work", job);
                state = self.lock();
                continue;
            }
            state.idle += 1;
            let waited =
                self.work.wait_timeout(state, LINGER).unwrap_or_else(PoisonError::into_inner);
            state = waited.0;
            state.idle -= 1;
            if waited.1.timed_out() && state.jobs.is_empty() {
                state.threads -= 1;
                return;
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
