//! What sockets hold of the octets that a worker may, and what becomes of them and of others at that bound.

use std::time::{Duration, Instant};

use rajada_mio::websocket::WebSocket;
use rajada_mio::{App, Deadlines, Limits, Request, sleep};

use crate::common::{Client, Memory, Other, Running, asks, echo, frame};

/// Half of a request, and the other half.
const POST: [&str; 2] = ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\npo", "st"];

const SECOND: Duration = Duration::from_secs(1);

fn app() -> App {
    App::new()
        .limits(Limits { buffered: 100_000, ..Limits::DEFAULT })
        .websocket("/ws", echo)
        .post("/", |_: &Request<'_>| "done")
}

/// With a route that takes no messages for a while.
fn slow() -> App {
    app().websocket("/slow", |mut socket: WebSocket| async move {
        sleep(100 * SECOND).await;
        while socket.recv().await.is_some() {}
    })
}

/// A socket that brings its worker to the bound with a message that it does not finish.
fn at_the_bound(app: App) -> Memory {
    let mut memory = Memory::open(app, "/ws");
    memory.send(&frame(0x02, &[0; 60_000]));
    memory.send(&frame(0x00, &[0; 60_000]));
    assert!(memory.driver.buffered() >= 120_000);
    assert!(memory.wants_read(), "it goes on");
    memory
}

/// Another socket of the same worker, with the beginning of a message.
fn another(memory: &mut Memory, octets: &[u8]) -> Other {
    let mut other = memory.other();
    memory.as_other(&mut other, |memory| {
        memory.send(asks("/ws").as_bytes());
        assert!(memory.head().starts_with("HTTP/1.1 101 "));
        memory.send(octets);
    });
    other
}

/// Time passes second by second, while the peer answers pings, and gives signs of life besides.
fn live(memory: &mut Memory, seconds: u32) {
    for _ in 0..seconds {
        memory.wait(SECOND);
        if memory.wants_read() {
            memory.send(&frame(0x8A, b"here"));
        }
        while let Some(at) = memory.received.windows(2).position(|head| head == b"\x89\x04") {
            let ping: Vec<u8> = memory.received.drain(at..at + 6).collect();
            memory.send(&frame(0x8A, &ping[2..]));
        }
    }
}

/// The code of the close frame that has come, if one has.
fn code(memory: &mut Memory) -> Option<u16> {
    let frames = memory.frames();
    let close = frames.iter().find(|frame| frame.first == 0x88)?;
    Some(u16::from_be_bytes([close.payload[0], close.payload[1]]))
}

#[test]
fn a_request_goes_on_beside_a_message_that_is_not_finished() {
    let mut memory = at_the_bound(app());
    let mut post = memory.other();
    memory.as_other(&mut post, |memory| {
        for half in POST {
            assert!(memory.wants_read());
            memory.send(half.as_bytes());
        }
        assert!(memory.head().starts_with("HTTP/1.1 200 "));
    });
    assert!(memory.wants_read(), "and so does the message");
    memory.send(&frame(0x80, &[0; 10]));
    let messages: Vec<_> = memory.frames().iter().map(|frame| frame.payload.len()).collect();
    assert_eq!(messages, [120_010]);
    assert_eq!(memory.driver.buffered(), 0);
}

#[test]
fn a_message_that_is_not_finished_at_the_bound_ends_in_1008() {
    let mut memory = at_the_bound(app());
    live(&mut memory, 28);
    assert_eq!(code(&mut memory), None, "it has its time");
    live(&mut memory, 4);
    assert_eq!(code(&mut memory), Some(1008));
    // What comes of it is of no use to anybody.
    memory.send(&frame(0x00, &[0; 60_000]));
    assert!(memory.driver.buffered() < 1000, "{}", memory.driver.buffered());
    live(&mut memory, 11);
    assert!(memory.is_closed, "the close handshake has its deadline");
}

#[test]
fn who_waits_for_too_long_amid_a_message_is_told_to_try_again_later() {
    let mut memory = at_the_bound(app());
    let mut others = [
        another(&mut memory, &frame(0x01, b"half")),
        // Of these a part stands where it was read.
        another(&mut memory, &frame(0x81, b"a whole message")[..10]),
        another(&mut memory, &frame(0x81, b"a whole message")[..1]),
    ];
    for other in &mut others {
        assert!(!memory.as_other(other, |memory| memory.wants_read()));
    }
    memory.wait(28 * SECOND);
    assert_eq!(others.each_mut().map(|other| memory.as_other(other, code)), [None; 3]);
    memory.wait(4 * SECOND);
    assert_eq!(others.each_mut().map(|other| memory.as_other(other, code)), [Some(1013); 3]);
    assert_eq!(code(&mut memory), Some(1008));
}

#[test]
fn who_is_next_has_time_of_its_own() {
    let mut memory = Memory::open(slow(), "/slow");
    memory.send(&frame(0x82, &[0; 110_000]));
    let mut first = another(&mut memory, &frame(0x01, b"half"));
    memory.wait(20 * SECOND);
    let mut second = another(&mut memory, &frame(0x01, b"half"));
    memory.wait(12 * SECOND);
    assert_eq!(memory.as_other(&mut first, code), Some(1008));
    assert!(memory.as_other(&mut second, |memory| memory.wants_read()));
    memory.wait(28 * SECOND);
    assert_eq!(memory.as_other(&mut second, code), None);
    memory.wait(4 * SECOND);
    assert_eq!(memory.as_other(&mut second, code), Some(1008));
}

#[test]
fn who_is_not_read_for_the_bound_is_not_judged_by_its_silence() {
    let deadlines = Deadlines { content: Duration::from_secs(300), ..Deadlines::DEFAULT };
    let mut memory = at_the_bound(app().deadlines(deadlines));
    let mut other = another(&mut memory, &frame(0x01, b"half"));
    live(&mut memory, 200);
    assert!(!memory.as_other(&mut other, |memory| memory.wants_read()));
    memory.send(&frame(0x80, b""));
    memory.as_other(&mut other, |memory| {
        assert!(memory.wants_read());
        memory.send(&frame(0x80, b" a message"));
        assert_eq!(memory.texts(), ["half a message"]);
    });
}

#[test]
fn each_message_has_its_own_time_at_the_bound() {
    let mut memory = at_the_bound(app());
    for number in 0..50 {
        memory.wait(2 * SECOND);
        let next = [frame(0x80, b""), frame(0x02, &vec![0; 110_000 + number])].concat();
        memory.send(&next);
        assert_eq!(memory.frames().iter().filter(|frame| frame.first == 0x82).count(), 1);
        assert!(memory.driver.buffered() > 100_000);
    }
    live(&mut memory, 32);
    assert_eq!(code(&mut memory), Some(1008), "the last one");
}

#[test]
fn a_message_takes_as_long_as_it_likes_below_the_bound() {
    let mut memory = Memory::open(app(), "/ws");
    memory.send(&frame(0x01, &[b'x'; 60_000]));
    live(&mut memory, 600);
    memory.send(&frame(0x80, b"x"));
    assert_eq!(memory.texts(), ["x".repeat(60_001)]);
}

#[test]
fn who_holds_whole_messages_waits_for_room_and_holds_up_nobody() {
    let mut memory = Memory::open(slow(), "/slow");
    memory.send(&frame(0x82, &[0; 60_000]));
    let mut other = another(&mut memory, &frame(0x02, &[0; 60_000]));
    assert!(!memory.wants_read(), "nothing more would make it hold less");
    memory.as_other(&mut other, |memory| {
        assert!(memory.wants_read());
        memory.send(&frame(0x80, b"x"));
        assert_eq!(memory.frames()[0].payload.len(), 60_001);
    });
    assert!(memory.wants_read(), "there is room");
    let mut other = another(&mut memory, &frame(0x02, &[0; 60_000]));
    memory.wait(32 * SECOND);
    assert_eq!(memory.as_other(&mut other, code), Some(1008));
    assert_eq!(code(&mut memory), None);
    live(&mut memory, 80);
    assert!(memory.wants_read() && !memory.is_closed);
}

#[test]
fn far_beyond_the_bound_no_message_begins() {
    let mut memory = at_the_bound(app());
    let part = [frame(0x02, &[0; 50_000]), frame(0x00, &[0; 10_000])].concat();
    let mut others: Vec<Other> = (0..40).map(|_| another(&mut memory, &part)).collect();
    let far = 125_000 + (1 << 20);
    let held = memory.driver.buffered();
    assert!((far - 60_000..=far).contains(&held), "{held}");
    let codes: Vec<_> = others.iter_mut().map(|other| memory.as_other(other, code)).collect();
    let refused = codes.iter().filter(|code| **code == Some(1013)).count();
    assert!(refused > 15 && codes[0].is_none(), "{codes:?}");
    // What is whole at once is not concerned.
    let mut last = another(&mut memory, &frame(0x81, b"whole"));
    assert_eq!(memory.as_other(&mut last, |memory| memory.texts()), ["whole"]);
}

#[test]
fn over_sockets_a_request_is_answered_and_the_unfinished_message_ends() {
    let deadlines = Deadlines {
        content: Duration::from_secs(2),
        check_interval: Duration::from_millis(50),
        ..Deadlines::DEFAULT
    };
    let server = Running::new(app().workers(1).deadlines(deadlines));
    let mut socket = server.open("/ws");
    socket.send(0x02, &[0; 60_000]);
    socket.send(0x00, &[0; 60_000]);
    // (It is seen to have come.)
    socket.send(0x89, b"there");
    assert_eq!(socket.frame().unwrap().first, 0x8A);
    let mut post = Client::connect(server.address);
    let began = Instant::now();
    for half in POST {
        post.write(half.as_bytes());
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(post.head().starts_with("HTTP/1.1 200 "));
    assert!(began.elapsed() < deadlines.content);
    socket.closes(1008);
    assert!(began.elapsed() < 3 * deadlines.content);
}
