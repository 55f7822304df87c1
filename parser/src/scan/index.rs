//! Where the lines of a head end, found block by block before one is looked at.
//!
//! ```text
//! octets    G E T   /   H T T P / 1 . 1 CR LF H o s t :   a CR LF CR LF G E ..
//! breaks                                1  1                1  1  1  1
//! doubles   the octet before is one, too   1                   1  1  1
//! triples   the two before are, too                               1  1
//! ```
//!
//! In a head of the usual form no octet *breaks* a line but the CR and LF that end it. So lines end
//! at the doubles, and a head at the first triple: the CR of its empty line. That there are twice
//! as many breaks as line ends before it shows that no other octet is one; that each pair *is* CR
//! LF is for the grammar to see, which looks at the end of each line anyway. Classifying an octet
//! this way costs two instructions a vector, and nothing depends on what was found before.

use core::mem::MaybeUninit;

use super::lines::{FirstBlock, FirstLine, Line, Lines, Rest};
use super::slots::{Slot, Writer};
use super::{Blocks, Window};
use crate::FieldPosition;

/// How many line ends fit, besides those of a group of blocks.
const MOST: usize = 128;

/// The octets of a group of blocks. Behind each it is seen whether there is room
/// for more line ends, and whether there was a line end: if not, the rest of what
/// must be a long value is looked through at full speed.
const GROUP: usize = 1024;

/// How many line ends a block can have: none is nearer to another than three octets, or
/// there are three breaks in a row.
const IN_BLOCK: usize = 64usize.div_ceil(3);

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

impl<'b, B: Blocks> Lines<'b> for ListedLines<'_, 'b, B> {
    #[inline(always)]
    fn octets(&self) -> &[u8] {
        self.octets.octets()
    }

    #[inline(always)]
    fn end(&self, rest: &Rest) -> usize {
        rest.at + 2
    }

    #[inline(always)]
    fn first(&self) -> Option<FirstLine> {
        let end = *self.ends.first()? as usize;
        let from = end.checked_sub(10)?;
        // SAFETY: by the invariant `end + 3 <= len`.
        let four = unsafe { self.octets.four_at(from) };
        // SAFETY: as above.
        let eight = unsafe { self.octets.eight_at(from + 3) };
        let token_len = self.blocks.token_len(self.octets.first());
        // SAFETY: the break in front of `end` is no token octet: `token_len < end`.
        let behind_token = unsafe { self.octets.one_at(token_len as usize) };
        Some(FirstLine { end, last_eleven: (four, eight), token_len, behind_token })
    }

    #[inline(always)]
    fn target_end(&self, skipped: u32, end: usize) -> usize {
        self.blocks.target_end(self.octets, skipped as usize, end)
    }

    #[inline(always)]
    fn fields<T: Slot<'b>>(
        &self,
        slots: &mut Writer<'_, T>,
        mut field: impl FnMut(&Line) -> Option<FieldPosition>,
    ) -> Rest {
        let [first_end, ends @ ..] = self.ends else { return Rest { at: 0, two: 0 } };
        let left = slots.left();
        let most = left.len().min(ends.len());
        let (Some(ends), Some(left)) = (ends.get(..most), left.get_mut(..most)) else {
            return Rest { at: 0, two: 0 };
        };
        let mut walk = Walk { ends, slots: left, count: 0, start: *first_end as usize + 1 };
        // No line begins behind the last end: one bound is enough for both.
        let last_end = ends.last().map_or(0, |&end| end as usize);
        // Near the end of the octets a name takes longer to find. (A second loop for that
        // is faster than a branch, or a load that is always moved back.)
        let last = last_end.min(self.octets.octets().len() - 32);
        // SAFETY: these are all lines but the first, of which none begins behind `last_end`, and
        // `last + 32` is at most the length.
        if unsafe { self.walk::<_, false>(&mut walk, last, &mut field) } {
            // SAFETY: as above.
            unsafe { self.walk::<_, true>(&mut walk, last_end, &mut field) };
        }
        let Walk { count, start, .. } = walk;
        // SAFETY: so many were written.
        unsafe { slots.add(count) };
        // SAFETY: two octets are behind each end.
        let two = unsafe { self.octets.two_at(start) };
        Rest { at: start, two }
    }
}

