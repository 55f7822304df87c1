//! Where a store keeps slots, pieces and octets: on the heap, growing within bounds, or in arrays
//! that the caller places.

mod fixed;
#[cfg(feature = "alloc")]
mod heap;
#[cfg(not(feature = "alloc"))]
#[path = "usual_fixed.rs"]
mod usual;
#[cfg(feature = "alloc")]
#[path = "usual_heap.rs"]
mod usual;

pub use fixed::Fixed;
#[cfg(feature = "alloc")]
pub use heap::Heap;
pub use usual::{UsualLoan, UsualMemory};

pub use crate::output::Piece;
pub use crate::store::Slot;

/// The memory behind a [`Store`](crate::Store): [`Fixed`], or `Heap` with the feature `alloc`.
///
/// The trait is sealed. Growing methods answer whether there is now room for what was asked.
pub trait Memory<B>: sealed::Sealed {
    /// Whether more can be had when everything is in use.
    #[doc(hidden)]
    const GROWS: bool;
    #[doc(hidden)]
    fn slots(&self) -> &[Slot];
    #[doc(hidden)]
    fn slots_mut(&mut self) -> &mut [Slot];
    #[doc(hidden)]
    fn pieces(&self) -> &[Piece<B>];
    #[doc(hidden)]
    fn pieces_mut(&mut self) -> &mut [Piece<B>];
    #[doc(hidden)]
    fn octets(&self) -> &[u8];
    #[doc(hidden)]
    fn octets_mut(&mut self) -> &mut [u8];
    /// Replaces the ring by one of at least `len` slots (a power of two), after `transfer(old,
    /// new)`.
    #[doc(hidden)]
    fn grow_slots(&mut self, len: usize, transfer: impl FnOnce(&[Slot], &mut [Slot])) -> bool;
    #[doc(hidden)]
    fn grow_pieces(&mut self, len: usize) -> bool;
    #[doc(hidden)]
    fn grow_octets(&mut self, len: usize) -> bool;
    /// Gives octets back, none of which is in use.
    #[doc(hidden)]
    fn give_back_octets(&mut self) {}
}

mod sealed {
    pub trait Sealed {}
    impl<B, const SLOTS: usize, const PIECES: usize, const OCTETS: usize> Sealed
        for super::Fixed<B, SLOTS, PIECES, OCTETS>
    {
    }
    #[cfg(feature = "alloc")]
    impl<B> Sealed for super::Heap<B> {}
}
