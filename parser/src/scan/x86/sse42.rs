//! SSE4.2: 16 octets at a time, by `pshufb` and comparisons as at the AVX2 level, for
//! whole heads in blocks as well as for the end of a class.
//!
//! SSE4.2's `pcmpestri` finds the end of a class, too (`pcmpestri.rs`). For the same job it
//! is about as fast, and slower with long values: `benches/record/scan.md`.

#[cfg(target_arch = "x86")]
use core::arch::x86::*;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::*;

use super::ways;
use crate::scan::Op;
use crate::scan::kernel::{Vector, instructions};

/// Proof that the CPU has SSE4.2, SSE4.1, SSSE3 and POPCNT.
#[derive(Clone, Copy)]
pub(super) struct Sse42(());

/// Runs `op` compiled for SSE4.2.
///
/// # Safety
/// The CPU has SSE4.2, SSE4.1, SSSE3 and POPCNT.
#[target_feature(enable = "sse4.2,ssse3,popcnt")]
pub(super) unsafe fn enter<O: Op>(op: O, second: O::Second, third: O::Third) -> O::Out {
    ways::run(Sse42(()), op, second, third)
}

impl Vector<16> for Sse42 {
    type Octets = __m128i;

    instructions! { "sse4.2,ssse3",
        fn load(octets: &[u8; 16]) -> __m128i {
            // SAFETY: 16 octets are readable, and the load needs no alignment.
            unsafe { _mm_loadu_si128(octets.as_ptr().cast()) }
        }
        fn all(octet: u8) -> __m128i { _mm_set1_epi8(octet as i8) }
        fn add(one: __m128i, other: __m128i) -> __m128i { _mm_add_epi8(one, other) }
        fn or(one: __m128i, other: __m128i) -> __m128i { _mm_or_si128(one, other) }
        fn without(one: __m128i, other: __m128i) -> __m128i { _mm_andnot_si128(other, one) }
        fn equal(one: __m128i, other: __m128i) -> __m128i { _mm_cmpeq_epi8(one, other) }
        fn above(one: __m128i, other: __m128i) -> __m128i { _mm_cmpgt_epi8(one, other) }
        // As at the AVX2 level.
        fn up_to(one: __m128i, other: __m128i) -> __m128i {
            _mm_cmpeq_epi8(_mm_min_epu8(one, other), one)
        }
        fn low(octets: __m128i) -> __m128i { octets }
        fn high(octets: __m128i) -> __m128i {
            _mm_and_si128(_mm_srli_epi16::<4>(octets), _mm_set1_epi8(15))
        }
        fn look_up(table: __m128i, places: __m128i) -> __m128i { _mm_shuffle_epi8(table, places) }
        fn mask(flags: __m128i) -> u64 { _mm_movemask_epi8(flags) as u32 as u64 }
    }
}
