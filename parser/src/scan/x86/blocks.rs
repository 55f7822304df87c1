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
    // that were seen before. (memchr, too, ends with a vector that overlaps the one
    // before. The shift is our own: there, what is seen again is known not to match.)
    match octets.last_chunk() {
        Some(block) => {
            let flags = outside(block) >> (at + N - octets.len());
            if flags == 0 { octets.len() } else { at + flags.trailing_zeros() as usize }
        }
        None => short(octets, at),
    }
}

/// A mask of 64 octets, put together from two halves. `half` gets 32 octets and sets
/// bit `i` for octet `i`.
#[inline(always)]
pub(super) fn mask_of(block: &[u8; 64], half: impl Fn(&[u8; 32]) -> u32) -> u64 {
    let [low, high] = block.as_chunks::<32>().0 else { return 0 };
    half(low) as u64 | (half(high) as u64) << 32
}

/// A mask of the 64 octets from `at` on, as [`mask_of`], with no bit for those beyond
/// the end. `at` is less than the length.
#[inline(always)]
pub(super) fn mask64(octets: Window<'_>, at: usize, half: impl Fn(&[u8; 32]) -> u32) -> u64 {
    let all = octets.octets();
    if all.len() < 64 {
        return mask32(octets, at, &half) | mask32(octets, at + 32, &half) << 32;
    }
    let start = at.min(all.len() - 64);
    // SAFETY: `start + 64 <= len`.
    let block = unsafe { octets.block_at(start) };
    // `at - start` is below 64, as `at` is less than the length.
    mask_of(block, half) >> ((at - start) & 63)
}

/// A mask of the 32 octets from `at` on, with no bit for those beyond the end.
/// `at` is at most 31 octets beyond it.
#[inline(always)]
pub(super) fn mask32(octets: Window<'_>, at: usize, half: impl Fn(&[u8; 32]) -> u32) -> u64 {
    let (block, before) = octets.read(at);
    // `before` is below 64, as `at` is at most 31 octets beyond the end.
    half(block) as u64 >> (before & 63)
}

/// The first octet from `from` on for which `half` sets a bit, if it is in front of
/// `end`; and otherwise any offset from `end` on. `end` is at most the length. If
/// `from` is more than 32, it may be any offset.
#[inline(always)]
pub(super) fn first_from(
    octets: Window<'_>,
    from: usize,
    end: usize,
    half: impl Fn(&[u8; 32]) -> u32,
) -> usize {
    let seen = u64::MAX.wrapping_shl(from as u32);
    let mut found = half(octets.first()) as u64 & seen;
    let (mut at, last) = (0, octets.octets().len() - 32);
    while found == 0 && at < end {
        at += 32;
        found = if at <= last {
            // SAFETY: `last + 32 <= len`.
            half(unsafe { octets.part_at(at) }) as u64
        } else {
            mask32(octets, at, &half)
        };
    }
    at + found.trailing_zeros() as usize
}
