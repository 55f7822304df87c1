//! What functions return.

use core::mem::MaybeUninit;

use super::error::Error;
use super::raw;

/// More octets are needed.
pub const RAJADA_INCOMPLETE: i32 = 0;
/// All is there; of functions that set something: it is set.
pub const RAJADA_COMPLETE: i32 = 1;
/// A piece of content was found, and it may go on.
pub const RAJADA_DATA: i32 = 2;
/// An array is full.
pub const RAJADA_FULL: i32 = 3;
/// The peer sent what is not acceptable.
pub const RAJADA_ERROR: i32 = -1;
/// The caller gave what no caller may give; nothing was done.
pub const RAJADA_MISUSE: i32 = -2;

/// Where what was found is written, and what is wrong if the caller wants to know.
pub(super) struct Output<'a, T> {
    value: &'a mut MaybeUninit<T>,
    error: Option<&'a mut MaybeUninit<Error>>,
}

impl<'a, T> Output<'a, T> {
    /// Both places, or `None` if there can't be one: to be asked before anything is done.
    ///
    /// # Safety
    /// Both pointers are [as all are](super#pointers); that of the error may be NULL.
    pub(super) unsafe fn of(value: *mut T, error: *mut Error) -> Option<Output<'a, T>> {
        // SAFETY: the caller's promise.
        let value = unsafe { raw::place(value) }?;
        let error = match error.is_null() {
            true => None,
            // SAFETY: the caller's promise.
            false => Some(unsafe { raw::place(error) }?),
        };
        Some(Output { value, error })
    }

    /// Writes what was found, and returns the number of the outcome.
    pub(super) fn found(self, found: T, outcome: i32) -> i32 {
        self.value.write(found);
        outcome
    }

    /// Writes what is known all the same, and what is wrong.
    pub(super) fn refused(self, known: T, wrong: rajada_parser::Error) -> i32 {
        self.value.write(known);
        if let Some(error) = self.error {
            error.write(wrong.into());
        }
        RAJADA_ERROR
    }
}

/// What came of a parse.
pub(super) enum Outcome<T> {
    Complete(T),
    Incomplete,
    /// What is wrong, and what is known all the same.
    Refused(T, rajada_parser::Error),
}

impl<T: Default> Outcome<T> {
    /// Writes what there is to be known, which is all zero where nothing is, and returns the
    /// number of the outcome.
    pub(super) fn tell(self, output: Output<'_, T>) -> i32 {
        match self {
            Outcome::Complete(found) => output.found(found, RAJADA_COMPLETE),
            Outcome::Incomplete => output.found(T::default(), RAJADA_INCOMPLETE),
            Outcome::Refused(known, wrong) => output.refused(known, wrong),
        }
    }
}
