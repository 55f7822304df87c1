//! A head of the usual form, at once.
//!
//! The grammar of the sibling modules scans from the end of one octet class to
//! the end of the next, and so the CPU knows where to look next only when it has
//! looked. Here all [lines](crate::scan::lines) are known before one is looked at.
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

#[cfg(test)]
mod tests;

use super::FirstLine;
use crate::fields::Noted;
use crate::resume::{Resume, StartLine};
use crate::scan::lines::{Line, Lines};
use crate::scan::slots::Writer;
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
pub(super) fn parse<L: FirstLine>(
    lines: &impl Lines,
    limits: &Limits,
    at: &mut Resume,
    slots: &mut Writer<'_>,
) -> Whole {
    let Some(first) = lines.first() else { return Whole::Unusual };
    let (limit, _) = L::limit(limits);
    let Some(start_line) = L::parse_whole(lines, &first, limits) else {
        return Whole::Stopped;
    };

    let mut noted = Noted::NONE;
    let mut line = first.end + 1;
    lines.fields(slots, |field| {
        let position = field_line(&field)?;
        noted.note(field.name_len, field.first);
        line = field.end + 1;
        Some(position)
    });
    let behind = lines.octets().get(line..).unwrap_or_default().first_chunk();
    if behind == Some(b"\r\n") && line + 2 <= limit {
        return Whole::Complete(start_line, noted, line + 2);
    }
    let (known, fields, start) = (line as u32, slots.count() as u32, Some(start_line));
    *at = Resume { known, line: known, fields, start, noted, ..Resume::new() };
    Whole::Stopped
}

/// The field of a line of the usual form.
#[inline(always)]
fn field_line(line: &Line) -> Option<FieldPosition> {
    // ": " and an octet of the value; an octet of the value, CR and LF.
    let colon = line.behind_name.swap_bytes() >> 8;
    let line_end = line.last >> 8;
    if line.name_len == 0 || !is_visible(colon, 0x3A_20_00) || !is_visible(line_end, 0x0A_0D_00) {
        return None;
    }
    let name_end = line.start + line.name_len;
    Some(FieldPosition {
        name_start: line.start as u32,
        name_end: name_end as u32,
        value_start: name_end as u32 + 2,
        value_end: line.end as u32 - 1,
    })
}

/// Whether a number is `others` but for its lowest octet, which is above SP.
#[inline(always)]
fn is_visible(number: u32, others: u32) -> bool {
    number.wrapping_sub(others + 0x21) <= 0xFF - 0x21
}
