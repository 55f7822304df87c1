//! Slots of a caller, filled without being initialised before.

use core::mem::MaybeUninit;

/// Writes `items` to `slots`, from the first slot on and as many as there are of both, and
/// returns the slots that were written.
///
/// Where all slots are full, no further item is asked for; slots behind the returned ones are
/// as they were. What was in the others is not dropped, and what is written is not either if
/// `items` panics.
///
/// ```
/// use core::mem::MaybeUninit;
///
/// let mut slots = [const { MaybeUninit::<&str>::uninit() }; 4];
/// assert_eq!(rajada_parser::fill(&mut slots, ["Host", "Accept"]), ["Host", "Accept"]);
/// ```
#[inline]
pub fn fill<T>(slots: &mut [MaybeUninit<T>], items: impl IntoIterator<Item = T>) -> &mut [T] {
    let mut count = 0;
    for (slot, item) in slots.iter_mut().zip(items) {
        slot.write(item);
        count += 1;
    }
    // SAFETY: it was counted in a walk over the slots: there are so many.
    let written = unsafe { slots.get_unchecked_mut(..count) };
    // SAFETY: each of these was written above, and `MaybeUninit<T>` has the layout of `T`.
    unsafe { &mut *(core::ptr::from_mut(written) as *mut [T]) }
}
