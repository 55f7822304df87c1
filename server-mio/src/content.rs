//! The content of a request, whole or as it arrives, and octets that are kept until they have left.

use bytes::Bytes;

use crate::gate;

/// The content of a request (RFC 9110 section 6.4).
#[derive(Debug)]
#[non_exhaustive]
pub enum Content<'r> {
    /// There is none.
    None,
    /// All of it.
    Whole(&'r [u8]),
    /// There is some, or will be, and this hook runs before it is read: see [`App::before`](crate::App::before); or the
    /// handler takes it from its [`ContentStream`](crate::ContentStream).
    Unread,
}

/// Octets of the application's that a pipeline keeps until they have left. What owns them may be anything
/// ([`Bytes::from_owner`]), so to drop them is to run code of the application.
pub(crate) struct Kept(Option<Bytes>);

impl From<Bytes> for Kept {
    fn from(octets: Bytes) -> Kept {
        Kept(Some(octets))
    }
}

#[cfg(feature = "websocket")]
impl From<Vec<u8>> for Kept {
    fn from(octets: Vec<u8>) -> Kept {
        Kept::from(Bytes::from(octets))
    }
}

impl Clone for Kept {
    /// The same octets, kept once more.
    fn clone(&self) -> Kept {
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
