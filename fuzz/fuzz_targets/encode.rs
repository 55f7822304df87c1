//! What is encoded parses back to the same parts, and nothing is refused without a reason: heads, chunk headers, dates.
//!
//! The input is cut at each LF of its text into a first line's parts, then names and values in turn; LF itself is written as `|` there.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rajada_fuzz::reference::date as reference;
use rajada_fuzz::reference::text::{is_field_content, is_token, text, trimmed};
use rajada_parser::encode::{EncodeError, HeadEncoder, chunk_header};
use rajada_parser::{Chunk, ChunkedDecoder, Config, Limits, Positions, Resume, date};

fuzz_target!(|input: &[u8]| {
    let Some((&first, rest)) = input.split_first() else { return };
    let mut parts = rest.split(|&octet| octet == b'\n').map(|part| {
        part.iter().map(|&octet| if octet == b'|' { b'\n' } else { octet }).collect::<Vec<u8>>()
    });
    let (one, two) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let parts: Vec<Vec<u8>> = parts.collect();
    let fields: Vec<(&[u8], &[u8])> = parts
        .chunks(2)
        .map(|pair| (&pair[0][..], pair.get(1).map_or(&b""[..], |value| value)))
        .collect();
    // Sometimes too little room.
    let room = if first % 4 == 0 { usize::from(first) } else { rest.len() + 64 };
    check_request(&one, &two, &fields, room);
    check_response(u16::from(first) * 3 % 700, &two, &fields, room);
    let number = rest.iter().take(8).fold(0, |number, &octet| number << 8 | u64::from(octet));
    check_chunk_header(number >> (first % 64), rest);
    check_date(number >> (first % 64), rest);
});

fn value(octets: &[u8]) -> bool {
    text(octets).chars().all(is_field_content)
}

/// Adds the fields, checks each refusal, and returns those that were taken.
fn add<'f>(
    encoder: &mut HeadEncoder<'_>,
    fields: &[(&'f [u8], &'f [u8])],
    room: usize,
) -> Vec<(&'f [u8], &'f [u8])> {
    let mut taken = Vec::new();
    for &(name, field_value) in fields {
        let Ok(name) = std::str::from_utf8(name) else { continue };
        let before = encoder.len();
        let needed = before + name.len() + field_value.len() + 4;
        let expected = match () {
            () if !is_token(name) => Err(EncodeError::FieldName),
            () if !value(field_value) => Err(EncodeError::FieldValue),
            () if needed > room => Err(EncodeError::BufferTooShort),
            () => Ok(()),
        };
        assert_eq!(encoder.field(name, field_value).map(|_| ()), expected);
        assert_eq!(encoder.len(), if expected.is_ok() { needed } else { before });
        if expected.is_ok() {
            taken.push((name.as_bytes(), field_value));
        }
    }
    taken
}

fn equal(parsed: rajada_parser::Fields<'_, '_>, taken: &[(&[u8], &[u8])]) {
    assert_eq!(parsed.len(), taken.len());
    for (field, (name, value)) in parsed.iter().zip(taken) {
        assert_eq!(field.name, *name);
        assert_eq!(text(field.value), trimmed(&text(value)));
    }
}

/// Nothing but the room and what is sensible bounds these heads.
fn config() -> Config {
    let limits = Limits {
        method: u32::MAX,
        request_line: u32::MAX,
        head: u32::MAX,
        fields: u32::MAX,
        ..Limits::DEFAULT
    };
    Config::STRICT.with_limits(limits)
}

fn check_request(method: &[u8], target: &[u8], fields: &[(&[u8], &[u8])], room: usize) {
    let mut buffer = vec![0; room].into_boxed_slice();
    let visible = |character: char| ('!'..='~').contains(&character) && character != '#';
    let expected = match () {
        () if !is_token(&text(method)) => Some(EncodeError::Method),
        () if target.is_empty() || !text(target).chars().all(visible) => Some(EncodeError::Target),
        () if method.len() + target.len() + 12 > room => Some(EncodeError::BufferTooShort),
        () => None,
    };
    let mut encoder = match HeadEncoder::request(&mut buffer, method, target) {
        Ok(encoder) => encoder,
        Err(error) => return assert_eq!(Some(error), expected),
    };
    assert_eq!(None, expected);
    let taken = add(&mut encoder, fields, room);
    let Ok(head) = encoder.finish() else { return };
    let head: Box<[u8]> = head.into();
    let mut slots = Positions::<2048>::new();
    let status =
        config().parse_request(&head, &mut Resume::new(), &mut slots).expect("well-formed");
    let (request, consumed) = status.complete().expect("complete");
    assert_eq!((request.method(), request.target(), consumed), (method, target, head.len()));
    equal(request.fields(), &taken);
}

