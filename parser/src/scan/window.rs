//! Octets that are enough for a vector, so that reading near their end needs no
//! case of its own.

/// The fewest octets that a [`Window`] has: a vector of 32.
const SHORTEST: usize = 32;

/// A slice of at least 32 octets.
///
/// Reads that would go beyond its end are moved back, so that they end with it:
/// one comparison and no branch.
#[derive(Clone, Copy)]
pub(crate) struct Window<'b> {
    /// Invariant: 32 octets or more.
    octets: &'b [u8],
}

impl<'b> Window<'b> {
    /// `None` if there are fewer than 32 octets.
    #[inline(always)]
    pub(crate) fn new(octets: &'b [u8]) -> Option<Self> {
        (octets.len() >= SHORTEST).then_some(Window { octets })
    }

    /// All of it.
    #[inline(always)]
    pub(crate) fn octets(self) -> &'b [u8] {
        self.octets
    }

    /// The four octets from `at` on as a little-endian number, or the last four
    /// if `at` is further back than those.
    #[inline(always)]
    pub(crate) fn four(self, at: usize) -> u32 {
        u32::from_le_bytes(*self.read(at).0)
    }

    /// As [`four`](Self::four), with eight octets.
    #[inline(always)]
    pub(crate) fn eight(self, at: usize) -> u64 {
        u64::from_le_bytes(*self.read(at).0)
    }

    /// What stands at the edges of a field line that begins at `line`, of which
    /// the name ends at `name_end`, and that ends with the LF at `end`: the first
    /// octet; the four from `name_end` on; and the last four. `None` if these are
    /// not all there or in another order.
    ///
    /// (One check for all: with three, a field took a tenth longer.)
    #[inline(always)]
    pub(crate) fn edges(self, line: usize, name_end: usize, end: usize) -> Option<Edges> {
        // As `name_end < end`, four octets from it on are there if two behind `end`
        // are, which is so for all lines with an empty line behind them.
        let there = (line <= name_end)
            & (name_end < end)
            & (end.wrapping_sub(3) <= self.octets.len() - 6);
        if !there {
            return None;
        }
        let read = |at: usize| {
            // SAFETY: `at + 4 <= len` for both uses: `name_end + 4 <= end + 3 <= len`,
            // and `3 <= end < len`.
            let from = unsafe { self.octets.as_ptr().add(at).cast::<u32>() };
            // SAFETY: four octets are in the slice; the read needs no alignment.
            u32::from_le(unsafe { from.read_unaligned() })
        };
        // SAFETY: `line <= name_end < len`.
        let first = unsafe { *self.octets.get_unchecked(line) };
        Some(Edges { first, behind_name: read(name_end), last: read(end - 3) })
    }

    /// `N` octets that begin at `at`, or end with the window, and how many of
    /// them stand in front of `at`.
    ///
    /// `N` is at most 32. (The bounds check that this saves, twice for each
    /// field, was a tenth of the time of a head.)
    #[inline(always)]
    pub(super) fn read<const N: usize>(self, at: usize) -> (&'b [u8; N], usize) {
        const { assert!(N <= SHORTEST) };
        let start = at.min(self.octets.len() - N);
        // SAFETY: the invariant: `start + N <= SHORTEST.max(len) == len`.
        let part = unsafe { self.octets.as_ptr().add(start) };
        // SAFETY: `N` octets from there on are in the slice, as said, and an
        // array of octets needs no alignment.
        (unsafe { &*part.cast() }, at - start)
    }
}

/// What [`Window::edges`] finds; numbers are little-endian.
pub(crate) struct Edges {
    pub(crate) first: u8,
    pub(crate) behind_name: u32,
    pub(crate) last: u32,
}
