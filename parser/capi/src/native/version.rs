//! Versions.

use core::ffi::{CStr, c_char};

/// Raised when a program that was compiled with the header of another one would break.
pub const RAJADA_ABI_VERSION: u32 = 1;

const VERSION: &CStr =
    match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => c"",
    };

/// The library's version, such as `0.1.0`.
#[unsafe(no_mangle)]
pub extern "C" fn rajada_version() -> *const c_char {
    VERSION.as_ptr()
}

/// The [`RAJADA_ABI_VERSION`] of the library.
#[unsafe(no_mangle)]
pub extern "C" fn rajada_abi_version() -> u32 {
    RAJADA_ABI_VERSION
}
