//! How the SSE4.2 level finds the end of a class: there is one way.

use super::sse42::Sse42;
use crate::scan::Op;

#[inline(always)]
pub(super) fn run<O: Op>(scan: Sse42, op: &mut O) -> O::Out {
    op.run(scan)
}
