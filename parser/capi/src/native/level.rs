//! Instruction sets.

use core::ffi::{CStr, c_char};

use rajada_parser::Level;

use super::config::{self, Config};
use super::outcome::RAJADA_MISUSE;
use super::raw;

/// [`Level::Scalar`].
pub const RAJADA_LEVEL_SCALAR: i32 = 1;
/// [`Level::Swar`].
pub const RAJADA_LEVEL_SWAR: i32 = 2;
/// [`Level::Simd128`].
pub const RAJADA_LEVEL_SIMD128: i32 = 3;
/// [`Level::Neon`].
pub const RAJADA_LEVEL_NEON: i32 = 4;
/// [`Level::Sse42`].
pub const RAJADA_LEVEL_SSE42: i32 = 5;
/// [`Level::Avx2`].
pub const RAJADA_LEVEL_AVX2: i32 = 6;
/// [`Level::Avx512`].
pub const RAJADA_LEVEL_AVX512: i32 = 7;

/// Uses no instruction set better than `level`, one of `RAJADA_LEVEL_*`.
///
/// # Safety
/// The pointer is [as all are](super#pointers).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rajada_config_at_most(config: *mut Config, level: i32) -> i32 {
    // SAFETY: the caller's promise.
    let Some(config) = (unsafe { raw::one_mut(config) }) else { return RAJADA_MISUSE };
    config.change(|config| Some(config.at_most(named(level)?)))
}

/// The name of the instruction set that is used with this configuration or, with NULL, the
/// strict one. NULL if there is no configuration.
///
/// # Safety
/// The pointer is [as all are](super#pointers).
#[unsafe(no_mangle)]
pub unsafe extern "C" fn rajada_level_name(config: *const Config) -> *const c_char {
    // SAFETY: the caller's promise.
    match unsafe { config::given(config) } {
        Some(config) => name(config.level()).as_ptr(),
        None => core::ptr::null(),
    }
}

fn named(level: i32) -> Option<Level> {
    Some(match level {
        RAJADA_LEVEL_SCALAR => Level::Scalar,
        RAJADA_LEVEL_SWAR => Level::Swar,
        RAJADA_LEVEL_SIMD128 => Level::Simd128,
        RAJADA_LEVEL_NEON => Level::Neon,
        RAJADA_LEVEL_SSE42 => Level::Sse42,
        RAJADA_LEVEL_AVX2 => Level::Avx2,
        RAJADA_LEVEL_AVX512 => Level::Avx512,
        _ => return None,
    })
}

fn name(level: Level) -> &'static CStr {
    match level {
        Level::Scalar => c"scalar",
        Level::Swar => c"swar",
        Level::Simd128 => c"simd128",
        Level::Neon => c"neon",
        Level::Sse42 => c"sse4.2",
        Level::Avx2 => c"avx2",
        Level::Avx512 => c"avx512",
        _ => c"unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_level_has_its_number_and_its_name() {
        for level in Level::ALL {
            assert_eq!(named(level as i32), Some(level));
            assert_eq!(name(level).to_str(), Ok(level.name()));
        }
        assert_eq!((named(0), named(Level::ALL.len() as i32 + 1)), (None, None));
    }
}
