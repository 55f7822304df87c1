//! What is seldom done.

/// Says that the branch it stands in is seldom taken: `core::hint::cold_path` is newer than the oldest compiler.
#[cold]
#[inline(always)]
pub(crate) fn cold_path() {}
