//! The grammar of heads: what is accepted, what is refused, where, and that no
//! split and no level changes it. The Markdown cases say it in full; these
//! tests are the ones to read first.

use crate::{Config, Error, ErrorKind, Level, Limits, Positions, Resume, Status, Version};
use ErrorKind::*;
use std::vec::Vec;

type Outcome = Result<Option<(Vec<u8>, Vec<u8>, Version, Vec<(Vec<u8>, Vec<u8>)>, usize)>, Error>;

/// Parses `octets`, given in pieces that end at `ends` and at its end.
fn parse(config: &Config, octets: &[u8], ends: &[usize]) -> Outcome {
    let mut at = Resume::new();
    let mut slots = Positions::<100>::new();
    for &end in ends.iter().chain([&octets.len()]) {
        let piece: Vec<u8> = octets[..end].to_vec();
        if let Status::Complete(request, taken) =
            config.parse_request(&piece, &mut at, &mut slots)?
        {
            let fields =
                request.fields().iter().map(|f| (f.name.to_vec(), f.value.to_vec())).collect();
            let (method, target) = (request.method().to_vec(), request.target().to_vec());
            assert_eq!(at, Resume::new(), "for the next message: {}", octets.escape_ascii());
            return Ok(Some((method, target, request.version(), fields, taken)));
        }
    }
    Ok(None)
}

/// The outcome, after making sure that it is the same at every level and split.
fn outcome_with(config: Config, octets: &[u8]) -> Outcome {
    let expected = parse(&config.at_most(Level::Scalar), octets, &[]);
    for level in Level::ALL.into_iter().filter(|level| level.is_here()) {
        let config = config.at_most(level);
        assert_eq!(parse(&config, octets, &[]), expected, "{level}, {}", octets.escape_ascii());
        let every: Vec<usize> = (0..octets.len()).collect();
        assert_eq!(parse(&config, octets, &every), expected, "{level}, octet by octet");
        for split in 0..octets.len() {
            assert_eq!(parse(&config, octets, &[split]), expected, "{level}, split at {split}");
        }
    }
    expected
}

fn outcome(octets: &[u8]) -> Outcome {
    outcome_with(Config::STRICT, octets)
}

#[track_caller]
fn refused(octets: &[u8], kind: ErrorKind, offset: usize) {
    assert_eq!(outcome(octets), Err(Error::new(kind, offset)), "{}", octets.escape_ascii());
    // The offence is reported by the octets up to it, or by the next where a
    // CR's successor tells.
    let enough = octets.len().min(offset + 2);
    if !matches!(kind, VersionUnsupported) {
        assert_eq!(
            parse(&Config::STRICT, &octets[..enough], &[]),
            Err(Error::new(kind, offset)),
            "not as soon as it is known: {}",
            octets.escape_ascii()
        );
    }
}

#[test]
fn a_head_with_fields() {
    let head = b"GET /a?b=c HTTP/1.1\r\nHost: example.org\r\nEmpty:\r\nTab:\tx \t \r\nd: \x80\xFF y\r\n\r\nrest";
    let (method, target, version, fields, taken) = outcome(head).unwrap().unwrap();
    assert_eq!((&method[..], &target[..]), (&b"GET"[..], &b"/a?b=c"[..]));
    assert_eq!((version, taken), (Version::Http11, head.len() - 4));
    let expected: [(&[u8], &[u8]); 4] =
        [(b"Host", b"example.org"), (b"Empty", b""), (b"Tab", b"x"), (b"d", b"\x80\xFF y")];
    assert!(fields.iter().map(|(n, v)| (&n[..], &v[..])).eq(expected));
}

#[test]
fn heads_of_every_length_are_complete_at_their_last_octet() {
    for padding in 0..200 {
        let head = std::format!("GET /{0} HTTP/1.0\r\nX: {0}\r\n\r\n", "p".repeat(padding));
        let (_, target, version, fields, taken) =
            parse(&Config::STRICT, head.as_bytes(), &[]).unwrap().unwrap();
        assert_eq!((target.len(), fields[0].1.len()), (padding + 1, padding));
        assert_eq!((version, taken), (Version::Http10, head.len()));
        for len in 0..head.len() {
            assert_eq!(parse(&Config::STRICT, &head.as_bytes()[..len], &[]), Ok(None));
        }
    }
}

