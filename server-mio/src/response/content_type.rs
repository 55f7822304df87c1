//! Media types of answers.

/// A media type that an answer is labelled with (RFC 9110 section 8.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentType(&'static str);

impl ContentType {
    /// text/plain; charset=utf-8
    pub const TEXT: ContentType = ContentType("text/plain; charset=utf-8");
    /// text/html; charset=utf-8
    pub const HTML: ContentType = ContentType("text/html; charset=utf-8");
    /// application/json, which is UTF-8 by definition (RFC 8259 section 8.1)
    pub const JSON: ContentType = ContentType("application/json");
    /// application/octet-stream
    pub const OCTETS: ContentType = ContentType("application/octet-stream");
    /// text/css; charset=utf-8
    pub const CSS: ContentType = ContentType("text/css; charset=utf-8");
    /// text/javascript; charset=utf-8
    pub const JAVASCRIPT: ContentType = ContentType("text/javascript; charset=utf-8");
    /// image/svg+xml
    pub const SVG: ContentType = ContentType("image/svg+xml");

    /// Any other type that is known when the program is built. One that is not is a header like any other:
    /// `response.header("Content-Type", ..)`.
    ///
    /// ```abnf
    /// media-type = type "/" subtype *( OWS ";" OWS parameter )
    /// parameter  = token "=" ( token / quoted-string )
    /// ```
    ///
    /// RFC 9110 sections 8.3.1 and 5.6.6. Quoted strings are ASCII here, and parameters are never empty.
    ///
    /// # Panics
    /// If it is no media type; while compiling, where it is a constant.
    ///
    /// ```compile_fail
    /// const WRONG: rajada_mio::ContentType = rajada_mio::ContentType::new("text/plain,x+json");
    /// println!("{}", WRONG.as_str());
    /// ```
    pub const fn new(media_type: &'static str) -> ContentType {
        assert!(is_media_type(media_type.as_bytes()), "not a media type");
        ContentType(media_type)
    }

    /// As it stands in the field.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

const fn is_media_type(octets: &[u8]) -> bool {
    let slash = token_end(octets, 0);
    if slash == 0 || !matches!(at(octets, slash), Some(b'/')) {
        return false;
    }
    let mut end = token_end(octets, slash + 1);
    if end == slash + 1 {
        return false;
    }
    while end < octets.len() {
        let semicolon = space_end(octets, end);
        if !matches!(at(octets, semicolon), Some(b';')) {
            return false;
        }
        match parameter_end(octets, space_end(octets, semicolon + 1)) {
            Some(behind) => end = behind,
            None => return false,
        }
    }
    true
}

/// Where a parameter ends that begins at `start`.
const fn parameter_end(octets: &[u8], start: usize) -> Option<usize> {
    let equals = token_end(octets, start);
    if equals == start || !matches!(at(octets, equals), Some(b'=')) {
        return None;
    }
    let value = equals + 1;
    if let Some(b'"') = at(octets, value) {
        return quoted_end(octets, value + 1);
    }
    let end = token_end(octets, value);
    if end == value { None } else { Some(end) }
}

/// Where a quoted string ends whose first octet behind the quote is at `start` (RFC 9110 section 5.6.4).
const fn quoted_end(octets: &[u8], start: usize) -> Option<usize> {
    let mut index = start;
    loop {
        index += match at(octets, index) {
            Some(b'"') => return Some(index + 1),
            Some(b'\\') if matches!(at(octets, index + 1), Some(b'\t' | b' '..=b'~')) => 2,
            Some(b'\t' | b' '..=b'[' | b']'..=b'~') => 1,
            _ => return None,
        };
    }
}

const fn token_end(octets: &[u8], start: usize) -> usize {
    let mut index = start;
    while let Some(
        b'!'
        | b'#'..=b'\''
        | b'*'
        | b'+'
        | b'-'
        | b'.'
        | b'^'..=b'`'
        | b'|'
        | b'~'
        | b'0'..=b'9'
        | b'A'..=b'Z'
        | b'a'..=b'z',
    ) = at(octets, index)
    {
        index += 1;
    }
    index
}

const fn space_end(octets: &[u8], start: usize) -> usize {
    let mut index = start;
    while let Some(b' ' | b'\t') = at(octets, index) {
        index += 1;
    }
    index
}

/// The octet at `index`, if there is one.
const fn at(octets: &[u8], index: usize) -> Option<u8> {
    if index < octets.len() { Some(octets[index]) } else { None }
}

#[cfg(test)]
mod tests {
    use rajada_parser::encode::is_token;

    use super::*;

    #[test]
    fn media_types_with_parameters_are_taken() {
        const QUOTED: ContentType = ContentType::new("multipart/mixed; boundary=\"a; \\\"b\\\\\"");
        assert_eq!(QUOTED.as_str(), "multipart/mixed; boundary=\"a; \\\"b\\\\\"");
        for good in [
            "a/b",
            "*/*",
            "image/svg+xml",
            "application/vnd.x-y.z+json",
            "text/plain;charset=utf-8",
            "text/plain \t;\t charset=utf-8 ; x=\"\"",
            "text/plain; x=\"\ty, z\"",
        ] {
            assert_eq!(ContentType::new(good).as_str(), good);
        }
    }

    #[test]
    fn what_is_no_media_type_is_refused() {
        for bad in [
            "",
            "hello",
            "/",
            "text/",
            "/plain",
            "a b/c",
            "a/b c",
            " a/b",
            "a/b ",
            "a/b/c",
            "text/plain,x+json",
            "text/plain\r\nX: y",
            "text/pläin",
            "a/b;",
            "a/b; ",
            "a/b;;c=d",
            "a/b; c",
            "a/b; =d",
            "a/b; c=",
            "a/b; c= d",
            "a/b; c =d",
            "a/b; c=d e",
            "a/b; c=d,e",
            "a/b; c=\"d",
            "a/b; c=\"d\"e",
            "a/b; c=\"d\\\"",
            "a/b; c=\"d\\",
            "a/b; c=\"\n\"",
            "a/b; c=\"\\\n\"",
            "a/b; c=\"\u{7f}\"",
        ] {
            let refused = std::panic::catch_unwind(|| ContentType::new(bad));
            assert!(refused.is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_token_is_what_the_parser_takes_for_one() {
        for octet in 0..=u8::MAX {
            assert_eq!(token_end(&[octet], 0) == 1, is_token(&[octet]), "{octet}");
        }
    }
}
