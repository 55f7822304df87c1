//! Services that break: each costs its own request, and nothing else.

use std::convert::Infallible;
use std::task::{Context, Poll};

use http_body_util::Full;
use rajada_mio::{App, Bytes, Next, OwnedRequest, Request, Status, TestClient};
use tower::{Service, service_fn};

use crate::bodies::{Step, Steps};
use crate::services::{Answer, Asked};

/// Panics where the path of its request says so.
#[derive(Clone)]
struct Fragile {
    calls: usize,
}

impl Service<Asked> for Fragile {
    type Response = http::Response<Steps>;
    type Error = Infallible;
    type Future = std::pin::Pin<Box<dyn Future<Output = Answer<Steps>>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        assert!(self.calls != 3, "ready");
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Asked) -> Self::Future {
        self.calls += 1;
        assert!(request.uri() != "/call", "called");
        if request.uri() == "/ready" {
            self.calls = 3;
        }
        Box::pin(async move {
            use Step::{Data, Fail, Panic, Wait};
            assert!(request.uri() != "/future", "polled");
            let steps = match request.uri().path() {
                "/body" => Steps::new([Panic]),
                "/body/later" => Steps::new([Data("some"), Wait, Panic]),
                "/failed" => Steps::new([Fail]),
                "/failed/later" => Steps::new([Data("some"), Wait, Fail]),
                "/short" => Steps::new([Data("some"), Wait]).exact(7),
                _ => Steps::new([Data("fine")]).exact(4),
            };
            let status = if request.uri() == "/status" { 600 } else { 200 };
            Ok(http::Response::builder().status(status).body(steps).unwrap())
        })
    }
}

fn apps() -> [App; 2] {
    let app = || App::of_service(Fragile { calls: 0 });
    [app(), app().around(async |req: OwnedRequest, next: Next| next.run(req).await)]
}

#[test]
fn what_breaks_before_the_answer_has_begun_is_500() {
    for app in apps() {
        let mut client = TestClient::new(app);
        for path in ["/call", "/future", "/body", "/failed", "/status"] {
            let status = client.get(path).send().status();
            assert_eq!(status, Status::INTERNAL_SERVER_ERROR, "{path}");
            assert_eq!(client.get("/").send().text(), "fine", "behind {path}");
        }
        client.get("/ready").send();
        // The service that panics is not asked again.
        let statuses = [(); 2].map(|()| client.get("/").send().status());
        assert_eq!(statuses[1], Status::OK);
    }
}

#[test]
fn what_breaks_on_its_way_is_cut_short() {
    for path in ["/body/later", "/failed/later", "/short"] {
        for app in apps() {
            let mut client = TestClient::new(app);
            let mut received = Vec::new();
            let burst = format!(
                "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET {path} HTTP/1.1\r\nHost: a\r\n\r\n\
                 GET / HTTP/1.1\r\nHost: a\r\n\r\n"
            );
            client.exchange(burst.as_bytes(), &mut received);
            let text = String::from_utf8(received).unwrap();
            assert_eq!(text.matches("fine").count(), 1, "{path}: {text}");
            assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 2, "{path}: {text}");
            assert!(!text.ends_with("0\r\n\r\n"), "{path}: {text}");
            assert_eq!(client.state(), None, "{path}: the connection has ended");
        }
    }
}

#[test]
fn a_service_that_never_is_ready_is_out_of_time() {
    #[derive(Clone)]
    struct Never;

    impl Service<Asked> for Never {
        type Response = http::Response<Full<Bytes>>;
        type Error = Infallible;
        type Future = std::future::Ready<Answer>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Pending
        }

        fn call(&mut self, _: Asked) -> Self::Future {
            unreachable!("it never is ready")
        }
    }

    let time = std::time::Duration::from_secs(2);
    let clock = rajada_mio::Clock::manual();
    let deadlines = rajada_mio::Deadlines { handler: Some(time), ..Default::default() };
    let app =
        App::of_service(Never).deadlines(deadlines).get("/native", |_: &Request<'_>| "native");
    let mut client = TestClient::with_clock(app, clock);
    let mut received = Vec::new();
    let request = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
    client.exchange((request("/") + &request("/native")).as_bytes(), &mut received);
    let text = String::from_utf8(received).unwrap();
    assert!(text.starts_with("HTTP/1.1 503") && text.ends_with("native"), "{text}");
}

#[test]
fn content_that_is_too_large_is_refused_before_a_service_is_asked() {
    let service = service_fn(async |_: Asked| -> Answer { unreachable!("it is not asked") });
    let app = App::new().any("/", rajada_mio::Endpoint::of_service(service).content_limit(4));
    let mut client = TestClient::new(app);
    let answer = client.post("/").content("text/plain", "12345").send();
    assert_eq!(answer.status(), Status::CONTENT_TOO_LARGE);
}
