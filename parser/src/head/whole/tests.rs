//! Heads that follow each other read at every level as at the scalar one: parts,
//! errors and offsets.

use super::super::request_line::RequestLine;
use super::super::status_line::StatusLine;
use super::*;
use crate::scan::dispatch_head;
use crate::scan::slots::Inside;
use crate::{Config, Error, Level, Positions, Request, Slots, Status};
use proptest::prelude::*;
use std::string::String;
use std::vec::Vec;

/// A head's parts and length, or `None` if it is incomplete.
type Parsed = Result<Option<(Vec<Vec<u8>>, usize)>, Error>;

fn parts(status: Status<Request<'_, '_>>) -> Option<(Vec<Vec<u8>>, usize)> {
    let (request, length) = status.complete()?;
    assert_eq!(request.octets().len(), length);
    let version = std::format!("{:?} {:?}", request.version(), request.framing()).into_bytes();
    let start = [request.method().to_vec(), request.target().to_vec(), version];
    let fields = request.fields();
    let fields = fields.iter().flat_map(|field| [field.name.to_vec(), field.value.to_vec()]);
    Some((start.into_iter().chain(fields).collect(), length))
}

/// Parses heads until there is none, with `content` octets behind each.
fn heads<const N: usize>(config: &Config, octets: &[u8], content: usize) -> Vec<Parsed> {
    // An exact copy, so that AddressSanitizer sees any read outside of it.
    let octets: Vec<u8> = octets.to_vec();
    let mut slots = Positions::<N>::new();
    let (mut rest, mut heads) = (octets.as_slice(), Vec::new());
    loop {
        let parsed = config.parse_request(rest, &mut Resume::new(), &mut slots).map(parts);
        let length = parsed.as_ref().ok().and_then(|parsed| parsed.as_ref()).map(|parsed| parsed.1);
        heads.push(parsed);
        let Some(length) = length else { return heads };
        rest = rest.get(length + content..).unwrap_or_default();
    }
}

fn check_in<const N: usize>(config: &Config, octets: &[u8], content: usize) -> Vec<Parsed> {
    let expected = heads::<N>(&config.at_most(Level::Scalar), octets, content);
    for level in Level::ALL.into_iter().filter(|level| level.is_here()) {
        let found = heads::<N>(&config.at_most(level), octets, content);
        assert_eq!(found, expected, "{level} {}", octets.escape_ascii());
    }
    expected
}

fn check(octets: &[u8], content: usize) {
    check_in::<4>(&Config::STRICT, octets, content);
}

const TINY: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";

#[test]
fn small_heads_at_every_place_of_a_block() {
    for target in 0..70 {
        let mut octets = [&b"GET /"[..], &b"a".repeat(target), &TINY[5..]].concat();
        octets.extend(TINY.repeat(20));
        for content in [0, 1, 33] {
            check(&octets, content);
        }
    }
}

#[test]
fn more_line_ends_than_there_is_room_for() {
    let head = [&TINY[..TINY.len() - 2], &b"A: b\r\n".repeat(3), b"\r\n"].concat();
    assert_eq!(check_in::<4>(&Config::STRICT, &head.repeat(400), 0).len(), 401);
    let many = [&TINY[..TINY.len() - 2], &b"A: b\r\n".repeat(400), b"\r\n"].concat();
    let mut limits = *Config::STRICT.limits();
    limits.fields = 500;
    let config = Config::STRICT.with_limits(limits);
    assert_eq!(check_in::<500>(&config, &[TINY, &many, TINY].concat(), 0).len(), 4);
}

#[test]
fn no_number_of_lines_hides_that_they_have_no_name() {
    let config = Config::STRICT.with_limits(Limits { fields: 500, ..Limits::DEFAULT });
    for count in [1, 100, 255, 256, 257, 300] {
        // In the middle of two groups of blocks, where most lines are listed.
        let start = [&b"GET /"[..], &b"a".repeat(500), &TINY[5..TINY.len() - 2]].concat();
        let head = [&start, &b": a\r\n".repeat(count)[..], b"\r\n", &[b'x'; 64]].concat();
        assert!(check_in::<500>(&config, &head, 0)[0].is_err(), "{count}");
    }
}

