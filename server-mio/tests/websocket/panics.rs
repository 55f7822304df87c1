//! Code of the application that panics, wherever it runs: its own connection ends, and the server serves on.

use std::time::Duration;

use rajada_mio::websocket::{CloseCode, SocketEndpoint, WebSocket};
use rajada_mio::{App, OwnedRequest, sleep};

use crate::common::{Memory, close, frame};

/// Octets of an application that panic when they are dropped.
struct Owner(&'static [u8]);

impl AsRef<[u8]> for Owner {
    fn as_ref(&self) -> &[u8] {
        self.0
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        panic!("a test: octets were dropped");
    }
}

fn owned() -> bytes::Bytes {
    bytes::Bytes::from_owner(Owner(&[b'x'; 100_000]))
}

#[test]
fn a_panic_in_front_of_the_future_closes_with_1011() {
    let app = App::new().websocket("/ws", |req: OwnedRequest, socket: WebSocket| {
        let name = req.header_text("x-name").expect("a test: no name").to_owned();
        async move { socket.send(name).await.unwrap() }
    });
    let mut memory = Memory::open(app, "/ws");
    assert_eq!(memory.frames(), [close(1011)]);
    memory.send(&frame(0x88, &1011u16.to_be_bytes()));
    assert!(memory.is_closed);
}

#[test]
fn the_part_in_front_of_the_future_runs_once() {
    let app = App::new().websocket("/ws", |req: OwnedRequest, socket: WebSocket| {
        let name = req.header_text("host").unwrap().to_owned();
        async move { socket.send(name).await.unwrap() }
    });
    let mut memory = Memory::open(app, "/ws");
    assert_eq!(memory.texts(), ["localhost"]);
}

#[test]
fn octets_that_panic_when_they_are_dropped_end_nothing_else() {
    for takes in [usize::MAX, 0] {
        let handler = |mut socket: WebSocket| async move {
            socket.recv().await;
            for _ in 0..3 {
                socket.send(owned()).await.unwrap();
            }
            socket.recv().await;
        };
        let route = SocketEndpoint::new(handler).backlog(1 << 20).compress(false);
        let mut memory = Memory::open(App::new().websocket("/ws", route), "/ws");
        memory.takes = takes;
        memory.send(&frame(0x81, b"go"));
        memory.end();
        memory.wait(std::time::Duration::from_secs(12));
        assert!(memory.is_closed, "{takes}");
    }
}

#[cfg(feature = "deflate")]
#[test]
fn octets_that_panic_when_they_are_dropped_compressed_end_nothing_else() {
    let app = App::new().websocket("/ws", |socket: WebSocket| async move {
        socket.send(owned()).await.unwrap();
    });
    let mut memory = Memory::open_compressed(app, "/ws");
    let frames = memory.frames();
    assert_eq!((frames.len(), frames[0].first), (2, 0xC2));
    assert_eq!(frames[1], close(1000));
}

/// What an answer may have captured.
struct Captured;

impl Drop for Captured {
    fn drop(&mut self) {
        panic!("a test: what an answer had captured was dropped");
    }
}

/// Messages that come at once, or have waited before they are answered.
fn answered(
    waits: bool,
    answer: impl Fn(WebSocket) -> std::pin::Pin<Box<dyn Future<Output = ()>>> + Send + Sync + 'static,
) -> Memory {
    let answer = std::sync::Arc::new(answer);
    let app = App::new().websocket("/ws", move |socket: WebSocket| {
        let answer = answer.clone();
        async move {
            if waits {
                sleep(Duration::from_secs(1)).await;
            }
            answer(socket).await;
        }
    });
    let mut memory = Memory::open(app, "/ws");
    memory.send(&[frame(0x81, b"one"), frame(0x81, b"two")].concat());
    memory.wait(Duration::from_secs(2));
    memory
}

#[test]
fn an_answer_that_panics_and_what_it_has_captured_as_well_close_with_1011() {
    for waits in [false, true] {
        let mut memory = answered(waits, |mut socket| {
            Box::pin(async move {
                let captured = Captured;
                let answer = socket.for_each(move |_, _| {
                    let _ = &captured;
                    panic!("a test: an answer")
                });
                answer.await;
            })
        });
        assert_eq!(memory.frames(), [close(1011)], "{waits}");
    }
}

#[test]
fn an_answer_that_panics_when_it_is_dropped_behind_the_last_one_changes_nothing() {
    for waits in [false, true] {
        let mut memory = answered(waits, |mut socket| {
            Box::pin(async move {
                let captured = Captured;
                let answer = socket.for_each(move |message, replies| {
                    let _ = &captured;
                    replies.send(message)?;
                    replies.close(CloseCode::NORMAL, "");
                    replies.send("in vain")
                });
                answer.await;
                assert_eq!(socket.recv().await.unwrap().text(), Some("two"));
                std::future::pending().await
            })
        });
        let frames = memory.frames();
        assert_eq!((&frames[0].payload[..], &frames[1..]), (&b"one"[..], &[close(1000)][..]));
        // (Who would have panicked had dropped the socket, and what comes would be thrown away.)
        memory.send(&frame(0x88, &1000u16.to_be_bytes()));
        assert!(memory.is_closed);
    }
}

#[test]
fn a_handler_that_panics_while_messages_are_answered_closes_with_1011() {
    let mut memory = answered(false, |mut socket| {
        Box::pin(async move {
            let captured = Captured;
            let answer = socket.for_each(move |_, _| {
                let _ = &captured;
                Ok(())
            });
            let mut answer = std::pin::pin!(answer);
            let mut timer = std::pin::pin!(sleep(Duration::from_secs(1)));
            std::future::poll_fn(|cx| {
                assert!(answer.as_mut().poll(cx).is_pending());
                timer.as_mut().poll(cx)
            })
            .await;
            panic!("a test: the handler");
        })
    });
    assert_eq!(memory.frames(), [close(1011)]);
}
