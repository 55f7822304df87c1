//! Benchmarks of Rajada, and what it is compared with. Never published.
//!
//! The head benchmark (`cargo run --release -p benches --bin head`) times parsers of message heads on one [corpus]; with the feature `peers`
//! more of them. `cargo bench -p benches --bench head` times the same by Criterion.
//!
//! The load generator ([load], `cargo run --release -p benches --bin load`) times servers. Two that do as little as can be done ([serve], `--bin
//! null-mio` and `--bin mio-httparse`) tell what of a server's time is the kernel's, and what a parser's:
//!
//! ```sh
//! cargo build --release && cargo build --release -p benches --bins
//! taskset -c 0 target/release/rajada --listen 127.0.0.1:8080 &
//! taskset -c 1 target/release/load 127.0.0.1:8080 --pid $!          # 100 connections, 24 requests in a burst
//! taskset -c 1 target/release/load 127.0.0.1:8080 --depth 1 --rate 20000
//! ```
//!
//! Compare CPU a request rather than requests a second, servers in turn rather than one after another, and answers of equal length (`--length` of
//! the small servers): most of a request's cost is the kernel's, and grows with the octets.
//!
//! The soak ([soak], `--bin soak`) times nothing: it serves clients of all kinds for minutes, and looks whether anything is wrong or grows. At the same
//! time it besieges the program `rajada`, with floods and restarts.
//!
//! What event streams cost ([`events`](https://html.spec.whatwg.org/multipage/server-sent-events.html), `--features events --bin events`): memory for each
//! of many, the time until the last one has an event, and what those cost that never read, beside axum.
//!
//! The codec of WebSocket ([frames], `--bin frames`) is timed beside others.
//!
//! What WebSockets cost ([websocket], `--bin websocket`): processor time for an echo, memory for each of many, the time until the last one has what is sent
//! to all, beside a null echo and peers.
//!
//! What an application of axum costs under Rajada (`--features adapter --bin adapter`): beside `axum::serve`, hyper
//! and native handlers.

#[cfg(feature = "adapter")]
pub mod adapter;
pub mod contest;
#[cfg(any(feature = "adapter", feature = "events"))]
mod contestant;
pub mod corpus;
#[cfg(feature = "events")]
pub mod events;
pub mod frames;
pub mod head;
pub mod load;
pub mod machine;
pub mod naive;
pub mod peers;
pub mod pipeline;
pub mod rajada;
pub mod report;
mod resident;
mod say;
pub mod serve;
pub mod soak;
pub mod websocket;

/// Room for so many fields, for every contestant alike.
pub const SLOTS: usize = 64;
