//! What WebSockets cost, beside peers: `cargo run --release -p benches --bin websocket`.

use std::process::ExitCode;

fn main() -> ExitCode {
    benches::websocket::main(std::env::args_os().skip(1))
}
