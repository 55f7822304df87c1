//! Where the lines of a head end, found block by block before one is looked at.
//!
//! ```text
//! octets    G E T   /   H T T P / 1 . 1 CR LF H o s t :   a CR LF CR LF G E ..
//! breaks                                1  1                1  1  1  1
//! doubles   the octet before is one, too   1                   1  1  1
//! triples   the two before are, too                               1  1
//! ```
//!
//! In a head of the usual form no octet *breaks* a line but the CR and LF that
//! end it. So lines end at the doubles, and a head at the first triple: the CR
//! of its empty line. That there are twice as many breaks as line ends before
//! it shows that no other octet is one; that each pair *is* CR LF is for the
//! grammar to see, which looks at the end of each line anyway. Classifying an
//! octet this way costs two instructions a vector, and nothing depends on what
//! was found before.

use core::mem::MaybeUninit;

use super::lines::{First, FirstLook, Line, Lines, Rest};
use super::slots::Writer;
use super::{Blocks, Window};
use crate::FieldPosition;

/// How many line ends fit, besides those of one more block.
const ROOM: usize = 256;

/// Every so many octets it is seen whether there was a line end. If not, the rest
/// of what must be a long value is looked through at full speed.
const QUIET: usize = 256;

/// The lines of one head, as far as they are there; none if the octets are not of
/// the usual form, or if there are too many.
///
/// Invariant: of each of `ends`, it and the octet in front of it are breaks; the
/// next one is three octets or more behind it; and two octets are behind each.
pub(crate) struct ListedLines<'i, 'b, B> {
    blocks: B,
    octets: Window<'b>,
    /// The offset of the LF of each line.
    ends: &'i [u32],
}

impl<B: Blocks> Lines for ListedLines<'_, '_, B> {
    #[inline(always)]
    fn octets(&self) -> &[u8] {
        self.octets.octets()
    }

    #[inline(always)]
    fn first(&self) -> Option<First> {
        let end = *self.ends.first()? as usize;
        let from = end.checked_sub(10)?;
        // SAFETY: by the invariant `end + 3 <= len`.
        let eight = unsafe { self.octets.eight_at(from) };
        // SAFETY: as above.
        let four = unsafe { self.octets.four_at(from + 7) };
        let token_len = self.blocks.token_len(self.octets, 0);
        if token_len >= 64 {
            return None;
        }
        // SAFETY: the break in front of `end` is no token octet: `token_len < end`.
        let behind_token = unsafe { self.octets.one_at(token_len as usize) };
        Some(First { end, last_eleven: (eight, four), token_len, behind_token })
    }

    #[inline(always)]
    fn target_end(&self, skipped: u32, end: usize) -> usize {
        self.blocks.target_end(self.octets, skipped as usize, end)
    }

    #[inline(always)]
    fn fields(
        &self,
        slots: &mut Writer<'_>,
        mut field: impl FnMut(Line) -> Option<FieldPosition>,
    ) -> Rest {
        let [first_end, ends @ ..] = self.ends else { return Rest { at: 0, two: 0 } };
        let mut start = *first_end as usize + 1;
        let room = slots.room();
        let most = room.len().min(ends.len());
        let mut count = 0;
        while count < most {
            // SAFETY: `count < most <= ends.len()`.
            let end = unsafe { *ends.get_unchecked(count) } as usize;
            let name_len = self.blocks.token_len(self.octets, start) as usize;
            if name_len >= 64 {
                break;
            }
            // The break in front of `end` is no token octet, so the name ends there
            // or before: four octets from there on are in front of `end + 3`.
            // SAFETY: as said, and `end + 3 <= len` by the invariant.
            let behind_name = unsafe { self.octets.four_at(start + name_len) };
            // SAFETY: an end before this one is at 1 or behind, so this is at 3.
            let last = unsafe { self.octets.four_at(end - 3) };
            // SAFETY: `start < end`, as the end before is three octets or more before
            // this one.
            let first = unsafe { self.octets.one_at(start) };
            let line = Line { start, name_len, end, first, behind_name, last };
            let Some(position) = field(line) else { break };
            // SAFETY: `count < most <= room.len()`.
            unsafe { room.get_unchecked_mut(count) }.write(position);
            count += 1;
            start = end + 1;
        }
        // SAFETY: so many were written.
        unsafe { slots.add(count) };
        // SAFETY: two octets are behind each end.
        let two = unsafe { self.octets.two_at(start) };
        Rest { at: start, two }
    }
}

/// Room for the line ends of a head: not initialised, so that it costs nothing.
pub(crate) struct Room([MaybeUninit<u32>; ROOM + 64]);

impl Room {
    #[inline(always)]
    pub(crate) const fn new() -> Room {
        Room([const { MaybeUninit::uninit() }; ROOM + 64])
    }

