//! Cookies that an answer sets.

use cookie::Cookie;

use super::Response;

impl Response<'_> {
    /// Sets a cookie. One that can't be sent (a name or value with control octets or semicolons) fails the request
    /// with 500.
    ///
    /// ```
    /// use rajada_mio::cookie::{Cookie, SameSite};
    /// use rajada_mio::{App, Request, Response};
    ///
    /// App::new().get("/in", |_: &Request, res: &mut Response| {
    ///     let session = Cookie::build(("session", "7f3a")).path("/").http_only(true).same_site(SameSite::Lax);
    ///     res.cookie(session).text("welcome");
    /// });
    /// ```
    pub fn cookie<'c>(&mut self, cookie: impl Into<Cookie<'c>>) -> &mut Self {
        let cookie = cookie.into();
        let attributes =
            [Some(cookie.name()), Some(cookie.value()), cookie.path(), cookie.domain()];
        if attributes.into_iter().flatten().any(|part| part.contains(';'))
            || cookie.name().contains('=')
        {
            self.fail(super::BadHeader.into());
            return self;
        }
        self.header("Set-Cookie", cookie.to_string())
    }

    /// Has the client forget a cookie. Path and domain must be those that it was set with.
    pub fn forget_cookie<'c>(&mut self, cookie: impl Into<Cookie<'c>>) -> &mut Self {
        let mut cookie = cookie.into();
        cookie.make_removal();
        self.cookie(cookie)
    }
}
