//! Whole heads of ASCII, whose parts are text without being looked at again.

use super::slots::{Record, TextSlots, Writer};
use crate::head::text::{FieldText, rough_request, rough_response};
use crate::{Config, FieldPosition};

/// The octets of a whole head, and where its fields are.
///
/// A rough look passed it. Where it finds an octet of 0x80 or above that is not of a line's
/// end, it passes nothing, as such an octet is a break
/// ([`Blocks::breaks`](super::Blocks::breaks)) and there are two of them a line and no more;
/// and the ends of all lines are compared with CR LF. It writes no position but of a line
/// with a colon, a space and an octet above it behind the name, none of which is of the line's
/// end: so the value begins in front of that. (What is compared stands in `head/whole.rs`.)
///
/// Invariants: all `octets` are ASCII, and so is each part of them; in each of `positions`,
/// `name_start <= name_end <= value_start <= value_end`, and this is at most their length.
#[derive(Clone, Copy)]
pub(crate) struct AsciiHead<'b, 'h> {
    octets: &'b [u8],
    positions: &'h [FieldPosition],
    record: &'h Record,
}

impl<'b, 'h> AsciiHead<'b, 'h> {
    /// The request head that `octets` begin with, if a rough look passes it as a whole.
    #[inline(always)]
    pub(crate) fn request(
        config: &Config,
        octets: &'b [u8],
        slots: &'h mut TextSlots<'_>,
    ) -> Option<Self> {
        Self::passed(octets, slots, |writer| rough_request(config, octets, writer))
    }

    /// The response head that `octets` begin with, if a rough look passes it as a whole.
    #[inline(always)]
    pub(crate) fn response(
        config: &Config,
        octets: &'b [u8],
        slots: &'h mut TextSlots<'_>,
    ) -> Option<Self> {
        Self::passed(octets, slots, |writer| rough_response(config, octets, writer))
    }

    /// What `rough_look` passes of `octets`, with the fields that it wrote to `slots`.
    #[inline(always)]
    fn passed(
        octets: &'b [u8],
        slots: &'h mut TextSlots<'_>,
        rough_look: impl FnOnce(Writer<'_>) -> Option<usize>,
    ) -> Option<Self> {
        let end = rough_look(slots.writer())?;
        let octets = octets.get(..end)?;
        // SAFETY: it did: there is an end.
        let (record, positions) = unsafe { slots.written() };
        debug_assert!(octets.is_ascii());
        debug_assert!(positions.iter().all(|at| at.is_within(octets.len())));
        Some(AsciiHead { octets, positions, record })
    }

    /// How many octets it has.
    #[inline(always)]
    pub(crate) fn len(self) -> usize {
        self.octets.len()
    }

    /// What was found besides the fields.
    #[inline(always)]
    pub(crate) fn record(self) -> &'h Record {
        self.record
    }

    /// The part from `start` to `end`, or nothing where there is none.
    #[inline(always)]
    pub(crate) fn part(self, start: u32, end: u32) -> &'b str {
        let Some(part) = self.octets.get(start as usize..end as usize) else { return nothing() };
        // SAFETY: the invariant: what is ASCII is UTF-8.
        unsafe { core::str::from_utf8_unchecked(part) }
    }

    /// The fields, in order. (A slice's iterator, so that a walk over others beside it counts
    /// once for both.)
    #[inline(always)]
    pub(crate) fn fields(self) -> impl ExactSizeIterator<Item = FieldText<'b>> + use<'b, 'h> {
        self.positions.iter().map(move |at| {
            // SAFETY: the invariant: `name_start <= name_end <= len`.
            let name = unsafe { self.part_within(at.name_start, at.name_end) };
            // SAFETY: the invariant: `value_start <= value_end <= len`.
            let value = unsafe { self.part_within(at.value_start, at.value_end) };
            FieldText { name, value }
        })
    }

    /// # Safety
    /// `start <= end`, and this is at most the length.
    #[inline(always)]
    unsafe fn part_within(self, start: u32, end: u32) -> &'b str {
        // SAFETY: the caller's promise.
        let part = unsafe { self.octets.get_unchecked(start as usize..end as usize) };
        // SAFETY: the invariant: all octets are ASCII.
        unsafe { core::str::from_utf8_unchecked(part) }
    }
}

// Never, as all parts that are asked for are there. (A branch costs less than a choice.)
#[cold]
fn nothing() -> &'static str {
    ""
}

impl FieldPosition {
    /// Whether name and value follow each other within so many octets.
    fn is_within(&self, len: usize) -> bool {
        self.name_start <= self.name_end
            && self.name_end <= self.value_start
            && self.value_start <= self.value_end
            && self.value_end as usize <= len
    }
}
