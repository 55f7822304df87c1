//! Memory of a fixed size, for those who have no heap.

use super::{Memory, Piece};

/// Arrays: `PIECES` owned payloads, and `OCTETS` octets (2,048 or more) of frames that are copied, of which a quarter is kept for
/// pongs and a close frame.
///
/// What does not fit is refused with [`ApiMisuse::Full`](crate::ApiMisuse::Full), never lost.
#[derive(Debug)]
pub struct Fixed<B, const PIECES: usize, const OCTETS: usize> {
    pieces: [Option<Piece<B>>; PIECES],
    octets: [u8; OCTETS],
}

impl<B, const PIECES: usize, const OCTETS: usize> Fixed<B, PIECES, OCTETS> {
    /// Empty memory.
    pub const fn new() -> Self {
        const { assert!(OCTETS >= 2048, "a quarter is for pongs and a close frame") }
        Self { pieces: [const { None }; PIECES], octets: [0; OCTETS] }
    }
}

impl<B, const PIECES: usize, const OCTETS: usize> Default for Fixed<B, PIECES, OCTETS> {
    fn default() -> Self {
        Self::new()
    }
}

impl<B, const PIECES: usize, const OCTETS: usize> Memory<B> for Fixed<B, PIECES, OCTETS> {
    const GROWS: bool = false;

    #[inline]
    fn pieces(&self) -> &[Option<Piece<B>>] {
        &self.pieces
    }

    #[inline]
    fn pieces_mut(&mut self) -> &mut [Option<Piece<B>>] {
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

    fn grow_pieces(&mut self, _: usize) -> bool {
        false
    }

    fn grow_octets(&mut self, len: usize) -> bool {
        len <= OCTETS
    }
}
