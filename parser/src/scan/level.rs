//! The instruction sets, in order, and which of them this CPU has.

use core::fmt;
use core::str::FromStr;

/// An instruction set that octets can be scanned with, weakest first.
///
/// Which level is used is decided at run time: the best that the CPU has, but
/// no better than [`Config::at_most`](crate::Config::at_most) allows. All
/// levels give the same answers; they differ in speed alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[repr(u8)]
pub enum Level {
    /// One octet at a time: the reference.
    Scalar = 1,
    /// Eight octets at a time in a general-purpose register; every CPU has it. Heads
    /// are parsed as a whole here, too.
    Swar = 2,
    /// 16 octets at a time in WebAssembly that was compiled with `simd128`.
    Simd128 = 3,
    /// 16 octets at a time on little-endian AArch64: NEON, which each such CPU has that is not
    /// told to do without it (as `softfloat` targets are).
    Neon = 4,
    /// 16 octets at a time on x86. It needs SSSE3 (whose `pshufb` finds the ends of
    /// classes), SSE4.1, SSE4.2 and POPCNT.
    Sse42 = 5,
    /// 32 octets at a time on x86. It needs AVX2, BMI1, BMI2 and LZCNT besides.
    Avx2 = 6,
    /// 64 octets at a time on x86. It needs F, BW, VL, VBMI and VBMI2 of AVX-512, FMA and
    /// F16C besides.
    Avx512 = 7,
}

impl Level {
    /// Every level of all processors, of each weakest first. Between levels of different
    /// processors the order means nothing: [`is_here`](Self::is_here) tells which there are.
    pub const ALL: [Level; 7] = [
        Level::Scalar,
        Level::Swar,
        Level::Simd128,
        Level::Neon,
        Level::Sse42,
        Level::Avx2,
        Level::Avx512,
    ];

    /// The best level that this CPU and its operating system support.
    ///
    /// The CPU is asked once; later calls read an atomic.
    ///
    /// ```
    /// use rajada_parser::Level;
    /// assert!(Level::detect() >= Level::Swar);
    /// ```
    #[inline]
    pub fn detect() -> Level {
        super::arch::detect()
    }

    /// Whether this CPU and its operating system have the level.
    ///
    /// ```
    /// use rajada_parser::Level;
    /// assert!(Level::Swar.is_here() && Level::detect().is_here());
    /// assert!(!(Level::Neon.is_here() && Level::Avx2.is_here()));
    /// ```
    #[inline]
    pub fn is_here(self) -> bool {
        self <= Level::detect() && super::arch::nearest(self) == self
    }

    /// The level's name: `scalar`, `swar`, `simd128`, `neon`, `sse4.2`, `avx2` or `avx512`.
    pub const fn name(self) -> &'static str {
        match self {
            Level::Scalar => "scalar",
            Level::Swar => "swar",
            Level::Simd128 => "simd128",
            Level::Neon => "neon",
            Level::Sse42 => "sse4.2",
            Level::Avx2 => "avx2",
            Level::Avx512 => "avx512",
        }
    }
}

/// Which levels may be used, and which one is, once the CPU was asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice {
    /// Invariant: a level of this processor's family, or better than all of them.
    at_most: Level,
    /// Invariant: if there is one, it is no better than what [`Level::detect`] gives.
    chosen: Option<Level>,
}

impl Choice {
    /// The best that there is.
    pub(crate) const BEST: Choice = Choice { at_most: Level::Avx512, chosen: None };

    /// No better than `level`; where processors have others, than the next below it.
    pub(crate) const fn at_most(self, level: Level) -> Choice {
        let level = super::arch::nearest(level);
        let chosen = match self.chosen {
            Some(chosen) => Some(lower(chosen, level)),
            None => None,
        };
        Choice { at_most: lower(self.at_most, level), chosen }
    }

    /// The same, with what the CPU has.
    pub(crate) fn made(self) -> Choice {
        Choice { chosen: Some(lower(self.at_most, Level::detect())), ..self }
    }

    /// The level, for which the CPU is asked if it was not.
    #[inline(always)]
    pub(crate) fn level(self) -> Level {
        self.chosen.unwrap_or_else(|| lower(self.at_most, Level::detect()))
    }

    /// The same as a number, or 0 if the CPU was never asked: `found` is what it said, or 0.
    #[inline(always)]
    pub(super) fn number(self, found: impl Fn() -> u8) -> u8 {
        match self.chosen {
            Some(level) => level as u8,
            None => found().min(self.at_most as u8),
        }
    }
}

/// What the CPU has is no part of the choice: it makes no difference in what is chosen.
impl PartialEq for Choice {
    fn eq(&self, other: &Choice) -> bool {
        self.at_most == other.at_most
    }
}

impl Eq for Choice {}

/// The lower of two levels, at compile time too.
const fn lower(one: Level, other: Level) -> Level {
    if (one as u8) < other as u8 { one } else { other }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The given text names no [`Level`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownLevel;

impl fmt::Display for UnknownLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not one of scalar, swar, simd128, neon, sse4.2, avx2, avx512")
    }
}

impl core::error::Error for UnknownLevel {}

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(name: &str) -> Result<Level, UnknownLevel> {
        Level::ALL.into_iter().find(|level| level.name() == name).ok_or(UnknownLevel)
    }
}
