//! Scanning: where does an octet class end?
//!
//! Nothing in this folder knows the grammar of HTTP, and nothing outside of it knows an instruction
//! set. The grammar is an [`Op`]: [`dispatch`] picks the level once and runs the whole of it there,
//! so that each scan inlines into the code around it.
//!
//! ```text
//! dispatch(choice, op)               once a head
//!   |- x86::avx512::enter(op)     -> op.run(Avx512)            compiled with AVX-512
//!   |- x86::avx2::enter(op)       -> op.run(Kernel(Avx2))      compiled with AVX2
//!   |- x86::sse42::enter(op)      -> op.run(Kernel(Sse42))     compiled with SSE4.2
//!   |- enter(neon::SCANNER, op)   -> op.run(Kernel(Neon))      on AArch64
//!   |- enter(simd128::SCANNER, op)-> op.run(Kernel(Simd128))   in WebAssembly
//!   |- enter(Swar, op)            -> op.run(Swar)
//!   `- enter(Scalar, op)          -> op.run(Scalar)
//! ```
//!
//! A head that has not been begun goes to a [`HeadOp`] first, which is an [`Op`] whose
//! arguments are all handed over in registers.
//!
//! What scans with vectors is written once, in [`kernel`], over the trait
//! [`Vector`](kernel::Vector): a level is a type that has its instructions. Where the CPU is
//! asked, levels stand in a folder (`x86`); where the target says what there is, in a file that
//! `baseline` takes in.
//!
//! A scanner value is the proof that the CPU has its instructions: outside of its module it is only
//! made by [`dispatch`], after detection, or where the target has them.
//!
//! There are two ways to scan. [`Scan`] goes from the end of one octet class to the end of the
//! next: it stops at any octet, and so serves heads in pieces and heads that are wrong. [`Blocks`]
//! classifies octets before it is known what they are; [`block`] and [`index`] make [`lines`] of
//! that, for whole heads of the usual form.

pub(crate) mod block;
pub(crate) mod class;
pub(crate) mod index;
#[cfg(any(
    all(any(target_arch = "x86", target_arch = "x86_64"), target_feature = "sse2"),
    all(target_arch = "aarch64", target_endian = "little", target_feature = "neon"),
    all(target_arch = "wasm32", target_feature = "simd128")
))]
mod kernel;
mod level;
pub(crate) mod lines;
mod scalar;
pub(crate) mod slots;
mod swar;
#[cfg(test)]
mod tests;
pub(crate) mod text;
mod window;

#[cfg_attr(
    all(any(target_arch = "x86", target_arch = "x86_64"), target_feature = "sse2"),
    path = "x86/mod.rs"
)]
#[cfg_attr(
    not(all(any(target_arch = "x86", target_arch = "x86_64"), target_feature = "sse2")),
    path = "baseline.rs"
)]
mod arch;

use core::marker::PhantomData;
use core::mem::MaybeUninit;

use self::class::{HOST, belongs};
use self::slots::{Record, Writer};
use crate::Config;

#[cfg(rajada_pcmpestri)]
pub use arch::pcmpestri;
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

/// Classifies a block of octets at a time, at positions that do not depend on what was found in the
/// block before, so that the CPU can work on several at once. Bit `i` stands for octet `at + i`;
/// octets beyond the end count as inside of every class.
///
/// # Safety
/// Reads rely on what the methods say they give, and on it that no break is an octet of a token.
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

    /// The octets of the first 64 that are not of [`class::TOKEN`], and those that are not of
    /// [`class::TARGET`], or anything where [`token_len_in_block`](Self::token_len_in_block)
    /// and [`target_end_in_block`](Self::target_end_in_block) have no use for it.
    fn first_block(self, octets: Window<'_>) -> (u64, u64);
    /// How many octets of [`class::TOKEN`] there are from one of the first 64 octets on,
    /// if another octet follows them; `not_token` is what
    /// [`first_block`](Self::first_block) gives.
    #[inline(always)]
    fn token_len_in_block(self, not_token: u64, _: Window<'_>, at: usize) -> u32 {
        (not_token >> (at & 63)).trailing_zeros()
    }
    /// As [`target_end`](Self::target_end), where the first 64 octets have one that is not of
    /// [`class::TARGET`] from `end` on; `not_target` is what [`first_block`](Self::first_block)
    /// gives.
    #[inline(always)]
    fn target_end_in_block(self, _: u64, octets: Window<'_>, from: usize, end: usize) -> usize {
        self.target_end(octets, from, end)
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
/// It has up to three arguments, itself the first: one of two words at most is handed over in
/// registers, and one of more by way of memory. `()` is none; what is done seldom is lent as one.
pub(crate) trait Op: Sized {
    /// The second argument.
    type Second;
    /// The third.
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

/// A computation on the octets of a head, of which all arguments are in registers where six
/// words are (not on Windows).
pub(crate) trait HeadOp<'b> {
    /// What the slots hold.
    type Slot;
    /// What it computes; two registers are enough for it.
    type Out;
    /// Computes it, as [`Op::run`] does. `writer` begins at the first slot.
    fn run<S: Scan>(
        scan: S,
        octets: &'b [u8],
        config: &Config,
        writer: Writer<'_, Self::Slot>,
    ) -> Self::Out;
}

/// Runs `O` as [`dispatch`] does.
#[inline(always)]
pub(crate) fn dispatch_head<'b, O: HeadOp<'b>>(
    choice: Choice,
    octets: &'b [u8],
    config: &Config,
    writer: Writer<'_, O::Slot>,
) -> O::Out {
    let (slots, record) = writer.into_parts();
    let head = OnHead { octets, op: PhantomData::<(O, &_)> };
    arch::dispatch(choice, head, slots, (config, record))
}

/// A [`HeadOp`] with its first argument.
struct OnHead<'a, 'b, O> {
    octets: &'b [u8],
    op: PhantomData<(O, &'a ())>,
}

impl<'a, 'b, O: HeadOp<'b, Slot: 'a>> Op for OnHead<'a, 'b, O> {
    type Second = &'a mut [MaybeUninit<O::Slot>];
    type Third = (&'a Config, &'a mut Record);
    type Out = O::Out;

    #[inline(always)]
    fn run<S: Scan>(self, scan: S, slots: Self::Second, (config, record): Self::Third) -> O::Out {
        // SAFETY: they are made in `dispatch_head` alone, of one writer.
        let writer = unsafe { Writer::from_parts(slots, record) };
        O::run(scan, self.octets, config, writer)
    }
}
