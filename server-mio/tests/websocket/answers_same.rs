//! Messages that are answered where they are read have the same answers as those that are received.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use proptest::prelude::*;
use rajada_mio::App;
use rajada_mio::websocket::{Closed, MessageRef, Replies, SocketEndpoint, WebSocket};

use crate::common::{Frame, Memory, frame};

/// How a handler answers.
#[derive(Debug, Clone, Copy)]
enum Form {
    Receives,
    Answers,
    /// The one and the other, for so many messages each.
    Both(usize),
}

/// A part of what the peer sends.
#[derive(Debug, Clone)]
enum Part {
    Message(Vec<u8>, bool),
    /// A message in two frames, with a ping between them.
    Fragments(Vec<u8>, bool, usize),
    Ping(u8),
}

#[derive(Debug, Clone)]
struct Case {
    parts: Vec<Part>,
    /// How many octets are given at once, again and again, and taken.
    gives: Vec<usize>,
    takes: Vec<usize>,
    backlog: usize,
    read_ahead: usize,
}

/// What a message is answered with: itself, small ones by two messages, of which the second is owned, and some by none.
fn answers(message: MessageRef<'_>) -> Vec<Result<String, Vec<u8>>> {
    let own = match message {
        MessageRef::Text(text) => Ok(text.to_owned()),
        MessageRef::Binary(octets) => Err(octets.to_owned()),
    };
    match message.octets().len() {
        len if len % 7 == 3 => Vec::new(),
        len @ ..500 => vec![own, Ok(format!("{len:02000}"))],
        _ => vec![own],
    }
}

fn reply(message: MessageRef<'_>, replies: &mut Replies<'_>) -> Result<(), Closed> {
    for answer in answers(message) {
        match answer {
            Ok(text) if text.len() < 2000 => replies.send(&text[..])?,
            Ok(text) => replies.send(text)?,
            Err(octets) => replies.send(&octets[..])?,
        }
    }
    Ok(())
}

async fn receive(socket: &mut WebSocket, most: usize) -> Option<()> {
    for _ in 0..most {
        let message = socket.recv().await?;
        for answer in answers(message.as_ref()) {
            match answer {
                Ok(text) => socket.send(text).await.ok()?,
                Err(octets) => socket.send(octets).await.ok()?,
            }
        }
    }
    Some(())
}

/// Answers so many messages, or a few more that came with them.
async fn answer(socket: &mut WebSocket, most: usize) -> Option<()> {
    let count = Rc::new(Cell::new(0));
    let waker: Rc<RefCell<Option<Waker>>> = Rc::default();
    let (counts, wakes) = (count.clone(), waker.clone());
    let each = socket.for_each(move |message, replies| {
        counts.set(counts.get() + 1);
        if counts.get() == most
            && let Some(waker) = wakes.take()
        {
            waker.wake();
        }
        reply(message, replies)
    });
    let mut each = pin!(each);
    let has_ended = poll_fn(|cx| {
        waker.replace(Some(cx.waker().clone()));
        match each.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(true),
            Poll::Pending if count.get() >= most => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    });
    if has_ended.await { None } else { Some(()) }
}

async fn handle(mut socket: WebSocket, form: Form) -> Option<()> {
    match form {
        Form::Receives => receive(&mut socket, usize::MAX).await,
        Form::Answers => {
            socket.for_each(reply).await;
            None
        }
        Form::Both(most) => loop {
            receive(&mut socket, most).await?;
            answer(&mut socket, most).await?;
        },
    }
}

