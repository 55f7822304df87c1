//! Content that is read only once somebody asks for it.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::task::{Poll, Waker};

use crate::gate;

/// Whether a request's content is there, and who waits for it: hooks and a handler on one side, who may be on any thread,
/// and the worker that reads on the other.
#[derive(Default)]
pub(crate) struct ContentGate {
    /// Nothing is read before it is asked for.
    closed: bool,
    wanted: AtomicBool,
    arrived: OnceLock<Vec<u8>>,
    wakers: Mutex<Wakers>,
}

#[derive(Default)]
struct Wakers {
    /// Who reads when it is asked to.
    reader: Option<Waker>,
    waiting: Vec<Waker>,
}

/// What is there.
pub(super) enum GateState<'g> {
    /// All of it, where the head is.
    Open,
    /// All of it, here.
    Arrived(&'g [u8]),
    /// Nothing of it.
    Closed,
}

impl ContentGate {
    /// There is no content, or it is where the head is.
    #[inline]
    pub(super) fn open(&mut self) {
        if self.closed {
            *self = ContentGate::default();
        }
    }

    /// Content is to be asked for; `reader` is woken then.
    pub(crate) fn close(&mut self, reader: &Waker) {
        let wakers = Wakers { reader: Some(reader.clone()), waiting: Vec::new() };
        *self = ContentGate {
            closed: true,
            wanted: AtomicBool::new(false),
            arrived: OnceLock::new(),
            wakers: Mutex::new(wakers),
        };
    }

    /// Whether somebody has asked for content that is not there.
    pub(crate) fn is_wanted(&self) -> bool {
        self.closed && self.wanted.load(Ordering::SeqCst) && self.arrived.get().is_none()
    }

    /// All of the content is there.
    pub(crate) fn arrive(&self, octets: Vec<u8>) {
        // There is one reader.
        let _ = self.arrived.set(octets);
        let waiting = core::mem::take(&mut self.wakers().waiting);
        waiting.into_iter().for_each(|waker| gate::run("a waker", || waker.wake()));
    }

    /// Waits until all content is there.
    pub(super) async fn wait(&self) {
        poll_fn(|cx| {
            if self.is_there() {
                return Poll::Ready(());
            }
            let mut wakers = self.wakers();
            if self.is_there() {
                return Poll::Ready(());
            }
            if !wakers.waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
                wakers.waiting.push(cx.waker().clone());
            }
            if !self.wanted.swap(true, Ordering::SeqCst) {
                wakers.reader.take().into_iter().for_each(Waker::wake);
            }
            Poll::Pending
        })
        .await;
    }

    pub(super) fn state(&self) -> GateState<'_> {
        match self.arrived.get() {
            _ if !self.closed => GateState::Open,
            Some(octets) => GateState::Arrived(octets),
            None => GateState::Closed,
        }
    }

    fn is_there(&self) -> bool {
        !self.closed || self.arrived.get().is_some()
    }

    fn wakers(&self) -> std::sync::MutexGuard<'_, Wakers> {
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
