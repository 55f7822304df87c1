//! Hooks behind handlers see every answer, whatever has failed on the way to it.

use std::fmt;

use rajada_mio::{App, Error, Failure, OwnedRequest, Request, Response, Status, TestClient};

#[derive(Debug)]
struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("broken")
    }
}

impl std::error::Error for Broken {}

fn app() -> App {
    App::new()
        .after(|_: &Request<'_>, res: &mut Response<'_>| {
            let seen = res.status().as_u16().to_string();
            res.header("X-Outer", seen);
        })
        .get("/", |_: &Request<'_>| "fine")
        .get("/error", |_: &Request<'_>| Err::<(), _>(Broken))
        .get("/panic", |_: &Request<'_>| -> () { panic!("a handler") })
        .get("/bad", |_: &Request<'_>, res: &mut Response<'_>| {
            res.header("Bad Name", "x").text("bad");
        })
}

fn asynchronous(app: App) -> App {
    app.before(async |_: &mut OwnedRequest| ())
}

/// What shapes errors says which it was.
fn shaped(app: App) -> App {
    app.on_any_error(|failure: &Failure<'_>, _: &Request<'_>, res: &mut Response<'_>| {
        res.text(&format!("shape of {}", failure.status().as_u16()));
    })
}

/// Asks each application, once as it is and once behind an asynchronous hook: the status, what the outer hook saw, the
/// content.
fn check(app: impl Fn() -> App, target: &str, expected: (u16, &str)) {
    for app in [app(), asynchronous(app())] {
        let answer = TestClient::new(app).get(target).send();
        let (status, text) = expected;
        let outer = answer.header_all("x-outer").collect::<Vec<_>>().join(" ");
        assert_eq!(outer, status.to_string(), "{target} {}", answer.text());
        assert_eq!((answer.status().as_u16(), answer.text()), expected, "{target} {text}");
    }
}

const PLAIN: (u16, &str) = (500, "Internal Server Error");

#[test]
fn hooks_behind_see_the_answer_to_a_panic_in_what_answers_errors() {
    let on_error =
        || app().on_error(|_: &Broken, _: &Request<'_>, _: &mut Response<'_>| panic!("on_error"));
    check(on_error, "/error", PLAIN);
    let not_found = || app().not_found(|_: &Request<'_>| -> () { panic!("not_found") });
    check(not_found, "/none", PLAIN);
    check(|| shaped(not_found()), "/none", (500, "shape of 500"));
    let shape = || {
        app().on_any_error(|_: &Failure<'_>, _: &Request<'_>, res: &mut Response<'_>| {
            res.header("X-Left", "1").text("left");
            panic!("a shape")
        })
    };
    for target in ["/none", "/error", "/panic", "/bad"] {
        check(shape, target, PLAIN);
        let answer = TestClient::new(shape()).get(target).send();
        assert_eq!(answer.header("x-left"), None, "what panicked has left nothing");
    }
    let mut received = Vec::new();
    TestClient::new(shape()).exchange(b"nonsense\r\n\r\n", &mut received);
    let received = String::from_utf8(received).unwrap();
    assert!(received.ends_with("\r\n\r\nInternal Server Error"), "{received}");
    assert!(received.contains("X-Outer: 500\r\n"), "{received}");
}

#[test]
fn a_shape_that_panics_without_hooks_behind_leaves_a_plain_500() {
    let shape = |_: &Failure<'_>, _: &Request<'_>, _: &mut Response<'_>| panic!("a shape");
    let app = || {
        App::new().on_any_error(shape).get("/panic", |_: &Request<'_>| -> () { panic!("panic") })
    };
    for app in [app(), asynchronous(app())] {
        let mut client = TestClient::new(app);
        for target in ["/panic", "/none"] {
            let answer = client.get(target).send();
            assert_eq!((answer.status().as_u16(), answer.text()), PLAIN, "{target}");
        }
    }
}

#[test]
fn outer_hooks_see_what_inner_ones_have_broken() {
    let panics = || app().after(|_: &Request<'_>, _: &mut Response<'_>| panic!("inner"));
    check(panics, "/", PLAIN);
    check(panics, "/none", PLAIN);
    let bad = || {
        app().after(|_: &Request<'_>, res: &mut Response<'_>| {
            res.header("Bad Name", "x");
        })
    };
    check(|| shaped(bad()), "/", (500, "shape of 500"));
    check(|| shaped(panics()), "/", (500, "shape of 500"));
    check(|| shaped(app()), "/bad", (500, "shape of 500"));
}

#[test]
fn what_a_hook_behind_fails_with_goes_by_the_answers_to_errors() {
    let fails = || {
        app().after(|_: &Request<'_>, res: &mut Response<'_>| {
            res.fail(Error::message(Status::CONFLICT, "taken"));
        })
    };
    check(fails, "/", (409, "taken"));
    check(|| shaped(fails()), "/", (409, "shape of 409"));
    let broken = || {
        app()
            .after(|_: &Request<'_>, res: &mut Response<'_>| res.fail(Broken.into()))
            .on_error(|_: &Broken, _: &Request<'_>| (Status::BAD_GATEWAY, "mended"))
    };
    check(broken, "/", (502, "mended"));
    check(broken, "/none", (502, "mended"));
    let outermost = || app().after(|_: &Request<'_>, res: &mut Response<'_>| res.not_found());
    check(outermost, "/", (404, "Not Found"));
}