#[test]
fn one_empty_line_may_come_first() {
    let (method, .., taken) = outcome(b"\r\nPUT / HTTP/1.1\r\n\r\n").unwrap().unwrap();
    assert_eq!((&method[..], taken), (&b"PUT"[..], 20));
    refused(b"\r\n\r\nGET / HTTP/1.1\r\n\r\n", EmptyLines, 2);
    refused(b"\nGET / HTTP/1.1\r\n\r\n", BareLf, 0);
    refused(b"\rGET / HTTP/1.1\r\n\r\n", BareCr, 0);
    refused(b" GET / HTTP/1.1\r\n\r\n", Method, 0);
    refused(b"\r\n GET / HTTP/1.1\r\n\r\n", Method, 2);
}

#[test]
fn the_request_line() {
    refused(b"G@T / HTTP/1.1\r\n\r\n", Method, 1);
    refused(b"GET\t/ HTTP/1.1\r\n\r\n", Method, 3);
    refused(b"\x16\x03\x01\x02", Method, 0);
    refused(&[b'M'; 33], MethodTooLong, 32);
    assert!(outcome(&[&[b'M'; 32][..], b" / HTTP/1.1\r\n\r\n"].concat()).unwrap().is_some());
    refused(b"GET  HTTP/1.1\r\n\r\n", TargetEmpty, 4);
    refused(b"GET  / HTTP/1.1\r\n\r\n", TargetEmpty, 4);
    refused(b"GET \r\n\r\n", TargetEmpty, 4);
    refused(b"GET /a#b HTTP/1.1\r\n\r\n", Target, 6);
    refused(b"GET /\x80 HTTP/1.1\r\n\r\n", Target, 5);
    refused(b"GET /\x7F HTTP/1.1\r\n\r\n", Target, 5);
    refused(b"GET /\tHTTP/1.1\r\n\r\n", Target, 5);
    refused(b"GET /\r\n\r\n", VersionMissing, 5);
    refused(b"GET / \r\n\r\n", VersionMissing, 6);
    refused(b"GET /  HTTP/1.1\r\n\r\n", Version, 6);
    refused(b"GET /a b HTTP/1.1\r\n\r\n", Version, 7);
    refused(b"GET / http/1.1\r\n\r\n", Version, 6);
    refused(b"GET / HTTP/1\r\n\r\n", Version, 12);
    refused(b"GET / HTTP/01.01\r\n\r\n", Version, 12);
    refused(b"GET / HTTP/ 1.1\r\n\r\n", Version, 11);
    refused(b"GET / HTTP/1.32\r\n\r\n", Version, 14);
    refused(b"GET / HTTP/1.1 \r\n\r\n", Version, 14);
    refused(b"GET / HTTP/1.1\n\r\n", BareLf, 14);
    refused(b"GET / HTTP/1.1\r\r\n", BareCr, 14);
    refused(b"GET / HTTP/2.0\r\nA: b\r\n\r\n", VersionUnsupported, 11);
    refused(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", VersionUnsupported, 11);
    refused(b"GET / HTTP/2.0\r\nA : b\r\n\r\n", SpaceBeforeColon, 17);
    for minor in b'1'..=b'9' {
        let head = [b"GET / HTTP/1.", &[minor][..], b"\r\n\r\n"].concat();
        assert_eq!(outcome(&head).unwrap().unwrap().2, Version::Http11);
    }
    for target in ["*", "http://a/", "a:1", "/\"<>\\^`{|}%00"] {
        let head = std::format!("GET {target} HTTP/1.1\r\n\r\n");
        assert_eq!(outcome(head.as_bytes()).unwrap().unwrap().1, target.as_bytes());
    }
}

#[test]
fn field_lines() {
    let refused = |lines: &[u8], kind, offset: usize| {
        refused(&[b"GET / HTTP/1.1\r\n", lines].concat(), kind, 16 + offset);
    };
    refused(b" A: b\r\n\r\n", SpaceBeforeFields, 0);
    refused(b"\tA: b\r\n\r\n", SpaceBeforeFields, 0);
    refused(b"A: b\r\n c\r\n\r\n", ObsFold, 6);
    refused(b"A: b\r\n\tc\r\n\r\n", ObsFold, 6);
    refused(b"A : b\r\n\r\n", SpaceBeforeColon, 1);
    refused(b"A\t: b\r\n\r\n", SpaceBeforeColon, 1);
    refused(b": b\r\n\r\n", FieldNameEmpty, 0);
    refused(b"A\r\n\r\n", ColonMissing, 1);
    refused(b"A\n\r\n", ColonMissing, 1);
    refused(b"A(: b\r\n\r\n", FieldName, 1);
    refused(b"\x00A: b\r\n\r\n", FieldName, 0);
    refused(b"A\x85: b\r\n\r\n", FieldName, 1);
    refused(b"A: b\x00\r\n\r\n", FieldValue, 4);
    refused(b"A: b\x7F\r\n\r\n", FieldValue, 4);
    refused(b"A: b\n\r\n", BareLf, 4);
    refused(b"A: b\rc\r\n\r\n", BareCr, 4);
    refused(b"A: b\r\r\n\r\n", BareCr, 4);
    refused(b"\nA: b\r\n\r\n", BareLf, 0);
    refused(b"\rA: b\r\n\r\n", BareCr, 0);
    refused(b"A: b\r\n\rX", BareCr, 6);
    refused(b"A: b\r\n\n", BareLf, 6);
}

#[test]
fn limits_are_offended_by_the_first_octet_beyond() {
    let with = |limits| Config::STRICT.with_limits(limits);
    let head = b"GET /abc HTTP/1.1\r\nA: b\r\nC: d\r\n\r\n";
    for head_limit in 0..head.len() {
        let limits = Limits { head: head_limit as u32, ..Limits::DEFAULT };
        assert_eq!(outcome_with(with(limits), head), Err(Error::new(HeadTooLarge, head_limit)));
    }
    let limits = Limits { head: head.len() as u32, ..Limits::DEFAULT };
    assert!(outcome_with(with(limits), head).unwrap().is_some());
    for line_limit in 6..19 {
        let limits = Limits { request_line: line_limit, ..Limits::DEFAULT };
        let wanted = Error::new(TargetTooLong, line_limit as usize);
        assert_eq!(outcome_with(with(limits), head), Err(wanted));
        assert_eq!(wanted.status(), 414);
    }
    let limits = Limits { request_line: 19, ..Limits::DEFAULT };
    assert!(outcome_with(with(limits), head).unwrap().is_some());
    let limits = Limits { fields: 1, ..Limits::DEFAULT };
    assert_eq!(outcome_with(with(limits), head), Err(Error::new(TooManyFields, 25)));
    let limits = Limits { fields: 2, ..Limits::DEFAULT };
    assert!(outcome_with(with(limits), head).unwrap().is_some());
    let error = Config::STRICT
        .parse_request(head, &mut Resume::new(), &mut Positions::<1>::new())
        .unwrap_err();
    assert_eq!((error.kind(), error.offset()), (TooManyFields, 25));
}

#[test]
fn a_slice_of_positions_serves_as_slots() {
    let head = b"GET / HTTP/1.1\r\nA: b\r\n\r\n";
    let mut storage = [crate::FieldPosition::default(); 4];
    let mut slots = crate::BorrowedPositions::new(&mut storage);
    let (request, _) = Config::STRICT
        .parse_request(head, &mut Resume::new(), &mut slots)
        .unwrap()
        .complete()
        .unwrap();
    assert_eq!(request.fields().get("a"), Some(&b"b"[..]));
}

#[test]
fn other_slots_than_before_begin_the_head_again() {
    let head = b"GET / HTTP/1.1\r\nA: b\r\nC: d\r\n\r\n";
    let mut at = Resume::new();
    let mut used = Positions::<8>::new();
    let partial = Config::STRICT.parse_request(&head[..24], &mut at, &mut used);
    assert!(partial.unwrap().is_partial());
    let mut fresh = Positions::<8>::new();
    let (request, _) =
        Config::STRICT.parse_request(head, &mut at, &mut fresh).unwrap().complete().unwrap();
    assert_eq!(request.fields().len(), 2);
}

#[test]
fn wrong_octets_behind_a_resume_do_not_panic() {
    let head = b"GET /abc HTTP/1.1\r\nAlpha: beta\r\nGamma: delta\r\n\r\n";
    for cut in 0..head.len() {
        for len in 0..80 {
            for octet in [b'\r', b'\n', b':', b' ', b'a', 0xFF] {
                let (mut at, mut slots) = (Resume::new(), Positions::<8>::new());
                let _ = Config::STRICT.parse_request(&head[..cut], &mut at, &mut slots);
                let _ = Config::STRICT.parse_request(&std::vec![octet; len], &mut at, &mut slots);
            }
        }
    }
}

fn status_line(octets: &[u8]) -> Result<Option<(u16, Vec<u8>, Version)>, Error> {
    let mut found = None;
    for level in Level::ALL.into_iter().filter(|level| level.is_here()) {
        for split in 0..=octets.len() {
            let (mut at, mut slots) = (Resume::new(), Positions::<8>::new());
            let config = Config::STRICT.at_most(level);
            let mut outcome = config.parse_response(&octets[..split], &mut at, &mut slots);
            if matches!(outcome, Ok(Status::Partial)) {
                outcome = config.parse_response(octets, &mut at, &mut slots);
            }
            let outcome = outcome.map(|status| {
                let (response, _) = status.complete()?;
                let reason = &response.octets()[response.reason_position()];
                assert_eq!(reason, response.reason());
                Some((response.code(), reason.to_vec(), response.version()))
            });
            let before = found.get_or_insert_with(|| outcome.clone());
            assert_eq!(*before, outcome, "{level}, split at {split}: {}", octets.escape_ascii());
        }
    }
    found.unwrap()
}

#[test]
fn status_lines() {
    for (line, code, reason) in [
        ("HTTP/1.1 200 OK", 200, &b"OK"[..]),
        ("HTTP/1.1 200 ", 200, b""),
        ("HTTP/1.1 599", 599, b""),
        ("HTTP/1.1 404 Not \tFound ", 404, b"Not \tFound "),
        (
            "HTTP/1.7 100 Continue, please, and be so kind as to go on for a while",
            100,
            b"Continue, please, and be so kind as to go on for a while",
        ),
    ] {
        let head = std::format!("{line}\r\nA: b\r\n\r\n");
        let expected = Ok(Some((code, reason.to_vec(), Version::Http11)));
        assert_eq!(status_line(head.as_bytes()), expected);
    }
    assert_eq!(status_line(b"HTTP/1.0 200 OK\r\n\r\n").unwrap().unwrap().2, Version::Http10);
    for (head, kind, offset) in [
        (&b"HTTP/1.1 \nh: OK\r\n"[..], StatusLine, 9),
        (b"HTTP/1.1  200 OK\r\n\r\n", StatusLine, 9),
        (b"HTTP/1.1 20 OK\r\n\r\n", StatusLine, 11),
        (b"HTTP/1.1 2000 OK\r\n\r\n", StatusLine, 12),
        (b"HTTP/1.1 099 OK\r\n\r\n", StatusLine, 9),
        (b"HTTP/1.1 600 OK\r\n\r\n", StatusLine, 9),
        (b"HTTP/1.1 200\n\r\n", BareLf, 12),
        (b"HTTP/1.12 200 OK\r\n\r\n", StatusLine, 8),
        (b"http/1.1 200 OK\r\n\r\n", StatusLine, 0),
        (b"\r\nHTTP/1.1 200 OK\r\n\r\n", StatusLine, 0),
        (b"HTTP/1.1 200 O\x00K\r\n\r\n", Reason, 14),
        (b"HTTP/1.1 200 OK\n\r\n", BareLf, 15),
        (b"HTTP/1.1 200 OK\rX", BareCr, 15),
        (b"HTTP/2.0 200 OK\r\n\r\n", VersionUnsupported, 5),
    ] {
        assert_eq!(status_line(head), Err(Error::new(kind, offset)), "{}", head.escape_ascii());
    }
}

#[test]
fn a_bare_lf_before_a_status_line_is_no_empty_line() {
    let leniency = crate::Leniency { empty_lines: true, ..crate::Leniency::NONE };
    let config = Config::STRICT.with_leniency(leniency);
    for (head, offset) in [(&b"\nHTTP/1.1 200 OK\r\n\r\n"[..], 0), (b"\r\n\r\n\n", 4)] {
        let error = config
            .parse_response(head, &mut Resume::new(), &mut Positions::<8>::new())
            .map(|status| status.is_partial())
            .unwrap_err();
        assert_eq!((error.kind(), error.offset()), (StatusLine, offset));
    }
}

/// A lenient parse of a request, at every level and split: method, target,
/// number of fields, last value, and octets taken.
fn lenient(leniency: crate::Leniency, octets: &[u8]) -> Outcome {
    outcome_with(Config::STRICT.with_leniency(leniency), octets)
}

#[test]
fn each_leniency_accepts_its_rule_and_no_other() {
    use crate::Leniency;
    let none = Leniency::NONE;
    /// A leniency, what it lets in, and the target and value that come of it.
    type Case<'a> = (Leniency, &'a [u8], &'a [u8], &'a [u8]);
    let cases: [Case<'_>; 8] = [
        (Leniency { bare_lf: true, ..none }, b"GET / HTTP/1.1\nA: b\n\n", b"/", b"b"),
        (Leniency { bare_lf: true, ..none }, b"\nGET / HTTP/1.1\r\nA: b\n\r\n", b"/", b"b"),
        (
            Leniency { empty_lines: true, ..none },
            b"\r\n\r\n\r\nGET / HTTP/1.1\r\nA: b\r\n\r\n",
            b"/",
            b"b",
        ),
        (
            Leniency { target_octets: true, ..none },
            b"GET /#\x80\xFFa## HTTP/1.1\r\nA: b\r\n\r\n",
            b"/#\x80\xFFa##",
            b"b",
        ),
        (Leniency { spaces: true, ..none }, b"GET   /a   HTTP/1.1\r\nA: b\r\n\r\n", b"/a", b"b"),
        (
            Leniency { obs_fold: true, ..none },
            b"GET / HTTP/1.1\r\nA: b\r\n  c \r\n\td\r\n\r\n",
            b"/",
            b"b\r\n  c \r\n\td",
        ),
        (Leniency { obs_fold: true, ..none }, b"GET / HTTP/1.1\r\nA:\r\n  \r\n\r\n", b"/", b""),
        (
            Leniency { space_before_colon: true, ..none },
            b"GET / HTTP/1.1\r\nA \t : b\r\n\r\n",
            b"/",
            b"b",
        ),
    ];
    for (leniency, octets, target, value) in cases {
        let text = octets.escape_ascii();
        let (_, parsed, _, fields, taken) = lenient(leniency, octets).unwrap().unwrap();
        assert_eq!((&parsed[..], taken), (target, octets.len()), "{text}");
        assert_eq!(fields.len(), 1, "{text}");
        assert_eq!((&fields[0].0[..], &fields[0].1[..]), (&b"A"[..], value), "{text}");
        assert!(outcome(octets).is_err(), "strict refuses it: {text}");
        for (other, ..) in cases {
            if other != leniency {
                assert!(lenient(other, octets).is_err(), "{other:?} is for something else: {text}");
            }
        }
    }
}

