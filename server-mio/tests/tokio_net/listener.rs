//! A worker as a future beside others.

use std::io::ErrorKind;
use std::time::Duration;

use rajada_mio::{App, Exit, OwnedRequest, sleep, spawn_blocking, tokio_net};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

fn app() -> App {
    App::new()
        .get("/ours", |_: OwnedRequest| async {
            sleep(Duration::from_millis(5)).await;
            "slept here"
        })
        .get("/tokio", |_: OwnedRequest| async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            "slept in tokio"
        })
        .get("/local", |_: OwnedRequest| async {
            let done = std::rc::Rc::new("of this thread");
            tokio::task::spawn_local(async move { *done }).await.unwrap()
        })
        .get("/blocking", |_: OwnedRequest| async { spawn_blocking(|| "blocked").await })
}

async fn ask(address: std::net::SocketAddr, target: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    answer.rsplit("\r\n").next().unwrap().to_owned()
}

#[test]
fn a_worker_is_a_future_in_a_local_set_beside_its_clients() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let local = tokio::task::LocalSet::new();
    let exit = local.block_on(&runtime, async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = tokio_net::Server::from_listener(app(), listener).unwrap();
        let (address, handle) = (server.local_address(), server.handle());
        let serving = tokio::task::spawn_local(server.serve_until_signal());
        for (target, text) in [
            ("/ours", "slept here"),
            ("/tokio", "slept in tokio"),
            ("/local", "of this thread"),
            ("/blocking", "blocked"),
        ] {
            assert_eq!(ask(address, target).await, text);
        }
        handle.shut_down();
        serving.await.unwrap().unwrap()
    });
    assert_eq!(exit, Exit::Clean);
}

#[test]
fn effects_keep_the_order_of_requests() {
    thread_local! {
        static NUMBER: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
    }
    let app = || {
        App::new().get("/n", |_: OwnedRequest| async { NUMBER.get().to_string() }).put(
            "/n",
            |_: OwnedRequest| async {
                tokio::time::sleep(Duration::from_millis(5)).await;
                NUMBER.set(7);
                "put"
            },
        )
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let local = tokio::task::LocalSet::new();
    for (lifted, seen) in [(false, "7"), (true, "0")] {
        NUMBER.set(0);
        let exit = local.block_on(&runtime, async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let app = app().unsafe_in_parallel(lifted);
            let server = tokio_net::Server::from_listener(app, listener).unwrap();
            let (address, handle) = (server.local_address(), server.handle());
            let serving = tokio::task::spawn_local(server.serve_until_signal());
            let mut stream = TcpStream::connect(address).await.unwrap();
            let burst = "PUT /n HTTP/1.1\r\nHost: a\r\n\r\n\
                         GET /n HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
            stream.write_all(burst.as_bytes()).await.unwrap();
            let mut answers = String::new();
            stream.read_to_string(&mut answers).await.unwrap();
            assert!(answers.ends_with(&format!("\r\n\r\n{seen}")), "{answers}");
            handle.shut_down();
            serving.await.unwrap().unwrap()
        });
        assert_eq!(exit, Exit::Clean);
    }
}

#[test]
fn several_workers_share_a_listener_and_are_more_than_one_future() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let _entered = runtime.enter();
    let listener = || {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        TcpListener::from_std(listener).unwrap()
    };
    let server = tokio_net::Server::from_listener(app().workers(2), listener()).unwrap();
    let error = runtime.block_on(server.serve()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);

    let server = tokio_net::Server::from_listener(app().workers(2), listener()).unwrap();
    let (address, handle) = (server.local_address(), server.handle());
    let serving = std::thread::spawn(move || server.run());
    for _ in 0..20 {
        assert_eq!(runtime.block_on(ask(address, "/ours")), "slept here");
    }
    handle.shut_down();
    assert_eq!(serving.join().unwrap().unwrap(), Exit::Clean);
    assert!(tokio_net::Server::from_listener(app().workers(0), listener()).is_err());
}
