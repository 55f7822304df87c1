//! Content that is made piece by piece, of a length that is known otherwise.

use std::task::{Context, Poll};

use bytes::Bytes;

use super::{Body, BodyStream};
use crate::{Error, Headers};

impl Body {
    /// The same content, which has so many octets in all: the answer says so by `Content-Length` (RFC 9112 section 6.2),
    /// in place of chunks. Content that gives fewer or more ends the connection behind what was sent, never beyond the
    /// length that was promised. Content that is whole keeps the length that it has.
    ///
    /// ```
    /// use rajada_mio::{App, Body, Error, Request};
    /// use std::fs::File;
    ///
    /// App::new().get("/film", |_: &Request| {
    ///     let file = File::open("film.mp4")?;
    ///     let length = file.metadata()?.len();
    ///     Ok::<_, Error>(Body::from_read(file).with_length(length))
    /// });
    /// ```
    #[must_use = "it is the content that has the length"]
    #[doc(alias = "Content-Length")]
    pub fn with_length(self, octets: u64) -> Body {
        match self {
            Body::Stream(stream) => Body::Stream(Box::new(OfLength { stream, octets })),
            whole => whole,
        }
    }
}

struct OfLength {
    stream: Box<dyn BodyStream>,
    octets: u64,
}

impl BodyStream for OfLength {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        self.stream.poll_next(cx)
    }

    fn length(&self) -> Option<u64> {
        Some(self.octets)
    }

    fn trailers(&mut self) -> Option<Headers> {
        self.stream.trailers()
    }

    fn window(&self) -> usize {
        self.stream.window()
    }

    fn is_given_up(&mut self) -> bool {
        self.stream.is_given_up()
    }

    fn shut_down(&mut self) {
        self.stream.shut_down();
    }
}
