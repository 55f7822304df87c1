//! What an answer can be.

use std::net::Shutdown;
use std::task::{Context, Poll};
use std::time::Duration;

use rajada_mio::cookie::{Cookie, SameSite};
use rajada_mio::{
    Body, BodyStream, Bytes, ContentType, Error, Exit, Html, Redirect, Request, Response, Sleep,
    Status, sleep,
};

use crate::serving::serve;
use crate::world::{App, IS_MOUNTED};

static LARGE: [u8; 300_000] = [b'x'; 300_000];

#[test]
fn values_are_answers_with_fitting_types() {
    let app = App::new()
        .get("/text", |_: &Request<'_>| "text")
        .get("/string", |_: &Request<'_>| String::from("string"))
        .get("/octets", |_: &Request<'_>| b"octets")
        .get("/vec", |_: &Request<'_>| vec![b'v'; 3])
        .get("/html", |_: &Request<'_>| Html("<p>page"))
        .get("/css", |_: &Request<'_>, res: &mut Response<'_>| {
            res.content_type(ContentType::CSS).text("p {}");
        })
        .get("/own", |_: &Request<'_>, res: &mut Response<'_>| {
            res.header("Content-Type", "text/x-own; charset=latin1").text("own");
        })
        .get("/none", |_: &Request<'_>| None::<&str>)
        .get("/created", |_: &Request<'_>| (Status::CREATED, "made"))
        .get("/status", |_: &Request<'_>| Status::ACCEPTED);
    let serving = serve(app);
    let mut client = serving.client();
    let text = Some("text/plain; charset=utf-8");
    for (target, status, content_type, content) in [
        ("/text", 200, text, "text"),
        ("/string", 200, text, "string"),
        ("/octets", 200, Some("application/octet-stream"), "octets"),
        ("/vec", 200, Some("application/octet-stream"), "vvv"),
        ("/html", 200, Some("text/html; charset=utf-8"), "<p>page"),
        ("/css", 200, Some("text/css; charset=utf-8"), "p {}"),
        ("/own", 200, Some("text/x-own; charset=latin1"), "own"),
        ("/none", 404, text, "Not Found"),
        ("/created", 201, text, "made"),
        ("/status", 202, None, ""),
    ] {
        let answer = client.get(target);
        assert_eq!(
            (answer.status, answer.header("content-type"), answer.text()),
            (status, content_type, content),
            "{target}"
        );
        assert_eq!(answer.header("content-length"), Some(&*content.len().to_string()));
        assert_eq!(answer.headers("date").count(), 1);
    }
}

#[test]
fn every_status_has_its_reason() {
    let app = App::new()
        .get("/{code}", |req: &Request<'_>| Status::new(req.param("code").parse().unwrap()));
    let serving = serve(app);
    let mut client = serving.client();
    for code in (200..600).filter(|&code| !Status::new(code).unwrap().reason().is_empty()) {
        let answer = client.get(&format!("/{code}"));
        let reason = Status::new(code).unwrap().reason();
        assert!(
            answer.head.starts_with(&format!("HTTP/1.1 {code} {reason}\r\n")),
            "{}",
            answer.head
        );
    }
}

#[test]
fn statuses_without_content_have_none() {
    let app = App::new().get("/{code}", |req: &Request<'_>, res: &mut Response<'_>| {
        res.set_status(Status::new(req.param("code").parse().unwrap()).unwrap()).text("content");
    });
    let serving = serve(app);
    let mut client = serving.client();
    for (code, length) in [("204", None), ("304", Some("7"))] {
        let answer = client.get(&format!("/{code}"));
        assert_eq!(
            (answer.header("content-length"), answer.header("transfer-encoding")),
            (length, None),
            "{code}"
        );
    }
    // Interim statuses are no answers.
    assert_eq!(client.get("/199").status, 500);
    assert_eq!(client.get("/200").text(), "content");
}

#[test]
fn headers_are_sent_as_given_and_none_can_smuggle_another() {
    let app = App::new()
        .get("/good", |_: &Request<'_>, res: &mut Response<'_>| {
            res.header("X-A", "1").header("X-A", "2").header("X-Obs", [0xe9]).text("good");
        })
        .get("/bad/{value}", |req: &Request<'_>, res: &mut Response<'_>| {
            res.header("X-A", req.query_string().unwrap())
                .header("X-B", unescaped(req.param("value")))
                .text("bad");
        })
        .get("/name", |_: &Request<'_>, res: &mut Response<'_>| res.header("X A", "1").text("bad"))
        .get("/framing", |_: &Request<'_>, res: &mut Response<'_>| {
            res.header("Content-Length", "1").text("bad")
        });
    let serving = serve(app);
    let mut client = serving.client();
    client.send("GET /good HTTP/1.1\r\nHost: a\r\n\r\n");
    let raw = {
        let mut octets = [0; 4096];
        let count = std::io::Read::read(&mut client.stream, &mut octets).unwrap();
        octets[..count].to_vec()
    };
    // The crate `http` has names in lower case alone.
    let expected = b"X-A: 1\r\nX-A: 2\r\nX-Obs: \xe9\r\n".to_vec();
    let expected = if IS_MOUNTED { expected.to_ascii_lowercase() } else { expected };
    assert!(raw.windows(expected.len()).any(|window| window == expected));
    for target in ["/bad/cr?a", "/bad/lf?a", "/bad/nul?a", "/name", "/framing"] {
        let answer = client.get(target);
        assert_eq!((answer.status, answer.header("x-a")), (500, None), "{target}");
    }
}

fn unescaped(name: &str) -> &'static str {
    match name {
        "cr" => "a\rX-C: d",
        "lf" => "a\nX-C: d",
        _ => "a\0",
    }
}

#[test]
fn cookies_with_all_attributes() {
    let app = App::new()
        .get("/set", |_: &Request<'_>, res: &mut Response<'_>| {
            let full = Cookie::build(("a", "1"))
                .domain("example.org")
                .path("/p")
                .max_age(rajada_mio::cookie::time::Duration::seconds(5))
                .secure(true)
                .http_only(true)
                .same_site(SameSite::Strict);
            res.cookie(full).cookie(("b", "2")).forget_cookie("c").text("set");
        })
        .get("/bad", |_: &Request<'_>, res: &mut Response<'_>| {
            res.cookie(("a; Domain=evil", "1")).text("bad")
        });
    let serving = serve(app);
    let mut client = serving.client();
    let answer = client.get("/set");
    let cookies: Vec<_> = answer.headers("set-cookie").collect();
    assert_eq!(
        cookies[0],
        "a=1; HttpOnly; SameSite=Strict; Secure; Path=/p; Domain=example.org; Max-Age=5"
    );
    assert_eq!(cookies[1], "b=2");
    assert!(cookies[2].starts_with("c=; Max-Age=0; Expires="), "{}", cookies[2]);
    assert_eq!(client.get("/bad").status, 500);
}

#[test]
fn redirects_lead_elsewhere() {
    let app = App::new()
        .get("/303", |_: &Request<'_>| Redirect::see_other("/there"))
        .get("/307", |_: &Request<'_>| Redirect::temporary(String::from("/there")))
        .get("/308", |_: &Request<'_>| Redirect::permanent("/there"));
    let serving = serve(app);
    let mut client = serving.client();
    for status in [303, 307, 308] {
        let answer = client.get(&format!("/{status}"));
        assert_eq!((answer.status, answer.header("location")), (status, Some("/there")));
    }
}

#[test]
fn large_static_content_leaves_whole_and_in_order() {
    let app = App::new()
        .get("/large", |_: &Request<'_>| Body::from(&LARGE[..]))
        .get("/small", |_: &Request<'_>| "small");
    let serving = serve(app);
    let mut client = serving.client();
    client.send(
        "GET /large HTTP/1.1\r\nHost: a\r\n\r\nGET /small HTTP/1.1\r\nHost: a\r\n\r\n".repeat(20),
    );
    for pair in client.answers(40).chunks(2) {
        assert!(pair[0].content == LARGE);
        assert_eq!(pair[1].text(), "small");
    }
}

#[test]
fn the_date_is_renewed_once_a_second() {
    let serving = serve(App::new().get("/", |_: &Request<'_>| "hello"));
    let mut client = serving.client();
    let first = client.get("/").header("date").unwrap().to_owned();
    std::thread::sleep(Duration::from_millis(1100));
    let second = client.get("/").header("date").unwrap().to_owned();
    assert_ne!(first, second);
}

/// A stream of numbered lines, each of which takes a while.
struct Lines {
    next: usize,
    count: usize,
    length: Option<u64>,
    pause: Option<Sleep>,
    fails: bool,
}

impl Lines {
    fn body(count: usize) -> Lines {
        Lines { next: 0, count, length: None, pause: None, fails: false }
    }
}

impl BodyStream for Lines {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        let pause = self.pause.get_or_insert_with(|| sleep(Duration::from_millis(1)));
        if std::pin::Pin::new(pause).poll(cx).is_pending() {
            return Poll::Pending;
        }
        self.pause = None;
        if self.next == self.count {
            let failure = Error::message(Status::INTERNAL_SERVER_ERROR, "the stream broke");
            return Poll::Ready(self.fails.then_some(Err(failure)));
        }
        self.next += 1;
        Poll::Ready(Some(Ok(Bytes::from(format!("line {}\n", self.next)))))
    }

    fn length(&self) -> Option<u64> {
        self.length
    }
}

#[test]
fn content_can_be_streamed_in_the_middle_of_a_burst() {
    let app = App::new()
        .get("/lines", |_: &Request<'_>| Body::Stream(Box::new(Lines::body(5))))
        .get("/exact", |_: &Request<'_>| {
            Body::Stream(Box::new(Lines { length: Some(14), ..Lines::body(2) }))
        })
        .get("/small", |_: &Request<'_>| "small");
    let serving = serve(app);
    let mut client = serving.client();
    let targets = ["/small", "/lines", "/small", "/exact", "/lines", "/small"];
    client.send(targets.map(|target| format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")).concat());
    let lines: String = (1..=5).map(|number| format!("line {number}\n")).collect();
    for target in targets {
        let answer = client.answer();
        let (length, text) = match target {
            "/small" => (Some("5"), "small"),
            "/exact" => (Some("14"), &lines[..14]),
            _ => (None, &*lines),
        };
        assert_eq!((answer.header("content-length"), answer.text()), (length, text), "{target}");
    }
    let head = client.ask("HEAD", "/exact");
    assert_eq!(head.header("content-length"), Some("14"));
}

#[test]
fn a_stream_waits_for_a_peer_that_reads_slowly() {
    /// More than sockets hold.
    struct Endless(usize);
    impl BodyStream for Endless {
        fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
            self.0 += 1;
            Poll::Ready((self.0 <= 30).then(|| Ok(Bytes::from_static(&LARGE))))
        }
    }
    let serving = serve(App::new().get("/", |_: &Request<'_>| Body::Stream(Box::new(Endless(0)))));
    let mut client = serving.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(client.answer().content.len(), 30 * LARGE.len());
    assert_eq!(client.ask("HEAD", "/").status, 200);
}

#[test]
fn a_stream_that_fails_is_cut_so_that_the_peer_can_tell() {
    let app = App::new().get("/", |_: &Request<'_>| {
        Body::Stream(Box::new(Lines { fails: true, ..Lines::body(2) }))
    });
    let serving = serve(app);
    let mut client = serving.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let received = client.rest().unwrap();
    assert!(received.ends_with(b"7\r\nline 2\n\r\n"), "{}", received.escape_ascii());
}

#[test]
fn a_stream_that_fails_without_framing_is_reset() {
    let app = App::new()
        .get("/fails", |_: &Request<'_>| {
            Body::Stream(Box::new(Lines { fails: true, ..Lines::body(2) }))
        })
        .get("/whole", |_: &Request<'_>| Body::Stream(Box::new(Lines::body(2))));
    let serving = serve(app);
    for half_closed in [false, true] {
        let ask = |target| {
            let mut client = serving.client();
            client.send(format!("GET {target} HTTP/1.0\r\n\r\n"));
            if half_closed {
                client.stream.shutdown(Shutdown::Write).unwrap();
            }
            client.rest()
        };
        let whole = ask("/whole").expect("an end in peace");
        assert!(whole.ends_with(b"\r\n\r\nline 1\nline 2\n"), "{}", whole.escape_ascii());
        assert_eq!(ask("/fails"), None, "half-closed: {half_closed}");
    }
}

#[test]
fn a_stream_without_framing_that_is_given_up_is_reset() {
    let app = App::new()
        .grace(Duration::from_millis(50))
        .get("/", |_: &Request<'_>| Body::Stream(Box::new(Lines::body(usize::MAX))));
    let serving = serve(app);
    let mut client = serving.client();
    client.send("GET / HTTP/1.0\r\n\r\n");
    assert!(client.stream.peek(&mut [0]).is_ok_and(|count| count > 0));
    serving.handle.shut_down();
    assert_eq!(client.rest(), None);
    assert_eq!(serving.join(), Exit::Cut);
}
