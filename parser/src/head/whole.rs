//! A head of the usual form, at once.
//!
//! The usual form is that of nearly all heads, and narrower than the grammar: what it holds
//! is valid, and a rule that is broken shows in one of a few comparisons. A *break* is an
//! octet that no line has but at its end: CR, LF, any other control, DEL; in a rough look also
//! HTAB and octets of 0x80 and above ([`lines`](crate::scan::lines)).
//!
//! | rule | the condition | why nothing else passes |
//! |---|---|---|
//! | no control in a line, no CR or LF alone | there are twice as many breaks as line ends (`LineEnds::lines`, `BlockLines::find`) | a line ends where two breaks stand side by side; a break with none beside it is one too many |
//! | CR LF ends a line | `last_four` in [`field_line`]; `last_eleven` for the start line | two breaks side by side are a line end, whatever they are: this says that they are CR, then LF |
//! | an empty line ends the head | `rest.two` is CR LF in [`parse_lines`] | no line is listed behind three breaks in a row, and `rest` is what follows the last line: CR alone, LF alone, a line that is no field and a field without a slot are not CR LF |
//! | method, SP, target, SP, version | [`RequestLine`](super::request_line::RequestLine)'s `parse_usual` | the token octets at the start end at a SP; the first octet behind it that is none of a target is where the SP in front of the version has to be, and the octets from there to LF are compared: so no other SP is in the line, and no part is empty |
//! | version, SP, code, SP, reason | `usual` in `status_line.rs` | the first 16 octets are compared as two numbers; behind them is the reason, of which no octet is a break |
//! | a name is a token with the colon right behind it | `four_behind_name` in [`field_line`] begins with a colon | it is what stands behind all token octets at the start of the line, and a colon is none: so the name is a token and ends there. White space before the colon, a line without a colon and a name too long to be looked at as a whole have another octet at this place |
//! | no fold | the same | a folded line begins with SP or HTAB: no token octet is at its start, and the octet there is no colon |
//! | no line without a name | [`Noted::has_nameless`] | without token octets at the start, a colon at the start is what the comparison above sees: such lines are counted with the known fields, by length 0 and first octets (where nothing is noted, each length is looked at) |
//! | white space around a value is no part of it | SP and an octet above SP in `four_behind_name`, an octet above SP in `last_four` | one SP and no more is in front of the value and none behind it, so nothing is left to be taken off; an empty value has CR where it would begin, and is not of the usual form |
//! | limits of method and request line | `limits` in [`RequestLine`](super::request_line::RequestLine)'s `parse_usual` | the lengths of both are compared |
//! | limit of the head | [`FirstBlock::within`] | octets beyond it are not looked at |
//! | limit of fields, and of slots | `Writer::restrict` in [`parse`] | a line without a slot is not passed, and is no empty line |
//! | all limits, of a head in one block | `admits_block` in [`parse`], [`Limits::OF_BLOCK`] | what 64 octets can hold is below them, but for the method, which is compared with a constant |
//!
//! The grammar of the sibling modules scans from the end of one octet class to
//! the end of the next, and so the CPU knows where to look next only when it has
//! looked. Here all [lines](crate::scan::lines) are known before one is looked at.
//! So no line waits for the one before, and there is hardly a branch that
//! depends on what a request holds: with requests that the CPU has not seen
//! before, mispredicted branches are what costs.
//!
//! (httparse, too, ends a name at the first octet that is not of a token, behind a scan
//! from the left; lines that are known before, and what they prove, are our own.)
//!
//! What is not of the usual form (and that is not only what is wrong: a space
//! too many, an empty line in front, an incomplete head) is for the sibling
//! modules. Both ways give the same for the same octets.

#[cfg(test)]
mod tests;

use core::marker::PhantomData;

use super::HeadKind;
use crate::fields::Noted;
use crate::resume::Resume;
use crate::scan::block::BlockLines;
use crate::scan::index::LineEnds;
use crate::scan::lines::{FirstBlock, Line, Lines};
use crate::scan::slots::{Slot, Writer};
use crate::scan::{HeadOp, Scan, Window};
use crate::{Config, FieldPosition, Limits};

/// What came of it. It fits in two registers: all else is in the slots.
pub(super) enum Whole {
    /// The head has so many octets.
    Complete(usize),
    /// All lines in front of this offset are of the usual form; the one that begins here is
    /// not, or is not there.
    UpTo(usize),
    /// The octets do not look like lines, one of these has no name, or no block was
    /// looked at.
    Unusual,
}

impl Whole {
    /// Where the sibling modules go on with a head that isn't complete.
    pub(super) fn resume(self, slots: &Writer<'_>) -> Resume {
        let Whole::UpTo(line @ 1..) = self else { return Resume::new() };
        let (start, noted, fields) = slots.found();
        let (line, fields) = (line as u32, fields as u32);
        Resume { scanned: line, line, fields, start: Some(start), noted, ..Resume::new() }
    }
}

