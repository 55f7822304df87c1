//! The path of a target, decoded once.

/// What stands for a `%2F` while a path is matched, so that it does not split a segment. No decoded path holds a NUL
/// of its own: those are refused.
const SLASH_INSIDE: u8 = 0;

/// A path that can't be routed, answered with 400: malformed percent-encoding, octets that are not UTF-8, or a
/// decoded NUL, CR or LF.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadPath;

/// A target's path and query, and whether the path is plain: decoding would change nothing.
///
/// The target is one that framing has found well-formed.
#[inline]
pub(crate) fn split<'b>(method: &[u8], target: &'b [u8]) -> (&'b [u8], Option<&'b [u8]>, bool) {
    if target.first() != Some(&b'/') {
        return split_other(method, target);
    }
    let mut at = 0;
    while let Some(word) = target[at..].first_chunk() {
        if has_mark(u64::from_le_bytes(*word)) {
            break;
        }
        at += WORD;
    }
    let mut plain = true;
    for (index, &octet) in target.iter().enumerate().skip(at) {
        match octet {
            b'?' => return (&target[..index], Some(&target[index + 1..]), plain),
            b'%' => plain = false,
            _ => {}
        }
    }
    (target, None, plain)
}

const WORD: usize = size_of::<u64>();

/// Whether one of eight octets is `?` or `%`. Targets are ASCII, which makes this exact: nothing carries from one
/// octet into the next.
#[inline]
fn has_mark(word: u64) -> bool {
    const LOW: u64 = u64::MAX / 0xff;
    const HIGH: u64 = LOW << 7;
    let absent = |octet: u8| (word ^ (LOW * u64::from(octet))).wrapping_add(HIGH - LOW);
    absent(b'?') & absent(b'%') & HIGH != HIGH
}

/// Absolute-form and `*`. (Authority-form is for tunnels, of which there are none here.)
#[cold]
fn split_other<'b>(method: &[u8], target: &'b [u8]) -> (&'b [u8], Option<&'b [u8]>, bool) {
    let parts = rajada_parser::Target::of(method, target);
    let (path, query) = parts.map_or((&[][..], None), |parts| (parts.path, parts.query));
    (path, query, !path.contains(&b'%'))
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
    fn path_and_query_are_found_in_every_form() {
        let parts = |target: &'static str| {
            let (path, query, plain) = split(b"GET", target.as_bytes());
            let text = |octets| core::str::from_utf8(octets).unwrap();
            (text(path), query.map(text), plain)
        };
        assert_eq!(parts("/a/b?c=d"), ("/a/b", Some("c=d"), true));
        assert_eq!(parts("/"), ("/", None, true));
        assert_eq!(parts("/?"), ("/", Some(""), true));
        assert_eq!(parts("/a?b?c%20"), ("/a", Some("b?c%20"), true));
        assert_eq!(parts("/a%20b?c"), ("/a%20b", Some("c"), false));
        for before in 0..20 {
            let path = format!("/{}", "a".repeat(before)).leak();
            assert_eq!(parts(path), (&*path, None, true));
            let escaped = format!("{path}%41b").leak();
            assert_eq!(parts(escaped), (&*escaped, None, false));
            let queried = format!("{path}?b%41").leak();
            assert_eq!(parts(queried), (&*path, Some("b%41"), true));
            let both = format!("{path}%41{path}?").leak();
            assert_eq!(parts(both), (&both[..both.len() - 1], Some(""), false));
        }
        assert_eq!(parts("http://a.example:80/x%41?y"), ("/x%41", Some("y"), false));
        assert_eq!(parts("http://a.example?y"), ("/", Some("y"), true));
        assert_eq!(split(b"OPTIONS", b"*"), (&b"*"[..], None, true));
    }

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
