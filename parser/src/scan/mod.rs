//! Scanning: where does an octet class end?
//!
//! Nothing in this folder knows the grammar of HTTP, and nothing outside of it
//! knows an instruction set. The grammar is an [`Op`]: [`dispatch`] picks the
//! level once and runs the whole of it there, so that each scan inlines into
//! the code around it.
//!
//! ```text
//! dispatch(choice, op)           once a head
//!   |- x86::avx512::enter(op)  -> op.run(Avx512)   compiled with AVX-512
//!   |- x86::avx2::enter(op)    -> op.run(Avx2)     compiled with AVX2
//!   |- x86::sse42::enter(op)   -> op.run(Sse42)    compiled with SSE4.2
//!   |-                            op.run(Swar)
//!   `-                            op.run(Scalar)
//! ```
//!
//! A head that has not been begun goes to a [`HeadOp`] first: [`dispatch_head`] and
//! `enter_head` do the same for one, and all it needs is handed over in registers.
//!
//! Another architecture's levels come in by `arch`, the module that a `cfg` chooses:
//! a folder beside `x86` (for NEON say `aarch64`) with `detect`, `dispatch`,
//! `dispatch_head` and `are_host`, a file with [`Scan`] and [`Blocks`] for each level, and
//! a [`Level`] of their own; what is above this folder stays as it is.
//!
//! A scanner value is the proof that the CPU has its instructions: outside of
//! its module it is only made by [`dispatch`] and [`dispatch_head`], after
//! detection.
//!
//! There are two ways to scan. [`Scan`] goes from the end of one octet class to
//! the end of the next: it stops at any octet, and so serves heads in pieces and
//! heads that are wrong. [`Blocks`] classifies octets before it is known what they
//! are; [`block`] and [`index`] make [`lines`] of that, for whole heads of the
//! usual form.
//!
//! # What the assembly shows
//!
//! Read at AVX2 with rustc 1.95 (`objdump` of a program linked at a fixed address,
//! instructions counted by callgrind). CI holds the first line.
//!
//! - All that scans is inlined into `enter` and `enter_head`. A function that is compiled without
//!   the level's instructions can't inline one that has them, and a call would
//!   spill all vectors; so what is seldom is a call of its own, and the rest none.
//! - A block of 64 octets costs 15 instructions in [`index`] where no line ends, and 36
//!   elsewhere: eight to classify it, seven for two positions that are written whether they
//!   are there or not, the rest for carries and counts. To pass over blocks without an end
//!   is a branch that depends on the request, and yet a sixth faster with requests that
//!   the CPU has not seen before; two positions, and four more where there are more than
//!   two, are faster than three at a time or one by one.
//! - A line costs 36: nine to look up its name, twelve for what is behind it and at the
//!   line's end, four to note it. What takes time are its five loads and four stores: with one
//!   load fewer a line takes half a cycle of seven less, four `lea` more are a third of one.
//!   Those near the end of the octets are walked in a second loop, as a load that may have
//!   to be moved back takes seven instructions more. (A copy of the last octets with zeros
//!   behind them is slower: what was just written in two parts can't be read as one at once.)
//! - A head in one [`block`] costs 208, and some 60 around the call: the level, the
//!   arguments, the view of what was found.
//! - A way for what is not in one block as a function of its own was no gain: it
//!   saves six instructions in front of the one and costs fifty in the other.
//! - The loop over blocks keeps all its state in registers. The loop over lines
//!   reloads nothing but the line's end: as little as can be is kept across it: what the
//!   first line came to is written before, and where the head ends follows from the last
//!   line. (One register less, and a line's start waits for the store queue.) Around them
//!   some values are spilled (the limits, the slots' address): once a head.
//! - Carries are added, not shifted in: LLVM makes `shld` of the latter, which
//!   takes six operations on AMD's processors.
//! - Tables are constants, not statics: as statics, their addresses were loaded
//!   from the global offset table for each line.
//! - An operation is lent to `enter`, not moved: it is written as words and was
//!   copied as vectors, which the CPU can't forward from its store queue. What is
//!   done once a head comes in registers instead: 75 instructions fewer.

