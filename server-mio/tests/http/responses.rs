//! Answers there and back.

use proptest::prelude::*;
use rajada_mio::{App, Body, OwnedRequest, OwnedResponse, Request, Status, TestClient};

fn theirs(status: u16, content: &'static str) -> http::Response<&'static str> {
    http::Response::builder().status(status).header("X-A", "b").body(content).unwrap()
}

#[test]
fn answers_of_the_crate_are_answers_of_handlers() {
    let app = App::new()
        .get("/answer", |_: &Request<'_>| theirs(201, "made"))
        .get("/async", |_: OwnedRequest| async { theirs(202, "made") })
        .get("/status", |_: &Request<'_>| http::StatusCode::IM_A_TEAPOT)
        .get("/tuple", |_: &Request<'_>| {
            let mut headers = http::HeaderMap::new();
            headers.insert("x-a", http::HeaderValue::from_static("b"));
            (http::StatusCode::ACCEPTED, headers, "made")
        })
        .get("/close", |_: &Request<'_>| {
            http::Response::builder().header("Connection", "close").body("bye").unwrap()
        })
        .get("/typed", |_: &Request<'_>| {
            http::Response::builder().header("Content-Type", "text/x").body("typed").unwrap()
        });
    let mut client = TestClient::new(app);
    for (path, status) in [("/answer", 201), ("/async", 202), ("/tuple", 202)] {
        let answer = client.get(path).send();
        assert_eq!((answer.status().as_u16(), answer.text()), (status, "made"), "{path}");
        assert_eq!(answer.header("x-a"), Some("b"), "{path}");
    }
    assert_eq!(client.get("/answer").send().header("content-type"), None);
    assert_eq!(client.get("/typed").send().header("content-type"), Some("text/x"));
    assert_eq!(client.get("/status").send().status(), Status::IM_A_TEAPOT);
    let last = client.get("/close").send();
    assert_eq!((last.text(), last.header("connection")), ("bye", Some("close")));
}

#[test]
fn a_status_without_a_class_is_500() {
    for code in [600, 999] {
        let app = App::new()
            .get("/answer", move |_: &Request<'_>| theirs(code, "made"))
            .get("/status", move |_: &Request<'_>| http::StatusCode::from_u16(code).unwrap());
        let mut client = TestClient::new(app);
        for path in ["/answer", "/status"] {
            let status = client.get(path).send().status();
            assert_eq!(status, Status::INTERNAL_SERVER_ERROR, "{path} {code}");
        }
    }
}

#[test]
fn what_has_failed_is_no_answer_yet() {
    let failed = OwnedResponse::new(Status::OK).header("Connection", "close");
    assert_eq!(failed.into_http().unwrap_err().status(), Status::INTERNAL_SERVER_ERROR);
    let missing = OwnedResponse::of(None::<&str>);
    assert_eq!(missing.into_http().unwrap_err().status(), Status::NOT_FOUND);
}

proptest! {
    #[test]
    fn an_answer_goes_there_and_back(
        code in 200u16..600,
        fields in prop::collection::vec(("x-[a-z]{1,3}", "[!-~]{0,12}"), 0..10),
        content in prop::collection::vec(any::<u8>(), 0..3000),
        closes in any::<bool>(),
    ) {
        let mut ours = OwnedResponse::new(Status::new(code).unwrap());
        for (name, value) in &fields {
            ours.headers_mut().add(name, value).unwrap();
        }
        ours.set_content(content.clone());
        if closes {
            ours = ours.close();
        }
        let theirs = ours.into_http().unwrap();
        prop_assert_eq!(theirs.status().as_u16(), code);
        prop_assert_eq!(theirs.headers().len(), fields.len() + usize::from(closes));
        let back = OwnedResponse::from(theirs);
        prop_assert_eq!(back.status().as_u16(), code);
        prop_assert_eq!(back.headers().len(), fields.len());
        prop_assert_eq!(back.content().octets(), Some(&content[..]));
        let again = back.into_http().unwrap();
        prop_assert_eq!(again.headers().contains_key("connection"), closes);
        prop_assert!(matches!(again.body(), Body::Owned(_)));
    }
}
