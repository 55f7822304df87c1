//! Answers that the server makes out of what others have said: errors, panics, what no route is for.

use std::panic::panic_any;

use proptest::prelude::*;
use rajada_mio::{App, ContentType, Error, Request, Response, Status, TestClient};

use crate::wire::{ask, cases, exchange, read_all};

#[derive(Debug)]
struct Own(String);

impl core::fmt::Display for Own {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for Own {}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn errors_say_what_they_were_told_to_say(text in any::<String>(), code in 400_u16..600, debug in any::<bool>()) {
        let (status, told) = (Status::new(code).unwrap(), text.clone());
        let fails = move |_: &Request<'_>| Err::<(), _>(Error::message(status, told.clone()));
        let answer = ask(App::new().debug(debug).get("/", fails), "GET");
        let sent = if debug || code < 500 { &*text } else { status.reason() };
        prop_assert_eq!((answer.status, answer.text()), (code, sent));
        prop_assert_eq!(answer.field("content-type"), Some("text/plain; charset=utf-8"));
    }

    #[test]
    fn panics_are_shown_when_they_are_wanted(text in any::<String>()) {
        let told = text.clone();
        let panics = move |_: &Request<'_>| -> () { panic_any(told.clone()) };
        let answer = ask(App::new().debug(true).get("/", panics.clone()), "GET");
        prop_assert_eq!((answer.status, answer.text()), (500, &*text));
        let answer = ask(App::new().get("/", panics), "GET");
        prop_assert_eq!((answer.status, answer.text()), (500, "Internal Server Error"));
    }

    #[test]
    fn handlers_of_errors_and_of_what_is_missing_say_what_they_like(text in any::<String>()) {
        let (told, page) = (text.clone(), text.clone());
        let app = App::new()
            .get("/", move |_: &Request<'_>| Err::<(), _>(Own(told.clone())))
            .on_error(|error: &Own, _: &Request<'_>, res: &mut Response<'_>| {
                res.set_status(Status::CONFLICT).html(&error.0);
            })
            .not_found(move |_: &Request<'_>, res: &mut Response<'_>| res.html(&page));
        let mut client = TestClient::new(app);
        for (target, status) in [("/", 409), ("/missing", 404)] {
            let sent = format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n");
            let answer = exchange(&mut client, "GET", sent);
            prop_assert_eq!((answer.status, answer.text()), (status, &*text));
            prop_assert_eq!(answer.field("content-type"), Some("text/html; charset=utf-8"));
        }
    }

    #[test]
    fn methods_of_a_route_are_told(methods in prop::collection::btree_set("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}", 1..6)) {
        let declared: Vec<String> = methods.iter().filter(|method| *method != "OPTIONS").cloned().collect();
        let names = declared.iter().map(String::as_str);
        let mut client = TestClient::new(App::new().route(names, "/", |_: &Request<'_>| "here"));
        for (method, status) in [("DELETE", 405), ("OPTIONS", 204)] {
            if declared.iter().any(|own| own == method) {
                continue;
            }
            let sent = format!("{method} / HTTP/1.1\r\nHost: a\r\n\r\n");
            let answer = exchange(&mut client, method, sent);
            let mut allowed: Vec<_> = rajada_parser::list::elements(answer.all("allow")[0])
                .map(|one| String::from_utf8(one.unwrap().to_vec()).unwrap())
                .filter(|one| one != "OPTIONS" && (one != "HEAD" || declared.contains(one)))
                .collect();
            allowed.sort();
            prop_assert_eq!((answer.status, &allowed), (status, &declared));
        }
        for method in &declared {
            let sent = format!("{method} / HTTP/1.1\r\nHost: a\r\n\r\n");
            prop_assert_eq!(exchange(&mut client, method, sent).status, 200);
        }
    }

    #[test]
    fn pages_of_errors_are_sent_as_they_are(text in any::<String>()) {
        let html = ContentType::new("text/html;charset=\"utf-8\"");
        let app = App::new().error_page(Status::BAD_REQUEST, html, text.clone());
        let answer = exchange(&mut TestClient::new(app), "GET", "GET / HTTP/1.1\r\nHost : a\r\n\r\n");
        prop_assert_eq!((answer.status, answer.text()), (400, &*text));
        prop_assert_eq!(answer.field("content-type"), Some(html.as_str()));
    }
}

#[test]
fn what_no_route_is_for_has_a_plain_answer() {
    let app = || App::new().get("/", |_: &Request<'_>| "here");
    for (line, status, allow) in [
        ("GET /missing", 404, None),
        ("GET /%zz", 400, None),
        ("GET /%00", 400, None),
        ("POST /", 405, Some("GET, HEAD, OPTIONS")),
        ("BREW /", 501, None),
        ("OPTIONS /", 204, Some("GET, HEAD, OPTIONS")),
        ("OPTIONS *", 204, Some("GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS")),
    ] {
        let sent = format!("{line} HTTP/1.1\r\nHost: a\r\n\r\n");
        let method = line.split(' ').next().unwrap();
        let answer = exchange(&mut TestClient::new(app()), method, sent);
        assert_eq!((answer.status, answer.field("allow")), (status, allow), "{line}");
    }
}

#[test]
fn what_is_no_request_has_a_plain_answer() {
    for (sent, statuses) in [
        ("GET / HTTP/1.1\r\n\r\n", &[400][..]),
        ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", &[505]),
        ("POST / HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 1\r\n\r\nx", &[417]),
        ("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n", &[100]),
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\nG=T / HTTP/1.1\r\nHost : a\r\n\r\n", &[200, 400]),
    ] {
        let app = App::new().any("/", |_: &Request<'_>| "here");
        let mut received = Vec::new();
        TestClient::new(app).exchange(sent.as_bytes(), &mut received);
        let answers = read_all("POST", &received);
        let told: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(told, statuses, "{sent:?}");
        assert!(answers.iter().all(|answer| answer.status == 100 || !answer.content.is_empty()));
    }
}
