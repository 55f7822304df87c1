//! Answers that the server makes where no handler has: to errors, panics, what is missing and what is no HTTP.

use std::borrow::Cow;
use std::sync::Arc;

use super::failure::Failure;
use super::{App, ErrorHandler, Page, plain};
use crate::handler::{Endpoint, Kind};
use crate::{Error, Request, Response, Status};

pub(super) type ShapeFn = dyn Fn(&Failure<'_>, &Request<'_>, &mut Response<'_>) + Send + Sync;

/// Who makes answers where no handler has.
pub(crate) struct Replies {
    not_found: Option<Endpoint>,
    errors: Vec<ErrorHandler>,
    any_error: Option<Arc<ShapeFn>>,
    pages: Vec<Page>,
    debug: bool,
}

impl Replies {
    pub(super) fn of(app: &mut App) -> Replies {
        Replies {
            not_found: app.own.not_found.take(),
            errors: core::mem::take(&mut app.errors),
            any_error: app.own.any_error.take(),
            pages: core::mem::take(&mut app.own.pages),
            debug: app.own.settings.debug,
        }
    }

    /// Whether one of them wants to see the request.
    pub(crate) fn ask_for_request(&self) -> bool {
        !self.errors.is_empty() || self.not_found.is_some() || self.any_error.is_some()
    }

    /// Whether all answers have one shape, those to what is no HTTP included.
    pub(super) fn shape_all(&self) -> bool {
        self.any_error.is_some()
    }

    /// Answers what no route is for.
    pub(crate) fn missing(&self, request: Option<&Request<'_>>, response: &mut Response<'_>) {
        if let (Some(Endpoint { kind: Kind::Sync(handler), .. }), Some(request)) =
            (&self.not_found, request)
        {
            response.set_status(Status::NOT_FOUND);
            handler(request, response);
            // One that says again that there is nothing gets the answer below.
            if !response.take_missing() {
                return;
            }
        }
        self.failed(&Failure::new(Status::NOT_FOUND), request, response);
    }

    /// Answers what a handler failed with. What is logged depends on what that leads to.
    pub(crate) fn error(
        &self,
        error: &Error,
        request: Option<&Request<'_>>,
        response: &mut Response<'_>,
    ) {
        let status = error.status();
        response.reset();
        response.set_status(status);
        if !error.headers().is_empty() {
            response.take_headers(error.headers());
        }
        let found = self.errors.iter().filter_map(|it| Some(((it.depth)(error)?, it)));
        let handler = found.min_by_key(|(depth, _)| *depth).map(|(_, handler)| handler);
        if let (Some(handler), Some(request)) = (handler, request) {
            return (handler.answer)(error, request, response);
        }
        let is_told = self.debug || status.as_u16() < 500;
        let detail = is_told.then(|| Cow::Owned(error.to_string()));
        let failure = Failure { error: Some(error), detail, ..Failure::new(status) };
        self.failed(&failure, request, response);
    }

    /// Answers a request whose handler panicked.
    pub(crate) fn panic(
        &self,
        what: &str,
        request: Option<&Request<'_>>,
        response: &mut Response<'_>,
    ) {
        response.reset();
        let detail = self.debug.then_some(Cow::Borrowed(what));
        let failure = Failure { detail, ..Failure::new(Status::INTERNAL_SERVER_ERROR) };
        self.failed(&failure, request, response);
    }

    /// Answers with a status that the server has chosen.
    pub(crate) fn status(
        &self,
        status: Status,
        request: Option<&Request<'_>>,
        response: &mut Response<'_>,
    ) {
        self.failed(&Failure::new(status), request, response);
    }

    /// Answers what no handler could be asked for.
    pub(crate) fn of_protocol(
        &self,
        status: Status,
        request: &Request<'_>,
        response: &mut Response<'_>,
    ) {
        match self.pages.iter().find(|page| page.status == status) {
            Some(page) => {
                let content_type = page.content_type;
                response.set_status(status).send_copied(content_type, page.text.as_bytes());
            }
            None => {
                let failure = Failure { is_of_protocol: true, ..Failure::new(status) };
                self.failed(&failure, Some(request), response);
            }
        }
    }

    fn failed(
        &self,
        failure: &Failure<'_>,
        request: Option<&Request<'_>>,
        response: &mut Response<'_>,
    ) {
        response.set_status(failure.status);
        match (&self.any_error, request, &failure.detail) {
            (Some(shape), Some(request), _) => shape(failure, request, response),
            (_, _, Some(detail)) => response.text(detail),
            _ => plain(response, failure.status),
        }
    }
}
