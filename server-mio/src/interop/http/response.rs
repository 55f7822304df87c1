//! Answers.

use http::HeaderValue;
use http::header::CONNECTION;

use super::leaves_open;
use crate::{Body, Error, Headers, IntoResponse, OwnedResponse, Response, Status, gate};

/// The answer with its status, its fields and its content, whose type is that of the fields, if they have one. The fields
/// that the server writes itself are left out; `Connection: close` [closes](OwnedResponse::close). A status from 600 on, or a
/// field that can't be sent, fails the request with 500.
impl<B: Into<Body>> From<http::Response<B>> for OwnedResponse {
    fn from(theirs: http::Response<B>) -> OwnedResponse {
        let (parts, body) = theirs.into_parts();
        let made = || -> Result<(Status, Headers), Error> {
            Ok((Status::try_from(parts.status)?, Headers::try_from(&parts.headers)?))
        };
        let (status, headers) = match made() {
            Ok(made) => made,
            Err(error) => {
                gate::discard(body.into());
                return OwnedResponse::from(error);
            }
        };
        let mut answer = OwnedResponse::new(status);
        *answer.headers_mut() = headers;
        answer.set_content(body);
        match leaves_open(&parts.headers) {
            true => answer,
            false => answer.close(),
        }
    }
}

impl<B: Into<Body>> IntoResponse for http::Response<B> {
    fn into_response(self, response: &mut Response<'_>) {
        OwnedResponse::from(self).into_response(response);
    }
}

impl OwnedResponse {
    /// The answer as one of the crate `http`. What is to be called when it [has left](Self::on_sent) is not in it, and is
    /// dropped.
    ///
    /// ```
    /// use rajada_mio::{OwnedResponse, Status};
    ///
    /// let answer = OwnedResponse::new(Status::CREATED).header("Location", "/notes/1").text("made").into_http()?;
    /// assert_eq!(answer.status(), 201);
    /// assert_eq!(answer.headers()["location"], "/notes/1");
    ///
    /// let again = OwnedResponse::from(answer);
    /// assert_eq!(again.content().octets(), Some(&b"made"[..]));
    /// # Ok::<(), rajada_mio::Error>(())
    /// ```
    ///
    /// # Errors
    /// The error that the answer is to be made of, by the application's error handlers, or 404 where it says that there is
    /// nothing.
    pub fn into_http(mut self) -> Result<http::Response<Body>, Error> {
        if let Some(error) = self.take_failure() {
            return Err(*error);
        }
        if self.is_missing() {
            return Err(Error::message(Status::NOT_FOUND, Status::NOT_FOUND.reason()));
        }
        let mut theirs = http::Response::new(self.take_content());
        *theirs.status_mut() = self.status().into();
        *theirs.headers_mut() = self.headers().into();
        if self.closes() {
            theirs.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(theirs)
    }
}
