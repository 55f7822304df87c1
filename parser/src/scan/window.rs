//! Octets that are enough for a vector, so that reading near their end needs no case of its own.

/// The fewest octets that a [`Window`] has: a vector of 32.
const SHORTEST: usize = 32;

/// A slice of at least 32 octets.
///
/// A [`read`](Self::read) that would go beyond its end is moved back, so that it ends
/// with it: one comparison and no branch. (That the last vector overlaps the one before
/// is memchr's way to end; that each read may be such a one, without a branch, our own.)
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

    /// The eight octets from `at` on as a little-endian number.
    ///
    /// # Safety
    /// They are there.
    #[inline(always)]
    pub(super) unsafe fn eight_at(self, at: usize) -> u64 {
        // SAFETY: the caller's promise.
        let from = unsafe { self.octets.as_ptr().add(at).cast::<u64>() };
        // SAFETY: the same; the read needs no alignment.
        u64::from_le(unsafe { from.read_unaligned() })
    }

    /// The four octets from `at` on as a little-endian number.
    ///
    /// # Safety
    /// They are there.
    #[inline(always)]
    pub(super) unsafe fn four_at(self, at: usize) -> u32 {
        // SAFETY: the caller's promise.
        let from = unsafe { self.octets.as_ptr().add(at).cast::<u32>() };
        // SAFETY: the same; the read needs no alignment.
        u32::from_le(unsafe { from.read_unaligned() })
    }

    /// The two octets from `at` on as a little-endian number.
    ///
    /// # Safety
    /// They are there.
    #[inline(always)]
    pub(super) unsafe fn two_at(self, at: usize) -> u16 {
        // SAFETY: the caller's promise.
        let from = unsafe { self.octets.as_ptr().add(at).cast::<u16>() };
        // SAFETY: the same; the read needs no alignment.
        u16::from_le(unsafe { from.read_unaligned() })
    }

    /// The octet at `at`.
    ///
    /// # Safety
    /// It is there.
    #[inline(always)]
    pub(super) unsafe fn one_at(self, at: usize) -> u8 {
        // SAFETY: the caller's promise.
        unsafe { *self.octets.get_unchecked(at) }
    }

    /// The first 32 octets.
    #[inline(always)]
    pub(super) fn first(self) -> &'b [u8; SHORTEST] {
        self.read(0).0
    }

    /// The 64 octets from `at` on.
    ///
    /// # Safety
    /// They are there.
    #[inline(always)]
    pub(super) unsafe fn block_at(self, at: usize) -> &'b [u8; 64] {
        // SAFETY: the caller's promise.
        let block = unsafe { self.octets.as_ptr().add(at) };
        // SAFETY: the same; an array of octets needs no alignment.
        unsafe { &*block.cast() }
    }

    /// The 32 octets from `at` on, half a block.
    ///
    /// # Safety
    /// They are there.
    #[inline(always)]
    pub(super) unsafe fn half_at(self, at: usize) -> &'b [u8; SHORTEST] {
        // SAFETY: the caller's promise.
        let part = unsafe { self.octets.as_ptr().add(at) };
        // SAFETY: the same; an array of octets needs no alignment.
        unsafe { &*part.cast() }
    }

    /// `N` octets that begin at `at`, or end with the window, and how many of
    /// them stand in front of `at`.
    ///
    /// `N` is at most 32.
    #[inline(always)]
    pub(super) fn read<const N: usize>(self, at: usize) -> (&'b [u8; N], usize) {
        const { assert!(N <= SHORTEST) };
        let start = at.min(self.octets.len() - N);
        // SAFETY: `N <= SHORTEST <= len` by the invariant, so the subtraction doesn't
        // wrap, and `start + N <= len`.
        let part = unsafe { self.octets.as_ptr().add(start) };
        // SAFETY: `N` octets from there on are in the slice, as said, and an
        // array of octets needs no alignment.
        (unsafe { &*part.cast() }, at - start)
    }
}
