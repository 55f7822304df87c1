//! Pulled heads are the heads that are parsed into slots: parts, errors and
//! offsets, whole and in pieces, at every level, with every profile.

use super::*;
use crate::{Leniency, Level, Limits, Positions, Slots, Status};
use proptest::prelude::*;
use std::vec::Vec;

/// A head's parts (start line, then names and values in turn) and its length.
type Outcome = Result<Option<(Vec<Vec<u8>>, usize)>, Error>;

fn copied<'b>(start: [&[u8]; 3], fields: impl IntoIterator<Item = Field<'b>>) -> Vec<Vec<u8>> {
    let fields = fields.into_iter().flat_map(|field| [field.name, field.value]);
    start.into_iter().chain(fields).map(<[u8]>::to_vec).collect()
}

fn version(version: Version) -> &'static [u8] {
    if version == Version::Http10 { b"1.0" } else { b"1.1" }
}

fn with_slots<S: Slots + ?Sized>(
    config: &Config,
    section: Section,
    octets: &[u8],
    slots: &mut S,
) -> Outcome {
    let mut at = Resume::new();
    let complete = match section {
        Section::Request => {
            config.parse_request(octets, &mut at, slots)?.complete().map(|(head, taken)| {
                let start = [head.method(), head.target(), version(head.version())];
                (copied(start, head.fields()), taken)
            })
        }
        Section::Response => {
            config.parse_response(octets, &mut at, slots)?.complete().map(|(head, taken)| {
                let code = std::format!("{:03}", head.code());
                let start = [version(head.version()), code.as_bytes(), head.reason()];
                (copied(start, head.fields()), taken)
            })
        }
        _ => match config.parse_trailers(octets, &mut at, slots)? {
            Status::Complete(fields, taken) => Some((copied([b""; 3], fields), taken)),
            Status::Partial => None,
        },
    };
    Ok(complete)
}

/// Pulls from pieces that end at `ends`, each an exact copy.
fn pulled(config: &Config, section: Section, octets: &[u8], ends: &[usize]) -> Outcome {
    let mut pull = match section {
        Section::Request => Pull::request(),
        Section::Response => Pull::response(),
        _ => Pull::trailers(),
    };
    let mut parts = if section == Section::Trailers { copied([b""; 3], []) } else { Vec::new() };
    for &end in ends.iter().chain([&octets.len()]) {
        let piece: Vec<u8> = octets[..end].to_vec();
        loop {
            match pull.next(config, &piece)? {
                Part::RequestLine(line) => {
                    let start = [line.method, line.target, version(line.version)];
                    parts.extend(copied(start, []));
                }
                Part::StatusLine(line) => {
                    let code = std::format!("{:03}", line.code);
                    parts.extend(copied([version(line.version), code.as_bytes(), line.reason], []));
                }
                Part::Field(field) => {
                    parts.extend([field.name.to_vec(), field.value.to_vec()]);
                }
                Part::End(taken) => return Ok(Some((parts, taken))),
                Part::Partial => break,
            }
        }
    }
    Ok(None)
}

/// Both ways agree on `octets`, which are cut at `ends` too.
fn check(config: &Config, octets: &[u8], ends: &[usize]) {
    let mut slots = Positions::<600>::new();
    for section in [Section::Request, Section::Response, Section::Trailers] {
        for level in Level::ALL.into_iter().filter(|level| level.is_here()) {
            let config = config.at_most(level);
            let expected = with_slots(&config, section, octets, &mut slots);
            let text = octets.escape_ascii();
            assert_eq!(
                pulled(&config, section, octets, &[]),
                expected,
                "{section:?} {level} {text}"
            );
            assert_eq!(pulled(&config, section, octets, ends), expected, "{ends:?} {level} {text}");
        }
    }
}

fn configs() -> [Config; 5] {
    let many = Limits { fields: u32::MAX, ..Limits::DEFAULT };
    let tight = Limits { method: 6, request_line: 40, head: 90, trailers: 60, ..many };
    let all = Leniency::ALL;
    [
        Config::STRICT.with_limits(many),
        Config::STRICT.with_limits(tight),
        Config::STRICT.with_limits(many).with_leniency(all),
        Config::PICOHTTPPARSER_REQUEST,
        Config::HTTPARSE_RESPONSE,
    ]
}

