//! Loads an HTTP/1.1 server and times its answers: `cargo run --release -p benches --bin load -- 127.0.0.1:8080`.

use std::process::ExitCode;

fn main() -> ExitCode {
    benches::load::main(std::env::args_os().skip(1))
}
