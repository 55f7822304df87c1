//! Parses a request without `std`, without `alloc` and without the C start-up code; the exit code tells how it went.
#![no_std]
#![no_main]

#[cfg(feature = "control")]
extern crate alloc;

mod start;

use rajada_parser::{Config, Positions, Resume, Status};

static HEAD: &[u8] = b"GET /bare?metal HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\n\r\nrest";

/// What the program does: 0 if the parser reads the request as it should.
fn work() -> i32 {
    #[cfg(feature = "control")]
    core::hint::black_box(alloc::boxed::Box::new(1));

    // Hidden from the optimiser, so that the whole parser is linked.
    let octets = core::hint::black_box(HEAD);
    let mut positions = Positions::<8>::new();
    match Config::STRICT.parse_request(octets, &mut Resume::new(), &mut positions) {
        Ok(Status::Complete(request, consumed)) => {
            let whole = consumed + 4 == octets.len();
            let seen = request.target() == b"/bare?metal"
                && request.fields().get("host") == Some(b"example.org");
            if whole && seen { 0 } else { 1 }
        }
        Ok(Status::Partial) => 2,
        Err(_) => 3,
    }
}