/// A head that is in one block is held to limits that are constants, where no other is lower.
#[test]
fn limits_of_heads_in_one_block() {
    let methods =
        [0, 1, 31, 32, 33].map(|len| [&b"M".repeat(len)[..], b" / HTTP/1.1\r\n\r\n"].concat());
    let targets =
        [49, 50, 51].map(|len| [&b"G /"[..], &b"a".repeat(len), b" HTTP/1.0\r\n\r\n"].concat());
    let fields =
        [7, 8, 9].map(|n| [&b"G / HTTP/1.1\r\n"[..], &b"a: b\r\n".repeat(n), b"\r\n"].concat());
    for head in methods.iter().chain(&targets).chain(&fields) {
        for around in 0..3 {
            let of_block = |least: u32| least + around - 1;
            let limits = [
                Limits { method: of_block(32), ..Limits::DEFAULT },
                Limits { request_line: of_block(64), ..Limits::DEFAULT },
                Limits { head: of_block(66), ..Limits::DEFAULT },
                Limits { fields: of_block(8), ..Limits::DEFAULT },
                Limits { method: around, ..Limits::DEFAULT },
                Limits { request_line: of_block(14), ..Limits::DEFAULT },
                Limits { head: of_block(32), ..Limits::DEFAULT },
            ];
            for limits in limits {
                check_in::<16>(&Config::STRICT.with_limits(limits), &[head, TINY].concat(), 0);
            }
        }
    }
}

#[test]
fn every_end_of_a_buffer() {
    let unlike = b"PUT /\xC3\xA9 HTTP/1.1\r\nHost:a \r\nB: \xC3\xA9\tx\r\n\r\n";
    let octets = [TINY, b"\r\n", TINY, &unlike[..], TINY, TINY].concat();
    for end in 0..=octets.len() {
        check(&octets[..end], 0);
    }
}

/// Whether any level takes the head of `octets` for one of the usual form, roughly or exactly.
fn is_usual<L: HeadKind>(octets: &[u8], slots: &mut impl Slots) -> bool {
    let limits = Limits { fields: 3, head: 400, ..Limits::DEFAULT };
    Level::ALL.into_iter().filter(|level| level.is_here()).any(|level| {
        let config = &Config::STRICT.with_limits(limits).at_most(level);
        let choice = config.choice;
        let rough = dispatch_head::<RoughLook<L>>(choice, octets, config, slots.writer(Inside));
        let exact = dispatch_head::<ExactLook<L>>(choice, octets, config, slots.writer(Inside));
        [rough, exact].iter().any(|whole| matches!(whole, Whole::Complete(_)))
    })
}

