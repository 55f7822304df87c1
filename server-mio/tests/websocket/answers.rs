//! Messages that are answered where they are read.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rajada_mio::websocket::{CloseCode, Ended, MessageRef, SocketEndpoint, WebSocket};
use rajada_mio::{App, sleep, spawn, timeout};

use crate::common::{Frame, Memory, Running, asks, close, frame};

async fn echo(mut socket: WebSocket) {
    socket.for_each(|message, replies| replies.send(message)).await;
}

fn numbered(count: usize) -> (Vec<u8>, Vec<String>) {
    let texts: Vec<String> = (0..count).map(|number| format!("{number:0100}")).collect();
    (texts.iter().flat_map(|text| frame(0x81, text.as_bytes())).collect(), texts)
}

#[test]
fn messages_come_back_in_order_and_the_close_behind_them() {
    let server = Running::new(App::new().websocket("/ws", echo));
    let mut client = server.open("/ws");
    let mut expected = Vec::new();
    let mut octets = Vec::new();
    for size in [0, 1, 40, 125, 126, 512, 4096, 5000, 65_535, 65_536, 300_000] {
        let payload = vec![b'x'; size];
        for first in [0x81, 0x82] {
            octets.extend(frame(first, &payload));
            expected.push(Frame { first, payload: payload.clone() });
        }
    }
    octets.extend(frame(0x89, b"?"));
    octets.extend(frame(0x88, &4000u16.to_be_bytes()));
    client.write(&octets);
    expected.extend([Frame { first: 0x8A, payload: b"?".to_vec() }, close(4000)]);
    for expected in expected {
        assert!(client.frame() == Some(expected));
    }
    assert_eq!(client.frame(), None);
}

#[test]
fn every_split_gives_the_same() {
    let mut octets = [frame(0x81, b"one"), frame(0x01, b"t"), frame(0x89, b"p")].concat();
    octets.extend([frame(0x80, b"wo"), frame(0x82, &[7; 130]), frame(0x88, &[3, 232])].concat());
    for at in 0..octets.len() {
        let mut memory = Memory::open(App::new().websocket("/ws", echo), "/ws");
        memory.send(&octets[..at]);
        memory.send(&octets[at..]);
        let frames = memory.frames();
        let firsts: Vec<u8> = frames.iter().map(|frame| frame.first).collect();
        assert_eq!(firsts, [0x81, 0x8A, 0x81, 0x82, 0x88], "split at {at}");
        assert_eq!((&frames[0].payload[..], &frames[2].payload[..]), (&b"one"[..], &b"two"[..]));
        assert!(memory.is_closed);
    }
}

#[test]
fn the_answers_of_a_burst_are_ready_together() {
    let mut memory = Memory::open(App::new().websocket("/ws", echo), "/ws");
    memory.takes = 0;
    let (octets, expected) = numbered(16);
    memory.send(&octets);
    memory.takes = usize::MAX;
    assert_eq!(memory.take(), 16 * 102, "with their headers, in one piece");
    assert_eq!(memory.texts(), expected);
}

#[test]
fn messages_that_came_before_go_first() {
    let app = App::new().websocket("/ws", |mut socket: WebSocket| async move {
        let first = socket.recv().await.unwrap();
        sleep(Duration::from_secs(3)).await;
        socket.send(first).await.unwrap();
        socket.for_each(|message, replies| replies.send(message)).await;
    });
    let mut memory = Memory::open(app, "/ws");
    let (octets, expected) = numbered(4);
    memory.send(&octets[..3 * 108]);
    assert_eq!(memory.texts(), [""; 0]);
    memory.wait(Duration::from_secs(4));
    memory.send(&octets[3 * 108..]);
    assert_eq!(memory.texts(), expected);
}

#[test]
fn what_else_is_sent_keeps_the_order_of_the_calls() {
    let app = App::new().websocket("/ws", |mut socket: WebSocket| async move {
        let sender = socket.sender();
        let sends = sender.clone();
        drop(spawn(async move {
            sleep(Duration::from_secs(2)).await;
            sends.send("a".repeat(100_000)).await.unwrap();
            sends.send("behind it").await.unwrap();
        }));
        socket.for_each(|message, replies| replies.send(message)).await;
    });
    let mut memory = Memory::open(app, "/ws");
    memory.send(&frame(0x81, b"before"));
    memory.takes = 0;
    memory.wait(Duration::from_secs(3));
    memory.send(&frame(0x81, b"meanwhile"));
    memory.takes = usize::MAX;
    memory.run();
    memory.send(&frame(0x81, b"after"));
    let texts: Vec<String> = memory
        .texts()
        .into_iter()
        .map(|mut text| text.drain(..text.len().min(9)).collect())
        .collect();
    assert_eq!(texts, ["before", "aaaaaaaaa", "behind it", "meanwhile", "after"]);
}

