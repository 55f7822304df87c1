//! The native C interface says what the parser says, of heads, sections, bursts and chunks, whole and in pieces: parts, errors, framing,
//! octets taken.
//!
//! The input's first octet tells the configuration, and the room for requests; the second the room for fields; the third what is parsed, and
//! the number of pieces; the next octets how long each piece is; the rest is composed with the lines below.
#![no_main]

#[path = "../../parser/capi/tests/native/compare.rs"]
mod compare;

use compare::{Both, Kind, burst, chunked, pieces};
use libfuzzer_sys::fuzz_target;
use rajada_fuzz::compose::{compose, ends};
use rajada_parser::{Level, Limits};

const SNIPPETS: &[&[u8]] = &[
    b"\x80",
    b"\xff",
    b"GET / HTTP/1.1\r\nHost: a\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    b"POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n",
    b"OPTIONS * HTTP/1.0\r\n",
    b"GET http://a/ HTTP/1.1\r\n",
    b" HTTP/1.1\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 204 \r\n",
    b"HTTP/1.0 101\r\n",
    b"Host: a\r\n",
    b"Content-Length: 5\r\n",
    b"Content-Length: 18446744073709551615\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: gzip\r\n",
    b"Connection: close\r\n",
    b"Connection: keep-alive\r\n",
    b"Connection: upgrade\r\nUpgrade: x\r\n",
    b"Expect: 100-continue\r\n",
    b"A: b\r\nC: d\r\nE: f\r\nG: h\r\n",
    b"A : b\r\n",
    b"A: b\r\n c\r\n",
    b"\r\n",
    b"\r\n\r\n",
    b"5\r\nhello\r\n",
    b"1\r\nx\r\n",
    b"0\r\n",
    b";b=c",
    b"ffffffffffffffff",
];

const NARROW: Limits = Limits {
    method: 5,
    request_line: 40,
    head: 120,
    fields: 4,
    chunk_extensions: 8,
    chunk_extensions_total: 16,
    chunk_overhead: 24,
    trailers: 40,
};

fuzz_target!(|input: &[u8]| {
    let Some((&[choice, room, count], rest)) = input.split_first_chunk() else { return };
    let Some((lengths, rest)) = rest.split_at_checked(usize::from(count % 16)) else { return };
    let octets = compose(rest, SNIPPETS);
    let ends = ends(lengths, octets.len());
    let config = config(choice);
    // Mostly few, and at times as many as a burst expects and more.
    let room = if room >= 0xF0 { 40 * usize::from(room & 0xF) } else { usize::from(room % 24) };
    match count / 16 % 8 {
        0 => pieces(&config, &Kind::Request, &octets, &ends, room),
        1 => pieces(&config, &Kind::Response(b"GET"), &octets, &ends, room),
        2 => pieces(&config, &Kind::Response(b"HEAD"), &octets, &ends, room),
        3 => pieces(&config, &Kind::Response(b"CONNECT"), &octets, &ends, room),
        4 => pieces(&config, &Kind::Trailers, &octets, &ends, room),
        5 => pieces(&config, &Kind::Fields, &octets, &ends, room),
        6 => burst(&config, &octets, room, usize::from(choice / 16)),
        _ => chunked(&config, &octets, &ends),
    }
});

fn config(choice: u8) -> Both {
    let here: Vec<Level> = Level::ALL.into_iter().filter(|level| level.is_here()).collect();
    let level = here[usize::from(choice / 16) % here.len()];
    match i32::from(choice % 16) {
        profile @ 0..=5 => Both::new(profile, None, None, level),
        6 => Both::new(0, Some(NARROW), None, level),
        7 => Both::new(0, Some(Limits::NONE), Some(0x7F), level),
        bit @ 8..=14 => Both::new(0, None, Some(1 << (bit - 8)), level),
        _ => Both::new(1, Some(NARROW), None, level),
    }
}
