//! WebSockets of the server: over sockets, and without.

mod common;
#[cfg(feature = "deflate")]
mod deflate;
mod echo;
mod ends;
mod handshake;
mod pieces;
mod pressure;
