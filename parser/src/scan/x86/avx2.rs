//! AVX2: 32 octets at a time.

#[cfg(target_arch = "x86")]
use core::arch::x86::*;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::*;

use crate::scan::Op;
use crate::scan::kernel::{Kernel, Vector, instructions};

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
pub(super) unsafe fn enter<O: Op>(op: O, second: O::Second, third: O::Third) -> O::Out {
    op.run(Kernel(Avx2(())), second, third)
}

impl Vector<32> for Avx2 {
    type Octets = __m256i;

    instructions! { "avx2",
        fn load(octets: &[u8; 32]) -> __m256i {
            // SAFETY: 32 octets are readable, and the load needs no alignment.
            unsafe { _mm256_loadu_si256(octets.as_ptr().cast()) }
        }
        fn all(octet: u8) -> __m256i { _mm256_set1_epi8(octet as i8) }
        fn add(one: __m256i, other: __m256i) -> __m256i { _mm256_add_epi8(one, other) }
        fn or(one: __m256i, other: __m256i) -> __m256i { _mm256_or_si256(one, other) }
        fn without(one: __m256i, other: __m256i) -> __m256i { _mm256_andnot_si256(other, one) }
        fn equal(one: __m256i, other: __m256i) -> __m256i { _mm256_cmpeq_epi8(one, other) }
        fn above(one: __m256i, other: __m256i) -> __m256i { _mm256_cmpgt_epi8(one, other) }
        // `min(x, y) == x` is `x <= y`: there is no comparison without signs (Wojciech Mula,
        // "SSE4: greater/less or equal relations for unsigned bytes/words").
        fn up_to(one: __m256i, other: __m256i) -> __m256i {
            _mm256_cmpeq_epi8(_mm256_min_epu8(one, other), one)
        }
        // `vpshufb` gives 0 for octets of 0x80 and above, and looks at four bits of others.
        fn low(octets: __m256i) -> __m256i { octets }
        fn high(octets: __m256i) -> __m256i {
            _mm256_and_si256(_mm256_srli_epi16::<4>(octets), _mm256_set1_epi8(15))
        }
        fn look_up(table: __m256i, places: __m256i) -> __m256i { _mm256_shuffle_epi8(table, places) }
        fn mask(flags: __m256i) -> u64 { _mm256_movemask_epi8(flags) as u32 as u64 }
    }
}
