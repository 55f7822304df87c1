//! Content that is taken as it arrives, over sockets, alone and in the middle of a burst.

use std::io::{ErrorKind, Write};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use rajada_mio::{
    Body, Deadlines, Limits, OwnedRequest, Request, RequestError, Status, sleep, spawn_blocking,
};

use crate::serving::{Serving, serve, wait_until};
use crate::world::{App, ContentStream, Endpoint, Handler, Shape};

const PLAIN: &str = "GET /plain HTTP/1.1\r\nHost: a\r\n\r\n";

fn app() -> App {
    App::new().get("/plain", |_: &Request<'_>| "plain")
}

fn large<H: Handler<S>, S: Shape<H>>(handler: H) -> Endpoint {
    Endpoint::new(handler).content_limit(8 << 30)
}

fn by_length(target: &str, length: usize) -> String {
    format!("PUT {target} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n")
}

/// Content that tells where each octet belongs.
fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8).collect()
}

fn chunks(content: &[u8], chunk: usize) -> Vec<u8> {
    let mut octets = Vec::new();
    for piece in content.chunks(chunk) {
        octets.extend_from_slice(format!("{:X}\r\n", piece.len()).as_bytes());
        octets.extend_from_slice(piece);
        octets.extend_from_slice(b"\r\n");
    }
    octets.extend_from_slice(b"0\r\nDigest: yes\r\n\r\n");
    octets
}

/// Counts what comes, and looks at each octet of it.
async fn count(_: OwnedRequest, mut content: ContentStream) -> Result<String, RequestError> {
    let mut at = 0u64;
    while let Some(piece) = content.next().await {
        for octet in piece? {
            assert_eq!(octet, (at % 251) as u8);
            at += 1;
        }
    }
    let digest = content.trailers().get("digest").unwrap_or_default().escape_ascii().to_string();
    Ok(format!("{at} {digest}"))
}

#[test]
fn an_upload_stands_in_the_middle_of_a_burst() {
    let serving = serve(app().put("/count", large(count)));
    let content = pattern(300_000);
    for pieces in [1, 7] {
        let mut client = serving.client();
        let chunked = "PUT /count HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        let burst = [
            PLAIN.as_bytes(),
            by_length("/count", content.len()).as_bytes(),
            &content,
            PLAIN.as_bytes(),
            chunked.as_bytes(),
            &chunks(&content, 1000),
            PLAIN.as_bytes(),
            by_length("/count", 3).as_bytes(),
            &pattern(3),
            PLAIN.as_bytes(),
        ]
        .concat();
        for piece in burst.chunks(burst.len().div_ceil(pieces)) {
            client.send(piece);
            std::thread::sleep(Duration::from_millis(10));
        }
        let answers = client.answers(7);
        let texts: Vec<&str> = answers.iter().map(|answer| answer.text()).collect();
        assert_eq!(
            texts,
            ["plain", "300000 ", "plain", "300000 yes", "plain", "3 ", "plain"],
            "{pieces}"
        );
        assert_eq!(client.get("/plain").text(), "plain", "the connection lives on");
    }
}

#[test]
fn a_client_that_asks_first_is_told_in_turn() {
    let serving = serve(
        app()
            .put("/count", large(count))
            .put("/no", large(|_: OwnedRequest, _: ContentStream| async { Status::FORBIDDEN }))
            .get("/slow", |_: OwnedRequest| async {
                sleep(Duration::from_millis(50)).await;
                "slow"
            }),
    );
    let mut client = serving.client();
    let asks = |target: &str| {
        format!(
            "PUT {target} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
        )
    };
    client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n".to_owned() + PLAIN + &asks("/count"));
    let statuses: Vec<u16> = client.answers(3).iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 200, 100]);
    assert!(client.is_silent_for(Duration::from_millis(50)));
    client.send([&pattern(5)[..], PLAIN.as_bytes()].concat());
    let answers = client.answers(2);
    assert_eq!((answers[0].text(), answers[1].text()), ("5 ", "plain"));

    // By the final status alone.
    client.send(PLAIN.to_owned() + &asks("/no"));
    let answers = client.answers(2);
    assert_eq!((answers[0].text(), answers[1].status), ("plain", 403));
    assert_eq!(answers[1].header("connection"), Some("close"));
    client.assert_closed();
}

