//! The result of work that runs beside the one who waits for it.

use core::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::gate;

/// Waits for what [`spawn`](crate::spawn) or [`spawn_blocking`](crate::spawn_blocking) began. Dropping it lets the
/// work go on.
#[derive(Debug)]
#[must_use = "dropping a handle lets the work go on unobserved; say `drop` or `let _` if that is meant"]
pub struct JoinHandle<T> {
    shared: Arc<Mutex<Shared<T>>>,
}

/// The work ended without a result: it panicked, or its worker stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JoinError;

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the work ended without a result")
    }
}

impl core::error::Error for JoinError {}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(value) = shared.value.take() {
            return Poll::Ready(Ok(value));
        }
        if shared.over {
            return Poll::Ready(Err(JoinError));
        }
        shared.waker = Some(cx.waker().clone());
        Poll::Pending
    }
}

/// The side that delivers. Dropped without having sent, it delivers [`JoinError`].
pub(super) struct Sender<T> {
    shared: Arc<Mutex<Shared<T>>>,
}

pub(super) fn pair<T>() -> (Sender<T>, JoinHandle<T>) {
    let shared = Arc::new(Mutex::new(Shared { value: None, over: false, waker: None }));
    (Sender { shared: shared.clone() }, JoinHandle { shared })
}

#[derive(Debug)]
struct Shared<T> {
    value: Option<T>,
    over: bool,
    waker: Option<Waker>,
}

impl<T> Sender<T> {
    pub(super) fn send(self, value: T) {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner).value = Some(value);
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        let waker = {
            let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
            shared.over = true;
            shared.waker.take()
        };
        if let Some(waker) = waker {
            // Whoever runs this may be on the way out of a panic, where another one ends the process.
            gate::run("a waker", || waker.wake());
        }
    }
}
