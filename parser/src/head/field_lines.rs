//! `*( field-name ":" OWS field-value OWS CRLF ) CRLF`, RFC 9112 section 5:
//! the header section, and the trailer section, which has the same form.

use super::{Bounded, Stop, error};
use crate::fields::Noted;
use crate::resume::{Resume, StartLine};
use crate::scan::Scan;
use crate::scan::slots::Writer;
use crate::{ErrorKind, FieldPosition};

/// Parses the lines from `from` on, and the empty line that ends them. Returns
/// what was noted, and the offset of what follows.
#[inline(always)]
pub(super) fn parse<S: Scan>(
    scan: S,
    head: Bounded<'_>,
    start: StartLine,
    from: usize,
    at: &mut Resume,
    slots: &mut Writer<'_>,
) -> Result<(Noted, usize), Stop> {
    let octets = head.octets;
    let mut noted = at.noted;
    let mut line = from;
    // Where an earlier call stopped within the first of these lines.
    let (mut known, mut name_known) = match at.start {
        Some(_) => (at.known as usize, at.first_end as usize),
        None => (0, 0),
    };

    loop {
        let name_end = match name_known {
            0 => {
                let end = scan.token_end(octets, line.max(known));
                if octets.get(end) != Some(&b':') || end == line || slots.is_full() {
                    if octets.get(end..end + 2) == Some(b"\r\n") && end == line {
                        return Ok((noted, end + 2));
                    }
                    let stop = not_a_name(head, line, end, slots);
                    return Err(paused(stop, at, start, slots, noted, line, end, 0));
                }
                end
            }
            end => end,
        };
        let value = name_end + 1;
        let value_end = scan.value_end(octets, value.max(known));
        if octets.get(value_end..value_end + 2) != Some(b"\r\n") {
            let stop = not_a_value(head, value_end);
            return Err(paused(stop, at, start, slots, noted, line, value_end, name_end));
        }
        let (value_start, value_stop) = trim(octets, value, value_end);
        noted.note(slots.count(), name_end - line, octets[line]);
        slots.push(FieldPosition {
            name_start: line as u32,
            name_end: name_end as u32,
            value_start: value_start as u32,
            value_end: value_stop as u32,
        });
        line = value_end + 2;
        (known, name_known) = (0, 0);
    }
}

/// `octets[start..end]` without the spaces and tabs at both ends.
#[inline(always)]
fn trim(octets: &[u8], mut start: usize, mut end: usize) -> (usize, usize) {
    while start < end && matches!(octets[start], b' ' | b'\t') {
        start += 1;
    }
    while start < end && matches!(octets[end - 1], b' ' | b'\t') {
        end -= 1;
    }
    (start, end)
}

/// Notes how far the parse got, if more octets may help.
#[cold]
#[expect(clippy::too_many_arguments, reason = "everything that a later call needs")]
fn paused(
    stop: Stop,
    at: &mut Resume,
    start: StartLine,
    slots: &Writer<'_>,
    noted: Noted,
    line: usize,
    known: usize,
    name_end: usize,
) -> Stop {
    if let Stop::Partial = stop {
        *at = Resume {
            known: known as u32,
            line: line as u32,
            first_end: name_end as u32,
            second_end: 0,
            fields: slots.count() as u32,
            start: Some(start),
            noted,
        };
    }
    stop
}

/// Why a line's name, from `line` to `end`, is not one with a colon behind it.
#[cold]
fn not_a_name(head: Bounded<'_>, line: usize, end: usize, slots: &Writer<'_>) -> Stop {
    if slots.is_full() && end > line {
        return error(ErrorKind::TooManyFields, line);
    }
    let kind = match (head.octets.get(end), end == line) {
        (None, _) => return head.out_of_octets(),
        (Some(b'\r'), true) if head.octets.len() == end + 1 => return head.out_of_octets(),
        (Some(b'\r'), true) => ErrorKind::BareCr,
        (Some(b'\n'), true) => ErrorKind::BareLf,
        (Some(b' ' | b'\t'), true) if slots.count() == 0 => ErrorKind::SpaceBeforeFields,
        (Some(b' ' | b'\t'), true) => ErrorKind::ObsFold,
        (Some(b':'), true) => ErrorKind::FieldNameEmpty,
        (Some(b' ' | b'\t'), false) => ErrorKind::SpaceBeforeColon,
        (Some(b'\r' | b'\n'), false) => ErrorKind::ColonMissing,
        (Some(_), _) => ErrorKind::FieldName,
    };
    error(kind, end)
}

/// Why a value that ends at `end` has no CR LF behind it.
#[cold]
fn not_a_value(head: Bounded<'_>, end: usize) -> Stop {
    let kind = match head.octets.get(end..).unwrap_or_default() {
        [] | [b'\r'] => return head.out_of_octets(),
        [b'\r', ..] => ErrorKind::BareCr,
        [b'\n', ..] => ErrorKind::BareLf,
        _ => ErrorKind::FieldValue,
    };
    error(kind, end)
}
