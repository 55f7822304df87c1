//! Cookies that a request brings.

use std::borrow::Cow;

use cookie::Cookie;
use percent_encoding::percent_decode_str;
use rajada_parser::encode::is_token;
use rajada_parser::list::trim;

use super::{OwnedRequest, Request};

/// The cookies of a request, of all its `Cookie` headers in order. Each is taken apart when its turn comes; one that
/// is malformed is passed over, and costs nothing but itself.
///
/// ```abnf
/// cookie-string = cookie-pair *( ";" SP cookie-pair )
/// cookie-pair   = cookie-name "=" cookie-value
/// cookie-name   = token
/// ```
///
/// RFC 6265 sections 4.1.1 and 4.2.1, read as widely as user agents write: white space may stand around names and
/// values or be missing, and it is SP and HTAB alone. Malformed is a pair without `=`, a name that is no token, and a
/// value that is not UTF-8. Any other octet may be in a value, since user agents send what scripts have set. The first
/// `=` ends the name. Quotes around a value are a part of it, as they are to user agents (RFC 6265bis section 4.1.1).
/// Cookies have no limits of their own, but that of a head ([`Limits::head`](crate::Limits::head)).
#[derive(Debug, Clone)]
pub struct Cookies<'r> {
    fields: rajada_parser::FieldIter<'r, 'r>,
    rest: &'r [u8],
    raw: bool,
}

impl<'r> Cookies<'r> {
    /// The next pair as it was sent.
    fn next_pair(&mut self) -> Option<(&'r str, &'r str)> {
        loop {
            while !self.rest.is_empty() {
                let (one, rest) = split(self.rest, b';').unwrap_or((self.rest, b""));
                self.rest = rest;
                if let Some(pair) = pair(one) {
                    return Some(pair);
                }
            }
            self.rest = self.fields.find(|field| field.is("cookie"))?.value;
        }
    }

    /// The value of the first cookie called `name`, as it was sent.
    fn find_value(mut self, name: &str) -> Option<&'r str> {
        loop {
            let (other, value) = self.next_pair()?;
            if other == name {
                return Some(value);
            }
        }
    }
}

impl<'r> Iterator for Cookies<'r> {
    type Item = Cookie<'r>;

    fn next(&mut self) -> Option<Cookie<'r>> {
        let (name, value) = self.next_pair()?;
        let value = if self.raw { Cow::Borrowed(value) } else { decode(value) };
        Some(Cookie::new(name, value))
    }
}

/// Name and value of one cookie.
fn pair(octets: &[u8]) -> Option<(&str, &str)> {
    let (name, value) = split(octets, b'=')?;
    let (name, value) = (trim(name), trim(value));
    if !is_token(name) {
        return None;
    }
    Some((core::str::from_utf8(name).ok()?, core::str::from_utf8(value).ok()?))
}

fn split(octets: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let at = octets.iter().position(|&octet| octet == at)?;
    Some((&octets[..at], &octets[at + 1..]))
}

/// What was percent-encoded.
fn decode(value: &str) -> Cow<'_, str> {
    percent_decode_str(value).decode_utf8().unwrap_or(Cow::Borrowed(value))
}

impl<'r> Request<'r> {
    /// The cookies that the request brings, with their values decoded as [`cookie`](Self::cookie) does.
    pub fn cookies(&self) -> Cookies<'r> {
        Cookies { raw: false, ..self.raw_cookies() }
    }

    /// The cookies that the request brings, with their values as they were sent.
    pub fn raw_cookies(&self) -> Cookies<'r> {
        Cookies { fields: self.headers().iter(), rest: b"", raw: true }
    }

    /// The value of the first cookie called `name`, case included: what [`Response::cookie`](crate::Response::cookie)
    /// was given. What is percent-encoded is decoded; a `%` that begins no escape stays, and a value that would not be
    /// UTF-8 is left as it was sent. [`Cookies`] says what is no cookie.
    ///
    /// ```
    /// use rajada_mio::{App, Request};
    ///
    /// App::new().get("/", |req: &Request| {
    ///     format!("hello {}", req.cookie("name").as_deref().unwrap_or("stranger"))
    /// });
    /// ```
    #[doc(alias("cookie jar", "CookieJar", "session"))]
    pub fn cookie(&self, name: &str) -> Option<Cow<'r, str>> {
        self.raw_cookie(name).map(decode)
    }

    /// The value of the first cookie called `name`, case included, as it was sent: for cookies that others set, or
    /// [`Response::raw_cookie`](crate::Response::raw_cookie).
    pub fn raw_cookie(&self, name: &str) -> Option<&'r str> {
        self.raw_cookies().find_value(name)
    }
}

impl OwnedRequest {
    /// See [`Request::cookies`].
    pub fn cookies(&self) -> Cookies<'_> {
        self.as_request().cookies()
    }

    /// See [`Request::raw_cookies`].
    pub fn raw_cookies(&self) -> Cookies<'_> {
        self.as_request().raw_cookies()
    }

    /// See [`Request::cookie`].
    pub fn cookie(&self, name: &str) -> Option<Cow<'_, str>> {
        self.as_request().cookie(name)
    }

    /// See [`Request::raw_cookie`].
    pub fn raw_cookie(&self, name: &str) -> Option<&str> {
        self.as_request().raw_cookie(name)
    }
}
