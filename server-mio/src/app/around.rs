//! Hooks around the handlers.

use std::sync::Arc;

use super::App;
use crate::handler::Outcome;
use crate::hook::Layer;
use crate::{Request, Response};

/// Around the handlers.
impl App {
    /// A hook before the handlers of this application, wherever its routes are declared. One that answers, or fails,
    /// ends the request there: neither later hooks nor the handler run. Hooks run in the order of declaration, those
    /// of an outer application first.
    ///
    /// They run when the head of a request is complete: before `100 (Continue)` is sent, and before content is read. What
    /// they refuse is answered then, and the content is [drained](crate::Limits::drain) or the connection closes. So they
    /// never see content, however it arrived: asking for it is [`RequestError::Unread`](crate::RequestError::Unread)
    /// (from [`Request::bytes`] a panic). What needs content is a function around the handler, or a hook
    /// [behind](Self::after) it; to that, a request that was refused has none.
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
    #[doc(alias("middleware", "guard", "authentication", "authorization", "bearer token"))]
    pub fn before<O: Outcome>(
        mut self,
        hook: impl Fn(&mut Request<'_>, &mut Response<'_>) -> O + Send + Sync + 'static,
    ) -> App {
        let hook = move |request: &mut Request<'_>, response: &mut Response<'_>| {
            if let Err(error) = hook(request, response).into_result() {
                response.fail(error);
            }
        };
        self.own().layers.push(Layer::Sync(Arc::new(hook)));
        self
    }

    /// A hook behind the handlers: it sees every answer of this application before it leaves, whatever it answers: handlers, hooks,
    /// errors, panics, handlers out of time, and what no handler is for. It can change its status, add headers, or
    /// [`discard`](Response::discard) it. The order is that of the [table](Self::around).
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
    ) -> App {
        self.own().after.push(Arc::new(hook));
        self
    }
}
