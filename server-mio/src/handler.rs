//! What can answer a request.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::app::RouteSettings;
use crate::hook::Local;
use crate::request::Lent;
use crate::response::Preset;
use crate::{ContentStream, Error, IntoResponse, OwnedRequest, OwnedResponse, Request, Response};

/// What can answer a request. Four shapes of functions and closures are one:
///
/// | shape | for |
/// |---|---|
/// | `Fn(&Request) -> impl IntoResponse` | answers of their own: text, JSON, a status, a `Result` |
/// | `Fn(&Request, &mut Response)`, that may return a `Result<(), _>` | answers that borrow from the request, and full control |
/// | `Fn(OwnedRequest) -> impl Future<Output = impl IntoResponse>`, an `async fn` | answers that have to wait for something |
/// | `Fn(OwnedRequest, ContentStream) -> impl Future<Output = impl IntoResponse>` | the same, and content that is taken as it arrives: see [`ContentStream`] |
///
/// Synchronous handlers run on the loop of their worker; one that takes long belongs into
/// [`spawn_blocking`](crate::spawn_blocking), or at least should be marked [`slow`](Endpoint::slow).
///
/// ```
/// use rajada_mio::{App, OwnedRequest, Request, Response};
///
/// async fn later(_: OwnedRequest) -> &'static str {
///     "Hello async!"
/// }
///
/// App::new()
///     .get("/", |_: &Request| "Hello world!")
///     .get("/user/{id}", |req: &Request, res: &mut Response| res.text(req.param("id")))
///     .get("/async", later);
/// ```
///
/// `Shape` tells the four apart; the compiler finds it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't answer requests",
    note = "a handler is `|req: &Request| value`, `|req: &Request, res: &mut Response| ..` (in this order), or `|req: OwnedRequest| async move {{ .. }}`",
    note = "one that takes content as it arrives is `|req: OwnedRequest, content: ContentStream| async move {{ .. }}`",
    note = "an asynchronous one owns its request; closures need the types of their arguments written down"
)]
pub trait Handler<Shape>: Send + Sync + 'static {}

/// A shape of handlers, and how a handler of it answers. What handlers take is apart from what they return, so that the
/// compiler tells which of the two is wrong.
#[doc(hidden)]
pub trait Shape<H> {
    /// The handler in the form that applications keep.
    fn endpoint(handler: H) -> Endpoint;
}

/// A handler of any shape.
#[derive(Clone)]
pub struct Endpoint {
    pub(crate) kind: Kind,
    pub(crate) settings: RouteSettings,
}

impl Endpoint {
    pub(crate) fn of(kind: Kind) -> Endpoint {
        Endpoint { kind, settings: RouteSettings::default() }
    }
}

#[derive(Clone)]
pub(crate) enum Kind {
    Sync(Arc<SyncHandler>),
    Async(Arc<dyn AsyncHandler>),
}

impl Kind {
    /// Whether the handler takes content as it arrives.
    pub(crate) fn streams(&self) -> bool {
        match self {
            Kind::Sync(_) => false,
            Kind::Async(handler) => handler.streams(),
        }
    }

    /// Whether the handler reads targets itself, and can do with a request that is lent.
    pub(crate) fn reads_targets(&self) -> bool {
        match self {
            Kind::Sync(_) => false,
            Kind::Async(handler) => handler.reads_targets(),
        }
    }
}

pub(crate) type SyncHandler = dyn Fn(&Request<'_>, &mut Response<'_>) + Send + Sync;

impl core::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self.kind {
            Kind::Sync(_) => "Endpoint(synchronous)",
            Kind::Async(_) => "Endpoint(asynchronous)",
        })
    }
}

/// The shape of a function that returns its answer.
#[doc(hidden)]
#[derive(Debug)]
pub enum Returns {}

/// The shape of a function that writes its answer.
#[doc(hidden)]
#[derive(Debug)]
pub enum Writes {}

