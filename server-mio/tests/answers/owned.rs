//! Answers that are values, from handlers of every shape.

use rajada_mio::cookie::Cookie;
use rajada_mio::{
    App, BadCookie, BadHeader, Body, CacheControl, ContentType, Error, Headers, IntoResponse, Json,
    Location, OwnedRequest, OwnedResponse, Redirect, Request, Response, Status, TestClient,
};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use crate::helpers::answers_with;
use crate::wire::Answer;

/// Status, fields that the answer's maker has a say in, and content.
fn shown(answer: &Answer) -> (u16, Vec<(String, String)>, String) {
    let by_server = ["date", "content-length", "connection", "transfer-encoding"];
    let text = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap();
    let own = answer.fields.iter().map(|(name, value)| (name.to_lowercase(), text(value)));
    let mut fields: Vec<_> = own.filter(|(name, _)| !by_server.contains(&&**name)).collect();
    fields.sort();
    (answer.status, fields, answer.text().to_owned())
}

/// That a value is this answer, given as it is and as an [`OwnedResponse`], by handlers of every shape.
#[track_caller]
fn is<R: IntoResponse + 'static>(
    value: impl Fn() -> R + Clone + Send + Sync + 'static,
    status: u16,
    fields: &[(&str, &str)],
    content: &str,
) {
    let owned = value.clone();
    let mut expected: Vec<_> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    expected.sort();
    let answers = answers_with(value);
    for answer in answers.iter().chain(&answers_with(move || OwnedResponse::of(owned()))) {
        assert_eq!(shown(answer), (status, expected.clone(), content.to_owned()));
    }
}

const TEXT: (&str, &str) = ("content-type", "text/plain; charset=utf-8");
const JSON: (&str, &str) = ("content-type", "application/json");

#[test]
fn tuples_are_answers_with_a_status_headers_and_content() {
    is(|| (Status::CREATED, "made"), 201, &[TEXT], "made");
    is(|| ([("X-A", "b"), ("x-a", "c")], "made"), 200, &[TEXT, ("x-a", "b"), ("x-a", "c")], "made");
    is(
        || (Status::CREATED, [("X-A", String::from("b"))], "made"),
        201,
        &[TEXT, ("x-a", "b")],
        "made",
    );
    is(|| (vec![("X-A", b"b")], ()), 200, &[("x-a", "b")], "");
    is(
        || (Status::CREATED, Location::new("/a b"), Json(7)),
        201,
        &[JSON, ("location", "/a%20b")],
        "7",
    );
    is(|| (ContentType::CSS, "a{}"), 200, &[("content-type", ContentType::CSS.as_str())], "a{}");
    is(|| ([("content-type", "a/b")], "x"), 200, &[("content-type", "a/b")], "x");
    is(
        || (Cookie::new("a", "b c"), Cookie::new("d", "e"), "x"),
        200,
        &[TEXT, ("set-cookie", "a=b%20c"), ("set-cookie", "d=e")],
        "x",
    );
    let hour = Duration::from_secs(3600);
    is(
        move || (CacheControl::public().max_age(hour), "x"),
        200,
        &[TEXT, ("cache-control", "public, max-age=3600")],
        "x",
    );
    is(|| (Location::new("/one"), Redirect::see_other("/two")), 303, &[("location", "/two")], "");
    is(|| ([("X-A", "b")], None::<&str>), 404, &[TEXT, ("x-a", "b")], "Not Found");
    is(
        || (Status::CREATED, Err::<(), _>(Error::message(Status::CONFLICT, "no"))),
        409,
        &[TEXT],
        "no",
    );
    is(|| ([("X-A", "b\r\nc: d")], "x"), 500, &[TEXT], "Internal Server Error");
    is(|| (Status::OK, [("Date", "today")], "x"), 500, &[TEXT], "Internal Server Error");
    is(
        || (Status::OK, ContentType::HTML, Headers::new(), CacheControl::NO_STORE, "x"),
        200,
        &[("content-type", ContentType::HTML.as_str()), ("cache-control", "no-store")],
        "x",
    );
}

