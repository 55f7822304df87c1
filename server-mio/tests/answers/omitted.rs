//! Answers without their content, or without a type.

use rajada_mio::{App, Body, OwnedRequest, OwnedResponse, Request, Response, Status, TestClient};

fn later(app: App) -> App {
    app.after(|_: &Request<'_>, _: &mut Response<'_>| {})
}

#[test]
fn an_answer_to_head_tells_the_length_that_its_handler_says() {
    let app = || {
        App::new()
            .route(["HEAD"], "/known", |_: &Request<'_>| Body::omitted(Some(1 << 40)))
            .route(["HEAD"], "/unknown", |_: &Request<'_>| Body::omitted(None))
            .route(["HEAD"], "/async", |_: OwnedRequest| async { Body::omitted(Some(7)) })
            .get("/get", |_: &Request<'_>| "12345")
            .get("/unchanged", |_: &Request<'_>| (Status::NOT_MODIFIED, Body::omitted(Some(5))))
    };
    for app in [app(), later(app())] {
        let mut client = TestClient::new(app);
        let mut head = |path: &str| {
            let answer = client.request("HEAD", path).send();
            assert!(answer.content().is_empty(), "{path}");
            answer.header("content-length").map(str::to_owned)
        };
        assert_eq!(head("/known").as_deref(), Some("1099511627776"));
        assert_eq!(head("/unknown"), None);
        assert_eq!(head("/async").as_deref(), Some("7"));
        assert_eq!(head("/get").as_deref(), Some("5"));
        let unchanged = client.get("/unchanged").send();
        assert_eq!(
            (unchanged.status(), unchanged.header("content-length")),
            (Status::NOT_MODIFIED, Some("5"))
        );
        assert_eq!(client.get("/get").send().text(), "12345");
    }
}

#[test]
fn an_answer_is_cut_short_whose_content_is_left_out_and_was_to_be_sent() {
    let app = App::new().get("/", |_: &Request<'_>| Body::omitted(Some(5)));
    let mut client = TestClient::new(app);
    let mut received = Vec::new();
    client.exchange(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", &mut received);
    let text = String::from_utf8(received).unwrap();
    assert!(text.contains("Content-Length: 5\r\n") && text.ends_with("\r\n\r\n"), "{text}");
    assert_eq!(client.state(), None, "the connection has ended");
}

#[test]
fn content_may_be_without_a_type_or_with_one_that_is_made_while_it_runs() {
    let app = || {
        App::new()
            .get("/owned", |_: &Request<'_>| {
                let mut answer = OwnedResponse::new(Status::OK);
                answer.set_content("untyped");
                answer
            })
            .get("/written", |_: &Request<'_>, res: &mut Response<'_>| {
                res.remove_header("Content-Type").text("untyped");
            })
            .get("/made/{kind}", |req: &Request<'_>| {
                ([("Content-Type", format!("text/{}", req.param("kind")))], "typed")
            })
    };
    for app in [app(), later(app())] {
        let mut client = TestClient::new(app);
        for path in ["/owned", "/written"] {
            let answer = client.get(path).send();
            assert_eq!((answer.text(), answer.header("content-type")), ("untyped", None), "{path}");
        }
        let made = client.get("/made/x-any").send();
        assert_eq!((made.text(), made.header("content-type")), ("typed", Some("text/x-any")));
    }
}
