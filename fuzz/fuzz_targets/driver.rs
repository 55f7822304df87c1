//! A server's driver under a schedule of octets, times, wake-ups and vanishing peers does what the rules say, on several
//! connections at once: each request is handled once and in order, what comes out is the answer to it, nothing is lost,
//! bounds hold, and whoever is late is cut, and nobody else.
//!
//! The input's first octet chooses bounds and how the schedule is wound up; each two behind it are a call and what it is
//! about.
#![no_main]

use std::panic;
use std::sync::Once;

use libfuzzer_sys::fuzz_target;

#[path = "../../server-mio/tests/driver/answers.rs"]
#[expect(dead_code, reason = "it is for two targets, and each looks at a part")]
mod answers;
#[path = "../../server-mio/tests/driver/simulation/mod.rs"]
mod simulation;

/// libFuzzer's hook ends the process at any panic, but some handlers panic on purpose.
fn spare_handlers() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if info.payload_as_str() != Some(simulation::ON_PURPOSE) {
                before(info);
            }
        }));
    });
}

fuzz_target!(|schedule: &[u8]| {
    spare_handlers();
    simulation::run(schedule);
});
