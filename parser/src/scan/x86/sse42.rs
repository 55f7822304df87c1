//! SSE4.2: 16 octets at a time, by `pshufb` and comparisons as at the AVX2 level, for
//! whole heads in blocks as well as for the end of a class.
//!
//! For the latter there is `pcmpestri`, too. Both were measured for the same job (Zen 4;
//! `benches/record/scan.md`, the benchmark `scan` with the feature `alternatives`):
//!
//! | `pcmpestri` for | takes, of the shuffle's time, pulled part by part | in pieces of 64 octets |
//! |---|---|---|
//! | values | 0.99, with one of 4 KiB 1.29 | 1.00 to 1.06 |
//! | methods and names | 0.97 to 1.01 | 0.99 to 1.02 |
//! | targets | 0.97 to 1.02 | 0.98 to 1.02 |
//! | all three | 0.95 to 0.96, with a value of 4 KiB 1.27 | 1.03 to 1.09, with 32 short fields 0.96 |
//!
//! Values are by far the most octets, so the shuffle finds their ends; for names and
//! targets neither is ahead by more than another build of the same code differs, and the
//! shuffle is there anyway. `pcmpestri` is kept, for tests and that benchmark, in
//! `pcmpestri.rs`.

#[cfg(target_arch = "x86")]
use core::arch::x86::*;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::*;
use core::mem::MaybeUninit;

use super::blocks::{first_from, first_outside, mask_of, mask64};
use super::positions::by_pairs;
use super::tables::{NIBBLE_BITS, TOKEN_ROWS};
use super::ways;
use crate::scan::class::{TARGET, TOKEN, VALUE};
use crate::scan::slots::{Record, Writer};
use crate::scan::{Blocks, HeadOp, Op, Scan, Window, scalar};
use crate::{FieldPosition, Limits};

/// Proof that the CPU has SSE4.2, SSE4.1, SSSE3 and POPCNT.
#[derive(Clone, Copy)]
pub(super) struct Sse42(());

/// Runs `op` compiled for SSE4.2.
///
/// # Safety
/// The CPU has SSE4.2, SSE4.1, SSSE3 and POPCNT.
#[target_feature(enable = "sse4.2,ssse3,popcnt")]
pub(super) unsafe fn enter<O: Op>(op: &mut O) -> O::Out {
    ways::run(Sse42(()), op)
}

/// Runs `O` compiled for SSE4.2.
///
/// # Safety
/// The CPU has SSE4.2, SSE4.1, SSSE3 and POPCNT; `slots` and `record` are the parts of one writer.
#[target_feature(enable = "sse4.2,ssse3,popcnt")]
pub(super) unsafe fn enter_head<O: HeadOp>(
    octets: &[u8],
    slots: &mut [MaybeUninit<FieldPosition>],
    limits: &Limits,
    record: &mut Record,
) -> O::Out {
    // SAFETY: the caller's promise.
    let writer = unsafe { Writer::from_parts(slots, record) };
    O::run(Sse42(()), octets, limits, writer)
}

impl Scan for Sse42 {
    type Blocks = Sse42;

    #[inline(always)]
    fn blocks(self) -> Option<Sse42> {
        Some(self)
    }

    #[inline(always)]
    fn token_end(self, octets: &[u8], from: usize) -> usize {
        first_outside(
            octets,
            from,
            // SAFETY: `self` proves SSE4.2.
            |block| unsafe { not_token_half(block) },
            |octets, from| scalar::first_outside(octets, from, TOKEN),
        )
    }

    #[inline(always)]
    fn target_end(self, octets: &[u8], from: usize) -> usize {
        first_outside(
            octets,
            from,
            // SAFETY: `self` proves SSE4.2.
            |block| unsafe { not_target_half(block) },
            |octets, from| scalar::first_outside(octets, from, TARGET),
        )
    }

    #[inline(always)]
    fn value_end(self, octets: &[u8], from: usize) -> usize {
        first_outside(
            octets,
            from,
            // SAFETY: `self` proves SSE4.2.
            |block| unsafe { not_value_half(block) },
            |octets, from| scalar::first_outside(octets, from, VALUE),
        )
    }
}

// SAFETY: the methods are held to the class tables by the tests of `scan`, for every
// octet at every place, and no break is of `TOKEN` in these.
unsafe impl Blocks for Sse42 {
    #[inline(always)]
    fn breaks_of<const EXACT: bool>(self, block: &[u8; 64]) -> u64 {
        // SAFETY: `self` proves SSE4.2.
        mask_of(block, |half| unsafe { any_breaks::<EXACT>(half) })
    }

    #[inline(always)]
    fn breaks<const EXACT: bool>(self, octets: Window<'_>, at: usize) -> u64 {
        // SAFETY: `self` proves SSE4.2.
        mask64(octets, at, |half| unsafe { any_breaks::<EXACT>(half) })
    }

    #[inline(always)]
    fn token_len(self, octets: &[u8; 32]) -> u32 {
        let [low, high] = octets.as_chunks::<16>().0 else { return 0 };
        // SAFETY: `self` proves SSE4.2.
        let not_token = |half| unsafe { not_token_half(half) };
        // Most names are this short.
        match not_token(low) {
            0 => 16 + (not_token(high) | 1 << 16).trailing_zeros(),
            mask => mask.trailing_zeros(),
        }
    }

    #[inline(always)]
    fn token_len_near_end(self, octets: Window<'_>, at: usize) -> u32 {
        let not_token = |at| {
            let (half, before) = octets.read::<16>(at);
            // SAFETY: `self` proves SSE4.2.
            let mask = unsafe { not_token_half(half) };
            (mask as u64 >> (before & 63)).trailing_zeros()
        };
        match not_token(at) {
            64 => 16 + not_token(at + 16),
            len => len,
        }
    }