/// The shape of an asynchronous function.
#[doc(hidden)]
#[derive(Debug)]
pub enum Awaits {}

/// The shape of an asynchronous function that takes content as it arrives.
#[doc(hidden)]
#[derive(Debug)]
pub enum Streams {}

/// The shapes of handlers that answer before they return: what hooks and fallbacks have to do.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "an asynchronous handler can't answer what no route is for",
    note = "this handler is `|req: &Request| value` or `|req: &Request, res: &mut Response| ..`; what has to wait is a route: `.any(\"/{{**rest}}\", handler)`"
)]
pub trait Synchronous {}

impl<R> Synchronous for (Returns, R) {}

impl<O> Synchronous for (Writes, O) {}

impl<F, R> Handler<(Returns, R)> for F where F: Fn(&Request<'_>) -> R + Send + Sync + 'static {}

impl<F, R> Shape<F> for (Returns, R)
where
    F: Fn(&Request<'_>) -> R + Send + Sync + 'static,
    R: IntoResponse,
{
    fn endpoint(handler: F) -> Endpoint {
        let handler = move |request: &Request<'_>, response: &mut Response<'_>| {
            handler(request).into_response(response)
        };
        Endpoint::of(Kind::Sync(Arc::new(handler)))
    }
}

impl<F, O> Handler<(Writes, O)> for F where
    F: Fn(&Request<'_>, &mut Response<'_>) -> O + Send + Sync + 'static
{
}

impl<F, O> Shape<F> for (Writes, O)
where
    F: Fn(&Request<'_>, &mut Response<'_>) -> O + Send + Sync + 'static,
    O: Outcome,
{
    fn endpoint(handler: F) -> Endpoint {
        let handler = move |request: &Request<'_>, response: &mut Response<'_>| {
            if let Err(error) = handler(request, response).into_result() {
                response.fail(error);
            }
        };
        Endpoint::of(Kind::Sync(Arc::new(handler)))
    }
}

impl<F, U> Handler<(Awaits, U)> for F where F: Fn(OwnedRequest) -> U + Send + Sync + 'static {}

impl<F, U> Shape<F> for (Awaits, U)
where
    F: Fn(OwnedRequest) -> U + Send + Sync + 'static,
    U: Future + 'static,
    U::Output: IntoResponse,
{
    fn endpoint(handler: F) -> Endpoint {
        Endpoint::of(Kind::Async(Arc::new(Arc::new(handler))))
    }
}

impl<F, U> Handler<(Streams, U)> for F where
    F: Fn(OwnedRequest, ContentStream) -> U + Send + Sync + 'static
{
}

impl<F, U> Shape<F> for (Streams, U)
where
    F: Fn(OwnedRequest, ContentStream) -> U + Send + Sync + 'static,
    U: Future + 'static,
    U::Output: IntoResponse,
{
    fn endpoint(handler: F) -> Endpoint {
        let handler = move |mut request: OwnedRequest| {
            let content = request.take_content();
            handler(request, content)
        };
        Endpoint::of(Kind::Async(Arc::new(Streaming(Arc::new(handler)))))
    }
}

#[diagnostic::do_not_recommend]
impl Handler<Endpoint> for Endpoint {}

impl Shape<Endpoint> for Endpoint {
    fn endpoint(handler: Endpoint) -> Endpoint {
        handler
    }
}

/// What a function that writes its answer may return: nothing, or a `Result`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that a function with a `&mut Response` may return",
    note = "it writes its answer (`res.text(..)`) and returns `()`, or a `Result<(), _>` whose error ends the request; a hook refuses in the same way",
    note = "what returns its answer is a handler without a response: `|req: &Request| value`"
)]
pub trait Outcome {
    /// The error, if there is one.
    ///
    /// # Errors
    /// What the handler failed with.
    fn into_result(self) -> Result<(), Error>;
}

impl Outcome for () {
    fn into_result(self) -> Result<(), Error> {
        Ok(())
    }
}

