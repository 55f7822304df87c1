//! Answers to a peer that was slow for a while, and what is beside them.

use std::time::Duration;

use rajada_mio::websocket::{SocketEndpoint, WebSocket};
use rajada_mio::{App, sleep, spawn};

use crate::common::{Frame, Memory, frame};

/// One whose peer has taken nothing for a while: five messages had to wait. Another task sends a second after it was opened.
fn slow_for_a_while() -> Memory {
    let endpoint = SocketEndpoint::new(|mut socket: WebSocket| async move {
        let sender = socket.sender();
        drop(spawn(async move {
            sleep(Duration::from_secs(1)).await;
            sender.send("beside").await.unwrap();
        }));
        socket.for_each(|message, replies| replies.send(message)).await;
    });
    let endpoint = endpoint.backlog(1000).compress(false);
    let mut memory = Memory::open(App::new().websocket("/ws", endpoint), "/ws");
    memory.takes = 0;
    memory.send(&frame(0x81, "a".repeat(500).as_bytes()).repeat(7));
    memory.takes = usize::MAX;
    memory.run();
    assert_eq!(memory.texts().len(), 7);
    memory
}

#[test]
fn others_can_send_once_it_is_not_slow_any_more() {
    let mut memory = slow_for_a_while();
    memory.wait(Duration::from_secs(2));
    assert_eq!(memory.texts(), ["beside"]);
}

#[test]
fn its_close_is_replied_to() {
    let mut memory = slow_for_a_while();
    memory.send(&frame(0x88, &1000u16.to_be_bytes()));
    assert_eq!(memory.frames(), [Frame { first: 0x88, payload: vec![3, 232] }]);
    assert!(memory.is_closed);
}

#[test]
fn who_sends_beside_has_a_turn_while_messages_wait() {
    let mut memory = slow_for_a_while();
    memory.takes = 0;
    memory.send(&frame(0x81, "a".repeat(500).as_bytes()).repeat(4));
    memory.wait(Duration::from_secs(2));
    memory.send(&frame(0x81, "b".repeat(500).as_bytes()).repeat(4));
    memory.takes = 700;
    memory.run();
    let texts = memory.texts();
    let at = texts.iter().position(|text| text == "beside").expect("it was sent");
    assert_eq!(texts.len(), 9);
    assert!(at < 8, "it is not the last: {at}");
}

#[test]
fn what_is_malformed_behind_messages_that_wait_is_told_behind_their_answers() {
    for (wrong, code) in [(frame(0x83, b"?"), 1002u16), (frame(0x81, b"\xff"), 1007)] {
        let endpoint = SocketEndpoint::new(|mut socket: WebSocket| async move {
            socket.for_each(|message, replies| replies.send(message)).await;
        });
        let endpoint = endpoint.backlog(1000).compress(false);
        let mut memory = Memory::open(App::new().websocket("/ws", endpoint), "/ws");
        memory.takes = 0;
        let mut octets = frame(0x81, "a".repeat(500).as_bytes()).repeat(7);
        octets.extend(wrong);
        memory.send(&octets);
        memory.takes = usize::MAX;
        memory.run();
        let frames = memory.frames();
        assert_eq!(frames.len(), 8, "{code}");
        assert_eq!((frames[7].first, &frames[7].payload[..2]), (0x88, &code.to_be_bytes()[..]));
        assert!(memory.is_closed);
    }
}

#[test]
fn it_ends_with_its_connection_and_answers_what_had_come() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    let (heard, ends) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (hears, told) = (heard.clone(), ends.clone());
    let handler = move |mut socket: WebSocket| {
        let (hears, told) = (hears.clone(), told.clone());
        async move {
            let answer = socket.for_each(move |message, replies| {
                hears.fetch_add(1, Ordering::Relaxed);
                // (That nothing is sent any more is no reason to hear nothing more.)
                let _ = replies.send(message);
                Ok(())
            });
            answer.await;
            told.fetch_add(1, Ordering::Relaxed);
        }
    };
    let endpoint = SocketEndpoint::new(handler).backlog(1000).compress(false);
    let mut memory = Memory::open(App::new().websocket("/ws", endpoint), "/ws");
    memory.takes = 0;
    memory.send(&frame(0x81, "a".repeat(500).as_bytes()).repeat(7));
    assert_eq!(heard.load(Ordering::Relaxed), 2);
    memory.end();
    memory.wait(Duration::from_secs(120));
    assert_eq!((heard.load(Ordering::Relaxed), ends.load(Ordering::Relaxed)), (7, 1));
}