#[test]
fn a_peer_that_takes_nothing_is_not_read_and_what_is_held_is_bounded() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let handler = move |mut socket: WebSocket| {
        let count = count.clone();
        async move {
            let answer = socket.for_each(move |_, replies| {
                count.fetch_add(1, Ordering::Relaxed);
                replies.send("x".repeat(700))?;
                replies.send(vec![b'y'; 2000])
            });
            answer.await;
        }
    };
    let endpoint = SocketEndpoint::new(handler).backlog(10_000).read_ahead(1000).compress(false);
    let mut memory = Memory::open(App::new().websocket("/ws", endpoint), "/ws");
    memory.takes = 0;
    let messages = frame(0x81, b"go").repeat(100);
    memory.send(&messages);
    assert_eq!(asked.load(Ordering::Relaxed), 4, "as many as the backlog has room for");
    assert!(!memory.wants_read());
    memory.takes = 900;
    memory.run();
    while memory.take() > 0 {
        memory.run();
        let most = memory.received.len() / 2700 + 6;
        assert!(asked.load(Ordering::Relaxed) <= most);
    }
    let firsts: Vec<u8> = memory.frames().iter().map(|frame| frame.first).collect();
    assert_eq!(firsts, [0x81, 0x82].repeat(100));
    assert!(memory.wants_read());
}

#[test]
fn answers_beyond_the_room_leave_in_order_before_the_next_message_is_read() {
    let app = App::new().websocket("/ws", |mut socket: WebSocket| async move {
        let mut number = 0;
        let answer = socket.for_each(move |_, replies| {
            for _ in 0..10 {
                replies.send(format!("{number:030000}"))?;
                number += 1;
            }
            Ok(())
        });
        answer.await;
    });
    let mut memory = Memory::new(app);
    memory.send(asks("/ws").as_bytes());
    memory.head();
    memory.takes = 1;
    memory.send(&frame(0x81, b"go").repeat(3));
    memory.takes = usize::MAX;
    memory.run();
    let expected: Vec<String> = (0..30).map(|number| format!("{number:030000}")).collect();
    assert!(memory.texts() == expected);
}

#[test]
fn a_panic_is_one_of_the_handler() {
    for queued in [false, true] {
        let app = App::new().websocket("/ws", move |mut socket: WebSocket| async move {
            if queued {
                sleep(Duration::from_secs(1)).await;
            }
            let answer = socket.for_each(|message, replies| match message.text() {
                Some("panic") => panic!("a test: it was asked to"),
                _ => replies.send(message),
            });
            answer.await;
        });
        let mut memory = Memory::open(app, "/ws");
        memory.send(&[frame(0x81, b"good"), frame(0x81, b"panic"), frame(0x81, b"no")].concat());
        memory.wait(Duration::from_secs(2));
        let frames = memory.frames();
        assert_eq!(frames.len(), 2, "{frames:?}");
        assert_eq!((&frames[0].payload[..], &frames[1]), (&b"good"[..], &close(1011)));
        memory.send(&frame(0x88, &1011u16.to_be_bytes()));
        assert!(memory.is_closed);
    }
}

#[test]
fn a_panic_in_another_task_closes_as_well() {
    let app = App::new().websocket("/ws", |mut socket: WebSocket| async move {
        drop(spawn(async move {
            socket.for_each(|_, _| panic!("a test: in a task")).await;
        }));
    });
    let mut memory = Memory::open(app, "/ws");
    memory.send(&frame(0x81, b"go"));
    assert_eq!(memory.frames(), [close(1011)]);
}

#[test]
fn dropped_it_leaves_messages_to_recv() {
    let app = App::new().websocket("/ws", |mut socket: WebSocket| async move {
        let answer = socket.for_each(|message, replies| replies.send(message));
        assert!(timeout(Duration::from_secs(2), answer).await.is_err());
        while let Some(message) = socket.recv().await {
            socket.send(format!("received {}", message.text().unwrap())).await.unwrap();
        }
    });
    let mut memory = Memory::open(app, "/ws");
    memory.send(&frame(0x81, b"one"));
    memory.wait(Duration::from_secs(3));
    memory.send(&frame(0x81, b"two"));
    assert_eq!(memory.texts(), ["one", "received two"]);
}

