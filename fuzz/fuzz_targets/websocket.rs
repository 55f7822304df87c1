//! Whatever arrives at either end of a WebSocket, in whichever pieces: the same comes of it as of a naive model of RFC 6455, octet by octet, with the
//! same offence at the same octet; and what is put out in answer is what follows from it.
//!
//! The first two octets tell the role, the limits and the pieces, and whether those behind them are what arrives, or make frames that are mostly in order.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../pipeline/websocket/tests/common/compose.rs"]
mod compose;
#[path = "../../pipeline/websocket/tests/common/naive.rs"]
mod naive;
#[path = "../../pipeline/websocket/tests/common/run.rs"]
mod run;

fuzz_target!(|input: &[u8]| compose::check(input));
