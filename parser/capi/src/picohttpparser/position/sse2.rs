//! Name and value side by side: nine operations for twelve. The head of picohttpparser's bench
//! takes 53 ns for 55.

use core::arch::x86_64::{
    __m128i, _mm_add_epi64, _mm_and_si128, _mm_set_epi32, _mm_set1_epi64x, _mm_srli_epi64,
    _mm_sub_epi64, _mm_unpackhi_epi64, _mm_unpacklo_epi64,
};
use core::ffi::c_char;
use core::mem::transmute;
use core::ptr;

use rajada_parser::FieldPosition;

use crate::picohttpparser::Header;

/// The field at a position in octets that begin at `start`. (Without a look at whether it is
/// within them: it is not dereferenced here.)
#[inline(always)]
pub(in crate::picohttpparser) fn header_at(
    start: *const c_char,
    position: &FieldPosition,
) -> Header {
    // SAFETY: this module is compiled where all processors have SSE2.
    let both = unsafe { name_and_value(start.expose_provenance(), *position) };
    // SAFETY: on this processor that is four numbers of 64 bits, of which any values are valid.
    let numbers = unsafe { transmute::<[__m128i; 2], [usize; 4]>(both) };
    let [name, name_len, value, value_len] = numbers;
    let [name, value] = [name, value].map(ptr::with_exposed_provenance);
    Header { name, name_len, value, value_len }
}

#[inline]
#[target_feature(enable = "sse2")]
fn name_and_value(start: usize, position: FieldPosition) -> [__m128i; 2] {
    let FieldPosition { name_start, name_end, value_start, value_end } = position;
    // One load, as they stand in this order.
    let [a, b, c, d] = [value_end, value_start, name_end, name_start].map(u32::cast_signed);
    let both = _mm_set_epi32(a, b, c, d);
    let starts = _mm_and_si128(both, _mm_set1_epi64x(u32::MAX as i64));
    let lengths = _mm_sub_epi64(_mm_srli_epi64(both, 32), starts);
    let pointers = _mm_add_epi64(starts, _mm_set1_epi64x(start as i64));
    [_mm_unpacklo_epi64(pointers, lengths), _mm_unpackhi_epi64(pointers, lengths)]
}
