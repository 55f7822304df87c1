//! Thousands of connections that ask for much, and are gone.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use socket2::SockRef;

/// Requests of each connection: as many as the server takes of one before it stops to read.
pub(super) const REQUESTS: usize = 64;

/// Answered late enough that all of them are parked at the same time.
const REQUEST: &[u8] = b"GET /delay/10000 HTTP/1.1\r\nHost: a\r\n\r\n";

/// Descriptors that the rest of this program needs, and the server.
const SPARE: usize = 400;

/// Connections whose requests are parked.
pub(super) struct Flood(Vec<TcpStream>);

impl Flood {
    /// So many connections, or as many as there can be descriptors.
    pub(super) fn of(address: SocketAddr, connections: usize) -> Result<Flood, String> {
        let connections = connections.min(crate::report::most_files().saturating_sub(SPARE));
        let burst = REQUEST.repeat(REQUESTS);
        let mut streams = Vec::with_capacity(connections);
        for _ in 0..connections {
            let asked = super::connect(address).and_then(|mut stream| {
                stream.write_all(&burst)?;
                Ok(stream)
            });
            streams
                .push(asked.map_err(|error| {
                    format!("connection {} of a flood: {error}", streams.len())
                })?);
        }
        Ok(Flood(streams))
    }

    pub(super) fn connections(&self) -> usize {
        self.0.len()
    }

    /// All at once.
    pub(super) fn reset(self) {
        for stream in &self.0 {
            let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
        }
    }
}
