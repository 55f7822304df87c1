//! Where the lines of a buffer end, found block by block and kept: a head is
//! taken out of it, and the next head goes on where that one ended.
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
/// Invariant: each of `ends` but the first is at least two octets behind the one
/// before; it and the octet in front of it are breaks; and two octets are behind
/// it.
pub(crate) struct Lines<'i, 'b, B> {
    blocks: B,
    octets: Window<'b>,
    /// Where the head begins.
    pub(crate) start: usize,
    /// The offset of the LF of each line but the empty one.
    ends: &'i [u32],
    /// The offset of the empty line; [`NONE`] if that isn't there.
    empty: usize,
}

/// The first line.
pub(crate) struct First {
    /// Where its LF is.
    pub(crate) end: usize,
    /// The eight octets that end in front of the last two, and the last four, as
    /// little-endian numbers.
    pub(crate) last_ten: (u64, u32),
}

/// A line behind the first.
pub(crate) struct Line {
    /// Where it begins.
    pub(crate) start: usize,
    /// How many token octets it begins with.
    pub(crate) name_len: usize,
    /// Where its LF is.
    pub(crate) end: usize,
    /// Its first octet.
    pub(crate) first: u8,
    /// The four octets from the end of the name on, as a little-endian number.
    pub(crate) behind_name: u32,
    /// The four octets that it ends with, or two of them and two before the line.
    pub(crate) last: u32,
}

