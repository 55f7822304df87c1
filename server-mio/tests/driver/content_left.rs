//! Content that is waited for and then left, and what its answer tells of it.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use rajada_mio::{
    App, Body, ContentStream, Deadlines, Endpoint, Limits, OwnedRequest, Request, sleep, spawn,
    timeout,
};

use crate::content::{PLAIN, Rig, Taker, app, request};

const FOR_EVER: Duration = Duration::from_secs(100_000);

fn plain() -> App {
    App::new().get("/plain", |_: &Request<'_>| "plain")
}

/// A future that is dropped with the last of its wakers, which is dropped where it is called.
struct Task(Mutex<Boxed>);

type Boxed = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        drop(self);
    }
}

#[test]
fn a_waker_may_be_the_last_that_owns_the_stream_it_waits_for() {
    let (tells, told) = mpsc::channel();
    std::thread::spawn(move || {
        let app =
            plain().put("/upload", |_: OwnedRequest, mut content: ContentStream| async move {
                let task = Arc::new(Task(Mutex::new(Box::pin(async {}))));
                let waker = Waker::from(task.clone());
                let mut future: Boxed = Box::pin(async move {
                    let _ = content.next().await;
                });
                assert!(future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
                *task.0.lock().unwrap() = future;
                drop((task, waker));
                sleep(Duration::from_millis(5)).await;
                "gone"
            });
        let mut rig = Rig::new(app);
        let octets = request("/upload", b"12345", 0, "");
        let (head, content) = octets.split_at(octets.len() - 5);
        rig.give_all(&[PLAIN, head].concat(), 65_536);
        rig.give_all(&[content, PLAIN].concat(), 65_536);
        rig.settle();
        tells.send(rig.texts()).unwrap();
    });
    let texts = told.recv_timeout(Duration::from_secs(20)).expect("the worker stands still");
    assert_eq!(texts, ["200 plain", "200 gone", "200 plain"]);
}

#[test]
fn who_gives_up_waiting_for_all_content_leaves_its_window_as_it_was() {
    async fn hasty(req: &mut OwnedRequest) {
        assert!(timeout(Duration::from_millis(1), req.read_content()).await.is_err());
    }
    for takes in [false, true] {
        let upload = move |_: OwnedRequest, content: ContentStream| async move {
            let content = takes.then_some(content);
            sleep(FOR_EVER).await;
            drop(content);
        };
        let upload = Endpoint::new(upload).content_limit(8 << 30).content_window(100);
        let app = App::new()
            .limits(Limits { drain: 100, ..Limits::DEFAULT })
            .nest("/n", App::scope().before(hasty).put("/upload", upload));
        let mut rig = Rig::new(app);
        let octets = request("/n/upload", &[b'x'; 1_000_000], 0, "");
        let mut given = rig.give(&octets[..200], 50);
        rig.pass(Duration::from_millis(2));
        for _ in 0..10 {
            given += rig.give(&octets[given..], 50);
            rig.pass(Duration::from_millis(1));
        }
        assert!(given < 1000, "{takes}: {given}");
    }
}

#[test]
fn a_client_that_asks_first_is_told_before_an_answer_that_is_made_of_its_content() {
    let pushed = |_: OwnedRequest, mut content: ContentStream| async {
        let (sender, body) = Body::channel(1000);
        drop(spawn(async move {
            while let Some(Ok(piece)) = content.next().await {
                if sender.send(piece).await.is_err() {
                    return;
                }
            }
            sender.finish();
        }));
        body
    };
    for target in ["/echo", "/pushed"] {
        for hooked in [false, true] {
            let mut app = app(Taker::Quick, 1000).put("/pushed", pushed);
            if hooked {
                app = app.after(|_: &Request<'_>, _: &mut rajada_mio::Response<'_>| {});
            }
            let mut rig = Rig::new(app);
            let octets = request(target, &[b'x'; 100_000], 0, "Expect: 100-continue\r\n");
            let (head, content) = octets.split_at(octets.len() - 100_000);
            rig.give_all(&[PLAIN, head].concat(), 7);
            let begun = rig.received.clone();
            let begun = String::from_utf8(begun).unwrap();
            let interim = begun.find("HTTP/1.1 100").expect("it is told");
            let last = begun.find("HTTP/1.1 200 OK").unwrap();
            assert!(last < interim && begun[interim..].contains("HTTP/1.1 200"), "{begun}");
            assert!(!begun.contains("close"), "{begun}");
            rig.give_all(&[content, PLAIN].concat(), 500);
            rig.settle();
            let echoed = format!("200 {}", "x".repeat(100_000));
            let texts = rig.texts();
            assert!(texts == ["200 plain", "100 ", &echoed, "200 plain"], "{target} {hooked}");
        }
    }
}

#[test]
fn an_answer_in_pieces_tells_of_the_close_if_nobody_has_the_content() {
    let upload = |_: OwnedRequest, content: ContentStream| async {
        drop(content);
        let (sender, body) = Body::channel(1000);
        sender.try_send("pieces").unwrap();
        sender.finish();
        body
    };
    let app = plain()
        .limits(Limits { drain: 1000, ..Limits::DEFAULT })
        .put("/upload", Endpoint::new(upload).content_limit(8 << 30));
    let mut rig = Rig::new(app);
    let octets = request("/upload", &[b'x'; 100_000], 0, "");
    rig.give(&[PLAIN, &octets[..100]].concat(), 50);
    rig.settle();
    assert_eq!(rig.answers()[1..], [(200, "pieces".into(), true)]);
    assert!(rig.ended);
}

#[test]
fn no_more_is_thrown_away_in_all_than_may_be() {
    let upload = |_: OwnedRequest, mut content: ContentStream| async move {
        let _ = content.next().await;
        drop(content);
        sleep(Duration::from_millis(5)).await;
        "dropped"
    };
    let app = plain()
        .limits(Limits { drain: 1000, ..Limits::DEFAULT })
        .put("/upload", Endpoint::new(upload).content_limit(8 << 30));
    let mut rig = Rig::new(app);
    let octets = request("/upload", &[b'x'; 100_000], 1000, "");
    let mut given = 0;
    for _ in 0..20 {
        given += rig.give(&octets[given..], 50);
        rig.pass(Duration::from_millis(1));
    }
    assert!((1000..1400).contains(&given), "{given}");
    assert_eq!(rig.texts(), ["200 dropped"]);
    assert!(rig.ended);
}

#[test]
fn a_handler_that_gives_up_waiting_for_content_is_out_of_time() {
    let deadlines = Deadlines {
        handler: Some(Duration::from_secs(5)),
        content: Duration::from_secs(3600),
        ..Deadlines::DEFAULT
    };
    let app = App::new().deadlines(deadlines).put(
        "/upload",
        |_: OwnedRequest, mut content: ContentStream| async move {
            assert!(timeout(Duration::from_secs(1), content.next()).await.is_err());
            sleep(FOR_EVER).await;
        },
    );
    let mut rig = Rig::new(app);
    let octets = request("/upload", &[b'x'; 10], 0, "");
    rig.give_all(&octets[..octets.len() - 10], 65_536);
    for _ in 0..15 {
        rig.pass(Duration::from_millis(900));
    }
    assert_eq!(rig.answers()[0].0, 503);
}
