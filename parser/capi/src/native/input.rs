//! What every parse is given.

use rajada_parser::{BorrowedPositions, FieldPosition};

use super::config::{self, Config};
use super::raw;
use super::resume::{Later, Resume, Section};

/// The octets, what is accepted, what is known and where that is kept, and the slots.
pub(super) struct Input<'a> {
    pub(super) config: &'a rajada_parser::Config,
    pub(super) octets: &'a [u8],
    pub(super) at: rajada_parser::Resume,
    pub(super) later: Later<'a>,
    pub(super) slots: BorrowedPositions<'a>,
}

impl<'a> Input<'a> {
    /// All of it, for a head of this kind, or `None` if something can't be what it should be.
    ///
    /// # Safety
    /// The pointers are [as all are](super#pointers).
    #[inline]
    pub(super) unsafe fn of(
        section: Section,
        config: *const Config,
        (octets, octets_len): (*const u8, usize),
        resume: *mut Resume,
        (fields, fields_capacity): (*mut FieldPosition, usize),
    ) -> Option<Input<'a>> {
        // SAFETY: the caller's promise.
        let config = unsafe { config::given(config) }?;
        // SAFETY: the caller's promise.
        let octets = unsafe { raw::slice(octets, octets_len) }?;
        // SAFETY: the caller's promise.
        let fields = unsafe { raw::room(fields, fields_capacity) }?;
        let resume = match resume.is_null() {
            true => None,
            // SAFETY: the caller's promise.
            false => Some(unsafe { raw::one_mut(resume) }?),
        };
        let (at, later) = Later::of(resume, section);
        // SAFETY: the caller's promise: what is known comes with the array of fields that the
        // calls before this one wrote to.
        let slots = unsafe { BorrowedPositions::uninit(fields, &at) };
        Some(Input { config, octets, at, later, slots })
    }
}
