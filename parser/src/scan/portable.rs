//! Dispatch where no vector instructions are known: SWAR, or less if asked.

use super::scalar::Scalar;
use super::slots::Writer;
use super::swar::{self, Swar};
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
pub(super) fn dispatch_head<O: HeadOp>(
    at_most: Level,
    octets: &[u8],
    limits: &Limits,
    writer: Writer<'_>,
) -> O::Out {
    let (slots, record) = writer.into_parts();
    match at_most {
        Level::Scalar => O::NOT_HERE,
        // SAFETY: the parts are those of one writer.
        _ => unsafe { swar::enter_head::<O>(octets, slots, limits, record) },
    }
}
