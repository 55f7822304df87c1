//! A field, and slots for many of them.

use core::fmt;

use rajada_parser::{FieldText, TextSlots};

use crate::walk::{self, FieldRules};
use crate::{Result, Status};

/// A field of a head: its name and its value, as they stand in the octets.
#[derive(Copy, Clone, Eq, PartialEq)]
pub struct Header<'a> {
    /// The name: a token (RFC 9110 section 5.1).
    pub name: &'a str,
    /// The value without the white space around it; HTAB, SP, visible ASCII and octets of 0x80
    /// and above, and in folded lines their ends (RFC 9110 section 5.5). May be empty.
    pub value: &'a [u8],
}

/// A header without name and value, to make slots of.
pub const EMPTY_HEADER: Header<'static> = Header { name: "", value: b"" };

// With the value as text if it is UTF-8.
impl fmt::Debug for Header<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut f = f.debug_struct("Header");
        f.field("name", &self.name);
        match core::str::from_utf8(self.value) {
            Ok(value) => f.field("value", &value),
            Err(_) => f.field("value", &self.value),
        };
        f.finish()
    }
}

/// Parses field lines and the empty line that ends them. Complete, it is where that line ends,
/// and the headers, as many of `dst` as there are fields.
///
/// # Errors
/// [`Error::HeaderName`](crate::Error::HeaderName),
/// [`Error::HeaderValue`](crate::Error::HeaderValue),
/// [`Error::NewLine`](crate::Error::NewLine) and, if there are more fields than `dst` has
/// slots, [`Error::TooManyHeaders`](crate::Error::TooManyHeaders).
///
/// ```
/// use httparse::{EMPTY_HEADER, Header, Status, parse_headers};
///
/// let mut slots = [EMPTY_HEADER; 4];
/// let host = Header { name: "Host", value: b"a" };
/// let parsed = parse_headers(b"Host: a\r\n\r\n and more", &mut slots);
/// assert_eq!(parsed, Ok(Status::Complete((11, &[host][..]))));
/// ```
pub fn parse_headers<'b: 'h, 'h>(
    src: &'b [u8],
    dst: &'h mut [Header<'b>],
) -> Result<(usize, &'h [Header<'b>])> {
    let slots = TextSlots::initialised(dst);
    Ok(match walk::fields(src, 0, &FieldRules::default(), slots)? {
        Status::Complete((end, headers)) => Status::Complete((end, headers)),
        Status::Partial => Status::Partial,
    })
}

/// As what a field is written to slots.
impl<'b> From<FieldText<'b>> for Header<'b> {
    #[inline(always)]
    fn from(field: FieldText<'b>) -> Header<'b> {
        Header { name: field.name, value: field.value.as_bytes() }
    }
}
