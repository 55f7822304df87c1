//! Content that is pushed, from whatever thread, as fast as the peer takes it.

mod received;
mod shared;
#[cfg(test)]
mod tests;

use core::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;

use super::Body;
use crate::runtime::is_worker;
use crate::waiting::{Place, Waiting, wake};
use crate::{Error, Headers};
use received::Received;
use shared::{End, Refusal, Shared, State};

impl Body {
    /// Content that is pushed by a [`BodySender`], which may be on any thread, in any runtime.
    ///
    /// `capacity` is how many octets may wait to be sent; each piece counts 32 octets beside its own. A piece that is larger
    /// than all of that is taken when nothing else waits. What the connection holds by itself
    /// ([`Limits::held`](crate::Limits::held)) is not part of it.
    ///
    /// The content is chunked, or of [a length](Self::with_length) that is promised. It ends with
    /// [`finish`](BodySender::finish); a sender that is dropped without cuts it short.
    ///
    /// ```
    /// use rajada_mio::{App, Body, Request, TestClient};
    ///
    /// let app = App::new().get("/count", |_: &Request| {
    ///     let (sender, body) = Body::channel(64 * 1024);
    ///     std::thread::spawn(move || {
    ///         for number in 1..=3 {
    ///             if sender.blocking_send(format!("{number}\n")).is_err() {
    ///                 return; // The peer is gone.
    ///             }
    ///         }
    ///         sender.finish();
    ///     });
    ///     body
    /// });
    /// assert_eq!(TestClient::new(app).get("/count").send().text(), "1\n2\n3\n");
    /// ```
    #[doc(alias("mpsc", "streaming response"))]
    pub fn channel(capacity: usize) -> (BodySender, Body) {
        let shared = Arc::new(Shared::new(capacity));
        let received = Received::new(shared.clone());
        (BodySender { shared }, Body::Stream(Box::new(received)))
    }
}

/// Pushes the content of an answer, made by [`Body::channel`].
///
/// Dropped without [`finish`](Self::finish) it cuts the answer behind what was given, so that the peer can tell (RFC 9112
/// section 8): a task that panics or is cancelled makes no answer that looks complete.
///
/// It learns that the peer is gone, or that nothing of its content is wanted (`HEAD`, 304), as soon as the server does:
/// at once where the connection breaks, and where the peer has only ended its side and takes nothing more, behind
/// [`Deadlines::half_closed`](crate::Deadlines::half_closed).
pub struct BodySender {
    shared: Arc<Shared>,
}

/// Nobody takes the content any more: the peer is gone, or wants none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

/// Why a piece was not taken at once.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotSent {
    /// There is no room until the peer has taken more. This is the piece.
    Full(Bytes),
    /// Nobody takes the content any more.
    Gone,
}

impl BodySender {
    /// Sends a piece, once there is room for it. An empty one is nothing.
    ///
    /// # Errors
    /// Nobody takes the content any more.
    pub async fn send(&self, octets: impl Into<Bytes>) -> Result<(), Gone> {
        Sending { shared: &self.shared, octets: octets.into(), place: Place::NONE }.await
    }

    /// Sends a piece if there is room for it.
    ///
    /// # Errors
    /// There is none, or nobody takes the content any more.
    pub fn try_send(&self, octets: impl Into<Bytes>) -> Result<(), NotSent> {
        let octets = octets.into();
        let mut state = self.shared.lock();
        match state.push(&octets) {
            Ok(()) => {}
            Err(Refusal::Full) => return Err(NotSent::Full(octets)),
            Err(Refusal::Gone) => return Err(NotSent::Gone),
        }
        let receiver = state.receiver.take();
        drop(state);
        wake(receiver);
        Ok(())
    }

