//! Parses a request, and answers requests by a pipeline, without `std`, without `alloc` and without the C start-up code; the exit code
//! tells how it went.
#![no_std]
#![no_main]

#[cfg(feature = "control")]
extern crate alloc;

mod start;

use rajada_parser::{Config, Positions, Resume, Status};
use rajada_pipeline::memory::Fixed;
use rajada_pipeline::{Burst, Content, Event, Head, Pipeline, Settings, Store};

static HEAD: &[u8] = b"GET /bare?metal HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\n\r\nrest";
static BURST: &[u8] = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n";

/// What the program does: 0 if all is as it should be.
fn work() -> i32 {
    #[cfg(feature = "control")]
    core::hint::black_box(alloc::boxed::Box::new(1));

    if !parse() {
        return 1;
    }
    if answer() == Some(2) { 0 } else { 2 }
}

/// Whether the parser reads the request. The octets are hidden from the optimiser, so that all of the parser is linked.
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
