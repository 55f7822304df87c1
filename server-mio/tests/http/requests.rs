//! Requests there and back.

use proptest::prelude::*;
use rajada_mio::{
    App, Bytes, Error, Next, OwnedRequest, OwnedResponse, Request, RequestError, Response, Status,
    TestClient, Unrepresentable,
};

/// Everything that a handler is told, by its own request and by that of the crate `http`.
async fn shown(req: OwnedRequest) -> Result<String, Error> {
    let request = req.to_http()?;
    let (parts, content) = request.into_parts();
    assert_eq!((parts.method.as_str(), parts.uri.to_string()), (req.method(), uri(req.target())));
    assert_eq!(parts.headers.len(), req.headers().len());
    for field in req.headers().iter() {
        let name = std::str::from_utf8(field.name).unwrap();
        let values = parts.headers.get_all(name).iter().map(|value| value.as_bytes());
        assert!(values.eq(req.headers().get_all(name)), "{name}");
    }
    assert_eq!(content, req.bytes());
    let own = parts.extensions.get::<OwnedRequest>().unwrap();
    assert_eq!((own.peer(), own.pattern()), (req.peer(), req.pattern()));
    Ok(format!("{:?} {} {}", parts.version, parts.method, parts.uri))
}

/// As the crate `http` writes a target down: without the path, an absolute one has `/`.
fn uri(target: &str) -> String {
    target.parse::<http::Uri>().unwrap().to_string()
}

fn app() -> App {
    App::new()
        .any("/{**rest}", shown)
        .any("*", shown)
        .on_any_error(|failure, _, res| res.text(failure.detail().unwrap_or("?")))
}

fn exchanged(octets: &[u8]) -> String {
    let mut received = Vec::new();
    TestClient::new(app()).exchange(octets, &mut received);
    String::from_utf8(received).unwrap()
}

proptest! {
    #[test]
    fn a_request_is_the_same_to_both(
        method in "[A-Z!#$%&'*+.^_|~-]{1,10}",
        path in "(/[!$&-;=@-Z_a-z|~\"{}\\[\\]\\^]{0,10}){1,4}",
        query in prop::option::of("[!$-;=?-Z_a-z{}|~]{0,20}"),
        fields in prop::collection::vec(
            ("x-[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}", "[!-~]([ \t!-~]{0,20}[!-~])?"), 0..20,
        ),
        content in prop::option::of(prop::collection::vec(any::<u8>(), 0..3000)),
    ) {
        prop_assume!(method != "CONNECT" && method != "TRACE");
        let mut target = path.replace('%', "");
        if let Some(query) = query {
            target = format!("{target}?{query}");
        }
        let mut octets = format!("{method} {target} HTTP/1.1\r\nHost: a.example\r\n").into_bytes();
        for (name, value) in &fields {
            octets.extend(format!("{name}: {value}\r\n").bytes());
        }
        if let Some(content) = &content {
            octets.extend(format!("Content-Length: {}\r\n", content.len()).bytes());
        }
        octets.extend(b"\r\n");
        octets.extend(content.iter().flatten());
        let text = exchanged(&octets);
        prop_assert!(text.starts_with("HTTP/1.1 200"), "{}", text);
    }
}

#[test]
fn targets_of_every_form_are_handed_on() {
    for (line, shown) in [
        ("GET / HTTP/1.1", "HTTP/1.1 GET /"),
        ("GET /a%20b?c=%64 HTTP/1.0", "HTTP/1.0 GET /a%20b?c=%64"),
        ("OPTIONS * HTTP/1.1", "HTTP/1.1 OPTIONS *"),
        ("BREW http://a.example/b?c HTTP/1.1", "HTTP/1.1 BREW http://a.example/b?c"),
        ("GET http://a.example HTTP/1.1", "HTTP/1.1 GET http://a.example/"),
    ] {
        let text = exchanged(format!("{line}\r\nHost: a.example\r\n\r\n").as_bytes());
        assert!(text.ends_with(shown), "{text}");
    }
}

#[test]
fn what_the_crate_can_not_hold_is_400_and_says_why() {
    for path in ["/<", "/a>b", "/`"] {
        let text = exchanged(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes());
        assert!(text.starts_with("HTTP/1.1 400"), "{text}");
        assert!(
            text.ends_with("a target that can't be handed on: invalid uri character"),
            "{text}"
        );
    }
}