fn check_response(code: u16, reason: &[u8], fields: &[(&[u8], &[u8])], room: usize) {
    let mut buffer = vec![0; room].into_boxed_slice();
    let expected = match () {
        () if !(100..600).contains(&code) => Some(EncodeError::Code),
        () if !value(reason) => Some(EncodeError::Reason),
        () if reason.len() + 15 > room => Some(EncodeError::BufferTooShort),
        () => None,
    };
    let mut encoder = match HeadEncoder::response(&mut buffer, code, reason) {
        Ok(encoder) => encoder,
        Err(error) => return assert_eq!(Some(error), expected),
    };
    assert_eq!(None, expected);
    let taken = add(&mut encoder, fields, room);
    let Ok(head) = encoder.finish() else { return };
    let head: Box<[u8]> = head.into();
    let mut slots = Positions::<2048>::new();
    let status =
        config().parse_response(&head, &mut Resume::new(), &mut slots).expect("well-formed");
    let (response, consumed) = status.complete().expect("complete");
    assert_eq!((response.code(), response.reason(), consumed), (code, reason, head.len()));
    equal(response.fields(), &taken);
}

/// A chunk header is what the decoder reads the same size from.
fn check_chunk_header(size: u64, data: &[u8]) {
    let mut buffer = [0; 18];
    assert_eq!(chunk_header(size, &mut buffer), format!("{size:x}\r\n").as_bytes());
    if data.is_empty() {
        return;
    }
    let chunk = [chunk_header(data.len() as u64, &mut buffer), data, b"\r\n0\r\n"].concat();
    let mut decoder = ChunkedDecoder::new(&Limits::DEFAULT);
    let (first, taken) = decoder.decode(&chunk).expect("well-formed");
    assert_eq!(first, Chunk::Data(data));
    assert_eq!(decoder.decode(&chunk[taken..]), Ok((Chunk::Trailers, 3)));
}

fn check_date(seconds: u64, octets: &[u8]) {
    let formatted = date::format(seconds);
    assert_eq!(text(&formatted), reference::format(seconds.min(date::MAX)));
    assert_eq!(date::parse(&formatted), Some(seconds.min(date::MAX)));
    let seconds = seconds.min(date::MAX);
    let now = octets.iter().take(5).fold(0, |now, &octet| now << 8 | u64::from(octet));
    assert_eq!(date::parse_any(&formatted, now), Some(seconds));
    assert_eq!(date::parse_any(reference::asctime(seconds).as_bytes(), now), Some(seconds));
    let rfc850 = reference::rfc850(seconds);
    if let Some(read) = date::parse_any(rfc850.as_bytes(), now) {
        assert_eq!(reference::rfc850(read), rfc850);
        let year =
            |seconds: u64| reference::format(seconds)[12..16].parse::<i64>().expect("a year");
        assert!((-50..=50).contains(&(year(read) - year(now.min(date::MAX)))));
    }
    let _ = date::parse_any(octets, now);
    // The same with some octets exchanged, and what the input begins with.
    let mut changed = formatted;
    for pair in octets.chunks_exact(2).take(3) {
        changed[usize::from(pair[0]) % date::LEN] = pair[1];
    }
    for candidate in [&changed[..], &octets[..octets.len().min(date::LEN)]] {
        if let Some(seconds) = date::parse(candidate) {
            let mut canonical = reference::format(seconds);
            if &candidate[23..25] == b"60" && canonical[23..25] == *"59" {
                canonical.replace_range(23..25, "60");
            }
            assert_eq!(text(candidate), canonical);
        }
    }
}
