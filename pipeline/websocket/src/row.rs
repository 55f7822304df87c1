//! Texts in a row, judged together.
//!
//! To judge a few code points takes longer than all else that is done for a small text: vectors are of no use for so few octets, and to begin with
//! them costs as much as hundreds of octets do. So what stands in a row is judged at once: each text is unmasked, its header becomes octets that are
//! text themselves, and the row is one `str` that the texts are parts of.
//!
//! ```text
//!    81  80+len  key          masked   81  FE  16 bits  key          masked   88 ..
//!   | first two | 4 octets | payload | first two, length | 4 octets | payload | not in the row
//!    01    len   00 00 00 00   text    01  7E  7+7 bits  00 00 00 00   text
//! ```
//!
//! What is missing at a text's end is not found in the next one: a header's octet stands between them.

use crate::header::{CONTROL, FIN, MASK, TEXT};
use crate::mask;

/// The first octet of a message of text in one frame.
const FIRST: u8 = FIN | TEXT;

/// The second one, with a length in two more.
const LONG: u8 = 126;

/// Octets of a text in a row, at most: to judge more of them by themselves costs little more.
const MOST: usize = 511;

/// Octets at which no more texts are added. (Who takes one text a burst has what is behind it judged again each time.)
const ENOUGH: usize = 2048;

/// Octets of a header with this second octet, and with a key or without.
#[inline(always)]
const fn header(second: u8, masked: bool) -> usize {
    (if second == LONG { 4 } else { 2 }) + if masked { 4 } else { 0 }
}

/// What the header of a text says, if it is right: its second octet without the mask, and the text's length.
#[inline(always)]
fn read(octets: &[u8], masked: bool) -> Option<(u8, usize)> {
    let [FIRST, second, behind @ ..] = octets else { return None };
    match second.wrapping_sub(if masked { MASK } else { 0 }) {
        LONG => {
            let length = usize::from(u16::from_be_bytes(*behind.first_chunk()?));
            (length > CONTROL).then_some((LONG, length))
        }
        short if usize::from(short) <= CONTROL => Some((short, short.into())),
        _ => None,
    }
}

/// Whether two texts seem to stand at the front.
#[inline]
pub(crate) fn begins(octets: &[u8], masked: bool) -> bool {
    let Some((second, length)) = read(octets, masked) else { return false };
    length <= MOST && octets.get(header(second, masked) + length) == Some(&FIRST)
}

/// Makes a row of the texts at the front of at most `most` octets each, and says how many octets it has. Whether they are text is not judged.
#[inline]
pub(crate) fn open(octets: &mut [u8], masked: bool, most: usize) -> usize {
    let (most, mut row) = (most.min(MOST), 0);
    while row < ENOUGH {
        let rest = octets.get_mut(row..).unwrap_or_default();
        let Some((second, length)) = read(rest, masked) else { break };
        let size = header(second, masked);
        let Some(frame) = rest.get_mut(..size + length).filter(|_| length <= most) else { break };
        let (head, payload) = frame.split_at_mut(size);
        if masked && let Some(key) = head.last_chunk_mut() {
            mask::in_place(payload, u32::from_ne_bytes(*key));
            *key = [0; 4];
        }
        (head[0], head[1]) = (TEXT, second);
        if second == LONG {
            (head[2], head[3]) = ((length >> 7) as u8, (length & 0x7F) as u8);
        }
        row += size + length;
    }
    row
}

/// The octets of the first header in a row, and of its text.
#[inline(always)]
fn first(row: &[u8], masked: bool) -> Option<(usize, usize)> {
    let [_, second, behind @ ..] = row else { return None };
    let length = match (second, behind) {
        (&LONG, [high, low, ..]) => usize::from(*high) << 7 | usize::from(*low),
        _ => usize::from(*second),
    };
    Some((header(*second, masked), length))
}

/// The first text of a row, and what is behind it.
#[inline]
pub(crate) fn split(row: &str, masked: bool) -> Option<(&str, &str)> {
    let (size, length) = first(row.as_bytes(), masked)?;
    let (frame, behind) = row.split_at_checked(size + length)?;
    Some((frame.get(size..)?, behind))
}

/// What is before the first text that is wrong, that one's octets, and how many its header has.
#[cold]
pub(crate) fn right(row: &[u8], masked: bool) -> (&[u8], &[u8], usize) {
    let mut right = 0;
    loop {
        let (before, rest) = row.split_at(right);
        let (size, length) = first(rest, masked).unwrap_or_default();
        let text = rest.get(size..rest.len().min(size + length)).unwrap_or_default();
        if size == 0 || simdutf8::basic::from_utf8(text).is_err() {
            return (before, text, size);
        }
        right += rest.len().min(size + length);
    }
}
