//! Where lines end, found block by block: those of a head, or of a whole buffer
//! with several heads, of which one after another is taken.
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

use super::lines::{First, Line, Lines};
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
/// Invariant: of each of `ends`, it and the octet in front of it are breaks. If not
/// `open`, two octets are behind it, and it is at least two behind the one before.
pub(crate) struct ListedLines<'i, 'b, B> {
    blocks: B,
    octets: Window<'b>,
    /// Where the head begins.
    start: usize,
    /// The offset of the LF of each line; if `open`, also of what follows the head.
    ends: &'i [u32],
    open: bool,
}

impl<B: Blocks> Lines for ListedLines<'_, '_, B> {
    #[inline(always)]
    fn octets(&self) -> &[u8] {
        self.octets.octets()
    }

    #[inline(always)]
    fn start(&self) -> usize {
        self.start
    }

    #[inline(always)]
    fn first(&self) -> Option<First> {
        let end = *self.ends.first()? as usize;
        let from = end.checked_sub(10).filter(|&from| from >= self.start)?;
        if self.open && end + 3 > self.octets().len() {
            return None;
        }
        // SAFETY: by the invariant, or as seen, `end + 3 <= len`.
        let eight = unsafe { self.octets.eight_at(from) };
        // SAFETY: as above.
        let four = unsafe { self.octets.four_at(from + 7) };
        Some(First { end, last_ten: (eight, four) })
    }

    #[inline(always)]
    fn first_not_token(&self) -> u32 {
        self.blocks.not_token(self.octets, self.start).trailing_zeros()
    }

    #[inline(always)]
    fn target_end(&self, skipped: u32, end: usize) -> usize {
        let seen = u64::MAX.checked_shl(skipped).unwrap_or(0);
        let mut found = self.blocks.not_target(self.octets, self.start) & seen;
        let mut block = self.start;
        while found == 0 && block < end {
            block += B::WIDTH;
            found = self.blocks.not_target(self.octets, block);
        }
        block + found.trailing_zeros() as usize
    }

    #[inline(always)]
    fn fields(&self, slots: &mut Writer<'_>, mut field: impl FnMut(Line) -> Option<FieldPosition>) {
        let Some((&first_end, ends)) = self.ends.split_first() else { return };
        let len = self.octets().len();
        let mut start = first_end as usize + 1;
        let room = slots.room();
        let most = room.len().min(ends.len());
        let mut count = 0;
        while count < most {
            // SAFETY: `count < most <= ends.len()`.
            let end = unsafe { *ends.get_unchecked(count) } as usize;
            // The CR of the empty line, or a line that may not be whole.
            if self.open && (end == start || end + 3 > len) {
                break;
            }
            let name_len = self.blocks.not_token(self.octets, start).trailing_zeros() as usize;
            if name_len == 64 {
                break;
            }
            // The break in front of `end` is no token octet, so the name ends there
            // or before: four octets from there on are in front of `end + 3`.
            // SAFETY: as said, and `end + 3 <= len` by the invariant or as seen.
            let behind_name = unsafe { self.octets.four_at(start + name_len) };
            // SAFETY: an end before this one is at 1 or behind, so this is at 3.
            let last = unsafe { self.octets.four_at(end - 3) };
            // SAFETY: `start < end`: the end before is two octets before this one, or
            // one if `open`, and then this one is `start` itself, as seen.
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
    }
}

/// Room for the line ends of one head, or of several that follow each other: not
/// initialised, so that it costs nothing.
pub(crate) struct Room([MaybeUninit<u32>; ROOM + 64]);

impl Room {
    #[inline(always)]
    pub(crate) const fn new() -> Room {
        Room([const { MaybeUninit::uninit() }; ROOM + 64])
    }

    /// The lines of the head that the octets begin with. `EXACT` is as with
    /// [`Blocks::breaks`].
    #[inline(always)]
    pub(crate) fn lines<'o, B: Blocks, const EXACT: bool>(
        &mut self,
        blocks: B,
        octets: Window<'o>,
    ) -> ListedLines<'_, 'o, B> {
        let none = ListedLines { blocks, octets, start: 0, ends: &[], open: false };
        let all = octets.octets().len();
        let (mut len, mut breaks, mut at) = (0, 0, 0);
        // The last bits of the block before, at the place of the first.
        let (mut break_before, mut double_before) = (0, 0);
        let mut quiet = 0;
        let (block, in_front) = loop {
            if at >= all {
                break (Block { breaks: 0, doubles: 0 }, 0);
            }
            let found = blocks.breaks::<EXACT>(octets, at);
            // (Added, as LLVM makes of shifts and `|` an instruction that is slow.)
            let doubles = found & found.wrapping_add(found).wrapping_add(break_before);
            let triples = doubles & doubles.wrapping_add(doubles).wrapping_add(double_before);
            if triples != 0 {
                break (Block { breaks: found, doubles }, !triples & (triples - 1));
            }
            (break_before, double_before) = (found >> 63, doubles >> 63);
            let Some(more) = self.push(blocks, doubles, at, len) else { return none };
            (len, at) = (more, at + 64);
            breaks += found.count_ones() as usize;
            if at % QUIET == 0 {
                if len == quiet && found == 0 {
                    at = skip_quiet::<B, EXACT>(blocks, octets, at);
                }
                quiet = len;
            }
        };
        let Some(len) = self.push(blocks, block.doubles & in_front, at, len) else { return none };
        breaks += (block.breaks & in_front).count_ones() as usize;
        // If there is no end of the head, the last octet may be the CR of a line
        // that isn't whole.
        let half = if at >= all { break_before & !double_before } else { 0 };
        // SAFETY: so many were pushed.
        let ends = unsafe { self.ends(0, len) };
        let ends = match ends {
            [ends @ .., last] if *last as usize + 3 > all => ends,
            ends => ends,
        };
        if breaks == 2 * len + half as usize { ListedLines { ends, ..none } } else { none }
    }

