//! The path of a target, decoded once.

/// What stands for a `%2F` while a path is matched, so that it does not split a segment. No decoded path holds a NUL
/// of its own: those are refused.
const SLASH_INSIDE: u8 = 0;

/// A path that can't be routed, answered with 400: malformed percent-encoding, octets that are not UTF-8, or a
/// decoded NUL, CR or LF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadPath;

/// True where decoding would change nothing.
#[inline]
pub(crate) fn is_plain(path: &[u8]) -> bool {
    !path.contains(&b'%')
}

/// Decodes `path` into `scratch`, which it clears first. `%2F` is left as a stand-in that
/// [`restore_slashes`] turns into `/` when the route is known. `+` is an ordinary octet of a path.
pub(crate) fn decode<'s>(path: &[u8], scratch: &'s mut Vec<u8>) -> Result<&'s str, BadPath> {
    scratch.clear();
    let mut rest = path;
    while let Some(at) = rest.iter().position(|&octet| octet == b'%') {
        let (before, escape) = rest.split_at(at);
        scratch.extend_from_slice(before);
        let &[_, high, low, ..] = escape else { return Err(BadPath) };
        let octet = (hex(high)? << 4) | hex(low)?;
        match octet {
            0 | b'\r' | b'\n' => return Err(BadPath),
            b'/' => scratch.push(SLASH_INSIDE),
            _ => scratch.push(octet),
        }
        rest = &escape[3..];
    }
    scratch.extend_from_slice(rest);
    core::str::from_utf8(scratch).map_err(|_| BadPath)
}

/// Puts the decoded `/` in for its stand-ins.
pub(crate) fn restore_slashes(scratch: &mut [u8]) {
    for octet in scratch.iter_mut().filter(|octet| **octet == SLASH_INSIDE) {
        *octet = b'/';
    }
}

fn hex(digit: u8) -> Result<u8, BadPath> {
    char::from(digit).to_digit(16).map(|value| value as u8).ok_or(BadPath)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_decoded_once() {
        let mut scratch = Vec::new();
        assert_eq!(decode(b"/%c3%A9", &mut scratch), Ok("/é"));
        assert_eq!(decode(b"/a+b%20c%2541", &mut scratch), Ok("/a+b c%41"));
        assert_eq!(decode(b"/a%2Fb%2f", &mut scratch), Ok("/a\0b\0"));
        restore_slashes(&mut scratch);
        assert_eq!(scratch, b"/a/b/");
    }

    #[test]
    fn what_can_not_be_routed_is_refused() {
        let mut scratch = Vec::new();
        for bad in ["/%", "/%a", "/%zz", "/%+1", "/%00", "/%0d", "/%0A", "/%ff", "/%c3"] {
            assert_eq!(decode(bad.as_bytes(), &mut scratch), Err(BadPath), "{bad}");
        }
    }
}
