//! The pipeline benchmark: what a request costs through the pipeline, beside the least that a server can do.
//!
//! The bare loops parse each head and copy the octets of a ready-made answer: a server that knows no order, no bounds and no connection.
//! Times are for whole bursts, from octets in to everything transmitted.

mod bare;
mod least;
mod served;

pub use bare::Bare;
pub use least::main;
pub use served::{Answers, Server};

/// The request of which bursts are made: 41 octets.
pub const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n";

const HEAD: &[u8] =
    b"HTTP/1.1 200 OK\r\nDate: Tue, 15 Nov 1994 08:12:31 GMT\r\nContent-Type: text/plain\r\n";
const CONTENT: &[u8] = b"Hello world!";
