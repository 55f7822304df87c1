//! What is encoded parses back; what would not is refused.

use super::*;
use crate::{Config, Limits, Positions, Resume};
use proptest::prelude::*;
use std::string::String;
use std::vec::Vec;

#[test]
fn a_request_head() {
    let mut buffer = [0; 64];
    let mut head = HeadEncoder::request(&mut buffer, b"GET", b"/a").unwrap();
    head.field("Host", b"b").unwrap().field("Empty", b"").unwrap();
    assert_eq!(head.finish().unwrap(), b"GET /a HTTP/1.1\r\nHost: b\r\nEmpty: \r\n\r\n");
}

#[test]
fn what_would_end_a_line_early_is_refused() {
    let mut buffer = [0; 64];
    for bad in [&b""[..], b"G T", b"GET\r", b"G\0"] {
        assert_eq!(HeadEncoder::request(&mut buffer, bad, b"/").unwrap_err(), EncodeError::Method);
    }
    for bad in [&b""[..], b"/ a", b"/\n", b"/#", b"/\x80"] {
        assert_eq!(
            HeadEncoder::request(&mut buffer, b"GET", bad).unwrap_err(),
            EncodeError::Target
        );
    }
    for code in [0, 99, 600, 1000] {
        assert_eq!(HeadEncoder::response(&mut buffer, code, b"").unwrap_err(), EncodeError::Code);
    }
    let refused = HeadEncoder::response(&mut buffer, 200, b"O\nK");
    assert_eq!(refused.unwrap_err(), EncodeError::Reason);
    let mut head = HeadEncoder::response(&mut buffer, 200, b"").unwrap();
    for name in ["", "a b", "a:", "a\r\n"] {
        assert_eq!(head.field(name, b"").unwrap_err(), EncodeError::FieldName);
    }
    for value in [&b"a\r"[..], b"a\nb", b"\0", b"\x7F", b"\x1B"] {
        assert_eq!(head.field("a", value).unwrap_err(), EncodeError::FieldValue);
    }
    assert_eq!(head.finish().unwrap(), b"HTTP/1.1 200 \r\n\r\n");
}

#[test]
fn a_line_without_room_leaves_no_trace() {
    let mut buffer = [b'#'; 26];
    let mut head = HeadEncoder::response(&mut buffer, 404, b"Gone").unwrap();
    assert_eq!(head.field("a", b"bcd").unwrap_err(), EncodeError::BufferTooShort);
    assert_eq!(head.len(), 19);
    head.field("a", b"bc").unwrap();
    assert_eq!(head.finish().unwrap_err(), EncodeError::BufferTooShort);
    assert_eq!(HeadEncoder::response(&mut [], 404, b"").unwrap_err(), EncodeError::BufferTooShort);
}

#[test]
fn chunk_headers() {
    let mut buffer = [0; 18];
    for size in [0, 1, 9, 10, 15, 16, 255, 256, 4096, u32::MAX as u64, u64::MAX] {
        let header = chunk_header(size, &mut buffer);
        assert_eq!(header, std::format!("{size:x}\r\n").as_bytes());
    }
}

fn token() -> impl Strategy<Value = String> {
    "[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}"
}

fn value() -> impl Strategy<Value = Vec<u8>> {
    let octet = prop_oneof![Just(b'\t'), 0x20u8..=0x7E, 0x80u8..=0xFF];
    proptest::collection::vec(octet, 0..40)
}

proptest! {
    #[test]
    fn requests_parse_back(
        method in token(),
        target in "[!-\"$-~]{1,60}",
        fields in proptest::collection::vec((token(), value()), 0..10),
    ) {
        let mut buffer = [0; 4096];
        let mut head =
            HeadEncoder::request(&mut buffer, method.as_bytes(), target.as_bytes()).unwrap();
        for (name, value) in &fields {
            head.field(name, value).unwrap();
        }
        let head = head.finish().unwrap();
        let (mut at, mut slots) = (Resume::new(), Positions::<16>::new());
        let (request, taken) = Config::STRICT
            .parse_request(head, &mut at, &mut slots)
            .unwrap()
            .complete()
            .unwrap();
        prop_assert_eq!(taken, head.len());
        prop_assert_eq!(request.method(), method.as_bytes());
        prop_assert_eq!(request.target(), target.as_bytes());
        let parsed = request.fields().iter().map(|field| (field.name, field.value));
        let given = fields.iter().map(|(name, value)| (name.as_bytes(), crate::list::trim(value)));
        prop_assert!(parsed.eq(given));
    }

    #[test]
    fn responses_parse_back(
        code in 100u16..600,
        reason in value(),
        fields in proptest::collection::vec((token(), value()), 0..10),
    ) {
        let mut buffer = [0; 4096];
        let mut head = HeadEncoder::response(&mut buffer, code, &reason).unwrap();
        for (name, value) in &fields {
            head.field(name, value).unwrap();
        }
        let head = head.finish().unwrap();
        let (mut at, mut slots) = (Resume::new(), Positions::<16>::new());
        let (response, _) = Config::STRICT
            .parse_response(head, &mut at, &mut slots)
            .unwrap()
            .complete()
            .unwrap();
        prop_assert_eq!((response.code(), response.reason()), (code, &reason[..]));
        prop_assert_eq!(response.fields().len(), fields.len());
    }

    #[test]
    fn what_is_encoded_is_accepted_whatever_was_asked_for(
        name in ".{0,8}",
        value in proptest::collection::vec(any::<u8>(), 0..12),
    ) {
        let mut buffer = [0; 256];
        let mut head = HeadEncoder::response(&mut buffer, 200, b"OK").unwrap();
        let added = head.field(&name, &value).is_ok();
        let head = head.finish().unwrap();
        let (mut at, mut slots) = (Resume::new(), Positions::<16>::new());
        let config = Config::STRICT.with_limits(Limits::DEFAULT);
        let (response, taken) =
            config.parse_response(head, &mut at, &mut slots).unwrap().complete().unwrap();
        prop_assert_eq!(response.fields().len(), added as usize);
        prop_assert_eq!(taken, head.len());
    }
}
