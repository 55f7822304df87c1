//! axum: its WebSocket on `axum::serve`.

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::any;
use axum::serve::ListenerExt;
use tokio::sync::broadcast;

type Room = broadcast::Sender<Message>;

pub(crate) fn serve() {
    crate::block_on(async {
        let app = Router::new()
            .route("/ws", any(|upgrade: WebSocketUpgrade| async { upgrade.on_upgrade(echo) }))
            .route("/room", any(room))
            .route("/send", any(send))
            .with_state(broadcast::channel(64).0);
        let listener = crate::listen().await.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        axum::serve(listener, app).await.expect("the server runs");
    });
}

async fn echo(mut socket: WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        if matches!(message, Message::Text(_) | Message::Binary(_))
            && socket.send(message).await.is_err()
        {
            break;
        }
    }
}

async fn room(State(room): State<Room>, upgrade: WebSocketUpgrade) -> Response {
    let mut messages = room.subscribe();
    upgrade.on_upgrade(move |mut socket| async move {
        loop {
            tokio::select! {
                message = messages.recv() => {
                    let Ok(message) = message else { break };
                    if socket.send(message).await.is_err() {
                        break;
                    }
                }
                received = socket.recv() => if !matches!(received, Some(Ok(_))) {
                    break;
                },
            }
        }
    })
}

async fn send(State(room): State<Room>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |mut socket| async move {
        while let Some(Ok(message)) = socket.recv().await {
            // It fails where nobody listens.
            let _ = room.send(message);
        }
    })
}
