//! An answer as a handler writes it.

mod cache_control;
mod content_type;
#[cfg(feature = "cookies")]
mod cookies;
mod desk;
mod head;
mod headers;
mod heads;
mod html;
#[cfg(feature = "tower")]
mod http_fields;
mod into_response;
mod location;
mod owed;
mod owned;
mod part;
mod recorder;

pub use cache_control::CacheControl;
pub use content_type::ContentType;
#[cfg(feature = "cookies")]
pub use cookies::BadCookie;
pub use headers::{BadHeader, Headers};
pub use html::Html;
pub use into_response::IntoResponse;
pub use location::Location;
pub use owned::OwnedResponse;
pub use part::ResponsePart;

pub(crate) use desk::{Desk, Later};
pub(crate) use owed::{Owed, abandon};

use headers::CONTENT_TYPE;
use owed::Refusal;

use core::fmt;

use bytes::Bytes;
use rajada_pipeline::{COPY_BELOW, Content as Octets, Head, HeadError, Length, Ticket};

use crate::body::BodyStream;
use crate::content::Kept;
use crate::driver::Upgrade;
use crate::{Body, Error, Status, gate};

/// Writes the answer to one request: its status and headers first, then its content in one call, which sends it.
///
/// The content goes straight into the octets that leave for the peer, so it may borrow from the request.
/// `Content-Length`, `Date` and, where it is needed, `Connection` are added; `HEAD`, 204 and 304 lose their content
/// by themselves. A handler that sends nothing answers without content. What each call takes and refuses is in [the table
/// of values](crate::Request#of-a-response).
///
/// ```
/// use rajada_mio::{App, Request, Response, Status};
///
/// App::new().post("/items", |req: &Request, res: &mut Response| {
///     res.set_status(Status::CREATED).header("Location", "/items/1").bytes(req.bytes());
/// });
/// ```
pub struct Response<'r> {
    owed: Owed<'r>,
    desk: &'r mut Desk,
    /// Content is kept here until the hooks behind the handler have run, if there are any.
    staged: Option<&'r mut Option<Staged>>,
    status: Status,
    /// The media type is settled: it is among the headers, or there is none.
    typed: bool,
    close: bool,
    missing: bool,
    /// Something of the above is not as it was at first, or content is staged: an answer that is
    /// given whole is not to be given at once.
    unusual: bool,
}

/// What hooks have set of an answer that an asynchronous handler will give.
pub(crate) struct Preset {
    fields: Headers,
    status: Status,
    typed: bool,
    close: bool,
}

/// Content that waits for hooks.
pub(crate) struct Staged {
    body: Body,
}

