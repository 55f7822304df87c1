//! What functions return.

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

/// What came of a parse.
pub(super) enum Outcome<T> {
    Complete(T),
    Incomplete,
    /// What is wrong, and what is known all the same.
    Refused(T, rajada_parser::Error),
}

impl<T: Default> Outcome<T> {
    /// Writes what there is to be known, which is all zero where nothing is, and returns the
    /// number of the outcome. Without a place for the value nothing is written.
    ///
    /// # Safety
    /// Both pointers are [as all are](super#pointers); either may be NULL.
    pub(super) unsafe fn tell(self, value: *mut T, error: *mut Error) -> i32 {
        let (found, number) = match self {
            Outcome::Complete(found) => (found, RAJADA_COMPLETE),
            Outcome::Incomplete => (T::default(), RAJADA_INCOMPLETE),
            Outcome::Refused(found, wrong) => {
                // SAFETY: the caller's promise.
                unsafe { raw::write(error, wrong.into()) };
                (found, RAJADA_ERROR)
            }
        };
        // SAFETY: the caller's promise.
        if unsafe { raw::write(value, found) } { number } else { RAJADA_MISUSE }
    }
}
