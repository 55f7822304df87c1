//! AVX-512: 64 octets at a time, the rest of a slice by a masked load.

#[cfg(target_arch = "x86")]
use core::arch::x86::*;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::*;
use core::mem::MaybeUninit;

use super::avx2::Avx2;
#[cfg(miri)]
use super::stand_in::_mm512_maskz_compress_epi8;
use crate::scan::class::{TABLE, TARGET, TOKEN, VALUE};
use crate::scan::kernel::{Kernel, by_pairs};
use crate::scan::{Blocks, Op, Scan, Window};

/// Proof that the CPU has AVX-512 F, BW, VL, VBMI and VBMI2, and what
/// [`super::avx2`] asks for.
#[derive(Clone, Copy)]
pub(super) struct Avx512(());

/// Runs `op` compiled for AVX-512.
///
/// # Safety
/// The CPU has AVX-512 F, BW, VL, VBMI and VBMI2, and what the features imply or
/// name beside them: AVX2, FMA, F16C, BMI1, BMI2, LZCNT, POPCNT.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) unsafe fn enter<O: Op>(op: O, second: O::Second, third: O::Third) -> O::Out {
    op.run(Avx512(()), second, third)
}

impl Avx512 {
    #[inline(always)]
    fn narrower(self) -> Kernel<Avx2, 32> {
        // SAFETY: `self` proves all that AVX2 asks for.
        Kernel(unsafe { Avx2::assume() })
    }
}

impl Scan for Avx512 {
    type Blocks = Avx512;

    #[inline(always)]
    fn blocks(self) -> Option<Avx512> {
        Some(self)
    }

    #[inline(always)]
    fn token_end(self, octets: &[u8], from: usize) -> usize {
        // SAFETY: `self` proves AVX-512.
        first_outside(octets, from, |part| unsafe { outside::<TOKEN>(part) })
    }

    #[inline(always)]
    fn target_end(self, octets: &[u8], from: usize) -> usize {
        // SAFETY: `self` proves AVX-512.
        first_outside(octets, from, |part| unsafe { outside::<TARGET>(part) })
    }

    #[inline(always)]
    fn value_end(self, octets: &[u8], from: usize) -> usize {
        // SAFETY: `self` proves AVX-512.
        first_outside(octets, from, |part| unsafe { outside::<VALUE>(part) })
    }
}

// SAFETY: the methods are held to the class tables by the tests of `scan`, for every
// octet at every place, and no break is of `TOKEN` in these.
unsafe impl Blocks for Avx512 {
    #[inline(always)]
    fn breaks_of<const EXACT: bool>(self, block: &[u8; 64]) -> u64 {
        // SAFETY: `self` proves AVX-512.
        unsafe { any_breaks::<EXACT>(block) }
    }

    #[inline(always)]
    fn breaks<const EXACT: bool>(self, octets: Window<'_>, at: usize) -> u64 {
        let rest = octets.octets().get(at..).unwrap_or_default();
        // SAFETY: `self` proves AVX-512.
        unsafe { any_breaks::<EXACT>(rest) }
    }

    // A name is seldom longer than 32 octets.
    #[inline(always)]
    fn token_len(self, octets: &[u8; 32]) -> u32 {
        self.narrower().token_len(octets)
    }

    #[inline(always)]
    fn token_len_near_end(self, octets: Window<'_>, at: usize) -> u32 {
        self.narrower().token_len_near_end(octets, at)
    }

    #[inline(always)]
    fn target_end(self, octets: Window<'_>, from: usize, end: usize) -> usize {
        Blocks::target_end(self.narrower(), octets, from, end)
    }

    #[inline(always)]
    fn first_block(self, octets: Window<'_>) -> (u64, u64) {
        // SAFETY: `self` proves AVX-512.
        unsafe { outside_of_both(octets.octets()) }
    }

    #[inline(always)]
    fn target_end_in_block(self, not_target: u64, _: Window<'_>, from: usize, _: usize) -> usize {
        from + (not_target >> (from & 63)).trailing_zeros() as usize
    }

    #[inline(always)]
    fn positions(self, bits: u64, at: u32, out: &mut [MaybeUninit<u32>; 64]) -> usize {
        // SAFETY: `self` proves AVX-512.
        unsafe { compressed(bits, at, out) }
    }

    // Compressing takes fewer operations, and longer.
    #[inline(always)]
    fn last_positions(self, bits: u64, at: u32, out: &mut [MaybeUninit<u32>; 64]) -> usize {
        by_pairs(bits, at, out)
    }
}

