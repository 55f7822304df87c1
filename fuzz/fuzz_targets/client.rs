//! A client under a schedule of calls gives the events that a slow reference expects, and its server meant: each response to its request,
//! nothing complete that was cut short; the octets of its requests leave as they were made, within bounds; and when a connection ends, what
//! may be sent again is what RFC 9112 section 9.3.2 allows.
//!
//! The input's first two octets tell how long the schedule is; what the server sends beside answers is behind it, an octet from 0x80 on
//! for each of `LINES`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rajada_fuzz::compose::compose;

#[path = "../../pipeline/tests/client/reference.rs"]
mod reference;
#[path = "../../pipeline/tests/client/server.rs"]
mod server;
#[allow(dead_code)]
#[path = "../../pipeline/tests/client/simulation.rs"]
mod simulation;

const LINES: [&[u8]; 24] = [
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.0 200 \r\n",
    b"HTTP/1.1 204 No Content\r\n",
    b"HTTP/1.1 304 Not Modified\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 103 Early Hints\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\n",
    b"HTTP/1.1 413 Content Too Large\r\n",
    b"Content-Length: 0\r\n\r\n",
    b"Content-Length: 3\r\n",
    b"Content-Length: 2101\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: other\r\n",
    b"Connection: close\r\n",
    b"Connection: keep-alive\r\n",
    b"Connection: upgrade\r\nUpgrade: other\r\n",
    b"\r\n",
    b"abc",
    b"3\r\nabc\r\n",
    b"3;x=\"y\"\r\nabc\r\n",
    b"0\r\n\r\n",
    b"0\r\n",
    b"Sum: 1\r\n",
    b"X: \x80\r\n",
];

fuzz_target!(|input: &[u8]| {
    let Some((length, rest)) = input.split_first_chunk() else { return };
    let length = usize::from(u16::from_le_bytes(*length)) % 1024;
    let Some((schedule, lines)) = rest.split_at_checked(length) else { return };
    simulation::run(&compose(lines, &LINES), schedule);
});
