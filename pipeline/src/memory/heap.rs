//! Memory that grows on demand and is kept for reuse.

use alloc::vec::Vec;

use super::{Memory, Piece, Slot};

/// Vectors that grow to what a connection needed at most, and are reused by the next one without
/// allocating.
#[derive(Debug)]
pub struct Heap<B> {
    slots: Vec<Slot>,
    pieces: Vec<Piece<B>>,
    octets: Vec<u8>,
}

impl<B> Heap<B> {
    /// Empty memory; nothing is allocated yet.
    pub const fn new() -> Self {
        Self { slots: Vec::new(), pieces: Vec::new(), octets: Vec::new() }
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

    #[cold]
    fn grow_slots(&mut self, len: usize, transfer: impl FnOnce(&[Slot], &mut [Slot])) -> bool {
        let mut slots = alloc::vec![Slot::FREE; len.next_power_of_two()];
        transfer(&self.slots, &mut slots);
        self.slots = slots;
        true
    }

    #[cold]
    fn grow_pieces(&mut self, len: usize) -> bool {
        if len >= u32::MAX as usize {
            return false;
        }
        self.pieces.resize_with(len.next_power_of_two().max(8), || Piece::FREE);
        true
    }

    #[cold]
    fn grow_octets(&mut self, len: usize) -> bool {
        if len >= u32::MAX as usize / 2 {
            return false;
        }
        self.octets.resize(len.next_power_of_two().max(4096), 0);
        true
    }

    #[cold]
    fn give_back_octets(&mut self) {
        self.octets = Vec::new();
    }
}
