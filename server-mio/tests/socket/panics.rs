//! Code of the application may panic wherever it runs: it costs its own request a 500 or a cut answer, and nothing else.

use std::fmt;
use std::panic::panic_any;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use rajada_mio::{
    App, Body, BodyStream, Bytes, Deadlines, Error, Exit, OwnedRequest, Request, Response, Status,
    sleep, spawn, spawn_blocking, yield_now,
};

use crate::client::Client;
use crate::serving::serve;

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("on purpose, when dropped");
    }
}

impl AsRef<[u8]> for Bomb {
    fn as_ref(&self) -> &[u8] {
        static OCTETS: [u8; 5000] = [b'x'; 5000];
        &OCTETS
    }
}

/// An error that panics when it is shown, and when it is dropped.
#[derive(Debug)]
struct BadError;

impl fmt::Display for BadError {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("on purpose, when shown");
    }
}

impl std::error::Error for BadError {}

impl Drop for BadError {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("on purpose, when dropped");
        }
    }
}

/// An error that an error handler panics about.
#[derive(Debug)]
struct Handled;

impl fmt::Display for Handled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("handled")
    }
}

impl std::error::Error for Handled {}

/// A stream that panics where it is told to.
#[derive(Clone, Copy, PartialEq)]
enum Where {
    Length,
    First,
    Second,
    Drop,
}

struct Stream(Where, u32);

impl BodyStream for Stream {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        self.1 += 1;
        match (self.0, self.1) {
            (Where::First, 1) | (Where::Second, 2) => panic!("on purpose, in a stream"),
            (_, 3) => Poll::Ready(None),
            _ => Poll::Ready(Some(Ok("piece".into()))),
        }
    }

    fn length(&self) -> Option<u64> {
        assert!(self.0 != Where::Length, "on purpose, in a length");
        None
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        assert!(self.0 != Where::Drop, "on purpose, when a stream is dropped");
    }
}

fn stream(place: Where) -> Body {
    Body::Stream(Box::new(Stream(place, 0)))
}

/// A waker that wakes another one and panics.
struct BadWaker(Waker);

impl Wake for BadWaker {
    fn wake(self: Arc<Self>) {
        self.0.wake_by_ref();
        panic!("on purpose, in a waker");
    }
}

/// What becomes of a request whose handler panics somewhere.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Status(u16),
    /// Its answer is cut, and the connection ends there.
    Cut,
}

const FATES: [(&str, Fate); 24] = [
    ("/returns", Fate::Status(500)),
    ("/writes", Fate::Status(500)),
    ("/ready", Fate::Status(500)),
    ("/parked", Fate::Status(500)),
    ("/in/before", Fate::Status(500)),
    ("/in/after", Fate::Status(500)),
    ("/in/after/async", Fate::Status(500)),
    ("/in/extension", Fate::Status(200)),
    ("/in/extension/async", Fate::Status(200)),
    ("/on-error", Fate::Status(500)),
    ("/missing", Fate::Status(500)),
    ("/on-sent", Fate::Status(200)),
    ("/length", Fate::Status(500)),
    ("/first", Fate::Cut),
    ("/second", Fate::Cut),
    ("/stream-dropped", Fate::Status(200)),
    ("/value", Fate::Status(500)),
    ("/owner", Fate::Status(200)),
    ("/error", Fate::Status(500)),
    ("/payload", Fate::Status(500)),
    ("/late", Fate::Status(503)),
    ("/waker", Fate::Status(200)),
    ("/interim", Fate::Status(500)),
    ("/header", Fate::Status(500)),
];

