//! Values that are answers.

use std::borrow::Cow;

use bytes::Bytes;

use super::Response;
use crate::{Body, ContentType, Error, Status};

/// A value that is an answer: what handlers return.
///
/// | value | answer |
/// |---|---|
/// | `&'static str`, `String`, `Cow<'static, str>` | text/plain; charset=utf-8 |
/// | `&'static [u8]`, `Vec<u8>`, `Bytes`, [`Body`] | application/octet-stream |
/// | [`Html`](crate::Html) | text/html; charset=utf-8 |
/// | [`Redirect`](crate::Redirect) | a `Location` |
/// | [`Status`], `()` | no content |
/// | `(status, value)`, `(headers, value)`, `(status, headers, value)` | the value with another status and [more headers](crate::ResponsePart) |
/// | [`OwnedResponse`](crate::OwnedResponse) | itself |
/// | `Option<value>` | 404 for `None` |
/// | `Result<value, error>` | what the error handlers make of the error |
///
/// ```
/// use rajada_mio::{App, Html, Redirect, Request, Status};
///
/// App::new()
///     .get("/old", |_: &Request| Redirect::permanent("/new"))
///     .get("/new", |_: &Request| Html("<h1>new</h1>"))
///     .put("/new", |_: &Request| (Status::CREATED, [("Location", "/new")], "made"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no answer",
    note = "an answer is text, octets, `Json(value)` of what is `serde::Serialize`, a `Status`, a tuple with the content last, an `Option` or a `Result` of these (see `IntoResponse`)",
    note = "a status is a constant (`Status::CREATED`) or `Status::try_from(number)?`; of a type of your own make one of these, or implement `IntoResponse` for it"
)]
pub trait IntoResponse {
    /// Gives this answer.
    fn into_response(self, response: &mut Response<'_>);
}

impl IntoResponse for &'static str {
    fn into_response(self, response: &mut Response<'_>) {
        response.send_static(ContentType::TEXT, self.as_bytes());
    }
}

impl IntoResponse for String {
    fn into_response(self, response: &mut Response<'_>) {
        response.send(ContentType::TEXT, Body::from(self));
    }
}

impl IntoResponse for Cow<'static, str> {
    fn into_response(self, response: &mut Response<'_>) {
        match self {
            Cow::Borrowed(text) => text.into_response(response),
            Cow::Owned(text) => text.into_response(response),
        }
    }
}

impl IntoResponse for &'static [u8] {
    fn into_response(self, response: &mut Response<'_>) {
        response.send_static(ContentType::OCTETS, self);
    }
}

impl<const N: usize> IntoResponse for &'static [u8; N] {
    fn into_response(self, response: &mut Response<'_>) {
        response.send_static(ContentType::OCTETS, self);
    }
}

impl IntoResponse for Vec<u8> {
    fn into_response(self, response: &mut Response<'_>) {
        response.send(ContentType::OCTETS, Body::from(self));
    }
}

impl IntoResponse for Bytes {
    fn into_response(self, response: &mut Response<'_>) {
        response.send(ContentType::OCTETS, Body::Owned(self));
    }
}

impl IntoResponse for Body {
    fn into_response(self, response: &mut Response<'_>) {
        response.send(ContentType::OCTETS, self);
    }
}

impl IntoResponse for () {
    fn into_response(self, response: &mut Response<'_>) {
        response.empty();
    }
}

impl IntoResponse for Status {
    fn into_response(self, response: &mut Response<'_>) {
        response.set_status(self).empty();
    }
}

impl<R: IntoResponse> IntoResponse for Option<R> {
    fn into_response(self, response: &mut Response<'_>) {
        match self {
            Some(value) => value.into_response(response),
            None => response.not_found(),
        }
    }
}

impl<R: IntoResponse, E: Into<Error>> IntoResponse for Result<R, E> {
    fn into_response(self, response: &mut Response<'_>) {
        match self {
            Ok(value) => value.into_response(response),
            Err(error) => response.fail(error.into()),
        }
    }
}
