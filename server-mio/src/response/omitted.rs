//! Content that is not sent, and whose length is.

use std::task::{Context, Poll};

use bytes::Bytes;

use crate::{Body, BodyStream, Error, Status};

impl Body {
    /// Content of so many octets that is not made, because it is not sent: of an answer to `HEAD`, or with 304, which tell
    /// the length that `GET` would (RFC 9110 section 8.6). `None`: nobody knows how many.
    ///
    /// A handler for `GET` has no need of it: its content is left out where the method is `HEAD`.
    ///
    /// An answer whose content is to be sent is cut short by it.
    ///
    /// ```
    /// use rajada_mio::{App, Body, Request, TestClient};
    ///
    /// let app = App::new().route(["HEAD"], "/film", |_: &Request| Body::omitted(Some(1 << 30)));
    /// assert_eq!(TestClient::new(app).request("HEAD", "/film").send().header("content-length"), Some("1073741824"));
    /// ```
    #[doc(alias("HEAD", "content_length"))]
    pub fn omitted(octets: Option<u64>) -> Body {
        Body::Stream(Box::new(Omitted(octets)))
    }
}

/// Octets that nobody has.
struct Omitted(Option<u64>);

impl BodyStream for Omitted {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        let why = "content that was left out is to be sent";
        Poll::Ready(Some(Err(Error::message(Status::INTERNAL_SERVER_ERROR, why))))
    }

    fn length(&self) -> Option<u64> {
        self.0
    }
}
