//! What a close handshake waits for, and what not.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rajada_mio::websocket::{
    Broadcast, CloseCode, Ended, SocketDeadlines, SocketEndpoint, WebSocket,
};
use rajada_mio::{App, OwnedRequest, sleep, spawn, timeout};

use crate::common::{Frame, Memory, close, echo, frame};

fn text(text: &str) -> Frame {
    Frame { first: 0x81, payload: text.as_bytes().to_vec() }
}

/// A member of a broadcast that tells how it has ended.
fn member(broadcast: &Broadcast, ended: &Arc<Mutex<Option<Ended>>>) -> App {
    let ended = ended.clone();
    App::new().state(broadcast.clone()).websocket(
        "/ws",
        move |req: OwnedRequest, mut socket: WebSocket| {
            let ended = ended.clone();
            async move {
                socket.join(req.state::<Broadcast>());
                while socket.recv().await.is_some() {}
                *ended.lock().unwrap() = socket.ended();
            }
        },
    )
}

/// Sends so much that a peer that takes nothing is too far behind.
fn overflow(broadcast: &Broadcast, memory: &mut Memory) {
    memory.run();
    memory.takes = 0;
    while broadcast.overflowed() == 0 {
        broadcast.send(&[b'x'; 50_000][..]);
        memory.run();
    }
}

#[test]
fn another_task_that_takes_the_last_message_has_the_peer_answered() {
    for delay in [0, 2] {
        let ended = Arc::new(Mutex::new(None));
        let told = ended.clone();
        let app = App::new().websocket("/ws", move |mut socket: WebSocket| {
            let told = told.clone();
            async move {
                drop(spawn(async move {
                    sleep(Duration::from_secs(delay)).await;
                    while socket.recv().await.is_some() {}
                    *told.lock().unwrap() = socket.ended();
                }));
            }
        });
        let mut memory = Memory::open(app, "/ws");
        memory.send(&[frame(0x81, b"one"), frame(0x88, &[3, 232])].concat());
        memory.wait(Duration::from_secs(delay));
        assert_eq!(memory.frames(), [close(1000)], "after {delay} s");
        assert!(memory.is_closed);
        assert!(matches!(*ended.lock().unwrap(), Some(Ended::Closed { .. })));
    }
}

#[test]
fn what_another_task_has_taken_is_held_no_longer() {
    let app = App::new().websocket("/ws", |mut socket: WebSocket| async move {
        drop(spawn(async move {
            sleep(Duration::from_secs(2)).await;
            while socket.recv().await.is_some() {}
        }));
    });
    let mut memory = Memory::open(app, "/ws");
    memory.send(&frame(0x82, &[7; 10_000]));
    assert!(memory.driver.buffered() >= 10_000);
    memory.wait(Duration::from_secs(3));
    assert_eq!(memory.driver.buffered(), 0);
}

#[test]
fn a_send_that_was_dropped_does_not_hold_the_answer_to_a_close() {
    let app = App::new().websocket("/ws", |mut socket: WebSocket| async move {
        let sender = socket.sender();
        socket.recv().await;
        drop(spawn(async move {
            sender.send(vec![1; 70_000]).await.unwrap();
            let late = timeout(Duration::from_secs(1), sender.send("late")).await;
            assert!(late.is_err());
            std::future::pending::<()>().await;
            drop(sender);
        }));
        while socket.recv().await.is_some() {}
    });
    let mut memory = Memory::open(app, "/ws");
    memory.takes = 0;
    memory.send(&frame(0x81, b"go"));
    memory.wait(Duration::from_secs(3));
    memory.send(&frame(0x88, &[3, 232]));
    memory.takes = usize::MAX;
    memory.run();
    let frames = memory.frames();
    assert_eq!(frames.iter().map(|frame| frame.first).collect::<Vec<_>>(), [0x82, 0x88]);
    assert!(memory.is_closed);
}

/// A socket of which another task sends three messages, each of which fills the backlog, and what became of these calls.
fn sends_elsewhere() -> (App, Arc<Mutex<Vec<bool>>>) {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let all = sent.clone();
    let handler = move |mut socket: WebSocket| {
        let (sender, all) = (socket.sender(), all.clone());
        async move {
            socket.recv().await;
            drop(spawn(async move {
                for number in 0..3 {
                    let is_sent = sender.send(vec![number; 1000]).await.is_ok();
                    all.lock().unwrap().push(is_sent);
                }
            }));
            while socket.recv().await.is_some() {}
        }
    };
    (App::new().websocket("/ws", SocketEndpoint::new(handler).backlog(1000)), sent)
}

