//! Lines, with the widest instructions that the processor has, if they are so many that it is worth while to ask.

use fearless_simd::prelude::*;
use fearless_simd::{Level, dispatch, u8x32, u8x64, u64x4, u64x8};

use super::{MANY, WIDE, each};

/// Lines that so many octets have at least, with the first of them aligned.
const MANY_LINES: usize = MANY / WIDE - 1;

/// Lines from which on it is.
const SOME: usize = 4;

#[inline]
pub(super) fn mask(lines: &mut [[u8; WIDE]], twice: u64) {
    match lines.len() {
        ..SOME => each(lines, twice),
        // These mostly do not begin at a line of the cache: each of the widest vectors would be parted by two.
        SOME..MANY_LINES => dispatch!(Level::new(), simd => halves(simd, lines, twice)),
        _ => dispatch!(Level::new(), simd => vectors(simd, lines, twice)),
    }
}

/// Copies many, masked.
#[inline]
pub(super) fn copy(lines: &mut [[u8; WIDE]], from: &[[u8; WIDE]], twice: u64) {
    dispatch!(Level::new(), simd => vectors_copied(simd, lines, from, twice));
}

#[inline(always)]
fn vectors<S: Simd>(simd: S, lines: &mut [[u8; WIDE]], twice: u64) {
    let pattern = u64x8::splat(simd, twice).bitcast::<u8x64<S>>();
    for line in lines {
        (u8x64::load_array_ref(simd, line) ^ pattern).store_array(line);
    }
}

#[inline(always)]
fn halves<S: Simd>(simd: S, lines: &mut [[u8; WIDE]], twice: u64) {
    let pattern = u64x4::splat(simd, twice).bitcast::<u8x32<S>>();
    for half in lines.as_flattened_mut().as_chunks_mut::<{ WIDE / 2 }>().0 {
        (u8x32::load_array_ref(simd, half) ^ pattern).store_array(half);
    }
}

#[inline(always)]
fn vectors_copied<S: Simd>(simd: S, lines: &mut [[u8; WIDE]], from: &[[u8; WIDE]], twice: u64) {
    let pattern = u64x8::splat(simd, twice).bitcast::<u8x64<S>>();
    for (line, from) in lines.iter_mut().zip(from) {
        (u8x64::load_array_ref(simd, from) ^ pattern).store_array(line);
    }
}
