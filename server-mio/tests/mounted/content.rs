//! Content of requests and answers that goes through a service.

use std::pin::Pin;
use std::task::{Context, Poll};

use http_body::{Body as _, Frame, SizeHint};
use http_body_util::BodyExt;
use rajada_mio::{Body, BodyStream, Bytes, Error, Headers, RequestBody, RequestError};

use crate::handler::Failed;

/// Content of a request, read as a service reads it.
pub(crate) struct ContentStream {
    body: RequestBody,
    trailers: Headers,
}

impl ContentStream {
    pub(crate) fn new(body: RequestBody) -> ContentStream {
        ContentStream { body, trailers: Headers::new() }
    }

    pub(crate) async fn next(&mut self) -> Option<Result<Bytes, RequestError>> {
        let frame = self.body.frame().await;
        self.piece(frame)
    }

    pub(crate) fn length(&self) -> Option<u64> {
        self.body.size_hint().exact()
    }

    pub(crate) fn trailers(&self) -> &Headers {
        &self.trailers
    }

    /// The piece that a frame is; there is none behind trailers.
    fn piece(
        &mut self,
        frame: Option<Result<Frame<Bytes>, RequestError>>,
    ) -> Option<Result<Bytes, RequestError>> {
        let frame = match frame? {
            Ok(frame) => frame.into_data(),
            Err(error) => return Some(Err(error)),
        };
        let trailers = match frame {
            Ok(octets) => return Some(Ok(octets)),
            Err(frame) => frame.into_trailers().ok()?,
        };
        self.trailers = Headers::try_from(&trailers).ok()?;
        None
    }
}

impl BodyStream for ContentStream {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        polled.map(|frame| self.piece(frame).map(|piece| piece.map_err(Error::from)))
    }

    fn length(&self) -> Option<u64> {
        ContentStream::length(self)
    }
}

impl From<ContentStream> for Body {
    fn from(content: ContentStream) -> Body {
        Body::Stream(Box::new(content))
    }
}

/// Content of an answer, given as a service gives it.
pub(crate) struct Content(Body);

impl Content {
    pub(crate) fn new(body: Body) -> Content {
        Content(body)
    }
}

impl http_body::Body for Content {
    type Data = Bytes;
    type Error = Failed;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Failed>>> {
        let octets = match &mut self.0 {
            Body::Stream(stream) => {
                let Poll::Ready(piece) = stream.poll_next(cx) else { return Poll::Pending };
                let end = |fields| Ok(Frame::trailers(http::HeaderMap::from(&fields)));
                return Poll::Ready(match piece {
                    Some(piece) => Some(piece.map(Frame::data).map_err(Failed::from)),
                    None => stream.trailers().map(end),
                });
            }
            Body::Static(octets) => Bytes::from_static(octets),
            Body::Owned(octets) => std::mem::take(octets),
            _ => Bytes::new(),
        };
        self.0 = Body::Empty;
        Poll::Ready((!octets.is_empty()).then(|| Ok(Frame::data(octets))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.octets().is_some_and(<[u8]>::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        let length = match &self.0 {
            Body::Stream(stream) => stream.length(),
            Body::Omitted(octets) => *octets,
            whole => whole.octets().map(|octets| octets.len() as u64),
        };
        length.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}
