//! What makes the content of an answer piece by piece.

use std::task::{Context, Poll};

use bytes::Bytes;

use crate::{Error, Headers};

/// Makes the content of an answer piece by piece, as fast as the peer takes it.
///
/// ```
/// use rajada_mio::{App, Body, BodyStream, Bytes, Error, Request};
/// use std::task::{Context, Poll};
///
/// struct Squares(u64);
///
/// impl BodyStream for Squares {
///     fn poll_next(&mut self, _: &mut Context) -> Poll<Option<Result<Bytes, Error>>> {
///         self.0 += 1;
///         Poll::Ready((self.0 <= 1000).then(|| Ok(format!("{}\n", self.0 * self.0).into())))
///     }
/// }
///
/// App::new().get("/squares", |_: &Request| Body::Stream(Box::new(Squares(0))));
/// ```
pub trait BodyStream: 'static {
    /// The next piece; `None` at the end. Empty pieces are skipped.
    ///
    /// # Errors
    /// Cuts the answer short, so that the peer can tell, and closes the connection.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>>;

    /// The octets in all, if that is known: the answer then says so by `Content-Length`. Without it the content is chunked
    /// (RFC 9112 section 7.1), or ends with the connection where the client speaks HTTP/1.0. Asked once, before the first
    /// piece. A stream that gives fewer octets or more cuts the answer short, as an error does.
    fn length(&self) -> Option<u64> {
        None
    }

    /// Fields behind the content (RFC 9110 section 6.5), asked for once, when [`poll_next`](Self::poll_next) has given
    /// `None`.
    ///
    /// They are sent behind content in chunks alone: not where the [length](Self::length) is known, nor to a client of
    /// HTTP/1.0. Whoever is on the way may leave them out, so the content must make sense without them. A field that is
    /// not allowed there (RFC 9110 section 6.5.1: framing, routing, authentication, `Content-Type` and others that are
    /// needed before the content) is left out, and logged as an error. The header `Trailer`, which announces their names,
    /// is the handler's.
    fn trailers(&mut self) -> Option<Headers> {
        None
    }

    /// Octets that may wait for the peer at most: while there are as many, the next piece is not asked for. Without it only
    /// [`Limits::held`](crate::Limits::held) bounds them.
    fn window(&self) -> usize {
        usize::MAX
    }

    /// Whether there is no sense in sending what the peer does not take: the stream is woken, and asked this in place of the
    /// next piece while there is no room for one. Then the answer is cut short; if the peer takes nothing, what waits for
    /// it is dropped, and its connection closed at once.
    fn is_given_up(&mut self) -> bool {
        false
    }

    /// Service ends: what would go on for ever should come to its end. Told once, before the next piece is asked for.
    fn shut_down(&mut self) {}
}
