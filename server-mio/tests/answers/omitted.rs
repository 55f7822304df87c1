//! Answers without their content, or without a type.

use rajada_mio::{App, Body, OwnedRequest, OwnedResponse, Request, Response, Status, TestClient};

fn later(app: App) -> App {
    app.after(|_: &Request<'_>, _: &mut Response<'_>| {})
}

#[test]
fn an_answer_to_head_tells_the_length_that_its_handler_says() {
    let app = || {
        App::new()
            .route(["HEAD"], "/known", |_: &Request<'_>| Body::Omitted(Some(1 << 40)))
            .route(["HEAD"], "/unknown", |_: &Request<'_>| Body::Omitted(None))
            .route(["HEAD"], "/async", |_: OwnedRequest| async { Body::Omitted(Some(7)) })
            .get("/get", |_: &Request<'_>| "12345")
            .get("/unchanged", |_: &Request<'_>| (Status::NOT_MODIFIED, Body::Omitted(Some(5))))
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
fn content_that_was_left_out_and_is_to_be_sent_is_500() {
    for octets in [Some(5), None] {
        let app = || App::new().get("/", move |_: &Request<'_>| Body::Omitted(octets));
        for app in [app(), later(app())] {
            let mut client = TestClient::new(app);
            assert_eq!(client.get("/").send().status(), Status::INTERNAL_SERVER_ERROR);
            assert_eq!(client.request("HEAD", "/").send().status(), Status::OK);
        }
    }
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