#[test]
fn an_early_answer_leaves_the_connection_in_order_or_ends_it() {
    let early = |_: OwnedRequest, mut content: ContentStream| async move {
        let first = content.next().await.transpose()?.unwrap_or_default();
        Ok::<_, RequestError>((Status::CONFLICT, if first.is_empty() { "" } else { "early" }))
    };
    let panics = |_: OwnedRequest, mut content: ContentStream| async move {
        let _ = content.next().await;
        if content.length() != Some(u64::MAX) {
            panic!("on purpose");
        }
    };
    let serving = serve(app().put("/early", large(early)).put("/panics", large(panics)));
    for (target, status) in [("/early", 409), ("/panics", 500)] {
        let mut client = serving.client();
        let content = [b'x'; 5000];
        client.send(PLAIN.to_owned() + &by_length(target, content.len()));
        assert_eq!(client.answer().text(), "plain");
        client.send([&content[..], PLAIN.as_bytes()].concat());
        let answers = client.answers(2);
        assert_eq!((answers[0].status, answers[1].text()), (status, "plain"), "{target}");

        // Who sends without looking reads the answer all the same.
        client.send(PLAIN.to_owned() + &by_length(target, 50_000_000));
        assert_eq!(client.answer().text(), "plain");
        for _ in 0..1000 {
            if client.stream.write_all(&[b'x'; 10_000]).is_err() {
                break;
            }
        }
        let answer = client.answer();
        assert_eq!((answer.status, answer.header("connection")), (status, Some("close")));
    }
}

#[test]
fn a_peer_has_to_wait_while_nobody_takes_what_it_sends() {
    let taken = Arc::new(AtomicU64::new(0));
    let (opens, gate) = mpsc::channel::<()>();
    let gate = Arc::new(Mutex::new(gate));
    let counter = taken.clone();
    let upload = move |_: OwnedRequest, mut content: ContentStream| {
        let (gate, taken) = (gate.clone(), counter.clone());
        async move {
            let first = content.next().await.unwrap()?;
            taken.fetch_add(first.len() as u64, Ordering::SeqCst);
            let waiting = spawn_blocking(move || gate.lock().unwrap().recv().is_ok());
            assert!(waiting.await.unwrap());
            while let Some(piece) = content.next().await {
                taken.fetch_add(piece?.len() as u64, Ordering::SeqCst);
            }
            Ok::<_, RequestError>("done")
        }
    };
    let serving = serve(app().put("/upload", large(upload)));
    let mut client = serving.client();
    const OCTETS: usize = 64 << 20;
    client.send(PLAIN.to_owned() + &by_length("/upload", OCTETS));
    client.stream.set_nonblocking(true).unwrap();
    let piece = vec![b'x'; 64 << 10];
    let (mut sent, mut idle) = (0, 0);
    // Until the system takes no more for the peer's and our buffers either.
    while idle < 100 {
        match client.stream.write(&piece[..piece.len().min(OCTETS - sent)]) {
            Ok(count) => (sent, idle) = (sent + count, 0),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::WouldBlock);
                std::thread::sleep(Duration::from_millis(2));
                idle += 1;
            }
        }
    }
    assert!(sent < OCTETS / 2, "{sent} octets were taken from it");
    assert!(taken.load(Ordering::SeqCst) <= 128 << 10);
    opens.send(()).unwrap();
    client.stream.set_nonblocking(false).unwrap();
    while sent < OCTETS {
        let count = piece.len().min(OCTETS - sent);
        client.stream.write_all(&piece[..count]).unwrap();
        sent += count;
    }
    client.send(PLAIN);
    let answers = client.answers(3);
    let texts: Vec<&str> = answers.iter().map(|answer| answer.text()).collect();
    assert_eq!(texts, ["plain", "done", "plain"]);
    assert_eq!(taken.load(Ordering::SeqCst), OCTETS as u64);
}

#[test]
fn a_deadline_runs_for_a_silent_peer_and_not_for_a_slow_taker() {
    let short = Deadlines {
        content: Duration::from_millis(100),
        check_interval: Duration::from_millis(10),
        ..Deadlines::DEFAULT
    };
    let slow = |_: OwnedRequest, mut content: ContentStream| async move {
        let mut octets = 0;
        while let Some(piece) = content.next().await {
            octets += piece?.len();
            sleep(Duration::from_millis(250)).await;
        }
        Ok::<_, RequestError>(octets.to_string())
    };
    let app = app().deadlines(short).put("/slow", large(slow).content_window(20_000));
    let serving = serve(app);
    let mut client = serving.client();
    client.send(
        [by_length("/slow", 100_000).as_bytes(), &[b'x'; 100_000], PLAIN.as_bytes()].concat(),
    );
    let answers = client.answers(2);
    assert_eq!((answers[0].text(), answers[1].text()), ("100000", "plain"));
    client.send([PLAIN.as_bytes(), by_length("/slow", 100).as_bytes(), b"half"].concat());
    let answers = client.answers(2);
    assert_eq!((answers[0].text(), answers[1].status), ("plain", 408));
    client.assert_closed();
}

