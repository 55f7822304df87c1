//! Memory that grows on demand and is kept for reuse.

use alloc::vec::Vec;

use super::{Memory, Piece};

/// Vectors that grow to what a connection needed at most, and are reused by the next one without allocating.
#[derive(Debug)]
pub struct Heap<B> {
    pieces: Vec<Option<Piece<B>>>,
    octets: Vec<u8>,
}

impl<B> Heap<B> {
    /// Empty memory; nothing is allocated yet.
    pub const fn new() -> Self {
        Self { pieces: Vec::new(), octets: Vec::new() }
    }
}

impl<B> Default for Heap<B> {
    fn default() -> Self {
        Self::new()
    }
}

impl<B> Memory<B> for Heap<B> {
    const GROWS: bool = true;

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

    #[cold]
    fn grow_pieces(&mut self, front: usize) -> bool {
        self.pieces.rotate_left(front);
        let len = (self.pieces.len() * 2).max(8);
        self.pieces.resize_with(len, || None);
        true
    }

    #[cold]
    fn grow_octets(&mut self, len: usize) -> bool {
        self.octets.resize(len.next_power_of_two().max(4096), 0);
        true
    }
}