#[test]
fn slices_outlive_the_request() {
    thread_local! {
        static KEPT: std::cell::RefCell<Vec<Bytes>> = const { std::cell::RefCell::new(Vec::new()) };
    }
    let keep = async |req: OwnedRequest| {
        let head = req.head_bytes();
        let agent = head.slice_ref(req.header("user-agent").unwrap());
        KEPT.with_borrow_mut(|kept| kept.extend([agent, req.content_bytes().unwrap()]));
        Status::OK
    };
    let mut client = TestClient::new(App::new().post("/", move |req: OwnedRequest| keep(req)));
    for number in 0..3 {
        let agent = format!("agent {number}");
        let content = format!("content {number}");
        let call = client.post("/").header("user-agent", &agent).content("text/plain", content);
        assert_eq!(call.send().status(), Status::OK);
    }
    let kept = KEPT.take();
    let texts: Vec<&str> = kept.iter().map(|kept| std::str::from_utf8(kept).unwrap()).collect();
    let expected = ["agent 0", "content 0", "agent 1", "content 1", "agent 2", "content 2"];
    assert_eq!(texts, expected);
}

struct User(&'static str);

/// Gives what follows another head and other content.
async fn changed(mut req: OwnedRequest, next: Next) -> Result<OwnedResponse, Error> {
    assert!(req.bytes_are_unread());
    req.read_content().await?;
    let mut request = req.to_http()?;
    *request.uri_mut() = "/other?x=y".parse()?;
    request.headers_mut().insert("x-added", "1".parse()?);
    request.extensions_mut().insert(7u64);
    *request.body_mut() = Bytes::from(request.body().to_ascii_uppercase());
    Ok(next.run(req.with_http(request)?).await)
}

trait Unread {
    fn bytes_are_unread(&self) -> bool;
}

impl Unread for OwnedRequest {
    fn bytes_are_unread(&self) -> bool {
        matches!(self.content_bytes(), Err(RequestError::Unread))
    }
}

#[test]
fn what_is_behind_a_hook_gets_the_request_that_it_makes() {
    fn handler(req: &Request<'_>) -> String {
        let extensions = req.extension::<http::Extensions>().unwrap();
        assert!(extensions.get::<OwnedRequest>().is_none(), "it would keep itself");
        format!(
            "{} {} {} {:?} {:?} {} {} {}",
            req.method(),
            req.target(),
            req.param("id"),
            req.header_text("x-added"),
            req.query_string(),
            req.text().unwrap(),
            extensions.get::<u64>().unwrap(),
            req.extension::<User>().unwrap().0,
        )
    }
    async fn before(req: &mut OwnedRequest) {
        req.extend(User("Ada"));
    }
    async fn later(mut req: OwnedRequest) -> String {
        req.extend(User("Grace"));
        handler(&req.as_request())
    }
    let app = App::new()
        .before(before)
        .around(changed)
        .post("/sync/{id}", handler)
        .post("/async/{id}", later)
        .after(|req: &Request<'_>, res: &mut Response<'_>| {
            // Whoever is further out sees the request as it came, and what was attached to either.
            let user = req.extension::<User>().unwrap().0;
            res.header("X-Seen", format!("{} {user}", req.target()));
        });
    let mut client = TestClient::new(app);
    for (path, user) in [("/sync/a", "Ada"), ("/async/a", "Grace")] {
        let answer = client.post(path).content("text/plain", "content").send();
        let expected = format!("POST /other?x=y a Some(\"1\") Some(\"x=y\") CONTENT 7 {user}");
        assert_eq!(answer.text(), expected);
        assert_eq!(answer.header("x-seen"), Some(&*format!("{path} {user}")));
    }
}

#[test]
fn what_is_no_request_is_not_put_in_its_place() {
    async fn versions(req: OwnedRequest) -> String {
        let mut request = req.to_http().unwrap();
        *request.version_mut() = http::Version::HTTP_2;
        let error = req.with_http(request).unwrap_err();
        format!("{:?}", error.find::<Unrepresentable>())
    }
    let mut client = TestClient::new(App::new().get("/", versions));
    assert_eq!(client.get("/").send().text(), "Some(Version)");
}
