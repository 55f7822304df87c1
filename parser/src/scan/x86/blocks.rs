//! Looking at a slice in blocks, without reading outside of it.

use crate::scan::Window;

/// The first position at or after `from` for which `outside` sets a bit, or the
/// length. `outside` gets `N` octets and sets bit `i` for octet `i`; `short`
/// does the same job for slices of fewer than `N` octets.
#[inline(always)]
pub(super) fn first_outside<const N: usize>(
    octets: &[u8],
    from: usize,
    outside: impl Fn(&[u8; N]) -> u32,
    short: impl Fn(&[u8], usize) -> usize,
) -> usize {
    let mut at = from;
    while let Some(block) = octets.get(at..).and_then(|rest| rest.first_chunk()) {
        let flags = outside(block);
        if flags != 0 {
            return at + flags.trailing_zeros() as usize;
        }
        at += N;
    }
    if at >= octets.len() {
        return octets.len();
    }
    // Fewer than N octets are left: look at the last N, and shift those out
    // that were seen before.
    match octets.last_chunk() {
        Some(block) => {
            let flags = outside(block) >> (at + N - octets.len());
            if flags == 0 { octets.len() } else { at + flags.trailing_zeros() as usize }
        }
        None => short(octets, at),
    }
}

/// `N` masks of the 64 octets from `at` on, each put together from two halves.
/// `half` gets 32 octets and sets bit `i` for octet `i`.
#[inline(always)]
pub(super) fn masks64<const N: usize>(
    octets: Window<'_>,
    at: usize,
    half: impl Fn(&[u8; 32]) -> [u32; N],
) -> [u64; N] {
    if let Some(block) = octets.octets().get(at..).and_then(|rest| rest.first_chunk::<64>()) {
        let masks = |octets: Option<&[u8; 32]>| octets.map_or([0; N], &half);
        return join(
            masks(block.first_chunk()).map(u64::from),
            masks(block.last_chunk()).map(u64::from),
        );
    }
    join(masks32(octets, at, &half), masks32(octets, at + 32, &half))
}

#[inline(always)]
fn join<const N: usize>(low: [u64; N], high: [u64; N]) -> [u64; N] {
    core::array::from_fn(|index| low[index] | high[index] << 32)
}

/// Masks of the 32 octets from `at` on, with no bit for those beyond the end.
#[inline(always)]
fn masks32<const N: usize>(
    octets: Window<'_>,
    at: usize,
    half: impl Fn(&[u8; 32]) -> [u32; N],
) -> [u64; N] {
    // `at` is at most 31 octets beyond the end, so `before` is below 64.
    let (block, before) = octets.read(at);
    half(block).map(|mask| mask as u64 >> (before & 63))
}
