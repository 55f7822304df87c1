//! Parts of answers that stand before their content: a status, headers.

use super::{CacheControl, ContentType, Headers, IntoResponse, Location, Response};
use crate::Status;

/// What may stand before the content in a tuple that is an answer.
///
/// | value | part |
/// |---|---|
/// | [`Status`] | the status |
/// | `[(name, value); N]`, `Vec<(name, value)>`, [`Headers`] | headers |
/// | [`ContentType`] | the media type of the content |
/// | [`Location`], [`CacheControl`] | the header of that name |
/// | `Cookie` | a cookie, as [`Response::cookie`] sets it |
///
/// Up to four stand in a tuple, and the content last. Headers replace those of their names that hooks before the handler,
/// or parts before them, have set, but for cookies; a name that one part has twice is sent twice. A header that can't be
/// sent fails the request with 500.
///
/// ```
/// use rajada_mio::{App, CacheControl, Location, OwnedRequest, Request, Status};
/// use std::time::Duration;
///
/// async fn make(_: OwnedRequest) -> (Status, Location, &'static str) {
///     (Status::CREATED, Location::new("/notes/1"), "made")
/// }
///
/// App::new()
///     .post("/notes", make)
///     .get("/notes", |_: &Request| ([("Vary", "Accept"), ("X-Total-Count", "1")], "1 note"))
///     .get("/logo", |_: &Request| (CacheControl::public().max_age(Duration::from_secs(3600)), "octets"));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no part of an answer that may stand before its content",
    note = "an answer is content, or a tuple of a status and headers with the content last: `(Status::CREATED, [(\"X-Name\", \"value\")], \"content\")`",
    note = "a status is a constant (`Status::CREATED`) or `Status::try_from(number)?`; that of another crate is turned into one by its number"
)]
pub trait ResponsePart {
    /// Sets this part of an answer.
    fn add_to(self, response: &mut Response<'_>);
}

impl ResponsePart for Status {
    fn add_to(self, response: &mut Response<'_>) {
        response.set_status(self);
    }
}

impl ResponsePart for ContentType {
    fn add_to(self, response: &mut Response<'_>) {
        response.content_type(self);
    }
}

impl ResponsePart for Headers {
    fn add_to(self, response: &mut Response<'_>) {
        response.take_headers(&self);
    }
}

impl ResponsePart for Location {
    fn add_to(self, response: &mut Response<'_>) {
        response.set_header("Location", self.as_str());
    }
}

impl ResponsePart for CacheControl {
    fn add_to(self, response: &mut Response<'_>) {
        response.set_header("Cache-Control", self.to_string());
    }
}

#[cfg(feature = "cookies")]
impl ResponsePart for cookie::Cookie<'_> {
    fn add_to(self, response: &mut Response<'_>) {
        response.cookie(self);
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>, const COUNT: usize> ResponsePart for [(N, V); COUNT] {
    fn add_to(self, response: &mut Response<'_>) {
        add_all(&self, response);
    }
}

impl<N: AsRef<str>, V: AsRef<[u8]>> ResponsePart for Vec<(N, V)> {
    fn add_to(self, response: &mut Response<'_>) {
        add_all(&self, response);
    }
}

fn add_all<N: AsRef<str>, V: AsRef<[u8]>>(pairs: &[(N, V)], response: &mut Response<'_>) {
    let mut headers = Headers::new();
    for (name, value) in pairs {
        if let Err(error) = headers.add(name.as_ref(), value) {
            return response.fail(error.into());
        }
    }
    response.take_headers(&headers);
}

/// Tuples of parts with the content last.
macro_rules! tuples {
    ($($($part:ident)+;)*) => {$(
        impl<$($part: ResponsePart,)+ R: IntoResponse> IntoResponse for ($($part,)+ R) {
            #[expect(non_snake_case, reason = "each is called as its type")]
            fn into_response(self, response: &mut Response<'_>) {
                let ($($part,)+ content) = self;
                $($part.add_to(response);)+
                content.into_response(response);
            }
        }
    )*};
}

tuples! {
    A;
    A B;
    A B C;
    A B C D;
}
