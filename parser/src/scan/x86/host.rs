//! Octets of hosts with SSE2, which every x86 processor has that this folder is compiled
//! for: no level needs to be asked for.

#[cfg(target_arch = "x86")]
use core::arch::x86::*;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::*;

/// Whether sixteen octets are of [`HOST`](crate::scan::class::HOST). In two halves, as they
/// need not be side by side: as one array they would be written before they can be read.
#[inline(always)]
pub(in crate::scan) fn are_host(halves: [[u8; 8]; 2]) -> bool {
    // SAFETY: the target has SSE2, or this folder would not be compiled.
    unsafe { host(halves) }
}

#[inline]
#[target_feature(enable = "sse2")]
fn host([first, last]: [[u8; 8]; 2]) -> bool {
    let octets = _mm_set_epi64x(i64::from_le_bytes(last), i64::from_le_bytes(first));
    let letters = within(_mm_or_si128(octets, _mm_set1_epi8(0x20)), b'a', b'z');
    let slashes = _mm_cmpeq_epi8(octets, _mm_set1_epi8(b'/' as i8));
    let marks_and_digits = _mm_andnot_si128(slashes, within(octets, b'-', b'9'));
    let underscores = _mm_cmpeq_epi8(octets, _mm_set1_epi8(b'_' as i8));
    let host = _mm_or_si128(_mm_or_si128(letters, marks_and_digits), underscores);
    _mm_movemask_epi8(host) == 0xFFFF
}

/// Which octets are `from..=to`: moved to the lower end of the signed numbers, one
/// comparison is enough.
#[inline]
#[target_feature(enable = "sse2")]
fn within(octets: __m128i, from: u8, to: u8) -> __m128i {
    let moved = _mm_sub_epi8(octets, _mm_set1_epi8((from ^ 0x80) as i8));
    _mm_cmpgt_epi8(_mm_set1_epi8(((to - from + 1) ^ 0x80) as i8), moved)
}
