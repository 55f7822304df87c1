//! Every octet in every position of the grammar: which are accepted, and that
//! all levels agree. The tables here are written from the ABNF, not from the
//! parser's own tables.

use rajada_parser::{Config, ErrorKind, Level, Positions, Resume, Status};

/// `tchar`, RFC 9110 section 5.6.2.
fn token(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet)
}

/// Visible, and no `#`: what the strict configuration accepts in a target.
fn target(octet: u8) -> bool {
    octet.is_ascii_graphic() && octet != b'#'
}

/// `HTAB / SP / VCHAR / obs-text`, RFC 9110 section 5.5.
fn text(octet: u8) -> bool {
    matches!(octet, b'\t' | b' '..=b'~' | 0x80..)
}

fn digit(octet: u8) -> bool {
    octet.is_ascii_digit()
}

fn only(wanted: u8) -> impl Fn(u8) -> bool {
    move |octet| octet == wanted
}

#[derive(Clone, Copy)]
enum Kind {
    Request,
    Response,
    Trailers,
}

/// Puts every octet where the `@` of `template` is, and asserts that just those
/// of which `accepted` says so make a complete message, at every level.
fn check(kind: Kind, template: &[u8], accepted: impl Fn(u8) -> bool) {
    let place = template.iter().position(|&octet| octet == b'@').expect("a place");
    for octet in 0..=255 {
        let mut message = template.to_vec();
        message[place] = octet;
        let mut outcomes = Vec::new();
        for level in Level::ALL.into_iter().filter(|level| level.is_here()) {
            let config = Config::STRICT.at_most(level);
            let (mut at, mut slots) = (Resume::new(), Positions::<8>::new());
            let taken = match kind {
                Kind::Request => config
                    .parse_request(&message, &mut at, &mut slots)
                    .map(|status| status.complete().map(|(_, taken)| taken)),
                Kind::Response => config
                    .parse_response(&message, &mut at, &mut slots)
                    .map(|status| status.complete().map(|(_, taken)| taken)),
                Kind::Trailers => config
                    .parse_trailers(&message, &mut at, &mut slots)
                    .map(|status| status.complete().map(|(_, taken)| taken)),
            };
            outcomes.push(taken);
        }
        assert!(outcomes.windows(2).all(|pair| pair[0] == pair[1]), "{octet:#04x}: {outcomes:?}");
        let complete = outcomes[0] == Ok(Some(message.len()));
        assert_eq!(
            complete,
            accepted(octet),
            "{octet:#04x} in {}: {:?}",
            template.escape_ascii(),
            outcomes[0]
        );
    }
}

/// Lines that put a place at different distances from the start of a block.
fn paddings() -> impl Iterator<Item = String> {
    [0, 1, 7, 20, 45, 60, 130].into_iter().map(|len| "p".repeat(len))
}

#[test]
fn request_lines() {
    use Kind::Request;
    check(Request, b"@ET / HTTP/1.1\r\nHost: a\r\n\r\n", token);
    check(Request, b"G@T / HTTP/1.1\r\nHost: a\r\n\r\n", token);
    check(Request, b"GE@ / HTTP/1.1\r\nHost: a\r\n\r\n", token);
    check(Request, b"GET@/ HTTP/1.1\r\nHost: a\r\n\r\n", only(b' '));
    check(Request, b"GET @ HTTP/1.1\r\nHost: a\r\n\r\n", target);
    check(Request, b"GET /@HTTP/1.1\r\nHost: a\r\n\r\n", only(b' '));
    for padding in paddings() {
        let request = format!("GET /{padding}@{padding} HTTP/1.1\r\nHost: a\r\n\r\n");
        check(Request, request.as_bytes(), target);
    }
    for (offset, expected) in b"HTTP/".iter().enumerate() {
        let mut request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_vec();
        request[6 + offset] = b'@';
        check(Request, &request, only(*expected));
    }
    check(Request, b"GET / HTTP/@.1\r\nHost: a\r\n\r\n", only(b'1'));
    check(Request, b"GET / HTTP/1@1\r\nHost: a\r\n\r\n", only(b'.'));
    check(Request, b"GET / HTTP/1.@\r\nHost: a\r\n\r\n", digit);
    check(Request, b"GET / HTTP/1.1@\nHost: a\r\n\r\n", only(b'\r'));
    check(Request, b"GET / HTTP/1.1\r@Host: a\r\n\r\n", only(b'\n'));
}

#[test]
fn a_foreign_major_version_is_told_from_no_version() {
    for octet in 0..=255u8 {
        let mut request = *b"GET / HTTP/@.1\r\nHost: a\r\n\r\n";
        request[11] = octet;
        let (mut at, mut slots) = (Resume::new(), Positions::<8>::new());
        let outcome = Config::STRICT.parse_request(&request, &mut at, &mut slots);
        let kind = outcome.err().map(|error| error.kind());
        let expected = match octet {
            b'1' => None,
            b'0'..=b'9' => Some(ErrorKind::VersionUnsupported),
            _ => Some(ErrorKind::Version),
        };
        assert_eq!(kind, expected, "{octet:#04x}");
    }
}

