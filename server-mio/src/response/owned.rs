//! An answer that is a value.

use core::fmt;

use super::recorder::Recorder;
use super::{ContentType, Headers, IntoResponse, Preset, Response};
use crate::{Body, Error, Status, gate};

/// An answer as a value: status, headers, cookies and content, to be made anywhere, handed on, read and changed. What a
/// handler of any shape may return, beside an [`OwnedRequest`](crate::OwnedRequest).
///
/// ```
/// use rajada_mio::{App, OwnedRequest, OwnedResponse, Status, TestClient};
///
/// async fn make(_: OwnedRequest) -> OwnedResponse {
///     OwnedResponse::new(Status::CREATED).header("Location", "/notes/1").text("made")
/// }
///
/// let mut client = TestClient::new(App::new().post("/notes", make));
/// let made = client.post("/notes").send();
/// assert_eq!((made.status(), made.header("location"), made.text()), (Status::CREATED, Some("/notes/1"), "made"));
/// ```
///
/// It stays on its thread, as streams of [`Body`] and what [`on_sent`](Self::on_sent) calls do.
#[must_use = "an answer that is dropped is not sent"]
pub struct OwnedResponse {
    pub(super) status: Status,
    /// With the media type, if there is one.
    pub(super) headers: Headers,
    pub(super) body: Body,
    pub(super) close: bool,
    pub(super) told: Vec<Box<dyn FnOnce()>>,
    /// What the handler that made it has failed with, or a header that can't be sent.
    pub(super) failure: Option<Box<Error>>,
    /// The handler that made it has said that there is nothing.
    pub(super) missing: bool,
    /// The error that it is the answer to, and that has been told.
    pub(super) cause: Option<Box<Error>>,
}

/// What is made one after another, until it is returned.
impl OwnedResponse {
    /// An answer without headers and content.
    pub fn new(status: Status) -> OwnedResponse {
        OwnedResponse {
            status,
            headers: Headers::new(),
            body: Body::Empty,
            close: false,
            told: Vec::new(),
            failure: None,
            missing: false,
            cause: None,
        }
    }

    /// The answer that a value is.
    ///
    /// ```
    /// use rajada_mio::{OwnedResponse, Status};
    ///
    /// let mut answer = OwnedResponse::of((Status::CREATED, [("Location", "/notes/1")], "made"));
    /// answer.remove_header("location");
    /// assert_eq!((answer.status(), answer.content().octets()), (Status::CREATED, Some(&b"made"[..])));
    /// assert_eq!(answer.headers().get_text("content-type"), Some("text/plain; charset=utf-8"));
    /// ```
    pub fn of(answer: impl IntoResponse) -> OwnedResponse {
        OwnedResponse::record(|response| answer.into_response(response))
    }

