//! actix-web with actix-ws, one worker.

use actix_web::web::{Bytes, Data, Payload, get};
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer};
use actix_ws::Message;
use tokio::sync::broadcast;

type Room = broadcast::Sender<Bytes>;

pub(crate) fn serve() {
    let (room, _) = broadcast::channel::<Bytes>(64);
    let room = Data::new(room);
    let served = actix_web::rt::System::new().block_on(async {
        HttpServer::new(move || {
            App::new()
                .app_data(room.clone())
                .route("/ws", get().to(echo))
                .route("/room", get().to(member))
                .route("/send", get().to(send))
        })
        .workers(1)
        .backlog(4096)
        .max_connections(100_000)
        .bind(peer_common::address())?
        .run()
        .await
    });
    served.expect("the server runs");
}

async fn echo(request: HttpRequest, body: Payload) -> Result<HttpResponse, Error> {
    let (response, mut session, mut messages) = actix_ws::handle(&request, body)?;
    actix_web::rt::spawn(async move {
        while let Some(Ok(message)) = messages.recv().await {
            let sent = match message {
                Message::Text(text) => session.text(text).await,
                Message::Binary(octets) => session.binary(octets).await,
                Message::Ping(octets) => session.pong(&octets).await,
                Message::Close(_) => break,
                _ => Ok(()),
            };
            if sent.is_err() {
                return;
            }
        }
        let _ = session.close(None).await;
    });
    Ok(response)
}

async fn member(
    request: HttpRequest,
    body: Payload,
    room: Data<Room>,
) -> Result<HttpResponse, Error> {
    let (response, mut session, mut messages) = actix_ws::handle(&request, body)?;
    let mut sent = room.subscribe();
    actix_web::rt::spawn(async move {
        loop {
            tokio::select! {
                message = sent.recv() => {
                    let Ok(message) = message else { break };
                    if session.binary(message).await.is_err() {
                        return;
                    }
                }
                received = messages.recv() => if !matches!(received, Some(Ok(_))) {
                    break;
                },
            }
        }
        let _ = session.close(None).await;
    });
    Ok(response)
}

async fn send(
    request: HttpRequest,
    body: Payload,
    room: Data<Room>,
) -> Result<HttpResponse, Error> {
    let (response, _session, mut messages) = actix_ws::handle(&request, body)?;
    actix_web::rt::spawn(async move {
        // Held, since dropping it closes.
        let _session = _session;
        while let Some(Ok(message)) = messages.recv().await {
            if let Message::Binary(octets) = message {
                // It fails where nobody listens.
                let _ = room.send(octets);
            }
        }
    });
    Ok(response)
}
