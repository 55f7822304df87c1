//! Stepping through a slice in blocks, without reading outside of it.

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
