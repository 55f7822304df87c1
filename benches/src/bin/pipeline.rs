//! Times a request through the pipeline against bare loops of the parser: `cargo run --release -p benches --bin pipeline`.

use std::process::ExitCode;

fn main() -> ExitCode {
    benches::pipeline::main(std::env::args().skip(1))
}
