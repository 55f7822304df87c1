//! Lines, with the widest instructions that the processor has, if they are so many that it is worth while to ask.

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, u8x64};

use super::{WIDE, each, each_copied};

/// Lines from which on it is.
const MANY: usize = 4;

#[inline]
pub(super) fn mask(lines: &mut [[u8; WIDE]], twice: u64) {
    if lines.len() < MANY {
        return each(lines, twice);
    }
    dispatch!(Level::new(), simd => vectors(simd, lines, twice));
}

/// The same on the way from one place to another.
#[inline]
pub(super) fn copy(lines: &mut [[u8; WIDE]], from: &[[u8; WIDE]], twice: u64) {
    if lines.len() < MANY {
        return each_copied(lines, from, twice);
    }
    dispatch!(Level::new(), simd => vectors_copied(simd, lines, from, twice));
}

#[inline(always)]
fn vectors<S: Simd>(simd: S, lines: &mut [[u8; WIDE]], twice: u64) {
    let pattern = pattern(simd, twice);
    for line in lines {
        (u8x64::load_array_ref(simd, line) ^ pattern).store_array(line);
    }
}

#[inline(always)]
fn vectors_copied<S: Simd>(simd: S, lines: &mut [[u8; WIDE]], from: &[[u8; WIDE]], twice: u64) {
    let pattern = pattern(simd, twice);
    for (line, from) in lines.iter_mut().zip(from) {
        (u8x64::load_array_ref(simd, from) ^ pattern).store_array(line);
    }
}

#[inline(always)]
fn pattern<S: Simd>(simd: S, twice: u64) -> u8x64<S> {
    let mut pattern = [0; WIDE];
    pattern.as_chunks_mut().0.fill(twice.to_ne_bytes());
    u8x64::load_array(simd, pattern)
}
