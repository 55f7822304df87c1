//! Content as a stream of the crates around `futures`.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use futures_core::stream::FusedStream;

use super::{ContentStream, State};
use crate::RequestError;

impl Stream for ContentStream {
    type Item = Result<Bytes, RequestError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        ContentStream::poll_next(self.get_mut(), cx)
    }
}

impl FusedStream for ContentStream {
    fn is_terminated(&self) -> bool {
        self.state == State::Ended && self.ready.is_empty()
    }
}
