//! What is decided of which head, and which offence comes first.

use crate::scan::class::{HOST, belongs};
use crate::{
    Authority, BodyLength, Config, Error, ErrorKind, Framing, Positions, Resume, Status, Version,
};
use BodyLength::{Chunked, Exact, UntilClose};
use ErrorKind::*;
use std::string::String;
use std::vec::Vec;

fn request(line: &str, fields: &str) -> Result<Framing, Error> {
    let head: String = std::format!("{line}\r\n{fields}\r\n");
    let (mut at, mut slots) = (Resume::new(), Positions::<32>::new());
    let Status::Complete(request, _) =
        Config::STRICT.parse_request(head.as_bytes(), &mut at, &mut slots)?
    else {
        panic!("incomplete: {head}");
    };
    let framing = request.framing();
    if request.is_plain() {
        assert_eq!((request.version(), request.method()), (Version::Http11, &b"GET"[..]), "{head}");
        let keep_alive = framing.is_ok_and(|framing| framing.keep_alive);
        let plain = Framing { persistent: true, keep_alive, ..Framing::NONE };
        assert_eq!(framing, Ok(plain), "{head}");
    }
    if let Some(length) = request.plain_length() {
        assert_eq!(request.version(), Version::Http11, "{head}");
        assert!(!matches!(request.method(), b"HEAD" | b"CONNECT"), "{head}");
        let keep_alive = framing.is_ok_and(|framing| framing.keep_alive);
        let body = Exact(length);
        let plain = Framing { body, persistent: true, keep_alive, ..Framing::NONE };
        assert_eq!(framing, Ok(plain), "{head}");
    }
    framing
}

