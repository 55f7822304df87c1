//! A way to scan that is not in use, as it is slower than that which is: `pcmpestri` at the
//! SSE4.2 level. It is compiled for tests and, with the feature `alternatives`, for the
//! benchmark that shows by how much (`cargo bench -p benches --features alternatives
//! --bench scan`). It gives the same answers, and is no part of the interface.

#![cfg_attr(not(feature = "alternatives"), allow(unreachable_pub))]

use core::sync::atomic::{AtomicU8, Ordering};

use super::class::{TARGET, TOKEN, VALUE};

/// Classes whose ends are found by `pcmpestri`; bits as in `class`.
static PCMPESTRI: AtomicU8 = AtomicU8::new(0);

/// Classes of octets whose ends are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Classes {
    /// None.
    Nothing,
    /// Methods and field names.
    Tokens,
    /// Request targets.
    Targets,
    /// Field values and reason phrases.
    Values,
    /// All of these.
    All,
}

impl Classes {
    /// In order.
    pub const EACH: [Classes; 5] =
        [Classes::Nothing, Classes::Tokens, Classes::Targets, Classes::Values, Classes::All];
}

pub(super) const ALL: u8 = TOKEN | TARGET | VALUE;

/// From now on, in all threads, ends of these classes are found by `pcmpestri` at
/// the SSE4.2 level, in heads that are pulled or in pieces.
pub fn by_pcmpestri(classes: Classes) {
    let classes = match classes {
        Classes::Nothing => 0,
        Classes::Tokens => TOKEN,
        Classes::Targets => TARGET,
        Classes::Values => VALUE,
        Classes::All => ALL,
    };
    // Relaxed: any way gives the same answers.
    PCMPESTRI.store(classes, Ordering::Relaxed);
}

/// The classes that were asked for, as bits.
#[cfg_attr(
    not(all(any(target_arch = "x86", target_arch = "x86_64"), target_feature = "sse2")),
    expect(dead_code, reason = "SSE4.2 is x86's")
)]
#[inline(always)]
pub(super) fn asked_of_pcmpestri() -> u8 {
    PCMPESTRI.load(Ordering::Relaxed)
}
