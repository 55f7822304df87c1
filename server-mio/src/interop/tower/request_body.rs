//! The content of a request that a service is given.

use core::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use http_body::{Body, Frame, SizeHint};

use crate::{BodyStream, ContentStream, OwnedRequest, RequestError};

/// The content of a request that a service or a layer is given. It may be read on any thread, for as long as the request
/// lasts.
///
/// A service's arrives while it is read, as a [`ContentStream`] does: nothing is asked for before that, and trailers stand
/// behind it. A layer's ([`App::layer`](crate::App::layer)) is asked for when it is read first, and given as a whole, as by
/// [`OwnedRequest::read_content`].
pub struct RequestBody(Content);

/// (Small: it moves with its request, and is boxed by most who take it.)
enum Content {
    /// All of it is where its request is.
    There(OwnedRequest),
    /// All of it, copied.
    Copied(Box<[u8]>),
    Arriving(Box<ContentStream>),
    Unread(OwnedRequest),
    Awaited(Pin<Box<dyn Future<Output = Result<Bytes, RequestError>> + Send + Sync>>),
    Taken,
}

impl RequestBody {
    /// No content.
    pub(super) fn none() -> RequestBody {
        RequestBody(Content::Taken)
    }

    /// A copy of content that is lent.
    pub(super) fn copied(content: &[u8]) -> RequestBody {
        RequestBody(if content.is_empty() {
            Content::Taken
        } else {
            Content::Copied(content.into())
        })
    }

    /// The content of a request, as it is there or arrives.
    pub(super) fn of(request: &OwnedRequest) -> RequestBody {
        RequestBody(match request.content() {
            Ok([]) => Content::Taken,
            Ok(_) => Content::There(request.clone()),
            Err(_) => Content::Arriving(Box::new(request.clone().take_content())),
        })
    }

    /// Content that is asked for when it is read.
    pub(super) fn unread(request: OwnedRequest) -> RequestBody {
        RequestBody(Content::Unread(request))
    }

    /// Whether nobody has read of it.
    pub(super) fn is_unread(&self) -> bool {
        matches!(self.0, Content::Unread(_))
    }
}

/// All of the content.
async fn read(mut request: OwnedRequest) -> Result<Bytes, RequestError> {
    request.read_content().await?;
    request.content_bytes()
}

/// The fields behind content.
fn trailers(stream: &ContentStream) -> Option<HeaderMap> {
    let mut fields = HeaderMap::new();
    for field in stream.trailers().iter() {
        let name = HeaderName::from_bytes(field.name).ok()?;
        fields.try_append(name, HeaderValue::from_bytes(field.value).ok()?).ok()?;
    }
    (!fields.is_empty()).then_some(fields)
}

/// # Errors
/// That not all of the content comes, or that it is more than the route takes.
impl Body for RequestBody {
    type Data = Bytes;
    type Error = RequestError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, RequestError>>> {
        loop {
            match core::mem::replace(&mut self.0, Content::Taken) {
                Content::Taken => return Poll::Ready(None),
                Content::Copied(octets) => {
                    return Poll::Ready(Some(Ok(Frame::data(octets.into()))));
                }
                Content::There(request) => {
                    return Poll::Ready(Some(request.content_bytes().map(Frame::data)));
                }
                Content::Arriving(mut stream) => {
                    let polled = stream.poll_next(cx).map_ok(Frame::data);
                    if let Poll::Ready(None) = polled {
                        return Poll::Ready(trailers(&stream).map(Frame::trailers).map(Ok));
                    }
                    self.0 = Content::Arriving(stream);
                    return polled;
                }
                Content::Unread(request) => self.0 = Content::Awaited(Box::pin(read(request))),
                Content::Awaited(mut reading) => match reading.as_mut().poll(cx) {
                    Poll::Pending => {
                        self.0 = Content::Awaited(reading);
                        return Poll::Pending;
                    }
                    Poll::Ready(Ok(octets)) if octets.is_empty() => {}
                    Poll::Ready(Ok(octets)) => return Poll::Ready(Some(Ok(Frame::data(octets)))),
                    Poll::Ready(Err(error)) => return Poll::Ready(Some(Err(error))),
                },
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.0, Content::Taken)
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Content::Taken => SizeHint::with_exact(0),
            Content::Copied(octets) => SizeHint::with_exact(octets.len() as u64),
            Content::There(request) => SizeHint::with_exact(request.bytes().len() as u64),
            Content::Arriving(stream) => {
                BodyStream::length(&**stream).map_or_else(SizeHint::default, SizeHint::with_exact)
            }
            Content::Unread(_) | Content::Awaited(_) => SizeHint::default(),
        }
    }
}

impl fmt::Debug for RequestBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RequestBody").field(&self.size_hint().exact()).finish()
    }
}
