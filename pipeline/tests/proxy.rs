//! The examples `proxy` and `blocking`, over real sockets.

#![cfg(feature = "alloc")]

#[path = "../examples/blocking.rs"]
#[allow(dead_code)]
mod blocking;
#[path = "../examples/proxy/main.rs"]
#[allow(dead_code)]
mod proxy;

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rajada_pipeline::Settings;

/// No wait of a test is longer.
const LONG: Duration = Duration::from_secs(20);

fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    (listener, address)
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(LONG)).expect("a timeout");
    stream.set_write_timeout(Some(LONG)).expect("a timeout");
    stream
}

/// A proxy in front of `server`.
fn proxy_with(server: SocketAddr, patience: Duration) -> TcpStream {
    let (listener, address) = listen();
    thread::spawn(move || proxy::serve(&listener, server, patience));
    connect(address)
}

fn proxy(server: SocketAddr) -> TcpStream {
    proxy_with(server, LONG)
}

/// The example that answers with the content of the request.
fn echo() -> SocketAddr {
    let (listener, address) = listen();
    thread::spawn(move || {
        for peer in listener.incoming().flatten() {
            thread::spawn(move || blocking::serve(peer, &Settings::default()));
        }
    });
    address
}

/// A server of one connection that waits for octets with `end` at their end, then says `answer`, and
/// so on; then it closes. What it received comes out of the channel.
fn scripted(script: &[(&'static str, &'static str)]) -> (SocketAddr, Receiver<String>) {
    let ((listener, address), (sender, received)) = (listen(), channel());
    let script = script.to_vec();
    thread::spawn(move || {
        let (mut peer, _) = listener.accept().expect("the proxy");
        peer.set_read_timeout(Some(LONG)).expect("a timeout");
        for (end, answer) in script {
            let octets = read_until(&mut peer, |octets| octets.ends_with(end.as_bytes()));
            let _ = sender.send(octets);
            let _ = peer.write_all(answer.as_bytes());
        }
        let _ = peer.shutdown(Shutdown::Write);
        let _ = sender.send(read_until(&mut peer, |_| false));
    });
    (address, received)
}

/// Octets up to the end of the stream, or until they are `enough`.
fn read_until(peer: &mut TcpStream, enough: impl Fn(&[u8]) -> bool) -> String {
    let (mut octets, mut piece) = (Vec::new(), [0; 4096]);
    while !enough(&octets) {
        match peer.read(&mut piece) {
            Ok(0) | Err(_) => break,
            Ok(count) => octets.extend_from_slice(&piece[..count]),
        }
    }
    String::from_utf8(octets).expect("text")
}

/// Sends `requests` and gives what comes until the proxy closes, without the dates.
fn exchange(mut proxy: TcpStream, requests: &str) -> String {
    proxy.write_all(requests.as_bytes()).expect("it is read");
    rest(proxy)
}

fn rest(mut proxy: TcpStream) -> String {
    let mut answers = String::new();
    proxy.read_to_string(&mut answers).expect("it is closed in order");
    without_dates(&answers)
}

fn without_dates(answers: &str) -> String {
    let lines = answers.split_inclusive("\r\n");
    lines.filter(|line| !line.starts_with("Date: ")).collect()
}

fn next(received: &Receiver<String>) -> String {
    received.recv_timeout(LONG).expect("the server received it")
}

fn echoed(content: &str, last: bool) -> String {
    let close = if last { "Connection: close\r\n" } else { "" };
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nVia: 1.1 rajada\r\n\
         Content-Length: {}\r\n{close}\r\n{content}",
        content.len()
    )
}

fn post(content: &str, last: bool) -> String {
    let close = if last { "Connection: close\r\n" } else { "" };
    let length = content.len();
    format!("POST / HTTP/1.1\r\nHost: a\r\n{close}Content-Length: {length}\r\n\r\n{content}")
}

fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")
}

