//! Who answers what went wrong.

use std::sync::Arc;

use super::{App, ErrorHandler, Failure, Page};
use crate::handler::{Handler, Shape, Synchronous};
use crate::on_error::OnError;
use crate::{ContentType, Error, Request, Response, Status};

/// Answers to errors.
impl<M> App<M> {
    /// What answers errors of type `E`: those that handlers and hooks fail with, and those that have caused others
    /// ([`Error::find`]). The outermost error that a handler is for has it, and of its handlers the one that was declared
    /// first.
    ///
    /// Each error is logged once, when its answer is made, hooks [behind](Self::after) the handler included: at the level
    /// error if its status is 500 or above, at debug if it is below. The line has the peer, the method and the target, as far
    /// as the request is still there. Within asynchronous hooks it is logged before those hooks go on, with the status that
    /// its answer has there: one that is tried again has a line for each time.
    ///
    /// ```
    /// use rajada_mio::{App, Request, Status};
    /// use std::num::ParseIntError;
    ///
    /// App::new()
    ///     .get("/next/{n}", |req: &Request| {
    ///         req.param("n").parse::<u64>().map(|n| (n + 1).to_string())
    ///     })
    ///     .on_error(|_: &ParseIntError, _: &Request| (Status::BAD_REQUEST, "a number, please"));
    /// ```
    #[doc(alias("exception handler", "error handler", "catch"))]
    pub fn on_error<E: core::error::Error + Send + Sync + 'static, S>(
        mut self,
        handler: impl OnError<E, S>,
    ) -> Self {
        let answer = move |error: &Error, request: &Request<'_>, response: &mut Response<'_>| {
            if let Some(error) = error.find::<E>() {
                handler.answer(error, request, response);
            }
        };
        self.errors.push(ErrorHandler { depth: Error::depth::<E>, answer: Arc::new(answer) });
        self
    }
}

/// Answers to what went wrong, of an application that is served.
impl App {
    /// What answers a path that no route has, or a route's [`Response::not_found`]; a short text unless it is set. Its
    /// answer has the status 404 unless it sets another.
    ///
    /// ```
    /// use rajada_mio::{App, Html, Request};
    ///
    /// App::new().not_found(|_: &Request| Html("<h1>There is nothing here</h1>"));
    /// ```
    #[doc(alias("fallback", "default_service"))]
    pub fn not_found<H: Handler<S>, S: Shape<H> + Synchronous>(mut self, handler: H) -> App {
        self.own.not_found = Some(S::endpoint(handler));
        self
    }

    /// The content of answers with `status` that are made before any handler could be asked: 400 to what is no HTTP,
    /// 408, 413, 414, 417, 431, 501, 505.
    ///
    /// ```
    /// use rajada_mio::{App, ContentType, Status};
    ///
    /// App::new().error_page(Status::BAD_REQUEST, ContentType::HTML, "<h1>This is not HTTP</h1>");
    /// ```
    #[doc(alias = "error template")]
    pub fn error_page(
        mut self,
        status: Status,
        content_type: ContentType,
        text: impl Into<String>,
    ) -> App {
        self.own.pages.push(Page { status, content_type, text: text.into() });
        self
    }

    /// The one place that shapes error answers: all that the server makes because nobody else has made one. These are the
    /// answers to errors that no handler of [`on_error`](Self::on_error) is for, to panics, to what is not found (without a
    /// handler of [`not_found`](Self::not_found)) or not allowed, to handlers that are out of time, and to what is no HTTP or
    /// is refused (without an [`error_page`](Self::error_page)). The status is set, `Allow` where it belongs, and what the
    /// error has [`with_header`](crate::Error::with_header); without content that is given here the answer has none.
    ///
    /// ```
    /// use rajada_mio::{App, Failure, Request, Response, TestClient};
    ///
    /// let app = App::new().on_any_error(|failure: &Failure, _: &Request, res: &mut Response| {
    ///     let why = failure.detail().unwrap_or(failure.status().reason());
    ///     res.html(&format!("<h1>{}</h1>", why.replace('<', "&lt;")));
    /// });
    /// assert_eq!(TestClient::new(app).get("/nothing").send().text(), "<h1>Not Found</h1>");
    /// ```
    #[doc(alias("error page", "exception handler", "error middleware"))]
    pub fn on_any_error(
        mut self,
        shape: impl Fn(&Failure<'_>, &Request<'_>, &mut Response<'_>) + Send + Sync + 'static,
    ) -> App {
        self.own.any_error = Some(Arc::new(shape));
        self
    }
}
