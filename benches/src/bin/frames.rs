//! Times codecs of WebSocket against each other: `cargo run --release -p benches --features peers --bin frames`.

use std::process::ExitCode;

fn main() -> ExitCode {
    benches::frames::main(std::env::args_os().skip(1))
}