fn forwarded(line: &str) -> String {
    format!("{line} HTTP/1.1\r\nHost: a\r\nVia: 1.1 rajada\r\n\r\n")
}

const BAD_GATEWAY: &str =
    "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
const BAD_REQUEST: &str =
    "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

#[test]
fn a_burst_comes_back_in_order() {
    let (mut requests, mut expected) = (String::new(), String::new());
    for number in 0..100 {
        requests += &(get("/") + &post(&format!("number {number}"), number == 99));
        expected += &(echoed("", false) + &echoed(&format!("number {number}"), number == 99));
    }
    assert_eq!(exchange(proxy(echo()), &requests), expected);
}

#[test]
fn a_client_that_says_no_more_is_answered() {
    let proxy = proxy(echo());
    (&proxy).write_all((post("a", false) + &post("b", false)).as_bytes()).unwrap();
    proxy.shutdown(Shutdown::Write).unwrap();
    // The proxy may know of the end only when the last answer is on its way.
    let answers = rest(proxy).replace("Connection: close\r\n", "");
    assert_eq!(answers, echoed("a", false) + &echoed("b", false));
}

#[test]
fn content_of_any_size_passes_through() {
    let content: String =
        (0..1_000_000).map(|at: u32| char::from(b'a' + (at % 23) as u8)).collect();
    let mut chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned();
    for piece in content.as_bytes().chunks(50_000) {
        chunked += &format!("{:x}\r\n{}\r\n", piece.len(), str::from_utf8(piece).unwrap());
    }
    chunked += "0\r\nSum: 1\r\n\r\n";
    let answers = exchange(proxy(echo()), &(chunked + &post(&content, true)));
    assert!(answers == echoed(&content, false) + &echoed(&content, true), "{}", answers.len());
}

#[test]
fn what_is_safe_is_pipelined() {
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n";
    let answers: &str = Box::leak(format!("{answer}/a{answer}/b{answer}/c").into_boxed_str());
    // It answers none before it has got all.
    let (server, received) =
        scripted(&[("GET /c HTTP/1.1\r\nHost: a\r\nVia: 1.1 rajada\r\n\r\n", answers)]);
    let answers = exchange(proxy(server), &(get("/a") + &get("/b") + &get("/c")));
    assert_eq!(next(&received), forwarded("GET /a") + &forwarded("GET /b") + &forwarded("GET /c"));
    let with_via = answer.replace("\r\nC", "\r\nVia: 1.1 rajada\r\nC");
    assert_eq!(answers, format!("{with_via}/a{with_via}/b{with_via}/c"));
}

#[test]
fn nothing_is_sent_behind_a_post_before_its_answer() {
    let created = "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n";
    let ok = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
    let (server, received) = scripted(&[("hello", created), ("\r\n\r\n", ok)]);
    let answers = exchange(proxy(server), &(post("hello", false) + &get("/a") + &get("/b")));
    assert!(next(&received).ends_with("\r\n\r\nhello"));
    // The second GET may have left with the first, and is answered although the server does not;
    // otherwise it is not received.
    assert!(next(&received).starts_with(&forwarded("GET /a")));
    let created = "HTTP/1.1 201 Created\r\nVia: 1.1 rajada\r\nContent-Length: 0\r\n\r\n";
    let ok = "HTTP/1.1 204 No Content\r\nVia: 1.1 rajada\r\n";
    let with_second = format!("{created}{ok}\r\n{BAD_GATEWAY}");
    let without = format!("{created}{ok}Connection: close\r\n\r\n");
    assert!([with_second, without].contains(&answers), "{answers}");
}

