//! Layers of tower-http around handlers of ours.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, StatusCode};
use rajada_mio::{AnswerBody, App, Body, Html, OwnedRequest, Request, RequestBody, TestClient};
use tokio::runtime::Runtime;
use tower_http::auth::AsyncRequireAuthorizationLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::request_id::{
    MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer,
};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

const PAGE: &str = "<p>the same once more</p>\n";

fn app(runtime: &Runtime) -> App {
    App::new()
        .tokio(runtime.handle().clone())
        .get("/", |_: &Request<'_>| "Hello world!")
        .get("/page", |_: &Request<'_>| Html(PAGE.repeat(200)))
        .get("/id", |req: &Request<'_>| req.header_text("x-request-id").map(str::to_owned))
        .get("/none", |_: &Request<'_>| None::<&str>)
        .get("/slow", |_: OwnedRequest| async {
            tokio::time::sleep(Duration::from_secs(3600)).await;
            "too late"
        })
        .post("/echo", |req: &Request<'_>| req.bytes().to_vec())
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap()
}

#[test]
fn cors() {
    let runtime = runtime();
    let mut client = TestClient::new(app(&runtime).layer(CorsLayer::permissive()));
    let preflight = client
        .request("OPTIONS", "/echo")
        .header("Origin", "http://a.example")
        .header("Access-Control-Request-Method", "POST")
        .send();
    assert_eq!(preflight.status().as_u16(), 200);
    assert_eq!(preflight.header("access-control-allow-methods"), Some("*"));
    let plain = client.get("/").header("Origin", "http://a.example").send();
    assert_eq!(plain.header("access-control-allow-origin"), Some("*"));
    assert_eq!(plain.text(), "Hello world!");
}

#[test]
fn trace() {
    let runtime = runtime();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (asked, answered) = (seen.clone(), seen.clone());
    let layer = TraceLayer::new_for_http()
        .on_request(move |request: &axum::http::Request<_>, _: &_| {
            asked.lock().unwrap().push(format!("{} {}", request.method(), request.uri()));
        })
        .on_response(move |answer: &axum::http::Response<_>, _: Duration, _: &_| {
            answered.lock().unwrap().push(answer.status().to_string());
        });
    let mut client = TestClient::new(app(&runtime).layer(layer));
    assert_eq!(client.get("/?a=b").send().text(), "Hello world!");
    assert_eq!(client.get("/none").send().status().as_u16(), 404);
    let echo = client.post("/echo").content("text/plain", "content").send();
    assert_eq!(echo.text(), "content");
    let seen = seen.lock().unwrap();
    let expected = ["GET /?a=b", "200 OK", "GET /none", "404 Not Found", "POST /echo", "200 OK"];
    assert_eq!(*seen, expected);
}

/// One number after another.
#[derive(Clone, Default)]
struct Numbers(Arc<AtomicU64>);

impl MakeRequestId for Numbers {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        Some(RequestId::new(HeaderValue::from(number)))
    }
}

#[test]
fn request_id() {
    let runtime = runtime();
    let name = HeaderName::from_static("x-request-id");
    let app = app(&runtime)
        .layer(SetRequestIdLayer::new(name.clone(), Numbers::default()))
        .layer(PropagateRequestIdLayer::new(name));
    let mut client = TestClient::new(app);
    for number in ["0", "1"] {
        let answer = client.get("/id").send();
        assert_eq!((answer.header("x-request-id"), answer.text()), (Some(number), number));
    }
    let answer = client.get("/id").header("X-Request-Id", "own").send();
    assert_eq!((answer.header("x-request-id"), answer.text()), (Some("own"), "own"));
}

#[test]
fn timeout() {
    let runtime = runtime();
    let time = Duration::from_millis(50);
    let layer = TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, time);
    let mut client = TestClient::new(app(&runtime).layer(layer));
    assert_eq!(client.get("/slow").send().status().as_u16(), 408);
    assert_eq!(client.get("/").send().text(), "Hello world!");
}

#[test]
fn compression() {
    use std::io::Read;
    let runtime = runtime();
    let mut client = TestClient::new(app(&runtime).layer(CompressionLayer::new()));
    let zipped = client.get("/page").header("Accept-Encoding", "gzip").send();
    assert_eq!(zipped.header("content-encoding"), Some("gzip"));
    assert_eq!(zipped.header("content-type"), Some("text/html; charset=utf-8"));
    let mut page = String::new();
    flate2::read::GzDecoder::new(zipped.content()).read_to_string(&mut page).unwrap();
    assert_eq!(page, PAGE.repeat(200));
    assert_eq!(client.get("/page").send().text(), page);
}

#[derive(Clone)]
struct User(String);

/// Hands on requests of users that it knows, and tells who they are.
async fn known(
    mut request: axum::http::Request<RequestBody>,
) -> Result<axum::http::Request<RequestBody>, axum::http::Response<AnswerBody>> {
    let token = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    if let Some(user) = token.and_then(|token| token.strip_prefix("Bearer of ")) {
        let user = User(user.to_owned());
        request.extensions_mut().insert(user);
        return Ok(request);
    }
    let mut refused = axum::http::Response::new(AnswerBody::from(Body::from("who is it?")));
    *refused.status_mut() = StatusCode::UNAUTHORIZED;
    Err(refused)
}

#[test]
fn authentication() {
    let runtime = runtime();
    let app = app(&runtime).layer(AsyncRequireAuthorizationLayer::new(known));
    let mut client = TestClient::new(app.get("/me", |req: &Request<'_>| {
        let theirs = req.extension::<axum::http::Extensions>();
        theirs.and_then(|theirs| theirs.get::<User>()).map(|user| user.0.clone())
    }));
    let refused = client.get("/me").send();
    assert_eq!((refused.status().as_u16(), refused.text()), (401, "who is it?"));
    let known = client.get("/me").header("Authorization", "Bearer of Ada").send();
    assert_eq!(known.text(), "Ada");
    let echo = client.post("/echo").header("Authorization", "Bearer of Ada");
    assert_eq!(echo.content("text/plain", "content").send().text(), "content");
}

#[test]
fn all_at_once() {
    let runtime = runtime();
    let time = Duration::from_millis(50);
    let app = app(&runtime)
        .layer(CorsLayer::permissive())
        .layer(TraceLayer::new_for_http())
        .layer(CompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, time));
    let mut client = TestClient::new(app);
    for _ in 0..3 {
        let zipped = client.get("/page").header("Accept-Encoding", "gzip").send();
        assert_eq!(zipped.header("content-encoding"), Some("gzip"));
        assert_eq!(zipped.header("access-control-allow-origin"), Some("*"));
        assert_eq!(client.get("/slow").send().status().as_u16(), 408);
    }
}