#[cfg(any(test, feature = "alternatives"))]
pub mod alternatives;
pub(crate) mod block;
pub(crate) mod class;
pub(crate) mod index;
mod kernel;
mod level;
pub(crate) mod lines;
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

use core::marker::PhantomData;
use core::mem::MaybeUninit;

use self::class::{HOST, belongs};
use self::slots::{Record, Writer};
use crate::{FieldPosition, Limits};

pub(crate) use level::Choice;
pub use level::{Level, UnknownLevel};
pub(crate) use window::Window;

/// Finds the end of an octet class. Each method returns the first position at
/// or after `from` whose octet is outside of the class, or `octets.len()`.
pub(crate) trait Scan: Copy {
    /// How the same level classifies blocks.
    type Blocks: Blocks;

    /// The same level's way to classify blocks, if it has one.
    fn blocks(self) -> Option<Self::Blocks>;
    /// [`class::TOKEN`]: methods and field names.
    fn token_end(self, octets: &[u8], from: usize) -> usize;
    /// [`class::TARGET`]: request targets.
    fn target_end(self, octets: &[u8], from: usize) -> usize;
    /// [`class::VALUE`]: field values and reason phrases.
    fn value_end(self, octets: &[u8], from: usize) -> usize;
}

/// Classifies a block of octets at a time, at positions that do not depend on
/// what was found in the block before, so that the CPU can work on several at
/// once. Bit `i` stands for octet `at + i`; octets beyond the end count as inside
/// of every class.
///
/// # Safety
/// Reads rely on what the methods say they give, and on it that no break is an
/// octet of a token.
pub(crate) unsafe trait Blocks: Copy {
    /// Whether counting bits is slow.
    const COUNTS_SLOWLY: bool = false;