/// The first way: what is no visible ASCII and no SP is taken for a break.
pub(super) struct RoughLook<L, T = FieldPosition>(PhantomData<(L, T)>);

impl<'b, L: HeadKind, T: Slot<'b>> HeadOp<'b> for RoughLook<L, T> {
    type Slot = T;
    type Out = Whole;

    #[inline(always)]
    fn run<S: Scan>(scan: S, octets: &'b [u8], config: &Config, writer: Writer<'_, T>) -> Whole {
        parse::<L, T, S>(scan, octets, config, writer)
    }
}

/// The head that `octets` begin with, into the slots of `writer`: looked for in one block, and
/// then with any length.
#[inline(always)]
pub(super) fn parse<'b, L: HeadKind, T: Slot<'b>, S: Scan>(
    scan: S,
    octets: &'b [u8],
    config: &Config,
    mut writer: Writer<'_, T>,
) -> Whole {
    let Some(blocks) = scan.blocks() else { return Whole::Unusual };
    let Some(window) = Window::new(octets) else { return Whole::Unusual };
    let first_block = FirstBlock::new(blocks, window);
    // Held to constants, where the limits admit all that can be in one block.
    if config.admits_block
        && let Some(lines) = BlockLines::find(&first_block)
    {
        return parse_lines::<L, _>(&lines, &Limits::OF_BLOCK, writer);
    }
    let (limit, _) = L::limit(&config.limits);
    let Some(first_block) = first_block.within(limit) else { return Whole::Unusual };
    writer.restrict(config.limits.fields as usize);
    parse_lines::<L, _>(&LineEnds::new().lines(first_block), &config.limits, writer)
}

/// The second way, for a head with tabs or with text that is not ASCII: no break is one that
/// a value may hold.
pub(super) struct ExactLook<L>(PhantomData<L>);

impl<L: HeadKind> HeadOp<'_> for ExactLook<L> {
    type Slot = FieldPosition;
    type Out = Whole;

    #[inline(always)]
    fn run<S: Scan>(scan: S, octets: &[u8], config: &Config, mut writer: Writer<'_>) -> Whole {
        let Some(blocks) = scan.blocks() else { return Whole::Unusual };
        let Some(window) = Window::new(octets) else { return Whole::Unusual };
        let (limit, _) = L::limit(&config.limits);
        let first_block = FirstBlock::<_, true>::new(blocks, window).within(limit);
        let Some(first_block) = first_block else { return Whole::Unusual };
        writer.restrict(config.limits.fields as usize);
        parse_lines::<L, _>(&LineEnds::new().lines(first_block), &config.limits, writer)
    }
}

/// Parses the head that consists of `lines` into `slots`.
#[inline(always)]
fn parse_lines<'b, L: HeadKind, T: Slot<'b>>(
    lines: &impl Lines<'b>,
    limits: &Limits,
    mut slots: Writer<'_, T>,
) -> Whole {
    let Some(first) = lines.first() else { return Whole::Unusual };
    let Some(start_line) = L::parse_usual(lines, &first, limits) else {
        return Whole::UpTo(0);
    };

    // Before the lines are walked, which have a use for the registers that it is in.
    slots.begin(start_line);
    let mut noted = Noted::NONE;
    let rest = lines.fields(&mut slots, |line| {
        let position = field_line(line)?;
        if T::IS_NOTED {
            noted.note(line.name_len, line.first_two);
        } else if line.name_len == 0 {
            return None;
        }
        Some(position)
    });
    if noted.has_nameless() {
        return Whole::Unusual;
    }
    slots.finish(noted);
    if rest.two == u16::from_le_bytes(*b"\r\n") {
        Whole::Complete(lines.end(&rest))
    } else {
        unusual_end(rest.at)
    }
}

// A call, for a branch: otherwise the end would be chosen when the last line is known.
#[cold]
#[inline(never)]
fn unusual_end(line: usize) -> Whole {
    Whole::UpTo(line)
}

/// The field of a line of the usual form.
#[inline(always)]
fn field_line(line: &Line) -> Option<FieldPosition> {
    // Colon, SP, and behind them an octet above SP. (One comparison for all: a look at
    // each takes longer.)
    let least = u32::from_be_bytes(*b": !\0");
    let most = u32::from_be_bytes(*b": \xFF\xFF");
    let is_usual = (least..=most).contains(&line.four_behind_name);
    // CR LF, and in front of it an octet above SP.
    let least = u32::from_le_bytes(*b"\0!\r\n");
    let most = u32::from_le_bytes(*b"\xFF\xFF\r\n");
    if !is_usual || !(least..=most).contains(&line.last_four) {
        return None;
    }
    Some(FieldPosition {
        name_start: line.start as u32,
        name_end: line.name_end,
        value_start: line.name_end + 2,
        value_end: line.end as u32 - 1,
    })
}
