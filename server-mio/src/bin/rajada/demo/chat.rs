//! `/demo/chat/socket`: what one says, all who are here get.

use rajada_mio::OwnedRequest;
use rajada_mio::websocket::{Broadcast, Message, SocketEndpoint, WebSocket};
use serde_json::json;

/// Octets of what is said at once, at most.
const LONGEST: u64 = 4096;

/// Who is here, by the broadcast that each has joined.
pub(super) struct Room(Broadcast);

impl Room {
    /// A room without anybody.
    pub(super) fn new() -> Room {
        Room(Broadcast::new())
    }

    /// Tells everybody how many are here.
    fn count(&self) {
        self.0.send(json!({ "here": self.0.members() }).to_string());
    }
}

/// The socket of somebody who is here.
pub(super) fn socket() -> SocketEndpoint {
    SocketEndpoint::new(talk).message_limit(LONGEST)
}

async fn talk(req: OwnedRequest, mut socket: WebSocket) {
    let room = req.state::<Room>();
    socket.join(&room.0);
    room.count();
    while let Some(message) = socket.recv().await {
        if let Message::Text(text) = message {
            room.0.send(json!({ "said": text }).to_string());
        }
    }
    socket.leave(&room.0);
    room.count();
}
