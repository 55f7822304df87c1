//! Names of connections.

/// The name of a connection, for as long as it lasts: of those at the same place, the one with this number.
///
/// It is a word, so that an event of the operating system can carry it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(usize);

/// Bits of a key that are the place. Numbers have the others, and come again: on machines of 64 bits after four
/// thousand million connections, on those of 32 bits after four thousand, which is more than one turn can open.
const PLACE_BITS: u32 = if usize::BITS >= 64 { 32 } else { 20 };

/// The greatest number of a connection, which none has: keys with it are free for other uses.
pub(super) const RESERVED_NUMBER: usize = usize::MAX >> PLACE_BITS;

/// Connections at the same time, at most.
pub(super) const MOST: usize = 1 << PLACE_BITS;

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
