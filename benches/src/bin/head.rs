//! Times parsers of message heads against each other: `cargo run --release -p benches --features peers --bin head`.

use std::process::ExitCode;

fn main() -> ExitCode {
    benches::head::main(std::env::args().skip(1))
}
