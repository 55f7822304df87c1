//! The servers. Each has `GET /text`, a small text; `GET /users/{id}`, JSON that has the number; `POST /notes`, which reads
//! a note in JSON and tells in JSON how long its text is.

use std::net::TcpListener;

use axum::Json;
use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use rajada_mio::{App, Error, Json as OurJson, Request, Server};
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;

use super::Contestant;
use crate::say::announce;

const TEXT: &str = "Hello world!";

#[derive(Serialize)]
struct User {
    id: u64,
    name: &'static str,
}

impl User {
    fn new(id: u64) -> User {
        User { id, name: "Ada" }
    }
}

#[derive(Deserialize)]
struct Note {
    title: String,
    text: String,
    tags: Vec<String>,
}

#[derive(Serialize)]
struct Kept {
    title: String,
    octets: usize,
    tags: usize,
}

impl From<Note> for Kept {
    fn from(note: Note) -> Kept {
        Kept { title: note.title, octets: note.text.len(), tags: note.tags.len() }
    }
}

/// Serves until it is killed.
pub(super) fn serve(contestant: Contestant) -> Result<(), String> {
    let served = TcpListener::bind("127.0.0.1:0").and_then(|listener| {
        announce(format_args!("listening on http://{}", listener.local_addr()?));
        match contestant {
            Contestant::Axum => axum(listener),
            Contestant::Hyper => hyper(listener),
            Contestant::Rajada => rajada(listener, |app| app),
            Contestant::Bare => rajada(listener, App::without_extensions),
            Contestant::Native => native(listener),
        }
    });
    served.map_err(|error| error.to_string())
}

fn router() -> Router {
    Router::new()
        .route("/text", get(async || TEXT))
        .route("/users/{id}", get(async |Path(id): Path<u64>| Json(User::new(id))))
        .route("/notes", post(async |Json(note): Json<Note>| Json(Kept::from(note))))
}

fn runtime() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// The listener as the runtime that this is called in has it.
fn of_tokio(listener: TcpListener) -> std::io::Result<tokio::net::TcpListener> {
    listener.set_nonblocking(true)?;
    tokio::net::TcpListener::from_std(listener)
}

fn axum(listener: TcpListener) -> std::io::Result<()> {
    runtime()?.block_on(async {
        let listener = of_tokio(listener)?.tap_io(|stream| {
            let _ = stream.set_nodelay(true);
        });
        axum::serve(listener, router()).await
    })
}

fn hyper(listener: TcpListener) -> std::io::Result<()> {
    runtime()?.block_on(async {
        let (listener, router) = (of_tokio(listener)?, router());
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let service = TowerToHyperService::new(router.clone());
            let mut server = hyper::server::conn::http1::Builder::new();
            server.pipeline_flush(true);
            tokio::spawn(server.serve_connection(TokioIo::new(stream), service));
        }
    })
}

/// What `rajada_mio::serve` does, with one worker. Nothing here waits for the runtime, which is never driven.
fn rajada(listener: TcpListener, set: impl Fn(App) -> App) -> std::io::Result<()> {
    let runtime = runtime()?;
    let app = App::of_service(router()).workers(1).tokio(runtime.handle().clone());
    Server::from_listener(set(app), listener)?.run().map(drop)
}

fn native(listener: TcpListener) -> std::io::Result<()> {
    let app = App::new()
        .workers(1)
        .get("/text", |_: &Request<'_>| TEXT)
        .get("/users/{id}", |req: &Request<'_>| {
            Ok::<_, Error>(OurJson(User::new(req.param_as("id")?)))
        })
        .post("/notes", |req: &Request<'_>| {
            Ok::<_, Error>(OurJson(Kept::from(req.json::<Note>()?)))
        });
    Server::from_listener(app, listener)?.run().map(drop)
}
