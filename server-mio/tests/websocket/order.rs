//! The order of messages of several senders.

use std::time::Duration;

use rajada_mio::websocket::WebSocket;
use rajada_mio::{App, sleep, spawn, timeout};

use crate::common::{Memory, frame};

#[test]
fn a_call_that_waits_is_overtaken_by_none() {
    let app = App::new().websocket("/ws", |mut socket: WebSocket| async move {
        socket.recv().await;
        socket.send(vec![1; 70_000]).await.unwrap();
        for number in 0..4 {
            let sender = socket.sender();
            drop(spawn(async move {
                let message = format!("{number}: {}", "x".repeat(40_000));
                if number == 1 {
                    // It gives up.
                    let sent = timeout(Duration::from_secs(1), sender.send(message)).await;
                    assert!(sent.is_err());
                } else {
                    sender.send(message).await.unwrap();
                }
            }));
            sleep(Duration::from_secs(1)).await;
        }
        socket.recv().await;
        socket.send("4: the last").await.unwrap();
        socket.recv().await;
    });
    let mut memory = Memory::open(app, "/ws");
    memory.takes = 0;
    memory.give(&frame(0x81, b"go"));
    memory.wait(Duration::from_secs(6));
    memory.takes = usize::MAX;
    // The handler runs before those who wait.
    memory.take();
    memory.give(&frame(0x81, b"go"));
    memory.run();
    let order: Vec<_> = memory.texts().iter().map(|text| text[..1].to_owned()).collect();
    assert_eq!(order, ["0", "2", "3", "4"]);
}
