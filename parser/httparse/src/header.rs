//! A field, and slots for many of them.

use core::fmt;
use core::mem::MaybeUninit;

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
    let parsed = walk::fields(src, 0, &FieldRules::default(), &mut *dst);
    Ok(match parsed? {
        Status::Complete((end, count)) => {
            Status::Complete((end, dst.get(..count).unwrap_or_default()))
        }
        Status::Partial => Status::Partial,
    })
}

/// Slots to be filled with headers.
pub(crate) trait Slots<'b> {
    /// What they are once they are filled.
    type Filled;

    /// How many there are.
    fn len(&self) -> usize;

    /// Writes as many headers as there are slots, and asks for no more.
    fn fill(self, headers: impl Iterator<Item = Header<'b>>) -> Self::Filled;

    /// The first of them: so many, or all.
    fn first(self, count: usize) -> Self;
}

/// Headers that were there before. They become how many were written.
impl<'b> Slots<'b> for &mut [Header<'b>] {
    type Filled = usize;

    #[inline(always)]
    fn len(&self) -> usize {
        <[_]>::len(self)
    }

    #[inline(always)]
    fn fill(self, headers: impl Iterator<Item = Header<'b>>) -> usize {
        let mut count = 0;
        for (slot, header) in self.iter_mut().zip(headers) {
            *slot = header;
            count += 1;
        }
        count
    }

    #[inline(always)]
    fn first(self, count: usize) -> Self {
        let count = count.min(<[_]>::len(self));
        self.split_at_mut(count).0
    }
}

/// Room for headers. It becomes those that were written.
impl<'h, 'b> Slots<'b> for &'h mut [MaybeUninit<Header<'b>>] {
    type Filled = &'h mut [Header<'b>];

    #[inline(always)]
    fn len(&self) -> usize {
        <[_]>::len(self)
    }

    #[inline(always)]
    fn fill(self, headers: impl Iterator<Item = Header<'b>>) -> Self::Filled {
        rajada_parser::fill(self, headers)
    }

    #[inline(always)]
    fn first(self, count: usize) -> Self {
        let count = count.min(<[_]>::len(self));
        self.split_at_mut(count).0
    }
}