/// A walk over the lines behind the first.
struct Walk<'w, T> {
    /// Where they end.
    ends: &'w [u32],
    /// As many slots.
    slots: &'w mut [MaybeUninit<T>],
    /// How many lines are behind it.
    count: usize,
    /// Where the next one begins: behind an end.
    start: usize,
}

impl<'b, B: Blocks> ListedLines<'_, 'b, B> {
    /// Goes over the lines that begin at `last` or before. `false` if `field` makes nothing of one.
    ///
    /// # Safety
    /// `walk` is over lines of `self`, `last` is the last of its ends at most, or 0 where it
    /// has none; if not `NEAR_END`, `last + 32` is at most the length.
    #[inline(always)]
    unsafe fn walk<T: Slot<'b>, const NEAR_END: bool>(
        &self,
        walk: &mut Walk<'_, T>,
        last: usize,
        field: &mut impl FnMut(&Line) -> Option<FieldPosition>,
    ) -> bool {
        while walk.start <= last {
            // SAFETY: `count < len`: behind the last end, `start` is beyond `last`.
            let end = unsafe { *walk.ends.get_unchecked(walk.count) } as usize;
            let name_len = if NEAR_END {
                // Behind the name there is the end of its line.
                self.blocks.token_len_near_end(self.octets, walk.start)
            } else {
                // SAFETY: `start <= last`.
                self.blocks.token_len(unsafe { self.octets.half_at(walk.start) })
            } as usize;
            // SAFETY: `start < end`, as the end before is three octets or more before this
            // one; the break in front of `end` is no token octet, so the name ends there or
            // before; and `end + 3 <= len` by the invariant.
            let line = unsafe { Line::new(self.octets, walk.start, name_len, end) };
            let Some(at) = field(&line) else { return false };
            // SAFETY: a line of these octets, and its place by the grammar; text is asked for
            // by a rough look alone.
            let field = unsafe { T::new(self.octets, &line, at) };
            // SAFETY: `count < len`, as said, and there are as many slots as ends.
            unsafe { walk.slots.get_unchecked_mut(walk.count) }.write(field);
            walk.count += 1;
            walk.start = end + 1;
        }
        true
    }
}

/// The line ends of a head: not initialised, so that it costs nothing.
pub(crate) struct LineEnds([MaybeUninit<u32>; CAPACITY]);

/// With those of a group, and 64 that are written whether they are there or not.
const CAPACITY: usize = MOST + IN_BLOCK * GROUP / 64 + 64;

impl LineEnds {
    #[inline(always)]
    pub(crate) const fn new() -> LineEnds {
        LineEnds([const { MaybeUninit::uninit() }; CAPACITY])
    }

