//! Where a store keeps octets and pieces: on the heap, growing within bounds, or in arrays that the caller places.

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

/// The memory behind a [`Store`](crate::Store): [`Fixed`], or `Heap` with the feature `alloc`.
///
/// The trait is sealed. Growing methods answer whether there is now room for what was asked.
pub trait Memory<B>: sealed::Sealed {
    /// Whether more can be had when everything is in use.
    #[doc(hidden)]
    const GROWS: bool;
    #[doc(hidden)]
    fn pieces(&self) -> &[Option<Piece<B>>];
    #[doc(hidden)]
    fn pieces_mut(&mut self) -> &mut [Option<Piece<B>>];
    #[doc(hidden)]
    fn octets(&self) -> &[u8];
    #[doc(hidden)]
    fn octets_mut(&mut self) -> &mut [u8];
    /// Makes the ring of pieces one of more, with those that it has, from the one at `front` on, at its front.
    #[doc(hidden)]
    fn grow_pieces(&mut self, front: usize) -> bool;
    #[doc(hidden)]
    fn grow_octets(&mut self, len: usize) -> bool;
}

mod sealed {
    pub trait Sealed {}
    impl<B, const PIECES: usize, const OCTETS: usize> Sealed for super::Fixed<B, PIECES, OCTETS> {}
    #[cfg(feature = "alloc")]
    impl<B> Sealed for super::Heap<B> {}
}
