//! Eight octets at a time in a general-purpose register, for CPUs whose vector
//! instructions are unknown to this crate.
//!
//! The tests on all octets of a word at once are the classic ones of
//! "Bit Twiddling Hacks" (Sean Eron Anderson), in their exact form: no borrow
//! crosses from one octet into the next, so the *lowest* flagged octet is right
//! and so are all others.

use super::Scan;
use super::class::{self, TARGET, TOKEN, VALUE};
use super::scalar;

/// The scanner of [`Level::Swar`](super::Level::Swar). It needs nothing of the
/// CPU.
#[derive(Clone, Copy)]
pub(crate) struct Swar;

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
        first_outside(octets, from, TARGET, |word| {
            below(word, 0x21) | equal(word, b'#') | equal(word, 0x7F) | (word & HIGH)
        })
    }

    #[inline(always)]
    fn value_end(self, octets: &[u8], from: usize) -> usize {
        first_outside(octets, from, VALUE, |word| {
            (below(word, 0x20) & !equal(word, b'\t')) | equal(word, 0x7F)
        })
    }
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
