//! Answers that the end of the connection ends: a peer that misses a part of one can tell by nothing
//! but a reset.

mod common;

use common::{Connection, get, ok};
use rajada_pipeline::{ApiMisuse, Content, Length, Phase, Streaming};

const OLD: &str = "GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";

/// An answer until the end of the connection, of which something has left.
fn begun(connection: &mut Connection) -> Streaming {
    connection.push(OLD.as_bytes());
    let ticket = connection.request();
    assert!(!connection.pipeline.wants_reset());
    let stream = connection.pipeline.start(ticket, &ok(), Length::Unknown).unwrap();
    connection.pipeline.send(&stream, Content::Copied(b"half")).unwrap();
    stream
}

const HALF: &str = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf";

#[test]
fn while_a_part_is_missing() {
    let mut connection = Connection::new();
    let stream = begun(&mut connection);
    assert!(connection.pipeline.wants_reset());
    assert_eq!(connection.output(), HALF);
    assert!(connection.pipeline.wants_reset(), "more may come");
    connection.pipeline.send(&stream, Content::Copied(b"half")).unwrap();
    connection.pipeline.finish(stream, &[]).unwrap();
    connection.transmit(3);
    assert!(connection.pipeline.wants_reset(), "an octet is unsent");
    assert_eq!(connection.output(), "half");
    assert!(connection.is_closed() && !connection.pipeline.wants_reset());
}

#[test]
fn behind_an_answer_broken_off() {
    type End = fn(&mut Connection, Streaming);
    let ends: [End; 4] = [
        |connection, stream| connection.pipeline.abort(stream).unwrap(),
        |connection, stream| {
            connection.pipeline.abandon(&connection.settings, stream.id()).unwrap();
        },
        |connection, stream| {
            connection.pipeline.fail(&connection.settings, stream.id(), 504).unwrap();
        },
        |connection, stream| {
            connection.transmit(usize::MAX);
            connection.pipeline.abort(stream).unwrap();
        },
    ];
    for end in ends {
        let mut connection = Connection::new();
        let stream = begun(&mut connection);
        end(&mut connection, stream);
        assert!(connection.pipeline.wants_reset());
        assert_eq!(connection.output(), HALF);
        assert_eq!(connection.pipeline.phase(), Phase::Closed);
        assert!(connection.pipeline.wants_reset());
        assert!(connection.pipeline.reclaim().is_some());
        assert!(connection.pipeline.wants_reset(), "also without a store");
    }
}

#[test]
fn behind_content_that_breaks_off() {
    for end in ["the end", "a deadline", "malformed content"] {
        let mut connection = Connection::new();
        connection.push(b"POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\n");
        let ticket = connection.request();
        let stream = connection.pipeline.start(ticket, &ok(), Length::Unknown).unwrap();
        match end {
            "the end" => drop(connection.pipeline.receive_eof()),
            "a deadline" => connection.pipeline.refuse(&connection.settings, 408),
            _ => connection.pipeline.abort(stream).unwrap(),
        }
        assert_eq!(connection.output(), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
        assert!(connection.is_closed() && connection.pipeline.wants_reset(), "{end}");
    }
}

#[test]
fn not_where_framing_tells() {
    for length in [Length::Unknown, Length::Exact(9)] {
        let mut connection = Connection::new();
        connection.push(get("/").as_bytes());
        let ticket = connection.request();
        let stream = connection.pipeline.start(ticket, &ok(), length).unwrap();
        connection.pipeline.send(&stream, Content::Copied(b"half")).unwrap();
        assert!(!connection.pipeline.wants_reset());
        connection.pipeline.abort(stream).unwrap();
        connection.output();
        assert!(connection.is_closed() && !connection.pipeline.wants_reset());
    }
    let mut connection = Connection::new();
    connection.push(OLD.as_bytes());
    let ticket = connection.request();
    let stream = connection.pipeline.start(ticket, &ok(), Length::Exact(1)).unwrap();
    assert_eq!(connection.pipeline.send(&stream, Content::Copied(b"ab")), Err(ApiMisuse::TooLong));
    connection.output();
    assert!(connection.is_closed() && !connection.pipeline.wants_reset());
}

#[test]
fn not_before_the_turn_of_the_answer() {
    let mut connection = Connection::new();
    connection.push(get("/first").as_bytes());
    let first = connection.request();
    let stream = begun(&mut connection);
    assert!(!connection.pipeline.wants_reset(), "nothing of it may leave");
    connection.pipeline.abort(stream).unwrap();
    assert!(!connection.pipeline.wants_reset());
    connection.answer(first, "first");
    assert!(connection.pipeline.wants_reset());
    assert!(connection.output().ends_with(HALF));
    assert!(connection.is_closed() && connection.pipeline.wants_reset());
}

#[test]
fn not_if_the_answer_is_forgotten() {
    let mut connection = Connection::new();
    connection.push(get("/first").as_bytes());
    let first = connection.request();
    let stream = begun(&mut connection);
    connection.pipeline.abort(stream).unwrap();
    let first = connection.pipeline.start(first, &ok(), Length::Exact(9)).unwrap();
    connection.pipeline.abort(first).unwrap();
    assert!(!connection.output().contains("half"));
    assert!(connection.is_closed() && !connection.pipeline.wants_reset());
}
