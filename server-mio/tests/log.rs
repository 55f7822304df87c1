//! What the server logs of requests that have failed. (In a program of its own: a logger is for a whole program.)

use std::cell::RefCell;
use std::fmt;
use std::sync::Once;

use log::Level::{self, Debug, Error as Fault};
use rajada_mio::{
    App, Error, Next, OwnedRequest, OwnedResponse, Request, Response, Status, TestClient,
};

thread_local! {
    /// The lines of this thread's own test.
    static LINES: RefCell<Vec<(Level, String)>> = const { RefCell::new(Vec::new()) };
}

struct Capture;

impl log::Log for Capture {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        LINES.with_borrow_mut(|lines| lines.push((record.level(), record.args().to_string())));
    }

    fn flush(&self) {}
}

/// Asks an application for a target; its status, and the lines that this has led to.
fn lines_of(app: App, target: &str) -> (u16, Vec<(Level, String)>) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        log::set_logger(&Capture).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
    });
    LINES.take();
    let status = TestClient::new(app).get(target).send().status();
    (status.as_u16(), LINES.take())
}

/// The one line of a request, behind its peer.
#[track_caller]
fn assert_line(app: App, target: &str, status: u16, level: Level, text: &str) {
    let (answered, lines) = lines_of(app, target);
    assert_eq!(answered, status, "{lines:?}");
    let [(at, line)] = &lines[..] else { panic!("one line was expected: {lines:?}") };
    assert_eq!(*at, level, "{line}");
    let line = line.split_once(": GET ").map_or(&**line, |(_, line)| line);
    assert_eq!(line, text);
}

#[derive(Debug)]
struct Broken(&'static str);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            "" => panic!("no words"),
            text => f.write_str(text),
        }
    }
}

impl std::error::Error for Broken {}

fn failing(text: &'static str) -> App {
    let fails = move |_: &Request<'_>| Err::<(), _>(Broken(text));
    App::new().get("/", fails).get("/{*rest}", fails)
}

fn answering(text: &'static str, status: u16) -> App {
    let status = Status::new(status).unwrap();
    failing(text).on_error(move |_: &Broken, _: &Request<'_>, res: &mut Response<'_>| {
        res.set_status(status).text("seen to");
    })
}

