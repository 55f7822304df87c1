//! Folded values, RFC 9112 section 5.2.
//!
//! ```abnf
//! obs-fold = OWS CRLF RWS
//! ```

use core::iter::FusedIterator;

use crate::Field;
use crate::list::trim;

/// Writes `value` into the front of `buffer` with one space in place of each fold, and
/// returns the written part; or `value` itself where nothing is folded: then `buffer`
/// is not touched. White space and folds at both ends are left out. A buffer of
/// `value.len()` octets is always long enough.
///
/// Folds are in values only where [`Leniency::obs_fold`](crate::Leniency::obs_fold)
/// lets them in. RFC 9112 section 5.2 has user agents put spaces in their place before
/// they interpret the value of a response, and proxies before they pass it on.
///
/// ```
/// use rajada_parser::{Config, Positions, Resume, Status, unfold};
///
/// let head = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nA: b,\r\n\t c\r\n\r\n";
/// let (mut at, mut slots) = (Resume::new(), Positions::<8>::new());
/// let Status::Complete(response, _) =
///     Config::CLIENT_RESPONSE.parse_response(head, &mut at, &mut slots)? else { unreachable!() };
/// let value = response.fields().get("a").unwrap();
/// assert_eq!(value, b"b,\r\n\t c");
/// let mut buffer = [0; 16];
/// assert_eq!(unfold(value, &mut buffer), Some(&b"b, c"[..]));
/// assert_eq!(unfold(b"b, c", &mut []), Some(&b"b, c"[..]));
/// assert_eq!(unfold(value, &mut []), None);
/// # Ok::<(), rajada_parser::Error>(())
/// ```
///
/// # Errors
/// `None` if `buffer` is shorter than `value` and there is a fold.
#[must_use]
pub fn unfold<'b>(value: &'b [u8], buffer: &'b mut [u8]) -> Option<&'b [u8]> {
    let pieces = Unfolded::new(value);
    if !pieces.is_folded() {
        return pieces.rest;
    }
    let buffer = buffer.get_mut(..value.len())?;
    let mut len = 0;
    for (index, piece) in pieces.enumerate() {
        if index > 0 {
            buffer[len] = b' ';
            len += 1;
        }
        buffer[len..len + piece.len()].copy_from_slice(piece);
        len += piece.len();
    }
    Some(&buffer[..len])
}

impl<'b> Field<'b> {
    /// What the value consists of between its folds, in order: one piece where nothing
    /// is folded, and otherwise pieces without the white space around them, between each
    /// two of which stands a space. A line of white space alone is an empty piece;
    /// neither the first piece nor the last one is empty, unless it is the only one.
    ///
    /// ```
    /// use rajada_parser::Field;
    ///
    /// let field = Field { name: b"A", value: b"b\r\n  c \r\n\td" };
    /// assert_eq!(field.unfolded().collect::<Vec<_>>().join(&b' '), b"b c d");
    /// ```
    pub fn unfolded(&self) -> Unfolded<'b> {
        Unfolded::new(self.value)
    }
}

/// Iterates over the pieces of a value that may be folded; see [`Field::unfolded`].
#[derive(Clone, Debug)]
#[must_use = "an iterator does nothing until it is used"]
pub struct Unfolded<'b> {
    rest: Option<&'b [u8]>,
}

impl<'b> Unfolded<'b> {
    /// Over the pieces of `value`.
    pub fn new(value: &'b [u8]) -> Unfolded<'b> {
        Unfolded { rest: Some(trim_folds(value)) }
    }

    /// Whether there is a fold before the last piece that is left.
    pub fn is_folded(&self) -> bool {
        self.rest.is_some_and(|rest| memchr::memchr(b'\n', rest).is_some())
    }
}

impl<'b> Iterator for Unfolded<'b> {
    type Item = &'b [u8];

    fn next(&mut self) -> Option<&'b [u8]> {
        let rest = self.rest.take()?;
        let piece = match memchr::memchr(b'\n', rest) {
            Some(end) => {
                self.rest = rest.get(end + 1..);
                &rest[..end]
            }
            None => rest,
        };
        Some(trim(piece.strip_suffix(b"\r").unwrap_or(piece)))
    }
}

impl FusedIterator for Unfolded<'_> {}

/// `octets` without the folds and the white space at both ends. (CR and LF are nowhere
/// else in a value.)
pub(crate) fn trim_folds(octets: &[u8]) -> &[u8] {
    let is_other = |octet: &u8| !matches!(octet, b' ' | b'\t' | b'\r' | b'\n');
    let start = octets.iter().position(is_other).unwrap_or(octets.len());
    let end = octets.iter().rposition(is_other).map_or(start, |last| last + 1);
    &octets[start..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::vec::Vec;

    fn pieces(value: &[u8]) -> Vec<&[u8]> {
        Unfolded::new(value).collect()
    }

    #[test]
    fn each_fold_is_one_space() {
        for (value, unfolded) in [
            (&b""[..], &b""[..]),
            (b"a", b"a"),
            (b"a\tb  c", b"a\tb  c"),
            (b"a\r\n b", b"a b"),
            (b"a \t\r\n\t b", b"a b"),
            (b"a\n b", b"a b"),
            (b"a\r\n b\r\n c", b"a b c"),
            // Two folds: a line between them has nothing but white space.
            (b"a\r\n \r\n b", b"a  b"),
            (b"\r\n a", b"a"),
            (b"\r\n \r\n a\r\n ", b"a"),
            (b"\r\n ", b""),
            (b"\"a\r\n b\"", b"\"a b\""),
            (b"\xE9\r\n\t\xE9", b"\xE9 \xE9"),
        ] {
            let mut buffer = [b'#'; 16];
            let buffer = &mut buffer[..value.len()];
            assert_eq!(unfold(value, buffer), Some(unfolded), "{}", value.escape_ascii());
            assert_eq!(pieces(value).join(&b' '), unfolded);
            assert_eq!(Unfolded::new(value).is_folded(), pieces(value).len() > 1);
            let needs_room = pieces(value).len() > 1;
            assert_eq!(unfold(value, &mut []).is_none(), needs_room);
        }
        assert_eq!(pieces(b"a\r\n \r\n b"), [&b"a"[..], b"", b"b"]);
        assert_eq!(pieces(b""), [b""]);
    }

    proptest! {
        #[test]
        fn what_is_unfolded_has_no_fold(value in "[ab \t\r\n]{0,12}") {
            let mut buffer = [0; 12];
            let unfolded = unfold(value.as_bytes(), &mut buffer).expect("room");
            prop_assert!(!unfolded.contains(&b'\n'));
            prop_assert!(unfolded.len() <= value.len());
            let letters = |octets: &[u8]| -> Vec<u8> {
                octets.iter().copied().filter(u8::is_ascii_alphabetic).collect()
            };
            prop_assert_eq!(letters(unfolded), letters(value.as_bytes()));
        }
    }
}
