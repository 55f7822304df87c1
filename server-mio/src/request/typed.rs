//! Values by their types: of the path's parameters, of header fields.

use core::fmt;
use core::str::FromStr;

use super::{ContentError, OwnedRequest, Request, RequestError};

impl<'r> Request<'r> {
    /// The decoded value of a parameter of the route, as what it stands for.
    ///
    /// ```
    /// use rajada_mio::{App, Request, RequestError, TestClient};
    ///
    /// let app = App::new().get("/double/{n}", |req: &Request| {
    ///     Ok::<_, RequestError>((2 * req.param_as::<u32>("n")?).to_string())
    /// });
    /// let mut client = TestClient::new(app);
    /// assert_eq!(client.get("/double/21").send().text(), "42");
    /// let refused = client.get("/double/x").send();
    /// assert_eq!(refused.status(), rajada_mio::Status::BAD_REQUEST);
    /// assert_eq!(refused.text(), "a parameter of the path is wrong: n: invalid digit found in string");
    /// ```
    ///
    /// # Errors
    /// A value that is none of `T` (400: [`RequestError::Param`] has the name, and says what is wrong in the words of `T`).
    ///
    /// # Panics
    /// If the route's pattern has no parameter of this name, as [`param`](Self::param).
    pub fn param_as<T: FromStr<Err: fmt::Display>>(&self, name: &str) -> Result<T, RequestError> {
        let value = self.param(name).parse();
        value.map_err(|why| RequestError::Param(ContentError::new(why).at(name)))
    }

    /// The value of a header field that is there once at the most, as what it stands for; `None` if it is not there.
    ///
    /// ```
    /// use rajada_mio::{App, Request, RequestError};
    ///
    /// App::new().get("/", |req: &Request| {
    ///     let depth = req.header_as::<u8>("Depth")?.unwrap_or(1);
    ///     Ok::<_, RequestError>(format!("{depth} levels"))
    /// });
    /// ```
    ///
    /// # Errors
    /// A value that is none of `T`, or is not UTF-8 (400: [`RequestError::Header`] has the name); lines with different
    /// values ([`RequestError::RepeatedHeader`]).
    pub fn header_as<T: FromStr<Err: fmt::Display>>(
        &self,
        name: &str,
    ) -> Result<Option<T>, RequestError> {
        let Some(value) = self.single_header(name)? else { return Ok(None) };
        let wrong = |what: ContentError| RequestError::Header(what.at(name));
        let text = core::str::from_utf8(value).map_err(|why| wrong(ContentError::new(why)))?;
        text.parse().map(Some).map_err(|why| wrong(ContentError::new(why)))
    }

    /// The token that `Authorization` has in the scheme `Bearer` (RFC 6750 section 2.1), whose name compares without case
    /// (RFC 9110 section 11.1); `None` without the field, or with another scheme.
    ///
    /// ```
    /// use rajada_mio::{App, Error, Request, Response, Status};
    ///
    /// App::new().get("/", |_: &Request| "for members").before(|req: &mut Request, _: &mut Response| {
    ///     match req.bearer_token()? {
    ///         Some("sesame") => Ok(()),
    ///         _ => Err(Error::message(Status::UNAUTHORIZED, "who are you?")
    ///             .with_header("WWW-Authenticate", "Bearer")),
    ///     }
    /// });
    /// ```
    ///
    /// # Errors
    /// What is no token behind `Bearer` (400: [`RequestError::Header`]); lines with different values
    /// ([`RequestError::RepeatedHeader`]).
    pub fn bearer_token(&self) -> Result<Option<&'r str>, RequestError> {
        const NAME: &str = "Authorization";
        let Some(value) = self.single_header(NAME)? else { return Ok(None) };
        let end = value.iter().position(|&octet| octet == b' ').unwrap_or(value.len());
        let (scheme, rest) = value.split_at(end);
        if !scheme.eq_ignore_ascii_case(b"bearer") {
            return Ok(None);
        }
        let token = rest.trim_ascii_start();
        match core::str::from_utf8(token) {
            Ok(text) if is_token68(token) => Ok(Some(text)),
            _ => Err(RequestError::Header(ContentError::new("no token behind Bearer").at(NAME))),
        }
    }
}

impl OwnedRequest {
    /// See [`Request::param_as`].
    ///
    /// # Errors
    /// As [`Request::param_as`].
    ///
    /// # Panics
    /// As [`Request::param`].
    pub fn param_as<T: FromStr<Err: fmt::Display>>(&self, name: &str) -> Result<T, RequestError> {
        self.as_request().param_as(name)
    }

    /// See [`Request::header_as`].
    ///
    /// # Errors
    /// As [`Request::header_as`].
    pub fn header_as<T: FromStr<Err: fmt::Display>>(
        &self,
        name: &str,
    ) -> Result<Option<T>, RequestError> {
        self.as_request().header_as(name)
    }

    /// See [`Request::bearer_token`].
    ///
    /// # Errors
    /// As [`Request::bearer_token`].
    pub fn bearer_token(&self) -> Result<Option<&str>, RequestError> {
        self.as_request().bearer_token()
    }
}

/// `token68` of RFC 9110 section 11.2, which is `b64token` of RFC 6750 section 2.1.
fn is_token68(octets: &[u8]) -> bool {
    let end = octets.iter().rposition(|&octet| octet != b'=').map_or(0, |last| last + 1);
    let is_plain = |octet: &u8| octet.is_ascii_alphanumeric() || b"-._~+/".contains(octet);
    end > 0 && octets[..end].iter().all(is_plain)
}
