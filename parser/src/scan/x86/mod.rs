//! x86 and x86-64: SSE4.2, AVX2 and AVX-512 beside the portable levels.

mod avx2;
mod avx512;
mod blocks;
mod detect;
mod sse42;
mod tables;

pub(super) use detect::detect;

use super::scalar::Scalar;
use super::swar::Swar;
use super::{Level, Op};

#[inline]
pub(super) fn dispatch<O: Op>(at_most: Level, op: &mut O) -> O::Out {
    match at_most.min(detect()) {
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
