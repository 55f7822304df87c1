//! The octet classes that the grammar asks for, as tables.
//!
//! Every scanner of every level is held equal to [`TABLE`] by the tests in `scan/tests.rs`.

/// `tchar`, RFC 9110 section 5.6.2: what methods and field names are made of.
///
/// ```abnf
/// tchar = "!" / "#" / "$" / "%" / "&" / "'" / "*" / "+" / "-" / "." /
///         "^" / "_" / "`" / "|" / "~" / DIGIT / ALPHA
/// ```
pub(crate) const TOKEN: u8 = 1;

/// What a request target may hold: `0x21..=0x7E` without `#`, since a fragment
/// is never sent (RFC 9112 section 3.2). Wider than the URI grammar on purpose:
/// clients send `|`, `{`, `"` and friends, and they are opaque here.
pub(crate) const TARGET: u8 = 2;

/// `field-content` and the inside of a reason phrase, RFC 9110 section 5.5:
/// `HTAB / SP / VCHAR / obs-text`, which is every octet but controls and DEL.
pub(crate) const VALUE: u8 = 4;

/// What a registered name consists of besides percent-encodings, RFC 3986
/// section 3.2.2, without the comma: `unreserved / sub-delims`.
pub(crate) const REG_NAME: u8 = 8;

/// What names and IPv4 addresses of hosts nearly always consist of: letters, digits,
/// `-`, `.` and `_`, which are of [`REG_NAME`].
pub(crate) const HOST: u8 = 16;

/// For each octet, the classes that it belongs to.
pub(crate) static TABLE: [u8; 256] = {
    let mut table = [0; 256];
    let mut octet = 0;
    while octet < 256 {
        table[octet] = classes(octet as u8);
        octet += 1;
    }
    table
};

const fn classes(octet: u8) -> u8 {
    let token = matches!(octet,
        b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~'
        | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z');
    let target = matches!(octet, 0x21..=0x7E) && octet != b'#';
    let value = octet == b'\t' || (octet >= 0x20 && octet != 0x7F);
    let reg_name = matches!(octet,
        b'!' | b'$' | b'&'..=b'+' | b'-' | b'.' | b';' | b'=' | b'_' | b'~'
        | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z');
    let host = matches!(octet, b'-' | b'.' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z');
    (token as u8 * TOKEN)
        | (target as u8 * TARGET)
        | (value as u8 * VALUE)
        | (reg_name as u8 * REG_NAME)
        | (host as u8 * HOST)
}

/// Whether `octet` belongs to `class`, one of the constants above.
#[inline(always)]
pub(crate) const fn belongs(octet: u8, class: u8) -> bool {
    TABLE[octet as usize] & class != 0
}
