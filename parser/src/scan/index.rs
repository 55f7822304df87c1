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

use super::{Blocks, Window};

/// How many line ends fit, besides those of one more block.
const ROOM: usize = 256;

/// Every so many octets it is seen whether there was a line end. If not, the rest
/// of what must be a long value is looked through at full speed.
const QUIET: usize = 256;

/// The lines of one head, as far as they are there.
pub(crate) struct Lines<'i> {
    /// The offset of the LF of each line but the empty one.
    pub(crate) ends: &'i [u32],
    /// The offset of the empty line, if that is there.
    pub(crate) empty: Option<usize>,
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
    pub(crate) fn lines<B: Blocks, const EXACT: bool>(
        &mut self,
        blocks: B,
        octets: Window<'_>,
        limit: usize,
    ) -> Option<Lines<'_>> {
        // SAFETY: this state knows of no line end.
        let found = unsafe { State::NEW.lines::<B, EXACT>(self, blocks, octets, limit) };
        found.map(|(lines, _)| lines)
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
        self.state.next.start == start && self.state.len <= ROOM / 2
    }

    /// The lines of the head that begins where the last one ended, of which
    /// `limit` octets are looked at and perhaps a block more. `None` if they are
    /// not of the usual form, or too many. `EXACT` is as with
    /// [`Blocks::breaks`].
    #[inline(always)]
    pub(crate) fn lines<B: Blocks, const EXACT: bool>(
        &mut self,
        blocks: B,
        octets: Window<'_>,
        limit: usize,
    ) -> Option<Lines<'_>> {
        let state = core::mem::replace(&mut self.state, State::LOST);
        // SAFETY: the invariant.
        let found = unsafe { state.lines::<B, EXACT>(&mut self.room, blocks, octets, limit) };
        let (lines, state) = found?;
        self.state = state;
        Some(lines)
    }
}

/// What is known of the octets that were classified.
#[derive(Clone, Copy)]
struct State {
    /// How many line ends were found.
    len: usize,
    /// All octets before this one are classified.
    classified: usize,
    /// How many of them are breaks.
    breaks: usize,
    last: Block,
    next: Next,
}

/// The block that was classified last.
#[derive(Clone, Copy)]
struct Block {
    breaks: u64,
    doubles: u64,
    triples: u64,
}

/// Where the next head begins.
#[derive(Clone, Copy)]
struct Next {
    /// As an offset; [`NONE`] if that isn't known.
    start: usize,
    /// As a number of line ends.
    line: usize,
    /// As a number of breaks.
    breaks: usize,
}

const NONE: usize = usize::MAX;

impl State {
    const NEW: State = State {
        len: 0,
        classified: 0,
        breaks: 0,
        last: Block { breaks: 0, doubles: 0, triples: 0 },
        next: Next { start: 0, line: 0, breaks: 0 },
    };

    /// No head comes next.
    const LOST: State = State { next: Next { start: NONE, ..State::NEW.next }, ..State::NEW };

    /// See [`Index::lines`]; and what is known then.
    ///
    /// # Safety
    /// `room` holds as many line ends as this says.
    #[inline(always)]
    unsafe fn lines<'i, B: Blocks, const EXACT: bool>(
        self,
        room: &'i mut Room,
        blocks: B,
        octets: Window<'_>,
        limit: usize,
    ) -> Option<(Lines<'i>, State)> {
        let State { mut len, mut classified, mut breaks, mut last, next: first } = self;
        let all = octets.octets().len();
        let stop = all.min(first.start.saturating_add(limit));
        // The last bits of the block before, at the place of the first.
        let (mut break_before, mut double_before) = (last.breaks >> 63, last.doubles >> 63);
        if last.triples == 0 {
            if last.breaks != 0 {
                len = room.push(blocks, last.doubles, classified - 64, len)?;
                breaks += last.breaks.count_ones() as usize;
            }
            let mut quiet = len;
            loop {
                if classified >= stop {
                    // The last octet may be the CR of a line that isn't whole.
                    let half = break_before & !double_before;
                    let regular = breaks - first.breaks == 2 * (len - first.line) + half as usize;
                    // SAFETY: so many are there.
                    let ends = unsafe { room.ends(first.line, len) };
                    return regular.then_some((Lines { ends, empty: None }, State::LOST));
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
                len = room.push(blocks, doubles, classified - 64, len)?;
                breaks += found.count_ones() as usize;
                if classified % QUIET == 0 {
                    if len == quiet && found == 0 {
                        classified = skip_quiet::<B, EXACT>(blocks, octets, classified, stop);
                    }
                    quiet = len;
                }
            }
        }
        let place = last.triples.trailing_zeros() as usize;
        let block = classified - 64;
        let in_front = !last.triples & (last.triples - 1);
        let line = room.push(blocks, last.doubles & in_front, block, len)?;
        let seen = breaks + (last.breaks & in_front).count_ones() as usize;
        let empty = block + place;

        // What is behind the empty line belongs to the next head. If its LF is in
        // the next block, the next head is to be looked for anew.
        let behind = u64::MAX.checked_shl(place as u32 + 2).unwrap_or(0);
        let Block { breaks: found, doubles, triples } = last;
        let last =
            Block { breaks: found & behind, doubles: doubles & behind, triples: triples & behind };
        let start = if place == 63 { NONE } else { empty + 2 };
        let next = Next { start, line, breaks: seen };

        let regular = seen - first.breaks == 2 * (line - first.line);
        let ended = octets.four(empty.wrapping_sub(2)) == u32::from_le_bytes(*b"\r\n\r\n");
        // SAFETY: so many are there.
        let ends = unsafe { room.ends(first.line, line) };
        let lines = Lines { ends, empty: Some(empty) };
        (regular & ended & (empty + 2 <= all))
            .then_some((lines, State { len: line, classified, breaks: seen, last, next }))
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
