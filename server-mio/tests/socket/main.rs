//! The server over real sockets: loopback, port 0, every wait bounded.

mod around;
mod begin;
mod bursts;
mod cases;
mod client;
mod command_line;
mod connections;
#[cfg(all(feature = "multipart", feature = "stream", feature = "tokio"))]
#[path = "../content_by_traits/mod.rs"]
mod content_by_traits;
mod demo;
mod faults;
mod handlers;
mod held;
mod listening;
mod order;
mod panics;
mod program;
mod request;
mod response;
mod routes;
mod serving;
mod shortage;
mod shutdown;
mod streams;
#[cfg(all(feature = "stream", feature = "tokio"))]
mod streams_of_tokio;
mod told;
mod traced;
mod uploads;
#[cfg(all(feature = "multipart", feature = "stream", feature = "tokio"))]
mod uploads_by_traits;
mod values;
mod wire;
mod world;