impl<'r> Response<'r> {
    #[inline]
    pub(crate) fn new(
        owed: Owed<'r>,
        desk: &'r mut Desk,
        staged: Option<&'r mut Option<Staged>>,
    ) -> Response<'r> {
        debug_assert!(desk.failure.is_none(), "whoever failed was seen to");
        desk.fields.clear();
        let unusual = staged.is_some();
        Response {
            owed,
            desk,
            staged,
            status: Status::OK,
            typed: false,
            close: false,
            missing: false,
            unusual,
        }
    }

    /// Closes the connection behind this answer, which says so. If further requests have come by then, they are answered,
    /// too, and the answer to the youngest says so.
    #[doc(alias = "Connection: close")]
    pub fn close(&mut self) -> &mut Self {
        self.close = true;
        self.unusual = true;
        self
    }

    /// Calls `told` when the last octet of this answer has been handed to the socket; never, if its connection ends
    /// before.
    ///
    /// ```
    /// use rajada_mio::{App, Request, Response};
    ///
    /// App::new().get("/", |_: &Request, res: &mut Response| {
    ///     res.on_sent(|| println!("it is on its way")).text("Hello world!");
    /// });
    /// ```
    pub fn on_sent(&mut self, told: impl FnOnce() + 'static) -> &mut Self {
        self.tell_sent(Box::new(told))
    }

    fn tell_sent(&mut self, told: Box<dyn FnOnce()>) -> &mut Self {
        if let Some(id) = self.owed.id() {
            self.desk.later.push(Later::Tell(id, told));
        }
        self
    }

    /// Sends text, copied: text/plain; charset=utf-8.
    pub fn text(&mut self, text: &str) {
        self.send_copied(ContentType::TEXT, text.as_bytes());
    }

    /// Sends a page, copied: text/html; charset=utf-8.
    pub fn html(&mut self, page: &str) {
        self.send_copied(ContentType::HTML, page.as_bytes());
    }

    /// Sends octets, copied: application/octet-stream.
    pub fn bytes(&mut self, octets: &[u8]) {
        self.send_copied(ContentType::OCTETS, octets);
    }

    /// Sends content of any kind, not copied where it is large.
    #[doc(alias = "body")]
    pub fn content(&mut self, body: impl Into<Body>) {
        self.send(ContentType::OCTETS, body.into());
    }

    /// Sends an answer without content.
    pub fn empty(&mut self) {
        self.send_typed(Body::Empty);
    }

    /// Sends content whose type was set, or has none.
    fn send_typed(&mut self, body: Body) {
        self.typed = true;
        self.unusual = true;
        self.send(ContentType::OCTETS, body);
    }

    /// Leaves the answer to the application's handler for what is not found.
    pub fn not_found(&mut self) {
        self.missing = true;
    }

    /// Leaves the answer to the application's error handlers. What was set so far is forgotten.
    pub fn fail(&mut self, error: Error) {
        if self.owed.is_paid() {
            gate::tell("a handler failed behind its answer: ", error);
        } else if self.desk.failure.is_none() {
            self.desk.failure = Some(Box::new(error));
            self.unusual = true;
        } else {
            gate::discard(error);
        }
    }

    /// In a hook behind the handlers: takes the content back, and its media type, so that another answer can be given. The
    /// status and other headers stay.
    pub fn discard(&mut self) -> &mut Self {
        if let Some(staged) = self.staged.as_deref_mut() {
            gate::discard(staged.take());
            if self.typed {
                self.desk.fields.remove(CONTENT_TYPE);
                self.typed = false;
            }
        }
        self
    }

    /// Whether an answer has been given.
    pub fn is_sent(&self) -> bool {
        self.owed.is_paid() || self.staged.as_ref().is_some_and(|staged| staged.is_some())
    }

    /// Sends content whose type is `content_type` unless one was set.
    pub fn send(&mut self, content_type: ContentType, body: Body) {
        if self.unusual && self.stage(content_type, || None) {
            if let Some(Some(staged)) = self.staged.as_deref_mut() {
                staged.body = body;
            }
            return;
        }
        match body {
            Body::Empty => self.respond(content_type, Octets::None),
            Body::Static(octets) => self.send_static(content_type, octets),
            Body::Owned(octets) => self.respond(content_type, Octets::Owned(octets.into())),
            Body::Stream(stream) => self.stream(content_type, stream),
            Body::Upgrade(upgrade) => self.upgrade(upgrade),
            Body::Omitted(Some(octets)) => self.respond(content_type, Octets::Omitted(octets)),
            Body::Omitted(None) => self.respond(content_type, Octets::Untold),
        }
    }

    /// Sends octets that live as long as the program: large ones from where they are, without a copy.
    ///
    /// ```
    /// use rajada_mio::{App, ContentType, Request, Response};
    ///
    /// static LOGO: &[u8] = b"<svg xmlns='http://www.w3.org/2000/svg'/>";
    ///
    /// App::new().get("/logo.svg", |_: &Request, res: &mut Response| res.send_static(ContentType::SVG, LOGO));
    /// ```
    #[doc(alias("static file", "include_bytes"))]
    #[inline]
    pub fn send_static(&mut self, content_type: ContentType, octets: &'static [u8]) {
        if self.unusual && self.stage(content_type, || Some(Body::Static(octets))) {
            return;
        }
        if octets.len() < COPY_BELOW {
            self.respond_copied(content_type, octets);
        } else {
            self.respond(content_type, Octets::Owned(Bytes::from_static(octets).into()));
        }
    }

    /// Sends octets that are copied.
    pub fn send_copied(&mut self, content_type: ContentType, octets: &[u8]) {
        let body = || Some(Body::Owned(Bytes::copy_from_slice(octets)));
        if self.unusual && self.stage(content_type, body) {
            return;
        }
        self.respond_copied(content_type, octets);
    }

    /// Keeps content for hooks that have not run; false if there are none.
    #[cold]
    #[inline(never)]
    fn stage(&mut self, content_type: ContentType, body: impl FnOnce() -> Option<Body>) -> bool {
        match self.staged.as_deref_mut() {
            None => false,
            Some(staged) => {
                if staged.is_none() && self.desk.failure.is_none() {
                    *staged = Some(Staged { body: body().unwrap_or(Body::Empty) });
                    if !self.typed {
                        self.desk.fields.set_type(content_type);
                        self.typed = true;
                    }
                }
                true
            }
        }
    }

    /// Gives the answer, whole, with content that is copied. Nearly all of them have nothing but a type beside it.
    fn respond_copied(&mut self, content_type: ContentType, octets: &[u8]) {
        if self.unusual {
            return self.respond(content_type, Octets::Copied(octets));
        }
        // The head is made right where it is used: handed on through memory it would be waited for.
        let heads = &mut self.desk.heads;
        let head = match heads.last(Status::OK, Some(content_type)) {
            Some(head) => head,
            None => match heads.prepared(Status::OK, Some(content_type)) {
                Ok(head) => head,
                Err(error) => return self.fail(error.into()),
            },
        };
        if let Err(why) = self.owed.respond(&head.head(), Octets::Copied(octets)) {
            self.refused(why);
        }
    }

    /// Gives the answer, whole.
    #[inline(never)]
    fn respond(&mut self, content_type: ContentType, content: Octets<'_, Kept>) {
        self.give(content_type, |owed, _, head| owed.respond(head, content));
    }

    #[cold]
    fn stream(&mut self, content_type: ContentType, stream: Box<dyn BodyStream>) {
        if self.desk.tasks.is_full() {
            gate::discard(stream);
            let why = "no place is left for another stream";
            return self.fail(Error::message(Status::SERVICE_UNAVAILABLE, why));
        }
        // Code of the application: before anything of the answer is given.
        let length = match gate::enter(|| stream.length()) {
            Ok(length) => length.map_or(Length::Unknown, Length::Exact),
            Err(panic) => {
                gate::discard(stream);
                log::error!("a stream panicked: {}", panic.message());
                return self.fail(Error::message(
                    Status::INTERNAL_SERVER_ERROR,
                    "a stream does not tell its length",
                ));
            }
        };
        if self.desk.inflow.as_ref().is_some_and(|flow| flow.has_takers()) {
            self.take_content_on();
        }
        self.give(content_type, |owed, later, head| {
            match owed.start(head, length)? {
                Some(streaming) => later.push(Later::Pump(streaming, stream)),
                None => gate::discard(stream),
            }
            Ok(())
        });
    }

    /// Another protocol follows, unless a hook has made something else of the answer.
    #[cold]
    #[inline(never)]
    fn upgrade(&mut self, upgrade: Upgrade) {
        if self.status != Status::SWITCHING_PROTOCOLS {
            gate::discard(upgrade);
            self.typed = true;
            return self.respond(ContentType::OCTETS, Octets::None);
        }
        self.typed = true;
        self.give(ContentType::OCTETS, |owed, later, head| {
            owed.accept_upgrade(head)?;
            later.push(Later::Upgrade(upgrade));
            Ok(())
        });
    }

    /// Encodes the head and gives it to `answer`.
    fn give(
        &mut self,
        content_type: ContentType,
        answer: impl FnOnce(&mut Owed<'_>, &mut Vec<Later>, &Head<'_>) -> Result<(), Refusal>,
    ) {
        if self.desk.failure.is_some() {
            return;
        }
        if self.owed.is_paid() {
            return self.refused(Refusal::Paid);
        }
        if self.close {
            self.owed.close_behind();
        }
        let content_type = if self.typed { None } else { Some(content_type) };
        let Desk { heads, fields, later, .. } = &mut *self.desk;
        let head: Result<Head<'_>, HeadError> = if fields.is_empty() {
            heads.prepared(self.status, content_type).map(|prepared| prepared.head())
        } else {
            heads.with_fields(self.status, content_type, fields.as_lines())
        };
        let given = match head {
            Ok(head) => answer(&mut self.owed, later, &head),
            Err(error) => return self.fail(error.into()),
        };
        if let Err(why) = given {
            self.refused(why);
        }
    }

    /// An answer was not taken. If another one can be given in its place, the request fails.
    #[cold]
    fn refused(&mut self, why: Refusal) {
        match why {
            Refusal::Paid => log::warn!("a handler answered twice; the second answer is dropped"),
            Refusal::Misuse(error) if self.owed.is_paid() => {
                log::debug!("an answer came too late: {error}");
            }
            Refusal::Misuse(error) => self.fail(error.into()),
        }
    }

    // ---- what the server does around a handler

    /// Forgets what a handler has set, so that another one can answer.
    pub(crate) fn reset(&mut self) {
        self.desk.fields.clear();
        self.discard();
        (self.status, self.typed, self.missing) = (Status::OK, false, false);
        gate::discard(self.desk.failure.take());
    }

    /// The error that a handler has left, if any.
    pub(crate) fn take_failure(&mut self) -> Option<Box<Error>> {
        self.desk.failure.take()
    }

    /// Whether a handler has said that there is nothing; only once.
    pub(crate) fn take_missing(&mut self) -> bool {
        core::mem::take(&mut self.missing)
    }

    /// Whether a hook has ended the request: by an answer, an error, or by saying that there is nothing.
    pub(crate) fn is_decided(&self) -> bool {
        self.is_sent() || self.desk.failure.is_some() || self.missing
    }

    /// Whether nothing is left to be done once a handler has returned.
    #[inline]
    pub(crate) fn is_finished(&self) -> bool {
        self.owed.is_paid()
    }

    /// Sends what was staged, or an answer without content if there is nothing.
    pub(crate) fn finish(&mut self) {
        let staged = self.staged.take().and_then(Option::take);
        if self.owed.is_paid() {
            return gate::discard(staged);
        }
        match staged {
            None => self.empty(),
            Some(Staged { body }) => self.send_typed(body),
        }
    }

    /// Content is taken while the answer leaves. A client that holds it back is told before that begins: none is told behind.
    #[cold]
    fn take_content_on(&mut self) {
        self.send_continue();
        self.owed.take_content();
    }

    /// Has the client send the content that it holds back.
    pub(crate) fn send_continue(&mut self) {
        if let Err(error) = self.owed.send_continue() {
            log::debug!("no 100 could be sent: {error}");
        }
    }

    /// Whether content of the request, the youngest one, is still to come.
    pub(crate) fn content_is_due(&self) -> bool {
        self.owed.content_is_due()
    }

    /// Takes the ticket over, if no answer was given.
    #[inline]
    pub(crate) fn take_ticket(&mut self) -> Option<Ticket> {
        self.owed.take_ticket()
    }

    /// What was set, for [`restore`](Self::restore); `None` if it is nothing.
    pub(crate) fn preset(&self) -> Option<Box<Preset>> {
        let untouched =
            self.desk.fields.is_empty() && self.status == Status::OK && !self.typed && !self.close;
        (!untouched).then(|| {
            Box::new(Preset {
                fields: self.desk.fields.clone(),
                status: self.status,
                typed: self.typed,
                close: self.close,
            })
        })
    }

    /// Sets what was set before.
    pub(crate) fn restore(&mut self, preset: &Preset) {
        self.desk.fields.clone_from(&preset.fields);
        self.unusual = true;
        self.status = preset.status;
        self.typed = preset.typed;
        self.close = preset.close;
    }
}

impl fmt::Debug for Response<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("sent", &self.is_sent())
            .finish_non_exhaustive()
    }
}
