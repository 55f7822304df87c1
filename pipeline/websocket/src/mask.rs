//! Masking (RFC 6455 section 5.3): the same operation puts a mask on and takes it off.

#[cfg(feature = "std")]
#[path = "mask/lines_detected.rs"]
mod lines;
#[cfg(not(feature = "std"))]
#[path = "mask/lines_plain.rs"]
mod lines;

/// Octets that are masked at once: a cache line, which the compiler makes of the widest instructions it may use.
const WIDE: usize = 64;

/// From so many octets on it is worth while to begin with those that make the rest aligned: stores that are parted by two lines take twice as long.
const ALIGNED: usize = 1024;

/// Masks `octets` in place. The first of them is masked by the first octet of `key`, in the order of the wire.
///
/// Gives the key for the octet behind them.
#[inline]
pub(crate) fn in_place(octets: &mut [u8], key: u32) -> u32 {
    let (mut rest, mut key) = (octets, key);
    if rest.len() >= WIDE {
        (rest, key) = wide(rest, key);
    }
    short(rest, key)
}

/// Masks all that whole lines have, and gives what is behind them, and its key.
#[inline(never)]
fn wide(octets: &mut [u8], mut key: u32) -> (&mut [u8], u32) {
    let mut rest = octets;
    if rest.len() >= ALIGNED {
        // (A hint: it may be more than there are.)
        let (before, behind) = rest.split_at_mut(rest.as_ptr().align_offset(WIDE).min(WIDE));
        key = short(before, key);
        rest = behind;
    }
    let (lines, rest) = rest.as_chunks_mut::<WIDE>();
    lines::mask(lines, twice(key));
    (rest, key)
}

/// Masks lines.
#[inline(always)]
fn each(lines: &mut [[u8; WIDE]], twice: u64) {
    for line in lines {
        for eight in line.as_chunks_mut::<8>().0 {
            *eight = (u64::from_ne_bytes(*eight) ^ twice).to_ne_bytes();
        }
    }
}

/// The same on the way from one place to another.
#[inline(always)]
fn each_copied(lines: &mut [[u8; WIDE]], from: &[[u8; WIDE]], twice: u64) {
    for (line, from) in lines.iter_mut().zip(from) {
        for (eight, from) in line.as_chunks_mut::<8>().0.iter_mut().zip(from.as_chunks::<8>().0) {
            *eight = (u64::from_ne_bytes(*from) ^ twice).to_ne_bytes();
        }
    }
}

/// The same as [`in_place`] of few.
#[inline]
fn short(octets: &mut [u8], key: u32) -> u32 {
    let twice = twice(key);
    let len = octets.len();
    let (eights, tail) = octets.as_chunks_mut::<8>();
    for eight in eights {
        *eight = (u64::from_ne_bytes(*eight) ^ twice).to_ne_bytes();
    }
    let mut mask = twice.to_ne_bytes().into_iter();
    for octet in tail {
        *octet ^= mask.next().unwrap_or_default();
    }
    let mut key = key.to_ne_bytes();
    key.rotate_left(len % 4);
    u32::from_ne_bytes(key)
}

/// Copies `from` to the front of `to`, masked. (As many octets as both have.)
#[inline]
pub(crate) fn copy(to: &mut [u8], from: &[u8], key: u32) {
    let len = to.len().min(from.len());
    let (to, from) = (&mut to[..len], &from[..len]);
    let twice = twice(key);
    let (lines, to) = to.as_chunks_mut::<WIDE>();
    let (from_lines, from) = from.as_chunks::<WIDE>();
    if !lines.is_empty() {
        lines::copy(lines, from_lines, twice);
    }
    let (eights, to) = to.as_chunks_mut::<8>();
    let (from_eights, from) = from.as_chunks::<8>();
    for (eight, from) in eights.iter_mut().zip(from_eights) {
        *eight = (u64::from_ne_bytes(*from) ^ twice).to_ne_bytes();
    }
    for ((octet, from), mask) in to.iter_mut().zip(from).zip(twice.to_ne_bytes()) {
        *octet = from ^ mask;
    }
}

/// The key, twice, in the order of the wire.
#[inline]
fn twice(key: u32) -> u64 {
    let [a, b, c, d] = key.to_ne_bytes();
    u64::from_ne_bytes([a, b, c, d, a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6455 section 5.3, as it is written there.
    fn naive(octets: &mut [u8], key: [u8; 4]) {
        for (index, octet) in octets.iter_mut().enumerate() {
            *octet ^= key[index % 4];
        }
    }

    const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

    #[test]
    fn every_length_from_every_start() {
        let octets: [u8; 1400] = core::array::from_fn(|index| (index * 7) as u8);
        for start in (0..9).chain([61, 65]) {
            // All short ones, and some of those that are aligned.
            for end in (start..300).chain((1000..octets.len()).step_by(7)) {
                let (mut mine, mut theirs, mut copied) = (octets, octets, [0; 1400]);
                in_place(&mut mine[start..end], u32::from_ne_bytes(KEY));
                naive(&mut theirs[start..end], KEY);
                assert_eq!(mine, theirs, "{start}..{end}");
                copy(&mut copied, &octets[start..end], u32::from_ne_bytes(KEY));
                assert_eq!(copied[..end - start], theirs[start..end], "{start}..{end}, copied");
            }
        }
    }

    #[test]
    fn the_phase_is_kept_over_every_split() {
        let octets: [u8; 150] = core::array::from_fn(|index| (index * 5) as u8);
        let mut whole = octets;
        naive(&mut whole, KEY);
        for first in 0..octets.len() {
            for second in [first, (first + 1).min(150), (first + 66).min(150)] {
                let mut split = octets;
                let key = in_place(&mut split[..first], u32::from_ne_bytes(KEY));
                let key = in_place(&mut split[first..second], key);
                in_place(&mut split[second..], key);
                assert_eq!(split, whole, "split at {first} and {second}");
            }
        }
    }
}
