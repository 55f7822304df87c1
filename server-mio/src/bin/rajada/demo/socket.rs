//! A WebSocket that sends back what it gets.

use rajada_mio::App;
use rajada_mio::websocket::{SocketEndpoint, WebSocket};

/// The longest message that comes back: those of the Autobahn suite have 16 MiB.
const LONGEST: u64 = 16 * 1024 * 1024;

/// Adds `/ws`.
pub(super) fn add(app: App) -> App {
    app.websocket("/ws", SocketEndpoint::new(echo).message_limit(LONGEST))
}

/// Every message comes back, as what it was.
async fn echo(mut socket: WebSocket) {
    while let Some(message) = socket.recv().await {
        if socket.send(message).await.is_err() {
            break;
        }
    }
}
