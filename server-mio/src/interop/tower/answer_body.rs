//! The content of an answer of ours, as layers see it.

use core::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

use crate::{Body, Error, gate};

/// The content of an answer, as a layer around handlers sees it.
pub struct AnswerBody {
    content: Body,
    /// Who waits for the answer to leave.
    told: Vec<Box<dyn FnOnce()>>,
}

impl AnswerBody {
    pub(super) fn new(content: Body, told: Vec<Box<dyn FnOnce()>>) -> AnswerBody {
        AnswerBody { content, told }
    }

    /// What it was made of, if no layer has put anything around it.
    pub(super) fn into_parts(mut self) -> (Body, Vec<Box<dyn FnOnce()>>) {
        let content = core::mem::replace(&mut self.content, Body::Empty);
        (content, core::mem::take(&mut self.told))
    }

    /// All of it is handed on: nobody knows better when it leaves.
    fn end(&mut self) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        core::mem::take(&mut self.told).into_iter().for_each(|told| gate::run("a callback", told));
        Poll::Ready(None)
    }
}

impl http_body::Body for AnswerBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let octets = match &mut self.content {
            Body::Empty | Body::Omitted(_) | Body::Upgrade(_) => return self.end(),
            Body::Static(octets) => Bytes::from_static(octets),
            Body::Owned(octets) => core::mem::take(octets),
            Body::Stream(stream) => {
                return match stream.poll_next(cx) {
                    Poll::Pending => Poll::Pending,
                    Poll::Ready(Some(Ok(piece))) => Poll::Ready(Some(Ok(Frame::data(piece)))),
                    Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(BodyError(error)))),
                    Poll::Ready(None) => {
                        let trailers = stream.trailers();
                        self.content = Body::Empty;
                        match trailers {
                            Some(fields) => {
                                let fields = http::HeaderMap::from(&fields);
                                Poll::Ready(Some(Ok(Frame::trailers(fields))))
                            }
                            None => self.end(),
                        }
                    }
                };
            }
        };
        self.content = Body::Empty;
        match octets.is_empty() {
            true => self.end(),
            false => Poll::Ready(Some(Ok(Frame::data(octets)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        let is_empty = match &self.content {
            Body::Omitted(_) => true,
            content => content.octets().is_some_and(<[u8]>::is_empty),
        };
        self.told.is_empty() && is_empty
    }

    fn size_hint(&self) -> SizeHint {
        let length = match &self.content {
            Body::Stream(stream) => stream.length(),
            Body::Omitted(octets) => *octets,
            whole => whole.octets().map(|octets| octets.len() as u64),
        };
        length.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// What the content of an answer has failed with.
pub struct BodyError(Error);

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl core::error::Error for BodyError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        Some(self.0.source())
    }
}

impl fmt::Debug for AnswerBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("AnswerBody").field(&self.content).finish()
    }
}
