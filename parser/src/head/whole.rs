//! A head of the usual form, at once.
//!
//! The grammar of the sibling modules scans from the end of one octet class to
//! the end of the next, and so the CPU knows where to look next only when it has
//! looked. Here an [index](crate::scan::index) says where all lines end before one is looked at.
//! So no line waits for the one before, and there is hardly a branch that
//! depends on what a request holds: with requests that the CPU has not seen
//! before, mispredicted branches are what costs.
//!
//! No colon needs to be looked for: a name ends at the first octet that is not
//! of a token, and that this one is a colon proves the whole name. That no octet
//! breaks a line but those that end it proves the values.
//!
//! What is not of the usual form (and that is not only what is wrong: a space
//! too many, an empty line in front, an incomplete head) is for the sibling
//! modules. Both ways give the same for the same octets.

use super::FirstLine;
use crate::fields::Noted;
use crate::resume::{Resume, StartLine};
use crate::scan::index::Lines;
use crate::scan::slots::Writer;
use crate::scan::{Blocks, Window};
use crate::{FieldPosition, Limits};

/// What came of it.
pub(super) enum Whole {
    /// The first line, what was noted, and the length of the head.
    Complete(StartLine, Noted, usize),
    /// A line is not there or not of the usual form. What is known of all lines
    /// before it is in the slots and in `Resume`.
    Stopped,
    /// The octets do not look like lines.
    Unusual,
}

/// Parses the head that consists of `lines` into `slots`.
#[inline(always)]
pub(super) fn parse<L: FirstLine, B: Blocks>(
    head: Octets<'_, B>,
    lines: Lines<'_>,
    limits: &Limits,
    at: &mut Resume,
    slots: &mut Writer<'_>,
) -> Whole {
    let Some((&first_end, field_ends)) = lines.ends.split_first() else { return Whole::Unusual };
    let (start, (limit, _)) = (head.start, L::limit(limits));
    let Some(start_line) = L::parse_whole(head, first_end as usize, limits) else {
        return Whole::Stopped;
    };

    let mut noted = Noted::NONE;
    let mut line = first_end as usize + 1;
    slots.push_each(field_ends, |end| {
        let position = head.field(line, end as usize, &mut noted)?;
        line = end as usize + 1;
        Some(position)
    });
    let length = line - start;
    if lines.empty == Some(line) && length + 2 <= limit {
        return Whole::Complete(start_line, noted, length + 2);
    }
    if length > limit {
        return Whole::Unusual;
    }
    let (known, fields, start) = (length as u32, slots.count() as u32, Some(start_line));
    *at = Resume { known, line: known, fields, start, noted, ..Resume::new() };
    Whole::Stopped
}

/// The octets that a head is in, and how to look at them.
#[derive(Clone, Copy)]
pub(super) struct Octets<'b, B> {
    pub(super) blocks: B,
    pub(super) octets: Window<'b>,
    /// Where the head begins.
    pub(super) start: usize,
}

impl<B: Blocks> Octets<'_, B> {
    /// The field of the line that begins at `line` and has its LF at `end`, if it
    /// is of the usual form. Only then it is noted.
    #[inline(always)]
    fn field(self, line: usize, end: usize, noted: &mut Noted) -> Option<FieldPosition> {
        // 64 if it doesn't end here.
        let name_len = self.blocks.not_token(self.octets, line).trailing_zeros() as usize;
        if !matches!(name_len, 1..64) {
            return None;
        }
        let name_end = line + name_len;
        let edges = self.octets.edges(line, name_end, end)?;
        // ": " and an octet of the value; an octet of the value, CR and LF.
        let colon = edges.behind_name.swap_bytes() >> 8;
        let line_end = edges.last >> 8;
        if !is_visible(colon, 0x3A_20_00) || !is_visible(line_end, 0x0A_0D_00) {
            return None;
        }
        noted.note(name_len, edges.first);
        let position = |at: usize| (at - self.start) as u32;
        Some(FieldPosition {
            name_start: position(line),
            name_end: position(name_end),
            value_start: position(name_end + 2),
            value_end: position(end - 1),
        })
    }
}

/// Whether a number is `others` but for its lowest octet, which is above SP.
#[inline(always)]
fn is_visible(number: u32, others: u32) -> bool {
    number.wrapping_sub(others + 0x21) <= 0xFF - 0x21
}
