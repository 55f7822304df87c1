//! What a request tells when it is asked.

use rajada_mio::{App, Json, OwnedRequest, Request, RequestError};

use crate::client::Answer;
use crate::serving::serve;

/// Sends one request with some header lines and content, and gives the answer.
fn ask(app: App, line: &str, headers: &str, content: &str) -> Answer {
    let serving = serve(app);
    let mut client = serving.client();
    let length = if content.is_empty() {
        String::new()
    } else {
        format!("Content-Length: {}\r\n", content.len())
    };
    let host = if headers.contains("Host:") { "" } else { "Host: a\r\n" };
    client.send(format!("{line} HTTP/1.1\r\n{host}{headers}{length}\r\n{content}"));
    client.answer()
}

#[test]
fn the_line_of_a_request() {
    let app = App::new().any("/a/{b}", |req: &Request<'_>| {
        format!(
            "{} {} {} {:?} {:?} {} {:?}",
            req.method(),
            req.target(),
            req.path(),
            req.query_string(),
            req.version(),
            req.pattern().unwrap(),
            req.params().collect::<Vec<_>>(),
        )
    });
    let answer = ask(app, "PATCH /a/%62%20c?d=e%20f", "", "");
    assert_eq!(
        answer.text(),
        "PATCH /a/%62%20c?d=e%20f /a/b c Some(\"d=e%20f\") Http11 /a/{b} [(\"b\", \"b c\")]"
    );
}

#[test]
fn headers_without_case_repeated_and_in_order() {
    let app = App::new().get("/", |req: &Request<'_>| {
        let accepts: Vec<_> = req
            .header_all("ACCEPT")
            .map(|value| String::from_utf8_lossy(value).into_owned())
            .collect();
        let names: Vec<_> = req
            .headers()
            .iter()
            .map(|field| String::from_utf8_lossy(field.name).into_owned())
            .collect();
        format!(
            "{:?} {} {} {:?}",
            req.header_text("x-a"),
            accepts.join("+"),
            names.join(","),
            req.header("missing")
        )
    });
    let answer = ask(app, "GET /", "X-A: 1\r\naccept: b\r\nAccept: c\r\n", "");
    assert_eq!(answer.text(), "Some(\"1\") b+c Host,X-A,accept,Accept None");
}

#[test]
fn query_pairs_are_decoded_once() {
    let app = App::new().get("/", |req: &Request<'_>| {
        let pairs: Vec<_> = req.query().map(|(name, value)| format!("{name}={value}")).collect();
        format!(
            "{} | {:?} | {}",
            pairs.join(","),
            req.query().first("a"),
            req.query().all("a").count()
        )
    });
    let answer = ask(app, "GET /?a=1+2&a=%2541&b&%C3%A9=%26", "", "");
    assert_eq!(answer.text(), "a=1 2,a=%41,b=,é=& | Some(\"1 2\") | 2");
}

#[test]
fn cookies_one_by_one_and_a_bad_one_costs_itself() {
    let app = App::new().get("/", |req: &Request<'_>| {
        let cookies: Vec<_> =
            req.cookies().map(|cookie| format!("{}:{}", cookie.name(), cookie.value())).collect();
        format!("{} {:?} {:?}", cookies.join(","), req.cookie("b"), req.cookie("c"))
    });
    let answer = ask(app, "GET /", "Cookie: a=1; nonsense; b=2;; =x\r\nCookie: d=4=5\r\n", "");
    assert_eq!(answer.text(), "a:1,b:2,d:4=5 Some(\"2\") None");
}

