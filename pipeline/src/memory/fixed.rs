//! Memory of a fixed size, for those who have no heap.

use super::{Memory, Piece, Slot};

/// Arrays: `SLOTS` answers in flight (a power of two; one of them is kept for the pipeline's own
/// error answer), `PIECES` runs of octets (8 or more; each answer needs one, each owned content one
/// more) and `OCTETS` octets of encoded answers.
///
/// What does not fit is refused with [`ApiMisuse::Full`](crate::ApiMisuse::Full), never lost. A
/// quarter of the octets, and of the pieces (four at least), is kept for the oldest answer, so that
/// answers that wait behind it can't keep it out.
#[derive(Debug)]
pub struct Fixed<B, const SLOTS: usize, const PIECES: usize, const OCTETS: usize> {
    slots: [Slot; SLOTS],
    pieces: [Piece<B>; PIECES],
    octets: [u8; OCTETS],
}

impl<B, const SLOTS: usize, const PIECES: usize, const OCTETS: usize>
    Fixed<B, SLOTS, PIECES, OCTETS>
{
    /// Empty memory.
    pub const fn new() -> Self {
        const {
            assert!(SLOTS.is_power_of_two() && SLOTS >= 2, "the ring's length is a power of two");
            assert!(
                PIECES >= 8,
                "four for the oldest answer, and four for one that waits behind it"
            );
            assert!(PIECES < u32::MAX as usize && OCTETS < u32::MAX as usize);
        }
        Self {
            slots: [Slot::FREE; SLOTS],
            pieces: [const { Piece::FREE }; PIECES],
            octets: [0; OCTETS],
        }
    }
}

impl<B, const SLOTS: usize, const PIECES: usize, const OCTETS: usize> Default
    for Fixed<B, SLOTS, PIECES, OCTETS>
{
    fn default() -> Self {
        Self::new()
    }
}

impl<B, const SLOTS: usize, const PIECES: usize, const OCTETS: usize> Memory<B>
    for Fixed<B, SLOTS, PIECES, OCTETS>
{
    const GROWS: bool = false;

    #[inline]
    fn slots(&self) -> &[Slot] {
        &self.slots
    }

    #[inline]
    fn slots_mut(&mut self) -> &mut [Slot] {
        &mut self.slots
    }

    #[inline]
    fn pieces(&self) -> &[Piece<B>] {
        &self.pieces
    }

    #[inline]
    fn pieces_mut(&mut self) -> &mut [Piece<B>] {
        &mut self.pieces
    }

    #[inline]
    fn octets(&self) -> &[u8] {
        &self.octets
    }

    #[inline]
    fn octets_mut(&mut self) -> &mut [u8] {
        &mut self.octets
    }

    fn grow_slots(&mut self, len: usize, _: impl FnOnce(&[Slot], &mut [Slot])) -> bool {
        len <= SLOTS
    }

    fn grow_pieces(&mut self, len: usize) -> bool {
        len <= PIECES
    }

    fn grow_octets(&mut self, len: usize) -> bool {
        len <= OCTETS
    }
}
