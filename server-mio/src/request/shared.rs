//! Octets of a request that outlive it: slices of the memory that it is in.

use bytes::Bytes;
#[cfg(feature = "http")]
use rajada_parser::Version;

use super::{OwnedRequest, RequestError};
#[cfg(feature = "http")]
use crate::interop::http::Sent;

/// Octets of the request, shared. Slices of them ([`Bytes::slice_ref`]) are taken without a copy. They keep all of the
/// request, its content and what is attached to it: who keeps a little for long copies it.
impl OwnedRequest {
    /// The octets of the head: method, target and header fields stand in them where their accessors have them.
    ///
    /// ```
    /// use rajada_mio::{App, Bytes, OwnedRequest};
    ///
    /// fn agent(req: &OwnedRequest) -> Option<Bytes> {
    ///     Some(req.head_bytes().slice_ref(req.header("user-agent")?))
    /// }
    ///
    /// App::new().get("/agent", |req: OwnedRequest| async move { agent(&req) });
    /// ```
    pub fn head_bytes(&self) -> Bytes {
        Bytes::from_owner(Head(self.clone()))
    }

    /// The method as it stands in the head, and the version.
    #[cfg(feature = "http")]
    pub(crate) fn method_and_version(&self) -> (&[u8], Version) {
        match &self.parts {
            Some(parts) => (parts.method(), parts.version()),
            None => unreachable!("the parts are there until the drop"),
        }
    }

    /// The rest of the head.
    #[cfg(feature = "http")]
    pub(crate) fn sent(&self) -> Sent<'_> {
        match &self.parts {
            Some(parts) => parts.sent(),
            None => unreachable!("the parts are there until the drop"),
        }
    }

    /// The content, as [`bytes`](Self::bytes) has it.
    ///
    /// # Errors
    /// [`RequestError::Unread`] in a hook that has not [waited](Self::read_content) for it.
    pub fn content_bytes(&self) -> Result<Bytes, RequestError> {
        match self.content()? {
            [] => Ok(Bytes::new()),
            _ => Ok(Bytes::from_owner(Content(self.clone()))),
        }
    }
}

/// A request whose head is looked at.
struct Head(OwnedRequest);

impl AsRef<[u8]> for Head {
    fn as_ref(&self) -> &[u8] {
        self.0.parts.as_ref().map_or(&[], |parts| parts.head())
    }
}

/// A request whose content is looked at.
struct Content(OwnedRequest);

impl AsRef<[u8]> for Content {
    fn as_ref(&self) -> &[u8] {
        self.0.bytes()
    }
}
