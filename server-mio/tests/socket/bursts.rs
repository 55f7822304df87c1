//! Many requests in one segment, one request in many.

use std::io::Write;
use std::net::Shutdown;

use rajada_mio::{Request, Response};

use crate::client::Client;
use crate::serving::{Serving, serve};
use crate::world::App;

fn app() -> App {
    App::new()
        .get("/", |_: &Request<'_>| "Hello world!")
        .get("/user/{id}", |req: &Request<'_>, res: &mut Response<'_>| res.text(req.param("id")))
        .post("/echo", |req: &Request<'_>, res: &mut Response<'_>| res.bytes(req.bytes()))
}

fn served() -> (Serving, Client) {
    let serving = serve(app());
    let client = serving.client();
    (serving, client)
}

fn numbered(count: usize) -> String {
    (0..count).map(|number| format!("GET /user/{number} HTTP/1.1\r\nHost: a\r\n\r\n")).collect()
}

#[test]
fn twenty_four_requests_in_one_send_get_as_many_answers_in_order() {
    let (_serving, mut client) = served();
    for _ in 0..10 {
        client.send(numbered(24));
        for number in 0..24 {
            assert_eq!(client.answer().text(), number.to_string());
        }
    }
}

#[test]
fn two_thousand_requests_at_once_get_as_many_answers() {
    let (_serving, mut client) = served();
    client.send(numbered(2000));
    for number in 0..2000 {
        assert_eq!(client.answer().text(), number.to_string());
    }
}

#[test]
fn two_thousand_requests_that_are_read_late_get_as_many_answers() {
    let (_serving, client) = served();
    let mut reader = client;
    let mut writer = reader.stream.try_clone().unwrap();
    let sender = std::thread::spawn(move || {
        for _ in 0..20 {
            writer.write_all(numbered(2000).as_bytes()).unwrap();
        }
    });
    std::thread::sleep(std::time::Duration::from_millis(300));
    for number in (0..20).flat_map(|_| 0..2000) {
        assert_eq!(reader.answer().text(), number.to_string());
    }
    sender.join().unwrap();
}

#[test]
fn good_requests_before_a_malformed_one_are_answered_before_the_400() {
    let (_serving, mut client) = served();
    client.send(numbered(3) + "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n" + &numbered(2));
    for number in 0..3 {
        assert_eq!(client.answer().text(), number.to_string());
    }
    let refused = client.answer();
    assert_eq!(refused.status, 400);
    assert_eq!(refused.header("connection"), Some("close"));
    assert!(refused.header("date").is_some());
    client.assert_closed();
}

#[test]
fn a_peer_that_goes_on_sending_can_still_read_the_400() {
    let (_serving, mut client) = served();
    client.send("BAD\u{1} / HTTP/1.1\r\n\r\n");
    for _ in 0..64 {
        // The server drains for a while; it never resets what the answer is still on its way in.
        let _ = client.stream.write_all(&[b'x'; 1024]);
    }
    client.stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(client.answer().status, 400);
    client.assert_closed();
}

#[test]
fn five_requests_and_the_end_in_one_segment_get_five_answers() {
    let (_serving, mut client) = served();
    // Both wait in the client's send queue until the segment leaves: they arrive as one.
    client.send(numbered(5));
    client.stream.shutdown(Shutdown::Write).unwrap();
    for number in 0..5 {
        assert_eq!(client.answer().text(), number.to_string());
    }
    client.assert_closed();
}

#[test]
fn a_request_that_arrives_octet_by_octet_is_answered_as_one_that_arrives_whole() {
    let (_serving, mut client) = served();
    let whole = "POST /echo HTTP/1.1\r\nHost: a\r\nX-Some: thing\r\nTransfer-Encoding: chunked\r\n\r\n\
                 5;a=b\r\nhello\r\n6\r\n world\r\n0\r\nX-Trailer: t\r\n\r\n";
    client.send(whole);
    let expected = client.answer();
    assert_eq!((expected.status, expected.text()), (200, "hello world"));
    for octet in whole.as_bytes() {
        client.send([*octet]);
        std::thread::sleep(std::time::Duration::from_micros(200));
    }
    let answer = client.answer();
    assert_eq!((answer.status, answer.text()), (200, "hello world"));

    let exact = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nhello world";
    for octet in exact.as_bytes() {
        client.send([*octet]);
    }
    assert_eq!(client.answer().text(), "hello world");
}

#[test]
fn a_long_head_in_pieces_is_answered() {
    let (_serving, mut client) = served();
    let cookie = "c".repeat(30_000);
    let head = format!("GET /user/1 HTTP/1.1\r\nHost: a\r\nCookie: {cookie}\r\n\r\n");
    for piece in head.as_bytes().chunks(777) {
        client.send(piece);
        std::thread::sleep(std::time::Duration::from_micros(100));
    }
    assert_eq!(client.answer().text(), "1");
    client.send(head.repeat(5));
    for answer in client.answers(5) {
        assert_eq!(answer.text(), "1");
    }
}

#[test]
fn large_content_comes_back_whole() {
    let (_serving, mut client) = served();
    let content: Vec<u8> = (0..1_500_000u32).map(|number| number as u8).collect();
    let mut writer = client.stream.try_clone().unwrap();
    let sent = content.clone();
    let sender = std::thread::spawn(move || {
        let head =
            format!("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", sent.len());
        for _ in 0..2 {
            writer.write_all(head.as_bytes()).unwrap();
            writer.write_all(&sent).unwrap();
        }
    });
    for answer in client.answers(2) {
        assert!(answer.content == content);
    }
    sender.join().unwrap();
}

#[test]
fn requests_behind_content_are_found() {
    let (_serving, mut client) = served();
    let post = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
    let chunked =
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ndef\r\n0\r\n\r\n";
    client.send([post, chunked, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", post].concat());
    let texts: Vec<_> = client.answers(4).iter().map(|answer| answer.text().to_owned()).collect();
    assert_eq!(texts, ["abc", "def", "Hello world!", "abc"]);
}
