//! Cookies that an answer sets.

mod bad;

pub use bad::BadCookie;

use std::borrow::Cow;

use cookie::{Cookie, SameSite};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use rajada_parser::encode::is_token;

use super::{OwnedResponse, Response};

impl Response<'_> {
    /// Sets a cookie. What a value can't hold is percent-encoded, `%` itself too, and
    /// [`Request::cookie`](crate::Request::cookie) gives back what this was given. A cookie that can't be sent, or that
    /// user agents are known to drop without a word, fails the request with 500: [`BadCookie`] has the reasons.
    ///
    /// ```abnf
    /// cookie-octet = %x21 / %x23-2B / %x2D-3A / %x3C-5B / %x5D-7E
    /// ```
    ///
    /// RFC 6265 section 4.1.1. Names are tokens, and never encoded: a user agent judges them as they stand.
    ///
    /// ```
    /// use rajada_mio::cookie::{Cookie, SameSite};
    /// use rajada_mio::{App, Request, Response, TestClient};
    ///
    /// let app = App::new().get("/in", |_: &Request, res: &mut Response| {
    ///     let session = Cookie::build(("session", "7f3a")).path("/").http_only(true).same_site(SameSite::Lax);
    ///     res.cookie(session).cookie(("name", "Zoë, 50%")).text("welcome");
    /// });
    /// let answer = TestClient::new(app).get("/in").send();
    /// let cookies: Vec<_> = answer.header_all("set-cookie").collect();
    /// assert_eq!(cookies, ["session=7f3a; HttpOnly; SameSite=Lax; Path=/", "name=Zo%C3%AB%2C%2050%25"]);
    /// ```
    #[doc(alias("set_cookie", "Set-Cookie"))]
    pub fn cookie<'c>(&mut self, cookie: impl Into<Cookie<'c>>) -> &mut Self {
        self.raw_cookie(encoded(cookie.into()))
    }

    /// Sets a cookie whose value stands as it is given, for [`Request::raw_cookie`](crate::Request::raw_cookie) or for
    /// others to read: octets that a cookie may hold, in quotes or not. Any other value fails the request with 500, and
    /// so does what [`cookie`](Self::cookie) refuses.
    pub fn raw_cookie<'c>(&mut self, cookie: impl Into<Cookie<'c>>) -> &mut Self {
        match line(cookie.into()) {
            Ok(line) => self.header("Set-Cookie", line),
            Err(error) => {
                self.fail(error.into());
                self
            }
        }
    }

    /// Has the client forget a cookie. Path and domain must be those that it was set with; one whose name begins with
    /// `__Host-` or `__Secure-` needs the attributes that it was set with, too.
    #[doc(alias("remove_cookie", "delete_cookie"))]
    pub fn forget_cookie<'c>(&mut self, cookie: impl Into<Cookie<'c>>) -> &mut Self {
        self.cookie(removal(cookie.into()))
    }
}

impl OwnedResponse {
    /// Sets a cookie, as [`Response::cookie`] does.
    #[doc(alias("set_cookie", "Set-Cookie"))]
    pub fn cookie<'c>(self, cookie: impl Into<Cookie<'c>>) -> OwnedResponse {
        self.raw_cookie(encoded(cookie.into()))
    }

    /// Sets a cookie whose value stands as it is given, as [`Response::raw_cookie`] does.
    pub fn raw_cookie<'c>(mut self, cookie: impl Into<Cookie<'c>>) -> OwnedResponse {
        match line(cookie.into()) {
            Ok(line) => self.header("Set-Cookie", line),
            Err(error) => {
                self.fail(error.into());
                self
            }
        }
    }

    /// Has the client forget a cookie, as [`Response::forget_cookie`] does.
    #[doc(alias("remove_cookie", "delete_cookie"))]
    pub fn forget_cookie<'c>(self, cookie: impl Into<Cookie<'c>>) -> OwnedResponse {
        self.cookie(removal(cookie.into()))
    }
}

