//! What many event streams cost, beside a peer: `cargo run --release -p benches --features events --bin events`.

use std::process::ExitCode;

fn main() -> ExitCode {
    benches::events::main(std::env::args_os().skip(1))
}
