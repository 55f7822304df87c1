//! Whatever a client sends, a proxy built on both sides of the pipeline forwards with the boundaries that it saw: a strict server behind it
//! understands the same requests.
//!
//! The input's first octet tells in which pieces the octets behind it arrive.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../pipeline/tests/common/proxy.rs"]
mod proxy;

fuzz_target!(|input: &[u8]| {
    let Some((&size, octets)) = input.split_first() else { return };
    proxy::check(octets, usize::from(size));
});
