//! What runs before handlers and around them.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::chain::Next;
use crate::handler::{Awaits, Outcome, Writes};
use crate::{Error, IntoResponse, OwnedRequest, OwnedResponse, Request, Response, Status};

/// What can run before handlers, see [`App::before`](crate::App::before). Two shapes of functions and closures are one:
///
/// | shape | for |
/// |---|---|
/// | `Fn(&mut Request, &mut Response)`, that may return a `Result<(), _>` | what is decided at once |
/// | `AsyncFn(&mut OwnedRequest) -> impl Verdict`, an `async fn` | what has to wait for something |
///
/// `Shape` tells them apart; the compiler finds it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't run before handlers",
    note = "such a hook is `|req: &mut Request, res: &mut Response| ..`, or `async |req: &mut OwnedRequest| ..`",
    note = "closures need the types of their arguments written down"
)]
pub trait Hook<Shape>: Send + Sync + 'static {}

/// A shape of hooks before handlers, as [`Shape`](crate::handler::Shape) is one of handlers.
#[doc(hidden)]
pub trait HookShape<H> {
    /// The hook in the form that applications keep.
    fn before(hook: H) -> BeforeHook;
}

/// A hook of any shape.
#[derive(Clone)]
pub struct BeforeHook {
    pub(crate) layer: Layer,
}

impl core::fmt::Debug for BeforeHook {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("BeforeHook")
    }
}

/// What an asynchronous hook before handlers may return: `()`, or `Ok` of it, to go on; `None` to go on and `Some` answer
/// to end the request with it; an error to end it with what the error handlers make of that.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is nothing that a hook before handlers may return",
    note = "it returns `()`, `Option<impl IntoResponse>`, or a `Result` of one of these",
    note = "to refuse a request it returns an answer or an error: `Some(Status::FORBIDDEN)`, `Err(Error::message(Status::FORBIDDEN, \"..\"))`"
)]
pub trait Verdict {
    /// The answer that ends the request, if there is one.
    ///
    /// # Errors
    /// What the hook failed with.
    fn into_verdict(self) -> Result<Option<OwnedResponse>, Error>;
}

impl Verdict for () {
    fn into_verdict(self) -> Result<Option<OwnedResponse>, Error> {
        Ok(None)
    }
}

impl<R: IntoResponse> Verdict for Option<R> {
    fn into_verdict(self) -> Result<Option<OwnedResponse>, Error> {
        Ok(self.map(OwnedResponse::of))
    }
}

impl<V: Verdict, E: Into<Error>> Verdict for Result<V, E> {
    fn into_verdict(self) -> Result<Option<OwnedResponse>, Error> {
        self.map_err(Into::into).and_then(Verdict::into_verdict)
    }
}

/// What runs before handlers, or around them.
#[derive(Clone)]
pub(crate) enum Layer {
    /// At once, on the request as it was received.
    Sync(Arc<SyncHook>),
    /// Before all that follows.
    Ahead(Arc<dyn AheadHook>),
    /// Around all that follows.
    Around(Arc<dyn AroundHook>),
}

pub(crate) type SyncHook = dyn Fn(&mut Request<'_>, &mut Response<'_>) + Send + Sync;

/// A future whose type is hidden. It stays on its worker.
pub(crate) type Local<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

pub(crate) trait AheadHook: Send + Sync {
    fn call<'a>(
        &'a self,
        request: &'a mut OwnedRequest,
    ) -> Local<'a, Result<Option<OwnedResponse>, Error>>;
}

pub(crate) trait AroundHook: Send + Sync {
    fn call(&self, request: OwnedRequest, next: Next) -> Local<'_, OwnedResponse>;
}

struct Ahead<F>(F);

impl<F, V> AheadHook for Ahead<F>
where
    F: AsyncFn(&mut OwnedRequest) -> V + Send + Sync,
    V: Verdict,
{
    fn call<'a>(
        &'a self,
        request: &'a mut OwnedRequest,
    ) -> Local<'a, Result<Option<OwnedResponse>, Error>> {
        Box::pin(async move { (self.0)(request).await.into_verdict() })
    }
}

struct Around<F>(F);

impl<F, R> AroundHook for Around<F>
where
    F: AsyncFn(OwnedRequest, Next) -> R + Send + Sync,
    R: IntoResponse + 'static,
{
    fn call(&self, request: OwnedRequest, next: Next) -> Local<'_, OwnedResponse> {
        Box::pin(async move { answer_of((self.0)(request, next).await) })
    }
}

/// The answer that a value is. One that is made is that answer, with what is known of it.
fn answer_of<R: IntoResponse + 'static>(value: R) -> OwnedResponse {
    let mut value = Some(value);
    let any: &mut dyn Any = &mut value;
    let made = any.downcast_mut().and_then(Option::<OwnedResponse>::take);
    let other = || value.map_or_else(|| OwnedResponse::new(Status::OK), OwnedResponse::of);
    made.unwrap_or_else(other)
}

impl Layer {
    pub(crate) fn around<F, R>(hook: F) -> Layer
    where
        F: AsyncFn(OwnedRequest, Next) -> R + Send + Sync + 'static,
        R: IntoResponse + 'static,
    {
        Layer::Around(Arc::new(Around(hook)))
    }
}

impl<F, O> Hook<(Writes, O)> for F where
    F: Fn(&mut Request<'_>, &mut Response<'_>) -> O + Send + Sync + 'static
{
}

impl<F, O> HookShape<F> for (Writes, O)
where
    F: Fn(&mut Request<'_>, &mut Response<'_>) -> O + Send + Sync + 'static,
    O: Outcome,
{
    fn before(hook: F) -> BeforeHook {
        let hook = move |request: &mut Request<'_>, response: &mut Response<'_>| {
            if let Err(error) = hook(request, response).into_result() {
                response.fail(error);
            }
        };
        BeforeHook { layer: Layer::Sync(Arc::new(hook)) }
    }
}

impl<F, V> Hook<(Awaits, V)> for F where F: AsyncFn(&mut OwnedRequest) -> V + Send + Sync + 'static {}

impl<F, V> HookShape<F> for (Awaits, V)
where
    F: AsyncFn(&mut OwnedRequest) -> V + Send + Sync + 'static,
    V: Verdict + 'static,
{
    fn before(hook: F) -> BeforeHook {
        BeforeHook { layer: Layer::Ahead(Arc::new(Ahead(hook))) }
    }
}
