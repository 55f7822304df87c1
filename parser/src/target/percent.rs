//! Percent-decoding, RFC 3986 section 2.1: once, and never while parsing.

use core::fmt;

/// A `%` that is not followed by two hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct InvalidPercentEncoding {
    /// Where it stands, in octets from the start of what was to be decoded.
    pub offset: usize,
}

impl fmt::Display for InvalidPercentEncoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a percent sign without two hexadecimal digits, at octet {}", self.offset)
    }
}

impl core::error::Error for InvalidPercentEncoding {}

/// Decodes `octets` into the front of `buffer` and returns the decoded part, or
/// `octets` itself where there is nothing to decode: then `buffer` is not
/// touched. A buffer of `octets.len()` octets is always long enough.
///
/// `+` is left alone. The result may hold any octet, NUL, CR and LF included:
/// decide what they mean before a decoded path goes anywhere.
///
/// ```
/// use rajada_parser::percent_decode;
///
/// let mut buffer = [0; 16];
/// assert_eq!(percent_decode(b"/a%20b", &mut buffer).unwrap(), Ok(&b"/a b"[..]));
/// assert_eq!(percent_decode(b"/a%2", &mut buffer).unwrap().unwrap_err().offset, 2);
/// assert!(percent_decode(b"/a%20b", &mut []).is_none());
/// ```
///
/// # Errors
/// [`InvalidPercentEncoding`]; `None` if `buffer` is shorter than `octets` and
/// there is something to decode.
#[must_use]
pub fn percent_decode<'b>(
    octets: &'b [u8],
    buffer: &'b mut [u8],
) -> Option<Result<&'b [u8], InvalidPercentEncoding>> {
    if memchr::memchr(b'%', octets).is_none() {
        return Some(Ok(octets));
    }
    let buffer = buffer.get_mut(..octets.len())?;
    buffer.copy_from_slice(octets);
    Some(percent_decode_in_place(buffer).map(|decoded| &*decoded))
}

/// Decodes `octets` where they stand and returns the front part that now holds
/// the result. What is behind it is left over. After an error nothing has
/// changed.
///
/// # Errors
/// [`InvalidPercentEncoding`].
pub fn percent_decode_in_place(octets: &mut [u8]) -> Result<&mut [u8], InvalidPercentEncoding> {
    let Some(first) = memchr::memchr(b'%', octets) else {
        return Ok(octets);
    };
    for offset in memchr::memchr_iter(b'%', octets) {
        if encoded(&octets[offset..]).is_none() {
            return Err(InvalidPercentEncoding { offset });
        }
    }
    let (mut read, mut write) = (first, first);
    while let Some(&octet) = octets.get(read) {
        let (octet, taken) = match encoded(&octets[read..]) {
            Some(decoded) => (decoded, 3),
            None => (octet, 1),
        };
        octets[write] = octet;
        (read, write) = (read + taken, write + 1);
    }
    Ok(&mut octets[..write])
}

/// The octet that `%XX` at the start of `octets` stands for.
fn encoded(octets: &[u8]) -> Option<u8> {
    let &[b'%', high, low, ..] = octets else {
        return None;
    };
    let digit = |octet: u8| (octet as char).to_digit(16);
    Some((digit(high)? << 4 | digit(low)?) as u8)
}
