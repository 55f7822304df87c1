//! How the SSE4.2 level finds the end of a class where there is a choice, in tests and
//! benchmarks: by `pcmpestri`, too, which compares each of 16 octets with up to eight
//! ranges and returns the position of the first that is in one. (Intel SDM volume 2,
//! section 4.1; picohttpparser's `findchar_fast` has ranges of the same kind.)

#[cfg(target_arch = "x86")]
use core::arch::x86::*;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::*;

use super::blocks::first_outside;
use super::sse42::{Sse42, load};
use crate::scan::alternatives::{ALL, asked_of_pcmpestri};
use crate::scan::class::{TARGET, TOKEN, VALUE, belongs};
use crate::scan::{Op, Scan, scalar};

/// The octets that are not token octets. Ten ranges, and there is room for
/// eight: the last one takes in `|` and `~`, which `token_end` lets pass.
const NOT_TOKEN: Ranges = Ranges { bounds: *b"\x00\x20\"\"(),,//:@[]{\xFF", octets: 16 };
const NOT_TARGET: Ranges = Ranges { bounds: *b"\x00\x20##\x7F\xFF\0\0\0\0\0\0\0\0\0\0", octets: 6 };
const NOT_VALUE: Ranges =
    Ranges { bounds: *b"\x00\x08\x0A\x1F\x7F\x7F\0\0\0\0\0\0\0\0\0\0", octets: 6 };

/// Runs `op` the way that was asked for.
#[inline(always)]
pub(super) fn run<O: Op>(scan: Sse42, op: &mut O) -> O::Out {
    match asked_of_pcmpestri() {
        TOKEN => op.run(Pcmpestri::<TOKEN>(scan)),
        TARGET => op.run(Pcmpestri::<TARGET>(scan)),
        VALUE => op.run(Pcmpestri::<VALUE>(scan)),
        ALL => op.run(Pcmpestri::<ALL>(scan)),
        _ => op.run(scan),
    }
}

/// The SSE4.2 level with `pcmpestri` for some classes.
#[derive(Clone, Copy)]
struct Pcmpestri<const CLASSES: u8>(Sse42);

impl<const CLASSES: u8> Scan for Pcmpestri<CLASSES> {
    type Blocks = Sse42;

    #[inline(always)]
    fn blocks(self) -> Option<Sse42> {
        self.0.blocks()
    }

    #[inline(always)]
    fn token_end(self, octets: &[u8], from: usize) -> usize {
        if CLASSES & TOKEN == 0 {
            return self.0.token_end(octets, from);
        }
        let mut at = from;
        loop {
            at = first_in(self.0, octets, at, &NOT_TOKEN, TOKEN);
            match octets.get(at) {
                Some(&octet) if belongs(octet, TOKEN) => at += 1,
                _ => return at,
            }
        }
    }

    #[inline(always)]
    fn target_end(self, octets: &[u8], from: usize) -> usize {
        if CLASSES & TARGET == 0 {
            return Scan::target_end(self.0, octets, from);
        }
        first_in(self.0, octets, from, &NOT_TARGET, TARGET)
    }

    #[inline(always)]
    fn value_end(self, octets: &[u8], from: usize) -> usize {
        if CLASSES & VALUE == 0 {
            return self.0.value_end(octets, from);
        }
        first_in(self.0, octets, from, &NOT_VALUE, VALUE)
    }
}

/// Pairs of first and last octet, both included.
struct Ranges {
    bounds: [u8; 16],
    /// How many octets of `bounds` are in use.
    octets: i32,
}

/// The first position at or after `from` whose octet is in a range, or the
/// length. Fewer than 16 octets in all go octet by octet through `class`.
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
    first_outside(
        octets,
        at,
        // SAFETY: the scanner proves SSE4.2.
        |block| unsafe { mask(ranges, block) },
        |octets, from| scalar::first_outside(octets, from, class),
    )
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

/// The same by `pcmpestrm`: bit `i` says whether octet `i` is in a range.
#[inline]
#[target_feature(enable = "sse4.2")]
fn mask(ranges: &Ranges, block: &[u8; 16]) -> u32 {
    let (bounds, octets) = (load(&ranges.bounds), load(block));
    let mask = _mm_cmpestrm::<{ _SIDD_UBYTE_OPS | _SIDD_CMP_RANGES | _SIDD_BIT_MASK }>(
        bounds,
        ranges.octets,
        octets,
        16,
    );
    _mm_cvtsi128_si32(mask) as u32
}
