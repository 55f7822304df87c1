//! Bursts give what heads parsed one by one give: parts, ends, errors.

use core::ops::ControlFlow::{Break, Continue};

use super::*;
use crate::{Level, Positions};
use proptest::prelude::*;
use std::vec::Vec;

/// A request's parts, and where the octets behind its head begin.
type Parts = (Vec<Vec<u8>>, usize);

fn parts(request: &Request<'_, '_>, end: usize) -> Parts {
    let framing = std::format!("{:?} {:?}", request.version(), request.framing()).into_bytes();
    let start = [request.method().to_vec(), request.target().to_vec(), framing];
    let fields = request.fields();
    let fields = fields.iter().flat_map(|field| [field.name.to_vec(), field.value.to_vec()]);
    (start.into_iter().chain(fields).collect(), end)
}

/// Heads one by one, with `content` octets behind each, of which no more than `most` are
/// wanted.
fn one_by_one(
    config: &Config,
    octets: &[u8],
    content: usize,
    most: usize,
) -> (Vec<Parts>, ParsedRequests) {
    let (mut requests, mut consumed, mut slots) = (Vec::new(), 0, Positions::<4>::new());
    let error = loop {
        let rest = &octets[consumed..];
        match config.parse_request(rest, &mut Resume::new(), &mut slots) {
            Ok(Status::Complete(request, end)) => {
                consumed += end;
                requests.push(parts(&request, consumed));
                if requests.len() == most || rest.len() - end < content {
                    break None;
                }
                consumed += content;
            }
            Ok(Status::Partial) => break None,
            Err(error) => break Some(error),
        }
    };
    (requests, ParsedRequests { consumed, error })
}

fn in_bursts(
    config: &Config,
    octets: &[u8],
    content: usize,
    most: usize,
) -> (Vec<Parts>, ParsedRequests) {
    let (mut requests, mut slots, mut start) = (Vec::new(), Positions::<4>::new(), 0);
    let parsed = config.parse_requests(octets, &mut slots, |request| {
        start += request.octets().len();
        requests.push(parts(&request, start));
        start += content;
        if requests.len() == most { Break(()) } else { Continue(content) }
    });
    (requests, parsed)
}

fn check_most(octets: &[u8], content: usize, most: usize) -> usize {
    // An exact copy, so that AddressSanitizer sees any read outside of it.
    let octets: Vec<u8> = octets.to_vec();
    let expected = one_by_one(&Config::STRICT.at_most(Level::Scalar), &octets, content, most);
    for level in Level::ALL.into_iter().filter(|level| level.is_here()) {
        let found = in_bursts(&Config::STRICT.at_most(level), &octets, content, most);
        assert_eq!(found, expected, "{level} {}", octets.escape_ascii());
    }
    expected.0.len()
}

fn check(octets: &[u8], content: usize) -> usize {
    check_most(octets, content, usize::MAX)
}

const TINY: &[u8] = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const UNLIKE: &[u8] = b"PUT /\xC3\xA9 HTTP/1.1\r\nHost:a \r\nB: \xC3\xA9\tx\r\n\r\n";
const TEXT: &[u8] = b"PUT / HTTP/1.1\r\nHost:a \r\nB: \xC3\xA9\tx\r\n\r\n";
const LONG: &[u8] =
    b"GET /a/longer/target?with=a&query=that HTTP/1.1\r\nHost: a.example\r\nAccept: */*\r\n\r\n";

#[test]
fn a_burst_is_all_there() {
    assert_eq!(check(&TINY.repeat(24), 0), 24);
    assert_eq!(check(&LONG.repeat(24), 0), 24);
    assert_eq!(check(&[TINY, TEXT, TINY, b"\r\n", LONG, TINY].concat(), 0), 5);
    assert_eq!(check(b"", 0), 0);
}

#[test]
fn every_end_of_a_burst() {
    let octets = [TINY, LONG, TEXT, TINY, UNLIKE, TINY].concat();
    for end in 0..=octets.len() {
        for content in [0, 1, 40] {
            check(&octets[..end], content);
        }
    }
}

#[test]
fn content_is_passed_over() {
    let octets = [TINY, b"12345", TINY, b"12345", LONG, b"12345", TINY, b"123"].concat();
    assert_eq!(check(&octets, 5), 4);
    let parsed = in_bursts(&Config::STRICT, &octets, 5, usize::MAX).1;
    assert_eq!(
        (parsed.consumed, parsed.error),
        (octets.len() - 3, None),
        "the content is cut short"
    );
}

#[test]
fn the_caller_stops() {
    let octets = [TINY, TEXT, LONG, TINY].concat();
    for most in 1..=4 {
        assert_eq!(check_most(&octets, 0, most), most);
    }
}

#[test]
fn an_error_keeps_what_was_before_it() {
    let bad = b"GET / HTTP/1.1\r\nHost : a\r\n\r\n";
    let octets = [TINY, LONG, &bad[..], TINY].concat();
    assert_eq!(check(&octets, 0), 2);
    let parsed = in_bursts(&Config::STRICT, &octets, 0, usize::MAX).1;
    assert_eq!(parsed.consumed, TINY.len() + LONG.len());
    assert_eq!(parsed.error.map(|error| error.offset()), Some(20));
}

#[test]
fn more_fields_than_slots() {
    let many = [&TINY[..TINY.len() - 2], &b"A: b\r\n".repeat(4), b"\r\n"].concat();
    assert_eq!(check(&[TINY, &many, TINY].concat(), 0), 1);
}

proptest! {
    #[test]
    fn random_bursts(
        heads in proptest::collection::vec(proptest::sample::select(&[TINY, LONG, TEXT, UNLIKE][..]), 0..12),
        odd in proptest::collection::vec((any::<prop::sample::Index>(), proptest::sample::select(&b"\r\n :\tA\x80\x00"[..])), 0..3),
        content in 0usize..3,
    ) {
        let mut octets = heads.concat();
        for (index, octet) in odd {
            if !octets.is_empty() {
                let at = index.index(octets.len());
                octets[at] = octet;
            }
        }
        check(&octets, content);
    }
}