#[test]
fn a_built_answer_says_what_it_was_given() {
    let made = || OwnedResponse::new(Status::CREATED);
    is(made, 201, &[], "");
    is(
        move || made().header("X-A", " b\t").header("X-A", "c").text("x"),
        201,
        &[TEXT, ("x-a", "b"), ("x-a", "c")],
        "x",
    );
    is(move || made().html("x"), 201, &[("content-type", ContentType::HTML.as_str())], "x");
    is(move || made().json(&[1, 2]), 201, &[JSON], "[1,2]");
    is(move || made().with_content("x"), 201, &[("content-type", "application/octet-stream")], "x");
    is(
        move || made().content_type(ContentType::SVG).text("x"),
        201,
        &[("content-type", "image/svg+xml")],
        "x",
    );
    is(move || made().header("content-type", "a/b").json(&1), 201, &[("content-type", "a/b")], "1");
    is(
        move || made().text("x").header("Content-Type", "a/b"),
        201,
        &[("content-type", "a/b")],
        "x",
    );
    is(
        move || made().cookie(("a", "é")).raw_cookie(("b", "%")),
        201,
        &[("set-cookie", "a=%C3%A9"), ("set-cookie", "b=%")],
        "",
    );
    is(move || OwnedResponse::from(Error::message(Status::GONE, "gone")), 410, &[TEXT], "gone");
    is(move || (Status::ACCEPTED, made().text("x")), 201, &[TEXT], "x");
    for wrong in [
        (|| OwnedResponse::new(Status::OK).header("a b", "c").text("x")) as fn() -> OwnedResponse,
        || OwnedResponse::new(Status::OK).cookie(("a b", "c")),
        || OwnedResponse::new(Status::OK).json(&std::collections::BTreeMap::from([((), 1)])),
        || OwnedResponse::new(Status::CONTINUE).text("x"),
    ] {
        is(wrong, 500, &[TEXT], "Internal Server Error");
    }
}

#[test]
fn what_is_wrong_with_an_answer_is_its_error() {
    let answer = OwnedResponse::new(Status::OK).header("a", "\n").cookie(("b c", "d"));
    assert!(answer.error().unwrap().downcast_ref::<BadHeader>().is_some(), "the first one");
    let answer = OwnedResponse::new(Status::OK).cookie(("b c", "d"));
    assert_eq!(answer.error().unwrap().downcast_ref(), Some(&BadCookie::Name));
    assert!(OwnedResponse::new(Status::OK).error().is_none());
}

