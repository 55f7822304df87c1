//! A cursor over the octets of one read.

use core::mem;

/// The octets of one read, which are unmasked where they stand, and how far they have been consumed.
///
/// Everything that [`WebSocket::receive`](crate::WebSocket::receive) hands out borrows from the octets, not from the
/// cursor. When it wants more, [`rest`](Self::rest), as it is then, is what must come first in the next burst.
#[derive(Debug)]
pub struct Burst<'b> {
    rest: &'b mut [u8],
    consumed: usize,
}

impl<'b> Burst<'b> {
    /// A cursor at the start of `octets`.
    #[inline]
    pub const fn new(octets: &'b mut [u8]) -> Self {
        Self { rest: octets, consumed: 0 }
    }

    /// Octets consumed from the start.
    #[inline]
    pub const fn consumed(&self) -> usize {
        self.consumed
    }

    /// Octets not yet consumed. Some of them may have been unmasked.
    #[inline]
    pub const fn rest(&self) -> &[u8] {
        self.rest
    }

    /// The same, to be unmasked.
    #[inline]
    pub(crate) const fn rest_mut(&mut self) -> &mut [u8] {
        self.rest
    }

    /// Takes the next `count` octets, or all if there are fewer.
    #[inline]
    pub(crate) fn take(&mut self, count: usize) -> &'b mut [u8] {
        let rest = mem::take(&mut self.rest);
        let count = count.min(rest.len());
        let (taken, rest) = rest.split_at_mut(count);
        self.rest = rest;
        self.consumed += count;
        taken
    }
}
