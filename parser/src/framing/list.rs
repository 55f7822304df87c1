//! Comma-separated lists, RFC 9110 section 5.6.1.

/// The elements of a list of tokens, without the white space around them; empty
/// elements are given too. Quoted strings have no meaning here: nothing that
/// decides framing may hold one.
pub(crate) fn elements(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.split(|&octet| octet == b',').map(trim)
}

/// `value` without `OWS`, spaces and tabs, at both ends.
pub(crate) fn trim(value: &[u8]) -> &[u8] {
    let outside = |octet: &u8| !matches!(octet, b' ' | b'\t');
    let start = value.iter().position(outside).unwrap_or(value.len());
    let end = value.iter().rposition(outside).map_or(start, |last| last + 1);
    &value[start..end]
}
