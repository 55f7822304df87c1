//! Content that is taken as it arrives.

#[cfg(feature = "tokio")]
mod async_read;
mod flow;
#[cfg(feature = "stream")]
mod futures_stream;
mod trailers;

use flow::Taker;
pub(crate) use flow::{Flow, Source, Terms};
pub(crate) use trailers::Trailers;

use core::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use rajada_parser::Fields;

use super::RequestError;
use crate::{Body, BodyStream, Error};

/// The content of a request, taken as it arrives: what a handler gets beside its [`OwnedRequest`](crate::OwnedRequest) that
/// begins when the head of its request is there.
///
/// ```
/// use rajada_mio::{App, ContentStream, Endpoint, OwnedRequest, RequestError, TestClient};
///
/// async fn count(_: OwnedRequest, mut content: ContentStream) -> Result<String, RequestError> {
///     let mut octets = 0;
///     while let Some(piece) = content.next().await {
///         octets += piece?.len() as u64;
///     }
///     Ok(octets.to_string())
/// }
///
/// let app = App::new().put("/film", Endpoint::new(count).content_limit(8 << 30));
/// let mut client = TestClient::new(app);
/// let answer = client.request("PUT", "/film").content("video/mp4", "x".repeat(3 << 20)).send();
/// assert_eq!(answer.text(), "3145728");
/// ```
///
/// Nothing is read before content is asked for, and a client that waits for `100 (Continue)` is sent it then (RFC 9110
/// section 10.1.1). From then on the [window](crate::Endpoint::content_window) is read ahead; while that is full, the
/// connection is not read, and the client has to wait. It is bounded by the [limit of its route](crate::Endpoint::content_limit)
/// alone, however large that is.
///
/// It may be sent to another thread or task, and taken there, for as long as the request lasts: until it is answered in full. An
/// answer may be made of it while it arrives, since it is a [`Body`], too. If it is dropped, or the answer is given before
/// its end, the rest is thrown away as far as [`Limits::drain`](crate::Limits::drain) allows, or else the connection closes
/// behind the answer.
///
/// What was [read by a hook](crate::OwnedRequest::read_content) is given as one piece.
pub struct ContentStream {
    /// What was taken out of the flow, or was there from the beginning.
    ready: Bytes,
    /// None: all there ever was is `ready`.
    flow: Option<Taker>,
    length: Option<u64>,
    begun: bool,
    state: State,
    trailers: Option<Arc<Trailers>>,
}

/// How far a stream is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Open,
    /// It failed, and nobody was told yet.
    Failing(RequestError),
    Ended,
}

/// A wait for the next piece, which may be given up.
struct Wait<'c> {
    content: &'c mut ContentStream,
    is_over: bool,
}

impl Wait<'_> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, RequestError>>> {
        let polled = self.content.poll_next(cx);
        self.is_over = polled.is_ready();
        polled
    }
}

/// Nobody waits for the peer then.
impl Drop for Wait<'_> {
    fn drop(&mut self) {
        if let Some(flow) = &mut self.content.flow
            && !self.is_over
        {
            flow.leave();
        }
    }
}

impl ContentStream {
    /// Content that is there as a whole.
    pub(super) fn whole(octets: Bytes) -> ContentStream {
        let length = Some(octets.len() as u64);
        let state = State::Open;
        ContentStream { ready: octets, flow: None, length, begun: false, state, trailers: None }
    }

    /// Content that there will never be.
    pub(super) fn failed(error: RequestError) -> ContentStream {
        ContentStream { state: State::Failing(error), ..ContentStream::whole(Bytes::new()) }
    }

    /// Content that arrives, behind what has arrived already.
    pub(in crate::request) fn behind(ready: Bytes, flow: &Arc<Flow>) -> ContentStream {
        let (flow, length) = (Some(Taker::new(flow)), flow.length());
        ContentStream { flow, length, ..ContentStream::whole(ready) }
    }

