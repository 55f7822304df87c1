//! AVX2: 32 octets at a time.

#[cfg(target_arch = "x86")]
use core::arch::x86::*;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::*;
use core::mem::MaybeUninit;

use super::blocks::{first_from, first_outside, mask_of, mask32, mask64};
use super::positions::by_pairs;
use super::tables::{NIBBLE_BITS, TOKEN_ROWS};
use crate::scan::class::{TARGET, TOKEN, VALUE};
use crate::scan::slots::{Record, Writer};
use crate::scan::{Blocks, HeadOp, Op, Scan, Window, scalar};
use crate::{FieldPosition, Limits};

/// Proof that the CPU has AVX2, BMI1, BMI2, LZCNT and POPCNT.
#[derive(Clone, Copy)]
pub(super) struct Avx2(());

impl Avx2 {
    /// The proof, where it is known otherwise.
    ///
    /// # Safety
    /// The CPU has AVX2, BMI1, BMI2, LZCNT and POPCNT.
    #[inline(always)]
    pub(super) unsafe fn assume() -> Avx2 {
        Avx2(())
    }
}

/// Runs `op` compiled for AVX2.
///
/// # Safety
/// The CPU has AVX2, BMI1, BMI2, LZCNT and POPCNT.
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) unsafe fn enter<O: Op>(op: &mut O) -> O::Out {
    op.run(Avx2(()))
}

/// Runs `O` compiled for AVX2.
///
/// # Safety
/// The CPU has AVX2, BMI1, BMI2, LZCNT and POPCNT; `slots` and `record` are the parts of one writer.
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) unsafe fn enter_head<O: HeadOp>(
    octets: &[u8],
    slots: &mut [MaybeUninit<FieldPosition>],
    limits: &Limits,
    record: &mut Record,
) -> O::Out {
    // SAFETY: the caller's promise.
    let writer = unsafe { Writer::from_parts(slots, record) };
    O::run(Avx2(()), octets, limits, writer)
}

impl Scan for Avx2 {
    type Blocks = Avx2;

    #[inline(always)]
    fn blocks(self) -> Option<Avx2> {
        Some(self)
    }

    #[inline(always)]
    fn token_end(self, octets: &[u8], from: usize) -> usize {
        first_outside(
            octets,
            from,
            // SAFETY: `self` proves AVX2.
            |block| unsafe { not_token(block) },
            |octets, from| scalar::first_outside(octets, from, TOKEN),
        )
    }

    #[inline(always)]
    fn target_end(self, octets: &[u8], from: usize) -> usize {
        first_outside(
            octets,
            from,
            // SAFETY: `self` proves AVX2.
            |block| unsafe { not_target(block) },
            |octets, from| scalar::first_outside(octets, from, TARGET),
        )
    }

    #[inline(always)]
    fn value_end(self, octets: &[u8], from: usize) -> usize {
        first_outside(
            octets,
            from,
            // SAFETY: `self` proves AVX2.
            |block| unsafe { not_value(block) },
            |octets, from| scalar::first_outside(octets, from, VALUE),
        )
    }
}

// SAFETY: the methods are held to the class tables by the tests of `scan`, for every
// octet at every place, and no break is of `TOKEN` in these.
unsafe impl Blocks for Avx2 {
    #[inline(always)]
    fn breaks_of<const EXACT: bool>(self, block: &[u8; 64]) -> u64 {
        // SAFETY: `self` proves AVX2.
        mask_of(block, |half| unsafe { any_breaks::<EXACT>(half) })
    }

    #[inline(always)]
    fn breaks<const EXACT: bool>(self, octets: Window<'_>, at: usize) -> u64 {
        // SAFETY: `self` proves AVX2.
        mask64(octets, at, |half| unsafe { any_breaks::<EXACT>(half) })
    }

    #[inline(always)]
    fn token_len(self, octets: &[u8; 32]) -> u32 {
        // SAFETY: `self` proves AVX2.
        unsafe { not_token(octets) }.trailing_zeros()
    }

