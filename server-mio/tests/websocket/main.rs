//! WebSockets of the server: over sockets, and without.

mod common;
mod echo;
