//! Another way for the SSE4.2 level to find the end of a class: `pcmpestri` compares each of
//! 16 octets with up to eight ranges and returns the position of the first that is in one.
//! (Intel SDM volume 2, section 4.1; picohttpparser's `findchar_fast` has ranges of the same kind.)
//!
//! It gives the same answers, and is no faster than what is in use (`benches/record/scan.md`). It is
//! compiled with `RUSTFLAGS='--cfg rajada_pcmpestri'` alone, on x86, for its tests
//! (`bash .ci/run pcmpestri`) and the benchmark `scan`, and is no part of the interface.

#[cfg(target_arch = "x86")]
use core::arch::x86::*;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::*;

use core::sync::atomic::{AtomicU8, Ordering};

use super::sse42::Sse42;
use crate::scan::class::{TARGET, TOKEN, VALUE, belongs};
use crate::scan::kernel::{Kernel, Vector};
use crate::scan::{Op, Scan, scalar};

/// Classes of octets whose ends are looked for; bits as in [`class`](crate::scan::class).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[repr(u8)]
pub enum Classes {
    /// None.
    Nothing = 0,
    /// Methods and field names.
    Tokens = TOKEN,
    /// Request targets.
    Targets = TARGET,
    /// Field values and reason phrases.
    Values = VALUE,
    /// All of these.
    All = ALL,
}

impl Classes {
    /// In order.
    pub const EACH: [Classes; 5] =
        [Classes::Nothing, Classes::Tokens, Classes::Targets, Classes::Values, Classes::All];
}

/// From now on, in all threads, ends of these classes are found by `pcmpestri` at
/// the SSE4.2 level, in heads that are pulled or in pieces.
pub fn by_pcmpestri(classes: Classes) {
    // Relaxed: any way gives the same answers.
    ASKED.store(classes as u8, Ordering::Relaxed);
}

/// The [`Classes`] that were asked for.
static ASKED: AtomicU8 = AtomicU8::new(0);

const ALL: u8 = TOKEN | TARGET | VALUE;

/// The octets that are not token octets. Ten ranges, and there is room for
/// eight: the last one takes in `|` and `~`, which `token_end` lets pass.
const NOT_TOKEN: Ranges = Ranges { bounds: *b"\x00\x20\"\"(),,//:@[]{\xFF", octets: 16 };
const NOT_TARGET: Ranges = Ranges { bounds: *b"\x00\x20##\x7F\xFF\0\0\0\0\0\0\0\0\0\0", octets: 6 };
const NOT_VALUE: Ranges =
    Ranges { bounds: *b"\x00\x08\x0A\x1F\x7F\x7F\0\0\0\0\0\0\0\0\0\0", octets: 6 };

/// Runs `op` the way that was asked for.
#[inline(always)]
pub(super) fn run<O: Op>(scan: Sse42, op: O, second: O::Second, third: O::Third) -> O::Out {
    let scan = Kernel(scan);
    match ASKED.load(Ordering::Relaxed) {
        TOKEN => op.run(Pcmpestri::<TOKEN>(scan), second, third),
        TARGET => op.run(Pcmpestri::<TARGET>(scan), second, third),
        VALUE => op.run(Pcmpestri::<VALUE>(scan), second, third),
        ALL => op.run(Pcmpestri::<ALL>(scan), second, third),
        _ => op.run(scan, second, third),
    }
}

/// The SSE4.2 level with `pcmpestri` for some classes.
#[derive(Clone, Copy)]
struct Pcmpestri<const CLASSES: u8>(Kernel<Sse42, 16>);

impl<const CLASSES: u8> Scan for Pcmpestri<CLASSES> {
    type Blocks = Kernel<Sse42, 16>;

    #[inline(always)]
    fn blocks(self) -> Option<Self::Blocks> {
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
fn first_in(
    scan: Kernel<Sse42, 16>,
    octets: &[u8],
    from: usize,
    ranges: &Ranges,
    class: u8,
) -> usize {
    let bounds = scan.0.load(&ranges.bounds);
    let mut at = from;
    while let Some(block) = octets.get(at..).and_then(|rest| rest.first_chunk()) {
        // SAFETY: the scanner proves SSE4.2.
        let distance = unsafe { position(bounds, ranges.octets, scan.0.load(block)) };
        if distance < block.len() {
            return at + distance;
        }
        at += block.len();
    }
    // Fewer than 16 octets are left: as in the kernel.
    match octets.last_chunk() {
        Some(block) if at < octets.len() => {
            // SAFETY: the scanner proves SSE4.2.
            let mask = unsafe { mask(bounds, ranges.octets, scan.0.load(block)) };
            let rest = mask >> (at + block.len() - octets.len());
            if rest == 0 { octets.len() } else { at + rest.trailing_zeros() as usize }
        }
        _ => scalar::first_outside(octets, at, class),
    }
}

/// The position of the first octet that is in a range, or 16.
#[inline]
#[target_feature(enable = "sse4.2")]
fn position(bounds: __m128i, count: i32, octets: __m128i) -> usize {
    const MODE: i32 = _SIDD_UBYTE_OPS | _SIDD_CMP_RANGES | _SIDD_LEAST_SIGNIFICANT;
    _mm_cmpestri::<MODE>(bounds, count, octets, 16) as usize
}

/// The same by `pcmpestrm`: bit `i` says whether octet `i` is in a range.
#[inline]
#[target_feature(enable = "sse4.2")]
fn mask(bounds: __m128i, count: i32, octets: __m128i) -> u32 {
    const MODE: i32 = _SIDD_UBYTE_OPS | _SIDD_CMP_RANGES | _SIDD_BIT_MASK;
    _mm_cvtsi128_si32(_mm_cmpestrm::<MODE>(bounds, count, octets, 16)) as u32
}
