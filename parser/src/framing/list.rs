//! Comma-separated lists, RFC 9110 section 5.6.1.

use super::Side;
use crate::list::trim;
use crate::unfold::trim_folds;

/// The elements of a list of tokens, without the white space around them; empty
/// elements are given too. Quoted strings have no meaning here: nothing that
/// decides framing may hold one.
pub(crate) fn elements(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|&octet| octet == b',').map(trim)
}

/// The same, where a leniency may have let folds in. In a response one is white space,
/// as RFC 9112 section 5.2 says; in a request it stays a part of its element, which is
/// no number and no token then.
pub(super) fn elements_of(side: Side, value: &[u8]) -> impl Iterator<Item = &[u8]> {
    elements(value).map(move |element| match side {
        Side::Request => element,
        Side::Response => trim_folds(element),
    })
}
