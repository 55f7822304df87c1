//! x86 and x86-64: SSE4.2, AVX2 and AVX-512 beside the portable levels.

mod avx2;
mod avx512;
mod host;
mod sse42;
#[cfg(miri)]
mod stand_in;

#[cfg_attr(miri, path = "told.rs")]
#[cfg_attr(not(miri), path = "detect.rs")]
mod detect;

#[cfg(rajada_pcmpestri)]
pub mod pcmpestri;
#[cfg(rajada_pcmpestri)]
use pcmpestri as ways;
#[cfg(not(rajada_pcmpestri))]
#[path = "shuffle_alone.rs"]
mod ways;

pub(super) use detect::detect;
pub(super) use host::are_host;

use super::scalar::Scalar;
use super::swar::Swar;
use super::{Choice, Level, Op, enter};

/// See [`super::dispatch`].
#[inline(always)]
pub(super) fn dispatch<O: Op>(choice: Choice, op: O, second: O::Second, third: O::Third) -> O::Out {
    // (By numbers, as matching on what `detect` returns judges the level twice.)
    match choice.number(detect::found) {
        // SAFETY: the level is no better than what detection found.
        AVX512.. => unsafe { avx512::enter(op, second, third) },
        // SAFETY: as above.
        AVX2 => unsafe { avx2::enter(op, second, third) },
        // The others are seldom the best: so these two are told apart first.
        SSE42 => {
            cold_path();
            // SAFETY: as above.
            unsafe { sse42::enter(op, second, third) }
        }
        SWAR => {
            cold_path();
            enter(Swar, op, second, third)
        }
        SCALAR => {
            cold_path();
            enter(Scalar, op, second, third)
        }
        _ => {
            cold_path();
            ask_first(choice, op, second, third)
        }
    }
}

/// The same before the CPU was asked what it has.
#[cold]
#[inline(never)]
fn ask_first<O: Op>(choice: Choice, op: O, second: O::Second, third: O::Third) -> O::Out {
    dispatch(choice.made(), op, second, third)
}

/// Says that a branch is seldom taken (`core::hint::cold_path` since Rust 1.95).
#[cold]
#[inline(always)]
fn cold_path() {}

/// The level, or SWAR for those of other processors.
pub(super) const fn nearest(level: Level) -> Level {
    match level {
        Level::Simd128 | Level::Neon => Level::Swar,
        level => level,
    }
}

const AVX512: u8 = Level::Avx512 as u8;
const AVX2: u8 = Level::Avx2 as u8;
const SSE42: u8 = Level::Sse42 as u8;
const SWAR: u8 = Level::Swar as u8;
const SCALAR: u8 = Level::Scalar as u8;