#[test]
fn an_answer_is_read_and_changed_before_it_is_sent() {
    let mut answer =
        OwnedResponse::of((Status::OK, [("X-A", "1"), ("x-a", "2"), ("X-B", "3")], "text"));
    assert_eq!((answer.status(), answer.headers().get_all("X-a").count()), (Status::OK, 2));
    answer.set_status(Status::ACCEPTED).set_header("x-A", "4").remove_header("x-b");
    answer.headers_mut().add("X-C", "5").unwrap();
    let Body::Static(text) = answer.take_content() else { panic!("{answer:?}") };
    answer.set_content([text, b" and more"].concat());
    assert_eq!(answer.content().octets(), Some(&b"text and more"[..]));
    let app = App::new().get("/", |_: &Request<'_>| "x");
    assert_eq!(TestClient::new(app).get("/").send().text(), "x", "nothing else is disturbed");
    let fields: Vec<_> = answer.headers().iter().map(|(name, _)| name).collect();
    assert_eq!(fields, ["Content-Type", "x-A", "X-C"]);
}

#[test]
fn headers_of_a_value_replace_those_that_hooks_have_set_but_for_cookies() {
    let hooked = |handler: fn() -> OwnedResponse| {
        App::new()
            .before(|_: &mut Request<'_>, res: &mut Response<'_>| {
                res.header("X-A", "hook").header("X-B", "hook").cookie(("hook", "1"));
            })
            .get("/", move |_: &Request<'_>| handler())
            .get("/later", move |_: OwnedRequest| async move { handler() })
    };
    let value = || OwnedResponse::new(Status::OK).header("x-a", "value").cookie(("value", "2"));
    for target in ["/", "/later"] {
        let answer = TestClient::new(hooked(value)).get(target).send();
        assert_eq!(answer.header_all("x-a").collect::<Vec<_>>(), ["value"], "{target}");
        assert_eq!(answer.header("x-b"), Some("hook"), "{target}");
        let cookies: Vec<_> = answer.header_all("set-cookie").collect();
        assert_eq!(cookies, ["hook=1", "value=2"], "{target}");
    }
}

#[test]
fn hooks_behind_a_handler_read_set_and_remove_its_headers() {
    let app = App::new()
        .get("/", |_: &Request<'_>| ([("X-A", "1"), ("X-A", "2"), ("X-B", "3")], "text"))
        .get("/later", |_: OwnedRequest| async { ([("X-A", "1"), ("X-B", "3")], "text") })
        .get("/plain", |_: &Request<'_>| "text")
        .after(|_: &Request<'_>, res: &mut Response<'_>| {
            let count = res.headers().get_all("x-a").count();
            let content_type = res.headers().get_text("Content-Type").unwrap_or("none").to_owned();
            res.set_header("X-A", count.to_string()).remove_header("x-b");
            res.header("X-Type", content_type).remove_header("content-type");
        });
    let mut client = TestClient::new(app);
    for (target, count) in [("/", "2"), ("/later", "1"), ("/plain", "0"), ("/missing", "0")] {
        let answer = client.get(target).send();
        assert_eq!(answer.header_all("x-a").collect::<Vec<_>>(), [count], "{target}");
        assert_eq!((answer.header("x-b"), answer.header("content-type")), (None, None), "{target}");
        assert_eq!(answer.header("x-type"), Some("text/plain; charset=utf-8"), "{target}");
    }
}

#[test]
fn a_built_answer_closes_and_tells_that_it_was_sent() {
    thread_local!(static TOLD: Rc<Cell<u32>> = Rc::default());
    let app = App::new().get("/", |_: OwnedRequest| async {
        let told = TOLD.with(Rc::clone);
        let tell = move |res: &mut Response<'_>| {
            res.on_sent(move || told.set(told.get() + 1)).close().text("x");
        };
        struct By<F>(F);
        impl<F: FnOnce(&mut Response<'_>)> IntoResponse for By<F> {
            fn into_response(self, response: &mut Response<'_>) {
                (self.0)(response);
            }
        }
        let told = TOLD.with(Rc::clone);
        OwnedResponse::of(By(tell)).on_sent(move || told.set(told.get() + 10))
    });
    let answer = TestClient::new(app).get("/").send();
    assert_eq!((answer.header("connection"), answer.text()), (Some("close"), "x"));
    assert_eq!(TOLD.with(|told| told.get()), 11);
}

#[test]
fn whoever_writes_an_answer_and_panics_leaves_the_next_one_whole() {
    struct Panics;
    impl IntoResponse for Panics {
        fn into_response(self, response: &mut Response<'_>) {
            response.header("X-A", "b").on_sent(|| {}).text("never");
            response.fail(Error::message(Status::GONE, "never"));
            panic!("a part of the test");
        }
    }
    for _ in 0..3 {
        let panicked = std::panic::catch_unwind(|| OwnedResponse::of(Panics));
        let words = panicked.unwrap_err();
        assert_eq!(words.downcast_ref(), Some(&"a part of the test"));
        let answer = OwnedResponse::of("text");
        assert_eq!((answer.headers().len(), answer.content().octets()), (1, Some(&b"text"[..])));
        assert!(answer.error().is_none());
    }
}

#[test]
fn an_answer_may_be_made_while_another_one_is() {
    struct Nested(u32);
    impl IntoResponse for Nested {
        fn into_response(self, response: &mut Response<'_>) {
            let mut inner = OwnedResponse::of("innermost");
            if self.0 > 0 {
                inner = OwnedResponse::of(Nested(self.0 - 1));
            }
            inner.set_header("X-Depth", self.0.to_string());
            inner.into_response(response);
        }
    }
    is(|| Nested(3), 200, &[TEXT, ("x-depth", "3")], "innermost");
}

#[test]
fn errors_are_answered_by_values_or_by_what_is_written() {
    let fails = || Err::<(), _>("x".parse::<u8>().unwrap_err());
    type Parse = core::num::ParseIntError;
    let app = |app: App| {
        app.get("/", move |_: &Request<'_>| fails())
            .get("/later", move |_: OwnedRequest| async move { fails() })
    };
    let by_value = |_: &Parse, req: &Request<'_>| {
        (Status::BAD_REQUEST, [("X-At", req.path().to_owned())], "no number")
    };
    let written = |_: &Parse, req: &Request<'_>, res: &mut Response<'_>| {
        res.set_status(Status::BAD_REQUEST).header("X-At", req.path()).text("no number");
    };
    let owned = |_: &Parse, req: &Request<'_>| {
        OwnedResponse::new(Status::BAD_REQUEST).header("X-At", req.path()).text("no number")
    };
    for app in [
        app(App::new().on_error(by_value)),
        app(App::new().on_error(written)),
        app(App::new().on_error(owned)),
    ] {
        let mut client = TestClient::new(app);
        for target in ["/", "/later"] {
            let answer = client.get(target).send();
            assert_eq!((answer.status(), answer.text()), (Status::BAD_REQUEST, "no number"));
            assert_eq!(answer.header("x-at"), Some(target));
        }
    }
    let app = app(App::new().on_error(|_: &Parse, _: &Request<'_>| "only text"));
    let answer = TestClient::new(app).get("/").send();
    assert_eq!((answer.status(), answer.text()), (Status::INTERNAL_SERVER_ERROR, "only text"));
}