    /// The octets of 64 that are not of [`class::VALUE`]. If not `EXACT`, also
    /// HTAB and octets of 0x80 and above, and faster.
    fn breaks_of<const EXACT: bool>(self, block: &[u8; 64]) -> u64;
    /// The same of the octets from `at` on, which is less than the length, whether
    /// there are 64 or fewer.
    fn breaks<const EXACT: bool>(self, octets: Window<'_>, at: usize) -> u64;
    /// How many octets of [`class::TOKEN`] the octets begin with; at most 32.
    fn token_len(self, octets: &[u8; 32]) -> u32;
    /// How many octets of [`class::TOKEN`] there are from `at` on, which is less than the
    /// length, if another octet follows them; otherwise any number.
    fn token_len_near_end(self, octets: Window<'_>, at: usize) -> u32;
    /// The first octet from `from` on that is not of [`class::TARGET`], if it is in
    /// front of `end`; and otherwise any offset from `end` on. `end` is at most the
    /// length. If `from` is more than 32, which is a long method, it may be any offset.
    fn target_end(self, octets: Window<'_>, from: usize, end: usize) -> usize;

    /// The octets of the first 64 that are not of [`class::TOKEN`], or anything where
    /// [`token_len_in_block`](Self::token_len_in_block) has no use for it.
    fn not_token_block(self, octets: Window<'_>) -> u64;
    /// How many octets of [`class::TOKEN`] there are from one of the first 64 octets on,
    /// if another octet follows them; `not_token` is what
    /// [`not_token_block`](Self::not_token_block) gives.
    #[inline(always)]
    fn token_len_in_block(self, not_token: u64, _: Window<'_>, at: usize) -> u32 {
        (not_token >> (at & 63)).trailing_zeros()
    }

    /// Writes `at` plus the position of each set bit, of which no two are side by
    /// side, and returns how many there are. More may be written.
    fn positions(self, bits: u64, at: u32, out: &mut [MaybeUninit<u32>; 64]) -> usize;
    /// The same for the last block of a head, whose positions are needed at once.
    #[inline(always)]
    fn last_positions(self, bits: u64, at: u32, out: &mut [MaybeUninit<u32>; 64]) -> usize {
        self.positions(bits, at, out)
    }
}

/// Whether all octets are of [`class::HOST`]. They are few, and so no level is picked for
/// them: what every processor of the target has is enough.
// Always: most hosts are of eight to sixteen octets, and for these it is less than a call.
#[inline(always)]
pub(crate) fn are_host(octets: &[u8]) -> bool {
    match (octets.len(), octets.first_chunk(), octets.last_chunk()) {
        // The same octets may be in both.
        (8..=16, Some(first), Some(last)) => arch::are_host([*first, *last]),
        _ => are_long_or_short_host(octets),
    }
}

#[inline(never)]
fn are_long_or_short_host(octets: &[u8]) -> bool {
    if let Some(last) = octets.last_chunk::<16>() {
        let parts = octets.as_chunks::<16>().0.iter().chain([last]);
        return parts.map(halves).all(arch::are_host);
    }
    octets.iter().all(|&octet| belongs(octet, HOST))
}

#[inline(always)]
fn halves(octets: &[u8; 16]) -> [[u8; 8]; 2] {
    let [first, last] = octets.as_chunks().0 else { return [[0; 8]; 2] };
    [*first, *last]
}

/// A computation that is compiled once for each level.
///
/// What it works on comes in up to three parts, as a part of two words at most is handed over
/// in registers. A struct of more would be written to memory, and read as vectors that are not
/// forwarded from the store queue: 75 instructions more a head. `()` is no part; what is
/// done seldom is lent as one.
pub(crate) trait Op: Sized {
    /// What it works on besides itself.
    type Second;
    /// And what else.
    type Third;
    /// What it computes.
    type Out;
    /// Computes it with the instructions of `scan`. Implementations are
    /// `#[inline(always)]`, and so is all that they call while scanning.
    fn run<S: Scan>(self, scan: S, second: Self::Second, third: Self::Third) -> Self::Out;
}

/// Runs `op` with the best level that the CPU has, of those that `choice` allows.
#[inline(always)]
pub(crate) fn dispatch<O: Op<Second = (), Third = ()>>(choice: Choice, op: O) -> O::Out {
    arch::dispatch(choice, op, (), ())
}

/// Runs `op` at a level that needs nothing of the CPU, as a function of its own as at the others.
#[inline(never)]
fn enter<O: Op, S: Scan>(scan: S, op: O, second: O::Second, third: O::Third) -> O::Out {
    op.run(scan, second, third)
}

/// A computation on the octets of a head, of which all parts are in registers where six words
/// are (not on Windows).
pub(crate) trait HeadOp {
    /// What it computes; two registers are enough for it.
    type Out;
    /// Computes it, as [`Op::run`] does. `writer` begins at the first slot.
    fn run<S: Scan>(scan: S, octets: &[u8], limits: &Limits, writer: Writer<'_>) -> Self::Out;
}

/// Runs `O` as [`dispatch`] does.
#[inline(always)]
pub(crate) fn dispatch_head<O: HeadOp>(
    choice: Choice,
    octets: &[u8],
    limits: &Limits,
    writer: Writer<'_>,
) -> O::Out {
    let (slots, record) = writer.into_parts();
    let head = OnHead { octets, op: PhantomData::<O> };
    arch::dispatch(choice, head, slots, (limits, record))
}

/// A [`HeadOp`] with its first part.
struct OnHead<'a, O> {
    octets: &'a [u8],
    op: PhantomData<O>,
}

impl<'a, O: HeadOp> Op for OnHead<'a, O> {
    type Second = &'a mut [MaybeUninit<FieldPosition>];
    type Third = (&'a Limits, &'a mut Record);
    type Out = O::Out;

    #[inline(always)]
    fn run<S: Scan>(self, scan: S, slots: Self::Second, (limits, record): Self::Third) -> O::Out {
        // SAFETY: they are made in `dispatch_head` alone, of one writer.
        let writer = unsafe { Writer::from_parts(slots, record) };
        O::run(scan, self.octets, limits, writer)
    }
}