#[test]
fn leniencies_have_their_limits() {
    use crate::Leniency;
    let all = Leniency::ALL;
    let refused = |octets: &[u8], kind, offset| {
        assert_eq!(
            lenient(all, octets),
            Err(Error::new(kind, offset)),
            "{}",
            octets.escape_ascii()
        );
    };
    refused(b"GET /\n\n", VersionMissing, 5);
    refused(b"GET   \r\n", TargetEmpty, 6);
    refused(b"G[T / HTTP/1.1\r\n\r\n", Method, 1);
    refused(b" / HTTP/1.1\r\n\r\n", Method, 0);
    refused(b"G\x7FT / HTTP/1.1\r\n\r\n", Method, 1);
    refused(b"GET /\x01 HTTP/1.1\r\n\r\n", Target, 5);
    refused(b"GET / HTTP/1.1\rA: b\r\n", BareCr, 14);
    refused(b"GET / HTTP/1.1\r\n A: b\r\n\r\n", SpaceBeforeFields, 16);
    refused(b"GET / HTTP/1.1\r\nA b: c\r\n\r\n", SpaceBeforeColon, 17);
    refused(b"GET / HTTP/1.1\r\nA: b\0\r\n\r\n", FieldValue, 20);
    refused(b"GET / HTTP/1.1\r\nA\r\n\r\n", ColonMissing, 17);
    refused(b"\n\r\n\rGET / HTTP/1.1\r\n\r\n", BareCr, 3);
    refused(b"GET / HTTP/2.0\n\n", VersionUnsupported, 11);
}

