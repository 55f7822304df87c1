//! Answers piece by piece, from senders, readers and streams, and peers that go away meanwhile. Each is in the middle of a
//! burst.

use std::cell::Cell;
use std::future::Future;
use std::io::{self, Read};
use std::net::Shutdown;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rajada_mio::{
    App, BadHeader, Body, BodySender, BodyStream, Bytes, Deadlines, Gone, Headers, Limits, NotSent,
    OwnedRequest, Request, spawn, spawn_blocking,
};

use crate::client::{Answer, Client, PATIENCE};
use crate::serving::{Serving, serve, wait_until};

const MILLIS: Duration = Duration::from_millis(1);
const CAPACITY: usize = 16 * 1024;

/// Waits as other programs do, in a runtime that is not the server's.
fn wait_for<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(PATIENCE, future).await.expect("it ends") })
}

/// A server whose route `/pushed` gives its senders to the test.
fn pushing(app: App) -> (Serving, Receiver<BodySender>) {
    let (give, senders) = channel();
    let app = app.get("/", |_: &Request<'_>| "fine").get("/pushed", move |_: &Request<'_>| {
        let (sender, body) = Body::channel(CAPACITY);
        give.send(sender).unwrap();
        body
    });
    (serve(app), senders)
}

fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")
}

/// A plain request, one for a target, and two plain ones.
fn around(target: &str) -> String {
    [get("/"), get(target), get("/").repeat(2)].concat()
}

fn ask(serving: &Serving, target: &str) -> Client {
    let mut client = serving.client();
    client.send(around(target));
    client
}

/// A plain request, and one for a target that ends the connection.
fn last(target: &str) -> String {
    let close = "Host: a\r\nConnection: close\r\n";
    [get("/"), get(target).replace("Host: a\r\n", close)].concat()
}

fn assert_plain(answers: &[Answer]) {
    answers.iter().for_each(|answer| assert_eq!(answer.text(), "fine"));
}

/// The answer to a target, and those to the requests around it.
fn middle(serving: &Serving, target: &str) -> Answer {
    let mut answers = ask(serving, target).answers(4);
    let answer = answers.remove(1);
    assert_plain(&answers);
    answer
}

/// What follows the first of the answers, to the end of the connection.
fn cut(mut client: Client) -> Option<String> {
    assert_eq!(client.answer().text(), "fine");
    Some(String::from_utf8(client.rest()?).unwrap())
}

/// What is counted, once it does not grow any more.
fn settled(count: &AtomicUsize) -> usize {
    let before = Cell::new(0);
    wait_until(|| {
        std::thread::sleep(100 * MILLIS);
        let now = count.load(Ordering::Relaxed);
        before.replace(now) == now && now > 0
    });
    before.get()
}

fn short() -> Deadlines {
    Deadlines { half_closed: 200 * MILLIS, check_interval: 20 * MILLIS, ..Deadlines::DEFAULT }
}

#[test]
fn what_a_sender_pushes_is_sent_at_once_and_those_behind_it_wait() {
    let (serving, senders) = pushing(App::new());
    let mut client = ask(&serving, "/pushed");
    let sender = senders.recv().unwrap();
    for (piece, end) in [("one", "\r\n3\r\none\r\n"), ("", ""), ("two", "3\r\ntwo\r\n")] {
        wait_for(sender.send(piece)).unwrap();
        let mut received = String::new();
        while !received.ends_with(end) {
            let mut octet = [0];
            client.stream.read_exact(&mut octet).unwrap();
            received.push(octet[0].into());
        }
        assert_eq!(received.matches("fine").count(), usize::from(piece == "one"), "{received}");
    }
    assert!(client.is_silent_for(50 * MILLIS), "those behind it wait");
    sender.finish();
    client.stream.shutdown(Shutdown::Write).unwrap();
    let rest = String::from_utf8(client.rest().unwrap()).unwrap();
    assert!(rest.starts_with("0\r\n\r\nHTTP/1.1 200 OK\r\n"), "{rest}");
    assert_eq!(rest.matches("fine").count(), 2, "{rest}");
}