#[test]
fn fields_of_one_connection_stay_on_it() {
    let answer = "HTTP/1.1 200 OK\r\nConnection: X-Hop, close\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n\
                  Proxy-Authenticate: Basic\r\nTrailer: Sum\r\nX-End: 2\r\nContent-Length: 0\r\n\r\n";
    let (server, received) = scripted(&[("\r\n\r\n", answer)]);
    let request = "GET http://h:1/a?b HTTP/1.0\r\nConnection: x-hop, keep-alive, host\r\nX-Hop: 1\r\n\
                   TE: trailers\r\nUpgrade: x\r\nProxy-Authorization: Basic\r\nKeep-Alive: 1\r\n\
                   X-End: 2\r\nVia: 1.0 other\r\n\r\n";
    let answers = exchange(proxy(server), request);
    let expected =
        "GET /a?b HTTP/1.1\r\nHost: h:1\r\nX-End: 2\r\nVia: 1.0 other\r\nVia: 1.0 rajada\r\n\r\n";
    assert_eq!(next(&received), expected);
    let expected = "HTTP/1.1 200 OK\r\nX-End: 2\r\nVia: 1.1 rajada\r\nContent-Length: 0\r\n\
                    Connection: close\r\n\r\n";
    assert_eq!(answers, expected);
}

#[test]
fn hops_are_counted() {
    let ok = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
    let (server, received) = scripted(&[("\r\n\r\n", ok)]);
    let options =
        |hops: &str| format!("OPTIONS * HTTP/1.1\r\nHost: a\r\nMax-Forwards: {hops}\r\n\r\n");
    let answers = exchange(proxy(server), &(options("0") + &options("7")));
    let expected = "OPTIONS * HTTP/1.1\r\nHost: a\r\nMax-Forwards: 6\r\nVia: 1.1 rajada\r\n\r\n";
    assert_eq!(next(&received), expected);
    assert!(answers.starts_with("HTTP/1.1 501 "), "{answers}");
    assert!(answers.contains("HTTP/1.1 204 "), "{answers}");
}

#[test]
fn a_count_of_hops_is_digits_alone() {
    for other in ["+0", "0x0", "-0", "0 0"] {
        let ok = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n";
        let (server, received) = scripted(&[("\r\n\r\n", ok)]);
        let head =
            |via| format!("OPTIONS * HTTP/1.1\r\nHost: a\r\nMax-Forwards: {other}\r\n{via}\r\n");
        let answers = exchange(proxy(server), &head(""));
        assert_eq!(next(&received), head("Via: 1.1 rajada\r\n"));
        assert!(answers.starts_with("HTTP/1.1 204 "), "{answers}");
    }
}

#[test]
fn responses_of_each_framing() {
    let answers = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n\
                   HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
                   HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n\
                   HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\nSum: 1\r\n\r\n\
                   HTTP/1.0 200 OK\r\n\r\nuntil the end";
    let (server, _received) =
        scripted(&[("GET /c HTTP/1.1\r\nHost: a\r\nVia: 1.1 rajada\r\n\r\n", answers)]);
    let head = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2);
    let answers = exchange(proxy(server), &(head + &get("/a") + &get("/b") + &get("/c")));
    let expected = "HTTP/1.1 200 OK\r\nVia: 1.1 rajada\r\nContent-Length: 5\r\n\r\n\
                    HTTP/1.1 200 OK\r\nVia: 1.1 rajada\r\nTransfer-Encoding: chunked\r\n\r\n\
                    HTTP/1.1 304 Not Modified\r\nVia: 1.1 rajada\r\nContent-Length: 7\r\n\r\n\
                    HTTP/1.1 200 OK\r\nVia: 1.1 rajada\r\nTransfer-Encoding: chunked\r\n\r\n";
    let (start, end) = answers.split_at_checked(expected.len()).expect(&answers);
    assert_eq!(start, expected);
    // Chunks may be cut anew.
    assert_eq!(unchunked(&end[..end.find("HTTP/1.1").expect(end)]), "hello");
    let (head, content) =
        end[end.find("HTTP/1.1").expect(end)..].split_once("\r\n\r\n").expect(end);
    assert_eq!(
        head,
        "HTTP/1.1 200 OK\r\nVia: 1.0 rajada\r\nTransfer-Encoding: chunked\r\nConnection: close"
    );
    assert_eq!(unchunked(content), "until the end");
}

