//! A cursor over the octets of one read.

/// The octets of one read, and how far they have been consumed.
///
/// Everything that [`Pipeline::receive`](crate::Pipeline::receive) hands out borrows from the
/// octets, not from the cursor. When it wants more, [`rest`](Self::rest) is what must come first in
/// the next burst.
#[derive(Debug)]
pub struct Burst<'b> {
    octets: &'b [u8],
    consumed: usize,
}

impl<'b> Burst<'b> {
    /// A cursor at the start of `octets`.
    #[inline]
    pub const fn new(octets: &'b [u8]) -> Self {
        Self { octets, consumed: 0 }
    }

    /// Octets consumed from the start.
    #[inline]
    pub const fn consumed(&self) -> usize {
        self.consumed
    }

    /// Octets not yet consumed.
    #[inline]
    pub fn rest(&self) -> &'b [u8] {
        &self.octets[self.consumed..]
    }

    /// The same cursor once more.
    #[inline]
    pub(crate) const fn again(&self) -> Self {
        Self { ..*self }
    }

    /// Puts the last `count` octets back that were taken, or all if they are fewer; how many those are.
    pub(crate) fn put_back(&mut self, count: usize) -> usize {
        let count = count.min(self.consumed);
        self.consumed -= count;
        count
    }

    /// Takes the next `count` octets, or all if there are fewer.
    #[inline]
    pub(crate) fn take(&mut self, count: usize) -> &'b [u8] {
        let (taken, _) = self.rest().split_at(count.min(self.rest().len()));
        self.consumed += taken.len();
        taken
    }
}