#[test]
fn most_requests_are_plain() {
    for (head, plain) in [
        ("GET /a HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n", true),
        ("GET /a HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n", true),
        ("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", true),
        ("PUT /a HTTP/1.1\r\nHost: a\r\n\r\n", false),
        ("GEX /a HTTP/1.1\r\nHost: a\r\n\r\n", false),
        ("XGET /a HTTP/1.1\r\nHost: a\r\n\r\n", false),
        ("GET /a HTTP/1.0\r\nHost: a\r\n\r\n", false),
        ("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n", false),
        ("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", false),
        ("GET /a HTTP/1.1\r\nAccept: */*\r\n\r\n", false),
        ("GET /a HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", false),
        ("GET /a HTTP/1.1\r\nHost: a/b\r\n\r\n", false),
        ("GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false),
        ("GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", false),
        ("GET /a HTTP/1.1\r\nConnection: Keep-Alive\r\nHost: a\r\n\r\n", true),
        ("GET /a HTTP/1.1\r\nConnection: keep-alive, a\r\nHost: a\r\n\r\n", false),
        ("GET /a HTTP/1.1\r\nConnections: keep-alive\r\nHost: a\r\n\r\n", true),
        ("GET /a HTTP/1.1\r\nConnectiox: keep-alive\r\nHost: a\r\n\r\n", false),
        ("GET /a HTTP/1.1\r\nConnection: keep-alive\r\nHose: a\r\n\r\n", false),
        ("GET /a HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", false),
        (
            "GET /a HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n",
            false,
        ),
    ] {
        let (mut at, mut slots) = (Resume::new(), Positions::<32>::new());
        match Config::STRICT.parse_request(head.as_bytes(), &mut at, &mut slots) {
            Ok(Status::Complete(request, _)) => assert_eq!(request.is_plain(), plain, "{head}"),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn most_requests_with_content_are_plain_but_for_its_length() {
    let longest = "9999999999999999999";
    for (line, fields, length) in [
        ("POST /a HTTP/1.1", "Host: a\r\nContent-Length: 64\r\n", Some(64)),
        ("PUT /a HTTP/1.1", "content-LENGTH: 0\r\nA: b\r\nhOST: a:8080\r\n", Some(0)),
        (
            "POST /a HTTP/1.1",
            &std::format!("Host: a\r\nContent-Length: {longest}\r\n"),
            longest.parse().ok(),
        ),
        ("POST /a HTTP/1.1", "Host: a\r\nContent-Length: 00000000000000000001\r\n", None),
        ("POST /a HTTP/1.1", "Host: a\r\n", None),
        ("POST /a HTTP/1.1", "Host: a\r\nContent-Lengtx: 64\r\n", None),
        ("POST /a HTTP/1.1", "Hosx: a\r\nContent-Length: 64\r\n", None),
        ("POST /a HTTP/1.1", "Host: a\r\nContent-Length: 64\r\nContent-Length: 64\r\n", None),
        ("POST /a HTTP/1.1", "Host: a\r\nHost: a\r\nContent-Length: 64\r\n", None),
        ("POST /a HTTP/1.1", "Host: a\r\nHost: a\r\n", None),
        ("POST /a HTTP/1.1", "Host: a\r\nContent-Length: 6, 4\r\n", None),
        ("POST /a HTTP/1.1", "Host: a\r\nContent-Length: +4\r\n", None),
        ("POST /a HTTP/1.1", "Host: a\r\nContent-Length:\r\n", None),
        ("POST /a HTTP/1.1", "Host: a/b\r\nContent-Length: 64\r\n", None),
        ("POST /a HTTP/1.1", "Host: a\r\nContent-Length: 64\r\nExpect: 100-continue\r\n", None),
        (
            "POST /a HTTP/1.1",
            "Host: a\r\nContent-Length: 64\r\nTransfer-Encoding: chunked\r\n",
            None,
        ),
        ("POST /a HTTP/1.1", "Host: a\r\nContent-Length: 64\r\nConnection: close\r\n", None),
        (
            "POST /a HTTP/1.1",
            "Connection: keep-alive\r\nHost: a\r\nContent-Length: 64\r\n",
            Some(64),
        ),
        ("POST /a HTTP/1.0", "Host: a\r\nContent-Length: 64\r\n", None),
        ("POST http://a/ HTTP/1.1", "Host: a\r\nContent-Length: 64\r\n", None),
        ("HEAD /a HTTP/1.1", "Host: a\r\nContent-Length: 64\r\n", None),
        ("PATCH /a HTTP/1.1", "Host: a\r\nContent-Length: 64\r\n", None),
    ] {
        let head = std::format!("{line}\r\n{fields}\r\n");
        let (mut at, mut slots) = (Resume::new(), Positions::<32>::new());
        match Config::STRICT.parse_request(head.as_bytes(), &mut at, &mut slots) {
            Ok(Status::Complete(request, _)) => {
                assert_eq!(request.plain_length(), length, "{head}")
            }
            other => panic!("{other:?}"),
        }
        // What it says is what the whole judgement says.
        let _ = request(line, fields);
    }
}

/// RFC 9110 section 9.3.6.
#[test]
fn connect_has_no_content() {
    let connect =
        |fields: &str| request("CONNECT a:80 HTTP/1.1", &std::format!("Host: a\r\n{fields}"));
    for fields in [
        "Content-Length: 5\r\n",
        "Content-Length: 0\r\n",
        "Content-Length: x\r\n",
        "content-length:\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: ,\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\nExpect: 100-continue\r\n",
    ] {
        let error = connect(fields).unwrap_err();
        assert_eq!(error.kind(), ConnectContent, "{fields}");
        let head = std::format!("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n{fields}");
        let colon =
            head.find("a\r\n").unwrap() + head[head.find("a\r\n").unwrap()..].find(':').unwrap();
        let value = colon + 1 + head[colon + 1..].chars().take_while(|&c| c == ' ').count();
        assert_eq!((error.offset(), error.status()), (value, 400), "{fields}");
    }
    refused(request("CONNECT a:80 HTTP/1.0", "Content-Length: 5\r\n"), ConnectContent);
    let framing = connect("Content-Lengths: 5\r\nExpect: 100-continue\r\n").unwrap();
    assert_eq!((framing.body, framing.tunnel), (BodyLength::None, true));
    assert!(!framing.expect_continue);
    refused(connect("Expect: x\r\n"), Expectation);
    // Of what is in front of it the first offence still wins.
    refused(request("CONNECT a HTTP/1.1", "Host: a\r\nContent-Length: 5\r\n"), TargetForm);
    refused(request("CONNECT a:80 HTTP/1.1", "Host: b\r\nContent-Length: 5\r\n"), HostMismatch);
}

fn post(fields: &str) -> Result<Framing, Error> {
    request("POST / HTTP/1.1", &std::format!("Host: a\r\n{fields}"))
}

#[track_caller]
fn refused(outcome: Result<Framing, Error>, kind: ErrorKind) {
    assert_eq!(outcome.unwrap_err().kind(), kind);
}

#[test]
fn targets_and_methods() {
    for (line, ok) in [
        ("GET foo HTTP/1.1", false),
        ("GET * HTTP/1.1", false),
        ("OPTIONS * HTTP/1.1", true),
        ("OPTIONS *a HTTP/1.1", false),
        ("CONNECT a:443 HTTP/1.1", true),
        ("CONNECT a HTTP/1.1", false),
        ("CONNECT a: HTTP/1.1", false),
        ("CONNECT / HTTP/1.1", false),
        ("CONNECT http://a/ HTTP/1.1", false),
        ("GET a:443 HTTP/1.1", false),
        ("GET http://a/b?c HTTP/1.1", true),
        ("GET HTTP://A HTTP/1.1", true),
        ("GET http://a?b HTTP/1.1", true),
        ("GET ftp://a/ HTTP/1.1", false),
        ("GET http:///b HTTP/1.1", false),
        ("GET http://u@a/b HTTP/1.1", false),
        ("GET http://a:99999/b HTTP/1.1", false),
        ("GET http://a:x/b HTTP/1.1", false),
    ] {
        let host = if line.contains("a:443") { "Host: a:443\r\n" } else { "Host: a\r\n" };
        match request(line, host) {
            Ok(_) => assert!(ok, "{line}"),
            Err(error) => {
                assert!(!ok, "{line}");
                assert_eq!(error.kind(), TargetForm, "{line}");
                assert_eq!(error.offset(), line.find(' ').unwrap() + 1);
            }
        }
    }
    assert!(request("CONNECT a:443 HTTP/1.1", "Host: a:443\r\n").unwrap().tunnel);
}

/// RFC 9112 section 3.2.3 shows the one with port 80; no port is another's default here.
#[test]
fn host_may_leave_out_the_port_of_connect() {
    for port in [0_u16, 1, 80, 443, 8080, 65_535] {
        let line = std::format!("CONNECT a:{port} HTTP/1.1");
        for host in [std::format!("a:{port}"), "a".into(), "A:".into(), std::format!("a:0{port}")] {
            let framing = request(&line, &std::format!("Host: {host}\r\n")).unwrap();
            assert!(framing.tunnel, "{line} {host}");
        }
        for other in [1_u16, 80, 443].into_iter().filter(|other| *other != port) {
            refused(request(&line, &std::format!("Host: a:{other}\r\n")), HostMismatch);
        }
        refused(request(&line, "Host: b\r\n"), HostMismatch);
    }
    let line = "CONNECT [::1]:443 HTTP/1.1";
    assert!(request(line, "Host: [::1]\r\n").unwrap().tunnel);
    refused(request(line, "Host: [::2]\r\n"), HostMismatch);
}

/// Of the shapes that are judged by the short way none is judged differently by the long one.
#[test]
fn usual_hosts_are_hosts() {
    let octets: [&[u8]; 10] = [b"a", b"0", b"12", b"5999", b":", b".", b"-", b"[", b",", b"%2"];
    let mut usual = 0;
    for shape in 0..10_usize.pow(5) {
        let parts =
            [shape % 10, shape / 10 % 10, shape / 100 % 10, shape / 1000 % 10, shape / 10_000];
        for len in 0..=parts.len() {
            let value = parts[..len].iter().map(|&part| octets[part]).collect::<Vec<_>>().concat();
            if super::host::is_usual(&value) {
                assert!(Authority::parse(&value).is_some(), "{}", value.escape_ascii());
                usual += 1;
            }
        }
    }
    assert!(usual > 10_000);
    for octet in 0..=u8::MAX {
        let name = [b'a', octet, b'b'];
        let is_host = belongs(octet, HOST);
        assert_eq!(super::host::is_usual(&name), is_host);
        assert!(!is_host || Authority::parse(&name).is_some());
        for port in [&[b'8', octet, b'8', b'0'][..], &[b'5', b'8', b'0', b'8', octet]] {
            let value = [b"a:", port].concat();
            assert_eq!(super::host::is_usual(&value), Authority::parse(&value).is_some());
        }
    }
}

#[test]
fn hosts() {
    let with = |host: &str| request("GET / HTTP/1.1", host);
    refused(with(""), HostMissing);
    assert_eq!(with("").unwrap_err().offset(), 16);
    assert!(request("GET / HTTP/1.0", "").is_ok());
    refused(with("Host: a\r\nhost: a\r\n"), HostRepeated);
    assert_eq!(with("Host: a\r\nhost: a\r\n").unwrap_err().offset(), 25);
    for bad in [
        "",
        "a b",
        "u@a",
        "a/b",
        "a:b",
        "a:-1",
        "a:65536",
        "a,b",
        "[::1",
        "::1",
        "[::1]x",
        "[1]",
        "[fe80::1%25eth0]",
        "a%2",
        "a%zz",
        "\"a\"",
        "a?b",
        "a#b",
        "[v.a]",
        "[v1.]",
        "\u{e9}",
        ":80",
        "a:8:0",
    ] {
        refused(with(&std::format!("Host: {bad}\r\n")), Host);
        refused(request("GET / HTTP/1.0", &std::format!("Host: {bad}\r\n")), Host);
    }
    for good in [
        "a",
        "A.example",
        "127.0.0.1:80",
        "[::1]",
        "[::1]:8080",
        "[v1.a]",
        "[V1.a]:8080",
        "a:",
        "a_b~c",
        "a%20b",
        "xn--a;b=c",
    ] {
        assert!(with(&std::format!("Host: {good}\r\n")).is_ok(), "{good}");
    }
    refused(request("GET http://a/ HTTP/1.1", "Host: b\r\n"), HostMismatch);
    refused(request("GET http://a:81/ HTTP/1.1", "Host: a\r\n"), HostMismatch);
    assert!(request("GET http://a:80/ HTTP/1.1", "Host: A\r\n").is_ok());
    assert!(request("GET https://a/ HTTP/1.1", "Host: a:443\r\n").is_ok());
    refused(request("GET http://a/ HTTP/1.1", ""), HostMissing);
    assert!(request("GET http://[v1.a]/ HTTP/1.1", "Host: [V1.A]:80\r\n").is_ok());
    refused(request("GET http://[v1.a]/ HTTP/1.1", "Host: [v1.b]\r\n"), HostMismatch);
    refused(request("GET http://[v1.a/b]/ HTTP/1.1", "Host: [v1.a]\r\n"), TargetForm);
    assert_eq!(Authority::parse(b"a:81").unwrap().port(), Some(81));
}

#[test]
fn content_lengths() {
    assert_eq!(post("").unwrap().body, BodyLength::None);
    assert_eq!(post("Content-Length: 0\r\n").unwrap().body, Exact(0));
    assert_eq!(post("content-LENGTH:\t 007 \r\n").unwrap().body, Exact(7));
    let max = "Content-Length: 18446744073709551615\r\n";
    assert_eq!(post(max).unwrap().body, Exact(u64::MAX));
    refused(post("Content-Length: 18446744073709551616\r\n"), ContentLengthOverflow);
    refused(post("Content-Length: 184467440737095516150\r\n"), ContentLengthOverflow);
    for bad in ["+5", "-1", "0x5", "1_0", "1 0", "5.0", "5e0", "abc", "", ",", "5,", "\u{b2}"] {
        refused(post(&std::format!("Content-Length: {bad}\r\n")), ContentLength);
    }
    refused(post("Content-Length: 5\r\nContent-Length: 6\r\n"), ContentLengthRepeated);
    refused(post("Content-Length: 5\r\nContent-Length: 5\r\n"), ContentLengthRepeated);
    refused(post("Content-Length: 5, 5\r\n"), ContentLengthRepeated);
    assert_eq!(post("Content_Length: 5\r\n").unwrap().body, BodyLength::None);
}

#[test]
fn transfer_encodings() {
    for good in ["chunked", "CHUNKED", "\tchunked \t"] {
        assert_eq!(post(&std::format!("Transfer-Encoding:{good}\r\n")).unwrap().body, Chunked);
    }
    for bad in [
        "",
        ",",
        "chunked,",
        ",chunked",
        "gzip",
        "identity",
        "chunked, gzip",
        "chunked, chunked",
        "chunked;q=1",
        "\"chunked\"",
        "chunk",
        "xchunked",
        "chunked x",
        "gzip;a=b, chunked",
        "chunked, identity",
        "chun\u{e9}ked",
    ] {
        refused(post(&std::format!("Transfer-Encoding: {bad}\r\n")), TransferEncoding);
    }
    refused(post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), TransferEncoding);
    refused(post("Transfer-Encoding: gzip, chunked\r\n"), TransferCodingUnknown);
    refused(
        post("Transfer-Encoding: gzip\r\nA: b\r\nTransfer-Encoding: chunked\r\n"),
        TransferCodingUnknown,
    );
    refused(
        post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
        TransferEncodingAndContentLength,
    );
    refused(
        post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
        TransferEncodingAndContentLength,
    );
    refused(request("POST / HTTP/1.0", "Transfer-Encoding: chunked\r\n"), TransferEncodingVersion);
    let hidden = "Transfer-Encoding: chunked\r\nConnection: Transfer-Encoding\r\n";
    assert_eq!(post(hidden).unwrap().body, Chunked);
}

#[test]
fn persistence() {
    for (version, connection, persistent) in [
        ("1.1", "", true),
        ("1.0", "", false),
        ("1.1", "Connection: close\r\n", false),
        ("1.1", "Connection: CLOSE\r\n", false),
        ("1.1", "Connection: a, , close\r\n", false),
        ("1.1", "Connection: closed\r\n", true),
        ("1.0", "Connection: keep-alive\r\n", true),
        ("1.0", "Connection: close, keep-alive\r\n", false),
        ("1.1", "Connection: keep-alive\r\nConnection: close\r\n", false),
        ("1.7", "", true),
    ] {
        let head = std::format!("GET / HTTP/{version}\r\nHost: a\r\n{connection}\r\n");
        let (mut at, mut slots) = (Resume::new(), Positions::<4>::new());
        let parsed = Config::STRICT.parse_request(head.as_bytes(), &mut at, &mut slots);
        let (request, _) = parsed.unwrap().complete().unwrap();
        assert_eq!(request.framing().unwrap().persistent, persistent, "{head}");
        assert_eq!(request.fields().persistent(request.version()), persistent, "{head}");
    }
}

#[test]
fn expectations_and_upgrades() {
    assert!(post("Expect: 100-Continue\r\nContent-Length: 1\r\n").unwrap().expect_continue);
    assert!(!post("Expect: 100-continue\r\n").unwrap().expect_continue);
    assert!(!post("Expect: 100-continue\r\nContent-Length: 0\r\n").unwrap().expect_continue);
    let old = request("POST / HTTP/1.0", "Expect: 100-continue\r\nContent-Length: 1\r\n");
    assert!(!old.unwrap().expect_continue);
    refused(post("Expect: 100-continue, x\r\n"), Expectation);
    refused(post("Expect: 200-ok\r\n"), Expectation);

    let upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
    assert!(post(upgrade).unwrap().upgrade);
    assert!(!post("Upgrade: websocket\r\n").unwrap().upgrade);
    assert!(!post("Connection: upgrade\r\n").unwrap().upgrade);
    assert!(!request("GET / HTTP/1.0", upgrade).unwrap().upgrade);
}

#[test]
fn the_first_offence_in_order_is_the_error() {
    let line = "GET foo HTTP/1.1";
    refused(request(line, "Expect: x\r\nContent-Length: x\r\n"), TargetForm);
    let line = "GET / HTTP/1.1";
    refused(request(line, "Expect: x\r\nContent-Length: x\r\n"), HostMissing);
    refused(
        post("Expect: x\r\nContent-Length: x\r\nTransfer-Encoding: x\r\n"),
        TransferEncodingAndContentLength,
    );
    refused(post("Expect: x\r\nContent-Length: x\r\n"), ContentLength);
    refused(post("Expect: x\r\n"), Expectation);
}

fn response(line: &str, fields: &str, method: &str) -> Result<Framing, Error> {
    let head: String = std::format!("{line}\r\n{fields}\r\n");
    let (mut at, mut slots) = (Resume::new(), Positions::<32>::new());
    let Status::Complete(response, _) =
        Config::STRICT.parse_response(head.as_bytes(), &mut at, &mut slots)?
    else {
        panic!("incomplete: {head}");
    };
    response.framing(method.as_bytes())
}

#[test]
fn responses() {
    let ok = |fields: &str| response("HTTP/1.1 200 OK", fields, "GET");
    assert_eq!(ok("Content-Length: 5\r\n").unwrap().body, Exact(5));
    assert_eq!(ok("Content-Length: 5, 5\r\n").unwrap().body, Exact(5));
    refused(ok("Content-Length: 5\r\nContent-Length: 6\r\n"), ContentLengthRepeated);
    refused(ok("Content-Length: x\r\n"), ContentLength);
    assert_eq!(ok("").unwrap().body, UntilClose);
    assert!(!ok("").unwrap().persistent);
    assert_eq!(ok("Transfer-Encoding: gzip\r\n").unwrap().body, UntilClose);
    assert_eq!(ok("Transfer-Encoding: chunked, gzip\r\n").unwrap().body, UntilClose);
    refused(ok("Transfer-Encoding: chunked, chunked\r\n"), TransferEncoding);
    refused(ok("Transfer-Encoding: gzip, chunked\r\n"), TransferCodingUnknown);
    refused(
        ok("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
        TransferEncodingAndContentLength,
    );
    for (line, method) in [
        ("HTTP/1.1 100 Continue", "GET"),
        ("HTTP/1.1 204 No Content", "GET"),
        ("HTTP/1.1 304 Not Modified", "GET"),
        ("HTTP/1.1 200 OK", "HEAD"),
        ("HTTP/1.1 200 OK", "CONNECT"),
    ] {
        let framing = response(line, "Content-Length: x\r\n", method).unwrap();
        assert_eq!((framing.body, framing.tunnel), (BodyLength::None, method == "CONNECT"));
    }
    assert!(response("HTTP/1.1 101 X", "", "GET").unwrap().upgrade);
}

/// RFC 9112 section 5.2: a user agent reads a fold as spaces, and so what it reads is
/// framed as if they stood there. A request with a fold in what frames is refused.
#[test]
fn a_fold_frames_as_a_space_in_responses_and_never_in_requests() {
    const FOLDS: Config = Config::CLIENT_RESPONSE;
    let framed = |config: Config, fields: &str| {
        let head: String = std::format!("HTTP/1.1 200 OK\r\n{fields}\r\n");
        let (mut at, mut slots) = (Resume::new(), Positions::<8>::new());
        let parsed = config.parse_response(head.as_bytes(), &mut at, &mut slots);
        let (response, _) = parsed.unwrap().complete().unwrap();
        response.framing(b"GET").map_err(|error| error.kind())
    };
    for fields in [
        "Content-Length:\r\n 5\r\n",
        "Content-Length: 5\r\n \r\n",
        "Content-Length: 5\r\n 6\r\n",
        "Content-Length: 5,\r\n 5\r\n",
        "Content-Length: 5\r\n\t, 6\r\n",
        "Content-Length:\r\n \r\n",
        "Transfer-Encoding:\r\n\tchunked\r\n",
        "Transfer-Encoding: gzip,\r\n chunked\r\n",
        "Transfer-Encoding: gzip\r\n , chunked\r\n",
        "Transfer-Encoding: chun\r\n ked\r\n",
        "Transfer-Encoding: chunked,\r\n chunked\r\n",
        "Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n",
        "Connection: a,\r\n close\r\nContent-Length: 5\r\n",
        "Connection:\r\n keep-alive\r\nContent-Length: 5\r\n",
    ] {
        let mended = fields.replace("\r\n ", "   ").replace("\r\n\t", "   ");
        assert_eq!(framed(FOLDS, fields), framed(Config::STRICT, &mended), "{fields:?}");

        let head: String = std::format!("POST / HTTP/1.1\r\nHost: a\r\n{fields}\r\n");
        let (mut at, mut slots) = (Resume::new(), Positions::<8>::new());
        let parsed = FOLDS.parse_request(head.as_bytes(), &mut at, &mut slots);
        let (request, _) = parsed.unwrap().complete().unwrap();
        let harmless =
            fields.starts_with("Connection") || fields.starts_with("Content-Length: 5\r\n \r");
        assert_eq!(request.framing().is_ok(), harmless, "{fields:?}");
        if fields.contains("close") {
            assert!(!request.framing().unwrap().persistent);
        }
    }
}

#[test]
fn many_fields_of_a_known_length_hide_nothing() {
    let fields = "X-Request-Name: 1\r\nDate: x\r\nFrom: y\r\nCookie: z\r\n".repeat(6);
    let framing = post(&std::format!("{fields}Content-Length: 3\r\n{fields}")).unwrap_err();
    assert_eq!(framing.kind(), TooManyFields);
    let fields = "Abcdefghij-klm: 1\r\nConnectiox: close\r\nAbcdefg-hijklmnop: 1\r\n".repeat(4);
    let framing = post(&std::format!("{fields}Content-Length: 3\r\n{fields}")).unwrap();
    assert_eq!((framing.body, framing.persistent), (Exact(3), true));
}
