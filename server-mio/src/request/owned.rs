//! A request that owns its octets: what asynchronous handlers get.

use core::fmt;
use core::ops::Deref;
use std::sync::Arc;

use rajada_parser::{Fields, Version};

use super::parts::OwnedParts;
use super::{ContentStream, Request, RequestError, spare};
use crate::content::Content;
use crate::peer::Peer;

/// A request with a copy of its octets, for handlers that go on after the connection's buffer is used again.
///
/// It answers the same questions as [`Request`]. Its memory is used again by the worker, so a request costs no
/// allocation after warm-up.
pub struct OwnedRequest {
    /// Always there, until it is given back.
    pub(super) parts: Option<Arc<OwnedParts>>,
    /// Whether content is shown: not to hooks before the handler, unless they have waited for it.
    shows_content: bool,
}

impl OwnedRequest {
    /// A request for a handler, all of which is there.
    pub(crate) fn new(parts: Arc<OwnedParts>) -> OwnedRequest {
        OwnedRequest { parts: Some(parts), shows_content: true }
    }

    /// The request as a synchronous handler sees it, borrowed from this one.
    ///
    /// ```
    /// use rajada_mio::{App, OwnedRequest, Request};
    ///
    /// fn greeting(req: &Request) -> String {
    ///     format!("hello {}", req.param("name"))
    /// }
    ///
    /// App::new()
    ///     .get("/sync/{name}", greeting)
    ///     .get("/async/{name}", |req: OwnedRequest| async move { greeting(&req.as_request()) });
    /// ```
    pub fn as_request(&self) -> RequestRef<'_> {
        match &self.parts {
            Some(parts) if self.shows_content => RequestRef(parts.view()),
            Some(parts) => RequestRef(parts.view_of_head()),
            None => unreachable!("the parts are there until the drop"),
        }
    }

    /// The request as a hook that runs at once sees it.
    pub(crate) fn view(&self) -> Request<'_> {
        self.as_request().0
    }

    /// The content that is shown.
    ///
    /// # Errors
    /// [`RequestError::Unread`]: there is some that is not shown.
    #[inline]
    pub(crate) fn content(&self) -> Result<&[u8], RequestError> {
        match self.parts.as_ref().map(|parts| parts.content()) {
            None | Some(Content::None) => Ok(&[]),
            Some(Content::Whole(octets)) if self.shows_content => Ok(octets),
            Some(Content::Whole(_) | Content::Unread) => Err(RequestError::Unread),
        }
    }

    /// What follows are hooks: they see no content unless they wait for it.
    pub(crate) fn hide_content(&mut self) {
        self.shows_content = false;
    }

    /// Its content, for a handler that takes that as it arrives, and is to see it nowhere else.
    pub(crate) fn take_content(&mut self) -> ContentStream {
        self.shows_content = false;
        match &self.parts {
            Some(parts) => parts.content_stream(),
            None => unreachable!("the parts are there until the drop"),
        }
    }

    /// Waits until all content is there, and shows it: in a hook [before](crate::App::before) handlers or
    /// [around](crate::App::around) them, which runs when nothing but the head has been read. A client that waits for
    /// `100 (Continue)` is sent it then. A handler has no need of it: its request is complete, or it has a
    /// [`ContentStream`], which gives what was waited for here as its first piece.
    ///
    /// It does not end if the peer is too slow or its content is not in order: then the hook is dropped.
    ///
    /// # Errors
    /// [`RequestError::TooLarge`] (413), if it is known that there is more content than the route takes, or the scope of a
    /// path that no handler is for; nothing of it is read. [`RequestError::Over`], if a clone waits longer than its request
    /// lasts.
    ///
    /// ```
    /// use rajada_mio::{App, Error, OwnedRequest, Status};
    ///
    /// async fn is_signed(req: &mut OwnedRequest) -> Result<(), Error> {
    ///     req.read_content().await?;
    ///     let sum: u64 = req.bytes().iter().copied().map(u64::from).sum();
    ///     match req.header_text("x-sum") == Some(&sum.to_string()) {
    ///         true => Ok(()),
    ///         false => Err(Error::message(Status::FORBIDDEN, "the sum is wrong")),
    ///     }
    /// }
    ///
    /// App::new().before(is_signed).post("/", |_: OwnedRequest| async { "signed" });
    /// ```
    pub async fn read_content(&mut self) -> Result<(), RequestError> {
        if let Some(parts) = &self.parts {
            parts.gate.wait().await?;
        }
        self.shows_content = true;
        Ok(())
    }

    /// See [`Request::method`].
    pub fn method(&self) -> &str {
        self.as_request().method()
    }

    /// See [`Request::target`].
    pub fn target(&self) -> &str {
        self.as_request().target()
    }

    /// See [`Request::path`].
    pub fn path(&self) -> &str {
        self.as_request().path()
    }

    /// See [`Request::query_string`].
    pub fn query_string(&self) -> Option<&str> {
        self.as_request().query_string()
    }

    /// See [`Request::version`].
    pub fn version(&self) -> Version {
        self.as_request().version()
    }

    /// See [`Request::headers`].
    pub fn headers(&self) -> Fields<'_, '_> {
        self.as_request().headers()
    }

    /// See [`Request::header`].
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.as_request().header(name)
    }

    /// See [`Request::header_text`].
    pub fn header_text(&self, name: &str) -> Option<&str> {
        self.as_request().header_text(name)
    }

    /// See [`Request::single_header`].
    ///
    /// # Errors
    /// As [`Request::single_header`].
    pub fn single_header(&self, name: &str) -> Result<Option<&[u8]>, RequestError> {
        self.as_request().single_header(name)
    }

    /// See [`Request::host`].
    pub fn host(&self) -> Option<&str> {
        self.as_request().host()
    }

    /// See [`Request::port`].
    pub fn port(&self) -> Option<u16> {
        self.as_request().port()
    }

    /// See [`Request::keep_alive`].
    pub fn keep_alive(&self) -> bool {
        self.as_request().keep_alive()
    }

    /// See [`Request::pattern`].
    pub fn pattern(&self) -> Option<&str> {
        self.as_request().pattern()
    }

    /// See [`Request::param`].
    ///
    /// # Panics
    /// As [`Request::param`].
    #[track_caller]
    pub fn param(&self, name: &str) -> &str {
        self.as_request().param(name)
    }

    /// See [`Request::find_param`].
    pub fn find_param(&self, name: &str) -> Option<&str> {
        self.as_request().find_param(name)
    }

    /// See [`Request::params`].
    pub fn params(&self) -> impl Iterator<Item = (&str, &str)> {
        self.as_request().params()
    }

    /// See [`Request::bytes`].
    pub fn bytes(&self) -> &[u8] {
        self.as_request().bytes()
    }

    /// See [`Request::text`].
    ///
    /// # Errors
    /// As [`Request::text`].
    pub fn text(&self) -> Result<&str, RequestError> {
        self.as_request().text()
    }

    /// See [`Request::peer`].
    pub fn peer(&self) -> Peer {
        self.as_request().peer()
    }

    /// See [`Request::state`].
    ///
    /// # Panics
    /// As [`Request::state`].
    pub fn state<T: Send + Sync + 'static>(&self) -> &T {
        self.as_request().state()
    }

    /// See [`Request::extension`].
    pub fn extension<T: 'static>(&self) -> Option<&T> {
        self.parts.as_ref().and_then(|parts| parts.extensions.get())
    }

    /// Attaches a value, as [`Request::extend`] does: for whoever sees the request from now on, hooks
    /// [behind](crate::App::after) the handler included.
    ///
    /// ```
    /// use rajada_mio::{App, OwnedRequest, Request, Response, sleep};
    /// use std::time::Duration;
    ///
    /// struct User(String);
    ///
    /// async fn who(req: &mut OwnedRequest) {
    ///     sleep(Duration::from_millis(1)).await;
    ///     req.extend(User("Ada".into()));
    /// }
    ///
    /// App::new()
    ///     .before(who)
    ///     .get("/me", |req: &Request| req.extension::<User>().map(|user| user.0.clone()));
    /// ```
    pub fn extend<T: Send + Sync + 'static>(&mut self, value: T) {
        if let Some(parts) = &self.parts {
            parts.extensions.insert(value);
        }
    }
}

/// The same request once more: what is attached to one is attached to both.
impl Clone for OwnedRequest {
    fn clone(&self) -> OwnedRequest {
        OwnedRequest { parts: self.parts.clone(), shows_content: self.shows_content }
    }
}

/// A [`Request`] to look at: that of an [`OwnedRequest`].
#[derive(Debug)]
pub struct RequestRef<'r>(Request<'r>);

impl<'r> Deref for RequestRef<'r> {
    type Target = Request<'r>;

    fn deref(&self) -> &Request<'r> {
        &self.0
    }
}

impl Drop for OwnedRequest {
    fn drop(&mut self) {
        self.parts.take().into_iter().for_each(spare::discard);
    }
}

impl fmt::Debug for OwnedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_request().fmt(f)
    }
}