#[test]
fn an_error_that_nobody_answers_is_one() {
    assert_line(failing("boom"), "/a?b=c", 500, Fault, "/a?b=c 500: boom");
    let app = App::new().get("/", |_: &Request<'_>| std::fs::read("/no/such/file"));
    assert_line(app, "/", 500, Fault, "/ 500: No such file or directory (os error 2)");
    let error = || Error::message(Status::SERVICE_UNAVAILABLE, "busy");
    let app = App::new().get("/", move |_: &Request<'_>| Err::<(), _>(error()));
    assert_line(app, "/", 503, Fault, "/ 503: busy");
}

#[test]
fn an_error_is_logged_by_the_status_that_its_handler_gives_it() {
    for (status, level) in [(200, Debug), (303, Debug), (400, Debug), (422, Debug)] {
        let text = format!("/ {status}: expected");
        assert_line(answering("expected", status), "/", status, level, &text);
    }
    for status in [500, 503, 599] {
        let text = format!("/ {status}: unexpected");
        assert_line(answering("unexpected", status), "/", status, Fault, &text);
    }
}

#[test]
fn errors_with_a_status_of_the_clients_are_for_debugging() {
    let app = App::new().get("/", |_: &Request<'_>| {
        "x".parse::<u8>()
            .map(|_| ())
            .map_err(|error| Error::with_status(Status::BAD_REQUEST, error))
    });
    assert_line(app, "/", 400, Debug, "/ 400: invalid digit found in string");
    let app = App::new()
        .get("/", |_: &Request<'_>| Err::<(), _>(Error::message(Status::CONFLICT, "taken")));
    assert_line(app, "/", 409, Debug, "/ 409: taken");
}

#[test]
fn hooks_behind_the_handler_have_the_last_word() {
    let mild = failing("a").after(|_: &Request<'_>, res: &mut Response<'_>| {
        res.set_status(Status::NOT_FOUND);
    });
    assert_line(mild, "/", 404, Debug, "/ 404: a");
    let stern = answering("b", 400).after(|_: &Request<'_>, res: &mut Response<'_>| {
        res.set_status(Status::INTERNAL_SERVER_ERROR);
    });
    assert_line(stern, "/", 500, Fault, "/ 500: b");
    // An error of a hook in front.
    let app = failing("c").before(|_: &mut Request<'_>, _: &mut Response<'_>| {
        Err::<(), _>(Error::message(Status::UNAUTHORIZED, "who are you?"))
    });
    assert_line(app, "/", 401, Debug, "/ 401: who are you?");
}

#[test]
fn a_header_that_can_t_be_sent_is_one_line() {
    let bad = |_: &Request<'_>, res: &mut Response<'_>| {
        res.header("X", "a\nb").text("never");
    };
    assert_line(App::new().get("/", bad), "/", 500, Fault, "/ 500: a header that can't be sent");
    // One in an error handler is a second failure, and so a second line.
    let app = failing("first").on_error(|_: &Broken, _: &Request<'_>, res: &mut Response<'_>| {
        res.set_status(Status::BAD_REQUEST).header("X", "a\nb").text("never");
    });
    let (status, lines) = lines_of(app, "/");
    assert_eq!((status, lines.len()), (500, 2), "{lines:?}");
    assert!(lines.iter().all(|(level, _)| *level == Fault), "{lines:?}");
    assert!(lines[0].1.ends_with("500: a header that can't be sent"), "{lines:?}");
    assert!(lines[1].1.ends_with("500: first"), "{lines:?}");
}

#[test]
fn what_the_peer_has_chosen_is_escaped_and_cut() {
    assert_line(failing("a"), "/%1b[2J?%0a", 500, Fault, "/%1b[2J?%0a 500: a");
    assert_line(failing("a"), "/\"'\\", 500, Fault, "/\\\"\\'\\\\ 500: a");
    let shown = "x".repeat(255);
    let exact = format!("/{shown} 500: a");
    assert_line(failing("a"), &format!("/{shown}"), 500, Fault, &exact);
    let cut = format!("/{shown}... 500: a");
    assert_line(failing("a"), &format!("/{shown}x"), 500, Fault, &cut);
}

#[test]
fn an_asynchronous_handler_fails_like_any_other() {
    let fails = |_: OwnedRequest| async { Err::<(), _>(Broken("late")) };
    // Nobody asked for the request to be kept.
    assert_line(App::new().get("/", fails), "/", 500, Fault, "500: late");
    let app = App::new().get("/", fails).on_error(
        |_: &Broken, _: &Request<'_>, res: &mut Response<'_>| {
            res.set_status(Status::BAD_REQUEST).text("seen to");
        },
    );
    assert_line(app, "/", 400, Debug, "/ 400: late");
}

#[test]
fn an_error_within_asynchronous_hooks_is_one_line_each_time() {
    async fn twice(req: OwnedRequest, next: Next) -> OwnedResponse {
        drop(next.run(req.clone()).await);
        next.run(req).await
    }
    async fn passed(req: OwnedRequest, next: Next) -> OwnedResponse {
        next.run(req).await
    }
    assert_line(failing("a").around(passed).around(passed), "/", 500, Fault, "/ 500: a");
    let refused = async |_: &mut OwnedRequest| {
        Err::<(), _>(Error::message(Status::UNAUTHORIZED, "who are you?"))
    };
    assert_line(failing("a").before(refused), "/", 401, Debug, "/ 401: who are you?");
    let (status, lines) = lines_of(answering("b", 422).around(twice), "/");
    assert_eq!((status, lines.len()), (422, 2), "{lines:?}");
    assert!(lines.iter().all(|(level, line)| *level == Debug && line.ends_with("GET / 422: b")));
}

#[test]
fn a_text_that_panics_costs_its_line_its_words() {
    let words = "the text of an error panicked: no words";
    assert_line(failing(""), "/", 500, Fault, &format!("/ 500: {words}"));
    assert_line(answering("", 400), "/", 400, Debug, &format!("/ 400: {words}"));
    let app = App::new().get("/", |_: &Request<'_>| -> &str { panic!("on purpose") });
    assert_line(app, "/", 500, Fault, "a handler panicked: on purpose");
}

#[test]
fn what_is_fine_is_not_logged() {
    let app = App::new().get("/", |_: &Request<'_>| "fine");
    assert_eq!(lines_of(app, "/"), (200, vec![]));
    let app = App::new().get("/", |_: &Request<'_>| None::<&str>);
    assert_eq!(lines_of(app, "/"), (404, vec![]));
    let app = App::new().get("/", |_: &Request<'_>| Status::INTERNAL_SERVER_ERROR);
    assert_eq!(lines_of(app, "/"), (500, vec![]));
}
