//! One octet at a time: the reference that every other level is held to.

use super::Scan;
use super::class::{self, TARGET, TOKEN, VALUE};
use super::swar::Swar;

/// The scanner of [`Level::Scalar`](super::Level::Scalar). It needs nothing of the CPU.
#[derive(Clone, Copy)]
pub(crate) struct Scalar;

impl Scan for Scalar {
    type Blocks = Swar;

    #[inline(always)]
    fn blocks(self) -> Option<Swar> {
        None
    }

    #[inline(always)]
    fn token_end(self, octets: &[u8], from: usize) -> usize {
        first_outside(octets, from, TOKEN)
    }

    #[inline(always)]
    fn target_end(self, octets: &[u8], from: usize) -> usize {
        first_outside(octets, from, TARGET)
    }

    #[inline(always)]
    fn value_end(self, octets: &[u8], from: usize) -> usize {
        first_outside(octets, from, VALUE)
    }
}

/// The first position at or after `from` whose octet is not of `class`, or the length.
#[inline(always)]
pub(super) fn first_outside(octets: &[u8], from: usize, class: u8) -> usize {
    let rest = octets.get(from..).unwrap_or_default();
    match rest.iter().position(|&octet| !class::belongs(octet, class)) {
        Some(distance) => from + distance,
        None => octets.len(),
    }
}