    /// The lines of the head that the octets begin with.
    #[inline(always)]
    pub(crate) fn lines<'o, B: Blocks, const EXACT: bool>(
        &mut self,
        first_block: FirstBlock<'o, B, EXACT>,
    ) -> ListedLines<'_, 'o, B> {
        let FirstBlock { blocks, octets, breaks: first } = first_block;
        let none = ListedLines { blocks, octets, ends: &[] };
        let all = octets.octets().len();
        let whole = all & !63;
        let (mut len, mut breaks, mut at) = (0, 0, 0);
        let mut before = Carry::NONE;
        let last = 'blocks: {
            while at < whole {
                let (stop, len_before) = (whole.min(at + GROUP), len);
                while at < stop {
                    let found = if at == 0 {
                        first
                    } else {
                        // SAFETY: `at < whole`, and both are multiples of 64.
                        blocks.breaks_of::<EXACT>(unsafe { octets.block_at(at) })
                    };
                    if found == 0 {
                        before = Carry::NONE;
                        at += 64;
                        continue;
                    }
                    let block = Block::new(found, &before);
                    if block.triples != 0 {
                        break 'blocks block;
                    }
                    before = block.carry();
                    // SAFETY: `len` was `MOST` at most when the group began, as was seen behind
                    // the one before; in this block, as in each of the group so far, there
                    // was no triple: `IN_BLOCK` at most.
                    let out = unsafe { self.behind(len) };
                    let count = blocks.positions(block.doubles, at as u32, out);
                    breaks += count_breaks::<B>(found, block.doubles, count);
                    (len, at) = (len + count, at + 64);
                }
                if at == whole {
                    break;
                }
                if breaks > 2 * len + 1 || len > MOST {
                    return none;
                }
                if len == len_before && before.is_break == 0 {
                    at = skip_quiet::<B, EXACT>(blocks, octets, at);
                }
            }
            let found = if at < all { blocks.breaks::<EXACT>(octets, at) } else { 0 };
            Block::new(found, &before)
        };
        let in_front = !last.triples & last.triples.wrapping_sub(1);
        let (found, doubles) = (last.breaks & in_front, last.doubles & in_front);
        // SAFETY: as above; of the last group, too, all blocks may have been seen.
        let out = unsafe { self.behind(len) };
        let count = blocks.last_positions(doubles, at as u32, out);
        breaks += count_breaks::<B>(found, doubles, count);
        len += count;
        // SAFETY: so many were written.
        let ends = unsafe { self.written(len) };
        let ends = match ends {
            [ends @ .., last] if *last as usize + 3 > all => ends,
            ends => ends,
        };
        if breaks == 2 * len { ListedLines { ends, ..none } } else { none }
    }

    /// Where the line ends of a block are written, behind `len` others.
    ///
    /// # Safety
    /// `len` is at most `MOST` and `IN_BLOCK` for each block of the group before this one.
    #[inline(always)]
    unsafe fn behind(&mut self, len: usize) -> &mut [MaybeUninit<u32>; 64] {
        // SAFETY: the caller's promise: this leaves 64.
        let rest = unsafe { self.0.get_unchecked_mut(len..) };
        // SAFETY: as said.
        unsafe { &mut *rest.as_mut_ptr().cast() }
    }

    /// The first `count` line ends.
    ///
    /// # Safety
    /// So many were written.
    #[inline(always)]
    unsafe fn written(&self, count: usize) -> &[u32] {
        // SAFETY: the caller's promise.
        let ends = unsafe { self.0.get_unchecked(..count) };
        // SAFETY: the same.
        unsafe { &*(core::ptr::from_ref(ends) as *const _) }
    }
}

/// How many breaks there are: `doubles` are the line ends among them, of which no
/// two are side by side, and `ends` is how many these are.
#[inline(always)]
fn count_breaks<B: Blocks>(breaks: u64, doubles: u64, ends: usize) -> usize {
    if !B::COUNTS_SLOWLY {
        return breaks.count_ones() as usize;
    }
    // Without an instruction to count bits: those that are no line's end are few. (One
    // round a bit: Kernighan's way in "Bit Twiddling Hacks".)
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
    triples: u64,
}

/// The last bits of the block before, at the place of the first.
struct Carry {
    is_break: u64,
    is_double: u64,
}

impl Carry {
    const NONE: Carry = Carry { is_break: 0, is_double: 0 };
}

impl Block {
    #[inline(always)]
    fn new(breaks: u64, before: &Carry) -> Block {
        // (Added, as LLVM makes of shifts and `|` an instruction that is slow.)
        let doubles = breaks & breaks.wrapping_add(breaks).wrapping_add(before.is_break);
        let triples = doubles & doubles.wrapping_add(doubles).wrapping_add(before.is_double);
        Block { breaks, doubles, triples }
    }

    #[inline(always)]
    fn carry(&self) -> Carry {
        Carry { is_break: self.breaks >> 63, is_double: self.doubles >> 63 }
    }
}

/// The first block at or after `from` that has a break or is not whole.
#[inline(always)]
fn skip_quiet<B: Blocks, const EXACT: bool>(blocks: B, octets: Window<'_>, from: usize) -> usize {
    let mut at = from;
    while let Some(block) = octets.octets().get(at..).and_then(|rest| rest.first_chunk()) {
        if blocks.breaks_of::<EXACT>(block) != 0 {
            break;
        }
        at += 64;
    }
    at
}
