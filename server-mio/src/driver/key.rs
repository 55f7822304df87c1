//! Names of connections.

/// The name of a connection, for as long as it lasts: of those at the same place, the one with this number.
///
/// It is a word, so that an event of the operating system can carry it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(usize);

/// Bits of a key that are the place. Numbers have the others, and come again: on machines of 64 bits after four
/// thousand million connections, on those of 32 bits after four thousand, which is more than one turn can open.
const PLACE_BITS: u32 = place_bits(usize::BITS);

/// How many numbers there are. The greatest that would fit is none of them: keys with it are free for other uses.
pub(super) const NUMBERS: usize = numbers(usize::BITS) as usize;

/// Connections at the same time, at most.
pub(super) const MOST: usize = 1 << PLACE_BITS;

const fn place_bits(word_bits: u32) -> u32 {
    if word_bits >= 64 { 32 } else { 20 }
}

const fn numbers(word_bits: u32) -> u64 {
    (u64::MAX >> (64 - word_bits)) >> place_bits(word_bits)
}

/// The number of the connection that is opened behind the one with this number.
#[inline]
pub(super) const fn next_number(number: usize) -> usize {
    (number + 1) % NUMBERS
}

impl Key {
    pub(super) fn new(number: usize, place: usize) -> Key {
        Key(number << PLACE_BITS | place)
    }

    #[inline]
    pub(super) fn place(self) -> usize {
        self.0 & (MOST - 1)
    }

    /// As it stands in an event. `usize::MAX` and `usize::MAX - 1` are no keys.
    #[inline]
    pub const fn to_usize(self) -> usize {
        self.0
    }

    /// From an event. What is no key names no connection.
    #[inline]
    pub const fn from_usize(word: usize) -> Key {
        Key(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_of_any_word_is_a_reserved_word() {
        for word_bits in [32, 64] {
            let (place_bits, numbers) = (place_bits(word_bits), numbers(word_bits));
            let greatest = ((numbers - 1) << place_bits) | ((1 << place_bits) - 1);
            let reserved = u64::MAX >> (64 - word_bits);
            assert!(greatest < reserved - 1, "{word_bits}: {greatest:x}");
            assert_eq!(greatest >> place_bits, numbers - 1);
            assert!(numbers > 4000, "more than one turn can open");
        }
    }

    #[test]
    fn numbers_begin_again_before_the_one_that_is_reserved() {
        assert_eq!(next_number(0), 1);
        assert_eq!(next_number(NUMBERS - 2), NUMBERS - 1);
        assert_eq!(next_number(NUMBERS - 1), 0);
        let greatest = Key::new(NUMBERS - 1, MOST - 1);
        assert!(greatest.to_usize() < usize::MAX - 1);
        assert_eq!(Key::from_usize(greatest.to_usize()).place(), MOST - 1);
    }
}
