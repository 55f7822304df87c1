//! Content from a reader that blocks.

use std::future::Future;
use std::io::{self, ErrorKind, Read};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

use super::{Body, BodyStream};
use crate::runtime::{JoinHandle, spawn_blocking_in_turn};
use crate::{Error, JoinError};

/// Octets of one read.
const BUFFER: usize = 64 * 1024;

impl Body {
    /// Content that is read, to its end, by threads that may block
    /// ([`App::blocking_threads`](crate::App::blocking_threads)): a file, a decompressor, an archive.
    ///
    /// One buffer of 64 KiB is read ahead of what the peer takes, and no thread is held by a peer that is slow. A reader that
    /// is slow holds one while it blocks, also that of an answer whose turn is still to come. Where all threads are busy, it
    /// waits for its turn, whatever [`BlockingOverflow`](crate::BlockingOverflow) says. Nothing is read for `HEAD`. It is
    /// chunked unless it is told [its length](Self::with_length); an error cuts it short.
    ///
    /// ```
    /// use rajada_mio::{App, Body, Request, TestClient};
    ///
    /// let app = App::new().get("/zeros", |_: &Request| Body::from_read(std::io::Read::take(std::io::repeat(0), 100_000)));
    /// assert_eq!(TestClient::new(app).get("/zeros").send().content(), vec![0; 100_000]);
    /// ```
    #[doc(alias("file", "Read", "spawn_blocking"))]
    pub fn from_read(reader: impl Read + Send + 'static) -> Body {
        Body::Stream(Box::new(OfRead::Idle(reader)))
    }
}

/// A reader, wherever it is.
enum OfRead<R> {
    /// Here.
    Idle(R),
    /// With a thread that reads from it.
    Reading(JoinHandle<Taken<R>>),
    Over,
}

/// A reader with what was read from it.
struct Taken<R> {
    reader: R,
    /// Empty at the end.
    piece: io::Result<Bytes>,
}

impl<R: Read + Send + 'static> OfRead<R> {
    fn read(mut reader: R) -> OfRead<R> {
        OfRead::Reading(spawn_blocking_in_turn(move || {
            let piece = read_piece(&mut reader);
            Taken { reader, piece }
        }))
    }

    /// Waits for what is being read.
    fn poll_taken(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Taken<R>, JoinError>>> {
        if let OfRead::Idle(_) = self
            && let OfRead::Idle(reader) = core::mem::replace(self, OfRead::Over)
        {
            *self = OfRead::read(reader);
        }
        match self {
            OfRead::Reading(handle) => Pin::new(handle).poll(cx).map(Some),
            OfRead::Idle(_) | OfRead::Over => Poll::Ready(None),
        }
    }
}

impl<R: Read + Send + 'static> BodyStream for OfRead<R> {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        let Some(taken) = ready!(self.poll_taken(cx)) else { return Poll::Ready(None) };
        *self = OfRead::Over;
        let Taken { reader, piece } = taken?;
        let piece = piece?;
        if piece.is_empty() {
            return Poll::Ready(None);
        }
        // While the peer takes this one.
        *self = OfRead::read(reader);
        Poll::Ready(Some(Ok(piece)))
    }
}

/// The next octets of a reader; none at its end.
fn read_piece(reader: &mut impl Read) -> io::Result<Bytes> {
    let mut buffer = vec![0; BUFFER];
    loop {
        match reader.read(&mut buffer) {
            Ok(count) => return Ok(piece(&mut buffer, count)),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// The first `count` octets of a buffer. One that is nearly empty is not kept for them.
pub(super) fn piece(buffer: &mut Vec<u8>, count: usize) -> Bytes {
    if count < buffer.len() / 2 {
        return Bytes::copy_from_slice(&buffer[..count]);
    }
    buffer.truncate(count);
    core::mem::take(buffer).into()
}
