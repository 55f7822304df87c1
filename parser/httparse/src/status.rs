//! How far a parse came.

/// The result of a parse: where it ended, or that octets are missing, which is no error; or
/// what is wrong with them.
pub type Result<T> = core::result::Result<Status<T>, crate::Error>;

/// Whether all was there.
#[derive(Copy, Clone, Eq, PartialEq, Debug)]
pub enum Status<T> {
    /// It was, and this came of it.
    Complete(T),
    /// More octets are needed; those that are there are right so far.
    Partial,
}

impl<T> Status<T> {
    /// Whether this is `Complete`.
    #[inline]
    pub fn is_complete(&self) -> bool {
        matches!(self, Status::Complete(_))
    }

    /// Whether this is `Partial`.
    #[inline]
    pub fn is_partial(&self) -> bool {
        matches!(self, Status::Partial)
    }

    /// What came of it.
    ///
    /// # Panics
    /// If this is `Partial`.
    #[inline]
    pub fn unwrap(self) -> T {
        match self {
            Status::Complete(value) => value,
            Status::Partial => panic!("Tried to unwrap Status::Partial"),
        }
    }
}
