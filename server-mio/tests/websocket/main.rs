//! WebSockets of the server: over sockets, and without.

mod common;
mod echo;
mod ends;
mod handshake;
mod pieces;
mod pressure;
