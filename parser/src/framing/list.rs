//! Comma-separated lists, RFC 9110 section 5.6.1.

use crate::list::trim;

/// The elements of a list of tokens, without the white space around them; empty
/// elements are given too. Quoted strings have no meaning here: nothing that
/// decides framing may hold one.
pub(crate) fn elements(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|&octet| octet == b',').map(trim)
}
