//! Content that is read only once somebody asks for it.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::{Poll, Waker};

use bytes::Bytes;

use super::{ContentStream, Flow, RequestError};
use crate::gate;

/// Whether a request's content is there, and who waits for it: hooks and a handler on one side, who may be on any thread,
/// and the worker that reads on the other.
#[derive(Default)]
pub(crate) struct ContentGate {
    /// Nothing is read before it is asked for.
    closed: bool,
    wanted: AtomicBool,
    /// All of the content, or why there will be none.
    outcome: OnceLock<Result<Bytes, RequestError>>,
    wakers: Mutex<Wakers>,
    /// Its handler takes it as it arrives, from there.
    flow: Option<Arc<Flow>>,
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

    /// Content is to be asked for, unless it is refused already; `reader` is woken then.
    pub(crate) fn close(&mut self, reader: &Waker) {
        if self.closed {
            return;
        }
        let wakers = Wakers { reader: Some(reader.clone()), waiting: Vec::new() };
        *self = ContentGate {
            closed: true,
            wanted: AtomicBool::new(false),
            outcome: OnceLock::new(),
            wakers: Mutex::new(wakers),
            flow: None,
        };
    }

    /// Content arrives there.
    pub(super) fn connect(&mut self, flow: &Arc<Flow>) {
        *self = ContentGate { closed: true, flow: Some(flow.clone()), ..ContentGate::default() };
    }

    /// Whether content is refused, or is to be asked for.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed
    }

    /// There is more content than is taken: whoever asks for it is told so.
    pub(super) fn refuse(&mut self) {
        let outcome = OnceLock::from(Err(RequestError::TooLarge));
        *self = ContentGate { closed: true, outcome, ..ContentGate::default() };
    }

    /// Whether somebody has asked for content that is not there.
    pub(crate) fn is_wanted(&self) -> bool {
        self.closed && self.wanted.load(Ordering::SeqCst) && self.outcome.get().is_none()
    }

    /// All of the content is there.
    pub(crate) fn arrive(&self, octets: Vec<u8>) {
        self.settle(Ok(octets.into()));
    }

    /// The request is over: what of its content is not there will not come.
    pub(super) fn end(&self) {
        if self.closed {
            match &self.flow {
                // It is ended by whoever reads: the answer may still be made of it.
                Some(flow) => flow.let_go(),
                None => self.settle(Err(RequestError::Over)),
            }
        }
    }

    fn settle(&self, outcome: Result<Bytes, RequestError>) {
        // The first outcome stands.
        if self.outcome.set(outcome).is_ok() {
            let waiting = core::mem::take(&mut self.wakers().waiting);
            waiting.into_iter().for_each(|waker| gate::run("a waker", || waker.wake()));
        }
    }

    /// Waits until all content is there.
    ///
    /// # Errors
    /// It will never be.
    pub(super) async fn wait(&self) -> Result<(), RequestError> {
        if let (None, Some(flow)) = (self.outcome(), &self.flow) {
            self.settle(flow.whole().await);
            return self.outcome().unwrap_or(Ok(()));
        }
        poll_fn(|cx| {
            if let Some(outcome) = self.outcome() {
                return Poll::Ready(outcome);
            }
            let mut wakers = self.wakers();
            if let Some(outcome) = self.outcome() {
                return Poll::Ready(outcome);
            }
            if !wakers.waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
                wakers.waiting.push(cx.waker().clone());
            }
            if !self.wanted.swap(true, Ordering::SeqCst) {
                wakers.reader.take().into_iter().for_each(Waker::wake);
            }
            Poll::Pending
        })
        .await
    }

    pub(super) fn state(&self) -> GateState<'_> {
        match self.outcome.get() {
            _ if !self.closed => GateState::Open,
            Some(Ok(octets)) => GateState::Arrived(octets),
            Some(Err(_)) | None => GateState::Closed,
        }
    }

    /// Content as it arrives, what was waited for first; nothing, if all of it is where the head is.
    pub(super) fn stream(&self) -> Option<ContentStream> {
        match (self.outcome.get(), &self.flow) {
            _ if !self.closed => None,
            (Some(Err(error)), _) => Some(ContentStream::failed(error.clone())),
            (Some(Ok(octets)), None) => Some(ContentStream::whole(octets.clone())),
            (Some(Ok(octets)), Some(flow)) => Some(ContentStream::behind(octets.clone(), flow)),
            (None, Some(flow)) => Some(ContentStream::behind(Bytes::new(), flow)),
            (None, None) => Some(ContentStream::failed(RequestError::Unread)),
        }
    }

    fn outcome(&self) -> Option<Result<(), RequestError>> {
        if !self.closed {
            return Some(Ok(()));
        }
        self.outcome.get().map(|outcome| outcome.as_ref().map(|_| ()).map_err(Clone::clone))
    }

    fn wakers(&self) -> std::sync::MutexGuard<'_, Wakers> {
        self.wakers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
