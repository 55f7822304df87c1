//! Requests that are lent to services that look for no extensions.

use std::time::Duration;

use http_body_util::{BodyExt, Full};
use rajada_mio::{
    App, Bytes, Clock, OwnedRequest, Request, Response, Status, TestClient, sleep, with_extensions,
};
use tower::service_fn;

use crate::services::{Answer, Asked};

/// Tells all that it was sent, or does what the path says.
async fn tell(request: Asked) -> Result<http::Response<Full<Bytes>>, std::io::Error> {
    let (parts, body) = request.into_parts();
    match parts.uri.path() {
        "/panic" => panic!("a service that panics"),
        "/error" => return Err(std::io::Error::other("a service that fails")),
        "/later" => sleep(Duration::from_millis(5)).await,
        _ => {}
    }
    let length = http_body::Body::size_hint(&body).exact();
    let content = body.collect().await.map_err(std::io::Error::other)?;
    let trailers = format!("{:?}", content.trailers());
    let text = format!(
        "{} {} {:?} {:?} {length:?} {} {trailers}",
        parts.method,
        parts.uri,
        parts.version,
        parts.headers,
        String::from_utf8_lossy(&content.to_bytes()),
    );
    Ok(http::Response::new(text.into()))
}

/// What is answered, piece by piece, but for the date.
fn answered(app: App, pieces: &[&str]) -> String {
    let mut client = TestClient::with_clock(app, Clock::manual());
    let mut received = Vec::new();
    for piece in pieces {
        client.exchange(piece.as_bytes(), &mut received);
    }
    let text = String::from_utf8(received).unwrap();
    text.split_inclusive("\r\n").filter(|line| !line.starts_with("Date: ")).collect()
}

#[test]
fn a_service_is_lent_what_it_would_be_given_otherwise() {
    let get =
        |target: &str| format!("GET {target} HTTP/1.1\r\nHost: a\r\nX-A: b\r\nx-a: c\r\n\r\n");
    let post = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\ncontent";
    let chunked = "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-B: c\r\n\r\n";
    let line = |method: &str, target: &str| {
        format!("{method} {target} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    };
    let burst: String = [
        "/a", "/later", "/a", "/panic", "/a?b=%41", "/error", "/a%20b", "/a%zz", "/<", "/later",
        "/a",
    ]
    .map(get)
    .concat();
    let others =
        [line("HEAD", "/"), line("TRACE", "/"), line("OPTIONS", "*"), line("BREW", "/a")].concat();
    let mut statuses = 0;
    for pieces in [
        &[&*burst][..],
        &[&*others, &*others],
        &[post, post, post],
        &[&post[..50], &post[50..], chunked, &chunked[..70], &chunked[70..]],
    ] {
        let kept = answered(App::of_service(service_fn(tell)), pieces);
        let lent = answered(App::of_service(service_fn(tell)).without_extensions(), pieces);
        assert_eq!(kept, lent);
        statuses += kept.matches("HTTP/1.1 200").count();
        assert_eq!(kept.matches("HTTP/1.1 500").count(), if pieces[0] == burst { 2 } else { 0 });
    }
    assert_eq!(statuses, 8 + 8 + 3 + 3);
}

/// Whether a request has extensions.
async fn has_extensions(request: Asked) -> Answer {
    let has = !request.extensions().is_empty();
    Ok(http::Response::new(format!("{has}").into()))
}

#[test]
fn who_is_to_see_requests_behind_a_service_has_them_kept() {
    let text = |app: App| TestClient::new(app).get("/").send().text().to_owned();
    let alone = || App::of_service(service_fn(has_extensions));
    assert_eq!(text(alone()), "true");
    assert_eq!(text(alone().without_extensions()), "false");
    let after = |_: &Request<'_>, _: &mut Response<'_>| {};
    assert_eq!(text(alone().without_extensions().after(after)), "true");
    let among_others = App::new().get("/a", |_: &Request<'_>| "a");
    let among_others = among_others.service("/{**rest}", service_fn(has_extensions));
    assert_eq!(text(among_others.without_extensions()), "true");
    let peer = |_: &OwnedRequest, extensions: &mut http::Extensions| {
        extensions.insert(Status::OK);
    };
    let extended = with_extensions(service_fn(has_extensions), peer);
    assert_eq!(text(App::of_service(extended).without_extensions()), "false", "it can't be called");
}
