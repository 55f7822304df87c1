//! The worker's end of a channel.

use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;

use super::shared::{End, Shared};
use crate::body::BodyStream;
use crate::waiting::wake;
use crate::{Error, Headers};

/// Gives what was pushed.
pub(super) struct Received {
    shared: Arc<Shared>,
    /// There behind the last piece.
    trailers: Option<Headers>,
}

impl Received {
    pub(super) fn new(shared: Arc<Shared>) -> Received {
        Received { shared, trailers: None }
    }
}

impl BodyStream for Received {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        let mut state = self.shared.lock();
        if let Some(piece) = state.pop() {
            if state.has_room_again() {
                let senders = state.senders.take();
                drop(state);
                self.shared.room.notify_all();
                wake(senders);
            }
            return Poll::Ready(Some(Ok(piece)));
        }
        let Some(end) = state.end.take() else {
            let before = state.receiver.replace(cx.waker().clone());
            drop(state);
            drop(before);
            return Poll::Pending;
        };
        state.end = Some(End::Finished(None));
        drop(state);
        match end {
            End::Finished(trailers) => {
                self.trailers = trailers;
                Poll::Ready(None)
            }
            End::Cut => Poll::Ready(Some(Err("its sender was dropped before the end".into()))),
            End::Failed(error) => Poll::Ready(Some(Err(error))),
        }
    }

    fn trailers(&mut self) -> Option<Headers> {
        self.trailers.take()
    }

    fn shut_down(&mut self) {
        let mut state = self.shared.lock();
        state.shutting_down = true;
        let wakers = state.leaving.take();
        drop(state);
        wake(wakers);
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        let mut state = self.shared.lock();
        state.gone = true;
        let pieces = state.clear();
        let end = state.end.take();
        let wakers = [state.senders.take(), state.closing.take(), state.leaving.take()];
        let receiver = state.receiver.take();
        drop(state);
        self.shared.room.notify_all();
        wake(wakers.into_iter().flatten());
        drop((pieces, end, receiver));
    }
}
