//! A head as lines: what scanning hands to the grammar.
//!
//! | word | what it stands for |
//! |---|---|
//! | window | octets that are enough for a vector: [`Window`] |
//! | block | 64 octets side by side, and numbers with a bit for each: [`Blocks`] |
//! | break | an octet that no line has but at its end: CR, LF, any other control, DEL; in a rough look (not `EXACT`) also HTAB and octets of 0x80 and above |
//! | double, triple | a break behind one other, behind two others: [`index`](super::index) |
//! | line | the octets up to a double: [`FirstLine`], and each [`Line`] behind it |
//! | lines | those of one head, [`Lines`]: in one block ([`block`](super::block)), where their ends are bits of a number, or in more ([`index`](super::index)), where they are listed |

use super::slots::{Slot, Writer};
use super::{Blocks, Window};
use crate::FieldPosition;

/// The first block of octets that may begin with a head, and all of them. `EXACT` is as
/// with [`Blocks::breaks`].
pub(crate) struct FirstBlock<'b, B, const EXACT: bool> {
    pub(super) blocks: B,
    pub(super) octets: Window<'b>,
    /// Invariant: the breaks of the first 64 octets, if there are so many.
    pub(super) breaks: u64,
}

impl<'b, B: Blocks, const EXACT: bool> FirstBlock<'b, B, EXACT> {
    #[inline(always)]
    pub(crate) fn new(blocks: B, octets: Window<'b>) -> Self {
        let breaks = blocks.breaks::<EXACT>(octets, 0);
        FirstBlock { blocks, octets, breaks }
    }

    /// The same at the first `limit` octets at most. `None` if these are too few for a [`Window`].
    #[inline(always)]
    pub(crate) fn within(self, limit: usize) -> Option<Self> {
        // (Branches, and no choice: hardly ever is more there.)
        match self.octets.octets().get(..limit) {
            Some(octets) => Some(FirstBlock { octets: Window::new(octets)?, ..self }),
            None => Some(self),
        }
    }
}

/// The first line.
pub(crate) struct FirstLine {
    /// Where its LF is.
    pub(crate) end: usize,
    /// The first four of its last eleven octets, and the last eight, as little-endian numbers.
    pub(crate) last_eleven: (u32, u64),
    /// How many token octets it begins with, if fewer than 32.
    pub(crate) token_len: u32,
    /// The octet behind these.
    pub(crate) behind_token: u8,
}

/// A line behind the first.
pub(crate) struct Line {
    /// Where it begins.
    pub(crate) start: usize,
    /// How many token octets it begins with, if fewer than 32.
    pub(crate) name_len: usize,
    /// Where its LF is.
    pub(crate) end: usize,
    /// Its first two octets.
    pub(crate) first_two: [u8; 2],
    /// Where the name ends.
    pub(crate) name_end: u32,
    /// The four octets behind the name, as a big-endian number; some may be behind the line.
    pub(crate) four_behind_name: u32,
    /// The last four octets, as a little-endian number; of a line of fewer, with what is in
    /// front of it.
    pub(crate) last_four: u32,
}

impl Line {
    /// # Safety
    /// `start` and `start + name_len` are less than `end`; `end` is 3 or more and has
    /// 32 bits at most, and there are two octets behind it.
    #[inline(always)]
    pub(super) unsafe fn new(
        octets: Window<'_>,
        start: usize,
        name_len: usize,
        end: usize,
    ) -> Line {
        let name_end = (start + name_len) as u32;
        Line {
            start,
            name_len,
            end,
            // SAFETY: the caller's promise, as for all others.
            first_two: unsafe { octets.two_at(start) }.to_le_bytes(),
            name_end,
            // SAFETY: as above.
            four_behind_name: unsafe { octets.four_at(name_end as usize) }.swap_bytes(),
            // SAFETY: as above.
            last_four: unsafe { octets.four_at(end - 3) },
        }
    }
}

/// What follows the lines that a field was made of.
pub(crate) struct Rest {
    /// Where it begins.
    pub(crate) at: usize,
    /// Its first two octets, as a little-endian number.
    pub(crate) two: u16,
}

/// The lines of a head, as far as they are there.
pub(crate) trait Lines<'b> {
    /// The octets that begin with the head.
    fn octets(&self) -> &[u8];
    /// Where the head ends if `rest` is CR LF. (Behind the end of a line these are three
    /// breaks in a row, and no line is listed behind the first such: they end the head.)
    fn end(&self, rest: &Rest) -> usize;
    /// The first line. `None` if it isn't there, or if it is shorter than 11 octets.
    fn first(&self) -> Option<FirstLine>;
    /// The first octet that can't be of a target, from the octet `skipped` behind
    /// the start on, which is of the first line; or one at `end` or behind it.
    fn target_end(&self, skipped: u32, end: usize) -> usize;
    /// Writes the fields of the lines behind the first into `slots`, which stand where `field`
    /// says, until it says that one stands nowhere, or no slot is left.
    fn fields<T: Slot<'b>>(
        &self,
        slots: &mut Writer<'_, T>,
        field: impl FnMut(&Line) -> Option<FieldPosition>,
    ) -> Rest;
}