    /// Waits for the next piece: all that has come, and at most the [window](crate::Endpoint::content_window) and what one read
    /// brings. `None` is the end, also behind an error.
    ///
    /// Nothing is lost if it is dropped before it is ready.
    ///
    /// # Errors
    /// That not all of the content will come. A handler that passes it on by `?` answers with its
    /// [status](RequestError::status): [`RequestError::TooLarge`] (413), [`RequestError::Malformed`] (400, as a rule),
    /// [`RequestError::Late`] (408), [`RequestError::Crowded`] (503); [`RequestError::Cut`] where the peer has gone, and
    /// [`RequestError::Over`] behind the end of the answer.
    pub async fn next(&mut self) -> Option<Result<Bytes, RequestError>> {
        let mut wait = Wait { content: self, is_over: false };
        poll_fn(|cx| wait.poll(cx)).await
    }

    /// The same, for who polls.
    ///
    /// # Errors
    /// As of [`next`](Self::next).
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, RequestError>>> {
        self.begun = true;
        if !self.ready.is_empty() {
            return Poll::Ready(Some(Ok(core::mem::take(&mut self.ready))));
        }
        match core::mem::replace(&mut self.state, State::Ended) {
            State::Open => {}
            State::Failing(error) => return Poll::Ready(Some(Err(error))),
            State::Ended => return Poll::Ready(None),
        }
        let Some(flow) = &mut self.flow else { return Poll::Ready(None) };
        match flow.poll_next(cx) {
            Poll::Pending => {
                self.state = State::Open;
                Poll::Pending
            }
            Poll::Ready(Ok(Some(piece))) => {
                self.state = State::Open;
                Poll::Ready(Some(Ok(piece)))
            }
            Poll::Ready(Ok(None)) => {
                self.trailers = flow.trailers();
                Poll::Ready(None)
            }
            Poll::Ready(Err(error)) => Poll::Ready(Some(Err(error))),
        }
    }

    /// Waits for all that was not taken yet, and gives it as one.
    ///
    /// # Errors
    /// As of [`next`](Self::next); [`RequestError::TooLarge`] as soon as there are more than `limit` octets.
    pub async fn collect(&mut self, limit: usize) -> Result<Bytes, RequestError> {
        let known = if self.begun { None } else { self.length };
        if known.is_some_and(|length| length > limit as u64) {
            return Err(RequestError::TooLarge);
        }
        let mut first = Bytes::new();
        let mut all = BytesMut::new();
        while let Some(piece) = self.next().await {
            let piece = piece?;
            if first.len() + all.len() + piece.len() > limit {
                return Err(RequestError::TooLarge);
            }
            if first.is_empty() && all.is_empty() {
                // As a rule there is no other.
                first = piece;
                continue;
            }
            all.extend_from_slice(&core::mem::take(&mut first));
            all.extend_from_slice(&piece);
        }
        Ok(if all.is_empty() { first } else { all.freeze() })
    }

    /// Octets of the content in all, where the head of the request tells (`Content-Length`); `None` for chunks.
    pub fn length(&self) -> Option<u64> {
        self.length
    }

    /// The fields of the trailer section, behind the end of chunked content (RFC 9110 section 6.5); none before
    /// [`next`](Self::next) has told that it is the end. They are as many as a head may have, at the most.
    ///
    /// Never merge them into the fields of the head, and use only those whose definition allows them to be trailers (RFC 9110
    /// section 6.5.1).
    pub fn trailers(&self) -> Fields<'_, '_> {
        match &self.trailers {
            Some(trailers) => trailers.fields(),
            None => Fields::new(&[], &[]),
        }
    }
}

/// So an answer can be made of content while it arrives.
impl BodyStream for ContentStream {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        ContentStream::poll_next(self, cx).map_err(Error::from)
    }

    fn length(&self) -> Option<u64> {
        if self.begun { None } else { self.length }
    }
}

impl From<ContentStream> for Body {
    fn from(content: ContentStream) -> Body {
        Body::Stream(Box::new(content))
    }
}

impl fmt::Debug for ContentStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContentStream")
            .field("length", &self.length)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
