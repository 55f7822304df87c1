//! Services on sockets, in a tokio runtime.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use http_body_util::{BodyExt, Full};
use rajada_mio::{App, Bytes, Exit, Server};
use tower::service_fn;

use crate::services::{Answer, Asked};

/// Reads content in another task of the runtime, and waits there.
async fn elsewhere(request: Asked) -> Answer {
    let read = tokio::spawn(async move {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        request.into_body().collect().await.unwrap().to_bytes()
    });
    let content: Bytes = read.await.unwrap();
    Ok(http::Response::new(Full::new(content)))
}

#[test]
fn services_may_use_what_needs_a_runtime_and_listeners_are_taken_over() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let app = App::of_service(service_fn(elsewhere)).tokio(runtime.handle().clone()).workers(2);
    let server = Server::from_listener(app, listener).unwrap();
    assert_eq!((server.local_address(), server.workers()), (address, 2));
    let handle = server.handle();
    let serving = std::thread::spawn(move || server.run());
    let mut client = TcpStream::connect(address).unwrap();
    let one = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\ncontent";
    let last = "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 4\r\n\r\nlast";
    client.write_all([one, one, last].concat().as_bytes()).unwrap();
    let mut text = String::new();
    client.read_to_string(&mut text).unwrap();
    let contents: Vec<&str> =
        text.split("\r\n\r\n").skip(1).map(|part| part.split("HTTP/1.1").next().unwrap()).collect();
    assert_eq!(contents, ["content", "content", "last"]);
    handle.shut_down();
    assert_eq!(serving.join().unwrap().unwrap(), Exit::Clean);
}