fn app() -> App {
    let inner = App::new()
        .get("/before", |_: &Request<'_>| "never")
        .get("/after", |_: &Request<'_>| "unseen")
        .get("/after/async", |_: OwnedRequest| async {
            yield_now().await;
            "unseen"
        })
        .get("/extension", |_: &Request<'_>| "fine")
        .get("/extension/async", |_: OwnedRequest| async {
            yield_now().await;
            "fine"
        })
        .before(|req: &mut Request<'_>, _: &mut Response<'_>| {
            if req.path().ends_with("/before") {
                panic!("on purpose, in a hook");
            }
            if req.path().contains("extension") {
                req.extend(Bomb);
            }
        })
        .after(|req: &Request<'_>, _: &mut Response<'_>| {
            assert!(!req.path().contains("after"), "on purpose, in a hook");
        });
    App::new()
        .get("/fine", |_: &Request<'_>| "fine")
        .get("/returns", |_: &Request<'_>| -> &str { panic!("on purpose") })
        .get("/writes", |_: &Request<'_>, _: &mut Response<'_>| -> () { panic!("on purpose") })
        .get("/ready", |_: OwnedRequest| async { panic_any(7) as &str })
        .get("/parked", |_: OwnedRequest| async {
            yield_now().await;
            panic!("on purpose") as &str
        })
        .nest("/in", inner)
        .get("/on-error", |_: &Request<'_>| Err::<(), _>(Handled))
        .on_error(|_: &Handled, _: &Request<'_>, _: &mut Response<'_>| panic!("on purpose"))
        .not_found(|_: &Request<'_>| -> &str { panic!("on purpose") })
        .get("/on-sent", |_: &Request<'_>, res: &mut Response<'_>| {
            res.on_sent(|| panic!("on purpose, when sent")).text("sent");
        })
        .get("/length", |_: &Request<'_>| stream(Where::Length))
        .get("/first", |_: &Request<'_>| stream(Where::First))
        .get("/second", |_: &Request<'_>| stream(Where::Second))
        .get("/stream-dropped", |_: &Request<'_>| stream(Where::Drop))
        .get("/value", |_: &Request<'_>| {
            let _bomb = Bomb;
            "never"
        })
        .get("/owner", |_: &Request<'_>| Bytes::from_owner(Bomb))
        .get("/error", |_: &Request<'_>| Err::<(), _>(BadError))
        .get("/payload", |_: &Request<'_>| -> &str { panic_any(Bomb) })
        .get("/late", |_: OwnedRequest| async {
            let _bomb = Bomb;
            sleep(Duration::from_secs(3600)).await;
            "never"
        })
        .get("/waker", |_: OwnedRequest| async {
            let mut slept = sleep(Duration::from_millis(5));
            let mut polls = 0;
            std::future::poll_fn(|cx| {
                polls += 1;
                let bad = Waker::from(Arc::new(BadWaker(cx.waker().clone())));
                match polls {
                    1 => Pin::new(&mut slept).poll(&mut Context::from_waker(&bad)),
                    _ => Poll::Ready(()),
                }
            })
            .await;
            "woken"
        })
        .get("/interim", |_: &Request<'_>| Status::new(103).unwrap())
        .get("/header", |_: &Request<'_>, res: &mut Response<'_>| {
            res.header("X-Bad", "a\r\nb").text("never");
        })
        .get("/spawned", |_: OwnedRequest| async {
            let failed = spawn(async { panic!("on purpose, spawned") }).await.is_err();
            let dropped = spawn(async { drop_later(Bomb).await }).await.is_err();
            let blocked = spawn_blocking(|| panic!("on purpose, blocking")).await.is_err();
            (failed && dropped && blocked).to_string()
        })
        .on_stop(|_| panic!("on purpose, at the end"))
        .deadlines(Deadlines {
            handler: Some(Duration::from_millis(300)),
            check_interval: Duration::from_millis(20),
            ..Deadlines::DEFAULT
        })
}

async fn drop_later(_bomb: Bomb) {
    yield_now().await;
}

fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")
}

/// A burst with a request in the middle whose handler panics.
fn check(mut client: Client, target: &str, fate: Fate) {
    client.send(get("/fine") + &get(target) + &get("/fine"));
    assert_eq!(client.answer().text(), "fine", "before {target}");
    match fate {
        Fate::Status(status) => {
            assert_eq!(client.answer().status, status, "{target}");
            assert_eq!(client.answer().text(), "fine", "behind {target}");
        }
        Fate::Cut => {
            let cut = client.rest().unwrap_or_default();
            assert!(!cut.ends_with(b"0\r\n\r\n") && !cut.ends_with(b"fine"), "{target}");
        }
    }
}

#[test]
fn panics_cost_their_own_request_and_nothing_else() {
    let serving = serve(app());
    for (target, fate) in FATES {
        check(serving.client(), target, fate);
        assert_eq!(serving.client().get("/fine").text(), "fine", "another one, behind {target}");
    }
    assert_eq!(serving.client().get("/spawned").text(), "true");
    // Peers that vanish have futures, streams and callbacks dropped.
    for target in ["/late", "/owner", "/on-sent", "/stream-dropped"] {
        serving.client().send(get(target));
    }
    assert_eq!(serving.client().get("/fine").text(), "fine");
    serving.handle.shut_down();
    assert_eq!(serving.join(), Exit::Clean);
}
