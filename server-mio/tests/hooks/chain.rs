//! Asynchronous hooks: what they decide, when content is read, and what becomes of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rajada_mio::driver::Driver;
use rajada_mio::{
    App, Clock, Deadlines, Endpoint, Error, Limits, Next, OrStatus, OwnedRequest, OwnedResponse,
    Peer, Request, Response, Status, TestClient, sleep, spawn, timeout, yield_now,
};

fn exchange(client: &mut TestClient, sent: &str) -> String {
    let mut received = Vec::new();
    client.exchange(sent.as_bytes(), &mut received);
    String::from_utf8(received).unwrap()
}

fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")
}

struct User(String);

async fn authenticated(req: &mut OwnedRequest) -> Result<(), Error> {
    let user = req.header_text("x-user").or_status(Status::UNAUTHORIZED)?.to_owned();
    yield_now().await;
    req.extend(User(user));
    Ok(())
}

#[test]
fn what_a_hook_returns_lets_pass_or_answers() {
    let cached = async |req: &mut OwnedRequest| -> Option<(Status, &'static str)> {
        yield_now().await;
        (req.path() == "/cached").then_some((Status::IM_A_TEAPOT, "cached"))
    };
    let nothing = async |_: &mut OwnedRequest| {};
    let app = App::new()
        .before(authenticated)
        .before(cached)
        .before(nothing)
        .get("/me", |req: &Request<'_>| req.extension::<User>().map(|user| user.0.clone()))
        .get("/cached", |_: &Request<'_>| "never");
    let mut client = TestClient::new(app);
    assert_eq!(client.get("/me").header("X-User", "Ada").send().text(), "Ada");
    assert_eq!(client.get("/me").send().status(), Status::UNAUTHORIZED);
    let cached = client.get("/cached").header("X-User", "Ada").send();
    assert_eq!((cached.status(), cached.text()), (Status::IM_A_TEAPOT, "cached"));
}

#[test]
fn around_may_run_what_follows_again_or_never_and_change_its_answer() {
    let tries = Arc::new(AtomicU32::new(0));
    let count = tries.clone();
    let app = App::new()
        .around(async |req: OwnedRequest, next: Next| {
            let mut answer = next.run(req).await;
            let error = answer.error().map(ToString::to_string).unwrap_or_default();
            answer.set_header("X-Outer", format!("{} {error}", answer.status().as_u16()));
            answer
        })
        .around(async |req: OwnedRequest, next: Next| {
            if req.path() == "/never" {
                return OwnedResponse::new(Status::FORBIDDEN).text("never");
            }
            for _ in 0..2 {
                let answer = next.run(req.clone()).await;
                if answer.error().is_none() {
                    return answer;
                }
            }
            next.run(req).await
        })
        .get("/never", |_: &Request<'_>| -> &str { unreachable!() })
        .get("/fails", |_: &Request<'_>| Err::<(), _>("always"))
        .get("/third", move |_: OwnedRequest| {
            let number = count.fetch_add(1, Ordering::SeqCst) + 1;
            async move { if number < 3 { Err(Error::from("not yet")) } else { Ok("third") } }
        });
    let mut client = TestClient::new(app);
    let never = client.get("/never").send();
    assert_eq!((never.text(), never.header("x-outer")), ("never", Some("403")));
    let third = client.get("/third").send();
    assert_eq!((third.text(), third.header("x-outer")), ("third", Some("200")));
    assert_eq!(tries.load(Ordering::SeqCst), 3);
    let fails = client.get("/fails").send();
    assert_eq!((fails.status().as_u16(), fails.header("x-outer")), (500, Some("500 always")));
}

#[test]
fn around_bounds_the_time_and_drops_what_takes_longer() {
    struct Dropped(Arc<AtomicU32>);
    impl Drop for Dropped {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let dropped = Arc::new(AtomicU32::new(0));
    let count = dropped.clone();
    let app = App::new()
        .around(async |req: OwnedRequest, next: Next| {
            timeout(Duration::from_secs(1), next.run(req)).await.or_status(Status::GATEWAY_TIMEOUT)
        })
        .get("/", move |_: OwnedRequest| {
            let guard = Dropped(count.clone());
            async move {
                sleep(Duration::from_secs(100)).await;
                drop(guard);
                "late"
            }
        });
    let mut client = TestClient::with_clock(app, Clock::manual());
    assert!(exchange(&mut client, &get("/")).starts_with("HTTP/1.1 504 "));
    assert_eq!(dropped.load(Ordering::SeqCst), 1);
}

#[test]
fn what_follows_may_run_in_a_task_of_its_own() {
    let app = App::new()
        .around(async |req: OwnedRequest, next: Next| {
            spawn(async move { next.run(req).await }).await.or_status(Status::BAD_GATEWAY)
        })
        .post("/", |req: &Request<'_>| req.text().map(str::to_owned));
    let mut client = TestClient::new(app);
    assert_eq!(client.post("/").content("text/plain", "whole").send().text(), "whole");
    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n";
    assert_eq!(exchange(&mut client, head), "");
    assert!(exchange(&mut client, "pieces").ends_with("pieces"));
}

/// An application whose hook waits a second, and then refuses who has no user.
fn slow_to_refuse() -> App {
    App::new()
        .before(async |req: &mut OwnedRequest| {
            sleep(Duration::from_secs(1)).await;
            assert!(matches!(
                req.as_request().content(),
                rajada_mio::Content::Unread | rajada_mio::Content::None
            ));
            req.header_text("x-user").or_status(Status::UNAUTHORIZED).map(drop)
        })
        .post("/", |req: &Request<'_>| req.bytes().len().to_string())
        .post("/async", |req: OwnedRequest| async move { req.bytes().len().to_string() })
        .get("/", |_: &Request<'_>| "next")
}

#[test]
fn who_is_refused_is_not_asked_for_content_and_what_is_sent_is_drained() {
    let mut client = TestClient::with_clock(slow_to_refuse(), Clock::manual());
    let head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n";
    let refused = exchange(&mut client, head);
    assert!(refused.starts_with("HTTP/1.1 401 "), "{refused}");
    client.reconnect();
    // The content stands behind the head, comes later, or both.
    let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n";
    for (first, second) in [("", "GET / HTT"), ("GET ", "/ HTT"), ("GET / HTT", "")] {
        let refused = exchange(&mut client, &format!("{head}{first}"));
        assert!(refused.starts_with("HTTP/1.1 401 "), "{refused}");
        let next = exchange(&mut client, &format!("{second}{}", get("/")));
        assert!(next.starts_with("HTTP/1.1 401 "), "{next}");
        assert_eq!(next.matches("HTTP/1.1 ").count(), 1, "what is drained is no request: {next}");
    }
}

#[test]
fn who_may_pass_is_asked_for_content_and_the_handler_has_all_of_it() {
    for target in ["/", "/async"] {
        let mut client = TestClient::with_clock(slow_to_refuse(), Clock::manual());
        let head = |fields: &str| {
            format!("POST {target} HTTP/1.1\r\nHost: a\r\nX-User: Ada\r\n{fields}\r\n\r\n")
        };
        let expecting = head("Expect: 100-continue\r\nContent-Length: 9");
        assert_eq!(exchange(&mut client, &expecting), "HTTP/1.1 100 Continue\r\n\r\n");
        assert_eq!(exchange(&mut client, "four"), "");
        let answer = exchange(&mut client, "-more");
        assert!(answer.ends_with("\r\n\r\n9"), "{answer}");
        // Content that stands behind its head, in chunks, and requests behind that.
        let chunked = head("Transfer-Encoding: chunked") + "3\r\nabc\r\n0\r\n\r\n";
        let burst = chunked.clone() + &head("Content-Length: 2") + "xy" + &chunked;
        let text = exchange(&mut client, &burst);
        let answers: Vec<&str> =
            text.split("\r\n\r\n").skip(1).map(|answer| &answer[..1]).collect();
        assert_eq!(answers, ["3", "2", "3"], "{text}");
        // Octet by octet.
        let mut text = String::new();
        for octet in burst.chars() {
            text += &exchange(&mut client, &octet.to_string());
        }
        let answers: Vec<&str> =
            text.split("\r\n\r\n").skip(1).map(|answer| &answer[..1]).collect();
        assert_eq!(answers, ["3", "2", "3"], "{text}");
    }
}

#[test]
fn a_hook_may_wait_for_content_itself() {
    let signed = async |req: &mut OwnedRequest| {
        req.read_content().await?;
        let sum = req.bytes().len().to_string();
        (req.header_text("x-length") == Some(&sum)).then_some(()).or_status(Status::FORBIDDEN)
    };
    let app =
        App::new().before(signed).post("/", |req: &Request<'_>| req.text().map(str::to_owned));
    let mut client = TestClient::new(app);
    for (told, status) in [("4", 200), ("5", 403)] {
        let head =
            format!("POST / HTTP/1.1\r\nHost: a\r\nX-Length: {told}\r\nContent-Length: 4\r\n\r\n");
        assert_eq!(exchange(&mut client, &head), "");
        assert_eq!(exchange(&mut client, "ab"), "");
        let answer = exchange(&mut client, "cd");
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        let whole = exchange(&mut client, &(head + "abcd"));
        assert!(whole.starts_with(&format!("HTTP/1.1 {status} ")), "{whole}");
    }
}

#[test]
fn content_that_is_late_or_malformed_ends_what_waits_for_it() {
    for behind in [false, true] {
        let app = || {
            let app = slow_to_refuse();
            if !behind {
                return app;
            }
            app.after(|req: &Request<'_>, res: &mut Response<'_>| {
                assert_eq!(req.bytes(), b"");
                res.header("X-After", "seen");
            })
        };
        let mut received = Vec::new();
        let mut client = TestClient::with_clock(app(), Clock::manual());
        let head = "POST / HTTP/1.1\r\nHost: a\r\nX-User: Ada\r\nContent-Length: 9\r\n\r\nfour";
        client.exchange(head.as_bytes(), &mut received);
        (0..200).for_each(|_| client.advance(Duration::from_secs(1), &mut received));
        let late = String::from_utf8(std::mem::take(&mut received)).unwrap();
        assert!(late.starts_with("HTTP/1.1 408 "), "{late}");
        assert_eq!(late.contains("X-After"), behind);
        client.reconnect();
        let head =
            "POST / HTTP/1.1\r\nHost: a\r\nX-User: Ada\r\nTransfer-Encoding: chunked\r\n\r\nxx";
        client.exchange(head.as_bytes(), &mut received);
        let malformed = String::from_utf8(received).unwrap();
        assert!(malformed.starts_with("HTTP/1.1 400 "), "{malformed}");
        assert_eq!(malformed.contains("X-After"), behind);
    }
}

#[test]
fn time_in_which_content_is_awaited_is_not_the_handlers() {
    let deadlines = Deadlines { handler: Some(Duration::from_secs(3)), ..Deadlines::DEFAULT };
    let mut client = TestClient::with_clock(slow_to_refuse().deadlines(deadlines), Clock::manual());
    let mut received = Vec::new();
    let head = "POST /async HTTP/1.1\r\nHost: a\r\nX-User: Ada\r\nContent-Length: 9\r\n\r\n";
    client.exchange(head.as_bytes(), &mut received);
    (0..9).for_each(|_| client.advance(Duration::from_secs(1), &mut received));
    client.exchange(b"nine-nine", &mut received);
    assert!(received.ends_with(b"\r\n\r\n9"), "{}", String::from_utf8_lossy(&received));
}

#[test]
fn a_burst_keeps_its_order_whoever_waits() {
    let wait = async |req: &mut OwnedRequest| {
        let ms: u64 = req.header_text("x-wait").and_then(|ms| ms.parse().ok()).unwrap_or(0);
        sleep(Duration::from_millis(ms)).await;
    };
    let waiting = App::scope()
        .before(wait)
        .get("/{n}", |req: &Request<'_>| format!("<{}>", req.param("n")))
        .post("/{n}", |req: &Request<'_>| format!("<{}>", req.bytes().len()));
    let app = App::new().get("/{n}", |req: &Request<'_>| format!("<{}>", req.param("n")));
    let mut client = TestClient::with_clock(app.nest("/wait", waiting), Clock::manual());
    let mut burst = String::new();
    for n in 0..20 {
        burst += &match n % 4 {
            0 => format!("GET /wait/{n} HTTP/1.1\r\nHost: a\r\nX-Wait: {}\r\n\r\n", 100 - n),
            3 => format!("GET /wait/nothing/{n} HTTP/1.1\r\nHost: a\r\nX-Wait: {n}\r\n\r\n"),
            _ => get(&format!("/{n}")),
        };
    }
    let text = exchange(&mut client, &burst);
    let answers: Vec<&str> = text.split("\r\n\r\n").skip(1).collect();
    assert_eq!(answers.len(), 20, "{text}");
    for (n, answer) in answers.iter().enumerate() {
        let expected = if n % 4 == 3 { "Not Found".to_owned() } else { format!("<{n}>") };
        assert!(answer.starts_with(&expected), "{n}: {answer}");
    }
}

#[test]
fn synchronous_hooks_behind_asynchronous_ones_set_headers_and_decide() {
    let app = App::new()
        .before(async |_: &mut OwnedRequest| yield_now().await)
        .before(|req: &mut Request<'_>, res: &mut Response<'_>| {
            res.header("X-Id", "7").set_status(Status::ACCEPTED);
            if req.path() == "/refused" {
                res.text("refused");
            }
        })
        .around(async |req: OwnedRequest, next: Next| next.run(req).await)
        .get("/sync", |_: &Request<'_>| "sync")
        .get("/async", |_: OwnedRequest| async { "async" })
        .get("/refused", |_: &Request<'_>| -> &str { unreachable!() });
    let mut client = TestClient::new(app);
    for target in ["/sync", "/async", "/refused"] {
        let answer = client.get(target).send();
        assert_eq!(answer.text(), &target[1..]);
        assert_eq!(answer.header_all("x-id").collect::<Vec<_>>(), ["7"], "{target}");
        assert_eq!(answer.status(), Status::ACCEPTED, "{target}");
    }
}

#[test]
fn a_value_that_is_attached_is_dropped_when_the_exchange_is_over() {
    struct Counted(Arc<AtomicU32>);
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let dropped = Arc::new(AtomicU32::new(0));
    let (count, seen) = (dropped.clone(), dropped.clone());
    let app = App::new()
        .before(async move |req: &mut OwnedRequest| req.extend(Counted(count.clone())))
        .after(move |req: &Request<'_>, res: &mut Response<'_>| {
            let is_there = req.extension::<Counted>().is_some();
            res.header("X-Seen", format!("{is_there} {}", seen.load(Ordering::SeqCst)));
        })
        .get("/", |_: OwnedRequest| async { yield_now().await });
    let mut client = TestClient::new(app);
    for number in 0..3 {
        let answer = client.get("/").send();
        assert_eq!(answer.header("x-seen"), Some(&*format!("true {number}")));
        assert_eq!(dropped.load(Ordering::SeqCst), number + 1);
    }
}

#[test]
fn a_route_that_takes_less_content_says_so_behind_its_hooks() {
    let small = Endpoint::new(|req: &Request<'_>| req.bytes().len().to_string()).content_limit(4);
    let app = App::new().before(authenticated).post("/small", small);
    let head = |user: &str, fields: &str| {
        format!("POST /small HTTP/1.1\r\nHost: a\r\n{user}{fields}\r\n\r\n")
    };
    let mut client = TestClient::new(app);
    let user = "X-User: Ada\r\n";
    for (sent, status) in [
        (head("", "Content-Length: 5"), 401),
        (head(user, "Content-Length: 5"), 413),
        (head(user, "Content-Length: 5") + "12345", 413),
        (head(user, "Content-Length: 4") + "1234", 200),
        (head("", "Transfer-Encoding: chunked") + "5\r\n12345", 401),
        (head(user, "Transfer-Encoding: chunked") + "5\r\n12345", 413),
        (head(user, "Transfer-Encoding: chunked") + "4\r\n1234\r\n0\r\n\r\n", 200),
    ] {
        let answer = exchange(&mut client, &sent);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{sent}: {answer}");
        client.reconnect();
    }
}

#[test]
fn hooks_wait_for_a_place_among_the_tasks_before_content_is_read() {
    let limits = Limits { tasks: 1, ..Limits::DEFAULT };
    let mut client = TestClient::with_clock(slow_to_refuse().limits(limits), Clock::manual());
    let post = |target: &str| {
        format!("POST {target} HTTP/1.1\r\nHost: a\r\nX-User: Ada\r\nContent-Length: 3\r\n\r\nabc")
    };
    let first = "GET / HTTP/1.1\r\nHost: a\r\nX-User: Ada\r\n\r\n".to_owned();
    let text = exchange(&mut client, &(first + &post("/") + &post("/async")));
    let answers: Vec<&str> = text.split("\r\n\r\n").skip(1).map(|answer| &answer[..1]).collect();
    assert_eq!(answers, ["n", "3", "3"], "{text}");
}

/// Panics when it is dropped, or at once.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("a bomb of the chain");
        }
    }
}

#[test]
fn a_hook_that_panics_costs_its_own_request_a_500() {
    let hooked = || App::scope().get("", |_: &Request<'_>| "fine");
    let app = App::new()
        .nest("/before", hooked().before(async |_: &mut OwnedRequest| panic!("on purpose") as ()))
        .nest(
            "/later",
            hooked().before(async |_: &mut OwnedRequest| {
                yield_now().await;
                panic!("on purpose") as ()
            }),
        )
        .nest(
            "/around",
            hooked().around(async |req: OwnedRequest, next: Next| {
                drop(next.run(req).await);
                panic!("on purpose") as ()
            }),
        )
        .nest("/value", hooked().before(async |req: &mut OwnedRequest| req.extend(Bomb)))
        .nest(
            "/answer",
            hooked().around(async |req: OwnedRequest, next: Next| {
                let mut answer = next.run(req).await;
                answer.set_content(rajada_mio::Bytes::from_owner(Owner { _bomb: Bomb }));
                answer.set_content("fine");
                answer
            }),
        )
        .get("/fine", |_: &Request<'_>| "fine")
        .after(|_: &Request<'_>, res: &mut Response<'_>| {
            res.header("X-After", "seen");
        });
    let mut client = TestClient::new(app);
    for (target, status) in
        [("/before", 500), ("/later", 500), ("/around", 500), ("/value", 200), ("/answer", 200)]
    {
        let text = exchange(&mut client, &(get(target) + &get("/fine")));
        let first = format!("HTTP/1.1 {status} ");
        assert!(text.starts_with(&first) && text.ends_with("fine"), "{target}: {text}");
        assert_eq!(text.matches("X-After: seen").count(), 2, "{target}: {text}");
    }
}

/// Octets that are owned by what panics when it is dropped.
struct Owner {
    _bomb: Bomb,
}

impl AsRef<[u8]> for Owner {
    fn as_ref(&self) -> &[u8] {
        b"owned"
    }
}

#[test]
fn what_a_hook_that_waits_is_about_is_dropped_when_the_peer_is_gone() {
    struct Counted(Arc<AtomicU32>);
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    for sent in ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nfour", &get("/")] {
        let dropped = Arc::new(AtomicU32::new(0));
        let count = dropped.clone();
        let app = App::new()
            .before(async move |req: &mut OwnedRequest| {
                req.extend(Counted(count.clone()));
                let _guard = Counted(count.clone());
                sleep(Duration::from_secs(100)).await;
            })
            .any("/", |_: &Request<'_>| "never");
        let clock = Clock::manual();
        let mut driver = Driver::new(&app.prepare().unwrap(), clock.clone(), || ());
        let mut turn = driver.turn(clock.now());
        let key = turn.open(Peer::Local, ());
        let mut connection = turn.connection(key).unwrap();
        connection.receive(sent.as_bytes());
        assert_eq!((connection.at_work(), connection.wants_write()), (1, false));
        assert_eq!(dropped.load(Ordering::SeqCst), 0);
        turn.close(key);
        assert_eq!(dropped.load(Ordering::SeqCst), 2);
    }
}