fn unchunked(mut octets: &str) -> String {
    let mut content = String::new();
    while let Some((size, rest)) = octets.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).expect(octets);
        content += &rest[..size];
        octets = &rest[size + 2..];
    }
    content
}

#[test]
fn interim_responses_pass_to_who_understands_them() {
    let early = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n\
                 HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    for (version, hinted) in [("1.1", true), ("1.0", false)] {
        let (server, _received) = scripted(&[("\r\n\r\n", early)]);
        let answers = exchange(proxy(server), &format!("GET / HTTP/{version}\r\nHost: a\r\n\r\n"));
        let hint = "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\nVia: 1.1 rajada\r\n\r\n";
        let ok =
            "HTTP/1.1 200 OK\r\nVia: 1.1 rajada\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        assert_eq!(answers, if hinted { hint.to_owned() + ok } else { ok.to_owned() });
    }
}

#[test]
fn a_client_that_waits_for_the_server_gets_its_word() {
    let goes_on = "HTTP/1.1 100 Continue\r\n\r\n";
    let ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let (server, received) = scripted(&[("\r\n\r\n", goes_on), ("hello", ok)]);
    let mut proxy = proxy(server);
    let head = "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    proxy.write_all(head.as_bytes()).unwrap();
    let interim = read_until(&mut proxy, |octets| octets.ends_with(b"\r\n\r\n"));
    assert_eq!(interim, goes_on);
    let expected = "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nVia: 1.1 rajada\r\nContent-Length: 5\r\n\r\n";
    assert_eq!(next(&received), expected);
    assert!(exchange(proxy, "hello").starts_with("HTTP/1.1 200 OK\r\n"));
    assert_eq!(next(&received), "hello");
}

#[test]
fn a_server_out_of_reach_costs_an_answer_each() {
    let (listener, nobody) = listen();
    drop(listener);
    let last = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let answers = exchange(proxy(nobody), &(get("/a") + &post("hello", false) + last));
    let kept = BAD_GATEWAY.replace("Connection: close\r\n", "");
    assert_eq!(answers, kept.repeat(2) + BAD_GATEWAY);
}

#[test]
fn a_server_that_breaks_off() {
    let ok = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    let cases = [
        // Before an answer began, also behind another one.
        ("", ""),
        (ok, ""),
        ("HTTP/1.1 200 OK\r\nContent-Le", ""),
        // In the middle of one: nothing can follow what was sent.
        ("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", "Content-Length: 50\r\n\r\nhello"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        ),
    ];
    for (answer, end) in cases {
        let (server, received) =
            scripted(&[("/b HTTP/1.1\r\nHost: a\r\nVia: 1.1 rajada\r\n\r\n", answer)]);
        let answers = exchange(proxy(server), &(get("/a") + &get("/b")));
        assert!(answers.ends_with(if end.is_empty() { BAD_GATEWAY } else { end }), "{answers}");
        assert_eq!(answers.contains("\r\n\r\nhelloHTTP/1.1 502"), answer == ok, "{answers}");
        // Nothing is sent twice.
        assert_eq!(next(&received).matches("GET /b").count(), 1);
        assert_eq!(next(&received), "");
    }
}

#[test]
fn a_reset_is_no_end_of_content() {
    let ((listener, server), (seen, half_is_seen)) = (listen(), channel());
    thread::spawn(move || {
        let (mut peer, _) = listener.accept().expect("the proxy");
        assert_eq!(peer.read(&mut [0]).expect("the first octet of a request"), 1);
        peer.write_all(b"HTTP/1.0 200 OK\r\n\r\nhalf").expect("it is read");
        // Then it is dropped with octets unread, which the system tells by a reset.
        let _: Result<(), _> = half_is_seen.recv_timeout(LONG);
    });
    let mut proxy = proxy(server);
    proxy.write_all(get("/").as_bytes()).unwrap();
    let start = read_until(&mut proxy, |octets| octets.ends_with(b"half\r\n"));
    seen.send(()).unwrap();
    assert_eq!(
        without_dates(&(start + &rest(proxy))).split_once("\r\n\r\n").unwrap().1,
        "4\r\nhalf\r\n"
    );
}

