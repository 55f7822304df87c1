//! Octets on their way out, in the order in which they were made: an arena, and owned payloads between its octets.

use core::fmt;

use crate::memory::Memory;

/// An owned payload on its way out. (Opaque; public because [`Fixed`](crate::memory::Fixed) memory holds an array of them.)
pub struct Piece<B> {
    content: B,
    /// Octets of the arena that leave before it, behind the piece in front of it.
    before: usize,
    /// Its octets, and those of them that are gone.
    len: usize,
    sent: usize,
}

impl<B> fmt::Debug for Piece<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Piece").finish_non_exhaustive()
    }
}

/// The state of the output side; the memory is passed to each call.
#[derive(Debug)]
pub(crate) struct Output {
    /// The octets of the arena that are to leave are `start..end`.
    start: usize,
    end: usize,
    /// Those of them that are behind the last piece begin here.
    run: usize,
    /// The oldest piece's place in the ring, and how many there are.
    front: usize,
    pieces: usize,
    /// Octets of pieces that are to leave.
    owned: usize,
}

impl Output {
    pub(crate) const EMPTY: Self = Self { start: 0, end: 0, run: 0, front: 0, pieces: 0, owned: 0 };

    /// Octets not yet transmitted.
    #[inline]
    pub(crate) const fn held(&self) -> usize {
        self.end - self.start + self.owned
    }

    /// The memory in use for them.
    #[inline]
    pub(crate) fn weight<B, M: Memory<B>>(&self) -> usize {
        let piece = if M::GROWS { size_of::<Option<Piece<B>>>() } else { 0 };
        self.held() + self.pieces * piece
    }

    /// Room for `octets` more, with `spare` left behind them. `None` if there is none, and none can be had.
    #[inline]
    pub(crate) fn room<'m, B, M: Memory<B>>(
        &mut self,
        memory: &'m mut M,
        octets: usize,
        spare: usize,
    ) -> Option<&'m mut [u8]> {
        let wanted = octets.checked_add(spare)?;
        if memory.octets().len() - self.end < wanted && !self.make_room(memory, wanted) {
            return None;
        }
        memory.octets_mut().get_mut(self.end..)
    }

    #[cold]
    #[inline(never)]
    fn make_room<B, M: Memory<B>>(&mut self, memory: &mut M, wanted: usize) -> bool {
        let arena = memory.octets().len();
        let live = self.end - self.start;
        let Some(needed) = live.checked_add(wanted) else { return false };
        if needed > arena && !M::GROWS {
            return false;
        }
        // Moving is paid for by the octets that have left since the last time, unless more than half remain.
        if needed <= arena && (!M::GROWS || live <= arena / 2) {
            memory.octets_mut().copy_within(self.start..self.end, 0);
            self.run -= self.start;
            (self.start, self.end) = (0, live);
            return true;
        }
        let Some(needed) = self.end.checked_add(wanted) else { return false };
        memory.grow_octets(needed.max(arena.saturating_mul(2)))
    }

    /// Lets the first `len` octets of the room leave.
    #[inline]
    pub(crate) fn commit(&mut self, len: usize) {
        self.end += len;
    }

    /// Whether another piece can be taken.
    pub(crate) fn room_for_piece<B, M: Memory<B>>(&mut self, memory: &mut M) -> bool {
        if self.pieces < memory.pieces().len() {
            return true;
        }
        let grown = memory.grow_pieces(self.front);
        if grown {
            self.front = 0;
        }
        grown
    }

    /// Appends an owned payload of so many octets, for which there is room.
    pub(crate) fn own<B, M: Memory<B>>(&mut self, memory: &mut M, content: B, len: usize) {
        let pieces = memory.pieces_mut();
        let at = (self.front + self.pieces) % pieces.len();
        pieces[at] = Some(Piece { content, before: self.end - self.run, len, sent: 0 });
        self.run = self.end;
        self.pieces += 1;
        self.owned += len;
    }

    /// Fills `out` with slices that may leave now, in order, and says how many there are.
    #[inline]
    pub(crate) fn poll_transmit<'s, B: AsRef<[u8]> + 's, M: Memory<B>>(
        &self,
        memory: &'s M,
        out: &mut [&'s [u8]],
    ) -> usize {
        let (arena, mut at, mut count) = (memory.octets(), self.start, 0);
        let mut push = |slice: &'s [u8]| {
            if !slice.is_empty() {
                let Some(out) = out.get_mut(count) else { return false };
                *out = slice;
                count += 1;
            }
            true
        };
        if self.pieces > 0 {
            let (behind, before) = memory.pieces().split_at(self.front);
            for piece in before.iter().chain(behind).take(self.pieces).flatten() {
                let content = piece.content.as_ref().get(piece.sent..piece.len).unwrap_or_default();
                if !push(&arena[at..at + piece.before]) || !push(content) {
                    return count;
                }
                at += piece.before;
            }
        }
        push(&arena[at..self.end]);
        count
    }

    /// Takes note that the first `count` octets have left. Returns how many that really were.
    #[inline]
    pub(crate) fn transmitted<B, M: Memory<B>>(&mut self, memory: &mut M, count: usize) -> usize {
        let count = count.min(self.held());
        self.start += match self.pieces {
            0 => count,
            _ => self.transmitted_with_pieces(memory, count),
        };
        if self.pieces == 0 {
            if self.start == self.end {
                // The next octets go to the arena's front again.
                (self.start, self.end) = (0, 0);
            }
            self.run = self.start;
        }
        count
    }

    /// The same where pieces are between. Returns how many octets have left behind the last piece that has left in full, or before the first
    /// one that has not.
    #[inline(never)]
    fn transmitted_with_pieces<B, M: Memory<B>>(&mut self, memory: &mut M, count: usize) -> usize {
        let mut left = count;
        while left > 0 && self.pieces > 0 {
            let pieces = memory.pieces_mut();
            let slot = &mut pieces[self.front];
            let Some(piece) = slot else { break };
            let arena = piece.before.min(left);
            piece.before -= arena;
            self.start += arena;
            left -= arena;
            let own = (piece.len - piece.sent).min(left);
            piece.sent += own;
            self.owned -= own;
            left -= own;
            if piece.sent < piece.len {
                break;
            }
            *slot = None;
            self.front = (self.front + 1) % pieces.len();
            self.pieces -= 1;
        }
        left
    }

    /// Forgets what was to leave.
    #[cold]
    pub(crate) fn forget<B, M: Memory<B>>(&mut self, memory: &mut M) {
        memory.pieces_mut().fill_with(|| None);
        *self = Self::EMPTY;
    }
}

#[cfg(test)]
mod tests;
