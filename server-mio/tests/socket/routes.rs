//! From paths and methods to handlers.

use rajada_mio::{App, Request, Response};

use crate::serving::serve;

#[test]
fn patterns_methods_and_paths_lead_to_handlers() {
    let app = App::new()
        .get("/", |_: &Request<'_>| "root")
        .get("/user/me", |_: &Request<'_>| "me")
        .get("/user/{id}", |req: &Request<'_>, res: &mut Response<'_>| res.text(req.param("id")))
        .get("/files/{*rest}", |req: &Request<'_>| {
            format!("{} of {}", req.param("rest"), req.pattern().unwrap())
        })
        .put("/user/{id}", |_: &Request<'_>| "put")
        .any("/any", |req: &Request<'_>| req.method().to_owned());
    let serving = serve(app);
    let mut client = serving.client();
    for (method, target, status, text) in [
        ("GET", "/", 200, "root"),
        ("GET", "/?a=b", 200, "root"),
        ("GET", "http://a/", 200, "root"),
        ("GET", "http://a", 200, "root"),
        ("GET", "/user/me", 200, "me"),
        ("GET", "/user/7", 200, "7"),
        ("GET", "/user/a%2Fb", 200, "a/b"),
        ("GET", "/user/%C3%a9+", 200, "é+"),
        ("GET", "/user/7/", 404, "Not Found"),
        ("GET", "/files/a/b", 200, "a/b of /files/{*rest}"),
        ("PUT", "/user/7", 200, "put"),
        ("DELETE", "/user/7", 405, "Method Not Allowed"),
        ("get", "/", 501, "Not Implemented"),
        ("BREW", "/", 501, "Not Implemented"),
        ("BREW", "/any", 200, "BREW"),
        ("TRACE", "/any", 405, "Method Not Allowed"),
        ("GET", "/user/%zz", 400, "Bad Request"),
        ("GET", "/user/%00", 400, "Bad Request"),
    ] {
        let answer = client.ask(method, target);
        assert_eq!((answer.status, answer.text()), (status, text), "{method} {target}");
    }
}

#[test]
fn a_method_that_a_route_lacks_is_answered_with_those_it_has() {
    let app = App::new().get("/", |_: &Request<'_>| "root").put("/", |_: &Request<'_>| "put");
    let serving = serve(app);
    let mut client = serving.client();
    for (method, target, status, allow) in [
        ("POST", "/", 405, "GET, HEAD, PUT, OPTIONS"),
        ("OPTIONS", "/", 204, "GET, HEAD, PUT, OPTIONS"),
        ("OPTIONS", "*", 204, "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS"),
    ] {
        let answer = client.ask(method, target);
        assert_eq!(
            (answer.status, answer.header("allow")),
            (status, Some(allow)),
            "{method} {target}"
        );
    }
}

#[test]
fn head_is_get_without_content() {
    let serving = serve(App::new().get("/", |_: &Request<'_>| "root"));
    let mut client = serving.client();
    let (get, head) = (client.ask("GET", "/"), client.ask("HEAD", "/"));
    assert_eq!(get.head, head.head);
    assert_eq!(head.header("content-length"), Some("4"));
    assert!(head.content.is_empty());
}

#[test]
fn routes_that_can_not_be_served_are_told_before_anything_is() {
    let hello = |_: &Request<'_>| "hello";
    for app in [
        App::new().get("/a", hello).get("/a", hello),
        App::new().get("a", hello),
        App::new().get("/{a", hello),
        App::new().get("/{a}", hello).get("/{b}", hello),
    ] {
        assert!(app.check().is_err());
        assert_eq!(app.bind("127.0.0.1:0").unwrap_err().kind(), std::io::ErrorKind::InvalidInput);
    }
}
