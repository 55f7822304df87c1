//! How sockets end.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rajada_mio::App;
use rajada_mio::websocket::{CloseCode, Ended, SocketDeadlines, SocketEndpoint, WebSocket};

use crate::common::{Frame, Memory, Running, close, echo, frame};

/// What handlers have seen at the end.
type Seen = Arc<Mutex<Vec<Option<Ended>>>>;

/// An application whose socket tells how it ends.
fn tells(seen: &Seen, deadlines: SocketDeadlines) -> App {
    let seen = seen.clone();
    let handler = move |mut socket: WebSocket| {
        let seen = seen.clone();
        async move {
            while socket.recv().await.is_some() {}
            seen.lock().unwrap().push(socket.ended());
        }
    };
    App::new().websocket("/ws", SocketEndpoint::new(handler).deadlines(deadlines))
}

#[test]
fn the_end_is_told_as_it_was() {
    let gone = |code, reason: &str| Ended::Closed { code, reason: reason.to_owned() };
    for (sent, answer, expected) in [
        (frame(0x88, b"\x0f\xa0done"), Some(close(4000)), Some(gone(CloseCode::new(4000), "done"))),
        (frame(0x88, b""), Some(Frame { first: 0x88, payload: Vec::new() }), Some(gone(None, ""))),
        (frame(0x88, b"\x03"), Some(close(1002)), None),
        (frame(0x88, &1005u16.to_be_bytes()), Some(close(1002)), None),
        (frame(0x81, b"\xff"), Some(close(1007)), None),
        (frame(0xC1, b"x"), Some(close(1002)), None),
        (vec![0x81, 0x00], Some(close(1002)), None),
        (vec![0x82, 0xFF, 0, 0, 0, 0, 0, 0x20, 0, 0], Some(close(1009)), None),
        (Vec::new(), None, Some(Ended::Lost)),
        (frame(0x01, b"half"), None, Some(Ended::Lost)),
    ] {
        let seen = Seen::default();
        let mut memory = Memory::open(tells(&seen, SocketDeadlines::DEFAULT), "/ws");
        // What is good in front of it is taken.
        memory.send(&frame(0x82, b"good"));
        memory.send(&sent);
        if answer.is_none() {
            memory.end();
        }
        assert_eq!(memory.frames(), Vec::from_iter(answer), "{sent:?}");
        let seen = seen.lock().unwrap();
        match (&seen[..], expected) {
            ([Some(Ended::Malformed(_))], None) => {}
            ([ended], expected) => assert_eq!(*ended, expected),
            _ => panic!("{sent:?}: {seen:?}"),
        }
        assert!(memory.is_closed, "{sent:?}");
    }
}

#[test]
fn what_stands_in_front_of_the_peers_end_is_answered_first() {
    let text = |payload: &[u8]| Frame { first: 0x81, payload: payload.to_vec() };
    for (end, code) in [
        (frame(0x88, &[3, 232]), 1000),
        (frame(0xA1, b"reserved"), 1002),
        (frame(0x87, b"opcode"), 1002),
        (frame(0x80, b"continuation"), 1002),
        (frame(0x81, b"\xff"), 1007),
        (vec![0x81, 0xFF, 0, 0, 0, 0, 0, 0x20, 0, 0], 1009),
    ] {
        for eof in [false, true] {
            let mut memory = Memory::open(App::new().websocket("/ws", echo), "/ws");
            let octets = [frame(0x81, b"one"), frame(0x81, b"two"), end.clone()].concat();
            memory.give(&octets);
            if eof {
                memory.end();
            }
            memory.run();
            assert_eq!(memory.frames(), [text(b"one"), text(b"two"), close(code)], "{end:?}");
            assert!(memory.is_closed);
        }
    }
}

#[test]
fn who_takes_no_messages_holds_a_closing_connection_for_its_deadline_only() {
    let app = App::new().websocket("/ws", |socket: WebSocket| async move {
        std::future::pending::<()>().await;
        drop(socket);
    });
    let mut memory = Memory::open(app, "/ws");
    memory.send(&[frame(0x81, b"one"), frame(0x88, &[3, 232])].concat());
    assert_eq!(memory.frames(), []);
    memory.wait(Duration::from_secs(8));
    assert!(!memory.is_closed);
    memory.wait(Duration::from_secs(4));
    assert!(memory.is_closed);
}

#[test]
fn a_handler_that_returns_closes_behind_what_it_has_sent() {
    let app = App::new().websocket("/ws", |socket: WebSocket| async move {
        for number in 0..3 {
            socket.send(number.to_string()).await.unwrap();
        }
    });
    let mut memory = Memory::open(app, "/ws");
    let frames = memory.frames();
    assert_eq!(frames.len(), 4);
    assert_eq!(frames[3], close(1000));
    assert!(!memory.is_closed, "the reply is awaited");
    memory.send(&frame(0x88, &[3, 232]));
    assert!(memory.is_closed);
}

#[test]
fn what_comes_behind_our_close_is_thrown_away_until_the_reply() {
    let app = App::new().websocket("/ws", |mut socket: WebSocket| async move {
        socket.recv().await;
    });
    let mut memory = Memory::open(app, "/ws");
    for _ in 0..3 {
        memory.send(&frame(0x82, &[7; 60_000]).repeat(4));
        assert!(memory.wants_read());
    }
    assert_eq!(memory.frames(), [close(1000)]);
    memory.send(&frame(0x88, &[3, 232]));
    assert!(memory.is_closed);
}

