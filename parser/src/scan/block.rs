//! A head that is in one block of 64 octets: no list of its lines is needed, as
//! their ends are the bits of a register.

use super::lines::{FirstBlock, FirstLine, Line, Lines, Rest};
use super::slots::{Slot, Writer};
use super::{Blocks, Window};
use crate::FieldPosition;

/// The lines of a whole head that is in one block. See [`super::index`] for what
/// breaks, doubles and triples are.
pub(crate) struct BlockLines<'b, B> {
    blocks: B,
    octets: Window<'b>,
    /// The LF of each line but the empty one.
    ///
    /// Invariant: there is one; of each, it and the octet in front of it are breaks,
    /// and two octets are behind it.
    ends: u64,
    not_token: u64,
    not_target: u64,
    /// Behind the empty line.
    head_end: usize,
}

impl<'b, B: Blocks> BlockLines<'b, B> {
    /// The lines of the head that the octets begin with. `None` if it isn't in one
    /// block, or not of the usual form.
    #[inline(always)]
    pub(crate) fn find(first_block: &FirstBlock<'b, B, false>) -> Option<Self> {
        let FirstBlock { blocks, octets, breaks } = *first_block;
        let doubles = breaks & breaks << 1;
        let triples = doubles & doubles << 1;
        if triples == 0 {
            return None;
        }
        let in_front = !triples & (triples - 1);
        let ends = doubles & in_front;
        let place = triples.trailing_zeros() as usize;
        let are_lines = ends != 0 && ends | ends >> 1 == breaks & in_front;
        if !are_lines || place + 2 > octets.octets().len() {
            return None;
        }
        let (not_token, not_target) = blocks.first_block(octets);
        Some(BlockLines { blocks, octets, ends, not_token, not_target, head_end: place + 2 })
    }
}

impl<'b, B: Blocks> Lines<'b> for BlockLines<'b, B> {
    #[inline(always)]
    fn octets(&self) -> &[u8] {
        self.octets.octets()
    }

    #[inline(always)]
    fn end(&self, _: &Rest) -> usize {
        // Known before the lines are looked at, so that the next head need not wait for them.
        self.head_end
    }

    #[inline(always)]
    fn first(&self) -> Option<FirstLine> {
        let end = self.ends.trailing_zeros() as usize;
        if end < 10 {
            return None;
        }
        // SAFETY: by the invariant `end + 3 <= len`.
        let four = unsafe { self.octets.four_at(end - 10) };
        // SAFETY: as above.
        let eight = unsafe { self.octets.eight_at(end - 7) };
        // The break in front of `end` is no token octet.
        let token_len = self.blocks.token_len_in_block(self.not_token, self.octets, 0);
        // SAFETY: `token_len < end`, as said.
        let behind_token = unsafe { self.octets.one_at(token_len as usize) };
        Some(FirstLine { end, last_eleven: (four, eight), token_len, behind_token })
    }

    #[inline(always)]
    fn target_end(&self, skipped: u32, end: usize) -> usize {
        self.blocks.target_end_in_block(self.not_target, self.octets, skipped as usize, end)
    }

    #[inline(always)]
    fn fields<T: Slot<'b>>(
        &self,
        slots: &mut Writer<'_, T>,
        mut field: impl FnMut(&Line) -> Option<FieldPosition>,
    ) -> Rest {
        let mut ends = self.ends & self.ends.wrapping_sub(1);
        let mut start = self.ends.trailing_zeros() as usize + 1;
        let mut count = 0;
        let left = slots.left();
        while ends != 0
            && let Some(slot) = left.get_mut(count)
        {
            let end = ends.trailing_zeros() as usize;
            ends &= ends - 1;
            // The break in front of `end` is no token octet.
            let not_token = self.not_token;
            let name_len = self.blocks.token_len_in_block(not_token, self.octets, start) as usize;
            // SAFETY: `start < end`, as nearer than three octets to each other the ends
            // would be triples; the name ends in front of `end`, and `end + 3 <= len`.
            let line = unsafe { Line::new(self.octets, start, name_len, end) };
            let Some(at) = field(&line) else { break };
            // SAFETY: a line of these octets, and its place by the grammar; text is asked for
            // by a rough look alone.
            slot.write(unsafe { T::new(self.octets, &line, at) });
            count += 1;
            start = end + 1;
        }
        // SAFETY: so many were written.
        unsafe { slots.add(count) };
        // SAFETY: two octets are behind each end.
        let two = unsafe { self.octets.two_at(start) };
        Rest { at: start, two }
    }
}
