//! Values of Rust in storage of the caller, who sees words in them.

use core::marker::PhantomData;
use core::mem::MaybeUninit;

/// Room for a `T`, and a mark that says whether there is one. All zero, it holds none.
///
/// It may be copied: a `T` is plain data. Its size is `8 + 8 * WORDS` octets, more than a
/// `T` needs, so that a `T` can grow and the ABI remain.
#[repr(C)]
pub(super) struct Kept<T, const WORDS: usize> {
    /// Invariant: what is not 0 was written by [`Kept::put`], behind a `T`.
    mark: u64,
    room: [MaybeUninit<u64>; WORDS],
    kind: PhantomData<T>,
}

impl<T: Copy, const WORDS: usize> Kept<T, WORDS> {
    const FITS: () = assert!(size_of::<T>() <= 8 * WORDS && align_of::<T>() <= align_of::<u64>());

    /// One that holds none.
    pub(super) const NONE: Self =
        Kept { mark: 0, room: [MaybeUninit::uninit(); WORDS], kind: PhantomData };

    /// One that holds `value`.
    pub(super) fn new(mark: u64, value: T) -> Self {
        let mut kept = Kept::NONE;
        kept.put(mark, value);
        kept
    }

    /// The value, if it was put here with this mark.
    pub(super) fn get(&self, mark: u64) -> Option<&T> {
        if self.mark != mark {
            return None;
        }
        // SAFETY: a mark other than 0 says that a `T` was written there, as `put` proves.
        Some(unsafe { &*self.room.as_ptr().cast() })
    }

    /// The same, to be changed.
    pub(super) fn get_mut(&mut self, mark: u64) -> Option<&mut T> {
        if self.mark != mark {
            return None;
        }
        // SAFETY: a mark other than 0 says that a `T` was written there, as `put` proves.
        Some(unsafe { &mut *self.room.as_mut_ptr().cast() })
    }

    /// Puts a value here. `mark` is not 0, and of this type alone.
    pub(super) fn put(&mut self, mark: u64, value: T) {
        let () = Self::FITS;
        // SAFETY: `FITS`: the room is large enough and aligned.
        unsafe { self.room.as_mut_ptr().cast::<T>().write(value) };
        self.mark = mark;
    }

    /// Holds none any more.
    pub(super) fn clear(&mut self) {
        self.mark = 0;
    }
}