#[test]
fn whoever_else_runs_in_the_handler_is_polled() {
    // It wakes itself while it is polled, and keeps no waker.
    async fn counts(turns: Rc<Cell<u32>>) {
        for _ in 0..100 {
            turns.set(turns.get() + 1);
            let mut yielded = false;
            std::future::poll_fn(|cx| {
                cx.waker().wake_by_ref();
                let ready = std::mem::replace(&mut yielded, true);
                if ready { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
            })
            .await;
        }
        std::future::pending().await
    }
    let app = App::new().websocket("/ws", |mut socket: WebSocket| async move {
        let turns = Rc::new(Cell::new(0));
        let seen = turns.clone();
        let answer = socket.for_each(move |_, replies| replies.send(seen.get().to_string()));
        let mut answer = std::pin::pin!(answer);
        let mut counts = std::pin::pin!(counts(turns));
        std::future::poll_fn(|cx| {
            assert!(Future::poll(counts.as_mut(), cx).is_pending());
            Future::poll(answer.as_mut(), cx)
        })
        .await;
    });
    let mut memory = Memory::open(app, "/ws");
    memory.send(&frame(0x81, b"how many"));
    assert_eq!(memory.texts(), ["100"]);
}

/// An echo that tells how its sockets have ended.
fn telling() -> (App, Arc<Mutex<Vec<Option<Ended>>>>) {
    let ends = Arc::new(Mutex::new(Vec::new()));
    let told = ends.clone();
    let app = App::new().websocket("/ws", move |mut socket: WebSocket| {
        let told = told.clone();
        async move {
            socket.for_each(|message, replies| replies.send(message)).await;
            told.lock().unwrap().push(socket.ended());
        }
    });
    (app, ends)
}

#[test]
fn the_end_is_told() {
    let (app, ends) = telling();
    let mut memory = Memory::open(app, "/ws");
    memory.send(&[frame(0x81, b"last"), frame(0x88, &[0x03, 0xE8, b'b'])].concat());
    assert_eq!(memory.texts(), ["last"]);
    assert!(memory.is_closed);
    let ended = Ended::Closed { code: Some(CloseCode::NORMAL), reason: "b".into() };
    assert_eq!(*ends.lock().unwrap(), [Some(ended)]);
}

#[test]
fn a_connection_that_is_lost_ends_it() {
    let (app, ends) = telling();
    let mut memory = Memory::open(app, "/ws");
    memory.send(&frame(0x81, b"last"));
    memory.end();
    assert_eq!(memory.texts(), ["last"]);
    assert_eq!(*ends.lock().unwrap(), [Some(Ended::Lost)]);
}

#[test]
fn closed_in_an_answer_nothing_more_is_sent_and_it_ends() {
    let ends = Arc::new(AtomicUsize::new(0));
    let told = ends.clone();
    let app = App::new().websocket("/ws", move |mut socket: WebSocket| {
        let told = told.clone();
        async move {
            let answer = socket.for_each(|message, replies| {
                replies.send(message)?;
                if message == MessageRef::Text("last") {
                    replies.close(CloseCode::NORMAL, "that was all");
                    assert!(replies.send("nothing").is_err());
                }
                Ok(())
            });
            answer.await;
            told.fetch_add(1, Ordering::Relaxed);
        }
    });
    let mut memory = Memory::open(app, "/ws");
    let messages: Vec<u8> =
        ["one", "last", "three"].iter().flat_map(|text| frame(0x81, text.as_bytes())).collect();
    memory.send(&messages);
    let frames = memory.frames();
    assert_eq!(frames.len(), 3, "{frames:?}");
    assert_eq!(&frames[2].payload[2..], b"that was all");
    assert_eq!(ends.load(Ordering::Relaxed), 1, "the third had no answer");
    memory.send(&frame(0x88, &1000u16.to_be_bytes()));
    assert!(memory.is_closed);
}

#[cfg(feature = "deflate")]
#[test]
fn compressed_messages_are_answered_compressed() {
    let mut memory = Memory::open_compressed(App::new().websocket("/ws", echo), "/ws");
    // "Hello" of RFC 7692 section 7.2.3.1.
    memory.send(&frame(0xC1, &[0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]));
    memory.send(&frame(0x81, "a".repeat(5000).as_bytes()));
    let frames = memory.frames();
    assert_eq!(frames.len(), 2);
    assert_eq!(frames[0], Frame { first: 0x81, payload: b"Hello".to_vec() });
    assert_eq!(frames[1].first, 0xC1);
    assert!(frames[1].payload.len() < 100);
}

#[test]
fn an_answer_can_be_left_to_a_task() {
    let app = App::new().websocket("/ws", |mut socket: WebSocket| async move {
        let sender = socket.sender();
        let answer = socket.for_each(move |message, replies| {
            if message.text() != Some("later") {
                return replies.send(message);
            }
            let sender = sender.clone();
            drop(spawn(async move {
                sleep(Duration::from_secs(2)).await;
                sender.send("this was later").await.unwrap();
            }));
            Ok(())
        });
        answer.await;
    });
    let mut memory = Memory::open(app, "/ws");
    memory.send(&[frame(0x81, b"later"), frame(0x81, b"now")].concat());
    memory.wait(Duration::from_secs(3));
    assert_eq!(memory.texts(), ["now", "this was later"]);
}
