//! The servers. Each has `GET /events`, a stream of all events from then on; `POST /send/{octets}`, which sends an event of
//! so many octets to all streams; `GET /state`, how many streams there are, and how many the server has ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::sse::{Event as PeerEvent, KeepAlive, Sse};
use axum::routing::{get, post};
use rajada_mio::{App, Broadcast, Error, Event, Events, Request, Status};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;
use tokio_stream::wrappers::errors::BroadcastStreamRecvError;
use tokio_stream::{Stream, StreamExt};

use super::Contestant;
use crate::say::announce;

/// How far behind a stream may be.
pub(super) const BACKLOG_EVENTS: usize = 64;
pub(super) const BACKLOG_OCTETS: usize = 256 * 1024;

/// Which octet of an event is counted: no head has it.
pub(super) const MARK: u8 = b'!';

fn data(octets: usize) -> String {
    let frame = "data: !\n\n".len();
    format!("{}{}", char::from(MARK), "x".repeat(octets.saturating_sub(frame)))
}

/// Serves until it is killed.
pub(super) fn serve(contestant: Contestant) -> Result<(), String> {
    let served = match contestant {
        Contestant::Rajada => rajada(),
        Contestant::Axum => axum(),
    };
    served.map_err(|error| error.to_string())
}

fn rajada() -> std::io::Result<()> {
    let app = App::new()
        .workers(1)
        .state(Broadcast::new().backlog(BACKLOG_EVENTS, BACKLOG_OCTETS))
        .get("/events", |req: &Request<'_>| Events::new(req.state::<Broadcast>().subscribe()))
        .post("/send/{octets}", |req: &Request<'_>| {
            let event = Event::new(data(req.param_as("octets")?));
            req.state::<Broadcast>().send(event)?;
            Ok::<_, Error>(Status::NO_CONTENT)
        })
        .get("/state", |req: &Request<'_>| {
            let broadcast = req.state::<Broadcast>();
            format!("{} {}", broadcast.subscribers(), broadcast.overflowed())
        });
    let server = app.bind("127.0.0.1:0")?;
    announce(format_args!("listening on http://{}", server.local_address()));
    server.run().map(drop)
}

/// What the peer's handlers share. A stream that is too far behind is told so, and ends; it counts that itself.
#[derive(Clone)]
struct Peer {
    sender: broadcast::Sender<Arc<str>>,
    ended: Arc<AtomicUsize>,
}

fn axum() -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (sender, _) = broadcast::channel(BACKLOG_EVENTS);
        let app = axum::Router::new()
            .route("/events", get(subscribe))
            .route("/send/{octets}", post(send))
            .route("/state", get(state))
            .with_state(Peer { sender, ended: Arc::default() });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        announce(format_args!("listening on http://{}", listener.local_addr()?));
        axum::serve(listener, app).await
    })
}

async fn subscribe(
    State(peer): State<Peer>,
) -> Sse<impl Stream<Item = Result<PeerEvent, BroadcastStreamRecvError>>> {
    let ended = peer.ended.clone();
    let stream = BroadcastStream::new(peer.sender.subscribe()).map(move |event| match event {
        Ok(event) => Ok(PeerEvent::default().data(&*event)),
        Err(error) => {
            ended.fetch_add(1, Ordering::Relaxed);
            Err(error)
        }
    });
    Sse::new(stream).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

async fn send(State(peer): State<Peer>, Path(octets): Path<usize>) {
    // It fails where nobody listens.
    let _ = peer.sender.send(data(octets).into());
}

async fn state(State(peer): State<Peer>) -> String {
    format!("{} {}", peer.sender.receiver_count(), peer.ended.load(Ordering::Relaxed))
}
