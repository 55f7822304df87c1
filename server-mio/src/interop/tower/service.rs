//! A service as a handler.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http_body::Body;
use tower_service::Service;

use super::answer::{Slot, give};
use super::held::Held;
use super::{BoxError, RequestBody};
use crate::handler::{AsyncHandler, ReusableFuture};
use crate::hook::Local;
use crate::interop::http::{receive, receive_lent};
use crate::request::Lent;
use crate::response::Preset;
use crate::{Error, OwnedRequest, OwnedResponse, Response, gate};

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

    fn reads_targets(&self) -> bool {
        true
    }

    fn call(&self, request: OwnedRequest, preset: Option<Arc<Preset>>) -> Local<'_, OwnedResponse> {
        Box::pin(async move {
            let mut asked = http::Request::new(RequestBody::none());
            if let Err(error) = ask(&mut asked, request) {
                return OwnedResponse::from(error);
            }
            let is_head = asked.method() == http::Method::HEAD;
            answer_of((self.0)(), asked, is_head, preset.as_deref()).await
        })
    }
}

/// Gives a new request what a service is given of one that a peer has sent.
fn ask(asked: &mut http::Request<RequestBody>, request: OwnedRequest) -> Result<(), Error> {
    receive(asked, &request)?;
    *asked.body_mut() = RequestBody::of(&request);
    asked.extensions_mut().insert(request);
    Ok(())
}

/// Calls a service when it is ready. What comes back is its answer, with what hooks have set of it.
pub(super) async fn answer_of<S, B>(
    service: S,
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
    let mut service = Held::new(service);
    let answer = match poll_fn(|cx| service.poll_ready(cx)).await {
        Ok(()) => service.call(request).await,
        Err(error) => Err(error),
    };
    let (mut answer, mut slot) = (Some(answer), Held::new(Box::pin(None)));
    poll_fn(|cx| {
        Poll::Ready(OwnedResponse::record_behind(preset, |response| match answer.take() {
            Some(Ok(answer)) => give(answer, is_head, &mut slot, cx, response),
            Some(Err(error)) => response.fail(Error::from(error.into())),
            None => {}
        }))
    })
    .await
}

/// The future of a call. (Not in line: it is large, and what a function returns moves once less.)
#[inline(never)]
fn called<S, R>(service: &mut S, asked: R) -> Option<S::Future>
where
    S: Service<R>,
{
    Some(service.call(asked))
}

/// A place for one request of a service at a time. The service stays in it: the one that was ready is the one that is called.
struct Place<M, S, B>
where
    S: Service<http::Request<RequestBody>>,
{
    mount: Arc<Mount<M>>,
    /// One that has done well so far.
    service: Option<Held<S>>,
    /// The request, until the service is ready for it.
    waiting: Option<http::Request<RequestBody>>,
    future: Pin<Box<Option<S::Future>>>,
    slot: Slot<B>,
    is_head: bool,
}

impl<M, S, B> Place<M, S, B>
where
    S: Service<http::Request<RequestBody>>,
{
    /// Drops what it has of a request, each part apart from the others: two panics at once would end the process.
    fn empty(&mut self) {
        gate::discard(self.waiting.take());
        gate::run("the future of a service", || self.future.set(None));
        gate::run("the content of an answer", || self.slot.set(None));
    }
}

impl<M, S, B> Place<M, S, B>
where
    M: Fn() -> S,
    S: Service<http::Request<RequestBody>, Response = http::Response<B>>,
{
    /// Takes out a service that is ready. One that panics, or has failed, is not put back.
    #[inline]
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<Held<S>, S::Error>> {
        let mut service = self.service.take().unwrap_or_else(|| Held::new((self.mount.0)()));
        match service.poll_ready(cx) {
            Poll::Ready(ready) => Poll::Ready(ready.map(|()| service)),
            Poll::Pending => {
                self.service = Some(service);
                Poll::Pending
            }
        }
    }

    /// Calls the service for a request that has waited for it, if it is ready.
    #[cold]
    fn poll_waiting(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        let ready = ready!(self.poll_ready(cx));
        let waiting = self.waiting.take();
        if let Some(request) = waiting {
            let mut service = ready?;
            self.future.set(called(&mut *service, request));
            self.service = Some(service);
        }
        Poll::Ready(Ok(()))
    }
}

impl<M, S, B> Place<M, S, B>
where
    M: Fn() -> S,
    S: Service<http::Request<RequestBody>, Response = http::Response<B>>,
    S::Error: Into<BoxError> + 'static,
    B: Body + 'static,
    B::Error: Into<BoxError> + 'static,
{
    /// Calls the service with a request that is filled here, when it is ready. (In line, and the request does not move before
    /// the call: it is large.)
    #[inline(always)]
    fn begin_with(
        &mut self,
        body: RequestBody,
        fill: impl FnOnce(&mut http::Request<RequestBody>) -> Result<(), Error>,
        cx: &mut Context<'_>,
        response: &mut Response<'_>,
    ) -> Poll<()> {
        let mut asked = http::Request::new(body);
        if let Err(error) = fill(&mut asked) {
            response.fail(error);
            return Poll::Ready(());
        }
        self.is_head = asked.method() == http::Method::HEAD;
        let mut service = match self.poll_ready(cx) {
            Poll::Ready(Ok(service)) => service,
            Poll::Ready(Err(error)) => {
                response.fail(Error::from(error.into()));
                return Poll::Ready(());
            }
            Poll::Pending => {
                self.waiting = Some(asked);
                return Poll::Pending;
            }
        };
        self.future.set(called(&mut *service, asked));
        self.service = Some(service);
        ReusableFuture::poll(self, cx, response)
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
        self.begin_with(RequestBody::none(), |asked| ask(asked, request), cx, response)
    }

    fn begin_lent(
        &mut self,
        lent: &Lent<'_>,
        cx: &mut Context<'_>,
        response: &mut Response<'_>,
    ) -> Poll<()> {
        let body = RequestBody::copied(lent.content);
        self.begin_with(body, |asked| receive_lent(asked, lent), cx, response)
    }

    fn poll(&mut self, cx: &mut Context<'_>, response: &mut Response<'_>) -> Poll<()> {
        if self.waiting.is_some()
            && let Err(error) = ready!(self.poll_waiting(cx))
        {
            response.fail(Error::from(error.into()));
            return Poll::Ready(());
        }
        let Some(future) = self.future.as_mut().as_pin_mut() else { return Poll::Ready(()) };
        let answer = ready!(future.poll(cx));
        self.future.set(None);
        match answer {
            Ok(answer) => give(answer, self.is_head, &mut self.slot, cx, response),
            Err(error) => response.fail(Error::from(error.into())),
        }
        Poll::Ready(())
    }

    fn clear(&mut self) {
        let is_at_work = self.waiting.is_some() || self.future.is_some();
        if is_at_work {
            // It may hold a place among others that it is ready for.
            gate::discard(self.service.take());
        }
        self.empty();
    }
}

impl<M, S, B> Drop for Place<M, S, B>
where
    S: Service<http::Request<RequestBody>>,
{
    fn drop(&mut self) {
        gate::discard(self.service.take());
        self.empty();
    }
}
