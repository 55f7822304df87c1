//! What is no HTTP, is not taken or is too late: hooks behind handlers and the place that shapes errors see it.

use std::time::Duration;

use rajada_mio::{
    App, Clock, Deadlines, Error, Failure, Limits, Next, OwnedRequest, Request, Response, Status,
    TestClient, sleep,
};

/// Says what is known of each request.
fn labelled(app: App) -> App {
    app.after(|req: &Request<'_>, res: &mut Response<'_>| {
        let host = req.header_text("host").unwrap_or("-");
        let label = format!("{:?} {:?} {host} {:?}", req.method(), req.target(), req.content());
        res.header("X-Label", label).header("Access-Control-Allow-Origin", "*");
    })
}

fn app() -> App {
    let guarded = App::scope()
        .post("/in", |req: &Request<'_>| req.bytes().len().to_string())
        .before(|req: &mut Request<'_>, _: &mut Response<'_>| match req.header("x-key") {
            Some(_) => Ok(()),
            None => Err(Error::message(Status::UNAUTHORIZED, "who are you?")),
        });
    let limits = Limits { head: 512, request_line: 200, content: 100, ..Limits::DEFAULT };
    App::new()
        .limits(limits)
        .get("/", |_: &Request<'_>| "here")
        .post("/open", |req: &Request<'_>| req.bytes().len().to_string())
        .nest("/guarded", guarded)
}

fn exchange(client: &mut TestClient, sent: &str) -> String {
    let mut received = Vec::new();
    client.exchange(sent.as_bytes(), &mut received);
    String::from_utf8(received).unwrap()
}

/// The first line of the last answer, and the label behind it.
fn told(received: &str) -> (&str, &str) {
    let last = received.rfind("HTTP/1.1 ").unwrap();
    let answer = &received[last..];
    let label = answer.lines().find_map(|line| line.strip_prefix("X-Label: ")).unwrap_or_default();
    (answer.lines().next().unwrap(), label)
}

const LONG: &str =
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

#[test]
fn hooks_behind_handlers_see_what_is_no_request_with_what_is_known_of_it() {
    let target = LONG.repeat(3);
    let fields = format!("A: {LONG}\r\n").repeat(6);
    for (sent, line, label) in [
        ("nonsense\r\n\r\n".to_owned(), "400 Bad Request", r#""" "" - None"#),
        (
            "GET /a HTTP/1.1\r\nHost: h\r\nB ad: x\r\n\r\n".into(),
            "400 Bad Request",
            r#""GET" "/a" h None"#,
        ),
        ("GET /a HTTP/1.1\r\n\r\n".into(), "400 Bad Request", r#""GET" "/a" - None"#),
        (format!("GET /{target} HTTP/1.1\r\n"), "414 URI Too Long", r#""" "" - None"#),
        (
            format!("GET /a HTTP/1.1\r\nHost: h\r\n{fields}\r\n"),
            "431 Request Header Fields Too Large",
            r#""GET" "/a" h None"#,
        ),
        (
            "POST /open HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n".into(),
            "501 Not Implemented",
            r#""POST" "/open" h None"#,
        ),
        (
            "GET /a HTTP/2.0\r\nHost: h\r\n\r\n".into(),
            "505 HTTP Version Not Supported",
            r#""GET" "/a" h None"#,
        ),
        (
            "POST /open HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\nabc".into(),
            "413 Content Too Large",
            r#""POST" "/open" h None"#,
        ),
        (
            "POST /open HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n".into(),
            "413 Content Too Large",
            r#""POST" "/open" h None"#,
        ),
        (
            "POST /open HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nx".into(),
            "400 Bad Request",
            r#""POST" "/open" h None"#,
        ),
    ] {
        let mut client = TestClient::new(labelled(app()));
        let first = "GET / HTTP/1.1\r\nHost: first\r\n\r\n";
        let received = exchange(&mut client, &format!("{first}{sent}"));
        assert_eq!(told(&received), (&*format!("HTTP/1.1 {line}"), label), "{sent}\n{received}");
        assert_eq!(received.matches("Access-Control-Allow-Origin: *\r\n").count(), 2);
        assert_eq!(received.matches("Connection: close\r\n").count(), 1);
        let plain = exchange(&mut TestClient::new(app()), &format!("{first}{sent}"));
        let same = |text: &str| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines
                .retain(|line| !line.starts_with("X-Label") && !line.starts_with("Access-Control"));
            lines.retain(|line| !line.starts_with("Date"));
            lines.sort();
            lines
        };
        assert_eq!(same(&received), same(&plain), "without hooks it is the same answer");
    }
}

#[test]
fn who_is_too_late_is_answered_behind_the_hooks() {
    let deadlines = Deadlines::DEFAULT;
    for (sent, label) in [
        ("GET /a HTTP/1.1\r\nHost: h\r\nAc", r#""GET" "/a" h None"#),
        (
            "POST /open HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc",
            r#""POST" "/open" h None"#,
        ),
    ] {
        let mut client =
            TestClient::with_clock(labelled(app()).deadlines(deadlines), Clock::manual());
        assert_eq!(exchange(&mut client, sent), "");
        let mut received = Vec::new();
        for _ in 0..200 {
            client.advance(Duration::from_secs(1), &mut received);
        }
        let received = String::from_utf8(received).unwrap();
        assert_eq!(told(&received), ("HTTP/1.1 408 Request Timeout", label), "{received}");
    }
}

#[test]
fn content_that_is_too_large_is_behind_the_hooks_before_the_handler() {
    let post = |key: &str| {
        format!("POST /guarded/in HTTP/1.1\r\nHost: h\r\n{key}Content-Length: 101\r\n\r\n")
    };
    let mut client = TestClient::new(labelled(app()));
    let refused = exchange(&mut client, &post(""));
    assert!(refused.starts_with("HTTP/1.1 401 ") && refused.contains("X-Label"), "{refused}");
    client.reconnect();
    let taken = exchange(&mut client, &post("X-Key: k\r\n"));
    assert!(taken.starts_with("HTTP/1.1 413 "), "{taken}");
}

#[test]
fn hooks_before_or_around_are_enough_to_see_content_that_is_too_large() {
    let guarded = || {
        App::scope().post("/in", |_: &Request<'_>| "in").before(
            |req: &mut Request<'_>, _: &mut Response<'_>| match req.header("x-key") {
                Some(_) => Ok(()),
                None => Err(Error::message(Status::UNAUTHORIZED, "who are you?")),
            },
        )
    };
    let limits = Limits { content: 100, ..Limits::DEFAULT };
    let app = || App::new().limits(limits).nest("/guarded", guarded());
    let pass = async |req: OwnedRequest, next: Next| {
        let mut answer = next.run(req).await;
        answer.set_header("X-Around", "1");
        answer
    };
    for sent in ["Content-Length: 101\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n65\r\n"] {
        let post = |key: &str| format!("POST /guarded/in HTTP/1.1\r\nHost: h\r\n{key}{sent}");
        for (key, status) in [("", "401"), ("X-Key: k\r\n", "413")] {
            let received = exchange(&mut TestClient::new(app()), &post(key));
            assert!(received.starts_with(&format!("HTTP/1.1 {status} ")), "{sent}: {received}");
        }
        let around = App::new().limits(limits).around(pass).nest("/guarded", guarded());
        let received = exchange(&mut TestClient::new(around), &post("X-Key: k\r\n"));
        assert!(received.starts_with("HTTP/1.1 413 "), "{received}");
        let seen = received.contains("X-Around: 1\r\n");
        assert!(seen || sent.starts_with("Transfer"), "{received}");
    }
}

/// The status, and whose answer it is.
fn shaped(app: App) -> App {
    app.on_any_error(|failure: &Failure<'_>, req: &Request<'_>, res: &mut Response<'_>| {
        let whose = if failure.is_of_protocol() { "protocol" } else { "application" };
        let error = failure.error().map(ToString::to_string);
        let detail = failure.detail().unwrap_or("-");
        res.text(&format!(
            "{} {whose} {error:?} {detail} {}",
            failure.status().as_u16(),
            req.path()
        ));
    })
}

#[test]
fn one_place_shapes_all_error_answers() {
    let app = || {
        let deadlines = Deadlines { handler: Some(Duration::from_secs(1)), ..Deadlines::DEFAULT };
        shaped(app())
            .deadlines(deadlines)
            .get("/error", |_: &Request<'_>| Err::<(), _>("secret"))
            .get("/mine", |_: &Request<'_>| Err::<(), _>(Error::message(Status::CONFLICT, "taken")))
            .get("/none", |_: &Request<'_>| None::<&str>)
            .get("/late", |_: OwnedRequest| async { sleep(Duration::from_secs(1 << 20)).await })
            .get("/async", |_: OwnedRequest| async { Err::<(), _>("secret") })
            .get("/panic", |_: &Request<'_>| -> () { panic!("secret") })
            .get("/panic/async", |_: OwnedRequest| async { panic!("secret") as () })
    };
    let get = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: h\r\n\r\n");
    for (sent, text) in [
        (get("/nothing"), "404 application None - /nothing"),
        (get("/none"), "404 application None - /none"),
        (get("/open"), "405 application None - /open"),
        (get("/%zz"), "400 application None - /%zz"),
        (get("/error"), "500 application Some(\"secret\") - /error"),
        (get("/async"), "500 application Some(\"secret\") - /async"),
        (get("/mine"), "409 application Some(\"taken\") taken /mine"),
        (get("/panic"), "500 application None - /panic"),
        (get("/panic/async"), "500 application None - /panic/async"),
        (get("/late"), "503 application None - /late"),
        ("nonsense\r\n\r\n".into(), "400 protocol None - "),
        (
            "POST /open HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\n\r\n".into(),
            "413 protocol None - /open",
        ),
        ("GET /a HTTP/2.0\r\nHost: h\r\n\r\n".into(), "505 protocol None - /a"),
    ] {
        let mut client = TestClient::with_clock(app(), Clock::manual());
        let mut received = Vec::new();
        client.exchange(sent.as_bytes(), &mut received);
        for _ in 0..4 {
            client.advance(Duration::from_secs(1), &mut received);
        }
        let received = String::from_utf8(received).unwrap();
        assert!(received.ends_with(&format!("\r\n\r\n{text}")), "{sent}: {received}");
        assert_eq!(received.contains("Allow: "), text.starts_with("405"));
    }
    let debug = exchange(&mut TestClient::new(app().debug(true)), &get("/panic"));
    assert!(debug.ends_with("500 application None secret /panic"), "{debug}");
}

#[test]
fn what_is_more_particular_than_the_one_place_comes_first() {
    let app = shaped(app())
        .error_page(Status::BAD_REQUEST, rajada_mio::ContentType::HTML, "<h1>what?</h1>")
        .not_found(|_: &Request<'_>| "nowhere")
        .get("/x", |_: &Request<'_>| "x".parse::<u8>().map(|n| n.to_string()))
        .on_error(|_: &std::num::ParseIntError, _: &Request<'_>, res: &mut Response<'_>| {
            res.set_status(Status::BAD_REQUEST).text("a number, please");
        });
    let mut client = TestClient::new(app);
    assert_eq!(client.get("/nothing").send().text(), "nowhere");
    assert_eq!(client.get("/x").send().text(), "a number, please");
    let received = exchange(&mut client, "nonsense\r\n\r\n");
    assert!(received.ends_with("<h1>what?</h1>"), "{received}");
}

#[cfg(feature = "json")]
#[test]
fn problem_details_are_a_shape_of_all_of_them() {
    let app = app()
        .problem_details()
        .get("/mine", |_: &Request<'_>| Err::<(), _>(Error::message(Status::CONFLICT, "\"taken\"")))
        .get("/secret", |_: &Request<'_>| Err::<(), _>("secret"));
    let mut client = TestClient::new(app);
    for (sent, problem) in [
        ("GET /no HTTP/1.1\r\nHost: a\r\n\r\n", r#"{"status":404,"title":"Not Found"}"#),
        (
            "GET /secret HTTP/1.1\r\nHost: a\r\n\r\n",
            r#"{"status":500,"title":"Internal Server Error"}"#,
        ),
        (
            "GET /mine HTTP/1.1\r\nHost: a\r\n\r\n",
            r#"{"detail":"\"taken\"","status":409,"title":"Conflict"}"#,
        ),
        ("nonsense\r\n\r\n", r#"{"status":400,"title":"Bad Request"}"#),
    ] {
        let answer = exchange(&mut client, sent);
        assert!(answer.contains("Content-Type: application/problem+json\r\n"), "{answer}");
        assert!(answer.ends_with(&format!("\r\n\r\n{problem}")), "{answer}");
    }
}
