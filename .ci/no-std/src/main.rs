//! Parses requests and a response, answers requests by a pipeline and a message by a WebSocket, without `std`, without `alloc` and without the C start-up code; the exit code
//! tells how it went.
#![no_std]
#![no_main]

#[cfg(feature = "control")]
extern crate alloc;

mod start;

use core::ops::ControlFlow;

use rajada_parser::{Config, Positions, Resume, Status};
use rajada_pipeline::memory::Fixed;
use rajada_pipeline::{Burst, Content, Event, Head, Pipeline, Settings, Store};

static HEAD: &[u8] = b"GET /bare?metal HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\n\r\nrest";
static ANSWER: &[u8] = b"HTTP/1.1 204 No Content\r\nServer: example\r\n\r\nrest";
static BURST: &[u8] = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n";

/// What the program does: 0 if all is as it should be.
fn work() -> i32 {
    #[cfg(feature = "control")]
    core::hint::black_box(alloc::boxed::Box::new(1));

    if !parse() || !parse_all() || !parse_response() {
        return 1;
    }
    if answer() != Some(2) {
        return 2;
    }
    if echo() == Some(true) { 0 } else { 3 }
}

/// Whether the parser reads the request. The octets are hidden from the optimiser, here and below, so that all of the parser is linked.
fn parse() -> bool {
    let octets = core::hint::black_box(HEAD);
    let mut positions = Positions::<8>::new();
    match Config::STRICT.parse_request(octets, &mut Resume::new(), &mut positions) {
        Ok(Status::Complete(request, consumed)) => {
            consumed + 4 == octets.len()
                && request.target() == b"/bare?metal"
                && request.fields().get("host") == Some(b"example.org")
                && request.framing().is_ok()
        }
        _ => false,
    }
}

/// Whether the parser reads all requests of the burst in one call.
fn parse_all() -> bool {
    let octets = core::hint::black_box(BURST);
    let (mut positions, mut hosts) = (Positions::<8>::new(), 0);
    let parsed = Config::STRICT.parse_requests(octets, &mut positions, |request| {
        hosts += usize::from(request.fields().get("host") == Some(b"a"));
        ControlFlow::Continue(0)
    });
    (hosts, parsed.consumed, parsed.error) == (2, octets.len(), None)
}

/// Whether the parser reads the response.
fn parse_response() -> bool {
    let octets = core::hint::black_box(ANSWER);
    let mut positions = Positions::<8>::new();
    match Config::STRICT.parse_response(octets, &mut Resume::new(), &mut positions) {
        Ok(Status::Complete(response, consumed)) => {
            consumed + 4 == octets.len()
                && response.code() == 204
                && response.fields().get("server") == Some(b"example")
        }
        _ => false,
    }
}

/// How many requests of the burst were answered in what was written.
fn answer() -> Option<usize> {
    type Memory = Fixed<&'static [u8], 8, 16, 1024>;
    let settings = Settings::DEFAULT;
    let mut store = Store::with_memory(&settings, Memory::new());
    let mut pipeline: Pipeline<&'static [u8], Memory, &mut Store<_, Memory>> = Pipeline::new();
    pipeline.lend(&mut store);
    let head = Head::new(b"HTTP/1.1 200 OK\r\n").ok()?;
    let (mut burst, mut slots) = (Burst::new(core::hint::black_box(BURST)), Positions::<8>::new());
    while let Event::Request { ticket, .. } = pipeline.receive(&settings, &mut burst, &mut slots) {
        pipeline.respond(ticket, &head, Content::Copied(b"hello")).ok()?;
    }
    let mut slices = [&[][..]; 4];
    let count = pipeline.poll_transmit(&mut slices);
    let written = slices.get(..count)?.iter();
    Some(written.map(|slice| slice.windows(5).filter(|part| part == b"hello").count()).sum())
}

/// Whether a message of a client comes back from a server.
fn echo() -> Option<bool> {
    use rajada_websocket::memory::Fixed;
    use rajada_websocket::{Burst, Event, Settings, Store, WebSocket};
    type Memory = Fixed<&'static [u8], 2, 2048>;
    let settings = Settings::DEFAULT;
    let mut store = Store::with_memory(&settings, Memory::new());
    let mut socket: WebSocket<_, &'static [u8], Memory, &mut Store<_, Memory>> =
        WebSocket::server();
    socket.lend(&mut store);
    let mut octets = core::hint::black_box(*b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
    match socket.receive(&settings, &mut Burst::new(&mut octets)) {
        Event::Text(text) => socket.send_text(text).ok()?,
        _ => return None,
    }
    let mut slices = [&[][..]; 1];
    socket.poll_transmit(&mut slices);
    Some(slices == [b"\x81\x05Hello"])
}
