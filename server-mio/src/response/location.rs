//! References to elsewhere.

use core::fmt;
use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// The value of a `Location` (RFC 9110 section 10.2.2): where what was made is, or where to go on.
///
/// It is a reference as RFC 3986 section 4.1 has it: `/path`, `../path?query`, `https://host/path#part`. What can't
/// be in one is percent-encoded: what is not ASCII, spaces, controls such as CR and LF, ``"<>\^`{|}``, and a `%` that
/// begins no escape; brackets but in an authority, and a second `#`. (User agents take a `\` for a `/`, so that `/\host`
/// would lead to another host.) Escapes stay as they are, and so do reserved characters, since a reference is made of
/// them: a value that is to be a segment or a part of a query must be encoded before, and one that a client has sent may
/// lead anywhere (`//host/`).
///
/// ```
/// use rajada_mio::{App, Location, Request, Status, TestClient};
///
/// let app = App::new().post("/users", |_: &Request| {
///     (Status::CREATED, Location::new("/users/Zoë Müller?from=50%"), "made")
/// });
/// let answer = TestClient::new(app).post("/users").send();
/// assert_eq!(answer.header("location"), Some("/users/Zo%C3%AB%20M%C3%BCller?from=50%25"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location(Cow<'static, str>);

impl Location {
    /// The reference, with percent-encodings where it needs some.
    pub fn new(reference: impl Into<Cow<'static, str>>) -> Location {
        let reference = reference.into();
        Location(match encoded(&reference) {
            Some(encoded) => Cow::Owned(encoded),
            None => reference,
        })
    }

    /// As it stands in the field.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<[u8]> for Location {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is neither reserved nor unreserved, nor begins an escape (RFC 3986 sections 2.1 to 2.3). What is not ASCII is
/// encoded anyway.
const ENCODED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Brackets are of addresses in an authority alone, and a `#` begins the fragment, which has none.
const BEHIND_AUTHORITY: &AsciiSet = &ENCODED.add(b'[').add(b']');
const FRAGMENT: &AsciiSet = &BEHIND_AUTHORITY.add(b'#');

/// A reference without what can't be in one; `None` if nothing of that is in it.
fn encoded(reference: &str) -> Option<String> {
    let (front, rest) = reference.split_at(authority_end(reference));
    let (middle, fragment) = rest.split_at(rest.find('#').unwrap_or(rest.len()));
    let mut encoded = String::with_capacity(reference.len());
    encode(front, ENCODED, &mut encoded);
    encode(middle, BEHIND_AUTHORITY, &mut encoded);
    if let Some(fragment) = fragment.strip_prefix('#') {
        encoded.push('#');
        encode(fragment, FRAGMENT, &mut encoded);
    }
    (encoded != reference).then_some(encoded)
}

/// Where the authority of a reference ends; 0 if it has none.
///
/// ```abnf
/// URI-reference = [ scheme ":" ] [ "//" authority ] path [ "?" query ] [ "#" fragment ]
/// scheme        = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )
/// ```
fn authority_end(reference: &str) -> usize {
    let of_scheme = |letter: char| letter.is_ascii_alphanumeric() || "+-.".contains(letter);
    let behind_scheme = match reference.split_once(':') {
        Some((scheme, rest)) if scheme.chars().all(of_scheme) && !scheme.is_empty() => rest,
        _ => reference,
    };
    let Some(rest) = behind_scheme.strip_prefix("//") else { return 0 };
    let len = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    reference.len() - rest.len() + len
}

/// Encodes a part, in which escapes stay.
fn encode(part: &str, set: &'static AsciiSet, encoded: &mut String) {
    for (index, piece) in part.split('%').enumerate() {
        if index > 0 {
            let is_escape = matches!(piece.as_bytes(), [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit());
            encoded.push_str(if is_escape { "%" } else { "%25" });
        }
        encoded.extend(utf8_percent_encode(piece, set));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_not_be_in_a_reference_is_encoded_and_all_else_stays() {
        for (given, sent) in [
            ("/user/é", "/user/%C3%A9"),
            ("/user/a b", "/user/a%20b"),
            ("/\r\nSet-Cookie: a=b", "/%0D%0ASet-Cookie:%20a=b"),
            ("/\t/host", "/%09/host"),
            (" //host", "%20//host"),
            ("/\\host", "/%5Chost"),
            ("/\"<>^`{|}\0\x7f", "/%22%3C%3E%5E%60%7B%7C%7D%00%7F"),
            ("/100%", "/100%25"),
            ("/%4", "/%254"),
            ("/%4g%%41", "/%254g%25%41"),
            ("/%é", "/%25%C3%A9"),
            ("/%C3%a9", "/%C3%a9"),
            ("日本", "%E6%97%A5%E6%9C%AC"),
            ("", ""),
            ("?a=b&c=d", "?a=b&c=d"),
            (
                "https://u@[::1]:80/a;b,c=d/e'(f)*!$&+~-._?g:@=h/?#i?/",
                "https://u@[::1]:80/a;b,c=d/e'(f)*!$&+~-._?g:@=h/?#i?/",
            ),
            ("//[::1]/[a]?b[]=c#d[e]#f", "//[::1]/%5Ba%5D?b%5B%5D=c#d%5Be%5D%23f"),
            ("//[::1]?[", "//[::1]?%5B"),
            ("/[::1]//[a]", "/%5B::1%5D//%5Ba%5D"),
            ("a/b://[c]", "a/b://%5Bc%5D"),
            ("#", "#"),
            ("##", "#%23"),
        ] {
            let Location(location) = Location::new(given);
            assert_eq!(location, sent, "{given:?}");
            assert_eq!(Location::new(location.clone()).0, location, "once is enough");
        }
    }

    #[test]
    fn what_needs_nothing_is_not_copied() {
        assert!(matches!(Location::new("/a%20b").0, Cow::Borrowed(_)));
        assert!(matches!(Location::new("/a b").0, Cow::Owned(_)));
    }
}