#[test]
fn a_sender_waits_for_a_peer_that_does_not_read() {
    const PIECES: usize = 20_000;
    let (serving, senders) = pushing(App::new());
    let mut client = serving.client();
    client.send(last("/pushed"));
    let sender = Arc::new(senders.recv().unwrap());
    let (piece, sent) = (Bytes::from(vec![b'x'; 1000]), Arc::new(AtomicUsize::new(0)));
    let (pushing, count) = (sender.clone(), sent.clone());
    let thread = std::thread::spawn(move || {
        for _ in 0..PIECES {
            pushing.blocking_send(piece.clone()).unwrap();
            count.fetch_add(1, Ordering::Relaxed);
        }
    });
    // Until sockets are full.
    let before = settled(&sent);
    assert!(before < PIECES - 1000, "{before} of {PIECES} pieces were taken");
    let mut more = 0;
    while sender.try_send(vec![b'z'; 1000]).is_ok() {
        more += 1;
    }
    assert!(more <= 16, "the channel has no room for {more}");
    assert_eq!(sender.try_send(vec![b'z'; 1000]), Err(NotSent::Full(vec![b'z'; 1000].into())));
    assert!(!sender.is_closed());
    let reader = std::thread::spawn(move || cut(client).unwrap());
    thread.join().unwrap();
    Arc::into_inner(sender).unwrap().finish();
    let rest = reader.join().unwrap();
    assert!(rest.ends_with("\r\n0\r\n\r\n"), "it is complete");
    let count = |octet| rest.bytes().filter(|own| *own == octet).count();
    assert_eq!((count(b'x'), count(b'z')), (PIECES * 1000, more * 1000));
}

#[test]
fn senders_of_tasks_threads_and_other_runtimes_wake_the_worker() {
    let app = App::new()
        .get("/", |_: &Request<'_>| "fine")
        .get("/task", |_: OwnedRequest| async {
            let (sender, body) = Body::channel(100);
            drop(spawn(async move {
                for number in 0..1000 {
                    sender.send(format!("{number} ")).await?;
                }
                sender.finish();
                Ok::<_, Gone>(())
            }));
            body
        })
        .get("/thread", |_: OwnedRequest| async {
            let (sender, body) = Body::channel(100);
            drop(spawn_blocking(move || {
                for number in 0..1000 {
                    sender.blocking_send(format!("{number} "))?;
                }
                sender.finish();
                Ok::<_, Gone>(())
            }));
            body
        })
        .get("/runtime", |_: &Request<'_>| {
            let (sender, body) = Body::channel(100);
            std::thread::spawn(move || {
                wait_for(async {
                    for number in 0..1000 {
                        sender.send(format!("{number} ")).await?;
                        tokio::task::yield_now().await;
                    }
                    sender.finish();
                    Ok::<_, Gone>(())
                })
            });
            body
        });
    let serving = serve(app);
    let expected: String = (0..1000).map(|number| format!("{number} ")).collect();
    for target in ["/task", "/thread", "/runtime"] {
        assert_eq!(middle(&serving, target).text(), expected, "{target}");
    }
}

/// How a peer ends.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    /// Its side alone.
    Fin,
    /// All of it.
    Rst,
}

fn end(client: Client, how: End) -> Option<Client> {
    match how {
        End::Fin => {
            client.stream.shutdown(Shutdown::Write).unwrap();
            Some(client)
        }
        End::Rst => {
            socket2::SockRef::from(&client.stream).set_linger(Some(Duration::ZERO)).unwrap();
            None
        }
    }
}

