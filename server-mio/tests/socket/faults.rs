//! What peers and handlers that behave badly cost others: nothing for ever, and nobody else.

use std::net::Shutdown;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use rajada_mio::{
    Body, BodyStream, Bytes, Deadlines, Error, Limits, OwnedRequest, Request, sleep, yield_now,
};

use crate::client::Client;
use crate::serving::{serve, wait_until};
use crate::world::App;

const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// How many wait, and how many have ever done so.
#[derive(Default)]
struct Count {
    now: AtomicUsize,
    ever: AtomicUsize,
}

/// Events that never come; counted while they are waited for.
struct Events(Arc<Count>);

impl Events {
    fn of(count: &Arc<Count>) -> Events {
        count.now.fetch_add(1, Ordering::Relaxed);
        count.ever.fetch_add(1, Ordering::Relaxed);
        Events(count.clone())
    }
}

impl BodyStream for Events {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        Poll::Pending
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::Relaxed);
    }
}

fn short(half_closed: Duration) -> Deadlines {
    let check_interval = Duration::from_millis(20);
    Deadlines { half_closed, check_interval, ..Deadlines::DEFAULT }
}

#[test]
fn peers_that_are_gone_hold_neither_streams_nor_handlers_nor_connections() {
    let count = Arc::new(Count::default());
    let (streams, handlers) = (count.clone(), count.clone());
    let app = App::new()
        .get("/", |_: &Request<'_>| "hello")
        .get("/events", move |_: &Request<'_>| Body::Stream(Box::new(Events::of(&streams))))
        .get("/never", move |_: OwnedRequest| {
            let events = Events::of(&handlers);
            async move {
                let _events = events;
                sleep(Duration::from_secs(3600)).await;
                "never"
            }
        })
        .limits(Limits { connections: 50, ..Limits::DEFAULT })
        .deadlines(short(Duration::from_millis(200)));
    let serving = serve(app);
    for number in 0..50 {
        let mut client = serving.client();
        let target = if number % 2 == 0 { "/events" } else { "/never" };
        client.send(format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n"));
        client.stream.shutdown(Shutdown::Write).unwrap();
        // The kernel keeps the connection half open for as long as the server does.
    }
    wait_until(|| count.ever.load(Ordering::Relaxed) == 50);
    wait_until(|| count.now.load(Ordering::Relaxed) == 0);
    assert_eq!(serving.client().get("/").text(), "hello");
}

#[test]
fn a_half_closed_peer_whose_answers_are_coming_is_served() {
    struct Ticks(u32, Option<rajada_mio::Sleep>);
    impl BodyStream for Ticks {
        fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
            let tick = self.1.get_or_insert_with(|| sleep(Duration::from_millis(100)));
            if std::pin::Pin::new(tick).poll(cx).is_pending() {
                return Poll::Pending;
            }
            (self.0, self.1) = (self.0 + 1, None);
            Poll::Ready((self.0 <= 6).then(|| Ok("tick ".into())))
        }
    }
    let app = App::new()
        .get("/ticks", |_: &Request<'_>| Body::Stream(Box::new(Ticks(0, None))))
        .deadlines(short(Duration::from_millis(300)));
    let serving = serve(app);
    let mut client = serving.client();
    client.send("GET /ticks HTTP/1.1\r\nHost: a\r\n\r\n");
    client.stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(client.answer().text(), "tick ".repeat(6));
}

#[test]
fn nobody_is_judged_by_what_the_worker_has_not_read() {
    // More than the events of one turn.
    const CLIENTS: usize = 1300;
    let stalled = Arc::new(Barrier::new(2));
    let stall = stalled.clone();
    let app = App::new()
        .get("/", |_: &Request<'_>| "hello")
        .get("/stall", move |_: &Request<'_>| {
            stall.wait();
            stall.wait();
            "over"
        })
        .deadlines(Deadlines {
            first_octet: Duration::from_millis(1500),
            head: Duration::from_millis(1500),
            idle: Duration::from_millis(1500),
            check_interval: Duration::from_millis(10),
            ..Deadlines::DEFAULT
        });
    let serving = serve(app);
    let mut clients = Vec::new();
    let mut staller = serving.client();
    for _ in 0..CLIENTS {
        clients.push(serving.client().half(GET));
    }
    // All are accepted, and were looked at.
    std::thread::sleep(Duration::from_millis(200));
    staller.send("GET /stall HTTP/1.1\r\nHost: a\r\n\r\n");
    stalled.wait();
    // All send the rest in time, and the worker reads none of it for longer than that.
    for client in &mut clients {
        client.send(&GET[GET.len() / 2..]);
    }
    std::thread::sleep(Duration::from_millis(1800));
    stalled.wait();
    let refused = clients
        .iter_mut()
        .map(|client| client.answer().status)
        .filter(|status| *status != 200)
        .count();
    assert_eq!(refused, 0, "of {CLIENTS}");
}

trait Half {
    fn half(self, request: &str) -> Self;
}

impl Half for Client {
    /// Sends the first half of a request.
    fn half(mut self, request: &str) -> Client {
        self.send(&request[..request.len() / 2]);
        self
    }
}

/// The longest that a client waited for answers while another one kept the worker at work.
fn longest_wait(serving: &crate::serving::Serving, rounds: usize) -> Duration {
    let mut other = serving.client();
    let ask = |_| {
        let began = Instant::now();
        assert_eq!(other.get("/").text(), "hello");
        std::thread::sleep(Duration::from_millis(10));
        began.elapsed() - Duration::from_millis(10)
    };
    (0..rounds).map(ask).max().unwrap()
}

#[test]
fn a_burst_for_slow_handlers_does_not_keep_others_waiting() {
    let app = App::new().get("/", |_: &Request<'_>| "hello").get("/slow", |_: &Request<'_>| {
        std::thread::sleep(Duration::from_millis(5));
        "slow"
    });
    let serving = serve(app);
    let mut client = serving.client();
    client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1500));
    let longest = longest_wait(&serving, 20);
    assert!(longest < Duration::from_millis(300), "{longest:?} of 7.5 s");
    assert_eq!(client.answer().text(), "slow");
}

#[test]
fn tasks_that_are_slow_do_not_keep_others_waiting() {
    let app =
        App::new().get("/", |_: &Request<'_>| "hello").get("/slow", |_: OwnedRequest| async {
            for _ in 0..100 {
                yield_now().await;
                std::thread::sleep(Duration::from_millis(5));
            }
            "slow"
        });
    let serving = serve(app);
    let mut client = serving.client();
    client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n".repeat(60));
    let longest = longest_wait(&serving, 20);
    assert!(longest < Duration::from_millis(300), "{longest:?}, and all tasks once are 300 ms");
}

