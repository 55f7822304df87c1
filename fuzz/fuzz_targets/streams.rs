//! Content in and answers out, piece by piece, through a server's driver: handlers that take content in part, in full,
//! late or never, send it back as it comes, have others send, fail, panic; peers that send and take in any pieces, end,
//! vanish or do nothing. What handlers get is what was sent, what leaves is what was given, in order, complete or cut so
//! that the peer can tell; windows and bounds hold; and nobody waits for somebody who can't go on.
//!
//! The input's first octet chooses bounds, the second how the schedule is wound up; each two behind them are a call and
//! what it is about, and a request with content takes five more.
#![no_main]

use std::panic;
use std::sync::Once;

use libfuzzer_sys::fuzz_target;

#[path = "../../server-mio/tests/driver/answers.rs"]
#[expect(dead_code, reason = "it is for two targets, and each looks at a part")]
mod answers;
#[path = "../../server-mio/tests/driver/flows/mod.rs"]
mod flows;

/// libFuzzer's hook ends the process at any panic, but some handlers panic on purpose.
fn spare_handlers() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if info.payload_as_str() != Some(flows::ON_PURPOSE) {
                before(info);
            }
        }));
    });
}

fuzz_target!(|schedule: &[u8]| {
    spare_handlers();
    flows::run(schedule);
});
