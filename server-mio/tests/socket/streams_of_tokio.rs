//! Answers from readers of tokio, and from streams.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use rajada_mio::{App, Body, Error, Request, Sleep, sleep};
use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};

use crate::serving::serve;

fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")
}

#[test]
fn a_reader_of_another_runtime_is_read_to_its_end() {
    let app = App::new().get("/", |_: &Request<'_>| "fine").get("/pipe", |_: &Request<'_>| {
        let (mut ours, theirs) = tokio::io::duplex(1000);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(async {
                for number in 0..10_000 {
                    ours.write_all(format!("{number} ").as_bytes()).await.unwrap();
                }
            });
        });
        Body::from_async_read(theirs)
    });
    let serving = serve(app);
    let mut client = serving.client();
    client.send([get("/"), get("/pipe"), get("/"), get("/pipe"), get("/")].concat());
    let expected: String = (0..10_000).map(|number| format!("{number} ")).collect();
    for expected in ["fine", &expected, "fine", &expected, "fine"] {
        assert_eq!(client.answer().text(), expected);
    }
}

#[test]
fn a_reader_of_tokio_that_fails_cuts_its_answer() {
    struct Fails(bool);
    impl AsyncRead for Fails {
        fn poll_read(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            room: &mut ReadBuf<'_>,
        ) -> Poll<std::io::Result<()>> {
            if std::mem::replace(&mut self.0, true) {
                return Poll::Ready(Err(std::io::Error::other("broken")));
            }
            room.put_slice(b"begun");
            Poll::Ready(Ok(()))
        }
    }
    let app = App::new().get("/", |_: &Request<'_>| Body::from_async_read(Fails(false)));
    let serving = serve(app);
    let mut client = serving.client();
    client.send(get("/").repeat(2));
    let rest = client.rest().unwrap();
    assert!(rest.ends_with(b"\r\n\r\n5\r\nbegun\r\n"), "{}", rest.escape_ascii());
}

/// Numbers with pauses, and an error in place of one of them.
struct Numbers {
    next: u32,
    fails_at: u32,
    pause: Option<Sleep>,
}

impl futures_core::Stream for Numbers {
    type Item = Result<String, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let pause = self.pause.get_or_insert_with(|| sleep(Duration::from_millis(1)));
        if pin!(pause).poll(cx).is_pending() {
            return Poll::Pending;
        }
        self.pause = None;
        self.next += 1;
        Poll::Ready(match self.next {
            11 => None,
            next if next == self.fails_at => Some(Err("no more".into())),
            next => Some(Ok(format!("{next} "))),
        })
    }
}

#[test]
fn a_stream_of_futures_is_sent_as_it_comes_and_cut_by_its_error() {
    let app = App::new().get("/", |_: &Request<'_>| "fine").get("/to/{n}", |req: &Request<'_>| {
        let fails_at = req.param("n").parse().unwrap();
        Body::from_stream(Numbers { next: 0, fails_at, pause: None })
    });
    let serving = serve(app);
    let mut client = serving.client();
    client.send([get("/"), get("/to/99"), get("/"), get("/to/3"), get("/")].concat());
    for expected in ["fine", "1 2 3 4 5 6 7 8 9 10 ", "fine"] {
        assert_eq!(client.answer().text(), expected);
    }
    let rest = client.rest().unwrap();
    assert!(rest.ends_with(b"2 \r\n"), "{}", rest.escape_ascii());
}
