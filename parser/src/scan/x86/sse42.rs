//! SSE4.2: 16 octets at a time by `pcmpestri`, which compares each octet with
//! up to eight ranges and returns the position of the first that is in one.

#[cfg(target_arch = "x86")]
use core::arch::x86::*;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::*;

use crate::scan::class::{TARGET, TOKEN, VALUE, belongs};
use crate::scan::{Op, Scan, scalar};

/// Proof that the CPU has SSE4.2, SSE4.1, SSSE3 and POPCNT.
#[derive(Clone, Copy)]
pub(super) struct Sse42(());

/// Runs `op` compiled for SSE4.2.
///
/// # Safety
/// The CPU has SSE4.2, SSE4.1, SSSE3 and POPCNT.
#[target_feature(enable = "sse4.2,ssse3,popcnt")]
pub(super) unsafe fn enter<O: Op>(op: O) -> O::Out {
    op.run(Sse42(()))
}

/// The octets that are not token octets. Ten ranges, and there is room for
/// eight: the last one takes in `|` and `~`, which `token_end` lets pass.
const NOT_TOKEN: Ranges = Ranges { bounds: *b"\x00\x20\"\"(),,//:@[]{\xFF", octets: 16 };
const NOT_TARGET: Ranges = Ranges { bounds: *b"\x00\x20##\x7F\xFF\0\0\0\0\0\0\0\0\0\0", octets: 6 };
const NOT_VALUE: Ranges =
    Ranges { bounds: *b"\x00\x08\x0A\x1F\x7F\x7F\0\0\0\0\0\0\0\0\0\0", octets: 6 };

impl Scan for Sse42 {
    #[inline(always)]
    fn token_end(self, octets: &[u8], from: usize) -> usize {
        let mut at = from;
        loop {
            at = first_in(self, octets, at, &NOT_TOKEN, TOKEN);
            match octets.get(at) {
                Some(&octet) if belongs(octet, TOKEN) => at += 1,
                _ => return at,
            }
        }
    }

    #[inline(always)]
    fn target_end(self, octets: &[u8], from: usize) -> usize {
        first_in(self, octets, from, &NOT_TARGET, TARGET)
    }

    #[inline(always)]
    fn value_end(self, octets: &[u8], from: usize) -> usize {
        first_in(self, octets, from, &NOT_VALUE, VALUE)
    }
}

/// Pairs of first and last octet, both included.
struct Ranges {
    bounds: [u8; 16],
    /// How many octets of `bounds` are in use.
    octets: i32,
}

/// The first position at or after `from` whose octet is in a range, or the
/// length. Ends shorter than a block go octet by octet through `class`.
#[inline(always)]
fn first_in(_: Sse42, octets: &[u8], from: usize, ranges: &Ranges, class: u8) -> usize {
    let mut at = from;
    while let Some(block) = octets.get(at..).and_then(|rest| rest.first_chunk()) {
        // SAFETY: the scanner proves SSE4.2.
        let distance = unsafe { position(ranges, block) };
        if distance < block.len() {
            return at + distance;
        }
        at += block.len();
    }
    scalar::first_outside(octets, at, class)
}

/// The position of the first octet of `block` that is in a range, or 16.
#[inline]
#[target_feature(enable = "sse4.2")]
fn position(ranges: &Ranges, block: &[u8; 16]) -> usize {
    let (bounds, octets) = (load(&ranges.bounds), load(block));
    _mm_cmpestri::<{ _SIDD_UBYTE_OPS | _SIDD_CMP_RANGES | _SIDD_LEAST_SIGNIFICANT }>(
        bounds,
        ranges.octets,
        octets,
        16,
    ) as usize
}

#[inline]
#[target_feature(enable = "sse4.2")]
fn load(block: &[u8; 16]) -> __m128i {
    // SAFETY: 16 octets are readable, and the load needs no alignment.
    unsafe { _mm_loadu_si128(block.as_ptr().cast()) }
}
