//! Fields and media types that are set, and requests of tests.

use std::panic::{AssertUnwindSafe, catch_unwind};

use proptest::prelude::*;
use rajada_mio::{App, BadHeader, ContentType, Error, Request, Response, TestClient, TestRequest};
use rajada_parser::encode::is_token;

use crate::wire::{ask, cases, written};

#[test]
fn white_space_around_a_value_is_not_sent_and_other_white_space_is() {
    for (given, sent) in [
        (&b" a\t"[..], &b"a"[..]),
        (b"\t ", b""),
        (b"a \tb", b"a \tb"),
        (b"\xc2\xa0a\xe2\x80\x80", b"\xc2\xa0a\xe2\x80\x80"),
        (b"\xe9", b"\xe9"),
    ] {
        let answer = written(move |res| res.header("X-A", given).text("text"));
        assert_eq!(answer.all("x-a"), [sent]);
    }
}

#[test]
fn fields_that_can_not_be_sent_are_an_error() {
    for (name, value) in [
        ("", "a"),
        ("a b", "a"),
        ("a:", "a"),
        (" a", "a"),
        ("\u{fc}", "a"),
        ("a\r\nb", "a"),
        ("a", "b\r\nc: d"),
        ("a", "\n"),
        ("a", "b\0"),
        ("a", "\u{b}b"),
        ("a", "\u{7f}"),
        ("Content-Length", "1"),
        ("transfer-encoding", "chunked"),
        ("Connection", "close"),
        ("Date", "today"),
    ] {
        let answer = written(move |res| res.header(name, value).text("text"));
        assert_eq!((answer.status, answer.text()), (500, "Internal Server Error"), "{name:?}");
        let answer = written(move |res| {
            assert!(matches!(res.try_header(name, value), Err(BadHeader)));
            res.text("text");
        });
        assert_eq!((answer.status, answer.text()), (200, "text"), "{name:?}: {value:?}");
    }
}

const OWN: ContentType = ContentType::new("text/x-own; a=\"b; c\"");

#[test]
fn an_answer_has_one_media_type_the_last_that_was_set() {
    let own = OWN.as_str();
    type Write = fn(&mut Response<'_>);
    let ways: [(Write, Option<&str>); 9] = [
        (|res| res.text("a"), Some("text/plain; charset=utf-8")),
        (|res| res.content_type(OWN).text("a"), Some(own)),
        (|res| res.header("Content-Type", "a/b").text("a"), Some("a/b")),
        (|res| res.content_type(OWN).header("Content-type", "a/b").text("a"), Some("a/b")),
        (|res| res.header("content-type", "a/b").content_type(OWN).text("a"), Some(own)),
        (
            |res| res.header("Content-Type", "a/b").header("CONTENT-TYPE", "c/d").text("a"),
            Some("c/d"),
        ),
        (|res| res.content_type(ContentType::JSON).content_type(OWN).text("a"), Some(own)),
        (|res| res.content_type(OWN).empty(), Some(own)),
        (|res| res.empty(), None),
    ];
    for (at, (write, sent)) in ways.into_iter().enumerate() {
        let write = move |res: &mut Response<'_>| {
            res.header("Content-Type-Not", "x");
            write(res);
        };
        let answer = written(write);
        assert_eq!(
            (answer.field("content-type"), answer.field("content-type-not")),
            (sent, Some("x")),
            "{at}"
        );
        let app = || App::new().get("/", move |_: &Request<'_>, res: &mut Response<'_>| write(res));
        let answer = ask(app().after(|_: &Request<'_>, _: &mut Response<'_>| {}), "GET");
        assert_eq!(answer.field("content-type"), sent, "{at}, with a hook");
        let answer = ask(
            app().after(|_: &Request<'_>, res: &mut Response<'_>| {
                res.header("Content-Type", "of/hook");
            }),
            "GET",
        );
        assert_eq!(answer.field("content-type"), Some("of/hook"), "{at}, by a hook");
        let answer = ask(
            app().after(|_: &Request<'_>, res: &mut Response<'_>| {
                res.content_type(ContentType::SVG);
            }),
            "GET",
        );
        assert_eq!(answer.field("content-type"), Some("image/svg+xml"), "{at}, by a hook");
        let answer = ask(
            app().after(|_: &Request<'_>, res: &mut Response<'_>| res.discard().html("b")),
            "GET",
        );
        let (content_type, text) = (answer.field("content-type"), answer.text());
        assert_eq!(
            (content_type, text),
            (Some("text/html; charset=utf-8"), "b"),
            "{at}, discarded"
        );
    }
}