    /// Puts the bits of a block behind the first `len` line ends, and returns how
    /// many there are then. `None` if there is no room.
    #[inline(always)]
    fn push<B: Blocks>(&mut self, blocks: B, bits: u64, at: usize, len: usize) -> Option<usize> {
        if len > ROOM {
            return None;
        }
        let room: &mut [_; 64] = self.0.get_mut(len..)?.first_chunk_mut()?;
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

/// The bits of a block.
struct Block {
    breaks: u64,
    doubles: u64,
}

/// Line ends of a buffer with several heads, of which one after another is taken.
/// They are found for many heads at once, and stay between one call and the next.
pub(crate) struct Index {
    /// Invariant: `room` holds as many line ends as this says.
    state: State,
    room: Room,
}

/// What an [`Index`] knows.
#[derive(Clone, Copy)]
struct State {
    /// The first of the octets that this is of; all offsets count from it.
    /// [`NONE`] if nothing is known.
    from: usize,
    /// Where the next head begins.
    start: usize,
    /// How many line ends are in front of it.
    taken: usize,
    /// How many line ends there are.
    len: usize,
    /// All octets before this one are classified.
    classified: usize,
    /// In front of this one there is no break that is none of two.
    regular: usize,
    /// Whether the last octet that was classified is a break, as the first bit.
    break_before: u64,
    /// The same of a break that has none before it.
    lone_before: u64,
}

const NONE: usize = usize::MAX;

impl State {
    /// Nothing is known of the octets from `from` on.
    #[inline(always)]
    const fn at(from: usize) -> State {
        let (start, taken, len, classified) = (0, 0, 0, 0);
        let (regular, break_before, lone_before) = (usize::MAX, 0, 0);
        State { from, start, taken, len, classified, regular, break_before, lone_before }
    }
}

impl Index {
    /// Nothing is known.
    #[inline(always)]
    pub(crate) const fn new() -> Index {
        let mut index = MaybeUninit::<Index>::uninit();
        let this = index.as_mut_ptr();
        // Not as a struct expression: the compiler makes a constant of that, and
        // copies all of it.
        // SAFETY: the field is within the storage.
        let state = unsafe { &raw mut (*this).state };
        // SAFETY: as above.
        unsafe { state.write(State::at(NONE)) };
        // SAFETY: `room` may be uninitialised, and no line end is known.
        unsafe { index.assume_init() }
    }

    /// The lines of the head that begins at `at`, and of what follows it, as far as
    /// they are in the next `ahead` octets or there is room.
    #[inline(always)]
    pub(crate) fn lines<'o, B: Blocks>(
        &mut self,
        blocks: B,
        octets: &'o [u8],
        at: usize,
        ahead: usize,
    ) -> Option<ListedLines<'_, 'o, B>> {
        let State { from, start, len, .. } = self.state;
        if from == NONE || at.wrapping_sub(from) != start || len > ROOM / 2 {
            self.state = State::at(at);
        }
        let octets = Window::new(octets.get(self.state.from..)?)?;
        let wanted = octets.octets().len().min(self.state.start + ahead);
        if self.state.classified < wanted {
            self.classify(blocks, octets, wanted);
        }
        let State { start, taken, len, .. } = self.state;
        // SAFETY: so many were pushed, and no more are taken.
        let ends = unsafe { self.room.ends(taken.min(len), len) };
        Some(ListedLines { blocks, octets, start, ends, open: true })
    }

    /// Classifies octets up to `wanted`, or until there is no room.
    #[inline(always)]
    fn classify<B: Blocks>(&mut self, blocks: B, octets: Window<'_>, wanted: usize) {
        let mut state = self.state;
        while state.classified < wanted {
            let at = state.classified;
            let found = blocks.breaks::<false>(octets, at);
            let doubles = found & found.wrapping_add(found).wrapping_add(state.break_before);
            let Some(len) = self.room.push(blocks, doubles, at, state.len) else { break };
            let lone = found & !doubles;
            if lone.wrapping_add(lone).wrapping_add(state.lone_before) & !found != 0 {
                // The break may be the octet before.
                state.regular = state.regular.min(at.saturating_sub(1));
            }
            (state.break_before, state.lone_before) = (found >> 63, lone >> 63);
            (state.len, state.classified) = (len, at + 64);
        }
        self.state = state;
    }

    /// Takes the head of `length` octets that begins where the last one ended, with
    /// its `lines`. Whether all breaks in it are at their ends.
    #[inline(always)]
    pub(crate) fn take(&mut self, length: usize, lines: usize) -> bool {
        let end = self.state.start + length;
        self.state.start = end;
        // The empty line counts twice: its CR stands behind an LF.
        self.state.taken += lines + 2;
        end <= self.state.regular
    }
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