/// The cookie with its value percent-encoded.
fn encoded(mut cookie: Cookie<'_>) -> Cookie<'_> {
    let encoded = Cow::from(utf8_percent_encode(cookie.value(), ENCODED));
    // An escape alone is borrowed, too.
    if encoded != cookie.value() {
        let encoded = encoded.into_owned();
        cookie.set_value(encoded);
    }
    cookie
}

/// What has a client forget the cookie.
fn removal(mut cookie: Cookie<'_>) -> Cookie<'_> {
    cookie.make_removal();
    cookie
}

/// The value of `Set-Cookie`.
fn line(cookie: Cookie<'_>) -> Result<String, BadCookie> {
    check(&cookie)?;
    Ok(cookie.to_string())
}

/// What is no cookie-octet, and what begins an escape. (What is not ASCII is encoded anyway.)
const ENCODED: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'%').add(b',').add(b';').add(b'\\');

/// Octets of a name and a value as they are sent, of which user agents take no more (RFC 6265bis section 5.6).
const LONGEST: usize = 4096;

fn check(cookie: &Cookie<'_>) -> Result<(), BadCookie> {
    if !is_token(cookie.name().as_bytes()) {
        return Err(BadCookie::Name);
    }
    if !is_value(cookie.value()) {
        return Err(BadCookie::Value);
    }
    if cookie.name().len() + cookie.value().len() > LONGEST {
        return Err(BadCookie::TooLong);
    }
    if !cookie.path().is_none_or(is_attribute) {
        return Err(BadCookie::Path);
    }
    if !cookie.domain().is_none_or(is_attribute) {
        return Err(BadCookie::Domain);
    }
    check_prefix(cookie)
}

/// What user agents demand of names with a prefix, whose case they ignore (RFC 6265bis section 4.1.3).
fn check_prefix(cookie: &Cookie<'_>) -> Result<(), BadCookie> {
    let begins_with = |prefix: &str| {
        cookie.name().get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    // With these attributes the crate writes `Secure` unasked.
    let implied = cookie.partitioned() == Some(true)
        || cookie.secure().is_none() && cookie.same_site() == Some(SameSite::None);
    let secure = implied || cookie.secure() == Some(true);
    let of_host = secure && cookie.path() == Some("/") && cookie.domain().is_none();
    let of_http = cookie.http_only() == Some(true);
    if (begins_with("__Http-") || begins_with("__Host-Http-")) && !(secure && of_http) {
        return Err(BadCookie::HttpPrefix);
    }
    if begins_with("__Host-") && !of_host {
        return Err(BadCookie::HostPrefix);
    }
    if begins_with("__Secure-") && !secure {
        return Err(BadCookie::SecurePrefix);
    }
    if cookie.same_site() == Some(SameSite::None) && !secure {
        return Err(BadCookie::SameSite);
    }
    Ok(())
}

/// ```abnf
/// cookie-value = *cookie-octet / ( DQUOTE *cookie-octet DQUOTE )
/// ```
fn is_value(value: &str) -> bool {
    let inner = match value.as_bytes() {
        [b'"', inner @ .., b'"'] => inner,
        all => all,
    };
    inner
        .iter()
        .all(|octet| matches!(octet, 0x21 | 0x23..=0x2b | 0x2d..=0x3a | 0x3c..=0x5b | 0x5d..=0x7e))
}

/// ```abnf
/// path-value = *av-octet
/// av-octet   = %x20-3A / %x3C-7E
/// ```
///
/// User agents drop white space at the ends (RFC 6265 section 5.2).
fn is_attribute(value: &str) -> bool {
    let octets = value.as_bytes();
    rajada_parser::list::trim(octets) == octets
        && octets.iter().all(|octet| matches!(octet, 0x20..=0x3a | 0x3c..=0x7e))
}
