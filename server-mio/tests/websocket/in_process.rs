//! Sockets of a test client.

use std::time::Duration;

use rajada_mio::websocket::{Broadcast, CloseCode, Message, SocketEndpoint, WebSocket};
use rajada_mio::{App, Clock, OwnedRequest, Request, Status, TestClient, sleep};

use crate::common::echo;

fn texts(numbers: core::ops::Range<u32>) -> Vec<Message> {
    numbers.map(|number| number.to_string().into()).collect()
}

#[test]
fn messages_go_both_ways_and_the_end_is_told() {
    let mut client = TestClient::new(App::new().websocket("/ws", echo));
    let mut socket = client.get("/ws").websocket().unwrap();
    for message in texts(0..3) {
        socket.send(message);
    }
    let large = Message::from(vec![7; 200_000]);
    socket.send(large.clone());
    for expected in texts(0..3) {
        assert_eq!(socket.recv(), Some(expected));
    }
    assert_eq!(socket.recv(), Some(large));
    assert_eq!((socket.try_recv(), socket.closed()), (None, None));
    socket.close(CloseCode::new(4000).unwrap(), "done");
    assert_eq!(socket.recv(), None);
    assert_eq!(socket.closed(), Some(CloseCode::new(4000)));
}

#[test]
fn what_a_handler_sends_by_itself_is_waited_for() {
    let app = || {
        App::new().websocket("/ws", |socket: WebSocket| async move {
            for number in 0..3 {
                sleep(Duration::from_millis(20)).await;
                socket.send(number.to_string()).await.unwrap();
            }
            socket.close(CloseCode::GOING_AWAY, "");
        })
    };
    for mut client in [TestClient::new(app()), TestClient::with_clock(app(), Clock::manual())] {
        let mut socket = client.get("/ws").websocket().unwrap();
        assert_eq!(socket.try_recv(), None);
        for expected in texts(0..3) {
            assert_eq!(socket.recv(), Some(expected));
        }
        assert_eq!(socket.recv(), None);
        assert_eq!(socket.closed(), Some(Some(CloseCode::GOING_AWAY)));
        assert_eq!(socket.recv(), None, "and stays so");
    }
}

#[test]
fn what_is_refused_is_an_answer_and_the_client_goes_on() {
    let app = App::new()
        .state(Broadcast::new())
        .websocket("/chat", SocketEndpoint::new(echo).protocols(&["v2", "v1"]))
        .websocket("/room", |req: OwnedRequest, mut socket: WebSocket| async move {
            socket.join(req.state::<Broadcast>());
            while socket.recv().await.is_some() {}
        })
        .get("/", |req: &Request<'_>| {
            req.state::<Broadcast>().send("hello");
            req.state::<Broadcast>().members().to_string()
        });
    let mut client = TestClient::new(app);
    let foreign = client.get("/chat").header("Origin", "https://other.example").websocket();
    assert_eq!(foreign.unwrap_err().status(), Status::FORBIDDEN);
    let missing = client.get("/missing").websocket();
    assert_eq!(missing.unwrap_err().status(), Status::NOT_FOUND);
    let spoken = client.get("/chat").header("Sec-WebSocket-Protocol", "v0, v1").websocket();
    assert_eq!(spoken.unwrap().response().header("sec-websocket-protocol"), Some("v1"));
    let socket = client.get("/room").websocket().unwrap();
    drop(socket);
    assert_eq!(client.get("/").send().text(), "0", "who is gone has left");
}