#[test]
fn a_panic_closes_with_1011_and_the_server_serves_on() {
    let server = Running::new(
        App::new()
            .websocket("/panics", |mut socket: WebSocket| async move {
                let message = socket.recv().await;
                panic!("a test: {message:?}");
            })
            .websocket("/ws", echo),
    );
    let (mut bad, mut good) = (server.open("/panics"), server.open("/ws"));
    bad.send(0x81, b"x");
    let began = std::time::Instant::now();
    bad.closes(1011);
    assert!(
        began.elapsed() < Duration::from_secs(8),
        "the reply was read, and no deadline waited for"
    );
    good.send(0x81, b"still here");
    assert_eq!(good.frame().unwrap().payload, b"still here");
}

#[test]
fn a_shutdown_closes_with_1001() {
    let server = Running::new(App::new().websocket("/ws", echo));
    let mut client = server.open("/ws");
    client.send(0x81, b"x");
    assert_eq!(client.frame().unwrap().payload, b"x");
    let thread = std::thread::spawn(move || {
        client.closes(1001);
    });
    assert_eq!(server.end(), rajada_mio::Exit::Clean);
    thread.join().unwrap();
}

#[test]
fn a_peer_that_does_not_reply_to_a_close_is_cut() {
    let mut memory = Memory::open(App::new().websocket("/ws", echo), "/ws");
    memory.shut_down();
    assert_eq!(memory.frames(), [close(1001)]);
    memory.wait(Duration::from_secs(8));
    // Not even by sending on.
    memory.send(&frame(0x81, b"x"));
    assert!(!memory.is_closed);
    memory.wait(Duration::from_secs(4));
    assert!(memory.is_closed);
}

#[test]
fn a_silent_peer_is_asked_and_cut_if_no_pong_comes() {
    let seen = Seen::default();
    let mut memory = Memory::open(tells(&seen, SocketDeadlines::DEFAULT), "/ws");
    memory.wait(Duration::from_secs(28));
    assert_eq!(memory.frames(), []);
    memory.wait(Duration::from_secs(5));
    let frames = memory.frames();
    assert_eq!((frames.len(), frames[0].first), (1, 0x89));
    memory.send(&frame(0x8A, &frames[0].payload));
    memory.wait(Duration::from_secs(28));
    assert!(!memory.is_closed && memory.frames().is_empty());
    memory.wait(Duration::from_secs(5));
    assert_eq!(memory.frames()[0].first, 0x89);
    for _ in 0..25 {
        // Fragments and pongs that answer nothing stand for no pong.
        memory.send(&frame(0x8A, b"no answer"));
        memory.wait(Duration::from_secs(1));
    }
    assert!(memory.is_closed);
    assert_eq!(*seen.lock().unwrap(), [Some(Ended::Lost)]);
}

#[test]
fn an_idle_deadline_is_not_postponed_by_pings() {
    let deadlines =
        SocketDeadlines { idle: Some(Duration::from_secs(60)), ..SocketDeadlines::DEFAULT };
    let seen = Seen::default();
    let mut memory = Memory::open(tells(&seen, deadlines), "/ws");
    for _ in 0..64 {
        memory.send(&frame(0x89, b"here"));
        for ping in memory.frames().iter().filter(|frame| frame.first == 0x89) {
            memory.send(&frame(0x8A, &ping.payload));
        }
        if memory.is_closed || !seen.lock().unwrap().is_empty() {
            break;
        }
        memory.wait(Duration::from_secs(1));
    }
    assert_eq!(seen.lock().unwrap().len(), 1, "it has ended");
}

#[test]
fn an_idle_deadline_is_not_postponed_by_pings_in_pieces() {
    let deadlines =
        SocketDeadlines { idle: Some(Duration::from_secs(5)), ..SocketDeadlines::DEFAULT };
    let seen = Seen::default();
    let mut memory = Memory::open(tells(&seen, deadlines), "/ws");
    for octet in frame(0x89, b"here").repeat(2) {
        memory.send(&[octet]);
        memory.wait(Duration::from_secs(1));
    }
    let ended = memory.frames().into_iter().find(|frame| frame.first == 0x88);
    assert_eq!(ended, Some(close(1008)));
}

#[test]
fn an_idle_deadline_is_postponed_by_pieces_of_a_frame() {
    let deadlines =
        SocketDeadlines { idle: Some(Duration::from_secs(5)), ..SocketDeadlines::DEFAULT };
    let handler = SocketEndpoint::new(echo).deadlines(deadlines);
    let mut memory = Memory::open(App::new().websocket("/ws", handler), "/ws");
    for piece in frame(0x82, &[7; 4000]).chunks(300) {
        memory.send(piece);
        memory.wait(Duration::from_secs(1));
    }
    assert_eq!(memory.frames(), [Frame { first: 0x82, payload: vec![7; 4000] }]);
    memory.wait(Duration::from_secs(7));
    assert_eq!(memory.frames(), [close(1008)]);
}

#[test]
fn fragments_do_not_postpone_the_deadline_of_a_pong() {
    let seen = Seen::default();
    let mut memory = Memory::open(tells(&seen, SocketDeadlines::DEFAULT), "/ws");
    memory.wait(Duration::from_secs(33));
    assert_eq!(memory.frames()[0].first, 0x89);
    memory.send(&frame(0x01, b"begins"));
    for _ in 0..18 {
        memory.send(&frame(0x00, b", goes on"));
        memory.wait(Duration::from_secs(1));
        assert_eq!(memory.frames(), []);
    }
    for _ in 0..6 {
        memory.send(&frame(0x00, b", goes on"));
        memory.wait(Duration::from_secs(1));
    }
    assert!(memory.is_closed);
    assert_eq!(*seen.lock().unwrap(), [Some(Ended::Lost)]);
}
