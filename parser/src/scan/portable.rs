//! Dispatch where no vector instructions are known: SWAR, or less if asked.

use super::scalar::Scalar;
use super::slots::Writer;
use super::swar::{self, Swar};
use super::{Choice, HeadOp, Level, Op};
use crate::Limits;

pub(super) fn detect() -> Level {
    Level::Swar
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