#[test]
fn field_lines() {
    for (kind, first_line) in [
        (Kind::Request, "GET / HTTP/1.1\r\n"),
        (Kind::Response, "HTTP/1.1 200 OK\r\n"),
        (Kind::Trailers, ""),
    ] {
        for padding in paddings() {
            let check = |lines: &str, accepted: &dyn Fn(u8) -> bool| {
                let message = format!("{first_line}P: {padding}x\r\n{lines}\r\nZ: z\r\n\r\n");
                check(kind, message.as_bytes(), accepted);
            };
            check("@: value", &token);
            check("N@me: value", &|octet| token(octet) || octet == b':');
            check("Name@ value", &only(b':'));
            // Behind the colon stands what the value may begin with.
            check("Name:@", &text);
            check("Name: @", &text);
            check("Name: v@lue", &text);
            check("Name: value@", &text);
            let long = format!("N: {padding}@{padding}");
            check(&long, &text);
        }
        let check = |rest: &str, accepted: &dyn Fn(u8) -> bool| {
            check(kind, format!("{first_line}{rest}").as_bytes(), accepted);
        };
        check("A: b@\nC: d\r\n\r\n", &only(b'\r'));
        check("A: b\r@C: d\r\n\r\n", &only(b'\n'));
        check("A: b\r\n@\n", &only(b'\r'));
        check("A: b\r\n\r@", &only(b'\n'));
    }
}

#[test]
fn status_lines() {
    use Kind::Response;
    for (offset, expected) in b"HTTP/1".iter().enumerate() {
        let mut response = b"HTTP/1.1 200 OK\r\nHost: a\r\n\r\n".to_vec();
        response[offset] = b'@';
        check(Response, &response, only(*expected));
    }
    check(Response, b"HTTP/1@1 200 OK\r\n\r\n", only(b'.'));
    check(Response, b"HTTP/1.@ 200 OK\r\n\r\n", digit);
    check(Response, b"HTTP/1.1@200 OK\r\n\r\n", only(b' '));
    check(Response, b"HTTP/1.1 @00 OK\r\n\r\n", |octet| matches!(octet, b'1'..=b'5'));
    check(Response, b"HTTP/1.1 2@0 OK\r\n\r\n", digit);
    check(Response, b"HTTP/1.1 20@ OK\r\n\r\n", digit);
    check(Response, b"HTTP/1.1 200@OK\r\n\r\n", only(b' '));
    check(Response, b"HTTP/1.1 200@\r\n\r\n", only(b' '));
    for padding in paddings() {
        let response = format!("HTTP/1.1 200 {padding}@{padding}\r\nA: b\r\n\r\n");
        check(Response, response.as_bytes(), text);
    }
}

#[test]
fn chunk_size_lines() {
    use rajada_parser::{Chunk, ChunkedDecoder, Limits};
    let accepts = |line: &[u8]| {
        let mut decoder = ChunkedDecoder::new(&Limits::DEFAULT);
        let octets = [line, b"x\r\n0\r\n"].concat();
        let mut rest = &octets[..];
        loop {
            match decoder.decode(rest) {
                Ok((Chunk::Data(_), taken)) => rest = &rest[taken..],
                Ok((Chunk::NeedData, _)) => break false,
                Ok((Chunk::Trailers, taken)) => break taken == rest.len(),
                Err(_) => break false,
            }
        }
    };
    let quoted = |octet| text(octet) && octet != b'"' && octet != b'\\';
    /// A size line with a place, and what may stand there.
    type Place<'a> = (&'a [u8], &'a dyn Fn(u8) -> bool);
    let places: [Place<'_>; 10] = [
        (b"@\r\n", &only(b'1')),
        (b"@1\r\n", &only(b'0')),
        (b"1@\n", &only(b'\r')),
        (b"1\r@", &only(b'\n')),
        (b"1@a\r\n", &only(b';')),
        (b"1;@\r\n", &token),
        (b"1;a@b\r\n", &|octet| token(octet) || matches!(octet, b'=' | b';')),
        (b"1;a=@\r\n", &token),
        (b"1;a=\"@\"\r\n", &quoted),
        (b"1;a=\"\\@\"\r\n", &text),
    ];
    for (template, accepted) in places {
        let place = template.iter().position(|&octet| octet == b'@').expect("a place");
        for octet in 0..=255 {
            let mut line = template.to_vec();
            line[place] = octet;
            let text = line.escape_ascii();
            assert_eq!(accepts(&line), accepted(octet), "{octet:#04x}: {text}");
        }
    }
}

#[test]
fn nothing_is_complete_without_its_last_octet() {
    let head = b"GET / HTTP/1.1\r\nA: b\r\n\r\n";
    for len in 0..head.len() {
        let (mut at, mut slots) = (Resume::new(), Positions::<8>::new());
        let outcome = Config::STRICT.parse_request(&head[..len], &mut at, &mut slots);
        assert!(matches!(outcome, Ok(Status::Partial)), "{len}");
    }
}
