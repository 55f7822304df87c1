//! Dispatch where no vector instructions are known: SWAR, or less if asked.

use super::scalar::Scalar;
use super::slots::Writer;
use super::swar::Swar;
use super::{HeadOp, Level, Op};
use crate::Limits;

pub(super) fn detect() -> Level {
    Level::Swar
}

#[inline]
pub(super) fn dispatch<O: Op>(at_most: Level, op: &mut O) -> O::Out {
    match at_most {
        Level::Scalar => op.run(Scalar),
        _ => op.run(Swar),
    }
}

#[inline(always)]
pub(super) fn dispatch_head<O: HeadOp>(_: Level, _: &[u8], _: &Limits, _: Writer<'_>) -> O::Out {
    O::NOT_HERE
}
