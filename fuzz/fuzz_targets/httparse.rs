//! Heads of requests and responses: Rajada against httparse 1.10. What may differ stands in `httparse.md`; any other difference fails. The
//! profiles named for httparse accept all that it accepts, and give the same parts.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rajada_fuzz::compose::compose;
use rajada_parser::{Config, Error, ErrorKind, Limits, Positions, Resume, Version};

const TABLE: &str = include_str!("httparse.md");

const SLOTS: usize = 24;

const SNIPPETS: &[&[u8]] = &[
    b"\x80",
    b"\xc3\xa9",
    b"\xff",
    b"GET / HTTP/1.1\r\n",
    b"GET / HTTP/1.0\r\nHost: a\r\n",
    b" HTTP/1.1\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.0 404\r\n",
    b"HTTP/1.",
    b"HTTP/2.0",
    b"\r\n",
    b"\r\n\r\n",
    b"\r",
    b"Host: a\r\n",
    b"A:\r\n",
    b"Name: some longer value, so that vectors are filled \t\r\n",
    b"A-name-that-is-longer-than-a-vector-of-thirty-two-octets-is: x\r\n",
    b": ",
    b" ",
    b"\t",
    b"A: b\r\nC: d\r\nE: f\r\nG: h\r\nI: j\r\nK: l\r\nM: n\r\nO: p\r\nQ: r\r\nS: t\r\n",
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    b"0123456789",
];

/// What came of a parse: parts and length, in a form that both can give.
#[derive(Debug, PartialEq, Eq)]
enum Outcome<E> {
    Partial,
    Complete(Vec<Vec<u8>>, usize),
    Refused(E),
}

fuzz_target!(|input: &[u8]| {
    let octets: Box<[u8]> = compose(input, SNIPPETS).into();
    let request = with_known_version(&octets, 2);
    let allowed = request_difference(
        &ours_request(&config(), &octets),
        &their_request(&request.octets),
        &octets,
    );
    check(allowed, || (ours_request(&config(), &octets), their_request(&request.octets)));
    let response = with_known_version(&octets, 0);
    let allowed = response_difference(
        &ours_response(&config(), &octets),
        &their_response(&response.octets),
        &octets,
    );
    check(allowed, || (ours_response(&config(), &octets), their_response(&response.octets)));
    check_profiles(&octets);
    // The change of version hides nothing: httparse refuses what was there before.
    if request.changed && !matches!(their_request(&request.octets), Outcome::Refused(_)) {
        assert!(matches!(their_request(&octets), Outcome::Refused(httparse::Error::Version)));
    }
});

/// What httparse accepts, the profiles accept.
fn check_profiles(octets: &[u8]) {
    if let Outcome::Complete(parts, taken) = their_request(octets) {
        let ours = ours_request(&Config::HTTPARSE_REQUEST, octets);
        assert_eq!(ours, Outcome::Complete(parts, taken), "HTTPARSE_REQUEST");
    }
    if let Outcome::Complete(mut parts, taken) = their_response(octets) {
        let ours = ours_response(&Config::HTTPARSE_RESPONSE, octets);
        if let Outcome::Complete(ours, _) = &ours {
            // `reason`
            if parts[2].is_empty() && ours[2].iter().any(|&octet| octet >= 0x80) {
                parts[2].clone_from(&ours[2]);
            }
        }
        assert_eq!(ours, Outcome::Complete(parts, taken), "HTTPARSE_RESPONSE");
    }
}

/// A difference needs the id of its row.
fn check<O: std::fmt::Debug>(difference: Result<(), Option<&str>>, outcomes: impl Fn() -> O) {
    match difference {
        Ok(()) => {}
        Err(Some(id)) => {
            assert!(TABLE.contains(&format!("\n| `{id}` |")), "{id} is no row of httparse.md")
        }
        Err(None) => panic!("no intended difference: {:?}", outcomes()),
    }
}

struct Known {
    octets: Box<[u8]>,
    changed: bool,
}

/// The octets with a version that httparse knows, where another stands as the word of that index in the first line.
fn with_known_version(octets: &[u8], index: usize) -> Known {
    let mut octets: Box<[u8]> = octets.into();
    let start = if octets.starts_with(b"\r\n") && index > 0 { 2 } else { 0 };
    let mut words = octets[start..].splitn(index + 1, |&octet| octet == b' ');
    let before: usize = words.by_ref().take(index).map(|word| word.len() + 1).sum();
    let version = octets.get_mut(start + before..).unwrap_or_default();
    let mut changed = false;
    if let [b'H', b'T', b'T', b'P', b'/', major @ b'0'..=b'9', rest @ ..] = version {
        // `minor-version`, `major-version`
        let minor = match rest {
            [b'.', minor @ b'0'..=b'9', ..] => Some(minor),
            _ => None,
        };
        changed = *major != b'1' || minor.as_ref().is_some_and(|minor| **minor > b'1');
        if let Some(minor) = minor.filter(|minor| *major != b'1' || **minor > b'1') {
            *minor = b'1';
        }
        *major = b'1';
    }
    Known { octets, changed }
}

