//! A cursor over the octets of one read.

use rajada_parser::{Config, Error, Request, Resume, Slots, Status};

/// The octets of one read, and how far they have been consumed.
///
/// Everything that [`Pipeline::receive`](crate::Pipeline::receive) hands out borrows from the
/// octets, not from the cursor. When it wants more, [`rest`](Self::rest) is what must come first in
/// the next burst.
#[derive(Debug)]
pub struct Burst<'b> {
    heads: rajada_parser::Burst<'b>,
}

impl<'b> Burst<'b> {
    /// A cursor at the start of `octets`.
    #[inline]
    pub const fn new(octets: &'b [u8]) -> Self {
        Self { heads: rajada_parser::Burst::new(octets) }
    }

    /// Octets consumed from the start.
    #[inline]
    pub const fn consumed(&self) -> usize {
        self.heads.consumed()
    }

    /// Octets not yet consumed.
    #[inline]
    pub fn rest(&self) -> &'b [u8] {
        self.heads.rest()
    }

    /// Takes the next `count` octets, or all if there are fewer.
    #[inline]
    pub(crate) fn take(&mut self, count: usize) -> &'b [u8] {
        let (taken, _) = self.rest().split_at(count.min(self.rest().len()));
        self.heads.advance(taken.len());
        taken
    }

    /// Takes the next head, if it is complete.
    #[inline]
    pub(crate) fn take_head<'h, S: Slots + ?Sized>(
        &mut self,
        parser: &Config,
        resume: &mut Resume,
        slots: &'h mut S,
    ) -> Result<Status<Request<'b, 'h>>, Error> {
        self.heads.parse_request(parser, resume, slots)
    }
}
