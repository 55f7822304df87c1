//! The test client, and types that are there for what comes later.

use std::rc::Rc;
use std::task::Poll;
use std::time::{Duration, Instant};

use rajada_mio::driver::State;
use rajada_mio::{
    App, Body, BodyStream, Bytes, Clock, Content, ContentStream, Error, Limits, OwnedRequest,
    Request, Response, Status, TestClient, TestRequest, local, sleep, spawn_blocking,
};

fn app() -> App {
    App::new()
        .get("/", |_: &Request<'_>| "Hello world!")
        .get("/user/{id}", |req: &Request<'_>, res: &mut Response<'_>| res.text(req.param("id")))
        .get("/delay/{ms}", |req: OwnedRequest| async move {
            sleep(Duration::from_millis(req.param("ms").parse().unwrap())).await;
            req.param("ms").to_owned()
        })
        .post("/echo", |req: &Request<'_>, res: &mut Response<'_>| res.bytes(req.bytes()))
        .get("/bye", |_: &Request<'_>, res: &mut Response<'_>| res.close().text("bye"))
}

#[test]
fn a_test_client_asks_without_sockets() {
    let mut client = TestClient::new(app());
    let answer = client.get("/user/7").header("X-A", "b").send();
    assert_eq!((answer.status(), answer.text()), (Status::OK, "7"));
    assert_eq!(answer.header("content-length"), Some("1"));
    assert_eq!(client.post("/echo").content("text/plain", "back").send().content(), b"back");
    assert_eq!(client.get("/missing").send().status(), Status::NOT_FOUND);
    let head = client.request("HEAD", "/").send();
    assert_eq!((head.header("content-length"), head.content()), (Some("12"), &b""[..]));
}

#[test]
fn a_test_client_sends_bursts() {
    let mut client = TestClient::new(app());
    let began = Instant::now();
    let targets = ["/delay/60", "/", "/delay/30", "/user/7"];
    let answers = client.send_all(targets.map(TestRequest::get));
    let texts: Vec<_> = answers.iter().map(|answer| answer.text()).collect();
    assert_eq!(texts, ["60", "Hello world!", "30", "7"]);
    assert!(began.elapsed() >= Duration::from_millis(60));
    let many =
        client.send_all((0..2000).map(|number| TestRequest::get(&format!("/user/{number}"))));
    assert!(many.iter().enumerate().all(|(number, answer)| answer.text() == number.to_string()));
}

#[test]
fn a_test_client_takes_requests_in_pieces() {
    let mut client = TestClient::new(app());
    let mut received = Vec::new();
    for octet in
        b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
    {
        assert!(received.is_empty());
        client.exchange(&[*octet], &mut received);
    }
    assert!(received.ends_with(b"\r\n\r\nhi"), "{}", received.escape_ascii());
}

#[test]
fn a_test_client_connects_anew_when_the_connection_was_closed() {
    let mut client = TestClient::new(app());
    assert_eq!(client.get("/bye").send().header("connection"), Some("close"));
    assert_eq!(client.get("/").send().text(), "Hello world!");
    let mut received = Vec::new();
    client.exchange(b"nonsense\r\n\r\n", &mut received);
    assert!(received.starts_with(b"HTTP/1.1 400 "));
    assert_eq!(client.get("/").send().text(), "Hello world!");
}

#[test]
fn a_test_client_keeps_deadlines_and_bounds_on_a_clock_of_its_own() {
    let began = Instant::now();
    let limits = Limits { requests_in_flight: 2, ..Limits::DEFAULT };
    let app = app().limits(limits);
    let mut client = TestClient::with_clock(app, Clock::manual());
    let mut received = Vec::new();
    let answers = client.send_all(["/delay/3600000", "/", "/delay/1", "/"].map(TestRequest::get));
    assert_eq!(answers[0].text(), "3600000", "an hour that nobody waits for");

    client
        .exchange(b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe", &mut received);
    assert_eq!(client.state(), Some(State::Content));
    client.advance(Duration::from_secs(20), &mut received);
    assert_eq!((client.state(), &*received), (Some(State::Content), &b""[..]), "not yet");
    client.advance(Duration::from_secs(20), &mut received);
    assert!(received.starts_with(b"HTTP/1.1 408 "), "{}", received.escape_ascii());
    assert_eq!(client.state(), None, "it has ended");

    client.reconnect();
    client.exchange(b"", &mut received);
    assert_eq!(client.state(), Some(State::Opened));
    client.advance(Duration::from_secs(16), &mut received);
    assert_eq!(client.state(), None, "no octet came in time");
    assert!(began.elapsed() < Duration::from_secs(20), "no time has passed for it");
}

#[test]
fn a_test_client_runs_worker_hooks_and_blocking_work() {
    let app = App::new()
        .on_start(|locals| locals.insert(Rc::new("of this worker")))
        .get("/local", |_: &Request<'_>| local::<Rc<&'static str>>().map(|text| *text))
        .get("/blocking", |_: OwnedRequest| async { spawn_blocking(|| "blocked").await });
    let mut client = TestClient::new(app);
    assert_eq!(client.get("/local").send().text(), "of this worker");
    assert_eq!(client.get("/blocking").send().text(), "blocked");
}

#[test]
fn handlers_can_be_written_against_streams_in_both_directions() {
    /// Upper-cases content as it arrives.
    struct Louder(Vec<u8>);
    impl BodyStream for Louder {
        fn poll_next(
            &mut self,
            _: &mut std::task::Context<'_>,
        ) -> Poll<Option<Result<Bytes, Error>>> {
            let piece = std::mem::take(&mut self.0);
            Poll::Ready((!piece.is_empty()).then(|| Ok(piece.to_ascii_uppercase().into())))
        }
    }
    let app = App::new()
        .post("/", |req: &Request<'_>| match req.content() {
            Content::Whole(octets) => Body::Stream(Box::new(Louder(octets.to_vec()))),
            _ => Body::Empty,
        })
        .post("/echo", |_: OwnedRequest, content: ContentStream| async { Body::from(content) });
    let mut client = TestClient::new(app);
    let answer = client.post("/").content("text/plain", "louder").send();
    assert_eq!((answer.header("transfer-encoding"), answer.text()), (Some("chunked"), "LOUDER"));
    assert_eq!(client.post("/").send().content(), b"");
    let answer = client.post("/echo").content("text/plain", "quiet").send();
    assert_eq!((answer.header("content-length"), answer.text()), (Some("5"), "quiet"));
}

#[test]
fn a_parameter_at_the_end_is_found_the_short_way_and_the_long_way() {
    let tail = |req: &Request<'_>, res: &mut Response<'_>| {
        let told = format!("{} in {} {:?}", req.param("x"), req.path(), req.query_string());
        res.text(&told);
    };
    let app = App::new()
        .get("/user/{x}", tail)
        .get("/post/{x}", tail)
        .post("/post/mine", |_: &Request<'_>| "mine")
        .get("/files/{*x}", tail)
        .get("/v{x}", tail)
        .put("/v{x}", |_: &Request<'_>| "put");
    let mut client = TestClient::new(app);
    for (target, expected) in [
        ("/user/7", "7 in /user/7 None"),
        ("/user/7?a=b", "7 in /user/7 Some(\"a=b\")"),
        ("/user/a%2Fb", "a/b in /user/a/b None"),
        ("/us%65r/7", "7 in /user/7 None"),
        ("/post/7", "7 in /post/7 None"),
        ("/files/a/b", "a/b in /files/a/b None"),
        ("/files/a/b?", "a/b in /files/a/b Some(\"\")"),
        ("/v2", "2 in /v2 None"),
        ("http://localhost/v2", "2 in /v2 None"),
    ] {
        assert_eq!(client.get(target).send().text(), expected, "{target}");
    }
    for (method, target, status) in [
        ("GET", "/user/", 404),
        ("GET", "/user/a/b", 404),
        ("GET", "/user/a/?b", 404),
        ("GET", "/files/", 404),
        ("GET", "/v", 404),
        ("GET", "/user/%zz", 400),
        ("GET", "/post/mine", 405),
        ("POST", "/post/mine", 200),
        ("POST", "/user/7", 405),
        ("PUT", "/v2", 200),
        ("HEAD", "/user/7", 200),
        ("OPTIONS", "/user/7", 204),
    ] {
        let answer = client.request(method, target).send();
        assert_eq!(answer.status().as_u16(), status, "{method} {target}");
    }
}

#[test]
fn bursts_of_any_length_are_answered() {
    for requests in [30, 300, 600, 3000] {
        let app = App::new()
            .get("/", |_: &Request<'_>| "at once")
            .get("/later", |_: OwnedRequest| async { "later" })
            .get("/pending", |_: OwnedRequest| async {
                sleep(Duration::from_millis(1)).await;
                "pending"
            });
        let mut client = TestClient::with_clock(app, Clock::manual());
        for target in ["/", "/later", "/pending"] {
            let burst =
                format!("GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n").repeat(requests);
            let mut received = Vec::new();
            client.exchange(burst.as_bytes(), &mut received);
            let received = String::from_utf8(received).unwrap();
            assert_eq!(received.matches("HTTP/1.1 200 ").count(), requests, "{target}");
        }
    }
}
