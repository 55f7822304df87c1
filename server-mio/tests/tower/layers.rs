//! Layers of tower around handlers.

use std::pin::Pin;
use std::task::{Context, Poll};

use http_body::Frame;
use http_body_util::BodyExt;
use rajada_mio::{
    AnswerBody, App, Bytes, NextService, OwnedRequest, Request, RequestBody, RequestError,
    Response, Status, TestClient,
};
use tower::util::{MapRequest, MapResponse, ServiceExt};
use tower::{Layer, service_fn};

use crate::services::{Answer, Asked, echo};

/// A layer of a function.
#[derive(Clone)]
struct Of<F>(F);

impl<F: Fn(NextService) -> S, S> Layer<NextService> for Of<F> {
    type Service = S;

    fn layer(&self, inner: NextService) -> S {
        (self.0)(inner)
    }
}

fn app() -> App {
    App::new()
        .get("/sync", |_: &Request<'_>| "sync")
        .get("/async", |_: OwnedRequest| async { "async" })
        .post("/echo/{id}", |req: &Request<'_>| {
            format!("{} {} {}", req.target(), req.param("id"), req.text().unwrap())
        })
        .get("/none", |_: &Request<'_>| None::<&str>)
        .service("/service/{*rest}", service_fn(echo))
}

fn shown(client: &mut TestClient, path: &str) -> (u16, String) {
    let answer = client.get(path).send();
    (answer.status().as_u16(), answer.text().to_owned())
}

#[test]
fn a_layer_that_changes_nothing_changes_nothing() {
    let plain = &mut TestClient::new(app());
    let layered = &mut TestClient::new(app().layer(Of(|next| next)));
    for path in ["/sync", "/async", "/none", "/missing", "/service/a", "/echo/a"] {
        assert_eq!(shown(plain, path), shown(layered, path), "{path}");
        for client in [&mut *plain, &mut *layered] {
            let head = client.request("HEAD", path).send();
            assert!(head.text().is_empty(), "{path}");
        }
    }
    let posted = layered.post("/echo/a").content("text/plain", "content").send();
    assert_eq!(posted.text(), "/echo/a a content");
    let head = layered.request("HEAD", "/sync").send();
    assert_eq!(head.header("content-length"), Some("4"));
}

#[test]
fn a_layer_sees_the_answer_and_may_change_it() {
    let layer = Of(|next| {
        MapResponse::new(next, |mut answer: http::Response<AnswerBody>| {
            let status = answer.status().as_u16();
            answer.headers_mut().insert("x-status", status.into());
            answer.headers_mut().remove("content-type");
            answer
        })
    });
    let mut client = TestClient::new(app().layer(layer));
    for (path, status) in [("/sync", "200"), ("/async", "200"), ("/none", "404"), ("/no", "404")] {
        let answer = client.get(path).send();
        assert_eq!(
            (answer.header("x-status"), answer.header("content-type")),
            (Some(status), None)
        );
    }
    assert_eq!(client.get("/sync").send().text(), "sync");
}

#[test]
fn what_a_layer_makes_of_a_request_reaches_the_handler() {
    #[derive(Clone)]
    struct Id(u64);

    let layer = Of(|next| {
        MapRequest::new(next, |mut request: Asked| {
            request.headers_mut().insert("x-id", http::HeaderValue::from_static("7"));
            request.extensions_mut().insert(Id(7));
            *request.uri_mut() = http::Uri::from_static("/changed");
            request
        })
    });
    let only_extended = Of(|next| {
        MapRequest::new(next, |mut request: Asked| {
            request.extensions_mut().insert(Id(8));
            request
        })
    });
    fn handler(req: &Request<'_>) -> String {
        let id = req.extension::<http::Extensions>().and_then(|theirs| theirs.get::<Id>());
        let (field, content) = (req.header_text("x-id"), req.text().unwrap());
        format!("{} {} {field:?} {} {content}", req.target(), req.param("id"), id.unwrap().0)
    }
    let app = || {
        App::new()
            .post("/sync/{id}", handler)
            .post("/async/{id}", |req: OwnedRequest| async move { handler(&req.as_request()) })
    };
    let mut changed = TestClient::new(app().layer(layer));
    let mut extended = TestClient::new(app().layer(only_extended));
    for path in ["/sync/a", "/async/a"] {
        let answer = changed.post(path).content("text/plain", "content").send();
        assert_eq!(answer.text(), "/changed a Some(\"7\") 7 content");
        let answer = extended.post(path).content("text/plain", "content").send();
        assert_eq!(answer.text(), format!("{path} a None 8 content"));
    }
}

/// Content in capitals.
struct Capitals(RequestBody);

impl http_body::Body for Capitals {
    type Data = Bytes;
    type Error = RequestError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, RequestError>>> {
        Pin::new(&mut self.0)
            .poll_frame(cx)
            .map_ok(|frame| frame.map_data(|data| Bytes::from(data.to_ascii_uppercase())))
    }
}

#[test]
fn a_layer_may_put_other_content_in_place_of_either() {
    let layer = Of(|next| {
        let capitals = |request: Asked| request.map(Capitals);
        let backwards = |answer: http::Response<AnswerBody>| {
            answer.map(|body| {
                body.map_frame(|frame| {
                    frame.map_data(|data| data.iter().rev().copied().collect::<Bytes>())
                })
            })
        };
        MapResponse::new(MapRequest::new(next, capitals), backwards)
    });
    let told = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let tell = told.clone();
    let app = app().get("/told", move |_: &Request<'_>, res: &mut Response<'_>| {
        let tell = tell.clone();
        res.on_sent(move || tell.store(true, std::sync::atomic::Ordering::SeqCst)).text("told");
    });
    let mut client = TestClient::new(app.layer(layer));
    let answer = client.post("/echo/a").content("text/plain", "content").send();
    assert_eq!(answer.text(), "TNETNOC a a/ohce/");
    assert_eq!(client.get("/told").send().text(), "dlot");
    assert!(told.load(std::sync::atomic::Ordering::SeqCst));
}

#[test]
fn a_layer_that_answers_itself_asks_for_no_content() {
    let layer = Of(|_| {
        service_fn(async |request: Asked| -> Answer {
            assert!(request.headers().contains_key("expect"));
            let answer = http::Response::builder().status(403);
            Ok(answer.body("refused".into()).unwrap())
        })
    });
    let mut client = TestClient::new(app().layer(layer));
    let mut received = Vec::new();
    let head =
        "POST /echo/a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
    client.exchange(head.as_bytes(), &mut received);
    let text = String::from_utf8(received).unwrap();
    assert!(text.starts_with("HTTP/1.1 403 Forbidden\r\n"), "{text}");
}

#[test]
fn content_is_asked_for_when_a_layer_reads_it() {
    let layer = Of(|next: NextService| {
        service_fn(move |request: Asked| {
            let next = next.clone();
            async move {
                let (parts, body) = request.into_parts();
                let content = match body.collect().await {
                    Ok(content) => content.to_bytes(),
                    Err(RequestError::TooLarge) => return Err("too large"),
                    Err(error) => panic!("{error}"),
                };
                let content = http_body_util::Full::new(content);
                let request = http::Request::from_parts(parts, content);
                next.oneshot(request).await.map_err(|never| match never {})
            }
        })
    });
    let app = App::scope()
        .content_limit(8)
        .post("/echo/{id}", |req: &Request<'_>| req.text().unwrap().to_owned());
    let app = App::new().nest("", app.layer(layer));
    let mut client = TestClient::new(app);
    let mut received = Vec::new();
    let head =
        "POST /echo/a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
    client.exchange(head.as_bytes(), &mut received);
    assert_eq!(String::from_utf8_lossy(&received), "HTTP/1.1 100 Continue\r\n\r\n");
    client.exchange(b"12345", &mut received);
    assert!(String::from_utf8_lossy(&received).ends_with("\r\n\r\n12345"));
    let large = client.post("/echo/a").content("text/plain", "123456789").send();
    assert_eq!(large.status(), Status::INTERNAL_SERVER_ERROR, "the layer's own error");
}

#[test]
fn layers_are_around_what_is_in_their_scope_in_the_order_of_hooks() {
    let layer = |name: &'static str| {
        Of(move |next| {
            MapResponse::new(next, move |mut answer: http::Response<AnswerBody>| {
                let value = http::HeaderValue::from_static(name);
                answer.headers_mut().append("x-layer", value);
                answer
            })
        })
    };
    let inner = App::scope().get("/in", |_: &Request<'_>| "in").layer(layer("3"));
    let app = App::new()
        .layer(layer("1"))
        .layer(layer("2"))
        .get("/out", |_: &Request<'_>| "out")
        .nest("/scope", inner);
    let mut client = TestClient::new(app);
    let mut layers =
        |path: &str| client.get(path).send().header_all("x-layer").collect::<Vec<_>>().join(" ");
    assert_eq!((layers("/out"), layers("/scope/in")), ("2 1".into(), "3 2 1".into()));
    assert_eq!((layers("/no"), layers("/scope/no")), ("2 1".into(), "3 2 1".into()));
}

#[test]
fn a_request_without_its_extensions_leads_nowhere() {
    let layer =
        Of(|next| MapRequest::new(next, |request: Asked| http::Request::new(request.into_body())));
    let mut client = TestClient::new(app().layer(layer));
    assert_eq!(client.get("/sync").send().status(), Status::INTERNAL_SERVER_ERROR);
}