/// Each row of the table, in one block and in more.
#[test]
fn what_breaks_a_rule_is_not_of_the_usual_form() {
    let slots = &mut Positions::<4>::new();
    let requests = [
        ("GET / HTTP/1.1", "A: b"),
        ("", "A: b\x01c"),
        ("", "A: b\x7F\x7Fc"),
        ("", "A: b\rc"),
        ("", "A: b\nC: d"),
        ("", "A: b\r\rC: d"),
        ("", "A: b\n\rC: d"),
        ("", "A: b\r\n\rC: d"),
        ("", "A: b\r\n\nC: d"),
        ("GET  / HTTP/1.1", ""),
        ("GET /  HTTP/1.1", ""),
        ("GET /a b HTTP/1.1", ""),
        ("GET  HTTP/1.1", ""),
        ("G(T / HTTP/1.1", ""),
        (" / HTTP/1.1", ""),
        ("GET / HTTP/2.0", ""),
        ("GET / http/1.1", ""),
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJ / HTTP/1.1", ""),
        ("", "A : b"),
        ("", "A\t: b"),
        ("", "A"),
        ("", "A(: b"),
        ("", "A: b\r\n c"),
        ("", "A: b\r\n\tc"),
        ("", "A: b\r\n C: d"),
        ("", ": b"),
        ("", ":"),
        ("", "A:  b"),
        ("", "A: b "),
        ("", "A: \tb"),
        ("", "A: b\t"),
        ("", "A:"),
        ("", "A: b\r\nC: d\r\nE: f\r\nG: h"),
    ];
    let fill = |text: &'static str, usual: &'static str| if text.is_empty() { usual } else { text };
    for (at, (line, field)) in requests.into_iter().enumerate() {
        let (line, field) = (fill(line, "GET / HTTP/1.1"), fill(field, "A: b"));
        for more in [String::new(), std::format!("Long: {}\r\n", "x".repeat(100))] {
            let head = std::format!("{line}\r\n{more}{field}\r\n\r\n{}", "y".repeat(40));
            let found = is_usual::<RequestLine>(head.as_bytes(), slots);
            assert_eq!(found, at == 0, "{}", head.escape_debug());
        }
    }
    let long = std::format!("GET / HTTP/1.1\r\nA: {}\r\n\r\n", "x".repeat(400));
    assert!(!is_usual::<RequestLine>(long.as_bytes(), slots));
    for (at, line) in
        ["HTTP/1.1 200 OK", "HTTP/1.1 20 OK", "HTTP/1.1 200 O\x01K", "HTTP/1.1 200  OK"]
            .into_iter()
            .enumerate()
    {
        let head = std::format!("{line}\r\nA: b\r\n\r\n{}", "y".repeat(40));
        assert_eq!(
            is_usual::<StatusLine>(head.as_bytes(), slots),
            at == 0,
            "{}",
            head.escape_debug()
        );
    }
}

/// Shorter than a version.
#[test]
fn a_first_line_that_is_too_short() {
    for short in [&b"0\r\n\r\n"[..], b"5;x=y\r\nhello\r\n0\r\n\r\n", b"GET HTTP/\r\n\r\n"] {
        let long = [&b"GET /"[..], &b"a".repeat(50), &TINY[5..]].concat();
        check(&[&long, short, TINY].concat(), 0);
        check(&[TINY, short, TINY].concat(), 0);
    }
}

/// Heads of many forms, some of them wrong.
fn head() -> impl Strategy<Value = Vec<u8>> {
    let field = prop_oneof![
        4 => "[A-Za-z-]{1,40}: [ -~]{0,80}\r\n",
        1 => "[a-z]{1,3}:[ \t]{0,2}[a-z\u{e9}]{0,9}[ \t]{0,2}\r\n",
        1 => Just(String::from("Content-Length: 0\r\n")),
    ];
    let fields = proptest::collection::vec(field, 0..6);
    ("\r?\n?(GET|POST|[A-Z]{1,40}) /[!-~]{0,70} HTTP/1.[01]\r\n(Host: a\r\n)?", fields).prop_map(
        |(start, fields)| [start, fields.concat(), String::from("\r\n")].concat().into_bytes(),
    )
}

proptest! {
    #[test]
    fn random_heads(
        heads in proptest::collection::vec(prop_oneof![3 => head(), 1 => Just(TINY.to_vec())], 1..12),
        odd in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        content in prop_oneof![Just(0usize), 0usize..40],
        end in any::<prop::sample::Index>(),
    ) {
        let mut octets: Vec<u8> = Vec::new();
        for head in heads {
            octets.extend(head);
            octets.extend(b"x\r\n\r\nHost: zz\r\n\r\nyyyyyyyyyyyyyyyyyyyyyyyyyyyyy".iter().take(content));
        }
        for (index, octet) in odd {
            let at = index.index(octets.len());
            octets[at] = octet;
        }
        check(&octets, content);
        check(&octets[..end.index(octets.len())], content);
    }
}
