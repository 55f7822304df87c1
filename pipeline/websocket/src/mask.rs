//! Masking (RFC 6455 section 5.3): the same operation puts a mask on and takes it off.

/// Octets that are masked at once: a cache line, which the compiler makes of the widest instructions it may use.
const WIDE: usize = 64;

/// Masks `octets` in place. The first of them is masked by the first octet of `key`, in the order of the wire.
///
/// Gives the key for the octet behind them.
#[inline]
pub(crate) fn in_place(octets: &mut [u8], key: u32) -> u32 {
    let twice = twice(key);
    let mut rest = &mut octets[..];
    if rest.len() >= WIDE {
        rest = wide(rest, twice);
    }
    let (eights, tail) = rest.as_chunks_mut::<8>();
    for eight in eights {
        *eight = (u64::from_ne_bytes(*eight) ^ twice).to_ne_bytes();
    }
    let mut key = key.to_ne_bytes();
    if let Some((four, _)) = tail.split_first_chunk_mut::<4>() {
        *four = (u32::from_ne_bytes(*four) ^ u32::from_ne_bytes(key)).to_ne_bytes();
    }
    let done = tail.len() & !3;
    for (octet, mask) in tail[done..].iter_mut().zip(key) {
        *octet ^= mask;
    }
    key.rotate_left(octets.len() % 4);
    u32::from_ne_bytes(key)
}

/// Masks all whole lines, and gives what is behind them.
#[inline]
fn wide(octets: &mut [u8], twice: u64) -> &mut [u8] {
    let (lines, rest) = octets.as_chunks_mut::<WIDE>();
    for line in lines {
        for eight in line.as_chunks_mut::<8>().0 {
            *eight = (u64::from_ne_bytes(*eight) ^ twice).to_ne_bytes();
        }
    }
    rest
}

/// Copies `from` to the front of `to`, masked. (As many octets as both have.)
#[inline]
pub(crate) fn copy(to: &mut [u8], from: &[u8], key: u32) {
    let len = to.len().min(from.len());
    let (to, from) = (&mut to[..len], &from[..len]);
    let twice = twice(key);
    let (lines, short) = to.as_chunks_mut::<WIDE>();
    let (from_lines, from_short) = from.as_chunks::<WIDE>();
    for (line, from) in lines.iter_mut().zip(from_lines) {
        for (eight, from) in line.as_chunks_mut::<8>().0.iter_mut().zip(from.as_chunks::<8>().0) {
            *eight = (u64::from_ne_bytes(*from) ^ twice).to_ne_bytes();
        }
    }
    short.copy_from_slice(from_short);
    in_place(short, key);
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
        let octets: [u8; 300] = core::array::from_fn(|index| (index * 7) as u8);
        for start in 0..9 {
            for end in start..octets.len() {
                let (mut mine, mut theirs, mut copied) = (octets, octets, [0; 300]);
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
