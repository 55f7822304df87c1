//! Which requests open a socket, and how others are answered.

use std::time::Duration;

use rajada_mio::websocket::{SocketEndpoint, WebSocket};
use rajada_mio::{App, Limits, Next, OwnedRequest, Request, Response, Status, sleep};

use crate::common::{Memory, asks, echo, frame};

async fn tells_protocol(socket: WebSocket) {
    let protocol = socket.protocol().unwrap_or("none").to_owned();
    socket.send(protocol).await.unwrap();
}

fn app() -> App {
    App::new()
        .get("/plain", |_: &Request<'_>| "plain")
        .websocket("/ws", echo)
        .websocket("/chat", SocketEndpoint::new(tells_protocol).protocols(&["chat", "superchat"]))
        .websocket("/any", SocketEndpoint::new(echo).any_origin())
        .websocket("/some", SocketEndpoint::new(echo).origin("https://app.example"))
}

/// The head of the answer to a handshake that was changed.
fn answer(path: &str, change: impl FnOnce(String) -> String) -> String {
    let mut memory = Memory::new(app());
    memory.send(change(asks(path)).as_bytes());
    memory.head()
}

fn status(path: &str, change: impl FnOnce(String) -> String) -> u16 {
    answer(path, change)[9..12].parse().unwrap()
}

fn with(lines: &str) -> impl FnOnce(String) -> String {
    let lines = format!("\r\n{lines}\r\n\r\n");
    move |asks| asks.replace("\r\n\r\n", &lines)
}

#[test]
fn what_is_no_handshake_is_refused() {
    assert_eq!(status("/ws", |asks| asks), 101);
    assert_eq!(status("/ws", |asks| asks.replace("Version: 13", "Version: 8")), 426);
    let plain = answer("/ws", |asks| asks.replace("Upgrade", "Other"));
    assert!(plain.starts_with("HTTP/1.1 426 "), "{plain}");
    assert!(plain.contains("\r\nSec-WebSocket-Version: 13\r\n"), "{plain}");
    assert!(plain.contains("\r\nUpgrade: websocket\r\n"), "{plain}");
    for (before, after) in [
        ("Key: d", "Key: "),
        ("Key: dGhlIHNhbXBsZSBub25jZQ==", "Key: dGhlIHNhbXBsZSBub25jZQ"),
        ("Version: 13\r\n", "Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
        ("Version: 13\r\n", "Version: 13\r\nSec-WebSocket-Version: 13\r\n"),
        ("Host: localhost", "Host: localhost\r\nContent-Length: 1"),
        ("Host: localhost", "Host: localhost\r\nTransfer-Encoding: chunked"),
        ("Host: localhost\r\n", ""),
    ] {
        assert_eq!(status("/ws", |asks| asks.replace(before, after)), 400, "{after}");
    }
    assert_eq!(status("/ws", |asks| asks.replace("GET", "POST")), 405);
    assert_eq!(status("/ws", |asks| asks.replace("HTTP/1.1", "HTTP/1.0")), 426);
    assert_eq!(status("/plain", |asks| asks), 200, "who speaks no WebSocket answers as ever");
}

#[test]
fn tokens_are_found_among_others_in_any_case() {
    let changed = |asks: String| {
        asks.replace("Connection: Upgrade", "Connection: keep-alive, UPGRADE")
            .replace("Upgrade: websocket", "Upgrade: other, WebSocket")
    };
    assert_eq!(status("/ws", changed), 101);
}

#[test]
fn one_subprotocol_is_selected_of_those_offered() {
    for (offer, selected) in [
        ("chat, other", Some("chat")),
        ("other, superchat, chat", Some("superchat")),
        ("Chat", None),
        ("other", None),
    ] {
        let mut memory = Memory::new(app());
        memory.send(with(&format!("Sec-WebSocket-Protocol: {offer}"))(asks("/chat")).as_bytes());
        let head = memory.head();
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        let line = selected.map(|it| format!("\r\nSec-WebSocket-Protocol: {it}\r\n"));
        assert_eq!(head.contains("Sec-WebSocket-Protocol"), line.is_some(), "{head}");
        assert!(line.is_none_or(|line| head.contains(&line)), "{head}");
        assert_eq!(memory.texts(), [selected.unwrap_or("none")]);
    }
    for offer in ["", ",", "chat, chat", "a b", "chat;x=1"] {
        assert_eq!(status("/chat", with(&format!("Sec-WebSocket-Protocol: {offer}"))), 400);
    }
}

#[test]
fn pages_of_other_sites_are_refused_unless_the_route_lets_them_in() {
    for (path, origin, expected) in [
        ("/ws", "http://localhost", 101),
        ("/ws", "https://localhost", 101),
        ("/ws", "HTTP://LOCALHOST", 403),
        ("/ws", "http://localhost:81", 403),
        ("/ws", "http://evil.example", 403),
        ("/ws", "http://localhost.evil.example", 403),
        ("/ws", "null", 403),
        ("/ws", "", 403),
        ("/some", "https://app.example", 101),
        ("/some", "http://app.example", 403),
        ("/some", "http://localhost", 101),
        ("/any", "http://evil.example", 101),
        ("/any", "null", 101),
    ] {
        assert_eq!(status(path, with(&format!("Origin: {origin}"))), expected, "{path} {origin}");
    }
    assert_eq!(status("/ws", with("Origin: http://localhost\r\nOrigin: http://localhost")), 403);
    let port = |asks: String| asks.replace("Host: localhost", "Host: localhost:8080");
    assert_eq!(status("/ws", |asks| with("Origin: http://localhost:8080")(port(asks))), 101);
    assert_eq!(status("/ws", |asks| with("Origin: http://localhost")(port(asks))), 403);
}

#[test]
fn hooks_run_before_the_handshake_and_see_its_answer() {
    let app = App::new()
        .websocket("/ws", |req: OwnedRequest, socket: WebSocket| async move {
            let name = req.header_text("x-name").unwrap_or("nobody").to_owned();
            socket.send(name).await.unwrap();
        })
        .before(|req: &mut Request<'_>, res: &mut Response<'_>| {
            if req.header("x-name").is_none() {
                res.set_status(Status::UNAUTHORIZED).empty();
            }
        })
        .after(|_: &Request<'_>, res: &mut Response<'_>| {
            res.header("X-Seen", res.status().as_u16().to_string());
        });
    let mut memory = Memory::new(app);
    memory.send(asks("/ws").as_bytes());
    let head = memory.head();
    assert!(head.starts_with("HTTP/1.1 401 ") && head.contains("\r\nX-Seen: 401\r\n"), "{head}");
    memory.send(with("X-Name: me")(asks("/ws")).as_bytes());
    let head = memory.head();
    assert!(head.starts_with("HTTP/1.1 101 ") && head.contains("\r\nX-Seen: 101\r\n"), "{head}");
    assert_eq!(memory.texts(), ["me"]);
}

#[test]
fn a_socket_takes_no_place_among_the_tasks() {
    let app = App::new()
        .limits(Limits { tasks: 1, ..Limits::DEFAULT })
        .websocket("/ws", echo)
        .around(async |req: OwnedRequest, next: Next| {
            sleep(Duration::from_secs(1)).await;
            next.run(req).await
        });
    let mut memory = Memory::new(app);
    memory.send(asks("/ws").as_bytes());
    memory.wait(Duration::from_secs(2));
    let head = memory.head();
    assert!(head.starts_with("HTTP/1.1 101 "), "the hook has the only one: {head}");
    memory.send(&frame(0x81, b"here"));
    assert_eq!(memory.texts(), ["here"]);
}

#[test]
fn an_answer_that_a_hook_has_changed_upgrades_nothing() {
    let app = App::new().websocket("/ws", echo).get("/", |_: &Request<'_>| "next").after(
        |_: &Request<'_>, res: &mut Response<'_>| {
            if res.status() == Status::SWITCHING_PROTOCOLS {
                res.set_status(Status::FORBIDDEN);
            }
        },
    );
    let mut memory = Memory::new(app);
    memory.send((asks("/ws") + "GET / HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes());
    assert!(memory.head().starts_with("HTTP/1.1 403 "));
    assert!(memory.head().starts_with("HTTP/1.1 200 "));
}

#[test]
fn an_upgrade_waits_for_the_answers_in_front_of_it() {
    let app = App::new()
        .get("/late", |_: OwnedRequest| async {
            rajada_mio::sleep(std::time::Duration::from_secs(3)).await;
            "late"
        })
        .get("/", |_: &Request<'_>| "at once")
        .websocket("/ws", echo);
    let mut memory = Memory::new(app);
    let mut octets =
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /late HTTP/1.1\r\nHost: a\r\n\r\n".to_vec();
    octets.extend_from_slice(asks("/ws").as_bytes());
    octets.extend(frame(0x81, b"first"));
    memory.give(&octets);
    memory.run();
    assert!(memory.head().starts_with("HTTP/1.1 200 "));
    assert_eq!(memory.received, b"at once");
    memory.received.clear();
    assert!(!memory.wants_read(), "what is behind is not read");
    memory.give(&frame(0x81, b"second"));
    memory.wait(std::time::Duration::from_secs(4));
    assert!(memory.head().starts_with("HTTP/1.1 200 "));
    assert!(memory.received.starts_with(b"late"));
    memory.received.drain(..4);
    assert!(memory.head().starts_with("HTTP/1.1 101 "));
    assert_eq!(memory.texts(), ["first", "second"]);
}

#[test]
fn octets_behind_a_handshake_count_for_no_limit_of_heads() {
    let limits = Limits { head: 1000, ..Limits::DEFAULT };
    let mut memory = Memory::new(app().limits(limits));
    let payload = vec![b'x'; 5000];
    memory.send(&[asks("/ws").into_bytes(), frame(0x81, &payload)].concat());
    let head = memory.head();
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert_eq!(memory.texts(), [String::from_utf8(payload).unwrap()]);
}
