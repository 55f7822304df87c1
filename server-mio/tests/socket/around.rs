//! What stands around handlers: hooks, state, errors, nesting.

use std::cell::Cell;
use std::fmt;
use std::num::ParseIntError;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rajada_mio::{
    App, ContentType, Error, Exit, Next, OrStatus, OwnedRequest, Request, Response, Status, local,
    spawn_blocking, yield_now,
};

use crate::serving::{serve, wait_until};

#[test]
fn hooks_before_a_handler_may_answer_for_it() {
    let app = App::new()
        .get("/", |_: &Request<'_>| "inside")
        .get("/async", |_: OwnedRequest| async { "inside" })
        .before(|req: &mut Request<'_>, res: &mut Response<'_>| {
            if req.header("x-key").is_none() {
                res.set_status(Status::UNAUTHORIZED)
                    .header("WWW-Authenticate", "Key")
                    .text("who is it?");
            }
        })
        .before(|req: &mut Request<'_>, _: &mut Response<'_>| match req.header_text("x-key") {
            Some("right") => Ok(()),
            _ => Err(Error::message(Status::FORBIDDEN, "a wrong key")),
        });
    let serving = serve(app);
    let mut client = serving.client();
    for target in ["/", "/async"] {
        let refused = client.get(target);
        assert_eq!((refused.status, refused.header("www-authenticate")), (401, Some("Key")));
        for (key, status, text) in [("wrong", 403, "a wrong key"), ("right", 200, "inside")] {
            client.send(format!("GET {target} HTTP/1.1\r\nHost: a\r\nX-Key: {key}\r\n\r\n"));
            let answer = client.answer();
            assert_eq!((answer.status, answer.text()), (status, text));
        }
    }
}

#[test]
fn what_hooks_before_a_handler_set_of_its_answer_stays_set() {
    let app = App::new()
        .before(|_: &mut Request<'_>, res: &mut Response<'_>| {
            res.header("X-Before", "set").set_status(Status::ACCEPTED).on_sent(|| {});
        })
        .get("/", |_: &Request<'_>| "returned")
        .get("/written", |_: &Request<'_>, res: &mut Response<'_>| res.text("written"))
        .get("/ready", |_: OwnedRequest| async { "ready" })
        .get("/later", |_: OwnedRequest| async {
            yield_now().await;
            "later"
        });
    let serving = serve(app);
    let mut client = serving.client();
    for target in ["/", "/written", "/ready", "/later"] {
        let answer = client.get(target);
        assert_eq!((answer.status, answer.header("x-before")), (202, Some("set")), "{target}");
    }
}

#[test]
fn hooks_attach_values_to_requests_by_type() {
    struct User(String);
    let app = App::new()
        .before(|req: &mut Request<'_>, _: &mut Response<'_>| {
            let name = req.header_text("x-user").unwrap_or("guest").to_owned();
            req.extend(User(name));
        })
        .get("/", |req: &Request<'_>| req.extension::<User>().unwrap().0.clone())
        .get("/none", |req: &Request<'_>| req.extension::<u32>().is_none().to_string())
        .post("/async", |req: OwnedRequest| async move {
            yield_now().await;
            req.extension::<User>().unwrap().0.clone()
        });
    let serving = serve(app);
    let mut client = serving.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\nX-User: ada\r\n\r\n");
    assert_eq!(client.answer().text(), "ada");
    assert_eq!(client.get("/none").text(), "true");
    // Content that comes later makes no difference.
    client.send(
        "POST /async HTTP/1.1\r\nHost: a\r\nX-User: bob\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    std::thread::sleep(std::time::Duration::from_millis(20));
    client.send("0\r\n\r\n");
    assert_eq!(client.answer().text(), "bob");
}

#[test]
fn hooks_behind_a_handler_see_and_change_every_answer() {
    let app = App::new()
        .get("/", |_: &Request<'_>| "hello")
        .get("/written", |_: &Request<'_>, res: &mut Response<'_>| res.text("written"))
        .get("/async", |_: OwnedRequest| async {
            yield_now().await;
            "later"
        })
        .get("/fails", |_: &Request<'_>| Err::<(), _>(Error::message(Status::CONFLICT, "no")))
        .get("/secret", |_: &Request<'_>| "secret")
        .after(|req: &Request<'_>, res: &mut Response<'_>| {
            let status = res.status().as_u16();
            res.header("X-Seen", format!("{} {} {status}", req.method(), req.path()));
            if req.path() == "/secret" {
                res.discard().set_status(Status::FORBIDDEN).text("hidden");
            }
        });
    let serving = serve(app);
    let mut client = serving.client();
    for (target, status, seen, text) in [
        ("/", 200, "GET / 200", "hello"),
        ("/written", 200, "GET /written 200", "written"),
        ("/async", 200, "GET /async 200", "later"),
        ("/fails", 409, "GET /fails 409", "no"),
        ("/missing", 404, "GET /missing 404", "Not Found"),
        ("/secret", 403, "GET /secret 200", "hidden"),
    ] {
        let answer = client.get(target);
        assert_eq!(
            (answer.status, answer.header("x-seen"), answer.text()),
            (status, Some(seen), text),
            "{target}"
        );
    }
}

#[test]
fn state_is_shared_by_all_workers() {
    let app = App::new().state(AtomicU32::new(0)).workers(2).get("/", |req: &Request<'_>| {
        req.state::<AtomicU32>().fetch_add(1, Ordering::Relaxed).to_string()
    });
    let serving = serve(app);
    let mut seen: Vec<u32> =
        (0..40).map(|_| serving.client().get("/").text().parse().unwrap()).collect();
    seen.sort_unstable();
    assert_eq!(seen, (0..40).collect::<Vec<_>>());
}

#[test]
fn each_worker_has_values_of_its_own_from_start_to_stop() {
    let running = Arc::new(AtomicU32::new(0));
    let (started, stopped) = (running.clone(), running.clone());
    let app = App::new()
        .workers(2)
        .on_start(move |locals| {
            started.fetch_add(1, Ordering::SeqCst);
            locals.insert(Rc::new(Cell::new(0u32)));
        })
        .on_stop(move |locals| {
            assert!(locals.remove::<Rc<Cell<u32>>>().is_some());
            stopped.fetch_sub(1, Ordering::SeqCst);
        })
        .get("/", |_: &Request<'_>| {
            let count = local::<Rc<Cell<u32>>>().unwrap();
            count.set(count.get() + 1);
            count.get().to_string()
        })
        .get("/async", |_: OwnedRequest| async {
            local::<Rc<Cell<u32>>>().map(|count| count.get().to_string())
        });
    let serving = serve(app);
    let mut client = serving.client();
    assert_eq!(client.get("/").text(), "1");
    assert_eq!(client.get("/").text(), "2");
    assert_eq!(client.get("/async").text(), "2");
    wait_until(|| running.load(Ordering::SeqCst) == 2);
    serving.handle.shut_down();
    assert_eq!(serving.join(), Exit::Clean);
    assert_eq!(running.load(Ordering::SeqCst), 0);
}

#[test]
fn nested_applications_keep_their_hooks_to_themselves() {
    let inner = App::scope()
        .get("", |_: &Request<'_>| "inner")
        .get("/{id}", |req: &Request<'_>, res: &mut Response<'_>| res.text(req.param("id")))
        .before(|req: &mut Request<'_>, res: &mut Response<'_>| {
            if req.header("x-key").is_none() {
                res.set_status(Status::UNAUTHORIZED).text("inner hook");
            }
        })
        .after(|_: &Request<'_>, res: &mut Response<'_>| {
            res.header("X-Order", "inner");
        });
    let app = App::new()
        .get("/", |_: &Request<'_>| "outer")
        .after(|_: &Request<'_>, res: &mut Response<'_>| {
            res.header("X-Order", "outer");
        })
        .nest("/in/{side}", inner);
    let serving = serve(app);
    let mut client = serving.client();
    let outer = client.get("/");
    assert_eq!(
        (outer.text(), outer.headers("x-order").collect::<Vec<_>>()),
        ("outer", vec!["outer"])
    );
    assert_eq!(client.get("/in/a").text(), "inner hook");
    client.send("GET /in/a/7 HTTP/1.1\r\nHost: a\r\nX-Key: k\r\n\r\nGET /in/a HTTP/1.1\r\nHost: a\r\nX-Key: k\r\n\r\n");
    let seven = client.answer();
    assert_eq!(
        (seven.text(), seven.headers("x-order").collect::<Vec<_>>()),
        ("7", vec!["inner", "outer"])
    );
    assert_eq!(client.answer().text(), "inner");
}

#[derive(Debug)]
struct OutOfTea;

impl fmt::Display for OutOfTea {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("secret: the pot is in room 7")
    }
}

impl std::error::Error for OutOfTea {}

fn failing() -> App {
    App::new()
        .get("/number/{n}", |req: &Request<'_>| req.param("n").parse::<u8>().map(|n| n.to_string()))
        .get("/tea", |_: &Request<'_>| Err::<(), _>(OutOfTea))
        .get("/tea/written", |_: &Request<'_>, _: &mut Response<'_>| Err::<(), _>(OutOfTea))
        .get("/tea/async", |_: OwnedRequest| async { Err::<(), _>(OutOfTea) })
        .get("/panic", |_: &Request<'_>| -> &str { panic!("secret: room 7") })
        .get("/panic/async", |_: OwnedRequest| async {
            yield_now().await;
            panic!("secret: room {}", 7);
            #[allow(unreachable_code)]
            ""
        })
}

const FAILING: [&str; 5] = ["/tea", "/tea/written", "/tea/async", "/panic", "/panic/async"];

#[test]
fn errors_are_answered_by_the_first_handler_for_their_type() {
    let app = failing()
        .on_error(|error: &ParseIntError, req: &Request<'_>, res: &mut Response<'_>| {
            res.set_status(Status::BAD_REQUEST).text(&format!("{}: {error}", req.param("n")));
        })
        .on_error(|_: &ParseIntError, _: &Request<'_>, res: &mut Response<'_>| {
            res.text("never asked")
        })
        .on_error(|_: &OutOfTea, req: &Request<'_>, res: &mut Response<'_>| {
            res.set_status(Status::IM_A_TEAPOT).text(req.path());
        });
    let serving = serve(app);
    let mut client = serving.client();
    assert_eq!(client.get("/number/7").text(), "7");
    let bad = client.get("/number/x");
    assert_eq!((bad.status, bad.text()), (400, "x: invalid digit found in string"));
    for target in ["/tea", "/tea/written", "/tea/async"] {
        let answer = client.get(target);
        assert_eq!((answer.status, answer.text()), (418, target));
    }
}

#[test]
fn errors_and_panics_cost_their_own_request_a_500_that_tells_nothing() {
    let serving = serve(failing());
    let mut client = serving.client();
    for target in FAILING {
        client.send(format!(
            "GET {target} HTTP/1.1\r\nHost: a\r\n\r\nGET /number/7 HTTP/1.1\r\nHost: a\r\n\r\n"
        ));
        let failed = client.answer();
        assert_eq!((failed.status, failed.text()), (500, "Internal Server Error"), "{target}");
        assert_eq!(client.answer().text(), "7");
    }
}

#[test]
fn in_debug_mode_errors_and_panics_show_their_details() {
    let serving = serve(failing().debug(true));
    let mut client = serving.client();
    for target in FAILING {
        let answer = client.get(target);
        assert_eq!(answer.status, 500);
        assert!(answer.text().starts_with("secret: "), "{target}: {}", answer.text());
    }
}

#[test]
fn pages_for_what_is_not_found_and_for_what_is_no_http() {
    let app = App::new()
        .get("/", |_: &Request<'_>| "here")
        .get("/gone", |_: &Request<'_>| None::<&str>)
        .not_found(|req: &Request<'_>, res: &mut Response<'_>| {
            res.html(&format!("<h1>no {}</h1>", req.path()));
        })
        .error_page(Status::BAD_REQUEST, ContentType::HTML, "<h1>what?</h1>");
    let serving = serve(app);
    let mut client = serving.client();
    for target in ["/nothing", "/gone"] {
        let answer = client.get(target);
        assert_eq!((answer.status, answer.text()), (404, &*format!("<h1>no {target}</h1>")));
    }
    client.send("nonsense\r\n\r\n");
    let answer = client.answer();
    assert_eq!((answer.status, answer.text()), (400, "<h1>what?</h1>"));
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    client.assert_closed();
}

/// Whom a token is of.
struct Holder(String);

#[test]
fn a_hook_asks_a_database_before_anything_is_uploaded() {
    let authenticated = async |req: &mut OwnedRequest| -> Result<(), Error> {
        let token = req.header_text("x-token").or_status(Status::UNAUTHORIZED)?.to_owned();
        // As a database that blocks would tell.
        let user =
            spawn_blocking(move || token.strip_prefix("token of ").map(str::to_owned)).await?;
        req.extend(Holder(user.or_status(Status::FORBIDDEN)?));
        Ok(())
    };
    let members = App::scope().before(authenticated).post("/upload", |req: &Request<'_>| {
        let user = req.extension::<Holder>().unwrap();
        format!("{} has sent {} octets", user.0, req.bytes().len())
    });
    let app = App::new().get("/", |_: &Request<'_>| "open").nest("/members", members).around(
        async |req: OwnedRequest, next: Next| {
            let began = std::time::Instant::now();
            let mut answer = next.run(req).await;
            answer.set_header("Server-Timing", format!("all;dur={}", began.elapsed().as_millis()));
            answer
        },
    );
    let serving = serve(app);
    let mut client = serving.client();
    let upload = |token: &str| {
        format!("POST /members/upload HTTP/1.1\r\nHost: a\r\n{token}Content-Length: 100000\r\n\r\n")
    };
    let content = "x".repeat(100_000);
    client
        .send(upload("X-Token: token of ada\r\n") + &content + "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let sent = client.answer();
    assert_eq!((sent.status, sent.text()), (200, "ada has sent 100000 octets"));
    assert!(sent.header("server-timing").is_some());
    assert_eq!(client.answer().text(), "open");
    client.send(upload("X-Token: none\r\n"));
    assert_eq!(client.answer().status, 403, "nothing of the content was awaited");
    let mut client = serving.client();
    client.send(upload(""));
    assert_eq!(client.answer().status, 401);
}
