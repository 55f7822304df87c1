//! The same over sockets of tokio.

use rajada_mio::{App, Exit, tokio_net};

use crate::common::{Client, asks, echo, frame};

#[test]
fn messages_come_back_and_the_end_of_service_closes_with_1001() {
    let server = tokio_net::Server::bind(App::new().websocket("/ws", echo), "127.0.0.1:0").unwrap();
    let (address, handle) = (server.local_address(), server.handle());
    let thread = std::thread::spawn(move || server.run().unwrap());
    let mut client = Client::connect(address);
    client.write(&[asks("/ws").as_bytes(), &frame(0x81, b"first")].concat());
    assert!(client.head().starts_with("HTTP/1.1 101 "));
    assert_eq!(client.frame().unwrap().payload, b"first");
    for size in [5, 70_000, 1_000_000] {
        let payload = vec![b'x'; size];
        client.send(0x82, &payload);
        assert_eq!(client.frame().unwrap().payload, payload);
    }
    handle.shut_down();
    client.closes(1001);
    drop(client);
    assert_eq!(thread.join().unwrap(), Exit::Clean);
}
