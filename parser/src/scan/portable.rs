//! Dispatch where no vector instructions are known: SWAR, or less if asked.

use super::class::{HOST, TABLE};
use super::scalar::Scalar;
use super::slots::Writer;
use super::swar::{self, Swar};
use super::{Choice, HeadOp, Level, Op};
use crate::Limits;

pub(super) fn detect() -> Level {
    Level::Swar
}

/// Whether sixteen octets are of [`HOST`].
#[inline(always)]
pub(super) fn are_host(halves: [[u8; 8]; 2]) -> bool {
    halves.as_flattened().iter().fold(HOST, |all, &octet| all & TABLE[octet as usize]) != 0
}

#[inline]
pub(super) fn dispatch<O: Op>(choice: Choice, op: &mut O) -> O::Out {
    match choice.level() {
        Level::Scalar => op.run(Scalar),
        _ => op.run(Swar),
    }
}

#[inline(always)]
pub(super) fn dispatch_head<O: HeadOp>(
    choice: Choice,
    octets: &[u8],
    limits: &Limits,
    writer: Writer<'_>,
) -> O::Out {
    const SCALAR: u8 = Level::Scalar as u8;
    let (slots, record) = writer.into_parts();
    match choice.number(|| Level::Swar as u8) {
        SCALAR => O::NOT_HERE,
        // SAFETY: the parts are those of one writer.
        _ => unsafe { swar::enter_head::<O>(octets, slots, limits, record) },
    }
}
