//! The end of a server.

use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rajada_mio::{App, Body, Deadlines, Exit, OwnedRequest, Request, sleep, spawn, spawn_blocking};

use crate::client::Client;
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
fn idle_connections_have_a_last_request_and_busy_ones_are_done_first() {
    let deadlines = Deadlines { idle_at_end: Duration::from_millis(400), ..Deadlines::DEFAULT };
    let serving = serve(app().deadlines(deadlines));
    let (mut idle, mut busy) = (serving.client(), serving.client());
    let (mut asks, mut opened) = (serving.client(), serving.client());
    assert_eq!(idle.get("/").status, 200);
    assert_eq!(asks.get("/").status, 200);
    busy.send("GET /delay/300 HTTP/1.1\r\nHost: a\r\n\r\n");
    std::thread::sleep(Duration::from_millis(100));
    let began = Instant::now();
    serving.handle.shut_down();
    std::thread::sleep(Duration::from_millis(50));
    for client in [&mut asks, &mut opened] {
        let last = client.get("/");
        assert_eq!((last.text(), last.header("connection")), ("Hello world!", Some("close")));
        client.assert_closed();
    }
    let last = busy.answer();
    assert_eq!((last.text(), last.header("connection")), ("waited", Some("close")));
    busy.assert_closed();
    idle.assert_closed();
    assert!(began.elapsed() >= Duration::from_millis(400), "{:?}", began.elapsed());
    drop((busy, asks, opened));
    let address = serving.address;
    assert_eq!(serving.join(), Exit::Clean);
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert!(TcpStream::connect(address).is_err());
}

/// What a client has of a burst of `count` requests: all answers, of which the last alone says that it is that.
fn assert_answered(client: &mut Client, count: usize, context: &str) {
    for number in 1..=count {
        let answer = client.answer();
        let last = if number == count { Some("close") } else { None };
        assert_eq!((answer.status, answer.header("connection")), (200, last), "{context} {number}");
    }
    client.assert_closed();
}

#[test]
fn what_the_system_has_received_is_answered_in_the_queue_of_connections_too() {
    let (begun, is_busy) = std::sync::mpsc::sync_channel(1);
    let app = app().get("/block", move |_: &Request<'_>| {
        begun.send(()).unwrap();
        std::thread::sleep(Duration::from_millis(500));
        "blocked"
    });
    let serving = serve(app.workers(1));
    let mut known: Vec<Client> = (0..20).map(|_| serving.client()).collect();
    known.iter_mut().for_each(|client| assert_eq!(client.get("/").status, 200));
    let mut busy = serving.client();
    busy.send("GET /block HTTP/1.1\r\nHost: a\r\n\r\n");
    is_busy.recv().unwrap();
    // All of this waits in the kernel when the end is ordered.
    let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    for client in &mut known {
        client.send(get);
    }
    let mut queued: Vec<Client> = (0..40).map(|_| serving.client()).collect();
    for client in &mut queued {
        client.send(get.repeat(3));
    }
    // As large as a read, and requests end where it does.
    let whole = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "x".repeat(64 - 32));
    assert_eq!(whole.len(), 64);
    let mut much = serving.client();
    much.send(whole.repeat(2048) + get);
    serving.handle.shut_down();
    // It was answered before the worker could hear of the end.
    assert_eq!(busy.answer().text(), "blocked");
    known.iter_mut().for_each(|client| assert_answered(client, 1, "known"));
    queued.iter_mut().for_each(|client| assert_answered(client, 3, "queued"));
    assert_answered(&mut much, 2049, "much");
    drop((busy, known, queued, much));
    assert_eq!(serving.join(), Exit::Clean);
}

#[test]
fn clients_that_ask_all_the_time_lose_nothing_when_the_server_ends() {
    for workers in [1, 2] {
        for burst in [1, 7] {
            let serving = serve(app().workers(workers));
            let address = serving.address;
            let clients: Vec<_> = (0..16)
                .map(|_| {
                    std::thread::spawn(move || {
                        let mut client = Client::connect(address);
                        let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(burst);
                        loop {
                            client.send(&get);
                            for number in 1..=burst {
                                let answer = client.answer();
                                if answer.header("connection") == Some("close") {
                                    return number;
                                }
                            }
                        }
                    })
                })
                .collect();
            std::thread::sleep(Duration::from_millis(150));
            serving.handle.shut_down();
            // Nobody was left without an answer: each has read one that says that it is the last.
            for client in clients {
                assert!((1..=burst).contains(&client.join().unwrap()));
            }
            assert_eq!(serving.join(), Exit::Clean);
        }
    }
}

#[test]
fn an_upload_that_nobody_wants_does_not_hold_the_end() {
    let serving = serve(app());
    let mut upload = serving.client();
    upload.send("POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\nbegun");
    assert_eq!(upload.answer().status, 404);
    let began = Instant::now();
    serving.handle.shut_down();
    let exit = serving.join();
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(exit, Exit::Clean);
}

#[test]
fn blocking_work_that_has_begun_is_waited_for_within_the_grace_period() {
    for (takes, exit) in [(300, Exit::Clean), (5000, Exit::Cut)] {
        let done = Arc::new(AtomicBool::new(false));
        let own = done.clone();
        let app = app().grace(Duration::from_millis(1500)).get("/job", move |_: &Request<'_>| {
            let done = own.clone();
            drop(spawn_blocking(move || {
                std::thread::sleep(Duration::from_millis(takes));
                done.store(true, Ordering::SeqCst);
            }));
            "begun"
        });
        let serving = serve(app);
        assert_eq!(serving.client().get("/job").text(), "begun");
        std::thread::sleep(Duration::from_millis(50));
        serving.handle.shut_down();
        assert_eq!(serving.join(), exit);
        assert_eq!(done.load(Ordering::SeqCst), exit == Exit::Clean);
    }
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
fn a_sender_that_would_go_on_for_ever_ends_its_content_and_the_end_is_clean() {
    let app = app().get("/pushed", |_: OwnedRequest| async {
        let (sender, body) = Body::channel(1024);
        drop(spawn(async move {
            sender.send("begun").await.unwrap();
            sender.shutting_down().await;
            assert!(sender.is_shutting_down());
            sender.send(", ended").await.unwrap();
            sender.finish();
        }));
        body
    });
    let serving = serve(app);
    let mut clients: Vec<Client> = (0..4).map(|_| serving.client()).collect();
    let plain = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    for client in &mut clients {
        client.send([plain, "GET /pushed HTTP/1.1\r\nHost: a\r\n\r\n", plain].concat());
        assert_eq!(client.answer().text(), "Hello world!");
    }
    // The streams have begun.
    std::thread::sleep(Duration::from_millis(100));
    let began = Instant::now();
    serving.handle.shut_down();
    for client in &mut clients {
        assert_eq!(client.answer().text(), "begun, ended");
        assert_eq!(client.answer().text(), "Hello world!");
        client.assert_closed();
    }
    drop(clients);
    assert_eq!(serving.join(), Exit::Clean);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
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