    /// The same as [`send`](Self::send) for a thread that may wait: one of its own, or of
    /// [`spawn_blocking`](crate::spawn_blocking).
    ///
    /// # Errors
    /// Nobody takes the content any more.
    ///
    /// # Panics
    /// On a worker, which would wait for itself.
    pub fn blocking_send(&self, octets: impl Into<Bytes>) -> Result<(), Gone> {
        assert!(!is_worker(), "rajada: `blocking_send` is for threads that are no workers");
        let octets = octets.into();
        let mut state = self.shared.lock();
        loop {
            match state.push(&octets) {
                Ok(()) => break,
                Err(Refusal::Gone) => return Err(Gone),
                Err(Refusal::Full) => {
                    state = self.shared.room.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
        let receiver = state.receiver.take();
        drop(state);
        wake(receiver);
        Ok(())
    }

    /// Waits until nobody takes the content any more.
    pub async fn closed(&self) {
        let is_there = |state: &State| state.gone;
        Awaiting { shared: &self.shared, place: Place::NONE, is_there, of: |s| &mut s.closing }
            .await;
    }

    /// Whether nobody takes the content any more.
    pub fn is_closed(&self) -> bool {
        self.shared.lock().gone
    }

    /// Waits until service ends ([`Handle::shut_down`](crate::Handle::shut_down)), or nobody takes the content any more. Content
    /// that would go on for ever is to be ended then: service waits for it, within
    /// [`App::grace`](crate::App::grace).
    pub async fn shutting_down(&self) {
        let is_there = |state: &State| state.shutting_down || state.gone;
        Awaiting { shared: &self.shared, place: Place::NONE, is_there, of: |s| &mut s.leaving }
            .await;
    }

    /// Whether service ends.
    pub fn is_shutting_down(&self) -> bool {
        self.shared.lock().shutting_down
    }

    /// Ends the content: it is complete.
    pub fn finish(self) {
        self.end(End::Finished(None));
    }

    /// Ends the content with fields behind it, as [`BodyStream::trailers`](super::BodyStream::trailers) says.
    pub fn finish_with(self, trailers: Headers) {
        self.end(End::Finished(Some(trailers)));
    }

    /// Cuts the answer behind what was given, for a reason that is logged.
    pub fn abort(self, error: impl Into<Error>) {
        self.end(End::Failed(error.into()));
    }

    fn end(&self, end: End) {
        let mut state = self.shared.lock();
        let unused = if state.gone || state.end.is_some() {
            Some(end)
        } else {
            state.end = Some(end);
            None
        };
        let receiver = state.receiver.take();
        drop(state);
        drop(unused);
        wake(receiver);
    }
}

impl Drop for BodySender {
    fn drop(&mut self) {
        self.end(End::Cut);
    }
}

impl fmt::Debug for BodySender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.shared.lock();
        f.debug_struct("BodySender")
            .field("waiting", &state.weight)
            .field("capacity", &state.capacity)
            .field("closed", &state.gone)
            .finish()
    }
}

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("nobody takes the content any more")
    }
}

impl core::error::Error for Gone {}

impl fmt::Display for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NotSent::Full(_) => f.write_str("there is no room for the piece"),
            NotSent::Gone => fmt::Display::fmt(&Gone, f),
        }
    }
}

impl core::error::Error for NotSent {}

/// Waits for room for a piece.
struct Sending<'s> {
    shared: &'s Shared,
    octets: Bytes,
    place: Place,
}

impl Future for Sending<'_> {
    type Output = Result<(), Gone>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        let this = self.get_mut();
        let mut state = this.shared.lock();
        let pushed = match state.push(&this.octets) {
            Err(Refusal::Full) => {
                let before = state.senders.keep(&mut this.place, cx.waker());
                drop(state);
                drop(before);
                return Poll::Pending;
            }
            Err(Refusal::Gone) => Err(Gone),
            Ok(()) => Ok(()),
        };
        let receiver = state.receiver.take();
        drop(state);
        wake(receiver);
        Poll::Ready(pushed)
    }
}

impl Drop for Sending<'_> {
    fn drop(&mut self) {
        let waker = self.shared.lock().senders.leave(self.place);
        drop(waker);
    }
}

/// Waits for what the receiver tells.
struct Awaiting<'s, T> {
    shared: &'s Shared,
    place: Place,
    is_there: T,
    /// Those who wait for the same.
    of: fn(&mut State) -> &mut Waiting,
}

impl<T: Fn(&State) -> bool + Unpin> Future for Awaiting<'_, T> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        let mut state = this.shared.lock();
        if (this.is_there)(&state) {
            return Poll::Ready(());
        }
        let before = (this.of)(&mut state).keep(&mut this.place, cx.waker());
        drop(state);
        drop(before);
        Poll::Pending
    }
}

impl<T> Drop for Awaiting<'_, T> {
    fn drop(&mut self) {
        let waker = (self.of)(&mut self.shared.lock()).leave(self.place);
        drop(waker);
    }
}
