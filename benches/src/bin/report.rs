//! Measures Rajada's server beside others: see `benches::report`.

use std::process::ExitCode;

fn main() -> ExitCode {
    benches::report::main(std::env::args_os().skip(1))
}
