//! A service as a handler.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::Body;
use tower_service::Service;

use super::answer::{Slot, give};
use super::{BoxError, RequestBody};
use crate::handler::{AsyncHandler, ReusableFuture};
use crate::hook::Local;
use crate::interop::http::receive;
use crate::response::Preset;
use crate::{Error, OwnedRequest, OwnedResponse, Response};

/// What makes services: one for each request that is at work at the same time, and those are used again.
pub(super) struct Mount<M>(pub(super) M);

impl<M, S, B> AsyncHandler for Arc<Mount<M>>
where
    M: Fn() -> S + Send + Sync + 'static,
    S: Service<http::Request<RequestBody>, Response = http::Response<B>> + 'static,
    S::Error: Into<BoxError> + 'static,
    B: Body + 'static,
    B::Error: Into<BoxError> + 'static,
{
    fn place(&self) -> Box<dyn ReusableFuture> {
        Box::new(Place {
            mount: self.clone(),
            service: None,
            waiting: None,
            future: Box::pin(None),
            slot: Box::pin(None),
            is_head: false,
        })
    }

    fn streams(&self) -> bool {
        true
    }

    fn call(&self, request: OwnedRequest, preset: Option<Arc<Preset>>) -> Local<'_, OwnedResponse> {
        Box::pin(async move {
            let request = match asked(request) {
                Ok(request) => request,
                Err(error) => return OwnedResponse::from(error),
            };
            let is_head = request.method() == http::Method::HEAD;
            answer_of((self.0)(), request, is_head, preset.as_deref()).await
        })
    }
}

/// The request that a service is given.
fn asked(mut request: OwnedRequest) -> Result<http::Request<RequestBody>, Error> {
    let mut asked = http::Request::new(RequestBody::whole(Bytes::new()));
    receive(&mut asked, &request)?;
    match request.content_bytes() {
        Ok(octets) => {
            *asked.body_mut() = RequestBody::whole(octets);
            asked.extensions_mut().insert(request);
        }
        Err(_) => {
            asked.extensions_mut().insert(request.clone());
            *asked.body_mut() = RequestBody::arriving(&mut request);
        }
    }
    Ok(asked)
}

/// Calls a service when it is ready. What comes back is its answer, with what hooks have set of it.
pub(super) async fn answer_of<S, B>(
    mut service: S,
    request: http::Request<RequestBody>,
    is_head: bool,
    preset: Option<&Preset>,
) -> OwnedResponse
where
    S: Service<http::Request<RequestBody>, Response = http::Response<B>>,
    S::Error: Into<BoxError> + 'static,
    B: Body + 'static,
    B::Error: Into<BoxError> + 'static,
{
    let answer = match poll_fn(|cx| service.poll_ready(cx)).await {
        Ok(()) => service.call(request).await,
        Err(error) => Err(error),
    };
    let mut answer = Some(answer);
    poll_fn(|cx| {
        Poll::Ready(OwnedResponse::record_behind(preset, |response| match answer.take() {
            Some(Ok(answer)) => give(answer, is_head, &mut Box::pin(None), cx, response),
            Some(Err(error)) => response.fail(Error::from(error.into())),
            None => {}
        }))
    })
    .await
}

/// A place for one request of a service at a time. The service stays in it: the one that was ready is the one that is called.
struct Place<M, S, B>
where
    S: Service<http::Request<RequestBody>>,
{
    mount: Arc<Mount<M>>,
    /// One that has done well so far.
    service: Option<S>,
    /// The request, until the service is ready for it.
    waiting: Option<http::Request<RequestBody>>,
    future: Pin<Box<Option<S::Future>>>,
    slot: Slot<B>,
    is_head: bool,
}

impl<M, S, B> Place<M, S, B>
where
    M: Fn() -> S,
    S: Service<http::Request<RequestBody>, Response = http::Response<B>>,
{
    /// Calls the service, if it is ready for the request; it waits otherwise.
    fn poll_call(
        &mut self,
        request: http::Request<RequestBody>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<(), S::Error>> {
        // One that panics, or has failed, is not put back.
        let mut service = self.service.take().unwrap_or_else(|| (self.mount.0)());
        let polled = service.poll_ready(cx);
        match &polled {
            Poll::Pending => self.waiting = Some(request),
            Poll::Ready(Err(_)) => return polled,
            Poll::Ready(Ok(())) => self.future.set(Some(service.call(request))),
        }
        self.service = Some(service);
        polled
    }

    fn poll_answer(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<http::Response<B>>, S::Error>> {
        if let Some(request) = self.waiting.take() {
            ready!(self.poll_call(request, cx))?;
        }
        let Some(future) = self.future.as_mut().as_pin_mut() else { return Poll::Ready(Ok(None)) };
        let answer = ready!(future.poll(cx));
        self.future.set(None);
        Poll::Ready(answer.map(Some))
    }
}

impl<M, S, B> ReusableFuture for Place<M, S, B>
where
    M: Fn() -> S,
    S: Service<http::Request<RequestBody>, Response = http::Response<B>>,
    S::Error: Into<BoxError> + 'static,
    B: Body + 'static,
    B::Error: Into<BoxError> + 'static,
{
    fn begin(
        &mut self,
        request: OwnedRequest,
        cx: &mut Context<'_>,
        response: &mut Response<'_>,
    ) -> Poll<()> {
        let request = match asked(request) {
            Ok(request) => request,
            Err(error) => {
                response.fail(error);
                return Poll::Ready(());
            }
        };
        self.is_head = request.method() == http::Method::HEAD;
        match ready!(self.poll_call(request, cx)) {
            Ok(()) => self.poll(cx, response),
            Err(error) => {
                response.fail(Error::from(error.into()));
                Poll::Ready(())
            }
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>, response: &mut Response<'_>) -> Poll<()> {
        match ready!(self.poll_answer(cx)) {
            Ok(Some(answer)) => give(answer, self.is_head, &mut self.slot, cx, response),
            Ok(None) => {}
            Err(error) => response.fail(Error::from(error.into())),
        }
        Poll::Ready(())
    }

    fn clear(&mut self) {
        let is_at_work = self.waiting.is_some() || self.future.is_some();
        if is_at_work {
            // It may hold a place among others that it is ready for.
            self.service = None;
        }
        self.waiting = None;
        self.future.set(None);
        self.slot.set(None);
    }
}
