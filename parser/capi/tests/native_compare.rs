//! The native C interface says what the parser says: over the protocol cases and over arbitrary heads, cut at every octet, at every level.

#[path = "native/compare.rs"]
mod compare;

use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};

use compare::{Both, Kind, burst, chunked, pieces};
use proptest::prelude::*;
use rajada::native as c;
use rajada_parser::{Level, Limits};
use rajada_testkit::{Book, Message};

/// Each profile at the best level, and the strict one at all levels and with narrow limits.
fn configs() -> Vec<Both> {
    let best = Level::detect();
    let narrow = Limits {
        method: 5,
        request_line: 40,
        head: 120,
        fields: 4,
        chunk_extensions: 8,
        chunk_extensions_total: 16,
        chunk_overhead: 24,
        trailers: 40,
    };
    let profiles = c::RAJADA_PROFILE_STRICT..=c::RAJADA_PROFILE_PICOHTTPPARSER_RESPONSE;
    let mut configs: Vec<Both> =
        profiles.map(|profile| Both::new(profile, None, None, best)).collect();
    let levels = Level::ALL.into_iter().filter(|level| level.is_here());
    configs.extend(levels.map(|level| Both::new(c::RAJADA_PROFILE_STRICT, None, None, level)));
    configs.push(Both::new(c::RAJADA_PROFILE_STRICT, Some(narrow), None, best));
    configs.push(Both::new(c::RAJADA_PROFILE_STRICT, Some(Limits::NONE), Some(0x7F), best));
    for bit in 0..7 {
        configs.push(Both::new(c::RAJADA_PROFILE_STRICT, None, Some(1 << bit), best));
    }
    configs
}

fn every_split(config: &Both, kind: &Kind<'_>, octets: &[u8], room: usize) {
    // Behind this much only whole.
    let splits = octets.len().min(120);
    for end in 0..=splits {
        pieces(config, kind, octets, &[end], room);
    }
    let all: Vec<usize> = (0..splits).collect();
    pieces(config, kind, octets, &all, room);
}

#[test]
fn every_case_of_the_protocol_is_the_same_however_it_is_cut() {
    let book = Book::read().unwrap_or_else(|error| panic!("{error}"));
    let configs = configs();
    let mut count = 0;
    for case in &book.cases {
        let kind = match &case.message {
            Message::Requests => Kind::Request,
            Message::ResponseTo(method) => Kind::Response(method.as_bytes()),
        };
        for (number, config) in configs.iter().enumerate() {
            pieces(config, &kind, &case.octets, &[case.octets.len() / 2], 100);
            if number == 0 {
                every_split(config, &kind, &case.octets, 100);
                pieces(config, &kind, &case.octets, &[], 1);
            }
            if kind == Kind::Request {
                burst(config, &case.octets, 400, 50);
                burst(config, &case.octets, 3, 2);
            }
            for (at, _) in
                case.octets.windows(4).enumerate().filter(|(_, four)| four == b"\r\n\r\n")
            {
                chunked(config, &case.octets[at + 4..], &[]);
                pieces(config, &Kind::Trailers, &case.octets[at + 4..], &[], 100);
            }
        }
        count += 1;
    }
    assert!(count > 200, "{count} cases");
}

#[test]
fn one_head_with_more_fields_than_a_burst_expects_is_parsed_with_all_the_room() {
    let fields = |count: usize| "A: b\r\n".repeat(count);
    let many = |count| format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", fields(count));
    let wide = Both::new(
        c::RAJADA_PROFILE_STRICT,
        Some(Limits { fields: 1000, ..Limits::DEFAULT }),
        None,
        Level::detect(),
    );
    let octets = [many(1), many(300), many(0), many(127), many(128)].concat();
    for room in [0, 1, 2, 300, 302, 303, 304, 430, 433, 434, 561, 562, 563, 900] {
        burst(&wide, octets.as_bytes(), room, 9);
        burst(&wide, octets.as_bytes(), room, 3);
    }
    burst(&wide, many(1000).as_bytes(), 2000, 9);
    burst(&Both::new(0, None, None, Level::detect()), many(100).as_bytes(), 2000, 9);
}

