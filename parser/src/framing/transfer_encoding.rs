//! `Transfer-Encoding`, RFC 9112 section 6.1: several lines are one list.

use super::Side;
use super::list::elements_of;
use crate::fields::{Fields, Known, Noted};
use crate::scan::class::{TOKEN, belongs};
use crate::{Error, ErrorKind};

/// What the codings of a message come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codings {
    /// Nothing but one `chunked`.
    Chunked,
    /// Others before one final `chunked`; the offset of the first.
    OthersThenChunked(usize),
    /// A list of tokens that does not end in `chunked`; its offset, or that of what
    /// first stands behind a `chunked` among them.
    NotChunked(usize),
}

/// The codings, if the field is there. The offset that comes with them is that
/// of the field's first value.
///
/// # Errors
/// [`ErrorKind::TransferEncoding`]: an empty element, a parameter or anything
/// else that is no plain token, or a second `chunked`.
pub(super) fn parse(
    fields: Fields<'_, '_>,
    noted: &Noted,
    side: Side,
) -> Result<Option<(Codings, usize)>, Error> {
    let mut found: Option<(Codings, usize)> = None;
    let mut chunked_before = false;
    for (position, value) in noted.find(Known::TransferEncoding, fields) {
        let at = position.value_start as usize;
        for coding in elements_of(side, value) {
            let token = !coding.is_empty() && coding.iter().all(|&octet| belongs(octet, TOKEN));
            let chunked = coding.eq_ignore_ascii_case(b"chunked");
            if !token || (chunked && chunked_before) {
                return Err(Error::new(ErrorKind::TransferEncoding, at));
            }
            chunked_before |= chunked;
            let first = found.map_or(at, |(_, first)| first);
            let codings = match (found, chunked) {
                (None, true) => Codings::Chunked,
                (Some(_), true) => Codings::OthersThenChunked(first),
                (Some((behind @ Codings::NotChunked(_), _)), false) => behind,
                (_, false) => Codings::NotChunked(if chunked_before { at } else { first }),
            };
            found = Some((codings, first));
        }
    }
    Ok(found)
}
