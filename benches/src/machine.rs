//! What this machine's processor can do.

use rajada_parser::Level;

/// The highest of `"swar"`, `"sse4.2"` and `"avx2"` that the processor has, or `"neon"`, which each AArch64 has: what parsers with detection at run time use.
pub fn at_most_avx2() -> &'static str {
    match Level::detect() {
        Level::Avx2 | Level::Avx512 => "avx2",
        Level::Sse42 => "sse4.2",
        Level::Neon => "neon",
        _ => "swar",
    }
}
