//! Compiles picohttpparser's C for the target `picohttpparser`, if `PICOHTTPPARSER` names a folder that it is in. Its functions get
//! other names, as the C ABI of Rajada has them already.

use std::env;
use std::path::Path;

const FUNCTIONS: [&str; 5] = [
    "parse_request",
    "parse_response",
    "parse_headers",
    "decode_chunked",
    "decode_chunked_is_in_data",
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=PICOHTTPPARSER");
    println!("cargo::rustc-check-cfg=cfg(picohttpparser)");
    let Some(folder) = env::var_os("PICOHTTPPARSER") else { return };
    let source = Path::new(&folder).join("picohttpparser.c");
    println!("cargo::rerun-if-changed={}", source.display());
    let mut build = cc::Build::new();
    for function in FUNCTIONS {
        build.define(&format!("phr_{function}"), Some(&*format!("peer_{function}")));
    }
    build.include(&folder).file(source).opt_level(2).compile("picohttpparser");
    println!("cargo::rustc-cfg=picohttpparser");
}
