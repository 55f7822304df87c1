//! A complete head of the usual form, at once.
//!
//! The grammar of the sibling modules scans from the end of one octet class to
//! the end of the next, and so the CPU knows where to look next only when it
//! has looked. Here the head is classified in blocks of 64 octets, at positions
//! that do not depend on what is in it: the CPU classifies the next blocks
//! while it walks over the delimiters of this one.
//!
//! No colon needs to be looked for: a name ends at the first octet that is not
//! of a token, and that this one is a colon proves the whole name. A value ends
//! at the first control, and that this one is CR LF proves the whole value.
//!
//! What is not of the usual form (and that is not only what is wrong: a space
//! too many, an empty line in front, an incomplete head) is `None`, and the
//! sibling modules say what it is. Both ways give the same for the same octets.

use super::FirstLine;
use crate::fields::Noted;
use crate::resume::{Resume, StartLine};
use crate::scan::slots::Writer;
use crate::scan::{Blocks, Delimiters, Window};
use crate::{FieldPosition, Limits};

/// Parses the head into `slots`, and returns the first line, what was noted,
/// and the offset of what follows.
///
/// Where it stops short, `at` holds what is known of all lines before the one
/// where it stopped, so that nothing of them is looked at again.
#[inline(always)]
pub(super) fn parse<L: FirstLine, B: Blocks>(
    blocks: B,
    octets: &[u8],
    limits: &Limits,
    at: &mut Resume,
    slots: &mut Writer<'_>,
) -> Option<(StartLine, Noted, usize)> {
    let window = Window::new(octets)?;
    let mut cursor = Cursor::new(blocks, window);
    let (start, first) = L::parse_whole(&mut cursor, limits)?;
    match field_lines(&mut cursor, first, slots) {
        Ok((noted, end)) => Some((start, noted, end)),
        Err((noted, line)) => {
            let (line, fields) = (line as u32, slots.count() as u32);
            *at = Resume { known: line, line, fields, start: Some(start), noted, ..Resume::new() };
            None
        }
    }
}

/// Parses the lines from `line` on. The error is what was noted, and the line
/// that is not there as a whole or not of the usual form.
#[inline(always)]
fn field_lines<B: Blocks>(
    cursor: &mut Cursor<'_, B>,
    mut line: usize,
    slots: &mut Writer<'_>,
) -> Result<(Noted, usize), (Noted, usize)> {
    let octets = cursor.octets;
    let mut noted = Noted::NONE;
    loop {
        let Some(name_end) = cursor.token_end(line) else { return Err((noted, line)) };
        if name_end == line {
            let ended = octets.octets().get(line..line + 2) == Some(b"\r\n");
            return if ended { Ok((noted, line + 2)) } else { Err((noted, line)) };
        }
        // The colon is no control, so the value's end may be looked for from it.
        let Some(value_end) = cursor.value_end(name_end) else { return Err((noted, line)) };
        // A head ends with two more octets, so they are there if it is.
        let Some((behind_name, line_end)) = octets.fours(name_end, value_end) else {
            return Err((noted, line));
        };
        // ": " and an octet of the value; an octet of the value, CR and LF.
        let usual = (behind_name as u16 == u16::from_le_bytes(*b": "))
            & ((behind_name >> 16) as u8 > b' ')
            & ((line_end >> 16) as u16 == u16::from_le_bytes(*b"\r\n"))
            & ((line_end >> 8) as u8 > b' ');
        if !usual || slots.is_full() {
            return Err((noted, line));
        }
        noted.note(name_end - line, octets.octets()[line]);
        slots.push(FieldPosition {
            name_start: line as u32,
            name_end: name_end as u32,
            value_start: name_end as u32 + 2,
            value_end: value_end as u32,
        });
        line = value_end + 2;
    }
}

/// Walks over the delimiters, forwards only.
pub(super) struct Cursor<'b, B> {
    blocks: B,
    pub(super) octets: Window<'b>,
    /// The block that was classified last, and where it begins.
    at: usize,
    found: Delimiters,
    /// Of the first block.
    not_target: u64,
}

impl<'b, B: Blocks> Cursor<'b, B> {
    #[inline(always)]
    fn new(blocks: B, octets: Window<'b>) -> Self {
        let (found, not_target) = blocks.first(octets);
        Cursor { blocks, octets, at: 0, found, not_target }
    }

    /// The first octet at or after `from` that is not of a token, if there is
    /// one. `from` is at or behind all that was asked for before.
    #[inline(always)]
    pub(super) fn token_end(&mut self, from: usize) -> Option<usize> {
        while from - self.at >= 64 {
            self.advance()?;
        }
        let rest = self.found.not_token >> (from - self.at);
        if rest != 0 {
            return Some(from + rest.trailing_zeros() as usize);
        }
        loop {
            self.advance()?;
            if self.found.not_token != 0 {
                return Some(self.at + self.found.not_token.trailing_zeros() as usize);
            }
        }
    }

    /// The first octet at or after `from` that is not of a value, if there is
    /// one. `from` is in the block that was looked at last.
    #[inline(always)]
    pub(super) fn value_end(&mut self, from: usize) -> Option<usize> {
        let rest = self.found.not_value >> ((from - self.at) & 63);
        if rest != 0 {
            return Some(from + rest.trailing_zeros() as usize);
        }
        loop {
            self.advance()?;
            if self.found.not_value != 0 {
                return Some(self.at + self.found.not_value.trailing_zeros() as usize);
            }
        }
    }

    /// The end of the method and of the target, if both are where they should
    /// be and the method ends in the first block.
    #[inline(always)]
    pub(super) fn method_and_target_end(&self) -> Option<(usize, usize)> {
        let method_end = self.found.not_token.trailing_zeros() as usize;
        // The octets behind the method's end; none if it is in another block.
        let behind = u64::MAX.checked_shl(method_end as u32 + 1)?;
        let found = self.not_target & behind;
        if found != 0 {
            return Some((method_end, found.trailing_zeros() as usize));
        }
        let mut at = 64;
        while at < self.octets.octets().len() {
            let found = self.blocks.not_target(self.octets, at);
            if found != 0 {
                return Some((method_end, at + found.trailing_zeros() as usize));
            }
            at += 64;
        }
        None
    }

    #[inline(always)]
    fn advance(&mut self) -> Option<()> {
        self.at += 64;
        if self.at >= self.octets.octets().len() {
            return None;
        }
        self.found = self.blocks.delimiters(self.octets, self.at);
        Some(())
    }
}
