//! The content of an answer, whole or made while it is sent.

#[cfg(feature = "tokio")]
mod async_read;
mod channel;
#[cfg(feature = "stream")]
mod futures_stream;
mod length;
mod read;
mod stream;

pub use channel::{BodySender, Gone, NotSent};
pub use stream::BodyStream;

use core::fmt;

use bytes::Bytes;

use crate::driver::Upgrade;

/// The content of an answer.
///
/// Content that is made while it is sent comes from a [`BodyStream`], or is pushed by a [sender](Body::channel), or is
/// read from a [reader](Body::from_read): see [the guide](crate::guide::streams).
#[non_exhaustive]
pub enum Body {
    /// None.
    Empty,
    /// Octets that live as long as the program: large ones are sent from where they are.
    Static(&'static [u8]),
    /// Octets of its own, or shared ones: large ones are sent from where they are.
    Owned(Bytes),
    /// Octets that are made while the answer is sent.
    #[doc(alias = "streaming response")]
    Stream(Box<dyn BodyStream>),
    /// Another protocol, behind 101 (RFC 9110 section 15.2.2).
    #[doc(hidden)]
    Upgrade(Upgrade),
    /// So many octets that are not made, because they are not sent: in an answer to `HEAD`, or with 304, which tell the
    /// length that `GET` would (RFC 9110 section 8.6). `None`: nobody knows how many, and nothing is told.
    ///
    /// A handler for `GET` has no need of it: its content is left out where the method is `HEAD`. Where content is to be
    /// sent, this fails the request with 500.
    ///
    /// ```
    /// use rajada_mio::{App, Body, Request, TestClient};
    ///
    /// let app = App::new().route(["HEAD"], "/film", |_: &Request| Body::Omitted(Some(1 << 30)));
    /// assert_eq!(TestClient::new(app).request("HEAD", "/film").send().header("content-length"), Some("1073741824"));
    /// ```
    #[doc(alias("HEAD", "content_length"))]
    Omitted(Option<u64>),
}

impl Body {
    /// The octets, unless they are made while they are sent, or not at all.
    pub fn octets(&self) -> Option<&[u8]> {
        match self {
            Body::Empty => Some(&[]),
            Body::Static(octets) => Some(octets),
            Body::Owned(octets) => Some(octets),
            Body::Stream(_) | Body::Upgrade(_) | Body::Omitted(_) => None,
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Body::Empty => f.write_str("Empty"),
            Body::Static(octets) => write!(f, "Static({} octets)", octets.len()),
            Body::Owned(octets) => write!(f, "Owned({} octets)", octets.len()),
            Body::Stream(stream) => write!(f, "Stream({:?})", stream.length()),
            Body::Upgrade(_) => f.write_str("Upgrade"),
            Body::Omitted(octets) => write!(f, "Omitted({octets:?})"),
        }
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Body {
        Body::Static(text.as_bytes())
    }
}

impl From<&'static [u8]> for Body {
    fn from(octets: &'static [u8]) -> Body {
        Body::Static(octets)
    }
}

impl From<String> for Body {
    fn from(text: String) -> Body {
        Body::Owned(text.into())
    }
}

impl From<Vec<u8>> for Body {
    fn from(octets: Vec<u8>) -> Body {
        Body::Owned(octets.into())
    }
}

impl From<Bytes> for Body {
    fn from(octets: Bytes) -> Body {
        Body::Owned(octets)
    }
}