    #[inline(always)]
    fn token_len_near_end(self, octets: Window<'_>, at: usize) -> u32 {
        // SAFETY: `self` proves AVX2.
        mask32(octets, at, |block| unsafe { not_token(block) }).trailing_zeros()
    }

    #[inline(always)]
    fn target_end(self, octets: Window<'_>, from: usize, end: usize) -> usize {
        // SAFETY: `self` proves AVX2.
        first_from(octets, from, end, |half| unsafe { not_target(half) })
    }

    #[inline(always)]
    fn not_token_block(self, octets: Window<'_>) -> u64 {
        // SAFETY: `self` proves AVX2.
        mask64(octets, 0, |half| unsafe { not_token(half) })
    }

    #[inline(always)]
    fn positions(self, bits: u64, at: u32, out: &mut [MaybeUninit<u32>; 64]) -> usize {
        by_pairs(bits, at, out)
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(block: &[u8; 32]) -> __m256i {
    // SAFETY: 32 octets are readable, and the load needs no alignment.
    unsafe { _mm256_loadu_si256(block.as_ptr().cast()) }
}

/// Classification by two nibble look-ups (Langdale and Lemire, "Parsing
/// gigabytes of JSON per second", section 3.1.2). `vpshufb` gives 0 for octets
/// of 0x80 and above by itself.
#[inline]
#[target_feature(enable = "avx2")]
fn not_token(block: &[u8; 32]) -> u32 {
    let octets = load(block);
    let row = _mm256_shuffle_epi8(load(&TOKEN_ROWS), octets);
    let high = _mm256_and_si256(_mm256_srli_epi16::<4>(octets), _mm256_set1_epi8(15));
    let bit = _mm256_shuffle_epi8(load(&NIBBLE_BITS), high);
    let outside = _mm256_cmpeq_epi8(_mm256_and_si256(row, bit), _mm256_setzero_si256());
    _mm256_movemask_epi8(outside) as u32
}

#[inline]
#[target_feature(enable = "avx2")]
fn not_target(block: &[u8; 32]) -> u32 {
    let octets = load(block);
    // As in `breaks`, with SP.
    let added = _mm256_add_epi8(octets, _mm256_set1_epi8(1));
    let invisible = _mm256_cmpgt_epi8(_mm256_set1_epi8(0x22), added);
    let hash = _mm256_cmpeq_epi8(octets, _mm256_set1_epi8(b'#' as i8));
    _mm256_movemask_epi8(_mm256_or_si256(invisible, hash)) as u32
}

#[inline]
#[target_feature(enable = "avx2")]
fn not_value(block: &[u8; 32]) -> u32 {
    let octets = load(block);
    // `min(x, 31) == x` is `x <= 31`: there is no comparison without signs (Wojciech Mula,
    // "SSE4: greater/less or equal relations for unsigned bytes/words").
    let control = _mm256_cmpeq_epi8(_mm256_min_epu8(octets, _mm256_set1_epi8(0x1F)), octets);
    let tab = _mm256_cmpeq_epi8(octets, _mm256_set1_epi8(b'\t' as i8));
    let delete = _mm256_cmpeq_epi8(octets, _mm256_set1_epi8(0x7F));
    _mm256_movemask_epi8(_mm256_or_si256(_mm256_andnot_si256(tab, control), delete)) as u32
}

/// Controls, DEL, and octets of 0x80 and above: when one is added, they are below
/// 0x21 as signed octets.
#[inline]
#[target_feature(enable = "avx2")]
fn breaks(block: &[u8; 32]) -> u32 {
    let added = _mm256_add_epi8(load(block), _mm256_set1_epi8(1));
    _mm256_movemask_epi8(_mm256_cmpgt_epi8(_mm256_set1_epi8(0x21), added)) as u32
}

#[inline]
#[target_feature(enable = "avx2")]
fn any_breaks<const EXACT: bool>(block: &[u8; 32]) -> u32 {
    if EXACT { not_value(block) } else { breaks(block) }
}
