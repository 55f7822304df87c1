//! A connection under a schedule of calls does what a slow reference does: same octets out after each call, nothing lost, nothing doubled,
//! no bound exceeded; and a client that reads what left finds exactly the answers that were given.
//!
//! The input's first two octets tell how long the schedule is; what the peer sends is behind it.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../pipeline/tests/common/reference.rs"]
mod reference;
#[path = "../../pipeline/tests/common/simulation.rs"]
mod simulation;

fuzz_target!(|input: &[u8]| {
    let Some((length, rest)) = input.split_first_chunk() else { return };
    let length = usize::from(u16::from_le_bytes(*length)) % 1024;
    let Some((schedule, octets)) = rest.split_at_checked(length) else { return };
    simulation::run(octets, schedule);
});