/// What was looked at may be anything afterwards, but for fields that frame: so a head costs the same however it is cut.
#[test]
fn what_was_looked_at_is_not_looked_at_again() {
    let fields = "Some-Field: some value\r\n".repeat(50);
    let head = format!("GET /target HTTP/1.1\r\nHost: a\r\n{fields}\r\n").into_bytes();
    let fields_start = head.len() - 2 - fields.len();
    let mut slots = [c::FieldPosition::default(); 60];
    let mut parse = |octets: &[u8], resume: &mut MaybeUninit<c::Resume>| {
        let mut request = c::Request::default();
        let (octets, len, resume) = (octets.as_ptr(), octets.len(), resume.as_mut_ptr());
        let (fields, room) = (slots.as_mut_ptr(), slots.len());
        // SAFETY: all of it is live, and the numbers are those of the slices.
        let outcome = unsafe {
            c::rajada_parse_request(
                null(),
                octets,
                len,
                resume,
                fields,
                room,
                &mut request,
                null_mut(),
            )
        };
        (outcome, request, slots)
    };
    let expected = parse(&head, &mut MaybeUninit::zeroed());
    assert_eq!((expected.0, expected.1.field_count), (c::RAJADA_COMPLETE, 51));
    let mut resume = MaybeUninit::zeroed();
    let mut octets = head.clone();
    for end in fields_start..head.len() {
        assert_eq!(parse(&octets[..end], &mut resume).0, c::RAJADA_INCOMPLETE);
        octets[fields_start..end.saturating_sub(64).max(fields_start)].fill(0);
    }
    assert_eq!(parse(&octets, &mut resume), expected);
    assert_eq!(parse(&octets, &mut resume).0, c::RAJADA_ERROR, "a fresh one looks at all");
}

/// Octets of which messages are made, right ones and wrong ones.
fn message(snippets: &'static [&'static [u8]]) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        8 => prop::sample::select(snippets).prop_map(Vec::from),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

const HEADS: &[&[u8]] = &[
    b"GET / HTTP/1.1\r\nHost: a\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n",
    b"GET ",
    b"/",
    b" HTTP/1.1\r\n",
    b" HTTP/1.0\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 204 \r\n",
    b"HTTP/1.0 101\r\n",
    b"Host: a\r\n",
    b"Content-Length: 5\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Connection: close\r\n",
    b"Connection: upgrade\r\nUpgrade: x\r\n",
    b"Expect: 100-continue\r\n",
    b"A: b\r\n",
    b"A : b\r\n",
    b"A: b\r\n c\r\n",
    b"A: \x80\t\r\n",
    b"\r\n",
    b"\r\n\r\n",
    b"\n",
    b"\r",
    b": ",
    b" ",
];

const CHUNKS: &[&[u8]] = &[
    b"5\r\nhello\r\n",
    b"1\r\nx\r\n",
    b"14\r\n01234567890123456789\r\n",
    b"a;b=c\r\n0123456789\r\n",
    b"0\r\n",
    b"0\r\n\r\n",
    b"\r\n",
    b";x=\"y\"",
    b"ffffffffffffffff",
    b"g",
    b"3",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 100 }) })]

    #[test]
    fn arbitrary_heads_are_the_same_however_they_are_cut(octets in message(HEADS), room in 0_usize..12) {
        for config in configs() {
            for kind in [Kind::Request, Kind::Response(b"GET"), Kind::Response(b"HEAD"), Kind::Response(b"CONNECT"), Kind::Trailers, Kind::Fields] {
                pieces(&config, &kind, &octets, &[], room);
            }
            burst(&config, &octets, room, 9);
            burst(&config, &octets, 64, room);
        }
        let strict = &configs()[0];
        for kind in [Kind::Request, Kind::Response(b"GET"), Kind::Trailers, Kind::Fields] {
            every_split(strict, &kind, &octets, room);
        }
    }

    #[test]
    fn arbitrary_chunks_are_the_same_however_they_are_cut(octets in message(CHUNKS)) {
        for config in configs() {
            chunked(&config, &octets, &[]);
        }
        let strict = &configs()[0];
        for end in 0..=octets.len() {
            chunked(strict, &octets, &[end]);
        }
        chunked(strict, &octets, &(0..octets.len()).collect::<Vec<_>>());
    }
}
