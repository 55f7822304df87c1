//! What every parse is given.

use rajada_parser::{BorrowedPositions, FieldPosition};

use super::config::{self, Config};
use super::raw;
use super::resume::Resume;

/// The octets, what is accepted, what is known, and the slots.
pub(super) struct Input<'a> {
    pub(super) config: &'a rajada_parser::Config,
    pub(super) octets: &'a [u8],
    pub(super) resume: Option<&'a mut Resume>,
    pub(super) slots: BorrowedPositions<'a>,
}

impl<'a> Input<'a> {
    /// All of it, or `None` if something can't be what it should be.
    ///
    /// # Safety
    /// The pointers are [as all are](super#pointers).
    pub(super) unsafe fn of(
        config: *const Config,
        (octets, octets_len): (*const u8, usize),
        resume: *mut Resume,
        (fields, fields_capacity): (*mut FieldPosition, usize),
    ) -> Option<Input<'a>> {
        // SAFETY: the caller's promise.
        let config = unsafe { config::given(config) }?;
        // SAFETY: the caller's promise.
        let octets = unsafe { raw::slice(octets, octets_len) }?;
        // SAFETY: the caller's promise. Any octets are four numbers, and none is read that
        // was not written here, by this call or by an earlier one for the same head.
        let fields = unsafe { raw::slice_mut(fields, fields_capacity) }?;
        let resume = match resume.is_null() {
            true => None,
            // SAFETY: the caller's promise.
            false => Some(unsafe { raw::one_mut(resume) }?),
        };
        Some(Input { config, octets, resume, slots: BorrowedPositions::new(fields) })
    }
}