#[test]
fn a_sender_that_waits_for_room_behind_the_peers_close_has_it() {
    let (app, sent) = sends_elsewhere();
    let mut memory = Memory::open(app, "/ws");
    memory.takes = 0;
    memory.send(&frame(0x81, b"go"));
    memory.send(&frame(0x88, &[3, 232]));
    memory.wait(Duration::from_secs(3));
    assert_eq!(*sent.lock().unwrap(), [true], "the second one waits");
    memory.takes = 300;
    memory.run();
    let frames = memory.frames();
    let firsts: Vec<_> = frames.iter().map(|frame| (frame.first, frame.payload[0])).collect();
    assert_eq!(firsts, [(0x82, 0), (0x82, 1), (0x82, 2), (0x88, 3)]);
    assert_eq!(*sent.lock().unwrap(), [true; 3]);
    assert!(memory.is_closed);
}

#[test]
fn a_sender_that_has_no_room_behind_the_peers_close_is_told_at_its_deadline() {
    let (app, sent) = sends_elsewhere();
    let mut memory = Memory::open(app, "/ws");
    memory.takes = 0;
    memory.send(&frame(0x81, b"go"));
    memory.send(&frame(0x88, &[3, 232]));
    memory.wait(Duration::from_secs(9));
    assert!(!memory.is_closed && *sent.lock().unwrap() == [true]);
    memory.wait(Duration::from_secs(3));
    assert!(memory.is_closed);
    assert_eq!(*sent.lock().unwrap(), [true, false, false]);
}

#[test]
fn a_handler_learns_of_its_overflow_at_once() {
    let (broadcast, ended) = (Broadcast::new().backlog(100_000), Arc::new(Mutex::new(None)));
    let mut memory = Memory::open(member(&broadcast, &ended), "/ws");
    overflow(&broadcast, &mut memory);
    assert_eq!(*ended.lock().unwrap(), Some(Ended::Overflow));
}

#[test]
fn the_reply_to_a_close_for_an_overflow_is_read() {
    let (broadcast, ended) = (Broadcast::new().backlog(100_000), Arc::new(Mutex::new(None)));
    let mut memory = Memory::open(member(&broadcast, &ended), "/ws");
    overflow(&broadcast, &mut memory);
    memory.takes = usize::MAX;
    memory.run();
    assert_eq!(memory.frames().last().unwrap().payload[..2], 1008u16.to_be_bytes());
    assert!(!memory.is_closed && memory.wants_read());
    // What was under way is thrown away.
    memory.send(&frame(0x82, &[7; 100_000]));
    assert!(!memory.is_closed && memory.wants_read());
    memory.send(&frame(0x88, &1008u16.to_be_bytes()));
    assert!(memory.is_closed);
    assert_eq!(*ended.lock().unwrap(), Some(Ended::Overflow));
}

#[test]
fn the_reply_to_a_close_for_an_idle_deadline_is_read() {
    let deadlines =
        SocketDeadlines { idle: Some(Duration::from_secs(5)), ..SocketDeadlines::DEFAULT };
    for reply in [Some(frame(0x88, &1008u16.to_be_bytes())), None] {
        let route = SocketEndpoint::new(echo).deadlines(deadlines);
        let mut memory = Memory::open(App::new().websocket("/ws", route), "/ws");
        memory.wait(Duration::from_secs(8));
        assert_eq!(memory.frames(), [close(1008)]);
        assert!(!memory.is_closed && memory.wants_read());
        match reply {
            Some(reply) => memory.send(&reply),
            None => memory.end(),
        }
        assert!(memory.is_closed);
    }
}

