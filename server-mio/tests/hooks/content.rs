//! Hooks that wait for content that is too much, or that will never come.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rajada_mio::{
    App, Clock, ContentType, Deadlines, Error, Limits, Next, OwnedRequest, Request, RequestError,
    Response, Scope, Status, TestClient, sleep, spawn,
};

fn exchange(client: &mut TestClient, sent: &str) -> String {
    let mut received = Vec::new();
    client.exchange(sent.as_bytes(), &mut received);
    String::from_utf8(received).unwrap()
}

/// What came of waiting for content, and how many octets there were.
type Seen = Arc<Mutex<Vec<Result<usize, RequestError>>>>;

fn take(seen: &Seen) -> Vec<Result<usize, RequestError>> {
    std::mem::take(&mut *seen.lock().unwrap())
}

async fn read(req: &mut OwnedRequest, seen: &Seen) -> Result<(), RequestError> {
    let read = req.read_content().await;
    seen.lock().unwrap().push(read.clone().map(|()| req.bytes().len()));
    read
}

fn reading(scope: Scope, seen: &Seen) -> Scope {
    let seen = seen.clone();
    scope.before(async move |req: &mut OwnedRequest| read(req, &seen).await)
}

fn app(seen: &Seen) -> App {
    let scope = App::scope()
        .content_limit(8)
        .post("/x", |req: &Request<'_>| req.bytes().len().to_string())
        .post(
            "/more",
            rajada_mio::Endpoint::new(|req: &Request<'_>| req.bytes().len().to_string())
                .content_limit(64),
        );
    App::new()
        .limits(Limits { content: 100, ..Limits::DEFAULT })
        .nest("/n", reading(scope, seen))
        .after(|req: &Request<'_>, res: &mut Response<'_>| {
            res.header("X-After", req.bytes().len().to_string());
        })
}

#[test]
fn a_hook_reads_no_more_than_its_route_or_scope_takes() {
    let seen = Seen::default();
    let too_large = Err(RequestError::TooLarge);
    for (method, path, length, status, read) in [
        ("POST", "x", 8, 200, Ok(8)),
        ("POST", "x", 9, 413, too_large.clone()),
        ("POST", "x", 101, 413, too_large.clone()),
        ("POST", "more", 64, 200, Ok(64)),
        ("POST", "more", 65, 413, too_large.clone()),
        ("POST", "none", 8, 404, Ok(8)),
        ("POST", "none", 9, 413, too_large.clone()),
        ("PUT", "more", 8, 405, Ok(8)),
        ("PUT", "more", 9, 413, too_large.clone()),
    ] {
        let head =
            format!("{method} /n/{path} HTTP/1.1\r\nHost: h\r\nContent-Length: {length}\r\n");
        for pieces in [1, 2] {
            let mut client = TestClient::new(app(&seen));
            let content = "x".repeat(length);
            let answer = if pieces == 1 {
                exchange(&mut client, &format!("{head}\r\n{content}"))
            } else if read.is_ok() {
                assert_eq!(exchange(&mut client, &format!("{head}\r\n")), "");
                exchange(&mut client, &content)
            } else {
                // At once, and the content is not asked for.
                exchange(&mut client, &format!("{head}Expect: 100-continue\r\n\r\n"))
            };
            let what = format!("{method} {path} {length} {pieces}: {answer}");
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{what}");
            assert_eq!(take(&seen), std::slice::from_ref(&read), "{what}");
            let kept = read.clone().unwrap_or_default();
            assert!(answer.contains(&format!("X-After: {kept}\r\n")), "{what}");
        }
    }
}

#[test]
fn content_of_unknown_length_is_read_up_to_the_limit_of_its_scope() {
    let seen = Seen::default();
    for (path, status) in [("x", 200), ("none", 404)] {
        for (chunk, status) in [("8\r\n12345678\r\n0\r\n\r\n", status), ("9\r\n123456789\r\n", 413)]
        {
            let mut client = TestClient::new(app(&seen));
            let head =
                format!("POST /n/{path} HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
            assert_eq!(exchange(&mut client, &head), "");
            let answer = exchange(&mut client, chunk);
            assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{path} {chunk} {answer}");
            let read = take(&seen);
            assert_eq!(read, if status == 413 { vec![] } else { vec![Ok(8)] }, "{path} {chunk}");
        }
    }
}

#[test]
fn what_is_around_sees_that_content_is_too_large_and_may_answer_otherwise() {
    let own = async |mut req: OwnedRequest, next: Next| match req.read_content().await {
        Err(RequestError::TooLarge) if req.path() == "/own" => {
            rajada_mio::OwnedResponse::new(Status::IM_A_TEAPOT)
        }
        _ => next.run(req).await,
    };
    let echo = |req: &Request<'_>| req.bytes().len().to_string();
    let app = || {
        App::new()
            .limits(Limits { content: 4, ..Limits::DEFAULT })
            .error_page(Status::CONTENT_TOO_LARGE, ContentType::HTML, "<h1>big</h1>")
            .around(own)
            .post("/own", echo)
            .post("/", echo)
    };
    let post =
        |target: &str| format!("POST {target} HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n");
    let own = exchange(&mut TestClient::new(app()), &post("/own"));
    assert!(own.starts_with("HTTP/1.1 418 "), "{own}");
    let passed = exchange(&mut TestClient::new(app()), &post("/"));
    assert!(passed.starts_with("HTTP/1.1 413 ") && passed.ends_with("<h1>big</h1>"), "{passed}");
}

/// Has a task of its own wait for content, and goes on as `then` says.
fn leaving(seen: &Seen, then: Then) -> App {
    let seen = seen.clone();
    App::new()
        .deadlines(Deadlines { handler: Some(Duration::from_secs(3)), ..Deadlines::DEFAULT })
        .before(async move |req: &mut OwnedRequest| {
            let (mut copy, seen) = (req.clone(), seen.clone());
            drop(spawn(async move { drop(read(&mut copy, &seen).await) }));
            match then {
                Then::Refuse => return Err(Error::message(Status::UNAUTHORIZED, "who are you?")),
                Then::Wait => sleep(Duration::from_secs(1)).await,
                Then::Hang => sleep(Duration::from_secs(1 << 20)).await,
                Then::Panic => panic!("a hook that leaves a task"),
                Then::Pass => {}
            }
            Ok(())
        })
        .post("/", |req: &Request<'_>| req.bytes().len().to_string())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Refuse,
    Wait,
    Hang,
    Panic,
    Pass,
}

#[test]
fn who_waits_for_content_of_a_request_that_is_over_is_told() {
    let head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n";
    for (then, behind, status, expected) in [
        (Then::Refuse, "", "401", Err(RequestError::Over)),
        (Then::Panic, "", "500", Err(RequestError::Over)),
        (Then::Hang, "", "408", Err(RequestError::Over)),
        (Then::Pass, "", "408", Err(RequestError::Over)),
        (Then::Wait, "abc", "408", Err(RequestError::Over)),
        (Then::Pass, "abcd", "200", Ok(4)),
        (Then::Wait, "abcd", "200", Ok(4)),
    ] {
        let seen = Seen::default();
        let mut client = TestClient::with_clock(leaving(&seen, then), Clock::manual());
        let mut received = exchange(&mut client, head);
        received += &exchange(&mut client, behind);
        let mut more = Vec::new();
        for _ in 0..200 {
            client.advance(Duration::from_secs(1), &mut more);
        }
        received += &String::from_utf8(more).unwrap();
        assert!(received.starts_with(&format!("HTTP/1.1 {status} ")), "{then:?} {received}");
        assert_eq!(take(&seen), [expected], "{then:?} {behind}");
    }
}

#[test]
fn who_waits_for_content_of_a_peer_that_is_gone_is_told() {
    for then in [Then::Wait, Then::Hang, Then::Pass] {
        let seen = Seen::default();
        let mut client = TestClient::with_clock(leaving(&seen, then), Clock::manual());
        let head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab";
        assert_eq!(exchange(&mut client, head), "");
        client.reconnect();
        client.advance(Duration::from_secs(1), &mut Vec::new());
        assert_eq!(take(&seen), [Err(RequestError::Over)], "{then:?}");
    }
}
