//! What a head means for the content behind it and for the connection: the one
//! place that reads `Content-Length`, `Transfer-Encoding`, `Host`, `Expect`,
//! `Connection` and `Upgrade`.
//!
//! ```text
//! head complete -> version -> target form -> Host -> Transfer-Encoding
//!                  -> Content-Length -> Expect -> Framing
//! ```
//!
//! The first offence in this order is the error. A message that two recipients
//! could frame differently is refused, never repaired.

mod content_length;
mod host;
pub(crate) mod list;
mod request;
mod response;
#[cfg(test)]
mod tests;
mod transfer_encoding;

use crate::Version;
use crate::fields::{Fields, Known, Noted, same};

pub use host::Authority;
pub(crate) use list::elements;

/// How the content of a message ends, RFC 9112 section 6.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "RFC 9112 section 6.3 knows no other")]
pub enum BodyLength {
    /// There is no content; the next octet belongs to the next message.
    None,
    /// So many octets of content follow. 0 is `Content-Length: 0`, which says
    /// the same as [`BodyLength::None`] of how the message ends.
    Exact(u64),
    /// Chunked content follows; see [`ChunkedDecoder`](crate::ChunkedDecoder).
    Chunked,
    /// All octets until the peer closes are content. Responses only.
    UntilClose,
}

/// Whose message it is: a request is refused where a response is mended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Request,
    Response,
}

impl BodyLength {
    /// Whether not an octet follows the head.
    pub const fn is_empty(self) -> bool {
        matches!(self, BodyLength::None | BodyLength::Exact(0))
    }
}

/// What a head means for the content behind it and for the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Framing {
    /// How the content ends.
    pub body: BodyLength,
    /// Whether the peer lets the connection persist behind this message: by
    /// version and `Connection` (RFC 9112 section 9.3). `close` wins over
    /// `keep-alive`.
    pub persistent: bool,
    /// Whether the message says `Connection: keep-alive`, which an HTTP/1.0
    /// peer wants to see echoed.
    pub keep_alive: bool,
    /// `Expect: 100-continue` in an HTTP/1.1 request with content: the client
    /// waits for an interim or a final response (RFC 9110 section 10.1.1).
    pub expect_continue: bool,
    /// A request: it asks for another protocol by `Upgrade` and `Connection:
    /// upgrade`, in HTTP/1.1 (RFC 9110 section 7.8). A response: it is a 101,
    /// and what follows is no HTTP.
    pub upgrade: bool,
    /// A CONNECT request, or a 2xx response to one: what follows is a tunnel. There is
    /// no content in front of it.
    pub tunnel: bool,
}

impl Framing {
    /// No content, and a connection that does not persist.
    const NONE: Framing = Framing {
        body: BodyLength::None,
        persistent: false,
        keep_alive: false,
        expect_continue: false,
        upgrade: false,
        tunnel: false,
    };
}

impl Fields<'_, '_> {
    /// Whether a peer of this version lets the connection persist behind the
    /// message of these fields: what [`Framing::persistent`] says of a request, for
    /// callers who kept its fields alone (RFC 9112 section 9.3).
    ///
    /// ```
    /// use rajada_parser::{FieldPosition, Fields, Version};
    ///
    /// let connection = FieldPosition { name_start: 0, name_end: 10, value_start: 12, value_end: 17 };
    /// let positions = [connection];
    /// let fields = Fields::new(b"Connection: close\r\n", &positions);
    /// assert!(!fields.persistent(Version::Http11));
    /// assert!(Fields::new(b"", &[]).persistent(Version::Http11));
    /// ```
    pub fn persistent(&self, version: Version) -> bool {
        let (persistent, ..) = connection(self.get_all("connection"), version);
        persistent
    }
}

/// The values of `Connection`.
#[inline(always)]
fn values<'b>(noted: &Noted, fields: Fields<'b, '_>) -> impl Iterator<Item = &'b [u8]> {
    noted.find(Known::Connection, fields).map(|(_, value)| value)
}

/// What `Connection` and the version say: whether the connection persists,
/// whether `keep-alive` is written, whether `upgrade` is. RFC 9112 section 9.3,
/// RFC 9110 section 7.6.1: a list of tokens, without case; empty elements are
/// ignored.
#[inline]
fn connection<'b>(values: impl Iterator<Item = &'b [u8]>, version: Version) -> (bool, bool, bool) {
    let (mut close, mut keep_alive, mut upgrade) = (false, false, false);
    for value in values {
        // The most usual value by far needs no taking apart.
        if same(value, "keep-alive") {
            keep_alive = true;
            continue;
        }
        // What stands behind a fold counts on either side: to miss a `close` would be worse.
        for option in list::elements_of(Side::Response, value) {
            close |= same(option, "close");
            keep_alive |= same(option, "keep-alive");
            upgrade |= same(option, "upgrade");
        }
    }
    let persistent = !close && (keep_alive || version >= Version::Http11);
    (persistent, keep_alive, upgrade)
}
