//! WebSockets of the server: over sockets, and without.

mod answers;
mod answers_same;
mod answers_waiting;
mod bound;
mod closing;
mod common;
#[cfg(feature = "deflate")]
mod deflate;
mod echo;
mod ends;
mod handshake;
mod in_process;
#[cfg(feature = "tokio-net")]
mod on_tokio;
mod order;
mod panics;
mod pieces;
mod pressure;