#[test]
fn the_reply_is_read_past_messages_that_were_not_taken() {
    let deadlines =
        SocketDeadlines { idle: Some(Duration::from_secs(5)), ..SocketDeadlines::DEFAULT };
    let taken = Arc::new(AtomicUsize::new(0));
    let count = taken.clone();
    let handler = move |mut socket: WebSocket| {
        let count = count.clone();
        async move {
            sleep(Duration::from_secs(20)).await;
            while socket.recv().await.is_some() {
                count.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    let route = SocketEndpoint::new(handler).deadlines(deadlines);
    let mut memory = Memory::open(App::new().websocket("/ws", route), "/ws");
    memory.send(&frame(0x81, b"one"));
    memory.wait(Duration::from_secs(8));
    assert_eq!(memory.frames(), [close(1008)]);
    memory.send(&[frame(0x81, b"late"), frame(0x88, &1008u16.to_be_bytes())].concat());
    assert!(memory.is_closed);
    memory.wait(Duration::from_secs(15));
    assert_eq!(taken.load(Ordering::Relaxed), 1, "what came before is not lost");
}

#[test]
fn what_is_queued_in_front_of_a_close_does_not_postpone_its_deadline() {
    let handler = |mut socket: WebSocket| async move {
        socket.recv().await;
        for _ in 0..40 {
            socket.send(vec![7; 10_000]).await.unwrap();
        }
        socket.close(CloseCode::NORMAL, "");
        std::future::pending::<()>().await;
    };
    let route = SocketEndpoint::new(handler).backlog(1 << 20);
    let mut memory = Memory::open(App::new().websocket("/ws", route), "/ws");
    memory.takes = 0;
    memory.send(&frame(0x81, b"go"));
    for second in 0..12 {
        assert!(second > 8 || !memory.is_closed, "{second}");
        // (It takes a little, so that it is not cut for taking nothing.)
        memory.takes = 1;
        memory.take();
        memory.takes = 0;
        memory.wait(Duration::from_secs(1));
    }
    assert!(memory.is_closed);
}

#[test]
fn what_was_sent_before_a_panic_leaves_in_front_of_1011() {
    let app = App::new().websocket("/ws", |socket: WebSocket| async move {
        socket.send("accepted").await.unwrap();
        assert!(socket.protocol().is_some(), "a test");
    });
    let mut memory = Memory::open(app, "/ws");
    assert_eq!(memory.frames(), [text("accepted"), close(1011)]);
    memory.send(&frame(0x88, &1011u16.to_be_bytes()));
    assert!(memory.is_closed);
}

#[test]
fn a_peer_that_has_ended_is_answered_by_that_and_not_by_the_handlers_return() {
    for (end, code) in [
        (frame(0xA1, b"malformed"), 1002),
        (frame(0x81, b"\xff"), 1007),
        (frame(0x88, &4000u16.to_be_bytes()), 4000),
    ] {
        for explicit in [false, true] {
            let app = App::new().websocket("/ws", move |mut socket: WebSocket| async move {
                socket.recv().await;
                socket.send("taken").await.unwrap();
                if explicit {
                    socket.close(CloseCode::NORMAL, "");
                    sleep(Duration::from_secs(5)).await;
                }
            });
            let mut memory = Memory::open(app, "/ws");
            memory.send(&[frame(0x81, b"one"), frame(0x81, b"two"), end.clone()].concat());
            assert_eq!(memory.frames(), [text("taken"), close(code)], "{end:?}");
            assert!(memory.is_closed);
        }
    }
}

#[test]
fn what_waits_to_be_taken_is_in_front_of_the_end_of_the_input() {
    for (behind, answer) in [
        (frame(0x88, &[3, 232]), Some(close(1000))),
        // Cut in the middle.
        (frame(0x81, b"cut")[..7].to_vec(), None),
        (Vec::new(), None),
    ] {
        let seen = Arc::new(Mutex::new((0, None)));
        let told = seen.clone();
        let handler = move |mut socket: WebSocket| {
            let told = told.clone();
            async move {
                sleep(Duration::from_secs(2)).await;
                while socket.recv().await.is_some() {
                    told.lock().unwrap().0 += 1;
                }
                told.lock().unwrap().1 = socket.ended();
            }
        };
        let route = SocketEndpoint::new(handler).read_ahead(1);
        let mut memory = Memory::open(App::new().websocket("/ws", route), "/ws");
        let texts = [frame(0x81, b"one"), frame(0x81, b"two"), frame(0x81, b"three")];
        memory.give(&[texts.concat(), behind.clone()].concat());
        memory.end();
        memory.wait(Duration::from_secs(4));
        assert!(memory.is_closed, "{behind:?}");
        let seen = seen.lock().unwrap();
        assert_eq!(seen.0, 3, "{behind:?}");
        assert_eq!(seen.1 == Some(Ended::Lost), answer.is_none(), "{behind:?}");
        assert_eq!(memory.frames(), Vec::from_iter(answer), "{behind:?}");
    }
}
