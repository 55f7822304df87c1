//! Answers to what is no request, given by the application.

mod common;

use common::{Connection, Seen, answered, answered_last, get, ok};
use rajada_pipeline::{Burst, Content, Event, Head, Offence, Settings, Ticket};

fn by_ticket() -> Connection {
    let mut settings = Settings::default();
    settings.refused_by_ticket = true;
    // What would have effects is not held back until it is known that it is refused.
    settings.unsafe_in_parallel = true;
    Connection::with(settings)
}

/// Gives the octets, which are refused, and tells what was known of them.
fn refused(connection: &mut Connection, octets: &[u8]) -> (Ticket, Offence, String) {
    let mut burst = Burst::new(octets);
    let Connection { pipeline, settings, slots, .. } = connection;
    match pipeline.receive(settings, &mut burst, slots) {
        Event::Refused { ticket, offence, head } => {
            assert!(burst.rest().is_empty(), "nothing more is received");
            (ticket, offence, String::from_utf8_lossy(head).into_owned())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_no_request_is_answered_by_its_ticket_behind_those_before_it() {
    for (octets, status, known) in [
        ("nonsense\r\n\r\n", 400, "nonsense\r\n\r\n"),
        (
            "GET /a HTTP/1.1\r\nHost: a\r\nB ad: x\r\n\r\n",
            400,
            "GET /a HTTP/1.1\r\nHost: a\r\nB ad: x\r\n\r\n",
        ),
        ("GET /a HTTP/2.0\r\n\r\n", 505, "GET /a HTTP/2.0\r\n\r\n"),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\nabc",
            413,
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n",
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\nabc",
            501,
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        ),
        (
            "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
            501,
            "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n",
        ),
    ] {
        let mut connection = by_ticket();
        connection.push(get("/first").as_bytes());
        let first = connection.request();
        let (ticket, offence, head) = refused(&mut connection, octets.as_bytes());
        assert_eq!((offence.status(), &*head), (status, known), "{octets}");
        let line = format!("HTTP/1.1 {status} Wrong\r\n");
        let answer = Head::new(line.as_bytes()).unwrap();
        connection.pipeline.respond(ticket, &answer, Content::Copied(b"x")).unwrap();
        assert_eq!(connection.output(), "");
        connection.answer(first, "first");
        let last = format!("{line}Content-Length: 1\r\nConnection: close\r\n\r\nx");
        assert_eq!(connection.output(), answered("first") + &last);
        assert!(connection.is_closed());
    }
}

#[test]
fn a_ticket_whose_content_is_malformed_is_answered_by_its_owner() {
    let mut connection = by_ticket();
    connection.push(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx");
    let ticket = connection.request();
    assert!(matches!(connection.next(), Seen::Malformed(Offence::Content(_))));
    connection.answer(ticket, "wrong");
    assert_eq!(connection.output(), answered_last("wrong"));
    assert!(connection.is_closed());
}

#[test]
fn who_is_late_is_answered_by_a_ticket_once() {
    let mut connection = by_ticket();
    connection.push(b"HEAD / HTTP/1.1\r\nHo");
    assert!(matches!(connection.next(), Seen::NeedData));
    let ticket = connection.pipeline.refuse_by_ticket().expect("a head has begun");
    assert!(ticket.is_head());
    assert!(connection.pipeline.refuse_by_ticket().is_none());
    let head = Head::new(b"HTTP/1.1 408 Request Timeout\r\n").unwrap();
    connection.pipeline.respond(ticket, &head, Content::Copied(b"late")).unwrap();
    let expected = "HTTP/1.1 408 Request Timeout\r\nContent-Length: 4\r\nConnection: close\r\n\r\n";
    assert_eq!(connection.output(), expected);
    assert!(connection.is_closed());
}

#[test]
fn a_request_whose_content_is_late_has_its_ticket_already() {
    let mut connection = by_ticket();
    connection.push(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx");
    let ticket = connection.request();
    assert!(connection.pipeline.refuse_by_ticket().is_none());
    connection.pipeline.respond(ticket, &ok(), Content::Copied(b"late")).unwrap();
    assert_eq!(connection.output(), answered_last("late"));
    assert!(connection.is_closed());
}
