//! Which instruction sets the compiler was told of (`-C target-feature`), for Miri: it
//! interprets no CPUID, and no instruction that it was not told of.

use crate::scan::Level;

#[inline(always)]
pub(in crate::scan) fn detect() -> Level {
    TOLD
}

/// The same as `Level as u8`.
#[inline(always)]
pub(super) fn found() -> u8 {
    TOLD as u8
}

const TOLD: Level = if AVX512 {
    Level::Avx512
} else if AVX2 {
    Level::Avx2
} else if SSE42 {
    Level::Sse42
} else {
    Level::Swar
};

const SSE42: bool = cfg!(all(
    target_feature = "ssse3",
    target_feature = "sse4.1",
    target_feature = "sse4.2",
    target_feature = "popcnt"
));

const AVX2: bool = SSE42
    && cfg!(all(
        target_feature = "avx2",
        target_feature = "bmi1",
        target_feature = "bmi2",
        target_feature = "lzcnt"
    ));

const AVX512: bool = AVX2
    && cfg!(all(
        target_feature = "avx512f",
        target_feature = "avx512bw",
        target_feature = "avx512vl",
        target_feature = "avx512vbmi",
        target_feature = "avx512vbmi2"
    ));
