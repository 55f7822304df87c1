//! Comparing short strings of octets without a call.

/// So long are keys that their edges tell apart, if they are of the same length.
pub(super) const EDGES: usize = 16;

/// The first and the last octets of a key, which may be partly the same.
#[inline]
pub(super) fn edges(key: &[u8]) -> [u64; 2] {
    if let (Some(first), Some(last)) = (key.first_chunk(), key.last_chunk()) {
        [u64::from_ne_bytes(*first), u64::from_ne_bytes(*last)]
    } else if let (Some(first), Some(last)) = (key.first_chunk(), key.last_chunk()) {
        [u32::from_ne_bytes(*first), u32::from_ne_bytes(*last)].map(u64::from)
    } else if let (Some(first), Some(last)) = (key.first(), key.last()) {
        let middle = key[key.len() / 2];
        [u64::from(u16::from_ne_bytes([*first, middle])), u64::from(*last)]
    } else {
        [0; 2]
    }
}

/// Compares without a call where the octets are few: by their edges.
#[inline]
pub(crate) fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && edges(one) == edges(other) && (one.len() <= EDGES || one == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_octet_is_compared() {
        let text: Vec<u8> = (b'a'..=b'z').collect();
        for len in 0..=text.len() {
            let one = &text[..len];
            assert!(is_same(one, one));
            assert!(len == 0 || !is_same(one, &one[1..]));
            for at in 0..len {
                let mut other = one.to_vec();
                other[at] ^= 1;
                assert!(!is_same(one, &other), "{len} {at}");
            }
        }
    }
}
