//! From the answer of a service to ours.

use std::any::Any;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http_body::{Body, Frame};

use super::BoxError;
use super::answer_body::AnswerBody;
use crate::{Body as Ours, BodyStream, Error, Headers, Response, Status, gate};

/// A place for the content of an answer, to be used again.
pub(super) type Slot<B> = Pin<Box<Option<B>>>;

/// Gives the answer of a service. Of its content the first piece is asked for: what is whole then leaves whole.
pub(super) fn give<B>(
    answer: http::Response<B>,
    is_head: bool,
    slot: &mut Slot<B>,
    cx: &mut Context<'_>,
    response: &mut Response<'_>,
) where
    B: Body + 'static,
    B::Error: Into<BoxError> + 'static,
{
    let (parts, body) = answer.into_parts();
    match Status::try_from(parts.status) {
        Ok(status) if status == response.status() => {}
        Ok(status) => {
            response.set_status(status);
        }
        Err(error) => {
            gate::discard(body);
            return response.fail(error.into());
        }
    }
    let told = match response.take_http_fields(&parts.headers) {
        Ok(told) => told,
        Err(error) => {
            gate::discard(body);
            return response.fail(error.into());
        }
    };
    let mut body = Some(body);
    let any: &mut dyn Any = &mut body;
    if let Some(own) = any.downcast_mut::<Option<AnswerBody>>().and_then(Option::take) {
        let (content, waiting) = own.into_parts();
        waiting.into_iter().for_each(|waiting| {
            response.on_sent(waiting);
        });
        return response.send_told(told, content);
    }
    let Some(body) = body else { return };
    slot.set(Some(body));
    let exact = slot.as_ref().as_pin_ref().and_then(|body| body.size_hint().exact());
    if is_head || has_no_content(response.status()) {
        // Nothing at all may be what it does not make here.
        let content = match told.length().or(exact.filter(|octets| *octets > 0)) {
            None if exact == Some(0) && !is_head => Ours::Empty,
            octets => Ours::Omitted(octets),
        };
        gate::run("content that is not sent", || slot.set(None));
        return response.send_told(told, content);
    }
    let first = slot.as_mut().as_pin_mut().map(|body| body.poll_frame(cx));
    let mut taken = Taken::default();
    match first {
        None | Some(Poll::Ready(None)) => {
            slot.set(None);
            return response.send_told(told, Ours::Empty);
        }
        Some(Poll::Ready(Some(Err(error)))) => {
            slot.set(None);
            return response.fail(Error::from(error.into()));
        }
        Some(Poll::Ready(Some(Ok(frame)))) => {
            let piece = taken.take(frame);
            let length = piece.as_ref().map_or(0, Bytes::len);
            let is_whole = exact == Some(length as u64)
                || slot.as_ref().as_pin_ref().is_some_and(|body| body.is_end_stream());
            if !taken.is_over && is_whole {
                slot.set(None);
                return response.send_told(told, piece.map_or(Ours::Empty, Ours::Owned));
            }
            taken.held = piece;
        }
        Some(Poll::Pending) => {}
    }
    let length = exact.or_else(|| told.length()).filter(|_| !taken.is_over);
    // It goes where the content goes.
    let body = core::mem::replace(slot, Box::pin(None));
    response.send_told(told, Ours::Stream(Box::new(Frames { taken, body, length })));
}

/// Whether answers with a status have no content (RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5).
fn has_no_content(status: Status) -> bool {
    matches!(status.as_u16(), 204 | 205 | 304)
}

/// Content that comes frame by frame.
struct Frames<B> {
    taken: Taken,
    body: Slot<B>,
    length: Option<u64>,
}

/// What has come of it.
#[derive(Default)]
struct Taken {
    /// The first piece.
    held: Option<Bytes>,
    /// Trailers have come, or nothing more.
    is_over: bool,
    trailers: Option<Headers>,
}

impl Taken {
    /// The octets of a frame, if it has any.
    fn take<D: Buf>(&mut self, frame: Frame<D>) -> Option<Bytes> {
        match frame.into_data() {
            Ok(mut data) => Some(data.copy_to_bytes(data.remaining())),
            Err(frame) => {
                let trailers = frame.into_trailers().ok();
                self.trailers = trailers.and_then(|fields| Headers::try_from(&fields).ok());
                self.is_over = true;
                None
            }
        }
    }
}

impl<B> BodyStream for Frames<B>
where
    B: Body + 'static,
    B::Error: Into<BoxError> + 'static,
{
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        if let Some(first) = self.taken.held.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        while !self.taken.is_over {
            let Some(body) = self.body.as_mut().as_pin_mut() else { break };
            match body.poll_frame(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(None) => self.taken.is_over = true,
                Poll::Ready(Some(Err(error))) => {
                    return Poll::Ready(Some(Err(Error::from(error.into()))));
                }
                Poll::Ready(Some(Ok(frame))) => {
                    if let Some(piece) = self.taken.take(frame) {
                        return Poll::Ready(Some(Ok(piece)));
                    }
                }
            }
        }
        Poll::Ready(None)
    }

    fn length(&self) -> Option<u64> {
        self.length
    }

    fn trailers(&mut self) -> Option<Headers> {
        self.taken.trailers.take()
    }
}
