//! The result of work that runs beside the one who waits for it.

use core::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use super::Runtime;
use super::blocking::Waiting;
use crate::{Status, gate};

/// Waits for what [`spawn`](crate::spawn) or [`spawn_blocking`](crate::spawn_blocking) began.
///
/// Dropping it lets the work go on, but for a job of [`spawn_blocking`](crate::spawn_blocking) that has not begun. That is
/// dropped with its handle if somebody has awaited it (has polled the handle), if the handle goes with a handler or a
/// stream whose connection or [time](crate::Deadlines::handler) is over, or if there was no room for it yet
/// ([`BlockingOverflow::Wait`](crate::BlockingOverflow::Wait)).
#[must_use = "dropping a handle lets the work go on unobserved; say `drop` or `let _` if that is meant"]
pub struct JoinHandle<T> {
    shared: Arc<Mutex<Shared<T>>>,
    /// It has been polled.
    awaited: bool,
    /// Where its job is, if it is one for a thread.
    job: Option<Waiting>,
}

/// The work ended without a result: it panicked, its worker stopped, or there was [no room](Self::is_refused) for it.
///
/// A handler that fails with it (by `?`) is answered with 503 if there was no room, with 500 otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JoinError(Why);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    Lost,
    Refused,
}

impl JoinError {
    const LOST: JoinError = JoinError(Why::Lost);
    const REFUSED: JoinError = JoinError(Why::Refused);

    /// Whether the work was not begun because there was no room for it: at
    /// [`Limits::tasks`](crate::Limits::tasks), at [`Limits::blocking_queue`](crate::Limits::blocking_queue), or because
    /// there was no thread to be had.
    pub fn is_refused(&self) -> bool {
        self.0 == Why::Refused
    }

    pub(crate) fn status(&self) -> Status {
        match self.0 {
            Why::Lost => Status::INTERNAL_SERVER_ERROR,
            Why::Refused => Status::SERVICE_UNAVAILABLE,
        }
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Why::Lost => "the work ended without a result",
            Why::Refused => "there was no room for the work",
        })
    }
}

impl core::error::Error for JoinError {}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        this.awaited = true;
        let mut shared = lock(&this.shared);
        let result = match (shared.value.take(), shared.ended) {
            (Some(value), _) => Ok(value),
            (None, Some(error)) => Err(error),
            (None, None) => {
                let before = shared.waker.replace(cx.waker().clone());
                drop(shared);
                drop(before);
                return Poll::Pending;
            }
        };
        drop(shared);
        this.job = None;
        Poll::Ready(result)
    }
}

impl<T> JoinHandle<T> {
    /// Where its job is.
    pub(super) fn set_job(&mut self, job: Waiting) {
        self.job = Some(job);
    }

    /// Tells that there is no room for the work, which is dropped next.
    pub(super) fn refuse(&self) {
        lock(&self.shared).ended = Some(JoinError::REFUSED);
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        let Some(job) = self.job.take() else { return };
        if let Some(job) = job.withdraw(self.awaited || Runtime::is_cancelling()) {
            // Nobody is to be told any more.
            let waker = lock(&self.shared).waker.take();
            gate::discard(waker);
            gate::discard(job);
        }
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").finish_non_exhaustive()
    }
}

/// The side that delivers. Dropped without having sent, it delivers [`JoinError`].
pub(super) struct Sender<T> {
    shared: Arc<Mutex<Shared<T>>>,
}

pub(super) fn pair<T>() -> (Sender<T>, JoinHandle<T>) {
    let shared = Arc::new(Mutex::new(Shared { value: None, ended: None, waker: None }));
    (Sender { shared: shared.clone() }, JoinHandle { shared, awaited: false, job: None })
}

struct Shared<T> {
    value: Option<T>,
    /// No value will come any more, and why none has.
    ended: Option<JoinError>,
    waker: Option<Waker>,
}

impl<T> Sender<T> {
    pub(super) fn send(self, value: T) {
        lock(&self.shared).value = Some(value);
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let waker = {
            let mut shared = lock(&self.shared);
            shared.ended.get_or_insert(JoinError::LOST);
            shared.waker.take()
        };
        if let Some(waker) = waker {
            // Whoever runs this may be on the way out of a panic, where another one ends the process.
            gate::run("a waker", || waker.wake());
        }
    }
}

fn lock<T>(shared: &Mutex<Shared<T>>) -> MutexGuard<'_, Shared<T>> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}
