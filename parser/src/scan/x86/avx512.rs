//! AVX-512: 64 octets at a time, the rest of a slice by a masked load.

#[cfg(target_arch = "x86")]
use core::arch::x86::*;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::*;

use crate::scan::class::{ASCII, TARGET, TOKEN, VALUE};
use crate::scan::{Op, Scan};

/// Proof that the CPU has AVX-512 F, BW, VL, VBMI and VBMI2, and what
/// [`super::avx2`] asks for.
#[derive(Clone, Copy)]
pub(super) struct Avx512(());

/// Runs `op` compiled for AVX-512.
///
/// # Safety
/// The CPU has AVX-512 F, BW, VL, VBMI, VBMI2, AVX2, BMI1, BMI2, LZCNT, POPCNT.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2")]
#[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
pub(super) unsafe fn enter<O: Op>(op: O) -> O::Out {
    op.run(Avx512(()))
}

impl Scan for Avx512 {
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

/// The first position at or after `from` for which `outside` sets a bit, or the
/// length. `outside` looks at the first 64 octets of what it gets, and sets no
/// bit beyond its end.
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

/// One look-up for all classes: `vpermi2b` takes the entry of each octet out of
/// the two halves of [`ASCII`]. It reads seven bits of an index, so octets of
/// 0x80 and above are masked: of the classes, only values hold those.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2")]
fn outside<const CLASS: u8>(octets: &[u8]) -> u64 {
    let valid = if octets.len() < 64 { (1 << octets.len()) - 1 } else { u64::MAX };
    // SAFETY: the mask covers octets of the slice alone; masked-out ones are
    // not accessed.
    let block = unsafe { _mm512_maskz_loadu_epi8(valid, octets.as_ptr().cast()) };
    let high = _mm512_movepi8_mask(block);
    let entries = _mm512_permutex2var_epi8(load(&ASCII[0]), block, load(&ASCII[1]));
    let inside = _mm512_test_epi8_mask(entries, _mm512_set1_epi8(CLASS as i8));
    let inside = if CLASS == VALUE { inside | high } else { inside & !high };
    !inside & valid
}

#[inline]
#[target_feature(enable = "avx512f")]
fn load(block: &[u8; 64]) -> __m512i {
    // SAFETY: 64 octets are readable, and the load needs no alignment.
    unsafe { _mm512_loadu_si512(block.as_ptr().cast()) }
}
