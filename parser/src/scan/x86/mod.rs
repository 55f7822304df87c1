//! x86 and x86-64: SSE4.2, AVX2 and AVX-512 beside the portable levels.

mod avx2;
mod avx512;
mod blocks;
mod detect;
mod host;
mod positions;
mod sse42;
mod tables;

#[cfg_attr(any(test, feature = "alternatives"), path = "pcmpestri.rs")]
#[cfg_attr(not(any(test, feature = "alternatives")), path = "shuffle_alone.rs")]
mod ways;

pub(super) use detect::detect;
pub(super) use host::are_host;

use core::hint::cold_path;

use super::scalar::Scalar;
use super::slots::Writer;
use super::swar::{self, Swar};
use super::{Choice, HeadOp, Level, Op};
use crate::Limits;

#[inline]
pub(super) fn dispatch<O: Op>(choice: Choice, op: &mut O) -> O::Out {
    match choice.level() {
        // SAFETY: the level is no better than what detection found.
        Level::Avx512 => unsafe { avx512::enter(op) },
        // SAFETY: as above.
        Level::Avx2 => unsafe { avx2::enter(op) },
        // SAFETY: as above.
        Level::Sse42 => unsafe { sse42::enter(op) },
        Level::Swar => op.run(Swar),
        Level::Scalar => op.run(Scalar),
    }
}

#[inline(always)]
pub(super) fn dispatch_head<O: HeadOp>(
    choice: Choice,
    octets: &[u8],
    limits: &Limits,
    writer: Writer<'_>,
) -> O::Out {
    let (slots, record) = writer.into_parts();
    // (By numbers, as matching on what `detect` returns judges the level twice.)
    match choice.number(detect::found) {
        // SAFETY: the level is no better than what detection found, and the parts are
        // those of one writer.
        AVX512.. => unsafe { avx512::enter_head::<O>(octets, slots, limits, record) },
        // SAFETY: as above.
        AVX2 => unsafe { avx2::enter_head::<O>(octets, slots, limits, record) },
        // The others are seldom the best: so these two are told apart first.
        SSE42 => {
            cold_path();
            // SAFETY: as above.
            unsafe { sse42::enter_head::<O>(octets, slots, limits, record) }
        }
        SWAR => {
            cold_path();
            // SAFETY: as above.
            unsafe { swar::enter_head::<O>(octets, slots, limits, record) }
        }
        _ => {
            cold_path();
            O::NOT_HERE
        }
    }
}

const AVX512: u8 = Level::Avx512 as u8;
const AVX2: u8 = Level::Avx2 as u8;
const SSE42: u8 = Level::Sse42 as u8;
const SWAR: u8 = Level::Swar as u8;