#[test]
fn media_types_are_checked_when_they_are_made() {
    for bad in
        ["hello", "text/plain,x+json", "text/", "a b/c", "/x", "a/b;", "a/b; c=\"", "a/\u{e9}"]
    {
        assert!(catch_unwind(|| ContentType::new(bad)).is_err(), "{bad}");
    }
    for good in ["a/b", "text/csv;header=present", OWN.as_str(), "application/problem+json"] {
        let answer = written(move |res| res.content_type(ContentType::new(good)).text("text"));
        assert_eq!(answer.field("content-type"), Some(good));
    }
}

#[test]
fn methods_of_routes_are_tokens() {
    for method in ["", "GE T", "GET,POST", "GET\r\n", "G\u{c9}T", "a:b", "\"GET\""] {
        let app = App::new().route([method], "/", |_: &Request<'_>| "never");
        let error = app.check().unwrap_err();
        assert_eq!(error.to_string(), format!("route `/`: `{method}` is not a method"));
    }
}

#[test]
fn a_test_sends_what_a_client_can_send_or_nothing() {
    let sends = |request: TestRequest| {
        let mut client = TestClient::new(App::new().any("/{*rest}", |_: &Request<'_>| "here"));
        let sent = catch_unwind(AssertUnwindSafe(|| client.send_all([request])));
        sent.is_ok_and(|answers| answers[0].text() == "here")
    };
    let get = || TestRequest::get("/a");
    for bad in [
        TestRequest::new("", "/a"),
        TestRequest::new("GE T", "/a"),
        TestRequest::new("GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET", "/a"),
        TestRequest::get(""),
        TestRequest::get("/a b"),
        TestRequest::get("/\u{e9}"),
        TestRequest::get("/a HTTP/1.1\r\nX: y"),
        TestRequest::post("/a#b"),
        get().header("", "a"),
        get().header("a b", "c"),
        get().header("a:", "c"),
        get().header("a", "b\r\nc: d"),
        get().header("a", "b\0"),
        get().content("a/b\r\n", "content"),
    ] {
        let shown = format!("{bad:?}");
        assert!(!sends(bad), "{shown}");
    }
    for good in [
        TestRequest::new("BREW", "/a?b=%20|{}\""),
        get().header("X-A", "\u{e9} b\t"),
        get().header("Host", "b").content("a/b", "content"),
        get().content("a/b", vec![b'x'; 100_000]).header("X-Long", &"y".repeat(10_000)),
        TestRequest::post(&format!("/{}", "z".repeat(4000))).json(&["a"]),
    ] {
        let shown = format!("{:.100?}", format!("{good:?}"));
        assert!(sends(good), "{shown}");
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn any_field_arrives_as_it_was_given_or_is_an_error(
        name in prop_oneof!["[!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}", any::<String>()],
        value in prop_oneof![prop::collection::vec(any::<u8>(), 0..40), "[\\t -~\u{80}-\u{ff}]{0,40}".prop_map(String::into_bytes)],
    ) {
        let (own_name, own_value) = (format!("X{name}"), value.clone());
        let valid = is_token(own_name.as_bytes())
            && value.iter().all(|octet| matches!(octet, b'\t' | b' '..=b'~' | 0x80..));
        // At its ends only: none of what is refused is white space.
        let sent: &[u8] = value.trim_ascii();
        let field = own_name.clone();
        let answer = written(move |res| {
            let tried = res.try_header(&own_name, &own_value).map(|_| ());
            assert_eq!(tried.is_ok(), valid);
            if let Err(error) = tried {
                return res.fail(Error::from(error));
            }
            res.text("text");
        });
        let all: &[&[u8]] = if valid { &[sent] } else { &[] };
        prop_assert_eq!((answer.status, &*answer.all(&field)), (if valid { 200 } else { 500 }, all));
    }
}

#[test]
fn a_content_type_that_is_none_is_an_error() {
    for (value, status) in [
        ("text/plain", 200),
        ("multipart/byteranges; boundary=\"a b\"", 200),
        ("", 500),
        ("text", 500),
        ("text/plain,x+json", 500),
        ("text/plain; charset", 500),
        ("text/plain; charset=\"utf-8", 500),
    ] {
        let answer = written(move |res| res.header("Content-Type", value).text("a"));
        assert_eq!(answer.status, status, "{value}");
    }
}
