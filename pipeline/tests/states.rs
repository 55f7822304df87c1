//! The arrows of the diagram on the crate's page, one after another.

mod common;

use common::{Connection, Seen, answered, answered_last, get, ok};
use rajada_pipeline::{Content, Head, Length, Phase, Ticket};

const POST: &str = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n";
const ASKS: &str = "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n";
const ASKS_WITH_CONTENT: &str = "POST / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n\
                                 Upgrade: x\r\nContent-Length: 5\r\n\r\n";

/// Receives these octets, as far as they are taken. The last request's ticket, if there was one.
fn receive(connection: &mut Connection, octets: &str) -> Option<Ticket> {
    let mut last = None;
    connection.push(octets.as_bytes());
    loop {
        match connection.next() {
            Seen::Request { ticket, .. } => last = Some(ticket),
            Seen::NeedData | Seen::Paused | Seen::Upgraded | Seen::Closed => return last,
            _ => {}
        }
    }
}

/// A connection in this phase, and a ticket if one is owed an answer.
fn in_phase(phase: Phase) -> (Connection, Option<Ticket>) {
    let mut connection = Connection::in_parallel();
    let ticket = match phase {
        Phase::Idle => None,
        Phase::Head => receive(&mut connection, "GET / HT"),
        Phase::Content => receive(&mut connection, POST),
        Phase::Held => receive(&mut connection, ASKS),
        Phase::Upgraded => {
            let first = receive(&mut connection, &get("/"));
            let ticket = receive(&mut connection, ASKS).unwrap();
            connection.pipeline.accept_upgrade(ticket, &switch()).unwrap();
            first
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(connection.pipeline.phase(), phase);
    (connection, ticket)
}

fn switch() -> Head<'static> {
    Head::new(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n").expect("a head")
}

#[test]
fn between_messages() {
    let (mut connection, _) = in_phase(Phase::Idle);
    receive(&mut connection, "\r\n");
    assert_eq!(connection.pipeline.phase(), Phase::Idle, "an empty line begins no head");
    receive(&mut connection, "G");
    assert_eq!(connection.pipeline.phase(), Phase::Head);
    let ticket = receive(&mut connection, &get("/")[1..]).unwrap();
    assert_eq!(connection.pipeline.phase(), Phase::Idle, "an answer may be owed");
    connection.answer(ticket, "a");
}

#[test]
fn through_content() {
    let (mut connection, ticket) = in_phase(Phase::Content);
    receive(&mut connection, "hell");
    assert_eq!(connection.pipeline.phase(), Phase::Content);
    receive(&mut connection, "o");
    assert_eq!(connection.pipeline.phase(), Phase::Idle);
    connection.answer(ticket.unwrap(), "a");

    let (mut connection, ticket) = in_phase(Phase::Content);
    connection.answer(ticket.unwrap(), "early");
    assert_eq!(connection.pipeline.phase(), Phase::Content, "to be drained");
    receive(&mut connection, "hello");
    assert_eq!(connection.pipeline.phase(), Phase::Idle);
}

#[test]
fn through_an_offer() {
    let (mut connection, ticket) = in_phase(Phase::Held);
    connection.answer(ticket.unwrap(), "no");
    assert_eq!(connection.pipeline.phase(), Phase::Idle);

    let mut connection = Connection::new();
    let ticket = receive(&mut connection, ASKS_WITH_CONTENT).unwrap();
    assert_eq!(connection.pipeline.phase(), Phase::Content);
    receive(&mut connection, "hello");
    assert_eq!(connection.pipeline.phase(), Phase::Held);
    connection.pipeline.accept_upgrade(ticket, &switch()).unwrap();
    assert_eq!(connection.pipeline.phase(), Phase::Upgraded);
    connection.output();
    receive(&mut connection, "any octets");
    assert_eq!(connection.pipeline.phase(), Phase::Upgraded);
}

#[test]
fn to_the_end() {
    for phase in [Phase::Idle, Phase::Head, Phase::Content, Phase::Held] {
        let (mut connection, ticket) = in_phase(phase);
        connection.pipeline.receive_eof();
        // Content cut short is answered no more; an offer that is complete is.
        if let (Phase::Held, Some(ticket)) = (phase, ticket) {
            assert_eq!(connection.pipeline.phase(), Phase::Held);
            connection.answer(ticket, "no");
            assert_eq!(connection.pipeline.phase(), Phase::Ending);
        }
        connection.output();
        assert_eq!(connection.pipeline.phase(), Phase::Closed, "from {phase:?}");
    }
    for phase in [Phase::Idle, Phase::Head, Phase::Content] {
        let (mut connection, _) = in_phase(phase);
        let settings = connection.settings.clone();
        connection.pipeline.refuse(&settings, 503);
        assert_eq!(connection.pipeline.phase(), Phase::Ending, "from {phase:?}");
        assert!(connection.output().starts_with("HTTP/1.1 503 "));
        assert_eq!(connection.pipeline.phase(), Phase::Closed, "from {phase:?}");
    }
}

#[test]
fn a_refusal_needs_a_store_for_its_answer() {
    for lent in [true, false] {
        let (mut connection, _) = in_phase(Phase::Head);
        let store = connection.pipeline.reclaim().expect("nothing is in flight");
        if lent {
            connection.pipeline.lend(store);
        }
        let settings = connection.settings.clone();
        connection.pipeline.refuse(&settings, 408);
        let answer = connection.output();
        assert_eq!(answer.starts_with("HTTP/1.1 408 "), lent, "{answer}");
        assert_eq!(answer.is_empty(), !lent, "{answer}");
        assert_eq!(connection.pipeline.phase(), Phase::Closed);
    }
}

#[test]
fn an_answer_broken_off_in_front_of_another_protocol_ends_it() {
    let (mut connection, ticket) = in_phase(Phase::Upgraded);
    let stream = connection.pipeline.start(ticket.unwrap(), &ok(), Length::Exact(9)).unwrap();
    connection.pipeline.abort(stream).unwrap();
    assert_eq!(connection.pipeline.phase(), Phase::Ending);
    assert_eq!(connection.output(), "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
    assert_eq!(connection.pipeline.phase(), Phase::Closed);
}

const SWITCHED: &str =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n";

#[test]
fn a_connection_told_to_close_in_front_of_another_protocol_is_the_protocols() {
    let (mut connection, ticket) = in_phase(Phase::Upgraded);
    let ticket = ticket.unwrap();
    connection.pipeline.close_after(&ticket).unwrap();
    connection.answer(ticket, "a");
    assert_eq!(connection.output(), answered("a") + SWITCHED);
    assert_eq!(connection.pipeline.phase(), Phase::Upgraded);
}

#[test]
fn an_offer_outlives_that_the_connection_is_told_to_close() {
    for accepted in [true, false] {
        let mut connection = Connection::in_parallel();
        let first = receive(&mut connection, &get("/")).unwrap();
        let ticket = receive(&mut connection, ASKS).unwrap();
        connection.pipeline.close_after(&first).unwrap();
        assert_eq!(connection.pipeline.phase(), Phase::Held);
        connection.answer(first, "a");
        if accepted {
            connection.pipeline.accept_upgrade(ticket, &switch()).unwrap();
            assert_eq!(connection.output(), answered("a") + SWITCHED);
            assert_eq!(connection.pipeline.phase(), Phase::Upgraded);
        } else {
            connection.answer(ticket, "no");
            assert_eq!(connection.output(), answered("a") + &answered_last("no"));
            assert_eq!(connection.pipeline.phase(), Phase::Closed);
        }
    }
}

#[test]
fn content_of_unknown_length_to_http10_ends_another_protocol_behind_it() {
    let mut connection = Connection::in_parallel();
    let old = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    let first = receive(&mut connection, old).unwrap();
    let ticket = receive(&mut connection, ASKS).unwrap();
    connection.pipeline.accept_upgrade(ticket, &switch()).unwrap();
    assert_eq!(connection.pipeline.phase(), Phase::Upgraded);
    let stream = connection.pipeline.start(first, &ok(), Length::Unknown).unwrap();
    assert_eq!(connection.pipeline.phase(), Phase::Ending);
    connection.pipeline.send(&stream, Content::Copied(b"a")).unwrap();
    connection.pipeline.finish(stream, &[]).unwrap();
    assert_eq!(connection.output(), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\na");
    assert_eq!(connection.pipeline.phase(), Phase::Closed);
}
