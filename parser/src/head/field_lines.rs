//! `*( field-name ":" OWS field-value OWS CRLF ) CRLF`, RFC 9112 section 5:
//! the header section, and the trailer section, which has the same form.

use super::{Bounded, Stop, error};
use crate::fields::Noted;
use crate::resume::{Resume, StartLine};
use crate::scan::Scan;
use crate::scan::slots::Writer;
use crate::{ErrorKind, FieldPosition, Leniency};

/// Parses the lines from `from` on, and the empty line that ends them. Returns
/// what was noted, and the offset of what follows.
#[inline(always)]
pub(super) fn parse<S: Scan>(
    scan: S,
    head: Bounded<'_>,
    leniency: &Leniency,
    start: StartLine,
    from: usize,
    at: &mut Resume,
    slots: &mut Writer<'_>,
) -> Result<(Noted, usize), Stop> {
    let mut noted = at.noted;
    let mut place = match at.start {
        // An earlier call stopped within this line.
        Some(_) => Place { line: from, scanned: at.scanned as usize, colon: at.first_end as usize },
        None => Place::at(from),
    };
    loop {
        let first = slots.count() == 0;
        match parse_line(scan, head, leniency, &mut place, first, slots.is_full()) {
            Ok(SectionLine::Field(position)) => {
                let len = position.name_end - position.name_start;
                let name = head.octets.get(position.name_start as usize..).unwrap_or_default();
                noted.note(len as usize, name.first_chunk().copied().unwrap_or_default());
                slots.push(position);
            }
            Ok(SectionLine::Fold(value_end)) => slots.extend_last(value_end),
            Ok(SectionLine::End) => return Ok((noted, place.line)),
            Err(stop) => {
                *at = Resume {
                    scanned: place.scanned as u32,
                    line: place.line as u32,
                    first_end: place.colon as u32,
                    fields: slots.count() as u32,
                    start: Some(start),
                    noted,
                    ..Resume::new()
                };
                return Err(stop);
            }
        }
    }
}

/// Where in a section a parse is.
pub(super) struct Place {
    /// First octet of the line.
    pub(super) line: usize,
    /// All octets before this one were looked at, or 0.
    pub(super) scanned: usize,
    /// Where the colon is, if it was found; 0 before; `line` in a folded line,
    /// which has none.
    pub(super) colon: usize,
}

impl Place {
    /// At the beginning of a line.
    #[inline(always)]
    pub(super) fn at(line: usize) -> Place {
        Place { line, scanned: 0, colon: 0 }
    }
}

/// A line of a section.
pub(super) enum SectionLine {
    /// A field line.
    Field(FieldPosition),
    /// More of the value before, up to this offset; 0 for white space alone.
    Fold(u32),
    /// The empty line.
    End,
}

/// Parses the line at `place`, and moves `place` to the next one; or to where
/// this one is to be resumed, if octets are missing.
///
/// `first` says whether no field is before it, `full` whether it may not be
/// another field.
#[inline(always)]
pub(super) fn parse_line<S: Scan>(
    scan: S,
    head: Bounded<'_>,
    leniency: &Leniency,
    place: &mut Place,
    first: bool,
    full: bool,
) -> Result<SectionLine, Stop> {
    let octets = head.octets;
    let line = place.line;
    let colon = match place.colon {
        0 => {
            let end = scan.token_end(octets, line.max(place.scanned));
            if octets.get(end) == Some(&b':') && end > line && !full {
                end
            } else {
                match unusual_name(head, leniency, place, end, first, full)? {
                    Name::Colon(colon) => colon,
                    Name::Fold => line,
                    Name::End(next) => {
                        place.line = next;
                        return Ok(SectionLine::End);
                    }
                }
            }
        }
        colon => colon,
    };
    let value_end = scan.value_end(octets, (colon + 1).max(place.scanned));
    let next = match octets.get(value_end..).unwrap_or_default() {
        [b'\r', b'\n', ..] => value_end + 2,
        [b'\n', ..] if leniency.bare_lf => value_end + 1,
        _ => {
            (place.scanned, place.colon) = (value_end, colon);
            return Err(not_a_value(head, value_end));
        }
    };
    *place = Place::at(next);
    let (value_start, value_end) = trim(octets, colon + 1, value_end);
    if colon == line {
        let blank = value_start == value_end;
        return Ok(SectionLine::Fold(if blank { 0 } else { value_end as u32 }));
    }
    let (_, name_end) = match octets[colon - 1] {
        b' ' | b'\t' => trim(octets, line, colon),
        _ => (line, colon),
    };
    Ok(SectionLine::Field(FieldPosition {
        name_start: line as u32,
        name_end: name_end as u32,
        value_start: value_start as u32,
        value_end: value_end as u32,
    }))
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

/// What a line turned out to begin with.
enum Name {
    /// A name, and a colon here.
    Colon(usize),
    /// The white space of a folded line.
    Fold,
    /// Nothing: it is the empty line, and this is what follows.
    End(usize),
}

/// A line of which the name, up to `end`, is not one with a colon behind it and
/// room for it.
#[cold]
fn unusual_name(
    head: Bounded<'_>,
    leniency: &Leniency,
    place: &mut Place,
    end: usize,
    first: bool,
    full: bool,
) -> Result<Name, Stop> {
    let line = place.line;
    if full && end > line {
        return Err(error(ErrorKind::TooManyFields, line));
    }
    let kind = match (head.octets.get(end..).unwrap_or_default(), end == line) {
        ([b'\r', b'\n', ..], true) => return Ok(Name::End(end + 2)),
        ([b'\n', ..], true) if leniency.bare_lf => return Ok(Name::End(end + 1)),
        ([], _) | ([b'\r'], true) => {
            place.scanned = end;
            return Err(head.out_of_octets());
        }
        ([b'\r', ..], true) => ErrorKind::BareCr,
        ([b'\n', ..], true) => ErrorKind::BareLf,
        ([b' ' | b'\t', ..], true) if first => ErrorKind::SpaceBeforeFields,
        ([b' ' | b'\t', ..], true) if leniency.obs_fold => return Ok(Name::Fold),
        ([b' ' | b'\t', ..], true) => ErrorKind::ObsFold,
        ([b':', ..], true) => ErrorKind::FieldNameEmpty,
        ([b' ' | b'\t', ..], false) if leniency.space_before_colon => {
            return behind_space(head, place, end);
        }
        ([b' ' | b'\t', ..], false) => ErrorKind::SpaceBeforeColon,
        ([b'\r' | b'\n', ..], false) => ErrorKind::ColonMissing,
        _ => ErrorKind::FieldName,
    };
    Err(error(kind, end))
}

/// The colon behind the white space from `space` on.
fn behind_space(head: Bounded<'_>, place: &mut Place, space: usize) -> Result<Name, Stop> {
    let rest = head.octets.get(space..).unwrap_or_default();
    let colon = space + rest.iter().take_while(|&&octet| matches!(octet, b' ' | b'\t')).count();
    match head.octets.get(colon) {
        Some(b':') => Ok(Name::Colon(colon)),
        Some(_) => Err(error(ErrorKind::SpaceBeforeColon, space)),
        None => {
            place.scanned = space;
            Err(head.out_of_octets())
        }
    }
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
