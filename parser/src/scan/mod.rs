//! Scanning: where does an octet class end?
//!
//! Nothing in this folder knows the grammar of HTTP, and nothing outside of it
//! knows an instruction set. The grammar is an [`Op`]: [`dispatch`] picks the
//! level once and runs the whole of it there, so that each scan inlines into
//! the code around it.
//!
//! ```text
//! dispatch(at_most, op)          once a head
//!   |- x86::avx512::enter(op)  -> op.run(Avx512)   compiled with AVX-512
//!   |- x86::avx2::enter(op)    -> op.run(Avx2)     compiled with AVX2
//!   |- x86::sse42::enter(op)   -> op.run(Sse42)    compiled with SSE4.2
//!   |-                            op.run(Swar)
//!   `-                            op.run(Scalar)
//! ```
//!
//! A scanner value is the proof that the CPU has its instructions: outside of
//! its module it is only made by `dispatch`, after detection.

pub(crate) mod class;
mod level;
mod scalar;
pub(crate) mod slots;
mod swar;
#[cfg(test)]
mod tests;
mod window;

#[cfg_attr(
    all(any(target_arch = "x86", target_arch = "x86_64"), target_feature = "sse2"),
    path = "x86/mod.rs"
)]
#[cfg_attr(
    not(all(any(target_arch = "x86", target_arch = "x86_64"), target_feature = "sse2")),
    path = "portable.rs"
)]
mod arch;

pub use level::{Level, UnknownLevel};
pub(crate) use window::Window;

/// Finds the end of an octet class. Each method returns the first position at
/// or after `from` whose octet is outside of the class, or `octets.len()`.
pub(crate) trait Scan: Copy {
    /// The same level's look at whole blocks.
    type Blocks: Blocks;

    /// [`class::TOKEN`]: methods and field names.
    fn token_end(self, octets: &[u8], from: usize) -> usize;
    /// [`class::TARGET`]: request targets.
    fn target_end(self, octets: &[u8], from: usize) -> usize;
    /// [`class::VALUE`]: field values and reason phrases.
    fn value_end(self, octets: &[u8], from: usize) -> usize;
    /// `None` where classifying whole blocks is slower than scanning classes.
    fn blocks(self) -> Option<Self::Blocks>;
}

/// Classifies 64 octets at a time, at positions that do not depend on what was
/// found before, so that the CPU can work on several blocks at once. Bit `i`
/// stands for octet `at + i`; octets beyond the end count as inside of every
/// class.
pub(crate) trait Blocks: Copy {
    /// [`delimiters`](Self::delimiters) and [`not_target`](Self::not_target) of
    /// the first block.
    fn first(self, octets: Window<'_>) -> (Delimiters, u64);
    /// The octets that are in the way of names and values.
    fn delimiters(self, octets: Window<'_>, at: usize) -> Delimiters;
    /// The octets that are not of [`class::TARGET`].
    fn not_target(self, octets: Window<'_>, at: usize) -> u64;
}

/// What [`Blocks::delimiters`] finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Delimiters {
    /// The octets that are not of [`class::TOKEN`].
    pub(crate) not_token: u64,
    /// The octets that are not of [`class::VALUE`].
    pub(crate) not_value: u64,
}

/// The blocks of levels that have none: there is no such value.
#[derive(Clone, Copy)]
pub(crate) enum NoBlocks {}

impl Blocks for NoBlocks {
    fn first(self, _: Window<'_>) -> (Delimiters, u64) {
        match self {}
    }

    fn delimiters(self, _: Window<'_>, _: usize) -> Delimiters {
        match self {}
    }

    fn not_target(self, _: Window<'_>, _: usize) -> u64 {
        match self {}
    }
}

/// A computation that is compiled once for each level.
pub(crate) trait Op {
    /// What it computes.
    type Out;
    /// Computes it with the instructions of `scan`. Implementations are
    /// `#[inline(always)]`, and so is all that they call while scanning.
    fn run<S: Scan>(self, scan: S) -> Self::Out;
}

/// Runs `op` with the best level that the CPU has, but no better than `at_most`.
#[inline]
pub(crate) fn dispatch<O: Op>(at_most: Level, op: O) -> O::Out {
    arch::dispatch(at_most, op)
}