    /// The lines of the head that the octets begin with.
    #[inline(always)]
    pub(crate) fn lines<'o, B: Blocks, const EXACT: bool>(
        &mut self,
        first_look: FirstLook<'o, B, EXACT>,
    ) -> ListedLines<'_, 'o, B> {
        let FirstLook { blocks, octets, breaks: first } = first_look;
        let none = ListedLines { blocks, octets, ends: &[] };
        let all = octets.octets().len();
        let (mut len, mut breaks, mut at) = (0, 0, 0);
        // The last bits of the block before, at the place of the first.
        let (mut break_before, mut double_before) = (0, 0);
        let mut quiet = 0;
        let (block, in_front) = loop {
            if at >= all {
                break (Block { breaks: 0, doubles: 0 }, 0);
            }
            // (Where it takes a few instructions, finding them again is faster.)
            let is_known = at == 0 && B::FIRST == 0;
            let found = if is_known { first } else { blocks.breaks::<EXACT>(octets, at) };
            // (Added, as LLVM makes of shifts and `|` an instruction that is slow.)
            let doubles = found & found.wrapping_add(found).wrapping_add(break_before);
            let triples = doubles & doubles.wrapping_add(doubles).wrapping_add(double_before);
            if triples != 0 {
                break (Block { breaks: found, doubles }, !triples & (triples - 1));
            }
            (break_before, double_before) = (found >> 63, doubles >> 63);
            let Some(more) = self.push(blocks, doubles, at, len) else { return none };
            breaks += count_breaks::<B>(found, doubles, more - len);
            (len, at) = (more, at + 64);
            if at % QUIET == 0 {
                if breaks > 2 * len + 1 {
                    return none;
                }
                if len == quiet && found == 0 {
                    at = skip_quiet::<B, EXACT>(blocks, octets, at);
                }
                quiet = len;
            }
        };
        let (found, doubles) = (block.breaks & in_front, block.doubles & in_front);
        let Some(all_ends) = self.push(blocks, doubles, at, len) else { return none };
        breaks += count_breaks::<B>(found, doubles, all_ends - len);
        let len = all_ends;
        // SAFETY: so many were pushed.
        let ends = unsafe { self.ends(0, len) };
        let ends = match ends {
            [ends @ .., last] if *last as usize + 3 > all => ends,
            ends => ends,
        };
        if breaks == 2 * len { ListedLines { ends, ..none } } else { none }
    }

    /// Puts the bits of a block behind the first `len` line ends, and returns how
    /// many there are then. `None` if there is no room.
    #[inline(always)]
    fn push<B: Blocks>(&mut self, blocks: B, bits: u64, at: usize, len: usize) -> Option<usize> {
        if len > ROOM {
            return None;
        }
        let room: &mut [_; 64] = self.0.get_mut(len..)?.first_chunk_mut()?;
        if B::FIRST == 0 {
            let (mut rest, mut count) = (bits, 0);
            for slot in room.iter_mut() {
                if rest == 0 {
                    break;
                }
                slot.write((at as u32).wrapping_add(rest.trailing_zeros()));
                rest &= rest - 1;
                count += 1;
            }
            return Some(len + count);
        }
        let count = bits.count_ones() as usize;
        // More are written than there are, rather than to branch on the count.
        let written = blocks.first_positions(bits, at as u32);
        for (slot, end) in room.iter_mut().zip(written) {
            slot.write(end);
        }
        if count > B::FIRST {
            let mut rest = bits;
            for slot in room.iter_mut().take(count) {
                slot.write((at as u32).wrapping_add(rest.trailing_zeros()));
                rest &= rest - 1;
            }
        }
        Some(len + count)
    }

    /// Line ends from one number to another.
    ///
    /// # Safety
    /// `first` is at most `end`, and so many were pushed.
    #[inline(always)]
    unsafe fn ends(&self, first: usize, end: usize) -> &[u32] {
        // SAFETY: the caller's promise.
        let ends = unsafe { self.0.get_unchecked(first..end) };
        // SAFETY: the same.
        unsafe { ends.assume_init_ref() }
    }
}

/// How many breaks there are: `doubles` are the line ends among them, of which no
/// two are side by side, and `ends` is how many these are.
#[inline(always)]
fn count_breaks<B: Blocks>(breaks: u64, doubles: u64, ends: usize) -> usize {
    if B::FIRST > 0 {
        return breaks.count_ones() as usize;
    }
    // Without an instruction to count bits: those that are no line's end are few.
    let mut others = breaks & !(doubles | doubles >> 1);
    let mut count = 2 * ends - (doubles & 1) as usize;
    while others != 0 {
        others &= others - 1;
        count += 1;
    }
    count
}

/// The bits of a block.
struct Block {
    breaks: u64,
    doubles: u64,
}

/// The first block at or after `from` that has a break or is not whole.
#[inline(always)]
fn skip_quiet<B: Blocks, const EXACT: bool>(blocks: B, octets: Window<'_>, from: usize) -> usize {
    let (mut at, stop) = (from, octets.octets().len());
    while at < stop && stop - at >= 64 && blocks.breaks::<EXACT>(octets, at) == 0 {
        at += 64;
    }
    at
}
