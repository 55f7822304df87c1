//! What Miri doesn't interpret, in other words for it.

#[cfg(target_arch = "x86")]
use core::arch::x86::*;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::*;

/// `vpcompressb`: the octets whose bits are set, one beside the other, and zeros behind them.
#[target_feature(enable = "avx512f,avx512vbmi2")]
pub(super) fn _mm512_maskz_compress_epi8(mut bits: u64, octets: __m512i) -> __m512i {
    // SAFETY: both are of 64 octets, of which any will do.
    let octets: [u8; 64] = unsafe { core::mem::transmute(octets) };
    let mut compressed = [0; 64];
    for place in &mut compressed[..bits.count_ones() as usize] {
        *place = octets[bits.trailing_zeros() as usize];
        bits &= bits - 1;
    }
    // SAFETY: as above.
    unsafe { core::mem::transmute(compressed) }
}
