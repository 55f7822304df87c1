//! The end of a server.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use rajada_mio::{App, Exit, OwnedRequest, Request, sleep};

use crate::serving::serve;

fn app() -> App {
    App::new().get("/", |_: &Request<'_>| "Hello world!").get(
        "/delay/{ms}",
        |req: OwnedRequest| async move {
            sleep(Duration::from_millis(req.param("ms").parse().unwrap())).await;
            "waited"
        },
    )
}

#[test]
fn idle_connections_close_at_once_and_busy_ones_when_they_are_done() {
    let serving = serve(app());
    let (mut idle, mut busy) = (serving.client(), serving.client());
    assert_eq!(idle.get("/").status, 200);
    busy.send("GET /delay/300 HTTP/1.1\r\nHost: a\r\n\r\n");
    std::thread::sleep(Duration::from_millis(100));
    let began = Instant::now();
    serving.handle.shut_down();
    idle.assert_closed();
    assert!(began.elapsed() < Duration::from_millis(150), "{:?}", began.elapsed());
    let last = busy.answer();
    assert_eq!((last.text(), last.header("connection")), ("waited", Some("close")));
    busy.assert_closed();
    drop(busy);
    let address = serving.address;
    assert_eq!(serving.join(), Exit::Clean);
    assert!(TcpStream::connect(address).is_err());
}

#[test]
fn what_is_not_done_within_the_grace_period_is_cut() {
    let serving = serve(app().grace(Duration::from_millis(100)));
    let mut busy = serving.client();
    let burst = "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /delay/9000 HTTP/1.1\r\nHost: a\r\n\r\n";
    // The first answer leaves when the second request is being waited for.
    assert_eq!(busy.send(burst).answer().text(), "Hello world!");
    let began = Instant::now();
    serving.handle.shut_down();
    assert_eq!(serving.join(), Exit::Cut);
    assert!(began.elapsed() < Duration::from_secs(2));
    assert_eq!(busy.rest().unwrap_or_default(), b"");
}

#[test]
fn several_workers_share_a_port_and_end_together() {
    let serving = serve(app().workers(3));
    for _ in 0..30 {
        assert_eq!(serving.client().get("/").text(), "Hello world!");
    }
    serving.handle.shut_down();
    assert_eq!(serving.join(), Exit::Clean);
}

#[test]
fn a_worker_that_can_not_start_ends_the_server_with_an_error() {
    let server = app().workers(2).on_start(|_| panic!("on purpose")).bind("127.0.0.1:0").unwrap();
    assert!(server.run().is_err());
}