fn request_difference(
    ours: &Outcome<Error>,
    theirs: &Outcome<httparse::Error>,
    octets: &[u8],
) -> Result<(), Option<&'static str>> {
    let error = match (ours, theirs) {
        (Outcome::Refused(_), Outcome::Refused(_)) | (Outcome::Partial, Outcome::Partial) => {
            return Ok(());
        }
        (Outcome::Complete(ours, taken), Outcome::Complete(theirs, their_taken))
            if (ours, taken) == (theirs, their_taken) =>
        {
            return Ok(());
        }
        (Outcome::Refused(error), _) => error,
        _ => return Err(None),
    };
    let octet = octets.get(error.offset());
    Err(match (error.kind(), octet) {
        (ErrorKind::EmptyLines, _) => Some("empty-lines"),
        (ErrorKind::Target, Some(b'#' | 0x80..)) => Some("target-octet"),
        (ErrorKind::MethodTooLong, _) => Some("method-length"),
        _ => common_difference(error, octet, theirs),
    })
}

fn response_difference(
    ours: &Outcome<Error>,
    theirs: &Outcome<httparse::Error>,
    octets: &[u8],
) -> Result<(), Option<&'static str>> {
    let error = match (ours, theirs) {
        (Outcome::Refused(_), Outcome::Refused(_)) | (Outcome::Partial, Outcome::Partial) => {
            return Ok(());
        }
        (Outcome::Complete(ours, taken), Outcome::Complete(theirs, their_taken))
            if taken == their_taken =>
        {
            if ours == theirs {
                return Ok(());
            }
            // The first three parts are version, code and reason.
            let hidden = ours[2].iter().any(|&octet| octet >= 0x80) && theirs[2].is_empty();
            let rest = ours[..2] == theirs[..2] && ours[3..] == theirs[3..];
            return Err((hidden && rest).then_some("reason"));
        }
        (Outcome::Refused(error), _) => error,
        _ => return Err(None),
    };
    let octet = octets.get(error.offset());
    Err(match (error.kind(), error.offset(), octet) {
        (ErrorKind::StatusLine, 0, Some(b'\r' | b'\n')) => Some("empty-line-before-status"),
        (ErrorKind::StatusLine, 9, Some(b'0' | b'6'..=b'9')) => Some("status-code"),
        (ErrorKind::StatusLine, 12, Some(b'\n')) => Some("bare-lf"),
        _ => common_difference(error, octet, theirs),
    })
}

fn common_difference(
    error: &Error,
    octet: Option<&u8>,
    theirs: &Outcome<httparse::Error>,
) -> Option<&'static str> {
    match (error.kind(), octet, theirs) {
        (ErrorKind::BareLf, Some(b'\n'), _) => Some("bare-lf"),
        (ErrorKind::VersionUnsupported, _, _) => Some("major-version"),
        (ErrorKind::TooManyFields, _, Outcome::Partial) => Some("too-many-fields"),
        _ => None,
    }
}

/// Nothing but the number of slots bounds a head, and the length of a method.
fn config() -> Config {
    let limits =
        Limits { request_line: u32::MAX, head: u32::MAX, fields: u32::MAX, ..Limits::DEFAULT };
    Config::STRICT.with_limits(limits)
}

fn version(version: Version) -> Vec<u8> {
    if version == Version::Http10 { b"1.0".to_vec() } else { b"1.1".to_vec() }
}

fn minor(version: Option<u8>) -> Vec<u8> {
    format!("1.{}", version.expect("a version")).into_bytes()
}

fn ours_request(config: &Config, octets: &[u8]) -> Outcome<Error> {
    let mut slots = Positions::<SLOTS>::new();
    match config.parse_request(octets, &mut Resume::new(), &mut slots) {
        Err(error) => Outcome::Refused(error),
        Ok(status) => status.complete().map_or(Outcome::Partial, |(request, taken)| {
            let mut parts =
                vec![version(request.version()), request.method().into(), request.target().into()];
            for field in request.fields() {
                parts.extend([field.name.into(), field.value.into()]);
            }
            Outcome::Complete(parts, taken)
        }),
    }
}

fn their_request(octets: &[u8]) -> Outcome<httparse::Error> {
    let mut headers = [httparse::EMPTY_HEADER; SLOTS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(octets) {
        Err(error) => Outcome::Refused(error),
        Ok(httparse::Status::Partial) => Outcome::Partial,
        Ok(httparse::Status::Complete(taken)) => {
            let mut parts = vec![
                minor(request.version),
                request.method.expect("a method").into(),
                request.path.expect("a target").into(),
            ];
            for header in request.headers {
                parts.extend([header.name.into(), header.value.into()]);
            }
            Outcome::Complete(parts, taken)
        }
    }
}

fn ours_response(config: &Config, octets: &[u8]) -> Outcome<Error> {
    let mut slots = Positions::<SLOTS>::new();
    match config.parse_response(octets, &mut Resume::new(), &mut slots) {
        Err(error) => Outcome::Refused(error),
        Ok(status) => status.complete().map_or(Outcome::Partial, |(response, taken)| {
            let mut parts = vec![
                version(response.version()),
                response.code().to_string().into(),
                response.reason().into(),
            ];
            for field in response.fields() {
                parts.extend([field.name.into(), field.value.into()]);
            }
            Outcome::Complete(parts, taken)
        }),
    }
}

fn their_response(octets: &[u8]) -> Outcome<httparse::Error> {
    let mut headers = [httparse::EMPTY_HEADER; SLOTS];
    let mut response = httparse::Response::new(&mut headers);
    match response.parse(octets) {
        Err(error) => Outcome::Refused(error),
        Ok(httparse::Status::Partial) => Outcome::Partial,
        Ok(httparse::Status::Complete(taken)) => {
            let mut parts = vec![
                minor(response.version),
                response.code.expect("a code").to_string().into(),
                response.reason.expect("a reason").into(),
            ];
            for header in response.headers {
                parts.extend([header.name.into(), header.value.into()]);
            }
            Outcome::Complete(parts, taken)
        }
    }
}