    #[inline(always)]
    fn target_end(self, octets: Window<'_>, from: usize, end: usize) -> usize {
        // SAFETY: `self` proves SSE4.2.
        first_from(octets, from, end, |half| unsafe { not_target(half) })
    }

    #[inline(always)]
    fn not_token_block(self, octets: Window<'_>) -> u64 {
        // SAFETY: `self` proves SSE4.2.
        mask64(octets, 0, |half| unsafe { not_token(half) })
    }

    #[inline(always)]
    fn positions(self, bits: u64, at: u32, out: &mut [MaybeUninit<u32>; 64]) -> usize {
        by_pairs(bits, at, out)
    }
}

#[inline]
#[target_feature(enable = "sse4.2")]
pub(super) fn load(block: &[u8; 16]) -> __m128i {
    // SAFETY: 16 octets are readable, and the load needs no alignment.
    unsafe { _mm_loadu_si128(block.as_ptr().cast()) }
}

/// The two halves of a block in registers.
#[inline]
#[target_feature(enable = "sse4.2")]
fn halves(block: &[u8; 32]) -> [__m128i; 2] {
    let half =
        |octets: Option<&[u8; 16]>| octets.map_or(_mm_setzero_si128(), |octets| load(octets));
    [half(block.first_chunk()), half(block.last_chunk())]
}

/// The sign bits of two registers.
#[inline]
#[target_feature(enable = "sse4.2")]
fn bits(halves: [__m128i; 2]) -> u32 {
    let [low, high] = halves;
    _mm_movemask_epi8(low) as u32 | (_mm_movemask_epi8(high) as u32) << 16
}

#[inline]
#[target_feature(enable = "sse4.2")]
fn not_target(block: &[u8; 32]) -> u32 {
    let [low, high] = halves(block);
    bits([is_not_target(low), is_not_target(high)])
}

/// The same of half as many octets.
#[inline]
#[target_feature(enable = "sse4.2")]
fn not_target_half(block: &[u8; 16]) -> u32 {
    _mm_movemask_epi8(is_not_target(load(block))) as u32
}

#[inline]
#[target_feature(enable = "sse4.2")]
fn is_not_target(octets: __m128i) -> __m128i {
    // As in `is_break`, with SP.
    let added = _mm_add_epi8(octets, _mm_set1_epi8(1));
    let invisible = _mm_cmpgt_epi8(_mm_set1_epi8(0x22), added);
    _mm_or_si128(invisible, _mm_cmpeq_epi8(octets, _mm_set1_epi8(b'#' as i8)))
}

#[inline]
#[target_feature(enable = "sse4.2")]
fn not_token(block: &[u8; 32]) -> u32 {
    let [low, high] = halves(block);
    bits([is_not_token(low), is_not_token(high)])
}

/// The same of half as many octets.
#[inline]
#[target_feature(enable = "sse4.2")]
fn not_token_half(block: &[u8; 16]) -> u32 {
    _mm_movemask_epi8(is_not_token(load(block))) as u32
}

/// As at the AVX2 level: two nibble look-ups.
#[inline]
#[target_feature(enable = "sse4.2")]
fn is_not_token(octets: __m128i) -> __m128i {
    let [rows, _] = halves(&TOKEN_ROWS);
    let [bits, _] = halves(&NIBBLE_BITS);
    let row = _mm_shuffle_epi8(rows, octets);
    let high = _mm_and_si128(_mm_srli_epi16::<4>(octets), _mm_set1_epi8(15));
    let bit = _mm_shuffle_epi8(bits, high);
    _mm_cmpeq_epi8(_mm_and_si128(row, bit), _mm_setzero_si128())
}

#[inline]
#[target_feature(enable = "sse4.2")]
fn not_value(block: &[u8; 32]) -> u32 {
    let [low, high] = halves(block);
    bits([is_not_value(low), is_not_value(high)])
}

/// The same of half as many octets.
#[inline]
#[target_feature(enable = "sse4.2")]
fn not_value_half(block: &[u8; 16]) -> u32 {
    _mm_movemask_epi8(is_not_value(load(block))) as u32
}

#[inline]
#[target_feature(enable = "sse4.2")]
fn is_not_value(octets: __m128i) -> __m128i {
    // As at the AVX2 level.
    let control = _mm_cmpeq_epi8(_mm_min_epu8(octets, _mm_set1_epi8(0x1F)), octets);
    let tab = _mm_cmpeq_epi8(octets, _mm_set1_epi8(b'\t' as i8));
    let delete = _mm_cmpeq_epi8(octets, _mm_set1_epi8(0x7F));
    _mm_or_si128(_mm_andnot_si128(tab, control), delete)
}

#[inline]
#[target_feature(enable = "sse4.2")]
fn breaks(block: &[u8; 32]) -> u32 {
    let [low, high] = halves(block);
    bits([is_break(low), is_break(high)])
}

/// As at the AVX2 level.
#[inline]
#[target_feature(enable = "sse4.2")]
fn is_break(octets: __m128i) -> __m128i {
    _mm_cmpgt_epi8(_mm_set1_epi8(0x21), _mm_add_epi8(octets, _mm_set1_epi8(1)))
}

#[inline]
#[target_feature(enable = "sse4.2")]
fn any_breaks<const EXACT: bool>(block: &[u8; 32]) -> u32 {
    if EXACT { not_value(block) } else { breaks(block) }
}
