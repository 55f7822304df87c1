//! The server over real sockets: loopback, port 0, every wait bounded.

mod bursts;
mod client;
mod connections;
mod order;
mod program;
mod routes;
mod serving;
mod shutdown;
