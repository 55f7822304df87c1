//! What an application of axum costs under several servers: `cargo run --release -p benches --features adapter --bin adapter`.

use std::process::ExitCode;

fn main() -> ExitCode {
    benches::adapter::main(std::env::args_os().skip(1))
}
