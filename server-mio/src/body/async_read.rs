//! Content from a reader of tokio.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::io::{AsyncRead, ReadBuf};

use super::read::piece;
use super::{Body, BodyStream};
use crate::Error;

/// Octets of one read.
const BUFFER: usize = 32 * 1024;

impl Body {
    /// Content that is read, to its end, as fast as the peer takes it: from a socket, a pipe, a file of tokio. A reader
    /// that needs a runtime of tokio has it by [`App::tokio`](crate::App::tokio). It is chunked unless it is told
    /// [its length](Self::with_length); an error cuts it short.
    ///
    /// ```
    /// use rajada_mio::{App, Body, Request, TestClient};
    ///
    /// let app = App::new().get("/", |_: &Request| Body::from_async_read(&b"Hello world!"[..]));
    /// assert_eq!(TestClient::new(app).get("/").send().text(), "Hello world!");
    /// ```
    #[doc(alias("AsyncRead", "ReaderStream"))]
    pub fn from_async_read(reader: impl AsyncRead + 'static) -> Body {
        Body::Stream(Box::new(OfAsyncRead { reader: Some(Box::pin(reader)) }))
    }
}

struct OfAsyncRead<R> {
    /// Until its end.
    reader: Option<Pin<Box<R>>>,
}

impl<R: AsyncRead + 'static> BodyStream for OfAsyncRead<R> {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        let Some(reader) = &mut self.reader else { return Poll::Ready(None) };
        // Made anew each time: one that waits for its source holds none.
        let mut buffer = vec![0; BUFFER];
        let mut room = ReadBuf::new(&mut buffer);
        ready!(reader.as_mut().poll_read(cx, &mut room))?;
        match room.filled().len() {
            0 => {
                self.reader = None;
                Poll::Ready(None)
            }
            count => Poll::Ready(Some(Ok(piece(&mut buffer, count)))),
        }
    }
}