#[test]
fn lenient_status_lines() {
    let parse = |config: Config, octets: &[u8]| {
        let (mut at, mut slots) = (Resume::new(), Positions::<8>::new());
        let mut seen = None;
        for end in 0..=octets.len() {
            match config.parse_response(&octets[..end], &mut at, &mut slots) {
                Ok(Status::Partial) => {}
                Ok(Status::Complete(response, taken)) => {
                    seen = Some((response.code(), response.reason().to_vec(), taken));
                    break;
                }
                Err(error) => panic!("{error}: {}", octets.escape_ascii()),
            }
        }
        seen
    };
    let httparse = Config::HTTPARSE_RESPONSE;
    let pico = Config::PICOHTTPPARSER_RESPONSE;
    assert_eq!(parse(httparse, b"HTTP/1.1 999\n\n"), Some((999, b"".to_vec(), 14)));
    assert_eq!(parse(httparse, b"HTTP/1.1 000 x\r\n\n"), Some((0, b"x".to_vec(), 17)));
    assert_eq!(parse(pico, b"HTTP/1.1   200   a b\n\n"), Some((200, b"a b".to_vec(), 22)));
}

#[test]
fn fields_alone_are_trailers_without_their_rules() {
    let parse = |octets: &[u8], limits| {
        let config = Config::STRICT.with_limits(limits);
        let mut slots = Positions::<4>::new();
        let fields = config.parse_fields(octets, &mut Resume::new(), &mut slots)?;
        Ok(fields.complete().map(|(fields, taken)| (fields.len(), taken)))
    };
    let all = Limits::DEFAULT;
    for octets in
        [&b"Host: a\r\nContent-Length: x\r\n\r\nrest"[..], b"Sum: 1\r\nSum: 2\r\n\r\n", b"\r\n"]
    {
        let end = octets.windows(4).position(|four| four == b"\r\n\r\n").map_or(2, |at| at + 4);
        let lines = octets[..end].iter().filter(|&&octet| octet == b'\n').count() - 1;
        assert_eq!(parse(octets, all), Ok(Some((lines, end))));
        for cut in 0..end {
            assert_eq!(parse(&octets[..cut], all), Ok(None), "{cut}");
        }
    }
    let refused = |octets: &[u8], limits, kind, offset| {
        assert_eq!(parse(octets, limits), Err(Error::new(kind, offset)));
    };
    refused(b"a : b\r\n\r\n", all, SpaceBeforeColon, 1);
    refused(b"a: b\r\n c\r\n\r\n", all, ObsFold, 6);
    refused(b"a: b\n\r\n", all, BareLf, 4);
    refused(b"a: b\r\n\r\n", Limits { head: 5, ..all }, HeadTooLarge, 5);
    refused(b"a:\r\na:\r\na:\r\na:\r\na:\r\n\r\n", all, TooManyFields, 16);
}

#[test]
fn profiles_refuse_methods_that_are_no_tokens() {
    for config in [Config::PICOHTTPPARSER_REQUEST, Config::HTTPARSE_REQUEST] {
        for (head, kind, offset) in [
            (&b"G[T / HTTP/1.1\r\n\r\n"[..], Method, 1),
            (b"\"GET\" / HTTP/1.1\r\n\r\n", Method, 0),
            (b"G\x80T / HTTP/1.1\r\n\r\n", Method, 1),
            (b"GET: / HTTP/1.1\r\n\r\n", Method, 3),
            (b" / HTTP/1.1\r\n\r\n", Method, 0),
        ] {
            let (mut at, mut slots) = (Resume::new(), Positions::<8>::new());
            let refused = config.parse_request(head, &mut at, &mut slots).map(|_| ());
            assert_eq!(refused, Err(Error::new(kind, offset)), "{}", head.escape_ascii());
        }
        let (mut at, mut slots) = (Resume::new(), Positions::<8>::new());
        let head = b"GET  HTTP/1.1\r\n\r\n";
        assert!(config.parse_request(head, &mut at, &mut slots).is_err(), "no target");
    }
}
