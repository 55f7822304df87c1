//! Every way for a handler to give an answer.

use std::collections::{BTreeMap, VecDeque};
use std::task::{Context, Poll};

use proptest::prelude::*;
use rajada_mio::{
    App, Body, BodyStream, Bytes, ContentType, Error, Html, IntoResponse, Json, OwnedRequest,
    Request, Response, Status,
};

use crate::wire::{Answer, ask, cases, written};

const TEXT: &str = "text/plain; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";
const OCTETS: &str = "application/octet-stream";
const JSON: &str = "application/json";

/// That an answer is 200 with this content.
fn holds(answer: &Answer, content_type: &str, content: &[u8]) {
    assert_eq!(answer.status, 200);
    assert_eq!(answer.field("content-type"), Some(content_type));
    assert_eq!(answer.content, content);
    if answer.field("transfer-encoding").is_none() {
        assert_eq!(answer.field("content-length"), Some(&*content.len().to_string()));
    }
}

/// What a value says as an answer: at once, with a hook behind it, and from an asynchronous handler.
pub(crate) fn answers_with<R: IntoResponse + 'static>(
    value: impl Fn() -> R + Clone + Send + Sync + 'static,
) -> [Answer; 3] {
    let (one, other) = (value.clone(), value.clone());
    let later = move |_: OwnedRequest| {
        let value = other();
        async move {
            rajada_mio::yield_now().await;
            value
        }
    };
    [
        ask(App::new().get("/", move |_: &Request<'_>| value()), "GET"),
        ask(
            App::new()
                .get("/", move |_: &Request<'_>| one())
                .after(|_: &Request<'_>, _: &mut Response<'_>| {}),
            "GET",
        ),
        ask(App::new().get("/", later), "GET"),
    ]
}

struct Pieces {
    pieces: VecDeque<Vec<u8>>,
    length: Option<u64>,
}

impl BodyStream for Pieces {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        Poll::Ready(self.pieces.pop_front().map(|piece| Ok(piece.into())))
    }

    fn length(&self) -> Option<u64> {
        self.length
    }
}

fn stream(pieces: &[Vec<u8>], sized: bool) -> Body {
    let length = sized.then(|| pieces.iter().map(|piece| piece.len() as u64).sum());
    Body::Stream(Box::new(Pieces { pieces: pieces.to_vec().into(), length }))
}

#[test]
fn every_status_is_an_answer_of_its_own() {
    for code in 200..=599 {
        let status = Status::new(code).unwrap();
        let bare = matches!(code, 204 | 205 | 304);
        type Write = fn(&mut Response<'_>);
        let ways: [(Write, &str); 5] = [
            (|res| res.empty(), ""),
            (|res| res.text("text"), "text"),
            (|res| res.header("X-A", "b").html("page"), "page"),
            (|res| res.content(vec![b'x'; 10_000]), "x"),
            (|res| res.content(stream(&[b"a".to_vec(), b"b".to_vec()], false)), "ab"),
        ];
        for method in ["GET", "HEAD"] {
            for (write, begins) in ways {
                let app = App::new().get("/", move |_: &Request<'_>, res: &mut Response<'_>| {
                    write(res.set_status(status));
                });
                let answer = ask(app, method);
                assert_eq!((answer.status, &*answer.reason), (code, status.reason()));
                let sent = !bare && method == "GET" && !begins.is_empty();
                assert_eq!(!answer.content.is_empty(), sent, "{method}: {code}");
                assert!(!sent || answer.content.starts_with(begins.as_bytes()), "{code}");
            }
        }
    }
    for code in 100..200 {
        let status = Status::new(code).unwrap();
        let answer = written(move |res| res.set_status(status).text("text"));
        assert_eq!((answer.status, answer.text()), (500, "Internal Server Error"), "{code}");
    }
}

#[test]
fn values_are_answers() {
    static LONG: [u8; 10_000] = [b'x'; 10_000];
    for answer in answers_with(|| "text").iter().chain(&answers_with(|| String::from("text"))) {
        holds(answer, TEXT, b"text");
    }
    answers_with(|| std::borrow::Cow::Borrowed("text"))
        .iter()
        .for_each(|one| holds(one, TEXT, b"text"));
    answers_with(|| &LONG).iter().for_each(|one| holds(one, OCTETS, &LONG));
    answers_with(|| &LONG[..]).iter().for_each(|one| holds(one, OCTETS, &LONG));
    answers_with(|| Bytes::from_static(&LONG)).iter().for_each(|one| holds(one, OCTETS, &LONG));
    answers_with(|| Html("page")).iter().for_each(|one| holds(one, HTML, b"page"));
    answers_with(|| Some("text")).iter().for_each(|one| holds(one, TEXT, b"text"));
    answers_with(|| Ok::<_, Error>("text")).iter().for_each(|one| holds(one, TEXT, b"text"));
    for (answers, status, text) in [
        (answers_with(|| ()), 200, ""),
        (answers_with(|| Status::NO_CONTENT), 204, ""),
        (answers_with(|| (Status::CREATED, "made")), 201, "made"),
        (answers_with(|| None::<&str>), 404, "Not Found"),
        (answers_with(|| Err::<(), _>(std::io::Error::other("x"))), 500, "Internal Server Error"),
    ] {
        for answer in answers {
            assert_eq!((answer.status, answer.text()), (status, text));
        }
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn text_arrives(text in any::<String>()) {
        let (one, page, own) = (text.clone(), text.clone(), text.clone());
        holds(&written(move |res| res.text(&one)), TEXT, text.as_bytes());
        holds(&written(move |res| res.html(&page)), HTML, text.as_bytes());
        let copied = written(move |res| res.send_copied(ContentType::SVG, own.as_bytes()));
        holds(&copied, "image/svg+xml", text.as_bytes());
    }

    #[test]
    fn octets_arrive(
        octets in prop_oneof![prop::collection::vec(any::<u8>(), 0..100), prop::collection::vec(any::<u8>(), 4000..9000)],
    ) {
        let (one, body, sent) = (octets.clone(), octets.clone(), octets.clone());
        holds(&written(move |res| res.bytes(&one)), OCTETS, &octets);
        holds(&written(move |res| res.content(body.clone())), OCTETS, &octets);
        let send = written(move |res| res.send(ContentType::CSS, sent.clone().into()));
        holds(&send, "text/css; charset=utf-8", &octets);
    }

    #[test]
    fn json_arrives(map in prop::collection::btree_map(any::<String>(), any::<Option<i64>>(), 0..10)) {
        let value = map.clone();
        for answer in answers_with(move || Json(value.clone())) {
            holds(&answer, JSON, &serde_json::to_vec(&map).unwrap());
            let read: BTreeMap<String, Option<i64>> = serde_json::from_slice(&answer.content).unwrap();
            prop_assert_eq!(&read, &map);
        }
    }

    #[test]
    fn streams_arrive(
        pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..8),
        sized in any::<bool>(),
    ) {
        let whole = pieces.concat();
        for answer in answers_with(move || stream(&pieces, sized)) {
            holds(&answer, OCTETS, &whole);
            prop_assert_eq!(answer.field("transfer-encoding").is_some(), !sized);
        }
    }
}
