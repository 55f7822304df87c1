//! White space of HTTP, which is not that of Unicode.

/// What is left without the white space around it.
///
/// ```abnf
/// OWS = *( SP / HTAB )
/// ```
///
/// RFC 9110 section 5.6.3.
pub(crate) fn trim(mut octets: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = octets {
        octets = rest;
    }
    octets
}

#[cfg(test)]
mod tests {
    use super::trim;

    #[test]
    fn white_space_is_sp_and_htab_and_stays_within() {
        for (octets, trimmed) in [
            (&b""[..], &b""[..]),
            (b" \t ", b""),
            (b"a", b"a"),
            (b"\t a \tb ", b"a \tb"),
            (b"\xe2\x80\x80a\xc2\xa0", b"\xe2\x80\x80a\xc2\xa0"),
            (b"\x0ba\x0c", b"\x0ba\x0c"),
            (b"\xa0a\x85", b"\xa0a\x85"),
        ] {
            assert_eq!(trim(octets), trimmed, "{}", octets.escape_ascii());
        }
    }
}
