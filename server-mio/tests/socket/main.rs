//! The server over real sockets: loopback, port 0, every wait bounded.

mod around;
mod bursts;
mod cases;
mod client;
mod connections;
mod handlers;
mod order;
mod panics;
mod program;
mod request;
mod response;
mod routes;
mod serving;
mod shortage;
mod shutdown;
mod traced;
