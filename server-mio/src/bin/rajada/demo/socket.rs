//! `/ws`: a WebSocket that sends back what it gets, where it was read; `/ws/received`: the same by a handler that receives it.

use rajada_mio::websocket::{SocketEndpoint, WebSocket};

/// The longest message that comes back: those of the Autobahn suite have 16 MiB.
const LONGEST: u64 = 16 * 1024 * 1024;

/// Every message comes back, as what it was.
pub(super) fn echoes() -> SocketEndpoint {
    SocketEndpoint::new(echo).message_limit(LONGEST)
}

/// The same.
pub(super) fn received_echoes() -> SocketEndpoint {
    SocketEndpoint::new(receive_and_send).message_limit(LONGEST)
}

async fn echo(mut socket: WebSocket) {
    socket.for_each(|message, replies| replies.send(message)).await;
}

async fn receive_and_send(mut socket: WebSocket) {
    while let Some(message) = socket.recv().await {
        if socket.send(message).await.is_err() {
            break;
        }
    }
}
