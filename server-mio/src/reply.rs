//! Values that are answers.

use std::borrow::Cow;

use bytes::Bytes;

use crate::{Body, ContentType, Error, Response, Status};

/// A value that is an answer: what handlers return.
///
/// | value | answer |
/// |---|---|
/// | `&'static str`, `String`, `Cow<'static, str>` | text/plain; charset=utf-8 |
/// | `&'static [u8]`, `Vec<u8>`, `Bytes`, [`Body`] | application/octet-stream |
/// | [`Html`] | text/html; charset=utf-8 |
/// | [`Redirect`](crate::Redirect) | a `Location` |
/// | [`Status`], `()` | no content |
/// | `(Status, value)` | the value with another status |
/// | `Option<value>` | 404 for `None` |
/// | `Result<value, error>` | what the error handlers make of the error |
///
/// ```
/// use rajada_mio::{App, Html, Redirect, Request, Status};
///
/// App::new()
///     .get("/old", |_: &Request| Redirect::permanent("/new"))
///     .get("/new", |_: &Request| Html("<h1>new</h1>"))
///     .put("/new", |_: &Request| (Status::CREATED, "made"));
/// ```
pub trait Reply {
    /// Writes the answer.
    fn write(self, response: &mut Response<'_>);
}

impl Reply for &'static str {
    fn write(self, response: &mut Response<'_>) {
        response.send_static(ContentType::TEXT, self.as_bytes());
    }
}

impl Reply for String {
    fn write(self, response: &mut Response<'_>) {
        response.send(ContentType::TEXT, Body::from(self));
    }
}

impl Reply for Cow<'static, str> {
    fn write(self, response: &mut Response<'_>) {
        match self {
            Cow::Borrowed(text) => text.write(response),
            Cow::Owned(text) => text.write(response),
        }
    }
}

impl Reply for &'static [u8] {
    fn write(self, response: &mut Response<'_>) {
        response.send_static(ContentType::OCTETS, self);
    }
}

impl<const N: usize> Reply for &'static [u8; N] {
    fn write(self, response: &mut Response<'_>) {
        response.send_static(ContentType::OCTETS, self);
    }
}

impl Reply for Vec<u8> {
    fn write(self, response: &mut Response<'_>) {
        response.send(ContentType::OCTETS, Body::from(self));
    }
}

impl Reply for Bytes {
    fn write(self, response: &mut Response<'_>) {
        response.send(ContentType::OCTETS, Body::Owned(self));
    }
}

impl Reply for Body {
    fn write(self, response: &mut Response<'_>) {
        response.send(ContentType::OCTETS, self);
    }
}

impl Reply for () {
    fn write(self, response: &mut Response<'_>) {
        response.empty();
    }
}

impl Reply for Status {
    fn write(self, response: &mut Response<'_>) {
        response.status(self).empty();
    }
}

impl<R: Reply> Reply for (Status, R) {
    fn write(self, response: &mut Response<'_>) {
        response.status(self.0);
        self.1.write(response);
    }
}

impl<R: Reply> Reply for Option<R> {
    fn write(self, response: &mut Response<'_>) {
        match self {
            Some(reply) => reply.write(response),
            None => response.not_found(),
        }
    }
}

impl<R: Reply, E: Into<Error>> Reply for Result<R, E> {
    fn write(self, response: &mut Response<'_>) {
        match self {
            Ok(reply) => reply.write(response),
            Err(error) => response.fail(error.into()),
        }
    }
}

/// A page: text/html; charset=utf-8.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a page is its text")]
pub struct Html<T>(pub T);

impl<T: Into<Cow<'static, str>>> Reply for Html<T> {
    fn write(self, response: &mut Response<'_>) {
        match self.0.into() {
            Cow::Borrowed(text) => response.send_static(ContentType::HTML, text.as_bytes()),
            Cow::Owned(text) => response.send(ContentType::HTML, Body::from(text)),
        }
    }
}
