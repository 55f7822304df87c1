//! One connection and the burst that is on it.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};

use super::websocket;

/// How long opening may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection that is open or is to be opened again.
#[derive(Debug, Default)]
pub(super) struct Connection {
    pub(super) stream: Option<TcpStream>,
    /// Bursts begun, ever.
    pub(super) bursts: u64,
    /// A burst is not answered yet.
    pub(super) busy: bool,
    /// When it was sent or should have been, in nanoseconds since the run began.
    pub(super) began: u64,
    /// Since when there has been none, in nanoseconds since the run began.
    pub(super) free: u64,
    /// Octets of it that were written.
    pub(super) sent: usize,
    /// Octets of its answers that were read.
    pub(super) received: usize,
}

impl Connection {
    /// Opens it, with an opening handshake for this target if there is one, and waits for that. Ready to be read and written, each time that this begins, is told under the token.
    pub(super) fn open(
        &mut self,
        address: SocketAddr,
        handshake: Option<&str>,
        registry: &Registry,
        token: Token,
    ) -> io::Result<()> {
        let stream = std::net::TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_nodelay(true)?;
        if let Some(path) = handshake {
            websocket::upgrade(&stream, address, path, "").map_err(io::Error::other)?;
        }
        stream.set_nonblocking(true)?;
        let mut stream = TcpStream::from_std(stream);
        registry.register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
        *self = Self { stream: Some(stream), bursts: self.bursts, ..Self::default() };
        Ok(())
    }

    /// Takes note of a burst.
    #[inline]
    pub(super) fn begin(&mut self, began: u64) {
        (self.busy, self.began) = (true, began);
        (self.sent, self.received) = (0, 0);
        self.bursts += 1;
    }
}
