//! A cursor over the octets of one read.

use core::mem;

/// The octets of one read, which are unmasked where they stand, and how far they have been consumed.
///
/// Everything that [`WebSocket::receive`](crate::WebSocket::receive) hands out borrows from the octets, not from the
/// cursor. What is behind the octets [`consumed`](Self::consumed), as it is then, is what must come first in the next burst.
#[derive(Debug)]
pub struct Burst<'b> {
    /// Texts in front of the rest, in a [row](crate::row).
    row: &'b str,
    rest: &'b mut [u8],
    consumed: usize,
}

impl<'b> Burst<'b> {
    /// A cursor at the start of `octets`.
    #[inline]
    pub const fn new(octets: &'b mut [u8]) -> Self {
        Self { row: "", rest: octets, consumed: 0 }
    }

    /// Octets consumed from the start.
    #[inline]
    pub const fn consumed(&self) -> usize {
        self.consumed
    }

    /// What comes next of the octets that are not consumed: all of them when more is wanted, otherwise one at least, if there is one. Of headers and
    /// payload some may have been opened.
    #[inline]
    pub const fn rest(&self) -> &[u8] {
        if self.row.is_empty() { self.rest } else { self.row.as_bytes() }
    }

    /// Texts that were judged and come next, in a [row](crate::row).
    #[inline]
    pub(crate) const fn row(&self) -> &'b str {
        self.row
    }

    #[inline]
    pub(crate) const fn set_row(&mut self, row: &'b str) {
        self.row = row;
    }

    /// Consumes so many of their octets, so that these are behind.
    #[inline]
    pub(crate) const fn consume_of_row(&mut self, count: usize, behind: &'b str) {
        self.row = behind;
        self.consumed += count;
    }

    /// What is behind the row, to be unmasked.
    #[inline]
    pub(crate) const fn rest_mut(&mut self) -> &mut [u8] {
        self.rest
    }

    /// Takes the next `count` octets, or all if there are fewer.
    #[inline]
    pub(crate) fn take(&mut self, count: usize) -> &'b mut [u8] {
        let taken = self.lift(count);
        self.consumed += taken.len();
        taken
    }

    /// The same of octets that are consumed later.
    #[inline]
    pub(crate) fn lift(&mut self, count: usize) -> &'b mut [u8] {
        let rest = mem::take(&mut self.rest);
        let (taken, rest) = rest.split_at_mut(count.min(rest.len()));
        self.rest = rest;
        taken
    }
}
