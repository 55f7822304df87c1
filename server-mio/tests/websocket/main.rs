//! WebSockets of the server: over sockets, and without.

mod common;
#[cfg(feature = "deflate")]
mod deflate;
mod echo;
mod ends;
mod handshake;
mod in_process;
#[cfg(feature = "tokio-net")]
mod on_tokio;
mod pieces;
mod pressure;
