//! Heads as text: what they are given as is what the octets are parsed to at the scalar level.

use proptest::prelude::*;
use std::string::String;
use std::vec::Vec;

use crate::{Config, FieldText, Level, Limits, Positions, Resume, TextSlots, Version};
use core::mem::MaybeUninit;

/// First line, version, fields and length.
type Parts = (Vec<String>, Version, Vec<(String, String)>, usize);

fn text(octets: &[u8]) -> String {
    String::from_utf8(octets.to_vec()).expect("given as text, and is none")
}

fn request_text(config: &Config, octets: &[u8]) -> Option<Parts> {
    let mut storage = [const { MaybeUninit::<FieldText<'_>>::uninit() }; 4];
    let slots = TextSlots::new(&mut storage);
    let head = config.parse_request_text(octets, slots).ok()?;
    let fields =
        head.fields().iter().map(|field| (field.name.into(), field.value.into())).collect();
    Some((
        Vec::from([head.method().into(), head.target().into()]),
        head.version(),
        fields,
        head.len(),
    ))
}

fn request(octets: &[u8]) -> Option<Parts> {
    let mut slots = Positions::<4>::new();
    let config = Config::STRICT.at_most(Level::Scalar);
    let status = config.parse_request(octets, &mut Resume::new(), &mut slots).ok()?;
    let (head, end) = status.complete()?;
    let fields = head.fields().iter().map(|field| (text(field.name), text(field.value))).collect();
    Some((Vec::from([text(head.method()), text(head.target())]), head.version(), fields, end))
}

fn response_text(config: &Config, octets: &[u8]) -> Option<Parts> {
    let mut storage = [const { MaybeUninit::<FieldText<'_>>::uninit() }; 4];
    let slots = TextSlots::new(&mut storage);
    let head = config.parse_response_text(octets, slots).ok()?;
    let fields =
        head.fields().iter().map(|field| (field.name.into(), field.value.into())).collect();
    let start = Vec::from([std::format!("{}", head.code()), head.reason().into()]);
    Some((start, head.version(), fields, head.len()))
}

fn response(octets: &[u8]) -> Option<Parts> {
    let mut slots = Positions::<4>::new();
    let config = Config::STRICT.at_most(Level::Scalar);
    let status = config.parse_response(octets, &mut Resume::new(), &mut slots).ok()?;
    let (head, end) = status.complete()?;
    let fields = head.fields().iter().map(|field| (text(field.name), text(field.value))).collect();
    let start = Vec::from([std::format!("{}", head.code()), text(head.reason())]);
    Some((start, head.version(), fields, end))
}

/// What is given as text is what is parsed. Returns whether anything was given.
fn check(octets: &[u8]) -> bool {
    let mut given = false;
    for level in Level::ALL.into_iter().filter(|level| level.is_here()) {
        let config = Config::STRICT.at_most(level);
        if let Some(found) = request_text(&config, octets) {
            assert_eq!(Some(found), request(octets), "{level} {}", octets.escape_ascii());
            given = true;
        }
        if let Some(found) = response_text(&config, octets) {
            assert_eq!(Some(found), response(octets), "{level} {}", octets.escape_ascii());
            given = true;
        }
    }
    given
}

const REQUEST: &[u8] = b"GET /a?b HTTP/1.0\r\nHost: example.org\r\nAccept: text/html, */*\r\n\r\n";
const RESPONSE: &[u8] = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

#[test]
fn usual_heads_are_given_at_every_level_that_has_blocks() {
    for level in Level::ALL.into_iter().filter(|level| level.is_here() && *level > Level::Scalar) {
        let config = Config::STRICT.at_most(level);
        assert_eq!(request_text(&config, REQUEST), request(REQUEST), "{level}");
        assert_eq!(response_text(&config, RESPONSE), response(RESPONSE), "{level}");
    }
    assert!(request(REQUEST).is_some() && response(RESPONSE).is_some());
}

#[test]
fn nothing_is_given_of_a_head_that_is_incomplete() {
    for head in [REQUEST, RESPONSE] {
        for len in 0..head.len() {
            assert!(!check(&head[..len]), "{len} octets");
        }
        assert!(check(head));
        assert!(check(&[head, b"\xFF\xFF"].concat()), "what follows is not looked at");
    }
}

#[test]
fn nothing_is_given_of_a_head_with_an_octet_that_is_not_ascii() {
    for head in [REQUEST, RESPONSE] {
        for at in 0..head.len() {
            for octet in [0x80, 0xC3, 0xFF] {
                let mut octets = head.to_vec();
                octets[at] = octet;
                assert!(!check(&octets), "{octet:#x} at {at}");
            }
        }
    }
}

#[test]
fn a_field_without_a_slot_and_a_limit_leave_nothing() {
    let is_given = |config: &Config, slots: usize| {
        let mut storage = [const { MaybeUninit::<FieldText<'_>>::uninit() }; 4];
        config.parse_request_text(REQUEST, TextSlots::new(&mut storage[..slots])).is_ok()
    };
    let config = Config::STRICT;
    assert_eq!([0, 1, 2, 4].map(|slots| is_given(&config, slots)), [false, false, true, true]);
    let config = config.with_limits(Limits { head: 50, ..Limits::DEFAULT });
    assert!(!is_given(&config, 4));
}

/// A name and a value of a caller's own type.
#[derive(Debug, PartialEq)]
struct Own<'b>(&'b [u8], &'b [u8]);

impl<'b> From<FieldText<'b>> for Own<'b> {
    fn from(field: FieldText<'b>) -> Own<'b> {
        Own(field.name.as_bytes(), field.value.as_bytes())
    }
}

const UNTOUCHED: Own<'static> = Own(b"untouched", b"");

/// The slots behind a parse of `octets`, and whether it is given.
fn slots_behind<'b>(config: &Config, octets: &'b [u8]) -> ([Own<'b>; 4], bool) {
    let mut slots = [UNTOUCHED; 4];
    let given = config.parse_request_text(octets, TextSlots::initialised(&mut slots)).is_ok();
    (slots, given)
}

#[test]
fn what_is_written_of_a_head_that_is_not_given_are_its_first_fields() {
    let start = b"GET / HTTP/1.1\r\nA: b\r\nCd: ef\r\n";
    let two = [Own(b"A", b"b"), Own(b"Cd", b"ef"), UNTOUCHED, UNTOUCHED];
    let behind: [&[u8]; 8] = [
        b": nameless\r\nG: h\r\n\r\n",
        b"G : h\r\nI: j\r\n\r\n",
        b"G:  h\r\nI: j\r\n\r\n",
        b"G: h \r\nI: j\r\n\r\n",
        b" folded\r\nI: j\r\n\r\n",
        b"G:\r\nI: j\r\n\r\n",
        b"G: h\x01\r\nI: j\r\n\r\n",
        b"G: h",
    ];
    for level in Level::ALL.into_iter().filter(|level| level.is_here() && *level > Level::Scalar) {
        let config = Config::STRICT.at_most(level);
        for long in [0, 40] {
            for behind in behind {
                let octets = [&start[..], behind, &b"x".repeat(long)].concat();
                let (slots, given) = slots_behind(&config, &octets);
                assert!(!given, "{level} {}", octets.escape_ascii());
                let written = slots.iter().take_while(|slot| **slot != UNTOUCHED).count();
                assert_eq!(slots[..written], two[..written], "{level} {}", octets.escape_ascii());
                assert_eq!(slots[written..], [UNTOUCHED; 4][written..], "{level}");
            }
            let octets = [&start[..], b"\r\n", &b"x".repeat(long)].concat();
            assert_eq!(slots_behind(&config, &octets), (two_of(&octets), true), "{level}");
        }
    }
}

fn two_of(octets: &[u8]) -> [Own<'_>; 4] {
    [
        Own(&octets[16..17], &octets[19..20]),
        Own(&octets[22..24], &octets[26..28]),
        UNTOUCHED,
        UNTOUCHED,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 8 } else { 512 }))]

    #[test]
    fn heads_with_an_octet_exchanged(
        is_request in any::<bool>(), at in 0usize..66, octet in any::<u8>(), behind in 0usize..40,
    ) {
        let head = if is_request { REQUEST } else { RESPONSE };
        let mut octets = [head, &b"\x80".repeat(behind)].concat();
        let at = at % head.len();
        octets[at] = octet;
        check(&octets);
    }
}