impl<'b, B: Blocks> Lines<'_, 'b, B> {
    /// All octets, also those in front of the head and behind it.
    #[inline(always)]
    pub(crate) fn octets(&self) -> &'b [u8] {
        self.octets.octets()
    }

    /// Whether the empty line that ends the head begins at `at`.
    #[inline(always)]
    pub(crate) fn end_at(&self, at: usize) -> bool {
        self.empty == at
    }

    /// The first line, if it has 11 octets or more.
    #[inline(always)]
    pub(crate) fn first(&self) -> Option<First> {
        let end = *self.ends.first()? as usize;
        let from = end.checked_sub(10)?;
        // SAFETY: by the invariant `end + 3 <= len`.
        let eight = unsafe { self.octets.eight_at(from) };
        // SAFETY: as above.
        let four = unsafe { self.octets.four_at(from + 7) };
        Some(First { end, last_ten: (eight, four) })
    }

    /// How many token octets the first line begins with, and the octet behind
    /// them. `None` if there are more than are looked at.
    #[inline(always)]
    pub(crate) fn first_token(&self) -> Option<(u32, u8)> {
        let len = self.blocks.not_token(self.octets, self.start).trailing_zeros();
        if len == 64 {
            return None;
        }
        // SAFETY: no bit stands for an octet that isn't there.
        Some((len, unsafe { self.octets.one_at(self.start + len as usize) }))
    }

    /// The first octet that can't be of a target, from the octet `skipped` behind
    /// the start on; or one at `end` or behind it.
    #[inline(always)]
    pub(crate) fn target_end(&self, skipped: u32, end: usize) -> usize {
        let seen = u64::MAX.checked_shl(skipped).unwrap_or(0);
        let mut found = self.blocks.not_target(self.octets, self.start) & seen;
        let mut block = self.start;
        while found == 0 && block < end {
            block += B::WIDTH;
            found = self.blocks.not_target(self.octets, block);
        }
        block + found.trailing_zeros() as usize
    }

    /// Writes what `field` makes of each line behind the first into `slots`, until
    /// it makes nothing of one, no slot is left, or a line begins with more token
    /// octets than are looked at.
    #[inline(always)]
    pub(crate) fn fields(
        &self,
        slots: &mut Writer<'_>,
        mut field: impl FnMut(Line) -> Option<FieldPosition>,
    ) {
        let Some((&first_end, ends)) = self.ends.split_first() else { return };
        let mut start = first_end as usize + 1;
        let room = slots.room();
        let most = room.len().min(ends.len());
        let mut count = 0;
        while count < most {
            // SAFETY: `count < most <= ends.len()`.
            let end = unsafe { *ends.get_unchecked(count) } as usize;
            let name_len = self.blocks.not_token(self.octets, start).trailing_zeros() as usize;
            if name_len == 64 {
                break;
            }
            // The break in front of `end` is no token octet, so the name ends there
            // or before: four octets from there on are in front of `end + 3`.
            // SAFETY: as said, and `end + 3 <= len` by the invariant.
            let behind_name = unsafe { self.octets.four_at(start + name_len) };
            // SAFETY: an end before this one is at 1 or behind, so this is at 3.
            let last = unsafe { self.octets.four_at(end - 3) };
            // SAFETY: `start <= end`, as by the invariant the end before is in front
            // of that.
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

    /// The lines of the head that the octets begin with. See [`Index::lines`].
    #[inline(always)]
    pub(crate) fn lines<'o, B: Blocks, const EXACT: bool>(
        &mut self,
        blocks: B,
        octets: Window<'o>,
        limit: usize,
    ) -> Lines<'_, 'o, B> {
        let mut state = State::NEW;
        // SAFETY: this state knows of no line end.
        unsafe { state.lines::<B, EXACT>(self, blocks, octets, limit) }
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

/// Line ends of a buffer, of which one head after another is taken.
pub(crate) struct Index {
    room: Room,
    /// Invariant: `room` holds as many line ends as this says.
    state: State,
}

impl Index {
    /// An index that knows nothing, made in `storage`: handed back by value, all
    /// of it would be copied.
    #[inline(always)]
    pub(crate) fn new_in(storage: &mut MaybeUninit<Index>) -> &mut Index {
        // SAFETY: the field is within the storage.
        unsafe { (&raw mut (*storage.as_mut_ptr()).state).write(State::NEW) };
        // SAFETY: `room` may be uninitialised, and the state knows of no line end.
        unsafe { storage.assume_init_mut() }
    }

    /// Whether the head that begins at `start` is the one that comes next, and
    /// there is ample room for its lines.
    #[inline(always)]
    pub(crate) fn goes_on_at(&self, start: usize) -> bool {
        self.state.start == start && self.state.len <= ROOM / 2
    }

    /// The lines of the head that begins where the last one ended, of which
    /// `limit` octets are looked at and perhaps a block more. `EXACT` is as with
    /// [`Blocks::breaks`].
    #[inline(always)]
    pub(crate) fn lines<'o, B: Blocks, const EXACT: bool>(
        &mut self,
        blocks: B,
        octets: Window<'o>,
        limit: usize,
    ) -> Lines<'_, 'o, B> {
        // SAFETY: the invariant.
        unsafe { self.state.lines::<B, EXACT>(&mut self.room, blocks, octets, limit) }
    }
}

/// An index that is kept from one head to the next.
pub(crate) struct KeptIndex {
    /// The first octet that the index is of; [`NONE`] if there is no index.
    ///
    /// Invariant: `index` is initialised if there is one.
    from: usize,
    index: MaybeUninit<Index>,
}

impl KeptIndex {
    /// No index yet.
    #[inline(always)]
    pub(crate) const fn new() -> KeptIndex {
        let mut kept = MaybeUninit::<KeptIndex>::uninit();
        // Not as a struct expression: the compiler makes a constant of that, and
        // copies all of it.
        // SAFETY: the field is within the storage.
        unsafe { (&raw mut (*kept.as_mut_ptr()).from).write(NONE) };
        // SAFETY: the other field may be uninitialised.
        unsafe { kept.assume_init() }
    }

    /// The index in which the head that begins at `at` comes next, and the first
    /// octet that it is of.
    #[inline(always)]
    pub(crate) fn at(&mut self, at: usize) -> (usize, &mut Index) {
        if self.from != NONE {
            // SAFETY: the invariant.
            let index = unsafe { self.index.assume_init_ref() };
            if index.goes_on_at(at.wrapping_sub(self.from)) {
                // SAFETY: the invariant.
                return (self.from, unsafe { self.index.assume_init_mut() });
            }
        }
        self.from = at;
        (at, Index::new_in(&mut self.index))
    }
}

/// What is known of the octets that were classified.
#[derive(Clone, Copy)]
struct State {
    /// How many line ends were found.
    len: usize,
    /// All octets before this one are classified.
    classified: usize,
    /// Where the next head begins; [`NONE`] if that isn't known.
    start: usize,
    /// Of the block that was classified last, the bits of the next head.
    last: Block,
}

/// A block that was classified.
#[derive(Clone, Copy)]
struct Block {
    breaks: u64,
    doubles: u64,
    triples: u64,
}

const NONE: usize = usize::MAX;

impl State {
    const NEW: State = State {
        len: 0,
        classified: 0,
        start: 0,
        last: Block { breaks: 0, doubles: 0, triples: 0 },
    };

    /// See [`Index::lines`].
    ///
    /// # Safety
    /// `room` holds as many line ends as this says.
    #[inline(always)]
    unsafe fn lines<'i, 'o, B: Blocks, const EXACT: bool>(
        &mut self,
        room: &'i mut Room,
        blocks: B,
        octets: Window<'o>,
        limit: usize,
    ) -> Lines<'i, 'o, B> {
        let (start, first) = (self.start, self.len);
        let (mut len, mut classified, mut last) = (self.len, self.classified, self.last);
        self.start = NONE;
        let all = octets.octets().len();
        let mut breaks = 0;
        let none = Lines { blocks, octets, start, ends: &[], empty: NONE };
        if last.triples == 0 {
            // The last bits of the block before, at the place of the first.
            let (mut break_before, mut double_before) = (last.breaks >> 63, last.doubles >> 63);
            if last.breaks != 0 {
                let Some(more) = room.push(blocks, last.doubles, classified - 64, len) else {
                    return none;
                };
                len = more;
                breaks = last.breaks.count_ones() as usize;
            }
            let stop = all.min(start.saturating_add(limit));
            let mut quiet = len;
            loop {
                if classified >= stop {
                    // The last octet may be the CR of a line that isn't whole.
                    let half = break_before & !double_before;
                    let regular = breaks == 2 * (len - first) + half as usize;
                    // SAFETY: so many are there.
                    let ends = unsafe { room.ends(first, len) };
                    // Of the last lines, so many that two octets are behind each.
                    let ends = match ends {
                        [ends @ .., last] if *last as usize + 3 > all => ends,
                        ends => ends,
                    };
                    return if regular { Lines { ends, ..none } } else { none };
                }
                let found = blocks.breaks::<EXACT>(octets, classified);
                // (Added, as LLVM makes of shifts and `|` an instruction that is slow.)
                let doubles = found & found.wrapping_add(found).wrapping_add(break_before);
                let triples = doubles & doubles.wrapping_add(doubles).wrapping_add(double_before);
                classified += 64;
                if triples != 0 {
                    last = Block { breaks: found, doubles, triples };
                    break;
                }
                (break_before, double_before) = (found >> 63, doubles >> 63);
                let Some(more) = room.push(blocks, doubles, classified - 64, len) else {
                    return none;
                };
                len = more;
                breaks += found.count_ones() as usize;
                if classified % QUIET == 0 {
                    if len == quiet && found == 0 {
                        classified = skip_quiet::<B, EXACT>(blocks, octets, classified, stop);
                    }
                    quiet = len;
                }
            }
        }
        let place = last.triples.trailing_zeros();
        let block = classified - 64;
        let in_front = !last.triples & (last.triples - 1);
        let Some(more) = room.push(blocks, last.doubles & in_front, block, len) else {
            return none;
        };
        len = more;
        breaks += (last.breaks & in_front).count_ones() as usize;
        let empty = block + place as usize;

        // What is behind the empty line belongs to the next head. If its LF is in
        // the next block, the next head is to be looked for anew.
        let behind = u64::MAX.checked_shl(place + 2).unwrap_or(0);
        (self.len, self.classified) = (len, classified);
        self.start = if place == 63 { NONE } else { empty + 2 };
        self.last.breaks = last.breaks & behind;
        self.last.doubles = last.doubles & behind;
        self.last.triples = last.triples & behind;

        let regular = breaks == 2 * (len - first);
        let ended = octets.four(empty.wrapping_sub(2)) == u32::from_le_bytes(*b"\r\n\r\n");
        // SAFETY: so many are there.
        let ends = unsafe { room.ends(first, len) };
        let whole = regular & ended & (empty + 2 <= all);
        if whole { Lines { ends, empty, ..none } } else { none }
    }
}

/// The first block at or after `from` that has a break, is not whole, or is at
/// `stop` or behind.
#[inline(always)]
fn skip_quiet<B: Blocks, const EXACT: bool>(
    blocks: B,
    octets: Window<'_>,
    from: usize,
    stop: usize,
) -> usize {
    let mut at = from;
    while at < stop && stop - at >= 64 && blocks.breaks::<EXACT>(octets, at) == 0 {
        at += 64;
    }
    at
}
