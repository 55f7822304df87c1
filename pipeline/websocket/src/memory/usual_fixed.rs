//! What a connection uses unless told otherwise, without a heap.

use super::Fixed;
use crate::Store;

/// The memory of a [`Store`] unless another is named: `Heap` with the feature `alloc`, otherwise arrays for 16 owned payloads and
/// 4 KiB.
pub type UsualMemory<B> = Fixed<B, 16, 4096>;

/// How a store is lent unless another way is named: in a `Box` with the feature `alloc`, otherwise by a reference to a static.
pub type UsualLoan<B, M> = &'static mut Store<B, M>;
