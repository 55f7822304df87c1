//! A response head.

use core::fmt;

use crate::Version;
use crate::fields::{Fields, between};
use crate::head::ParsedHead;

/// The head of a response: a view of the octets that it was parsed from and of
/// the slots that say where its fields are.
#[derive(Clone, Copy)]
pub struct Response<'b, 'h>(pub(crate) ParsedHead<'b, 'h>);

impl<'b, 'h> Response<'b, 'h> {
    /// The status code, `100..=599` (RFC 9110 section 15).
    #[inline]
    pub fn code(&self) -> u16 {
        self.0.record.start.code
    }

    /// The reason phrase, which may be empty and means nothing (RFC 9112
    /// section 4).
    #[inline]
    pub fn reason(&self) -> &'b [u8] {
        between(self.0.octets, self.0.record.start.second_start, self.0.record.start.second_end)
    }

    /// The version that the response is handled as.
    #[inline]
    pub fn version(&self) -> Version {
        self.0.record.start.version.into()
    }

    /// The fields, in order.
    #[inline]
    pub fn fields(&self) -> Fields<'b, 'h> {
        Fields::new(self.0.octets, self.0.positions)
    }

    /// The whole head, to the empty line that ends it.
    #[inline]
    pub fn octets(&self) -> &'b [u8] {
        self.0.octets
    }

    /// Where the reason phrase stands in [`octets`](Self::octets), for callers
    /// who store positions.
    pub fn reason_position(&self) -> core::ops::Range<usize> {
        let line = &self.0.record.start;
        line.second_start as usize..line.second_end as usize
    }
}

impl fmt::Debug for Response<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("version", &self.version())
            .field("code", &self.code())
            .field("reason", &format_args!("{}", self.reason().escape_ascii()))
            .field("fields", &self.fields())
            .finish()
    }
}
