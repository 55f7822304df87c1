//! Services on sockets, in a tokio runtime.

use std::convert::Infallible;
use std::future::pending;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use http_body::Frame;
use http_body_util::{BodyExt, Full};
use rajada_mio::{App, Bytes, Exit, Server};
use tokio::runtime::Handle;
use tower::{Service, service_fn};

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

/// How often something was dropped in a runtime's context, and out of it.
static INSIDE: AtomicUsize = AtomicUsize::new(0);
static OUTSIDE: AtomicUsize = AtomicUsize::new(0);
static CALLS: AtomicUsize = AtomicUsize::new(0);

/// What needs a runtime when it is dropped.
struct Needy;

impl Drop for Needy {
    fn drop(&mut self) {
        let count = if Handle::try_current().is_ok() { &INSIDE } else { &OUTSIDE };
        count.fetch_add(1, Ordering::SeqCst);
    }
}

/// Content that needs one, too, and ends or never does.
struct NeedyBody(bool, Needy);

impl http_body::Body for NeedyBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Handle::current();
        if self.0 { Poll::Ready(None) } else { Poll::Pending }
    }
}

/// A service that needs one, as what it makes does.
struct NeedyService(Needy);

impl Clone for NeedyService {
    fn clone(&self) -> NeedyService {
        NeedyService(Needy)
    }
}

impl Service<Asked> for NeedyService {
    type Response = http::Response<NeedyBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<NeedyBody>, Infallible>>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Handle::current();
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Asked) -> Self::Future {
        Handle::current();
        CALLS.fetch_add(1, Ordering::SeqCst);
        let needy = Needy;
        Box::pin(async move {
            let _needy = needy;
            if request.uri() == "/never" {
                pending::<()>().await;
            }
            Ok(http::Response::new(NeedyBody(request.uri() == "/", Needy)))
        })
    }
}

#[test]
fn what_is_dropped_is_dropped_in_the_runtime() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let get = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
    let until = |what: &str, counts: &[&AtomicUsize], least: usize| {
        let began = Instant::now();
        while counts.iter().map(|count| count.load(Ordering::SeqCst)).sum::<usize>() < least {
            assert!(began.elapsed() < Duration::from_secs(8), "not {least} were {what}");
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    let dropped = |least| until("dropped", &[&INSIDE, &OUTSIDE], least);
    let app = App::of_service(NeedyService(Needy)).tokio(runtime.handle().clone());
    let server = Server::from_listener(app, TcpListener::bind("127.0.0.1:0").unwrap()).unwrap();
    let (address, handle) = (server.local_address(), server.handle());
    let serving = std::thread::spawn(move || server.run());
    let ask = |path: &str| {
        let before = CALLS.load(Ordering::SeqCst);
        let mut client = TcpStream::connect(address).unwrap();
        client.write_all(get(path).as_bytes()).unwrap();
        until("called", &[&CALLS], before + 1);
        // It is reset when it is dropped.
        socket2::SockRef::from(&client).set_linger(Some(Duration::ZERO)).unwrap();
        client
    };
    // An answer, whose future and content are gone.
    let mut first = ask("/");
    first.read_exact(&mut [0; 15]).unwrap();
    dropped(2);
    // A peer that leaves while a future waits takes that and the service; one whose content waits takes the content.
    drop(ask("/never"));
    dropped(4);
    drop(ask("/body/never"));
    dropped(6);
    // What is at work when the server ends, and the services that it has.
    let _waiting = [ask("/never"), ask("/body/never")];
    handle.cut();
    assert_eq!(serving.join().unwrap().unwrap(), Exit::Cut);
    assert!(INSIDE.load(Ordering::SeqCst) >= 9, "{}", INSIDE.load(Ordering::SeqCst));
    assert_eq!(OUTSIDE.load(Ordering::SeqCst), 0);
}
