//! Serves well- and ill-behaved clients for a while, besieges the program `rajada`, and looks whether anything is wrong with an answer, is lost, or grows:
//! `cargo run --release -p benches --bin soak -- --seconds 300`.

use std::process::ExitCode;

fn main() -> ExitCode {
    benches::soak::main(std::env::args_os().skip(1))
}
