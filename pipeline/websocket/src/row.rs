//! Small texts in a row, judged together.
//!
//! To judge a few code points takes longer than all else that is done for a small text, and vectors are of no use for so few octets. So what stands in a
//! row is judged at once: each text is unmasked, its header becomes octets that are text themselves, and the row is one `str` that the texts are parts
//! of.
//!
//! ```text
//!    81  80+len  key          masked   81  80+len  key          masked   88 ..
//!   | first two | 4 octets | payload | first two | 4 octets | payload | not in the row
//!    01    len   00 00 00 00   text    01    len   00 00 00 00   text
//! ```
//!
//! What is missing at a text's end is not found in the next one: a header's octet stands between them.

use crate::header::{CONTROL, FIN, MASK, TEXT};
use crate::mask;

/// The first octet of a message of text in one frame.
const FIRST: u8 = FIN | TEXT;

/// Octets at which no more texts are added. (Who takes one text a burst has what is behind it judged again each time.)
const ENOUGH: usize = 1024;

/// Octets of a header, with a key or without.
#[inline(always)]
pub(crate) const fn header(masked: bool) -> usize {
    if masked { 6 } else { 2 }
}

/// Whether two small texts seem to stand at the front.
#[inline]
pub(crate) fn begins(octets: &[u8], masked: bool) -> bool {
    let [FIRST, second, ..] = *octets else { return false };
    let length = second.wrapping_sub(if masked { MASK } else { 0 });
    usize::from(length) <= CONTROL
        && octets.get(header(masked) + usize::from(length)) == Some(&FIRST)
}

/// Makes a row of the texts at the front of at most `most` octets each, and says how many octets it has. Whether they are text is not judged.
#[inline]
pub(crate) fn open(octets: &mut [u8], masked: bool, most: usize) -> usize {
    let (most, mut row) = (most.min(CONTROL), 0);
    while row < ENOUGH {
        let rest = octets.get_mut(row..).unwrap_or_default();
        let Some((head, behind)) = rest.split_at_mut_checked(header(masked)) else { break };
        let [first, second, key @ ..] = head else { break };
        let length = second.wrapping_sub(if masked { MASK } else { 0 });
        let len = usize::from(length);
        if *first != FIRST || len > most {
            break;
        }
        let Some(payload) = behind.get_mut(..len) else { break };
        if let Some(key) = key.first_chunk_mut() {
            mask::in_place(payload, u32::from_ne_bytes(*key));
            *key = [0; 4];
        }
        (*first, *second) = (TEXT, length);
        row += header(masked) + len;
    }
    row
}

/// The first text of a row, and what is behind it.
#[inline]
pub(crate) fn split(row: &str, masked: bool) -> Option<(&str, &str)> {
    let length = *row.as_bytes().get(1)?;
    let (frame, behind) = row.split_at_checked(header(masked) + usize::from(length))?;
    Some((frame.get(header(masked)..)?, behind))
}

/// Octets of the texts in front of the first one that is wrong, each with its header, and that one.
#[cold]
pub(crate) fn right(row: &[u8], masked: bool) -> (usize, &[u8]) {
    let mut right = 0;
    loop {
        let rest = row.get(right..).unwrap_or_default();
        let length = rest.get(1).map_or(0, |length| usize::from(*length));
        let frame = &rest[..rest.len().min(header(masked) + length)];
        let text = frame.get(header(masked)..).unwrap_or_default();
        if frame.is_empty() || simdutf8::basic::from_utf8(text).is_err() {
            return (right, text);
        }
        right += frame.len();
    }
}