    /// The answer that is written by `write`, which may be a handler: with its error, if it fails, and with what it says
    /// is missing. Only content that it gives is content; it may give none.
    ///
    /// # Panics
    /// As `write` does.
    pub(crate) fn record(write: impl FnOnce(&mut Response<'_>)) -> OwnedResponse {
        Recorder::lend(|recorder| recorder.record(write))
    }

    /// The same for an answer of which hooks have set something, which it has as well.
    pub(crate) fn record_behind(
        preset: Option<&Preset>,
        write: impl FnOnce(&mut Response<'_>),
    ) -> OwnedResponse {
        Recorder::lend(|recorder| recorder.record_behind(preset, write))
    }

    /// Adds a header, as [`Response::header`] does. One that can't be sent fails the request with 500 when this answers it.
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> OwnedResponse {
        if let Err(error) = self.headers.add(name, value) {
            self.fail(error.into());
        }
        self
    }

    /// Sets the media type, in place of one that was set.
    pub fn content_type(mut self, content_type: ContentType) -> OwnedResponse {
        self.headers.set_type(content_type);
        self
    }

    /// Gives it text: text/plain; charset=utf-8, unless a media type was set.
    pub fn text(self, text: impl Into<String>) -> OwnedResponse {
        self.with(ContentType::TEXT, text.into().into())
    }

    /// Gives it a page: text/html; charset=utf-8, unless a media type was set.
    pub fn html(self, page: impl Into<String>) -> OwnedResponse {
        self.with(ContentType::HTML, page.into().into())
    }

    /// Gives it content of any kind: application/octet-stream, unless a media type was set.
    #[doc(alias = "body")]
    pub fn with_content(self, body: impl Into<Body>) -> OwnedResponse {
        self.with(ContentType::OCTETS, body.into())
    }

    /// Closes the connection behind it, as [`Response::close`] does.
    pub fn close(mut self) -> OwnedResponse {
        self.close = true;
        self
    }

    /// Calls `told` when its last octet has been handed to the socket, as [`Response::on_sent`] does.
    pub fn on_sent(mut self, told: impl FnOnce() + 'static) -> OwnedResponse {
        self.told.push(Box::new(told));
        self
    }

    /// Gives it content whose type is `content_type` unless one was set.
    pub(crate) fn with(mut self, content_type: ContentType, body: Body) -> OwnedResponse {
        if !self.headers.contains(super::headers::CONTENT_TYPE) {
            self.headers.set_type(content_type);
        }
        self.set_content(body);
        self
    }
}

/// What is read and changed.
impl OwnedResponse {
    /// The status.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Sets the status.
    pub fn set_status(&mut self, status: Status) -> &mut Self {
        self.status = status;
        self
    }

    /// The headers, but for those that the server writes itself.
    #[doc(alias("header_map", "HeaderMap"))]
    pub fn headers(&self) -> &Headers {
        &self.headers
    }

    /// The headers, to be changed.
    pub fn headers_mut(&mut self) -> &mut Headers {
        &mut self.headers
    }

    /// Sets a header in place of all of its name. One that can't be sent fails the request, as with
    /// [`header`](Self::header).
    #[doc(alias = "insert_header")]
    pub fn set_header(&mut self, name: &str, value: impl AsRef<[u8]>) -> &mut Self {
        if let Err(error) = self.headers.set(name, value) {
            self.fail(error.into());
        }
        self
    }

    /// Removes all headers of a name.
    pub fn remove_header(&mut self, name: &str) -> &mut Self {
        self.headers.remove(name);
        self
    }

    /// The content.
    #[doc(alias = "body")]
    pub fn content(&self) -> &Body {
        &self.body
    }

    /// Sets the content, and leaves its media type as it is.
    #[doc(alias("set_body", "map_body"))]
    pub fn set_content(&mut self, body: impl Into<Body>) -> &mut Self {
        gate::discard(core::mem::replace(&mut self.body, body.into()));
        self
    }

    /// Takes the content out, and leaves its media type as it is.
    #[doc(alias("take_body", "into_body"))]
    pub fn take_content(&mut self) -> Body {
        core::mem::replace(&mut self.body, Body::Empty)
    }

    /// The error that it is the answer to, or that is to be answered. A hook [around](crate::App::around) a handler gets an
    /// answer to it, which the application's error handlers have made.
    pub fn error(&self) -> Option<&Error> {
        self.failure.as_deref().or(self.cause.as_deref())
    }

    /// The error that is to be answered.
    pub(crate) fn take_failure(&mut self) -> Option<Box<Error>> {
        self.failure.take()
    }

    /// Whether the connection closes behind it.
    #[cfg(feature = "http")]
    pub(crate) fn closes(&self) -> bool {
        self.close
    }

    /// Who waits for it to leave.
    #[cfg(feature = "tower")]
    pub(crate) fn take_told(&mut self) -> Vec<Box<dyn FnOnce()>> {
        core::mem::take(&mut self.told)
    }

    /// Whether there is nothing, and that is to be answered.
    pub(crate) fn is_missing(&self) -> bool {
        self.missing
    }

    /// Keeps the error that it is the answer to.
    pub(crate) fn set_cause(&mut self, error: Box<Error>) {
        self.cause = Some(error);
    }

    /// Becomes an answer to an error, by the application's error handlers: the first one counts.
    pub(crate) fn fail(&mut self, error: Error) {
        match &self.failure {
            None => self.failure = Some(Box::new(error)),
            Some(_) => gate::discard(error),
        }
    }
}

impl From<Error> for OwnedResponse {
    /// An answer that the application's error handlers make of an error.
    fn from(error: Error) -> OwnedResponse {
        let mut answer = OwnedResponse::new(error.status());
        answer.fail(error);
        answer
    }
}

impl IntoResponse for OwnedResponse {
    fn into_response(self, response: &mut Response<'_>) {
        let OwnedResponse { status, headers, body, close, told, failure, missing, cause } = self;
        gate::discard(cause);
        response.set_status(status).take_headers(&headers);
        if close {
            response.close();
        }
        told.into_iter().for_each(|told| {
            response.tell_sent(told);
        });
        if let Some(error) = failure {
            gate::discard(body);
            return response.fail(*error);
        }
        if missing {
            gate::discard(body);
            return response.not_found();
        }
        response.send_typed(body);
    }
}

impl fmt::Debug for OwnedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnedResponse")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("content", &self.body)
            .field("error", &self.error())
            .finish_non_exhaustive()
    }
}