#[test]
fn content_cut_short_is_no_end_of_content_for_a_client_without_chunks() {
    for (answer, whole) in [
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", false),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n\r\n", true),
    ] {
        let (server, _) = scripted(&[("\r\n\r\n", answer)]);
        let mut client = proxy(server);
        client.write_all(b"GET / HTTP/1.0\r\n\r\n").expect("it is read");
        let (mut received, mut piece) = (Vec::new(), [0; 1024]);
        let end = loop {
            match client.read(&mut piece) {
                Ok(count @ 1..) => received.extend_from_slice(&piece[..count]),
                end => break end.map_err(|error| error.kind()),
            }
        };
        let expected = if whole { Ok(0) } else { Err(ErrorKind::ConnectionReset) };
        assert_eq!(end, expected, "{}", received.escape_ascii());
        assert!(!whole || received.ends_with(b"\r\n\r\nhalf"));
    }
}

#[test]
fn a_malformed_response_goes_no_further() {
    for answer in [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nX[: y\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        "no response at all\r\n\r\n",
    ] {
        let (server, _received) = scripted(&[("\r\n\r\n", answer)]);
        assert_eq!(exchange(proxy(server), &get("/")), BAD_GATEWAY, "{answer}");
    }
}

/// RFC 9112 sections 5.1 and 5.2.
#[test]
fn nothing_folded_and_no_space_before_a_colon_is_forwarded() {
    for (framing, content) in [
        ("Content-Length :\r\n 2\r\n", "hi"),
        ("Transfer-Encoding\t:\r\n\tchunked\r\n", "2\r\nhi\r\n0\r\n\r\n"),
    ] {
        let answer = format!(
            "HTTP/1.1 200 OK\r\nA : b\r\n  c\r\n \r\n\td\r\nX: y\r\n\
             Connection: q,\r\n x,\r\n close\r\n{framing}\r\n{content}"
        );
        let (server, _received) = scripted(&[("\r\n\r\n", answer.leak())]);
        let answers = exchange(proxy(server), &get("/"));
        let (head, rest) = answers.split_once("\r\n\r\n").expect("a head");
        let forwarded = "HTTP/1.1 200 OK\r\nA: b c  d\r\nVia: 1.1 rajada\r\n";
        let framing = head.strip_prefix(forwarded).unwrap_or_else(|| panic!("{answers}"));
        assert!(framing.ends_with("Connection: close"), "{answers}");
        assert_eq!(rest, content);
    }
}

#[test]
fn a_length_that_is_two_numbers_tells_nothing_of_what_is_not_sent() {
    for length in ["5\r\n 6", "5, 6", "+5", ""] {
        let answer =
            format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
        let (server, _received) = scripted(&[("\r\n\r\n", answer.leak())]);
        let answers = exchange(proxy(server), &get("/").replace("GET", "HEAD"));
        assert!(answers.starts_with("HTTP/1.1 "), "{answers}");
        assert!(!answers.contains("Content-Length: 5"), "{answers}");
    }
}

#[test]
fn octets_that_answer_nothing_reach_nobody() {
    let twice = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged";
    let (server, _received) = scripted(&[("\r\n\r\n", twice)]);
    let answers = exchange(proxy(server), &get("/a"));
    assert_eq!(answers, "HTTP/1.1 200 OK\r\nVia: 1.1 rajada\r\nContent-Length: 0\r\n\r\n");
}

#[test]
fn what_could_be_read_in_two_ways_is_not_forwarded() {
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    for head in [
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n0\n\n",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 0\r\nContent-Length: 45\r\n\r\n",
        "Content-Length : 45\r\n\r\n",
        "X: y\n\n",
    ] {
        let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        let (server, received) = scripted(&[("\r\n\r\n", ok)]);
        let requests = format!("{}POST /b HTTP/1.1\r\nHost: a\r\n{head}{smuggled}", get("/a"));
        let answers = exchange(proxy(server), &requests);
        let first = "HTTP/1.1 200 OK\r\nVia: 1.1 rajada\r\nContent-Length: 2\r\n\r\nok";
        let refused = BAD_REQUEST.to_owned();
        let unknown = refused.replace("400 Bad Request", "501 Not Implemented");
        assert!(
            answers == first.to_owned() + &refused || answers == first.to_owned() + &unknown,
            "{head}{answers}"
        );
        assert_eq!(next(&received), forwarded("GET /a"));
        assert_eq!(next(&received), "", "{head}");
    }
}

#[test]
fn content_that_turns_out_malformed_stays_incomplete() {
    let (server, received) = scripted(&[("5\r\nhello\r\n", "")]);
    let mut proxy = proxy(server);
    let start = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
    proxy.write_all(start.as_bytes()).unwrap();
    assert!(next(&received).ends_with("\r\n\r\n5\r\nhello\r\n"));
    let answers = exchange(proxy, "z\r\nhello\r\n0\r\n\r\n");
    // Who was first: the server, which closed, or the client.
    assert!([BAD_GATEWAY, BAD_REQUEST].contains(&&answers[..]), "{answers}");
    assert_eq!(next(&received), "");
}

#[test]
fn who_is_silent_is_given_up() {
    let patience = Duration::from_millis(300);
    let (server, received) = scripted(&[("\r\n\r\n", ""), ("never", "")]);
    let begun = Instant::now();
    let answers = exchange(proxy_with(server, patience), &get("/"));
    assert!(begun.elapsed() >= patience);
    assert!(answers.starts_with("HTTP/1.1 504 Gateway Timeout\r\n"), "{answers}");
    assert_eq!(next(&received), forwarded("GET /"));
    assert_eq!(next(&received), "");

    assert_eq!(rest(proxy_with(echo(), patience)), "");
    let incomplete = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello";
    for octets in [&incomplete[..20], incomplete] {
        let answers = exchange(proxy_with(echo(), patience), octets);
        assert!(answers.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{answers}");
    }
}

#[test]
fn content_flows_both_ways_at_once() {
    // More than the system and the proxy hold: a server that echoes as it reads would wait for ever
    // for a proxy that forwards the request first.
    const LENGTH: usize = 64 << 20;
    let (listener, server) = listen();
    thread::spawn(move || {
        let (mut peer, _) = listener.accept().expect("the proxy");
        let start = read_until(&mut peer, |octets| octets.windows(4).any(|end| end == b"\r\n\r\n"));
        let (_, content) = start.split_once("\r\n\r\n").expect("a head");
        let head = format!("HTTP/1.0 200 OK\r\n\r\n{content}");
        peer.write_all(head.as_bytes()).expect("it is read");
        let rest = (LENGTH - content.len()) as u64;
        let _ = std::io::copy(&mut (&peer).take(rest), &mut &peer);
    });
    let proxy = proxy(server);
    let mut sender = proxy.try_clone().expect("a descriptor");
    let sending = thread::spawn(move || {
        let head = format!("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {LENGTH}\r\n\r\n");
        sender.write_all(head.as_bytes()).expect("it is read");
        let piece = [b'x'; 64 << 10];
        (0..LENGTH / piece.len()).all(|_| sender.write_all(&piece).is_ok())
    });
    let mut answer = String::new();
    (&proxy).read_to_string(&mut answer).expect("it is closed in order");
    assert!(sending.join().expect("it does not panic"));
    let (head, content) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(content.ends_with("\r\n0\r\n\r\n"));
    assert_eq!(unchunked(content).len(), LENGTH);
}
