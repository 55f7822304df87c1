//! Cookies that a request brings.

use cookie::Cookie;

use super::{OwnedRequest, Request};

/// The cookies of a request, of all its `Cookie` headers in order. Each is taken apart when its turn comes; one that
/// is malformed is passed over, and costs nothing but itself.
#[derive(Debug, Clone)]
pub struct Cookies<'r> {
    fields: rajada_parser::FieldIter<'r, 'r>,
    rest: &'r str,
}

impl<'r> Iterator for Cookies<'r> {
    type Item = Cookie<'r>;

    fn next(&mut self) -> Option<Cookie<'r>> {
        loop {
            while !self.rest.is_empty() {
                let (one, rest) = self.rest.split_once(';').unwrap_or((self.rest, ""));
                self.rest = rest;
                if let Ok(cookie) = Cookie::parse(one.trim()) {
                    return Some(cookie);
                }
            }
            let field = self.fields.find(|field| field.is("cookie"))?;
            self.rest = core::str::from_utf8(field.value).unwrap_or_default();
        }
    }
}

impl<'r> Request<'r> {
    /// The cookies that the request brings.
    pub fn cookies(&self) -> Cookies<'r> {
        Cookies { fields: self.headers().iter(), rest: "" }
    }

    /// The value of the first cookie called `name`.
    ///
    /// ```
    /// use rajada_mio::{App, Request};
    ///
    /// App::new().get("/", |req: &Request| format!("hello {}", req.cookie("name").unwrap_or("stranger")));
    /// ```
    pub fn cookie(&self, name: &str) -> Option<&'r str> {
        let cookie = self.cookies().find(|cookie| cookie.name() == name)?;
        cookie.value_raw()
    }
}

impl OwnedRequest {
    /// See [`Request::cookies`].
    pub fn cookies(&self) -> Cookies<'_> {
        self.as_request().cookies()
    }

    /// See [`Request::cookie`].
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.as_request().cookie(name)
    }
}
