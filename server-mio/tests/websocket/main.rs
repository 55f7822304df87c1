//! WebSockets of the server: over sockets, and without.

mod common;
#[cfg(feature = "deflate")]
mod deflate;
mod echo;
mod ends;
mod handshake;
#[cfg(feature = "tokio-net")]
mod on_tokio;
mod panics;
mod pieces;
mod pressure;
