//! Eight octets at a time in a general-purpose register, for CPUs whose vector
//! instructions are unknown to this crate.
//!
//! The tests on all octets of a word at once are the classic ones of "Bit Twiddling Hacks" (Sean
//! Eron Anderson), in their exact form: no borrow crosses from one octet into the next, so the
//! *lowest* flagged octet is right and so are all others.

use core::mem::MaybeUninit;

use super::class::{self, TARGET, TOKEN, VALUE};
use super::scalar;
use super::{Blocks, Scan, Window};

/// The scanner of [`Level::Swar`](super::Level::Swar). It needs nothing of the CPU.
#[derive(Clone, Copy)]
pub(crate) struct Swar;

impl Scan for Swar {
    type Blocks = Swar;

    #[inline(always)]
    fn blocks(self) -> Option<Swar> {
        Some(self)
    }

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
    const COUNTS_SLOWLY: bool = true;

    #[inline(always)]
    fn breaks_of<const EXACT: bool>(self, block: &[u8; 64]) -> u64 {
        let words = block.as_chunks::<8>().0.iter().zip((0..).step_by(8));
        words.fold(0, |mask, (word, place)| mask + (any_breaks::<EXACT>(word) << place))
    }

    #[inline(always)]
    fn breaks<const EXACT: bool>(self, octets: Window<'_>, at: usize) -> u64 {
        let rest = octets.octets().get(at..).unwrap_or_default();
        if let Some(block) = rest.first_chunk() {
            return self.breaks_of::<EXACT>(block);
        }
        let (words, rest) = rest.as_chunks::<8>();
        let (mut mask, mut place) = (0, 0);
        for word in words {
            mask += any_breaks::<EXACT>(word) << place;
            place += 8;
        }
        if !rest.is_empty() {
            let (word, before) = octets.read::<8>(at + place);
            mask += any_breaks::<EXACT>(word) >> before << place;
        }
        mask
    }

    #[inline(always)]
    fn token_len(self, octets: &[u8; 32]) -> u32 {
        self.token_end(octets, 0) as u32
    }

    #[inline(always)]
    fn token_len_near_end(self, octets: Window<'_>, at: usize) -> u32 {
        (self.token_end(octets.octets(), at) - at) as u32
    }

    #[inline(always)]
    fn target_end(self, octets: Window<'_>, from: usize, _: usize) -> usize {
        Scan::target_end(self, octets.octets(), from)
    }

    // Not all octets are looked at, but each name.
    #[inline(always)]
    fn first_block(self, _: Window<'_>) -> (u64, u64) {
        (0, 0)
    }

    #[inline(always)]
    fn token_len_in_block(self, _: u64, octets: Window<'_>, at: usize) -> u32 {
        (self.token_end(octets.octets(), at) - at) as u32
    }

    #[inline(always)]
    fn positions(self, bits: u64, at: u32, out: &mut [MaybeUninit<u32>; 64]) -> usize {
        let (mut rest, mut count) = (bits, 0);
        for place in out {
            if rest == 0 {
                break;
            }
            place.write(at.wrapping_add(rest.trailing_zeros()));
            rest &= rest - 1;
            count += 1;
        }
        count
    }
}

/// The breaks of eight octets, bit `i` for octet `i`.
#[inline(always)]
fn any_breaks<const EXACT: bool>(octets: &[u8; 8]) -> u64 {
    let word = u64::from_le_bytes(*octets);
    gather(if EXACT { not_value(word) } else { breaks(word) })
}

/// The high bits of eight octets side by side: the multiplication moves each to the highest octet,
/// and no two to the same place. (The flipped diagonal of chess programs, which gather a file of a
/// bitboard so: "Kindergarten Bitboards" of the Chess Programming Wiki.)
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
