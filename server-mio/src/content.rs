//! The content of a request and of an answer, whole or as a stream.

use core::fmt;
use std::task::{Context, Poll};

use bytes::Bytes;

use crate::{Error, gate};

/// The content of a request (RFC 9110 section 6.4).
#[derive(Debug)]
#[non_exhaustive]
pub enum Content<'r> {
    /// There is none.
    None,
    /// All of it.
    Whole(&'r [u8]),
    /// There is some, or will be, and this hook runs before it is read: see [`App::before`](crate::App::before).
    Unread,
    /// It arrives while the handler runs. No route asks for this yet.
    Streaming(ContentStream),
}

/// Content that arrives while the handler runs.
#[derive(Debug)]
pub struct ContentStream {
    _made_by_the_server_alone: (),
}

impl ContentStream {
    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// What the peer did wrong, or that it went away.
    pub fn poll_next(&mut self, _cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        Poll::Ready(None)
    }
}

/// The content of an answer.
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
}

/// Makes the content of an answer piece by piece, as fast as the peer takes it.
///
/// ```
/// use rajada_mio::{App, Body, BodyStream, Bytes, Error, Request};
/// use std::task::{Context, Poll};
///
/// struct Squares(u64);
///
/// impl BodyStream for Squares {
///     fn poll_next(&mut self, _: &mut Context) -> Poll<Option<Result<Bytes, Error>>> {
///         self.0 += 1;
///         Poll::Ready((self.0 <= 1000).then(|| Ok(format!("{}\n", self.0 * self.0).into())))
///     }
/// }
///
/// App::new().get("/squares", |_: &Request| Body::Stream(Box::new(Squares(0))));
/// ```
pub trait BodyStream: 'static {
    /// The next piece; `None` at the end. Empty pieces are skipped.
    ///
    /// # Errors
    /// Cuts the answer short, so that the peer can tell, and closes the connection.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>>;

    /// The octets in all, if that is known: the answer then says so. Without it the content is chunked.
    fn length(&self) -> Option<u64> {
        None
    }

    /// Octets that may wait for the peer at most: while there are as many, the next piece is not asked for. Without it only
    /// [`Limits::held`](crate::Limits::held) bounds them.
    fn window(&self) -> usize {
        usize::MAX
    }

    /// Whether there is no sense in sending what the peer does not take: the stream is woken, and asked this in place of the
    /// next piece while there is no room for one. Then the answer is cut short; if the peer takes nothing, what waits for
    /// it is dropped, and its connection closed at once.
    fn is_given_up(&mut self) -> bool {
        false
    }

    /// Service ends: what would go on for ever should come to its end. Told once, before the next piece is asked for.
    fn shut_down(&mut self) {}
}

/// Octets of the application's that a pipeline keeps until they have left. What owns them may be anything
/// ([`Bytes::from_owner`]), so to drop them is to run code of the application.
pub(crate) struct Kept(Option<Bytes>);

impl From<Bytes> for Kept {
    fn from(octets: Bytes) -> Kept {
        Kept(Some(octets))
    }
}

impl Kept {
    /// The same octets, kept once more.
    pub(crate) fn share(&self) -> Kept {
        Kept(self.0.clone())
    }
}

impl AsRef<[u8]> for Kept {
    fn as_ref(&self) -> &[u8] {
        self.0.as_deref().unwrap_or_default()
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        gate::discard(self.0.take());
    }
}

impl Body {
    /// The octets, unless they are made while they are sent.
    pub fn octets(&self) -> Option<&[u8]> {
        match self {
            Body::Empty => Some(&[]),
            Body::Static(octets) => Some(octets),
            Body::Owned(octets) => Some(octets),
            Body::Stream(_) => None,
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
