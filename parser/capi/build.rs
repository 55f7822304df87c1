//! Gives the shared library its name, so that a program that was linked with it by its path
//! finds it elsewhere, too.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Cargo-c, which asks for this feature, gives it another with a version.
    let is_named = env::var_os("CARGO_FEATURE_CAPI").is_some();
    let system = env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    if system == "linux" && !is_named {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-soname,librajada.so");
    }
}
