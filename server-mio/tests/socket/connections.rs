//! How connections persist, idle and end.

use std::time::{Duration, Instant};

use rajada_mio::{Deadlines, Limits, OwnedRequest, Request, sleep};

use crate::begin::IS_TOLD_OF_URGENT_DATA;
use crate::client::PATIENCE;
use crate::serving::serve;
use crate::world::App;

fn app() -> App {
    App::new().get("/", |_: &Request<'_>| "Hello world!").get("/slow", |_: OwnedRequest| async {
        sleep(Duration::from_millis(600)).await;
        "slow"
    })
}

fn impatient() -> App {
    let short = Duration::from_millis(150);
    app().deadlines(Deadlines {
        first_octet: short,
        head: short,
        content: short,
        idle: short,
        write: short,
        linger: short,
        check_interval: Duration::from_millis(20),
        ..Deadlines::DEFAULT
    })
}

#[test]
fn close_is_heeded_and_said() {
    let serving = serve(app());
    let mut client = serving.client();
    client.send(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    );
    assert_eq!(client.answer().header("connection"), Some("close"));
    client.assert_closed();
}

#[test]
fn http_1_0_closes_unless_it_asks_to_stay() {
    let serving = serve(app());
    let mut client = serving.client();
    client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    assert_eq!(client.answer().header("connection"), Some("keep-alive"));
    client.send("GET / HTTP/1.0\r\n\r\n");
    assert_eq!(client.answer().header("connection"), Some("close"));
    client.assert_closed();
}

#[test]
fn a_connection_without_an_octet_closes_without_a_word() {
    let serving = serve(impatient());
    let began = Instant::now();
    serving.client().assert_closed();
    assert!(began.elapsed() >= Duration::from_millis(150));
}

#[test]
fn an_idle_connection_closes_without_a_word() {
    let serving = serve(impatient());
    let mut client = serving.client();
    assert_eq!(client.get("/").status, 200);
    client.assert_closed();
}

#[test]
fn a_head_that_does_not_end_gets_408_however_busily_it_drips() {
    let serving = serve(impatient());
    let mut client = serving.client();
    client.send("GET / HTTP/1.1\r\n");
    let began = Instant::now();
    while client.is_silent_for(Duration::from_millis(10)) {
        client.send("X: y\r\n");
        assert!(began.elapsed() < PATIENCE);
    }
    assert_eq!(client.answer().status, 408);
    assert!(began.elapsed() >= Duration::from_millis(120));
    client.assert_closed();
}

#[test]
fn content_that_does_not_come_gets_408() {
    let serving = serve(impatient().post("/", |_: &Request<'_>| "posted"));
    let mut client = serving.client();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc");
    assert_eq!(client.answer().status, 408);
    client.assert_closed();
}

#[test]
fn a_peer_that_does_not_read_is_cut() {
    let serving = serve(impatient().get("/much", |_: &Request<'_>| vec![b'x'; 8 << 20]));
    let mut client = serving.client();
    client.send("GET /much HTTP/1.1\r\nHost: a\r\n\r\n");
    std::thread::sleep(Duration::from_millis(800));
    let read = client.rest();
    assert!(read.is_none_or(|octets| octets.len() < 8 << 20));
}

#[test]
fn a_slow_handler_is_never_reaped() {
    let serving = serve(impatient());
    let mut client = serving.client();
    client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(client.answer().text(), "slow");
}

#[test]
fn too_much_is_refused_by_its_own_status() {
    let serving = serve(app().post("/", |_: &Request<'_>| "posted").limits(Limits {
        content: 10,
        request_line: 100,
        head: 1000,
        fields: 5,
        ..Limits::DEFAULT
    }));
    for (request, status) in [
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n".to_owned(), 413),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nabcdef\r\n".into(), 413),
        (format!("GET /{} HTTP/1.1\r\n", "a".repeat(100)), 414),
        (format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n", "a".repeat(1000)), 431),
        (format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "X: y\r\n".repeat(5)), 431),
    ] {
        let mut client = serving.client();
        client.send(&request);
        let answer = client.answer();
        assert_eq!(answer.status, status, "{request}");
        assert_eq!(answer.header("connection"), Some("close"));
        client.assert_closed();
    }
}

#[test]
fn requests_per_connection_are_bounded() {
    let serving = serve(app().limits(Limits { requests_per_connection: 3, ..Limits::DEFAULT }));
    let mut client = serving.client();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(5));
    let last = client.answers(3).pop().unwrap();
    assert_eq!(last.header("connection"), Some("close"));
    client.assert_closed();
}

#[test]
fn connections_beyond_the_bound_wait_their_turn() {
    let serving = serve(app().limits(Limits { connections: 2, ..Limits::DEFAULT }));
    let (mut one, mut two, mut three) = (serving.client(), serving.client(), serving.client());
    assert_eq!(one.get("/").status, 200);
    assert_eq!(two.get("/").status, 200);
    three.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert!(three.is_silent_for(Duration::from_millis(250)));
    drop(one);
    assert_eq!(three.answer().status, 200);
}

#[test]
fn a_100_is_sent_to_who_waits_for_it() {
    let serving = serve(App::new().post("/echo", |req: &Request<'_>| req.bytes().to_vec()));
    let mut client = serving.client();
    let head =
        "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
    client.send(head);
    assert_eq!(client.answer().status, 100);
    client.send("hello");
    assert_eq!(client.answer().text(), "hello");
    // No handler will ever want this one's content: the final answer comes instead.
    client.send(head.replace("/echo", "/nothing"));
    assert_eq!(client.answer().status, 404);
}

#[test]
fn what_is_behind_urgent_data_is_read_too() {
    let serving = serve(App::new().workers(1).get("/", |_: &Request<'_>| "read"));
    // A read stops in front of the urgent octet, which is no part of what is sent.
    for _ in 0..20 {
        let mut client = serving.client();
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n");
        socket2::SockRef::from(&client.stream).send_out_of_band(b"!").unwrap();
        let mut left = 3;
        if !IS_TOLD_OF_URGENT_DATA {
            // What is behind it must come later, or it waits for what does.
            assert_eq!(client.answer().text(), "read");
            left -= 1;
        }
        client.send("Host: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
        for _ in 0..left {
            assert_eq!(client.answer().text(), "read");
        }
    }
}
