//! [httparse](https://docs.rs/httparse), with uninitialised headers, so that it doesn't pay for clearing them.
//!
//! Laxer than Rajada: a line may end in a bare LF, any number of empty lines may come before the start line, and a target may have octets of
//! 0x80 and above if they are UTF-8. Its SIMD can only be disabled for a whole build, by `CARGO_CFG_HTTPARSE_DISABLE_SIMD=1`.

#[path = "httparse/interface.rs"]
mod interface;

use httparse as library;

use crate::contest::Contestant;
use crate::corpus::{Item, Kind};
use crate::machine;
use crate::naive::Head;

/// Whether this build has httparse's SIMD disabled.
pub const WITHOUT_SIMD: bool = matches!(option_env!("CARGO_CFG_HTTPARSE_DISABLE_SIMD"), Some(value) if matches!(value.as_bytes(), b"1"));

/// The contestant.
#[derive(Default)]
pub struct Httparse {
    config: library::ParserConfig,
}

impl Contestant for Httparse {
    fn name(&self) -> &'static str {
        "httparse"
    }

    fn level(&self) -> &'static str {
        if WITHOUT_SIMD { "swar" } else { machine::at_most_avx2() }
    }

    fn reads(&self, _: Kind) -> bool {
        true
    }

    fn heads(&mut self, item: &Item) -> Vec<Head> {
        interface::heads(&self.config, item)
    }

    fn parse(&mut self, item: &Item, buffers: &[&[u8]], rounds: usize) -> usize {
        interface::parse(&self.config, item, buffers, rounds)
    }
}
