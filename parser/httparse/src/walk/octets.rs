//! Classes of octets, eight octets at a time where lines are long.

/// `token = 1*tchar`, RFC 9110 section 5.6.2: methods and field names.
pub(super) fn is_token(octet: u8) -> bool {
    const TOKEN: [bool; 256] = {
        let mut table = [false; 256];
        let mut octet = 0;
        while octet < 256 {
            table[octet] = (octet as u8).is_ascii_alphanumeric();
            octet += 1;
        }
        let others = b"!#$%&'*+-.^_`|~";
        let mut i = 0;
        while i < others.len() {
            table[others[i] as usize] = true;
            i += 1;
        }
        table
    };
    TOKEN[octet as usize]
}

/// What httparse has values and reason phrases of: HTAB, SP, VCHAR and obs-text (RFC 9110
/// section 5.5).
pub(super) fn is_value(octet: u8) -> bool {
    octet == b'\t' || is_target(octet) || octet == b' '
}

/// What httparse has targets of: VCHAR and octets of 0x80 and above.
fn is_target(octet: u8) -> bool {
    octet > b' ' && octet != 0x7F
}

/// How many octets of a token there are at the start.
pub(super) fn token_len(octets: &[u8]) -> usize {
    octets.iter().take_while(|&&octet| is_token(octet)).count()
}

/// How many octets of a value.
pub(super) fn value_len(octets: &[u8]) -> usize {
    len(octets, b' ', is_value)
}

/// How many octets of a target.
pub(super) fn target_len(octets: &[u8]) -> usize {
    len(octets, b'!', is_target)
}

/// How many octets of a class there are at the start. It has all octets from `least` on but
/// DEL, and perhaps some below.
fn len(octets: &[u8], least: u8, belongs: impl Fn(u8) -> bool) -> usize {
    let mut len = 0;
    loop {
        let rest = octets.get(len..).unwrap_or_default();
        let (words, _) = rest.as_chunks::<8>();
        let clear = words.iter().take_while(|word| all_above(**word, least)).count();
        let near = &rest[8 * clear..];
        let more = near.iter().take(8).take_while(|&&octet| belongs(octet)).count();
        len += 8 * clear + more;
        if more < 8 {
            return len;
        }
    }
}

/// Whether all octets are `least` or above and none is DEL. Where it says no, it may be yes:
/// what is borrowed from the next octet tells of that one.
///
/// (Subtraction within a word: "Bit Twiddling Hacks", `hasless`; httparse has it as well.)
fn all_above(octets: [u8; 8], least: u8) -> bool {
    const fn repeat(octet: u8) -> u64 {
        u64::from_ne_bytes([octet; 8])
    }
    let word = u64::from_le_bytes(octets);
    let below = word.wrapping_sub(repeat(least)) & !word;
    let del = word ^ repeat(0x7F);
    let is_del = del.wrapping_sub(repeat(1)) & !del;
    (below | is_del) & repeat(0x80) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_octet_at_each_place_ends_a_class_or_does_not() {
        for len in 0..40 {
            let inside = [b'a'; 40];
            assert_eq!((value_len(&inside[..len]), target_len(&inside[..len])), (len, len));
            for at in 0..len {
                for octet in 0..=255 {
                    let mut octets = inside;
                    octets[at] = octet;
                    let octets = &octets[..len];
                    let end = |belongs: bool| if belongs { len } else { at };
                    assert_eq!(value_len(octets), end(is_value(octet)), "{octet:#x} at {at}");
                    assert_eq!(target_len(octets), end(is_target(octet)), "{octet:#x} at {at}");
                    assert_eq!(token_len(octets), end(is_token(octet)), "{octet:#x} at {at}");
                }
            }
        }
    }

    #[test]
    fn classes_are_what_their_grammar_says() {
        let count = |belongs: fn(u8) -> bool| (0..=255).filter(|&octet| belongs(octet)).count();
        assert_eq!((count(is_token), count(is_target), count(is_value)), (77, 222, 224));
    }
}