/// Bursts in which a stream waits for its source: in front, behind others, read no further, and at the last request.
fn waiting() -> [String; 6] {
    let pushed = get("/pushed");
    [
        pushed.clone(),
        around("/pushed"),
        // The worker stops reading at two requests in flight.
        [get("/"), pushed.clone(), pushed.clone(), get("/").repeat(100)].concat(),
        // Nothing is read behind these.
        "GET /pushed HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".into(),
        "GET /pushed HTTP/1.0\r\n\r\n".into(),
        [pushed, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n0".into()].concat(),
    ]
}

#[test]
fn senders_learn_that_a_peer_is_gone_without_a_write() {
    for how in [End::Rst, End::Fin] {
        for burst in waiting() {
            // If it were found by a deadline alone, it would take too long.
            let half_closed = if how == End::Rst { 60 * 1000 * MILLIS } else { 200 * MILLIS };
            let app = App::new()
                .limits(Limits { requests_in_flight: 2, ..Limits::DEFAULT })
                .deadlines(Deadlines { half_closed, ..short() });
            let (serving, senders) = pushing(app);
            let mut client = serving.client();
            client.send(&burst);
            let sender = senders.recv().unwrap();
            wait_for(sender.send("one")).unwrap();
            let mut received = Vec::new();
            while !received.ends_with(b"one") && !received.ends_with(b"one\r\n") {
                let mut octet = [0];
                client.stream.read_exact(&mut octet).unwrap();
                received.push(octet[0]);
            }
            assert!(!sender.is_closed());
            let began = Instant::now();
            let client = end(client, how);
            wait_for(sender.closed());
            assert!(began.elapsed() < 2000 * MILLIS, "{how:?}, {burst:?}: {:?}", began.elapsed());
            assert!(sender.is_closed());
            assert!(client.is_none() || began.elapsed() > 150 * MILLIS, "answers were owed");
            assert_eq!(wait_for(sender.send("two")), Err(Gone));
            assert_eq!(sender.try_send("two"), Err(NotSent::Gone));
            assert_eq!(sender.blocking_send("two"), Err(Gone));
        }
    }
}

#[test]
fn senders_that_wait_for_room_learn_that_the_peer_is_gone() {
    let (serving, senders) = pushing(App::new());
    let client = ask(&serving, "/pushed");
    let sender = Arc::new(senders.recv().unwrap());
    let threads = [(); 2].map(|()| {
        let sender = sender.clone();
        std::thread::spawn(move || {
            let piece = Bytes::from(vec![b'x'; 100_000]);
            while sender.blocking_send(piece.clone()).is_ok() {}
        })
    });
    let task = sender.clone();
    let other = std::thread::spawn(move || {
        let piece = Bytes::from(vec![b'x'; 100_000]);
        wait_for(async { while task.send(piece.clone()).await.is_ok() {} });
    });
    std::thread::sleep(100 * MILLIS);
    drop(end(client, End::Rst));
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    other.join().unwrap();
    assert!(sender.is_closed());
}

#[test]
fn a_peer_that_has_ended_its_side_has_its_answers_while_they_come() {
    let (serving, senders) = pushing(App::new().deadlines(short()));
    let client = ask(&serving, "/pushed");
    let mut client = end(client, End::Fin).unwrap();
    let sender = senders.recv().unwrap();
    // Longer than the deadline, which begins anew with each piece.
    for _ in 0..8 {
        std::thread::sleep(70 * MILLIS);
        wait_for(sender.send("tick ")).unwrap();
    }
    sender.finish();
    let answers = client.answers(4);
    assert_eq!(answers[1].text(), "tick ".repeat(8));
    assert_eq!(answers[3].text(), "fine");
    client.assert_closed();
}

#[test]
fn a_stream_whose_sender_is_lost_or_gives_up_is_cut_where_it_is() {
    let ways: [fn(BodySender); 3] =
        [drop, |sender| sender.abort("no more"), |sender| sender.abort(io::Error::other("no"))];
    for way in ways {
        let (serving, senders) = pushing(App::new());
        let client = ask(&serving, "/pushed");
        let sender = senders.recv().unwrap();
        wait_for(sender.send("three")).unwrap();
        way(sender);
        let rest = cut(client).expect("its framing tells");
        assert!(rest.ends_with("\r\n\r\n5\r\nthree\r\n"), "{rest}");

        let mut client = serving.client();
        client.send("GET /pushed HTTP/1.0\r\n\r\n");
        let sender = senders.recv().unwrap();
        wait_for(sender.send("three")).unwrap();
        way(sender);
        assert_eq!(client.rest(), None, "nothing else tells");
    }
}

#[test]
fn content_of_another_length_than_promised_ends_the_connection_within_it() {
    let app =
        App::new().get("/", |_: &Request<'_>| "fine").get("/of/{length}", |req: &Request<'_>| {
            let (sender, body) = Body::channel(CAPACITY);
            sender.try_send("123").unwrap();
            sender.try_send("456").unwrap();
            sender.finish();
            body.with_length(req.param("length").parse().unwrap())
        });
    let serving = serve(app);
    let answer = middle(&serving, "/of/6");
    assert_eq!((answer.header("content-length"), answer.text()), (Some("6"), "123456"));
    assert_eq!(answer.header("transfer-encoding"), None);
    for (length, content) in [(0, ""), (3, "123"), (5, "123"), (7, "123456")] {
        let rest = cut(ask(&serving, &format!("/of/{length}"))).expect("its framing tells");
        let (head, sent) = rest.split_once("\r\n\r\n").unwrap();
        let line = format!("Content-Length: {length}");
        assert!(head.lines().any(|own| own == line), "{head}");
        assert!(content.starts_with(sent), "{length}: {sent:?}");
    }
}

#[test]
fn a_client_of_http_1_0_has_content_to_the_end_of_the_connection() {
    let (serving, senders) = pushing(App::new());
    let mut client = serving.client();
    client.send("GET /pushed HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    let sender = senders.recv().unwrap();
    wait_for(sender.send("all of it")).unwrap();
    let mut trailers = Headers::new();
    trailers.set("X-Sum", "9").unwrap();
    sender.finish_with(trailers);
    let answer = String::from_utf8(client.rest().expect("an orderly end")).unwrap();
    let (head, content) = answer.split_once("\r\n\r\n").unwrap();
    assert_eq!(content, "all of it");
    assert!(!head.contains("Transfer-Encoding") && !head.contains("Content-Length"), "{head}");
}

/// Content that must not be asked for.
struct Untouched;

impl BodyStream for Untouched {
    fn poll_next(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Bytes, rajada_mio::Error>>> {
        panic!("it is polled")
    }

    fn trailers(&mut self) -> Option<Headers> {
        panic!("it is asked for trailers")
    }
}

#[test]
fn nothing_is_made_for_an_answer_without_content() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let sent = told.clone();
    let app = App::new()
        .get("/", |_: &Request<'_>| "fine")
        .get("/stream", |_: &Request<'_>| Body::Stream(Box::new(Untouched)).with_length(7))
        .get("/not-modified", |_: &Request<'_>| {
            (rajada_mio::Status::NOT_MODIFIED, Body::Stream(Box::new(Untouched)))
        })
        .get("/pushed", move |_: &Request<'_>| {
            let (sender, body) = Body::channel(CAPACITY);
            sent.lock().unwrap().push(sender);
            body
        });
    let serving = serve(app);
    let mut client = serving.client();
    let head = |target: &str| get(target).replace("GET", "HEAD");
    client.send(
        [get("/"), head("/stream"), head("/pushed"), get("/not-modified"), get("/")].concat(),
    );
    assert_eq!(client.answer().text(), "fine");
    assert_eq!(client.answer_to("HEAD").header("content-length"), Some("7"));
    assert_eq!(client.answer_to("HEAD").header("transfer-encoding"), Some("chunked"));
    assert_eq!(client.answer().status, 304);
    assert_eq!(client.answer().text(), "fine");
    let sender = told.lock().unwrap().pop().unwrap();
    wait_for(sender.closed());
    assert_eq!(sender.try_send("x"), Err(NotSent::Gone));
}

#[test]
fn trailers_stand_behind_chunks_as_far_as_they_may_stand_there() {
    let app = App::new().get("/", |_: &Request<'_>| "fine").get("/sum", |req: &Request<'_>| {
        let (sender, body) = Body::channel(CAPACITY);
        sender.try_send("3 + 4").unwrap();
        let mut trailers = Headers::new();
        trailers.set("X-Sum", "7")?.set("Set-Cookie", "a=b")?.set("content-type", "a/b")?;
        sender.finish_with(trailers.add("x-sum", "")?.clone());
        let mut headers = Headers::new();
        headers.set("Trailer", "X-Sum")?;
        let known = req.query_string().is_some();
        Ok::<_, BadHeader>((headers, if known { body.with_length(5) } else { body }))
    });
    let serving = serve(app);
    let mut client = serving.client();
    client.send([get("/"), get("/sum"), get("/sum?known"), get("/")].concat());
    client.stream.shutdown(Shutdown::Write).unwrap();
    assert_eq!(client.answer().text(), "fine");
    let rest = String::from_utf8(client.rest().unwrap()).unwrap();
    let answers: Vec<&str> = rest.split("HTTP/1.1 200 OK\r\n").skip(1).collect();
    assert!(answers[0].contains("Trailer: X-Sum\r\n"));
    assert!(
        answers[0].ends_with("\r\n\r\n5\r\n3 + 4\r\n0\r\nX-Sum: 7\r\nx-sum: \r\n\r\n"),
        "{rest}"
    );
    assert!(answers[1].ends_with("\r\n\r\n3 + 4"), "{rest}");
    assert!(answers[2].ends_with("fine"));
}

/// So many octets of a pattern, a few at a time.
struct Pattern {
    left: usize,
    step: usize,
    reads: Arc<AtomicUsize>,
}

fn pattern(count: usize) -> Vec<u8> {
    (0..count).rev().map(|left| left as u8).collect()
}

impl Read for Pattern {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if self.reads.fetch_add(1, Ordering::Relaxed) % 3 == 2 {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let count = self.left.min(self.step).min(room.len());
        for octet in &mut room[..count] {
            self.left -= 1;
            *octet = self.left as u8;
        }
        Ok(count)
    }
}

#[test]
fn readers_are_read_to_their_end_whatever_they_give_at_once() {
    let app = App::new().get("/", |_: &Request<'_>| "fine").get(
        "/read/{count}/{step}",
        |req: &Request<'_>| {
            let [left, step] = ["count", "step"].map(|name| req.param(name).parse().unwrap());
            Body::from_read(Pattern { left, step, reads: Arc::default() })
        },
    );
    let serving = serve(app);
    for (count, step) in [(0, 1), (1, 1), (5000, 7), (300_000, 1 << 20), (200_000, 40_000)] {
        let answer = middle(&serving, &format!("/read/{count}/{step}"));
        assert!(answer.content == pattern(count), "{count} octets by {step}");
    }
}

#[test]
fn a_reader_is_one_buffer_ahead_and_holds_no_thread_meanwhile() {
    const OCTETS: usize = 20 << 20;
    let reads = Arc::new(AtomicUsize::new(0));
    let own = reads.clone();
    let app = App::new()
        .blocking_threads(1)
        .get("/", |_: &Request<'_>| "fine")
        .get("/blocking", |_: OwnedRequest| async { spawn_blocking(|| "done").await })
        .get("/read", move |_: &Request<'_>| {
            Body::from_read(Pattern { left: OCTETS, step: usize::MAX, reads: own.clone() })
        });
    let serving = serve(app);
    let mut slow = serving.client();
    slow.send(last("/read").replace("HTTP/1.1\r\nHost: a\r\nConnection", "HTTP/1.0\r\nConnection"));
    let before = settled(&reads) * 2 / 3;
    assert!(before < OCTETS / 65_536 - 20, "{before} reads of 64 KiB");
    assert_eq!(serving.client().get("/blocking").text(), "done");
    assert_eq!(slow.answer().text(), "fine");
    let rest = slow.rest().unwrap();
    assert!(rest.ends_with(&pattern(OCTETS)), "{} octets", rest.len());
}

#[test]
fn readers_wait_for_threads_where_others_are_refused() {
    let app = App::new()
        .blocking_threads(1)
        .limits(Limits { blocking_queue: 0, ..Limits::DEFAULT })
        .get("/", |_: &Request<'_>| "fine")
        .get("/read", |_: &Request<'_>| {
            Body::from_read(Pattern { left: 1 << 20, step: 30_000, reads: Arc::default() })
        });
    let serving = serve(app);
    let mut clients = [(); 8].map(|()| ask(&serving, "/read"));
    for client in &mut clients {
        let answers = client.answers(4);
        assert!(answers[1].content == pattern(1 << 20));
        assert_eq!(answers[3].text(), "fine");
    }
}

#[test]
fn a_reader_that_fails_or_panics_cuts_its_answer() {
    struct Fails(u32, bool);
    impl Read for Fails {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            match self.0 {
                1 => (&b"begun"[..]).read(room),
                _ if self.1 => panic!("on purpose"),
                _ => Err(io::Error::other("broken")),
            }
        }
    }
    let app = App::new()
        .get("/", |_: &Request<'_>| "fine")
        .get("/fails", |_: &Request<'_>| Body::from_read(Fails(0, false)))
        .get("/panics", |_: &Request<'_>| Body::from_read(Fails(0, true)));
    let serving = serve(app);
    for target in ["/fails", "/panics"] {
        let rest = cut(ask(&serving, target)).unwrap();
        assert!(rest.ends_with("\r\n\r\n5\r\nbegun\r\n"), "{rest}");
    }
    assert_eq!(serving.client().get("/").text(), "fine");
}

#[test]
fn a_sender_on_a_worker_does_not_wait_for_itself() {
    let app = App::new().get("/", |_: &Request<'_>| {
        let (sender, body) = Body::channel(CAPACITY);
        let _ = sender.blocking_send("x");
        body
    });
    assert_eq!(serve(app).client().get("/").status, 500);
}