/// The frames that the peer gets, but for pongs.
fn frames(case: &Case, form: Form) -> Vec<Frame> {
    let endpoint = SocketEndpoint::new(move |socket: WebSocket| async move {
        handle(socket, form).await;
    });
    let endpoint = endpoint.backlog(case.backlog).read_ahead(case.read_ahead);
    let mut memory = Memory::open(App::new().websocket("/ws", endpoint), "/ws");
    let octets = octets(&case.parts);
    let (mut at, mut gives, mut takes) = (0, case.gives.iter().cycle(), case.takes.iter().cycle());
    while at < octets.len() {
        memory.takes = *takes.next().unwrap();
        let piece = &octets[at..octets.len().min(at + gives.next().unwrap())];
        memory.give(piece);
        at += piece.len();
        // (One that takes pieces takes a few of them.)
        for _ in 0..4 {
            memory.run_once();
        }
    }
    memory.takes = usize::MAX;
    memory.run();
    assert!(memory.is_closed, "its close was replied to");
    let frames = memory.frames();
    assert!(memory.received.is_empty());
    // (Of pings that come while there is no room the newest is answered.)
    frames.into_iter().filter(|frame| frame.first != 0x8A).collect()
}

fn octets(parts: &[Part]) -> Vec<u8> {
    let opcode = |is_text| if is_text { 1 } else { 2 };
    let mut octets = Vec::new();
    for part in parts {
        match part {
            Part::Message(payload, is_text) => {
                octets.extend(frame(0x80 | opcode(*is_text), payload));
            }
            Part::Fragments(payload, is_text, at) => {
                let (front, back) = payload.split_at(*at % (payload.len() + 1));
                octets.extend(frame(opcode(*is_text), front));
                octets.extend(frame(0x89, b"between"));
                octets.extend(frame(0x80, back));
            }
            Part::Ping(octet) => octets.extend(frame(0x89, &[*octet])),
        }
    }
    octets.extend(frame(0x88, &1000u16.to_be_bytes()));
    octets
}

/// What is sent for these messages, one after another.
fn expected(parts: &[Part]) -> Vec<Frame> {
    let mut frames = Vec::new();
    for part in parts {
        let (Part::Message(payload, is_text) | Part::Fragments(payload, is_text, _)) = part else {
            continue;
        };
        let message = match std::str::from_utf8(payload) {
            Ok(text) if *is_text => MessageRef::Text(text),
            _ => MessageRef::Binary(payload),
        };
        frames.extend(answers(message).into_iter().map(|answer| match answer {
            Ok(text) => Frame { first: 0x81, payload: text.into_bytes() },
            Err(payload) => Frame { first: 0x82, payload },
        }));
    }
    frames.push(Frame { first: 0x88, payload: vec![3, 232] });
    frames
}

fn part() -> impl Strategy<Value = Part> {
    let size = prop_oneof![6 => 0..130usize, 2 => 0..3000usize, 1 => 60_000..70_000usize];
    let payload = (size, b'a'..=b'z').prop_map(|(size, octet)| vec![octet; size]);
    prop_oneof![
        8 => (payload.clone(), any::<bool>()).prop_map(|(it, is_text)| Part::Message(it, is_text)),
        2 => (payload, any::<bool>(), 0..70_000usize)
            .prop_map(|(it, is_text, at)| Part::Fragments(it, is_text, at)),
        1 => any::<u8>().prop_map(Part::Ping),
    ]
}

fn case() -> impl Strategy<Value = Case> {
    let counts = |most| prop::collection::vec(prop_oneof![1..40usize, 1..most, Just(most)], 1..6);
    let takes = prop::collection::vec(prop_oneof![Just(0), 1..3000usize, Just(usize::MAX)], 1..6);
    let bounds =
        (prop_oneof![0..3000usize, Just(64 * 1024)], prop_oneof![1..3000usize, Just(64 * 1024)]);
    (prop::collection::vec(part(), 0..40), counts(20_000), takes, bounds).prop_map(
        |(parts, gives, takes, (backlog, read_ahead))| {
            // (Few octets at once of very many would take long.)
            let long = octets(&parts).len() / 400;
            let gives = gives.into_iter().map(|count: usize| count.max(long)).collect();
            Case { parts, gives, takes, backlog, read_ahead }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_answers_are_the_same_in_every_form(case in case(), most in 1..6usize) {
        let expected = expected(&case.parts);
        for form in [Form::Receives, Form::Answers, Form::Both(most)] {
            let frames = frames(&case, form);
            prop_assert!(frames == expected, "{form:?}: {} of {}", frames.len(), expected.len());
        }
    }
}
