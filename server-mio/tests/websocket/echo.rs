//! Messages and their echoes.

use rajada_mio::App;

use crate::common::{Frame, Running, asks, echo};

fn server() -> Running {
    Running::new(App::new().websocket("/ws", echo))
}

#[test]
fn messages_come_back_and_the_close_is_answered() {
    let server = server();
    let mut client = server.open("/ws");
    for (first, payload) in [(0x81, "Hello".as_bytes()), (0x82, &[0, 255, 3]), (0x81, b"")] {
        client.send(first, payload);
        assert_eq!(client.frame(), Some(Frame { first, payload: payload.to_vec() }));
    }
    for size in [125, 126, 1024, 65_535, 65_536, 1_048_576] {
        let payload = vec![b'x'; size];
        client.send(0x82, &payload);
        assert_eq!(client.frame(), Some(Frame { first: 0x82, payload }));
    }
    client.send(0x89, b"are you there");
    assert_eq!(client.frame(), Some(Frame { first: 0x8A, payload: b"are you there".to_vec() }));
    client.send(0x88, &[0x03, 0xE8, b'b', b'y', b'e']);
    assert_eq!(client.frame(), Some(Frame { first: 0x88, payload: vec![0x03, 0xE8] }));
    assert_eq!(client.frame(), None);
}

#[test]
fn octets_behind_the_handshake_are_the_first_frames() {
    let server = server();
    let mut client = crate::common::Client::connect(server.address);
    let mut octets = asks("/ws").into_bytes();
    for message in ["a", "b", "c"] {
        octets.extend(crate::common::frame(0x81, message.as_bytes()));
    }
    client.write(&octets);
    assert!(client.head().starts_with("HTTP/1.1 101 "));
    for message in ["a", "b", "c"] {
        let payload = message.as_bytes().to_vec();
        assert_eq!(client.frame(), Some(Frame { first: 0x81, payload }));
    }
}
