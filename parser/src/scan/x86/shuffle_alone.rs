//! How the SSE4.2 level finds the end of a class: there is one way.

use super::sse42::Sse42;
use crate::scan::Op;
use crate::scan::kernel::Kernel;

#[inline(always)]
pub(super) fn run<O: Op>(scan: Sse42, op: O, second: O::Second, third: O::Third) -> O::Out {
    op.run(Kernel(scan), second, third)
}
