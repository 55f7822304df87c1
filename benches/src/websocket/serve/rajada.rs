//! Rajada: `/ws` sends every message back, `/idle` reads them, `/room` gets what is sent to `/send`, whose empty messages are answered with how many
//! are in the room, and how many were closed by the bound on their backlog.

use std::future::Future;
use std::net::SocketAddr;

use rajada_mio::websocket::{Broadcast, SocketEndpoint, WebSocket};
use rajada_mio::{App, OwnedRequest};

/// How many octets a member of the room may be behind.
pub(in super::super) const BACKLOG: usize = 64 * 1024;

/// Serves; messages at `/ws` are `received` by the handler, or answered where they were read.
pub(super) fn serve(address: SocketAddr, received: bool) -> std::io::Result<()> {
    let app = App::new()
        .workers(1)
        .state(Broadcast::new().backlog(BACKLOG))
        .websocket(
            "/ws",
            match received {
                true => SocketEndpoint::new(received_echo),
                false => SocketEndpoint::new(echo),
            },
        )
        .websocket("/idle", idle)
        .websocket("/room", |req: OwnedRequest, mut socket: WebSocket| async move {
            socket.join(req.state::<Broadcast>());
            while socket.recv().await.is_some() {}
        })
        .websocket("/send", |req: OwnedRequest, mut socket: WebSocket| async move {
            let room = req.state::<Broadcast>();
            while let Some(message) = socket.recv().await {
                if !message.octets().is_empty() {
                    room.send(message);
                    continue;
                }
                let state = format!("{} {}", room.members(), room.overflowed());
                if socket.send(state).await.is_err() {
                    break;
                }
            }
        });
    app.bind(address)?.run().map(drop)
}

async fn echo(mut socket: WebSocket) {
    socket.for_each(|message, replies| replies.send(message)).await;
}

async fn received_echo(mut socket: WebSocket) {
    while let Some(message) = socket.recv().await {
        if socket.send(message).await.is_err() {
            break;
        }
    }
}

async fn idle(mut socket: WebSocket) {
    while socket.recv().await.is_some() {}
}

/// Octets of the futures of the handlers at `/idle` and `/ws`, the latter where it receives.
pub(in super::super) fn future_size() -> (usize, usize) {
    fn of<U: Future<Output = ()>>(_: impl Fn(WebSocket) -> U) -> usize {
        size_of::<U>()
    }
    (of(idle), of(received_echo))
}