#[test]
fn ready_answers_leave_before_they_are_old_however_slow_those_behind_are() {
    let app = App::new().get("/", |_: &Request<'_>| {
        std::thread::sleep(Duration::from_millis(25));
        "25 ms"
    });
    let serving = serve(app);
    let mut client = serving.client();
    let began = Instant::now();
    client.send(GET.repeat(32));
    assert_eq!(client.answer().text(), "25 ms");
    let first = began.elapsed();
    assert!(first < Duration::from_millis(200), "{first:?} of 800 ms");
    client.answers(31);
    assert!(began.elapsed() >= Duration::from_millis(800));
}

/// Pieces that take their time.
struct Slowly(u32);

impl BodyStream for Slowly {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        std::thread::sleep(Duration::from_millis(5));
        self.0 += 1;
        Poll::Ready((self.0 <= 400).then(|| Ok("piece".into())))
    }
}

#[test]
fn a_stream_whose_pieces_are_slow_does_not_keep_others_waiting() {
    let app = App::new()
        .get("/", |_: &Request<'_>| "hello")
        .get("/slow", |_: &Request<'_>| Body::Stream(Box::new(Slowly(0))));
    let serving = serve(app);
    let mut client = serving.client();
    client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    let longest = longest_wait(&serving, 20);
    assert!(longest < Duration::from_millis(300), "{longest:?} of 2 s");
    assert_eq!(client.answer().text(), "piece".repeat(400));
}