#[test]
fn who_goes_away_has_its_handler_dropped_and_content_told_of() {
    struct Guard(Arc<AtomicUsize>);
    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let dropped = Arc::new(AtomicUsize::new(0));
    let told = Arc::new(Mutex::new(Vec::new()));
    let (guards, tells) = (dropped.clone(), told.clone());
    let upload = move |_: OwnedRequest, mut content: ContentStream| {
        let (guard, told) = (Guard(guards.clone()), tells.clone());
        async move {
            let _guard = guard;
            // Taken elsewhere, which lasts longer than the request.
            let taking = rajada_mio::spawn(async move {
                while let Some(piece) = content.next().await {
                    if let Err(error) = piece {
                        told.lock().unwrap().push(error);
                    }
                }
            });
            taking.await.map_err(|_| RequestError::Over)
        }
    };
    let serving = serve(app().put("/upload", large(upload)));
    for reset in [false, true] {
        let mut client = serving.client();
        client.send(PLAIN.to_owned() + &by_length("/upload", 100) + "some");
        assert_eq!(client.answer().text(), "plain");
        if reset {
            let socket = socket2::SockRef::from(&client.stream);
            socket.set_linger(Some(Duration::ZERO)).unwrap();
        }
        drop(client);
        let count = usize::from(reset) + 1;
        wait_until(|| {
            dropped.load(Ordering::SeqCst) == count && told.lock().unwrap().len() == count
        });
    }
    assert_eq!(*told.lock().unwrap(), [RequestError::Cut, RequestError::Cut]);
    assert_eq!(serving.client().get("/plain").text(), "plain");
}

#[test]
fn an_answer_is_made_of_content_while_that_arrives() {
    let echo = |_: OwnedRequest, content: ContentStream| async { Body::from(content) };
    let serving = serve(app().put("/echo", large(echo)));
    let content = pattern(8 << 20);
    let mut client = serving.client();
    let head = PLAIN.to_owned() + &by_length("/echo", content.len());
    let mut sender = client.stream.try_clone().unwrap();
    let sent = content.clone();
    let sending = std::thread::spawn(move || {
        sender.write_all(head.as_bytes()).unwrap();
        sender.write_all(&sent).unwrap();
        sender.write_all(PLAIN.as_bytes()).unwrap();
    });
    assert_eq!(client.answer().text(), "plain");
    let echoed = client.answer();
    assert!(echoed.content == content, "{} octets", echoed.content.len());
    assert_eq!(client.answer().text(), "plain");
    sending.join().unwrap();
}

#[test]
fn many_uploads_at_once_hold_no_more_than_the_worker_may() {
    const UPLOADS: usize = 8;
    let upload = |_: OwnedRequest, mut content: ContentStream| async move {
        let mut octets = 0;
        while let Some(piece) = content.next().await {
            octets += piece?.len();
            sleep(Duration::from_millis(1)).await;
        }
        Ok::<_, RequestError>(octets.to_string())
    };
    let limits = Limits { buffered: 128 << 10, ..Limits::DEFAULT };
    let serving: Serving = serve(app().limits(limits).put("/upload", large(upload)));
    let threads: Vec<_> = (0..UPLOADS)
        .map(|_| {
            let mut client = serving.client();
            std::thread::spawn(move || {
                let content = vec![b'x'; 1 << 20];
                let head = by_length("/upload", content.len());
                client.send([head.as_bytes(), &content, PLAIN.as_bytes()].concat());
                let answers = client.answers(2);
                (answers[0].text().to_owned(), answers[1].text().to_owned())
            })
        })
        .collect();
    for thread in threads {
        let (first, second) = thread.join().unwrap();
        assert_eq!((first.as_str(), second.as_str()), ("1048576", "plain"));
    }
}

#[test]
fn what_is_malformed_or_too_much_has_its_status_behind_what_is_owed() {
    let serving = serve(app().put("/count", Endpoint::new(count).content_limit(10)));
    let head = "PUT /count HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (content, status) in [("2\r\n\0\x01\r\nzz\r\n", 400), ("2\r\n\0\x01\r\nFF\r\n", 413)] {
        let mut client = serving.client();
        client.send(PLAIN.to_owned() + head + content + PLAIN);
        let answers = client.answers(2);
        assert_eq!((answers[0].text(), answers[1].status), ("plain", status));
        assert_eq!(answers[1].header("connection"), Some("close"));
        client.assert_closed();
    }
    // Known before, and little enough to be drained.
    let mut client = serving.client();
    client.send(PLAIN.to_owned() + &by_length("/count", 11) + "12345678901" + PLAIN);
    let statuses: Vec<u16> = client.answers(3).iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [200, 413, 200]);
}
