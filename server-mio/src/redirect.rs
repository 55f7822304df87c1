//! Answers that lead elsewhere.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::{IntoResponse, Response, Status};

/// Sends the client elsewhere (RFC 9110 section 15.4).
///
/// Where to is a reference as RFC 3986 section 4.1 has it: `/path`, `../path?query`, `https://host/path#part`. What can't
/// be in one is percent-encoded: what is not ASCII, spaces, controls such as CR and LF, ``"<>\^`{|}``, and a `%` that
/// begins no escape; brackets but in an authority, and a second `#`. (User agents take a `\` for a `/`, so that `/\host` would lead to another host.) Escapes stay as
/// they are, and so do reserved characters, since a reference is made of them: a value that is to be a segment or a
/// part of a query must be encoded before, and one that a client has sent may lead anywhere (`//host/`).
///
/// ```
/// use rajada_mio::{App, Redirect, Request, TestClient};
///
/// let app = App::new().post("/user", |_: &Request| Redirect::see_other("/user/Zoë Müller?from=50%"));
/// let answer = TestClient::new(app).post("/user").send();
/// assert_eq!(answer.status().as_u16(), 303);
/// assert_eq!(answer.header("location"), Some("/user/Zo%C3%AB%20M%C3%BCller?from=50%25"));
/// ```
#[doc(alias = "Location")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    status: Status,
    /// Encoded.
    location: Cow<'static, str>,
}

impl Redirect {
    /// 303: get that instead, the usual answer to a form.
    pub fn see_other(location: impl Into<Cow<'static, str>>) -> Redirect {
        Redirect::new(Status::SEE_OTHER, location.into())
    }

    /// 307: for now it is there; ask again with the same method and content.
    pub fn temporary(location: impl Into<Cow<'static, str>>) -> Redirect {
        Redirect::new(Status::TEMPORARY_REDIRECT, location.into())
    }

    /// 308: it has moved there for good; ask again with the same method and content.
    pub fn permanent(location: impl Into<Cow<'static, str>>) -> Redirect {
        Redirect::new(Status::PERMANENT_REDIRECT, location.into())
    }

    fn new(status: Status, location: Cow<'static, str>) -> Redirect {
        let location = match encoded(&location) {
            Some(encoded) => Cow::Owned(encoded),
            None => location,
        };
        Redirect { status, location }
    }
}

impl IntoResponse for Redirect {
    fn into_response(self, response: &mut Response<'_>) {
        response.set_status(self.status).replace_header("Location", &self.location).empty();
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
            let location = Redirect::see_other(given).location;
            assert_eq!(location, sent, "{given:?}");
            assert_eq!(Redirect::see_other(location.clone()).location, location, "once is enough");
        }
    }

    #[test]
    fn what_needs_nothing_is_not_copied() {
        assert!(matches!(Redirect::permanent("/a%20b").location, Cow::Borrowed(_)));
        assert!(matches!(Redirect::permanent("/a b").location, Cow::Owned(_)));
    }
}