impl<E: Into<Error>> Outcome for Result<(), E> {
    fn into_result(self) -> Result<(), Error> {
        self.map_err(Into::into)
    }
}

/// An asynchronous handler whose future's type is hidden.
pub(crate) trait AsyncHandler: Send + Sync {
    /// A place for one future of this handler, to be used again and again.
    fn place(&self) -> Box<dyn ReusableFuture>;
    /// Whether it takes content as it arrives.
    fn streams(&self) -> bool {
        false
    }
    /// Whether it reads targets itself, and can do with a request that is lent: it [begins](ReusableFuture::begin_lent) with
    /// that.
    fn reads_targets(&self) -> bool {
        false
    }
    /// Calls the handler behind hooks that have set something of its answer, which comes back.
    fn call(&self, request: OwnedRequest, preset: Option<Arc<Preset>>) -> Local<'_, OwnedResponse>;
}

/// A place for futures of one handler, one at a time, without an allocation for each.
pub(crate) trait ReusableFuture {
    /// Calls the handler, keeps its future, and goes on with that.
    fn begin(
        &mut self,
        request: OwnedRequest,
        cx: &mut Context<'_>,
        response: &mut Response<'_>,
    ) -> Poll<()>;
    /// The same with a request that is lent, of a handler that can do with that.
    fn begin_lent(&mut self, _: &Lent<'_>, _: &mut Context<'_>, _: &mut Response<'_>) -> Poll<()> {
        unreachable!("a handler that needs a request of its own")
    }
    /// Goes on with the future; when it ends its answer is written, and the place is empty.
    fn poll(&mut self, cx: &mut Context<'_>, response: &mut Response<'_>) -> Poll<()>;
    /// Drops the future.
    fn clear(&mut self);
}

struct Place<F, U> {
    handler: Arc<F>,
    future: Pin<Box<Option<U>>>,
}

impl<F, U> AsyncHandler for Arc<F>
where
    F: Fn(OwnedRequest) -> U + Send + Sync + 'static,
    U: Future + 'static,
    U::Output: IntoResponse,
{
    fn place(&self) -> Box<dyn ReusableFuture> {
        Box::new(Place { handler: self.clone(), future: Box::pin(None) })
    }

    fn call(&self, request: OwnedRequest, preset: Option<Arc<Preset>>) -> Local<'_, OwnedResponse> {
        Box::pin(async move {
            let answer = (self)(request).await;
            OwnedResponse::record_behind(preset.as_deref(), |response| {
                answer.into_response(response)
            })
        })
    }
}

/// A handler that takes content as it arrives.
struct Streaming<H>(H);

impl<H: AsyncHandler> AsyncHandler for Streaming<H> {
    fn place(&self) -> Box<dyn ReusableFuture> {
        self.0.place()
    }

    fn streams(&self) -> bool {
        true
    }

    fn call(&self, request: OwnedRequest, preset: Option<Arc<Preset>>) -> Local<'_, OwnedResponse> {
        self.0.call(request, preset)
    }
}

impl<F, U> ReusableFuture for Place<F, U>
where
    F: Fn(OwnedRequest) -> U,
    U: Future,
    U::Output: IntoResponse,
{
    fn begin(
        &mut self,
        request: OwnedRequest,
        cx: &mut Context<'_>,
        response: &mut Response<'_>,
    ) -> Poll<()> {
        self.future.set(Some((self.handler)(request)));
        self.poll(cx, response)
    }

    fn poll(&mut self, cx: &mut Context<'_>, response: &mut Response<'_>) -> Poll<()> {
        let Some(future) = self.future.as_mut().as_pin_mut() else { return Poll::Ready(()) };
        let polled = future.poll(cx).map(|answer| answer.into_response(response));
        if polled.is_ready() {
            self.future.set(None);
        }
        polled
    }

    fn clear(&mut self) {
        self.future.set(None);
    }
}
