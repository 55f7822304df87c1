//! Calls that can't be honoured say why, give back what they were given, and change nothing.

mod common;

use common::{Connection, answered, get, ok};
use rajada_pipeline::{ApiMisuse, Content, Head, Length, Rejected, Ticket};

/// Every call that takes a ticket, made so that it would be honoured if the ticket were.
fn calls(connection: &mut Connection, ticket: Ticket) -> [ApiMisuse; 3] {
    let switch = Head::new(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n").unwrap();
    let pipeline = &mut connection.pipeline;
    let Rejected { given, why: responding } =
        pipeline.respond(ticket, &ok(), Content::None).unwrap_err();
    let Rejected { given, why: starting } =
        pipeline.start(given, &ok(), Length::Unknown).unwrap_err();
    let Rejected { given, why: switching } = pipeline.accept_upgrade(given, &switch).unwrap_err();
    assert_eq!(pipeline.send_continue(&given), Err(switching));
    assert_eq!(pipeline.inform(&given, &Head::new(b"HTTP/1.1 103 \r\n").unwrap()), Err(switching));
    assert_eq!(pipeline.close_after(&given), Err(switching));
    assert_eq!(pipeline.abandon(&connection.settings, given.id()), Err(switching));
    [responding, starting, switching]
}

#[test]
fn a_ticket_of_another_connection() {
    let (mut one, mut two) = (Connection::new(), Connection::new());
    for connection in [&mut one, &mut two] {
        connection.push(get("/").as_bytes());
    }
    let (ticket, other) = (one.request(), two.request());
    assert_eq!(calls(&mut two, ticket), [ApiMisuse::ForeignTicket; 3]);
    assert_eq!((two.output(), two.pipeline.in_flight()), (String::new(), 1));
    two.answer(other, "other");
    assert_eq!(two.output(), answered("other"));
}

#[test]
fn a_ticket_that_is_void() {
    let mut connection = Connection::new();
    connection.push((get("/a") + &get("/b") + &get("/c")).as_bytes());
    let [_a, b, c] = [connection.request(), connection.request(), connection.request()];
    let stream = connection.pipeline.start(b, &ok(), Length::Unknown).unwrap();
    connection.pipeline.abort(stream).unwrap();
    assert_eq!(calls(&mut connection, c), [ApiMisuse::Gone; 3]);
    assert_eq!((connection.output(), connection.pipeline.in_flight()), (String::new(), 2));
}

#[test]
fn a_ticket_of_a_connection_that_is_closed() {
    let mut connection = Connection::new();
    connection.push(get("/").as_bytes());
    let ticket = connection.request();
    let stream = connection.pipeline.start(ticket, &ok(), Length::Unknown).unwrap();
    connection.push(get("/").as_bytes());
    let late = connection.request();
    connection.pipeline.abort(stream).unwrap();
    connection.output();
    assert!(connection.is_closed());
    assert_eq!(calls(&mut connection, late), [ApiMisuse::Gone; 3]);
    assert!(connection.is_closed());
}

#[test]
fn a_status_or_content_that_does_not_fit() {
    let mut connection = Connection::new();
    connection.push(get("/").as_bytes());
    let ticket = connection.request();
    let interim = Head::new(b"HTTP/1.1 103 Early Hints\r\n").unwrap();
    let pipeline = &mut connection.pipeline;
    let rejected = pipeline.respond(ticket, &interim, Content::None).unwrap_err();
    assert_eq!(rejected.why, ApiMisuse::WrongStatus);
    let rejected = pipeline.start(rejected.given, &interim, Length::Unknown).unwrap_err();
    assert_eq!(rejected.why, ApiMisuse::WrongStatus);
    let rejected = pipeline.accept_upgrade(rejected.given, &ok()).unwrap_err();
    assert_eq!(rejected.why, ApiMisuse::WrongStatus);
    let rejected = pipeline.respond(rejected.given, &ok(), Content::Omitted(5)).unwrap_err();
    assert_eq!(rejected.why, ApiMisuse::NotOffered);
    let rejected = pipeline.respond(rejected.given, &ok(), Content::Untold).unwrap_err();
    assert_eq!(rejected.why, ApiMisuse::NotOffered);
    connection.answer(rejected.given, "a");
    assert_eq!(connection.output(), answered("a"));
}
