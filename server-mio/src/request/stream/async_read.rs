//! Content as what code for tokio reads from.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncBufRead, AsyncRead, ReadBuf};

use super::ContentStream;
use crate::RequestError;

/// An error is one of `std::io`, around the [`RequestError`], which [`Error`](crate::Error) finds again for its status.
impl AsyncRead for ContentStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let octets = ready!(self.as_mut().poll_fill_buf(cx))?;
        let count = octets.len().min(buffer.remaining());
        buffer.put_slice(&octets[..count]);
        self.consume(count);
        Poll::Ready(Ok(()))
    }
}

impl AsyncBufRead for ContentStream {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        let this = self.get_mut();
        if this.ready.is_empty()
            && let Some(piece) = ready!(ContentStream::poll_next(this, cx))
        {
            this.ready = piece.map_err(of_io)?;
        }
        this.begun = true;
        Poll::Ready(Ok(&this.ready))
    }

    fn consume(mut self: Pin<&mut Self>, count: usize) {
        let count = count.min(self.ready.len());
        drop(self.ready.split_to(count));
    }
}

fn of_io(error: RequestError) -> io::Error {
    let kind = match error {
        RequestError::Cut => io::ErrorKind::UnexpectedEof,
        RequestError::Late => io::ErrorKind::TimedOut,
        _ => io::ErrorKind::InvalidData,
    };
    io::Error::new(kind, error)
}