const HEADS: [&[u8]; 11] = [
    b"GET /a?b=c HTTP/1.1\r\nHost: example.org\r\nEmpty:\r\nTab:\tx \t \r\nd: \x80\xFF y\r\n\r\nrest",
    b"\r\nPOST / HTTP/1.0\r\nA: b\r\n\r\n",
    b"GET / HTTP/2.0\r\nA: b\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nServer: a\r\nSome-Longer-Name-Than-A-Vector-Of-Thirty-Two: b\r\n\r\n",
    b"HTTP/1.7 404\r\n\r\n",
    b"\r\n\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n",
    b"Sum: 42\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
    b"GET / HTTP/1.1\nA: b\n c\r\n\td\r\nE : f\r\n \r\n\r\n",
    b"HTTP/1.1  999   x\r\nA: b\r\n c\r\n\r\n",
    b"PUT /\xC3\xA9#  HTTP/1.1\r\nA:\r\n b\r\n\r\n",
];

#[test]
fn pulled_heads_are_those_of_slots() {
    for config in configs() {
        for head in HEADS {
            for cut in 0..=head.len() {
                check(&config, &head[..cut], &[cut / 2]);
            }
            let every: Vec<usize> = (0..head.len()).collect();
            check(&config, head, &every);
        }
    }
}

#[test]
fn any_octet_anywhere() {
    let config = configs()[0];
    for head in &HEADS[..2] {
        for at in 0..head.len() {
            for octet in [0, b'\t', b'\r', b'\n', b' ', b':', b'#', b'/', 0x7F, 0x80] {
                let mut head = head.to_vec();
                head[at] = octet;
                check(&config, &head, &[at]);
            }
        }
    }
}

#[test]
fn more_fields_than_any_limit() {
    let lines = "A: b\r\n".repeat(1000);
    let head = std::format!("GET / HTTP/1.1\r\n{lines}\r\n");
    let mut pull = Pull::request();
    let mut fields = 0;
    loop {
        match pull.next(&Config::STRICT, head.as_bytes()).unwrap() {
            Part::Field(_) => fields += 1,
            Part::End(taken) => break assert_eq!((fields, taken), (1000, head.len())),
            _ => {}
        }
    }
    assert_eq!(pull.next(&Config::STRICT, head.as_bytes()), Ok(Part::End(head.len())));
}

#[test]
fn wrong_octets_do_not_panic() {
    for head in HEADS {
        for cut in 0..head.len() {
            for len in [0, 1, 20, 70] {
                for config in configs() {
                    let mut pull = Pull::request();
                    while matches!(pull.next(&config, &head[..cut]), Ok(part) if part != Part::Partial)
                    {
                        if let Ok(Part::End(_)) = pull.next(&config, &head[..cut]) {
                            break;
                        }
                    }
                    let _ = pull.next(&config, &std::vec![b':'; len]);
                    let _ = pull.next(&config, &std::vec![b'\n'; len]);
                }
            }
        }
    }
}

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    const PIECES: &[&[u8]] = &[
        b"GET / HTTP/1.1\r\n",
        b"HTTP/1.1 200 OK\r\n",
        b"A: b\r\n",
        b"Name: value\r\n",
        b"Content-Length: 5\r\n",
        b"\r\n",
        b"\n",
        b"\r",
        b" ",
        b"\t",
        b":",
        b"x",
        b"\x80",
        b"\x00",
    ];
    let piece = proptest::sample::select(PIECES);
    proptest::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

const STARTS: &[&[u8]] = &[b"", b"GET / HTTP/1.1\r\n", b"HTTP/1.1 200 OK\r\n"];

proptest! {
    #[test]
    fn random_heads(
        start in proptest::sample::select(STARTS),
        rest in pieces(),
        cut in 0..100usize,
        config in 0..5usize,
    ) {
        let head = [start, &rest].concat();
        let cut = cut.min(head.len());
        check(&configs()[config], &head, &[cut]);
    }

    #[test]
    fn mutated_heads(
        head in proptest::sample::select(&HEADS[..]),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..4),
        cut in 0..100usize,
        config in 0..5usize,
    ) {
        let mut head = head.to_vec();
        for (at, octet) in changes {
            let at = at.index(head.len());
            head[at] = octet;
        }
        let cut = cut.min(head.len());
        check(&configs()[config], &head, &[cut]);
    }
}
