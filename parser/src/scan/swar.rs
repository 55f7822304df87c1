//! Eight octets at a time in a general-purpose register, for CPUs whose vector
//! instructions are unknown to this crate.
//!
//! The tests on all octets of a word at once are the classic ones of
//! "Bit Twiddling Hacks" (Sean Eron Anderson), in their exact form: no borrow
//! crosses from one octet into the next, so the *lowest* flagged octet is right
//! and so are all others.

use core::mem::MaybeUninit;

use super::class::{self, TARGET, TOKEN, VALUE};
use super::scalar;
use super::slots::{Record, Writer};
use super::{Blocks, HeadOp, Scan, Window};
use crate::{FieldPosition, Limits};

/// The scanner of [`Level::Swar`](super::Level::Swar). It needs nothing of the
/// CPU.
#[derive(Clone, Copy)]
pub(crate) struct Swar;

/// Runs `O` with this level, as a function of its own as at the others.
///
/// # Safety
/// `slots` and `record` are the parts of one writer.
#[inline(never)]
pub(super) unsafe fn enter_head<O: HeadOp>(
    octets: &[u8],
    slots: &mut [MaybeUninit<FieldPosition>],
    limits: &Limits,
    record: &mut Record,
) -> O::Out {
    // SAFETY: the caller's promise.
    let writer = unsafe { Writer::from_parts(slots, record) };
    O::run(Swar, octets, limits, writer)
}

impl Scan for Swar {
    /// Names and methods are short and their class is ragged: the table wins.
    #[inline(always)]
    fn token_end(self, octets: &[u8], from: usize) -> usize {
        let mut at = from;
        while let Some(block) = block_at(octets, at) {
            for (distance, &octet) in block.iter().enumerate() {
                if !class::belongs(octet, TOKEN) {
                    return at + distance;
                }
            }
            at += block.len();
        }
        scalar::first_outside(octets, at, TOKEN)
    }

    #[inline(always)]
    fn target_end(self, octets: &[u8], from: usize) -> usize {
        first_outside(octets, from, TARGET, not_target)
    }

    #[inline(always)]
    fn value_end(self, octets: &[u8], from: usize) -> usize {
        first_outside(octets, from, VALUE, not_value)
    }
}

// SAFETY: the methods are held to the class tables by the tests of `scan`, for every
// octet at every place, and no break is of `TOKEN` in these.
unsafe impl Blocks for Swar {
    const FIRST: usize = 0;

    #[inline(always)]
    fn breaks<const EXACT: bool>(self, octets: Window<'_>, at: usize) -> u64 {
        mask::<64>(octets, at, |word| if EXACT { not_value(word) } else { breaks(word) })
    }

    #[inline(always)]
    fn token_len(self, octets: Window<'_>, at: usize) -> u32 {
        (self.token_end(octets.octets(), at) - at) as u32
    }

    #[inline(always)]
    fn target_end(self, octets: Window<'_>, from: usize, _: usize) -> usize {
        Scan::target_end(self, octets.octets(), from)
    }

    #[inline(always)]
    fn breaks_block(self, octets: Window<'_>) -> u64 {
        self.breaks::<false>(octets, 0)
    }

    // Not all octets are looked at, but each name.
    #[inline(always)]
    fn not_token_block(self, _: Window<'_>) -> u64 {
        0
    }

    #[inline(always)]
    fn token_len_in_block(self, _: u64, octets: Window<'_>, at: usize) -> u32 {
        self.token_len(octets, at)
    }

    #[inline(always)]
    fn first_positions(self, _: u64, _: u32) -> impl IntoIterator<Item = u32> {
        []
    }
}

/// A mask of the `N` octets from `at` on, with no bit for those beyond the end.
/// `flags` gets eight octets and sets the high bit of each that is meant.
#[inline(always)]
fn mask<const N: usize>(octets: Window<'_>, at: usize, flags: impl Fn(u64) -> u64) -> u64 {
    let all = octets.octets();
    let gathered = |word: &[u8; 8]| gather(flags(u64::from_le_bytes(*word)));
    let mut mask = 0;
    if let Some(block) = all.get(at..).and_then(|rest| rest.first_chunk::<N>()) {
        for (word, place) in block.as_chunks::<8>().0.iter().zip((0..).step_by(8)) {
            mask += gathered(word) << place;
        }
        return mask;
    }
    let (words, rest) = all.get(at..).unwrap_or_default().as_chunks::<8>();
    let mut place = 0;
    for word in words {
        mask += gathered(word) << place;
        place += 8;
    }
    if !rest.is_empty() {
        let (word, before) = octets.read::<8>(at + place);
        mask += gathered(word) >> before << place;
    }
    mask
}

/// The high bits of eight octets side by side: the multiplication moves each to
/// the highest octet, and no two to the same place.
#[inline(always)]
fn gather(flags: u64) -> u64 {
    (flags & HIGH).wrapping_mul(0x0002_0408_1020_4081) >> 56
}

/// 0x01 in every octet.
const ONES: u64 = u64::MAX / 255;
/// 0x80 in every octet: where the tests leave their answers.
const HIGH: u64 = ONES * 0x80;

/// Flags the octets below `bound`, which is at most 0x80.
#[inline(always)]
fn below(word: u64, bound: u8) -> u64 {
    // Setting the high bit of each octet first keeps the subtraction from
    // borrowing; octets of 0x80 and above are then told apart by `!word`.
    !((word | HIGH) - ONES * bound as u64) & !word & HIGH
}

/// Flags the octets equal to `octet`, which is below 0x80.
#[inline(always)]
fn equal(word: u64, octet: u8) -> u64 {
    below(word ^ (ONES * octet as u64), 1)
}

#[inline(always)]
fn not_target(word: u64) -> u64 {
    below(word, 0x21) | equal(word, b'#') | equal(word, 0x7F) | (word & HIGH)
}

#[inline(always)]
fn not_value(word: u64) -> u64 {
    (below(word, 0x20) & !equal(word, b'\t')) | equal(word, 0x7F)
}

/// Flags controls, DEL, and octets of 0x80 and above; other bits mean nothing.
#[inline(always)]
fn breaks(word: u64) -> u64 {
    // No sum is carried into the next octet.
    let low = word & !HIGH;
    !(low + ONES * 0x60) | (low + ONES) | word
}

#[inline(always)]
fn block_at(octets: &[u8], at: usize) -> Option<&[u8; 8]> {
    octets.get(at..)?.first_chunk()
}

#[inline(always)]
fn first_outside(octets: &[u8], from: usize, class: u8, outside: impl Fn(u64) -> u64) -> usize {
    let mut at = from;
    while let Some(block) = block_at(octets, at) {
        let flags = outside(u64::from_le_bytes(*block));
        if flags != 0 {
            return at + flags.trailing_zeros() as usize / 8;
        }
        at += block.len();
    }
    scalar::first_outside(octets, at, class)
}