#[test]
fn a_line_of_cookies_longer_than_a_head_may_be_is_refused() {
    let app = App::new().get("/", |req: &Request<'_>| req.cookies().count().to_string());
    let serving = serve(app);
    let fits = format!("Cookie: {}\r\n", "a=b; ".repeat(10_000));
    let mut client = serving.client();
    client.send(format!("GET / HTTP/1.1\r\nHost: a\r\n{fits}\r\n"));
    assert_eq!(client.answer().text(), "10000");
    // The server says so at once, and takes the rest before it closes.
    let mut client = serving.client();
    client.send(format!("GET / HTTP/1.1\r\nHost: a\r\nCookie: a={}\r\n\r\n", "b".repeat(1 << 20)));
    let answer = client.answer();
    assert_eq!((answer.status, answer.header("connection")), (431, Some("close")));
    client.assert_closed();
}

#[test]
fn host_and_port() {
    let app = || {
        App::new()
            .get("/", |req: &Request<'_>| format!("{:?} {:?}", req.host().unwrap(), req.port()))
    };
    for (host, text) in [
        ("example.org", "\"example.org\" None"),
        ("example.org:8080", "\"example.org\" Some(8080)"),
        ("[::1]", "\"[::1]\" None"),
        ("[::1]:80", "\"[::1]\" Some(80)"),
    ] {
        assert_eq!(ask(app(), "GET /", &format!("Host: {host}\r\n"), "").text(), text);
    }
}

#[test]
fn peer_address_and_persistence() {
    let app =
        App::new().get("/", |req: &Request<'_>| format!("{} {}", req.peer(), req.keep_alive()));
    let serving = serve(app);
    let mut client = serving.client();
    let own = client.stream.local_addr().unwrap();
    assert_eq!(client.get("/").text(), format!("{own} true"));
    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n");
    assert_eq!(client.answer().text(), format!("{own} false"));
}

#[test]
fn media_type_and_charset() {
    let app = || {
        App::new().post("/", |req: &Request<'_>| {
            let media_type = req.media_type()?;
            Ok::<_, RequestError>(format!(
                "{:?} {:?}",
                media_type.map(|media_type| media_type.essence()),
                media_type.and_then(|media_type| media_type.charset()),
            ))
        })
    };
    let answer = ask(app(), "POST /", "Content-Type: text/html; Charset=\"UTF-8\"\r\n", "x");
    assert_eq!(answer.text(), "Some(\"text/html\") Some(\"UTF-8\")");
    assert_eq!(ask(app(), "POST /", "", "x").text(), "None None");
    assert_eq!(ask(app(), "POST /", "Content-Type: html\r\n", "x").status, 400);
    // Which of two is meant would be a guess.
    assert_eq!(ask(app(), "POST /", "Content-Type: a/b\r\nContent-Type: a/c\r\n", "x").status, 400);
}

#[test]
fn content_as_octets_and_as_text() {
    let app = || {
        App::new()
            .post("/octets", |req: &Request<'_>| req.bytes().len().to_string())
            .post("/text", |req: &Request<'_>| req.text().map(str::to_owned))
    };
    assert_eq!(ask(app(), "POST /octets", "", "12345").text(), "5");
    assert_eq!(ask(app(), "POST /octets", "", "").text(), "0");
    assert_eq!(ask(app(), "POST /text", "", "héllo").text(), "héllo");
    assert_eq!(
        ask(app(), "POST /text", "Content-Type: text/plain; charset=latin1\r\n", "x").status,
        415
    );
    let serving = serve(app());
    assert_eq!(serving.client().post("/text", "text/plain", b"\xff").status, 400);
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Point {
    x: i32,
    y: i32,
}

fn json_app() -> App {
    App::new().post("/", |req: &Request<'_>| {
        let point: Point = req.json()?;
        Ok::<_, RequestError>(Json(Point { x: point.y, y: point.x }))
    })
}

#[test]
fn content_as_json() {
    let answer =
        ask(json_app(), "POST /", "Content-Type: application/json\r\n", "{\"x\": 1, \"y\": 2}");
    assert_eq!(
        (answer.text(), answer.header("content-type")),
        ("{\"x\":2,\"y\":1}", Some("application/json"))
    );
    assert_eq!(
        ask(json_app(), "POST /", "Content-Type: a/b+json\r\n", "{\"x\":1,\"y\":2}").status,
        200
    );
    assert_eq!(ask(json_app(), "POST /", "Content-Type: text/plain\r\n", "{}").status, 415);
    let bad = ask(json_app(), "POST /", "", "{\"x\": \"<script>\"}");
    assert_eq!((bad.status, bad.text().contains("x: invalid type")), (400, true), "{}", bad.text());
    // What it says of the content is no page.
    assert_eq!(bad.header("content-type"), Some("text/plain; charset=utf-8"));
}

#[test]
fn content_as_a_form() {
    let app = || {
        App::new().post("/", |req: &Request<'_>| {
            let form = req.form()?;
            Ok::<_, RequestError>(form.first("name").unwrap_or_default().into_owned())
        })
    };
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    assert_eq!(ask(app(), "POST /", form, "a=b&name=J%C3%B6rg+M").text(), "Jörg M");
    assert_eq!(ask(app(), "POST /", "Content-Type: text/plain\r\n", "a=b").status, 415);
    assert_eq!(ask(app(), "POST /", "", "a=b").status, 415);
}

#[cfg(feature = "multipart")]
#[test]
fn content_as_a_multipart_form_with_files() {
    let app = || {
        App::new().post("/", |req: &Request<'_>| {
            let told = req.multipart()?.into_iter().map(|part| {
                format!(
                    "{:?} {:?} {:?} {}",
                    part.name,
                    part.file_name,
                    part.media_type,
                    part.text().unwrap()
                )
            });
            Ok::<_, RequestError>(told.collect::<Vec<_>>().join("\n"))
        })
    };
    let form = "Content-Type: multipart/form-data; boundary=xyz\r\n";
    let content = "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n\
                   --xyz\r\nContent-Disposition: form-data; name=\"f\"; filename=\"n.txt\"\r\nContent-Type: text/plain\r\n\r\n\
                   two\r\nlines\r\n--xyz--\r\n";
    assert_eq!(
        ask(app(), "POST /", form, content).text(),
        "\"a\" None None one\n\"f\" Some(\"n.txt\") Some(\"text/plain\") two\r\nlines"
    );
    assert_eq!(ask(app(), "POST /", form, "--xyz\r\nContent-Dis").status, 400);
    assert_eq!(ask(app(), "POST /", "Content-Type: multipart/form-data\r\n", content).status, 400);
    assert_eq!(ask(app(), "POST /", "Content-Type: text/plain\r\n", content).status, 415);
}

#[test]
fn an_owned_request_tells_the_same() {
    let app = App::new().post("/a/{b}", |req: OwnedRequest| async move {
        rajada_mio::yield_now().await;
        format!(
            "{} {} {:?} {} {:?} {:?} {} {}",
            req.method(),
            req.path(),
            req.query().first("q"),
            req.param("b"),
            req.header_text("x-a"),
            req.cookie("c"),
            req.text().unwrap(),
            req.host().unwrap(),
        )
    });
    let answer = ask(app, "POST /a/%C3%A9?q=1", "X-A: y\r\nCookie: c=d\r\n", "content");
    assert_eq!(answer.text(), "POST /a/é Some(\"1\") é Some(\"y\") Some(\"d\") content a");
}
