//! What a connection uses unless told otherwise, with a heap.

use alloc::boxed::Box;

use super::Heap;
use crate::Store;

/// The memory of a [`Store`] unless another is named: `Heap` with the feature `alloc`, otherwise arrays for 16 owned payloads and
/// 4 KiB.
pub type UsualMemory<B> = Heap<B>;

/// How a store is lent unless another way is named: in a `Box` with the feature `alloc`, otherwise by a reference to a static.
pub type UsualLoan<B, M> = Box<Store<B, M>>;
