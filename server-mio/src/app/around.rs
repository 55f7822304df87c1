//! Hooks around the handlers.

use std::sync::Arc;

use super::App;
use crate::hook::{Hook, HookShape, Layer};
use crate::{IntoResponse, Next, OwnedRequest, Request, Response};

/// Around the handlers.
impl<M> App<M> {
    /// A hook before the handlers of this application, wherever its routes are declared: a function that decides at once, or
    /// an asynchronous one ([`Hook`]). One that answers, or fails, ends the request there: neither later hooks nor the
    /// handler run. The order is that of the [table](Self::around).
    ///
    /// They run when the head of a request is complete: before `100 (Continue)` is sent, and before content is read. What
    /// they refuse is answered then, and the content is [drained](crate::Limits::drain) or the connection closes. So they
    /// never see content, however it arrived: asking for it is [`RequestError::Unread`](crate::RequestError::Unread)
    /// (from [`Request::bytes`] a panic). What needs content is an asynchronous hook that
    /// [waits for it](OwnedRequest::read_content), or a hook [behind](Self::after) the handler; to that, a request that was
    /// refused has none.
    ///
    /// ```
    /// use rajada_mio::{App, Error, Request, Response, Status};
    ///
    /// App::new().get("/", |_: &Request| "for members").before(|req: &mut Request, _: &mut Response| {
    ///     match req.header("authorization") {
    ///         Some(_) => Ok(()),
    ///         None => Err(Error::message(Status::UNAUTHORIZED, "who are you?")),
    ///     }
    /// });
    /// ```
    ///
    /// An asynchronous one returns what ends the request, if anything does ([`Verdict`](crate::Verdict)):
    ///
    /// ```
    /// use rajada_mio::{App, Error, OrStatus, OwnedRequest, Request, Status};
    ///
    /// struct User(u64);
    ///
    /// async fn user_of(token: &str) -> Option<User> {
    ///     // As a database would tell.
    ///     token.parse().ok().map(User)
    /// }
    ///
    /// async fn authenticated(req: &mut OwnedRequest) -> Result<(), Error> {
    ///     let token = req.header_text("x-token").or_status(Status::UNAUTHORIZED)?;
    ///     let user = user_of(token).await.or_status(Status::FORBIDDEN)?;
    ///     req.extend(user);
    ///     Ok(())
    /// }
    ///
    /// App::new()
    ///     .before(authenticated)
    ///     .get("/me", |req: &Request| req.extension::<User>().map(|user| user.0.to_string()));
    /// ```
    #[doc(alias("middleware", "guard", "authentication", "authorization", "bearer token"))]
    pub fn before<H: Hook<S>, S: HookShape<H>>(mut self, hook: H) -> Self {
        self.hooks().layers.push(S::before(hook).layer);
        self
    }

    /// A hook around the handlers of this application: it has the request, and everything behind it ([`Next`]: further
    /// hooks, and the handler) to run when it likes, as often as it likes, or never. What it returns is the answer. So it
    /// measures, retries, bounds the time, and answers in place of the handler:
    ///
    /// ```
    /// use rajada_mio::{App, Next, OrStatus, OwnedRequest, OwnedResponse, Request, Status, timeout};
    /// use std::time::{Duration, Instant};
    ///
    /// async fn measured(req: OwnedRequest, next: Next) -> OwnedResponse {
    ///     let began = Instant::now();
    ///     let mut answer = next.run(req).await;
    ///     answer.set_header("Server-Timing", format!("all;dur={}", began.elapsed().as_millis()));
    ///     answer
    /// }
    ///
    /// App::new()
    ///     .around(measured)
    ///     .around(async |req: OwnedRequest, next: Next| {
    ///         timeout(Duration::from_secs(2), next.run(req)).await.or_status(Status::GATEWAY_TIMEOUT)
    ///     })
    ///     .get("/", |_: &Request| "hello");
    /// ```
    ///
    /// # What runs when
    ///
    /// | hook | how often | in which order | when |
    /// |---|---|---|---|
    /// | [`before`](Self::before), `around` | as declared, both in one row | an outer application's first, then in the order of declaration: the first one is outermost | the head is there, nothing of the content is read |
    /// | handler | at most once, unless `around` runs it again | | all content is there; for one that takes it [as it arrives](crate::ContentStream), the head |
    /// | [`on_error`](Self::on_error), [`not_found`](Self::not_found), [`on_any_error`](Self::on_any_error) | once an error | | right behind what has failed, within the hooks around that |
    /// | [`after`](Self::after) | once a request | the other way round: the last one declared first, an outer application's last | the answer is there, whatever it is |
    ///
    /// A route's hooks are those of the application that it was written in and of those that this is nested in, for every
    /// shape of handler. Below the prefix of a nested application its hooks run for 404, 405, 413, 501 and `OPTIONS` as well:
    /// who may not see what is there is not told its methods. For what is no HTTP `after` alone runs.
    ///
    /// As long as all hooks before a handler are synchronous, they run on the request as it was received. From the first one
    /// on that is not, whatever follows runs as one future over an [`OwnedRequest`]: it is bounded by
    /// [`Deadlines::handler`](crate::Deadlines::handler) (time in which content is awaited does not count), dropped when the
    /// peer is gone, and costs a copy of the head and a few allocations, one or two more for each such hook. Handlers stay what they
    /// are: a synchronous one gets a `&Request` of the owned one.
    ///
    /// A panic goes through `around`, and then `after` sees the answer to it.
    ///
    /// # What is set of an answer before it is there
    ///
    /// Headers that a synchronous `before` sets are on whatever answers the request: a hook, the handler, 404, 405, 413. Errors
    /// and panics have them forgotten, as [`Response::fail`] says, and so does the end of the time. `around` sees them on the
    /// answer of [`Next::run`], and what it removes is removed; an answer that it gives without that has them, too.
    #[doc(alias(
        "middleware",
        "layer",
        "wrap",
        "from_fn",
        "tower",
        "transaction",
        "timing",
        "access log"
    ))]
    pub fn around<R: IntoResponse + 'static>(
        mut self,
        hook: impl AsyncFn(OwnedRequest, Next) -> R + Send + Sync + 'static,
    ) -> Self {
        self.hooks().layers.push(Layer::around(hook));
        self
    }

    /// A hook behind the handlers: it sees every answer of this application before it leaves, whatever it answers: handlers, hooks,
    /// errors, panics, handlers out of time, and what no handler is for. It can change its status, add headers, or
    /// [`discard`](Response::discard) it. The order is that of the [table](Self::around). If it fails ([`Response::fail`]), says
    /// that there is nothing, or panics, that is answered as for a handler, and the hooks further out see the answer.
    ///
    /// Answers to what is no HTTP, is not taken or is too late (400, 408, 414, 431, 501, 505) are seen, too: those of the
    /// outermost application, or of the one whose path the request has. Of the request is known then what was read of it:
    /// method, target and header fields, or nothing, and its method is empty. Not seen are answers that are made where
    /// there is no room for others.
    ///
    /// ```
    /// use rajada_mio::{App, Request, Response};
    ///
    /// App::new().get("/", |_: &Request| "hello").after(|_: &Request, res: &mut Response| {
    ///     res.header("X-Content-Type-Options", "nosniff");
    /// });
    /// ```
    #[doc(alias("middleware", "layer", "cors", "security headers", "default headers"))]
    pub fn after(
        mut self,
        hook: impl Fn(&Request<'_>, &mut Response<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.hooks().after.push(Arc::new(hook));
        self
    }
}
