//! The protocol cases about another protocol on the connection, below an application that accepts
//! WebSocket and the protocol `other`, and answers all else 200.

mod common;

use common::{Connection, Loan, OK};
use rajada_parser::{Config, Positions, Request, Resume, Status};
use rajada_pipeline::memory::UsualMemory;
use rajada_pipeline::websocket::Handshake;
use rajada_pipeline::{
    Burst, Content, Event, Head, Incoming, Phase, Pipeline, PreparedHead, Ticket,
};
use rajada_testkit::{Book, Case, LayerName};

#[test]
fn every_case_holds_however_it_is_split() {
    let book = Book::read().unwrap_or_else(|error| panic!("{error}"));
    let mut count = 0;
    for case in book.cases_of(LayerName::Pipeline).filter(|case| case.rule.starts_with("upgrade-"))
    {
        count += 1;
        let octets = &case.octets[..];
        for at in 0..octets.len() {
            hold(case, &[&octets[..at], &octets[at..]]);
        }
        hold(case, &octets.chunks(1).collect::<Vec<_>>());
    }
    assert!(count >= 25, "only {count} cases");
}

fn hold(case: &Case, pieces: &[&[u8]]) {
    let mut application = Application::new();
    for piece in pieces {
        application.connection.push(piece);
        application.receive();
    }
    let answers = read(&application.connection.wire);
    let mut due: Vec<_> = case
        .answers
        .iter()
        .map(|answer| (answer.status.parse::<u16>().expect("three digits"), answer.close))
        .collect();
    if content_comes_with_its_head(pieces) {
        due.retain(|(status, _)| *status != 100);
    }
    let sizes: Vec<_> = pieces.iter().map(|piece| piece.len()).collect();
    assert_eq!(answers, due, "{} in pieces of {sizes:?}", case.id);
    let phase = match due.last() {
        Some((100, _)) => Phase::Content,
        Some((101, _)) => Phase::Upgraded,
        Some((_, true)) => Phase::Closed,
        _ => Phase::Idle,
    };
    assert_eq!(application.connection.pipeline.phase(), phase, "{}", case.id);
}

/// Whether a piece that ends the head of a client that waits has more behind it: then it does not
/// wait (RFC 9110 section 10.1.1).
fn content_comes_with_its_head(pieces: &[&[u8]]) -> bool {
    let text = pieces.concat();
    let text = String::from_utf8_lossy(&text);
    let waits = text.find("Expect: 100-continue\r\n\r\n");
    let Some(end) = waits.map(|at| at + "Expect: 100-continue\r\n\r\n".len()) else { return false };
    (0..=pieces.len()).all(|count| pieces[..count].concat().len() != end)
}

/// Statuses, and whether each answer says that it is the last one.
fn read(mut wire: &[u8]) -> Vec<(u16, bool)> {
    let mut answers = Vec::new();
    while !wire.is_empty() {
        let mut slots = Positions::<16>::new();
        let parsed = Config::STRICT.parse_response(wire, &mut Resume::new(), &mut slots);
        let Ok(Status::Complete(head, octets)) = parsed else {
            panic!("no answer: {}", wire.escape_ascii())
        };
        let get = |name| head.fields().get(name).unwrap_or_default();
        if head.code() == 426 {
            let told = ["upgrade", "sec-websocket-version", "connection"].map(get);
            assert_eq!(told, [&b"websocket"[..], b"13", b"upgrade"]);
        }
        assert!(matches!(get("content-length"), b"" | b"0"));
        answers.push((head.code(), get("connection") == b"close"));
        wire = &wire[octets..];
    }
    answers
}

/// What to answer.
enum Answer {
    Accept(PreparedHead<String>),
    Head(Head<'static>),
}

struct Application {
    connection: Connection,
    pending: Option<(Ticket, Answer)>,
}

impl Application {
    fn new() -> Self {
        Self { connection: Connection::new(), pending: None }
    }

    fn receive(&mut self) {
        loop {
            let Connection { pipeline, settings, slots, leftover, .. } = &mut self.connection;
            let mut burst = Burst::new(leftover);
            let mut goes_on = true;
            match pipeline.receive(settings, &mut burst, slots) {
                Event::Request { ticket, request, content, expects_continue, .. } => {
                    let answer = decide(&request);
                    if expects_continue {
                        assert!(pipeline.send_continue(&ticket).expect("it is owed"));
                    }
                    if matches!(content, Incoming::Streaming(_)) {
                        self.pending = Some((ticket, answer));
                    } else {
                        give(pipeline, ticket, answer);
                    }
                }
                Event::Data(_) | Event::Malformed(_) => {}
                Event::EndOfMessage { .. } => {
                    let (ticket, answer) = self.pending.take().expect("a request before its end");
                    give(pipeline, ticket, answer);
                }
                _ => goes_on = false,
            }
            let consumed = burst.consumed();
            leftover.drain(..consumed);
            self.connection.transmit(usize::MAX);
            if !goes_on {
                return;
            }
        }
    }
}

fn decide(request: &Request<'_, '_>) -> Answer {
    let accept = |protocol| {
        let head = format!("HTTP/1.1 101 Switching Protocols\r\nUpgrade: {protocol}\r\n");
        Answer::Accept(PreparedHead::new(head).expect("a head"))
    };
    match Handshake::of(request) {
        Ok(Some(_)) => accept("websocket"),
        Err(refusal) => Answer::Head(refusal.head()),
        Ok(None) if request.fields().get("upgrade") == Some(b"other") => accept("other"),
        Ok(None) => Answer::Head(Head::new(OK).expect("a head")),
    }
}

fn give(
    pipeline: &mut Pipeline<Vec<u8>, UsualMemory<Vec<u8>>, Loan>,
    ticket: Ticket,
    answer: Answer,
) {
    match answer {
        Answer::Accept(head) => pipeline.accept_upgrade(ticket, &head.head()),
        Answer::Head(head) => pipeline.respond(ticket, &head, Content::None),
    }
    .expect("it is owed");
}
