//! A request that owns its octets: what asynchronous handlers get.

use core::fmt;
use core::ops::Deref;

use rajada_parser::{Fields, Version};

use super::parts::OwnedParts;
use super::{Request, RequestError, spare};
use crate::peer::Peer;

/// A request with a copy of its octets, for handlers that go on after the connection's buffer is used again.
///
/// It answers the same questions as [`Request`]. Its memory is used again by the worker, so a request costs no
/// allocation after warm-up.
pub struct OwnedRequest {
    /// Always there, until it is given back.
    parts: Option<Box<OwnedParts>>,
}

impl OwnedRequest {
    pub(crate) fn new(parts: Box<OwnedParts>) -> OwnedRequest {
        OwnedRequest { parts: Some(parts) }
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
            Some(parts) => RequestRef(parts.view()),
            None => unreachable!("the parts are there until the drop"),
        }
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

    /// See [`Request::get_param`].
    pub fn get_param(&self, name: &str) -> Option<&str> {
        self.as_request().get_param(name)
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
