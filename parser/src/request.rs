//! A request head.

use core::fmt;

use crate::Version;
use crate::fields::{Fields, between};
use crate::head::ParsedHead;
use crate::resume::WireVersion;

/// The head of a request: a view of the octets that it was parsed from and of
/// the slots that say where its fields are.
#[derive(Clone, Copy)]
pub struct Request<'b, 'h>(pub(crate) ParsedHead<'b, 'h>);

impl<'b, 'h> Request<'b, 'h> {
    /// The method: a token, case-sensitive (RFC 9110 section 9.1).
    #[inline]
    pub fn method(&self) -> &'b [u8] {
        between(self.0.octets, self.0.record.start.start, self.0.record.start.first_end)
    }

    /// The request target as it stands in the request line: `0x21..=0x7E`
    /// without `#`, nothing decoded (RFC 9112 section 3.2).
    #[inline]
    pub fn target(&self) -> &'b [u8] {
        between(self.0.octets, self.0.record.start.second_start, self.0.record.start.second_end)
    }

    /// The version that the request is handled as.
    #[inline]
    pub fn version(&self) -> Version {
        self.0.record.start.version.into()
    }

    /// The fields, in order.
    #[inline]
    pub fn fields(&self) -> Fields<'b, 'h> {
        Fields::new(self.0.octets, self.0.positions)
    }

    /// The whole head, from the first octet that was given (an empty line
    /// before the request line included) to the empty line that ends it.
    #[inline]
    pub fn octets(&self) -> &'b [u8] {
        self.0.octets
    }

    /// Where the method stands in [`octets`](Self::octets), for callers who
    /// store positions.
    pub fn method_position(&self) -> core::ops::Range<usize> {
        self.0.record.start.start as usize..self.0.record.start.first_end as usize
    }

    /// Where the target stands in [`octets`](Self::octets).
    pub fn target_position(&self) -> core::ops::Range<usize> {
        self.0.record.start.second_start as usize..self.0.record.start.second_end as usize
    }
}

impl fmt::Debug for Request<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &format_args!("{}", self.method().escape_ascii()))
            .field("target", &format_args!("{}", self.target().escape_ascii()))
            .field("version", &self.version())
            .field("fields", &self.fields())
            .finish()
    }
}

impl From<WireVersion> for Version {
    #[inline]
    fn from(version: WireVersion) -> Version {
        if version == WireVersion::Http10 { Version::Http10 } else { Version::Http11 }
    }
}
