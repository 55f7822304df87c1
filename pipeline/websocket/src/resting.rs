//! A connection on which nothing is under way.

use crate::WebSocket;
use crate::socket::Input;

/// What has to be known of a connection between messages, to go on: 16 octets, instead of some 100. Whoever has very many keeps these, and
/// makes a [`WebSocket`] of one when octets come or are to be sent.
///
/// ```
/// use rajada_websocket::{Resting, Server, WebSocket};
///
/// let socket = WebSocket::<_, Vec<u8>>::server();
/// let resting: Resting = socket.resting().expect("nothing is under way");
/// let socket = WebSocket::<_, Vec<u8>>::resume(Server, resting);
/// assert_eq!(socket.octets_received(), 0);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Resting {
    received: u64,
    controls: u16,
    compressed: bool,
}

impl Resting {
    /// As [`WebSocket::octets_received`].
    pub const fn octets_received(&self) -> u64 {
        self.received
    }
}

impl<R, B, M, L> WebSocket<R, B, M, L> {
    /// What is to be kept of this connection. `None` if it is more: while it has a store, a message is under way in either direction, or
    /// it closes.
    pub fn resting(&self) -> Option<Resting> {
        let is_at_rest = self.store.is_none()
            && self.input == Input::Header
            && self.message.kind.is_none()
            && self.sending.is_none()
            && !self.closing;
        let (received, controls, compressed) = (self.received, self.controls, self.compressed);
        is_at_rest.then_some(Resting { received, controls, compressed })
    }

    /// The connection that was kept.
    pub const fn resume(role: R, resting: Resting) -> Self {
        let mut socket = Self::new(role);
        socket.received = resting.received;
        socket.controls = resting.controls;
        socket.compressed = resting.compressed;
        socket
    }
}
