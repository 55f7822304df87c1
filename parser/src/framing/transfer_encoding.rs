//! `Transfer-Encoding`, RFC 9112 section 6.1: several lines are one list.

use super::elements;
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
    /// A list of tokens that does not end in `chunked`; its offset.
    NotChunked(usize),
}

/// The codings, if the field is there. The offset that comes with them is that
/// of the field's first value.
///
/// # Errors
/// [`ErrorKind::TransferEncoding`]: an empty element, a parameter or anything
/// else that is no plain token, or a `chunked` that is not the last.
pub(super) fn parse(
    fields: Fields<'_, '_>,
    noted: &Noted,
) -> Result<Option<(Codings, usize)>, Error> {
    let mut found: Option<(Codings, usize)> = None;
    for (position, value) in noted.find(Known::TransferEncoding, fields) {
        let at = position.value_start as usize;
        for coding in elements(value) {
            let token = !coding.is_empty() && coding.iter().all(|&octet| belongs(octet, TOKEN));
            let chunked = coding.eq_ignore_ascii_case(b"chunked");
            let codings = match found {
                _ if !token => return Err(Error::new(ErrorKind::TransferEncoding, at)),
                None if chunked => Codings::Chunked,
                None => Codings::NotChunked(at),
                Some((Codings::NotChunked(first), _)) if chunked => {
                    Codings::OthersThenChunked(first)
                }
                Some((Codings::NotChunked(first), _)) => Codings::NotChunked(first),
                // Something behind `chunked`.
                Some(_) => return Err(Error::new(ErrorKind::TransferEncoding, at)),
            };
            found = Some((codings, found.map_or(at, |(_, first)| first)));
        }
    }
    Ok(found)
}
