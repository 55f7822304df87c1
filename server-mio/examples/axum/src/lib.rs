//! An application of axum, as it is written for `axum::serve`: nothing in it knows which server it has.
//!
//! ```text
//! curl http://127.0.0.1:8080/greet/Ada?times=2
//! curl http://127.0.0.1:8080/notes --json '{"text": "tea"}'
//! curl http://127.0.0.1:8080/form -d name=Ada -d age=36
//! curl http://127.0.0.1:8080/count/3
//! curl http://127.0.0.1:8080/upload -T FILE
//! curl http://127.0.0.1:8080/whoami
//! ```

pub mod programs;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use futures_util::StreamExt;
use rajada_mio::{Extended, OwnedRequest, with_extensions};
use serde::{Deserialize, Serialize};
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

/// How long a handler may take.
pub const TIMEOUT: Duration = Duration::from_secs(2);

type Notes = Arc<Mutex<Vec<Note>>>;

/// What is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Note {
    text: String,
}

/// The application. Layers are around its handlers, the last one outermost.
pub fn application() -> Router {
    Router::new()
        .route("/", get(|| async { "Hello world!" }))
        .route("/greet/{name}", get(greet))
        .route("/notes", get(notes).post(add))
        .route("/notes/{number}", get(note))
        .route("/form", post(form))
        .route("/count/{to}", get(count))
        .route("/upload", post(upload).put(upload))
        .route("/elsewhere", get(elsewhere))
        .route("/slow", get(slow))
        .route("/page", get(page))
        .route("/whoami", get(whoami))
        .with_state(Notes::default())
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, TIMEOUT))
        .layer(CorsLayer::permissive())
        .layer(TraceLayer::new_for_http())
}

/// What puts the peer of a request where axum looks for it.
pub type Connected = fn(&OwnedRequest, &mut axum::http::Extensions);

/// An application as `into_make_service_with_connect_info` has it: `ConnectInfo` is told the peer.
pub fn with_connect_info(router: Router) -> Extended<Router, Connected> {
    with_extensions(router, |request, extensions| {
        if let Some(peer) = request.peer().socket_address() {
            extensions.insert(ConnectInfo(peer));
        }
    })
}

#[derive(Deserialize)]
struct Greeting {
    #[serde(default = "once")]
    times: usize,
}

fn once() -> usize {
    1
}

async fn greet(Path(name): Path<String>, Query(greeting): Query<Greeting>) -> String {
    format!("hello {name}\n").repeat(greeting.times)
}

async fn notes(State(notes): State<Notes>) -> Json<Vec<Note>> {
    Json(notes.lock().unwrap().clone())
}

async fn add(State(notes): State<Notes>, Json(note): Json<Note>) -> impl IntoResponse {
    let mut notes = notes.lock().unwrap();
    notes.push(note.clone());
    (StatusCode::CREATED, [(LOCATION, format!("/notes/{}", notes.len()))], Json(note))
}

async fn note(
    State(notes): State<Notes>,
    Path(number): Path<usize>,
) -> Result<Json<Note>, StatusCode> {
    let at = number.checked_sub(1).ok_or(StatusCode::NOT_FOUND)?;
    notes.lock().unwrap().get(at).cloned().map(Json).ok_or(StatusCode::NOT_FOUND)
}

#[derive(Deserialize)]
struct Person {
    name: String,
    age: u32,
}

async fn form(Form(person): Form<Person>) -> String {
    format!("{} is {}", person.name, person.age)
}

/// An answer that comes line by line.
async fn count(Path(to): Path<u64>) -> Response {
    let lines = futures_util::stream::iter(1..=to).then(|number| async move {
        tokio::time::sleep(Duration::from_millis(1)).await;
        Ok::<_, Infallible>(Bytes::from(format!("{number}\n")))
    });
    ([(CONTENT_TYPE, "text/plain")], Body::from_stream(lines)).into_response()
}

/// Content that is looked at as it comes.
async fn upload(content: Body) -> Result<String, (StatusCode, String)> {
    let (mut octets, mut sum) = (0, 0u64);
    let mut content = content.into_data_stream();
    while let Some(piece) = content.next().await {
        let piece = piece.map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))?;
        octets += piece.len();
        sum += piece.iter().copied().map(u64::from).sum::<u64>();
    }
    Ok(format!("{octets} octets, sum {sum}"))
}

/// Work in another task of the runtime.
async fn elsewhere() -> Result<String, StatusCode> {
    let task = tokio::spawn(async {
        tokio::time::sleep(Duration::from_millis(1)).await;
        6 * 7
    });
    task.await.map(|answer| answer.to_string()).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

async fn slow() -> &'static str {
    tokio::time::sleep(20 * TIMEOUT).await;
    "too late"
}

/// A page that is worth to be compressed.
async fn page() -> Response {
    ([(CONTENT_TYPE, "text/html")], "<p>the same once more</p>\n".repeat(200)).into_response()
}

async fn whoami(ConnectInfo(peer): ConnectInfo<SocketAddr>) -> String {
    peer.ip().to_string()
}