/// The first position at or after `from` for which `outside` sets a bit, or the length. `outside`
/// looks at the first 64 octets of what it gets, and sets no bit beyond its end.
#[inline(always)]
fn first_outside(octets: &[u8], from: usize, outside: impl Fn(&[u8]) -> u64) -> usize {
    let mut at = from;
    while let Some(rest) = octets.get(at..) {
        let flags = outside(rest);
        if flags != 0 {
            return at + flags.trailing_zeros() as usize;
        }
        if rest.len() <= 64 {
            break;
        }
        at += 64;
    }
    octets.len()
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2")]
fn outside<const CLASS: u8>(octets: &[u8]) -> u64 {
    let (block, valid) = load_some(octets);
    let others = look_up(block);
    let others = match CLASS {
        VALUE => _mm512_andnot_si512(block, others),
        _ => with_highest(others, block),
    };
    valid & outside_of::<CLASS>(others)
}

/// The octets that are not of [`TOKEN`], and those that are not of [`TARGET`], by one look-up. Octets
/// beyond the end are of neither.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2")]
fn outside_of_both(octets: &[u8]) -> (u64, u64) {
    let (block, _) = load_some(octets);
    let others = with_highest(look_up(block), block);
    (outside_of::<TOKEN>(others), outside_of::<TARGET>(others))
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2")]
fn any_breaks<const EXACT: bool>(octets: &[u8]) -> u64 {
    if EXACT { outside::<VALUE>(octets) } else { breaks(octets) }
}

/// As [`Kernel`] does it.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2")]
fn breaks(octets: &[u8]) -> u64 {
    let (block, valid) = load_some(octets);
    let added = _mm512_add_epi8(block, _mm512_set1_epi8(1));
    _mm512_mask_cmplt_epi8_mask(valid, added, _mm512_set1_epi8(0x21))
}

/// Writes the positions of set bits, by compressing all positions to those that are
/// set (`vpcompressb`, as Wojciech Muła does it for bit sets).
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2")]
fn compressed(bits: u64, at: u32, out: &mut [MaybeUninit<u32>; 64]) -> usize {
    let count = bits.count_ones() as usize;
    let positions = _mm512_maskz_compress_epi8(bits, load(&POSITIONS));
    let first = _mm512_castsi512_si128(positions);
    let eight = _mm256_add_epi32(_mm256_cvtepu8_epi32(first), _mm256_set1_epi32(at as i32));
    // SAFETY: 32 octets are writable, and the store needs no alignment.
    unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), eight) };
    if count > 8 {
        let parts = [first, _mm512_extracti32x4_epi32::<1>(positions)];
        for (out, part) in out.as_chunks_mut::<16>().0.iter_mut().zip(parts) {
            let sixteen =
                _mm512_add_epi32(_mm512_cvtepu8_epi32(part), _mm512_set1_epi32(at as i32));
            // SAFETY: 64 octets are writable, and the store needs no alignment.
            unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), sixteen) };
        }
    }
    count
}

/// For each octet, its entry of [`OTHERS`]: `vpermi2b` takes it out of the two halves. It reads seven
/// bits of an index, so for octets of 0x80 and above it is another's.
#[inline]
#[target_feature(enable = "avx512f,avx512vbmi")]
fn look_up(block: __m512i) -> __m512i {
    _mm512_permutex2var_epi8(load(&OTHERS[0]), block, load(&OTHERS[1]))
}

/// The entries with the highest bits of these octets.
#[inline]
#[target_feature(enable = "avx512f")]
fn with_highest(entries: __m512i, block: __m512i) -> __m512i {
    _mm512_or_si512(entries, _mm512_and_si512(block, _mm512_set1_epi8(i8::MIN)))
}

/// Those of these entries that are outside of `CLASS`: with the octet's highest bit for
/// [`TOKEN`] and [`TARGET`], and but for those that have it for [`VALUE`].
#[inline]
#[target_feature(enable = "avx512bw")]
fn outside_of<const CLASS: u8>(entries: __m512i) -> u64 {
    match CLASS {
        VALUE => _mm512_movepi8_mask(entries),
        _ => _mm512_test_epi8_mask(entries, _mm512_set1_epi8((CLASS | NOT_VALUE) as i8)),
    }
}

/// The first 64 octets, or zeros where there are fewer, and which are there.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn load_some(octets: &[u8]) -> (__m512i, u64) {
    if let Some(block) = octets.first_chunk() {
        return (load(block), u64::MAX);
    }
    let valid = (1 << octets.len()) - 1;
    // SAFETY: the mask covers octets of the slice alone; masked-out ones are not accessed.
    let block = unsafe { _mm512_maskz_loadu_epi8(valid, octets.as_ptr().cast()) };
    (block, valid)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(block: &[u8; 64]) -> __m512i {
    // SAFETY: 64 octets are readable, and the load needs no alignment.
    unsafe { _mm512_loadu_si512(block.as_ptr().cast()) }
}

/// For each octet below 0x80, the classes that it does not belong to, with [`NOT_VALUE`] for
/// [`VALUE`]; in two registers' worth.
const OTHERS: [[u8; 64]; 2] = {
    let mut halves = [[0; 64]; 2];
    let mut octet = 0;
    while octet < 128 {
        let others = !TABLE[octet] & (TOKEN | TARGET);
        let not_value = if TABLE[octet] & VALUE == 0 { NOT_VALUE } else { 0 };
        halves[octet / 64][octet % 64] = others | not_value;
        octet += 1;
    }
    halves
};

/// The highest bit, so that one look tells apart octets of 0x80 and above: what is not of
/// [`VALUE`] is of no other class either.
const NOT_VALUE: u8 = 0x80;

/// Each entry's own place.
const POSITIONS: [u8; 64] = {
    let mut positions = [0; 64];
    let mut place = 0;
    while place < 64 {
        positions[place] = place as u8;
        place += 1;
    }
    positions
};
