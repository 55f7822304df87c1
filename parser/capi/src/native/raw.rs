//! Pointers from C, made into what Rust has instead: the one place that does it.

use core::mem::MaybeUninit;
use core::slice;

/// So many at `at`. `None` if no slice can be there.
///
/// # Safety
/// If `count` is not 0 and `at` is not NULL, so many initialised values can be read there as
/// long as `'a` lasts, and nobody writes them.
pub(super) unsafe fn slice<'a, T>(at: *const T, count: usize) -> Option<&'a [T]> {
    if count == 0 {
        return Some(&[]);
    }
    if !holds(at, count) {
        return None;
    }
    // SAFETY: `holds` checked NULL, alignment and length; the rest is the caller's promise.
    Some(unsafe { slice::from_raw_parts(at, count) })
}

/// The same, to be written.
///
/// # Safety
/// As with [`slice`], and nobody else reads or writes them.
pub(super) unsafe fn slice_mut<'a, T>(at: *mut T, count: usize) -> Option<&'a mut [T]> {
    if count == 0 {
        return Some(&mut []);
    }
    if !holds(at, count) {
        return None;
    }
    // SAFETY: `holds` checked NULL, alignment and length; the rest is the caller's promise.
    Some(unsafe { slice::from_raw_parts_mut(at, count) })
}

/// Room for so many at `at`.
///
/// # Safety
/// As with [`slice_mut`], but for what stands there.
pub(super) unsafe fn room<'a, T>(at: *mut T, count: usize) -> Option<&'a mut [MaybeUninit<T>]> {
    // SAFETY: the caller's promise; anything is a `MaybeUninit`.
    unsafe { slice_mut(at.cast(), count) }
}

/// The one at `at`. `None` if that is NULL or can't be one.
///
/// # Safety
/// If `at` is not NULL, an initialised value can be read there as long as `'a` lasts, and
/// nobody writes it.
pub(super) unsafe fn one<'a, T>(at: *const T) -> Option<&'a T> {
    // SAFETY: the caller's promise; `holds` checked NULL and alignment.
    if holds(at, 1) { Some(unsafe { &*at }) } else { None }
}

/// The same, to be written.
///
/// # Safety
/// As with [`one`], and nobody else reads or writes it.
pub(super) unsafe fn one_mut<'a, T>(at: *mut T) -> Option<&'a mut T> {
    // SAFETY: the caller's promise; `holds` checked NULL and alignment.
    if holds(at, 1) { Some(unsafe { &mut *at }) } else { None }
}

/// A place for one at `at`, whatever stands there. `None` if that is NULL or can't be one.
///
/// # Safety
/// If `at` is not NULL, a value can be written there as long as `'a` lasts, and nobody else
/// reads or writes it.
pub(super) unsafe fn place<'a, T>(at: *mut T) -> Option<&'a mut MaybeUninit<T>> {
    // SAFETY: the caller's promise; anything is a `MaybeUninit`.
    unsafe { one_mut(at.cast()) }
}

/// Writes a value, and says whether there was a place for it.
///
/// # Safety
/// If `at` is not NULL, a value can be written there.
pub(super) unsafe fn write<T>(at: *mut T, value: T) -> bool {
    let is_place = holds(at, 1);
    if is_place {
        // SAFETY: the caller's promise; `holds` checked NULL and alignment.
        unsafe { at.write(value) };
    }
    is_place
}

/// Whether so many can be at `at`, for all that an address tells.
fn holds<T>(at: *const T, count: usize) -> bool {
    let octets = count.checked_mul(size_of::<T>());
    !at.is_null() && at.is_aligned() && octets.is_some_and(|octets| octets <= isize::MAX as usize)
}
