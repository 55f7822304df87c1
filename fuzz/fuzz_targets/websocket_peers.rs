//! A client and a server of WebSocket against each other, who send and close as the input says, through pieces as it says: what one has sent the other
//! receives, in order, until the close frame; pings are answered; both end.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../pipeline/websocket/tests/common/peers.rs"]
mod peers;

fuzz_target!(|input: &[u8]| peers::check(input));
