//! Tickets that are lost, answers that break off, and connections that are told to end.

mod common;

use common::{Connection, Seen, answered, answered_last, get, ok};
use rajada_parser::Field;
use rajada_pipeline::{
    ApiMisuse, Content, ErrorPage, Head, Length, Offence, Phase, PreparedHead, Settings, Ticket,
};

fn three(connection: &mut Connection) -> [Ticket; 3] {
    connection.push((get("/a") + &get("/b") + &get("/c")).as_bytes());
    [connection.request(), connection.request(), connection.request()]
}

const FAILED: &str = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n";

#[test]
fn a_lost_ticket_is_answered_500() {
    let mut connection = Connection::new();
    let [a, b, c] = three(&mut connection);
    let (id, settings) = (b.id(), connection.settings.clone());
    drop(b);
    connection.answer(c, "c");
    connection.pipeline.abandon(&settings, id).unwrap();
    assert_eq!(connection.pipeline.abandon(&settings, id), Err(ApiMisuse::Gone));
    connection.answer(a, "a");
    assert_eq!(connection.output(), answered("a") + FAILED + &answered("c"));
    assert_eq!(connection.pipeline.phase(), Phase::Idle);
}

#[test]
fn a_request_is_given_up_with_a_status() {
    let mut connection = Connection::new();
    let [a, b, c] = three(&mut connection);
    let settings = connection.settings.clone();
    let mut fail = |id, status| connection.pipeline.fail(&settings, id, status);
    assert_eq!(fail(b.id(), 200), Err(ApiMisuse::WrongStatus));
    fail(b.id(), 502).unwrap();
    fail(a.id(), 504).unwrap();
    assert_eq!(fail(a.id(), 504), Err(ApiMisuse::Gone));
    let stream = connection.pipeline.start(c, &ok(), Length::Exact(9)).unwrap();
    connection.pipeline.send(&stream, Content::Copied(b"half")).unwrap();
    connection.pipeline.fail(&settings, stream.id(), 502).unwrap();
    let expected = "HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n\
                    HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n\
                    HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";
    assert_eq!(connection.output(), expected);
    assert!(connection.is_closed());
}

#[test]
fn a_lost_stream_ends_the_connection() {
    let mut connection = Connection::new();
    let [a, b, c] = three(&mut connection);
    let stream = connection.pipeline.start(b, &ok(), Length::Unknown).unwrap();
    connection.pipeline.send(&stream, Content::Copied(b"half")).unwrap();
    let (id, settings) = (stream.id(), connection.settings.clone());
    connection.answer(c, "c");
    connection.pipeline.abandon(&settings, id).unwrap();
    connection.answer(a, "a");
    let cut = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n";
    assert_eq!(connection.output(), answered("a") + cut);
    assert!(connection.is_closed());
    assert_eq!(connection.pipeline.held(), 0);
}

#[test]
fn an_aborted_stream_costs_nobody_in_front_of_it() {
    let mut connection = Connection::new();
    let [a, b, c] = three(&mut connection);
    let stream = connection.pipeline.start(b, &ok(), Length::Exact(9)).unwrap();
    connection.pipeline.send(&stream, Content::Owned(b"half".to_vec())).unwrap();
    connection.pipeline.abort(stream).unwrap();
    let rejected = connection.pipeline.respond(c, &ok(), Content::None).unwrap_err();
    assert_eq!(rejected.why, ApiMisuse::Gone);
    assert!(matches!(connection.next(), Seen::Closed));
    connection.answer(a, "a");
    assert_eq!(
        connection.output(),
        answered("a") + "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"
    );
    assert!(connection.is_closed());
}

#[test]
fn what_came_before_the_connection_was_told_to_close_is_answered() {
    for first in [false, true] {
        let mut connection = Connection::new();
        let [a, b, c] = three(&mut connection);
        connection.push(get("/late").as_bytes());
        connection.pipeline.close_after(if first { &a } else { &c }).unwrap();
        assert!(!connection.pipeline.wants_read());
        assert!(matches!(connection.next(), Seen::Closed));
        connection.answer(c, "c");
        connection.answer(b, "b");
        assert_eq!(connection.pipeline.phase(), Phase::Ending);
        connection.answer(a, "a");
        assert_eq!(connection.output(), answered("a") + &answered("b") + &answered_last("c"));
        assert!(connection.is_closed());
    }
}

#[test]
fn an_answer_given_before_the_connection_was_told_to_close_is_the_last() {
    let mut connection = Connection::new();
    let [a, b, c] = three(&mut connection);
    let c = connection.pipeline.start(c, &ok(), Length::Exact(1)).unwrap();
    connection.pipeline.close_after(&b).unwrap();
    connection.answer(b, "b");
    connection.pipeline.send(&c, Content::Copied(b"c")).unwrap();
    connection.pipeline.finish(c, &[]).unwrap();
    connection.answer(a, "a");
    assert_eq!(connection.output(), answered("a") + &answered("b") + &answered("c"));
    assert!(connection.is_closed());
}

#[test]
fn a_head_that_has_begun_when_the_connection_is_told_to_close_is_not_received() {
    let mut connection = Connection::new();
    connection.push((get("/a") + "GET /b HT").as_bytes());
    let a = connection.request();
    assert!(matches!(connection.next(), Seen::NeedData));
    connection.pipeline.close_after(&a).unwrap();
    connection.push(&get("/b").as_bytes()[9..]);
    assert!(matches!(connection.next(), Seen::Closed));
    connection.answer(a, "a");
    assert_eq!(connection.output(), answered_last("a"));
    assert!(connection.is_closed());
}

#[test]
fn content_that_is_due_when_the_connection_is_told_to_close() {
    let post = "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe";
    // It is received if its request is owed an answer, and left otherwise.
    for owed in [true, false] {
        let mut connection = Connection::in_parallel();
        connection.push((get("/a") + post).as_bytes());
        let (a, b) = (connection.request(), connection.request());
        let mut b = Some(b);
        if !owed {
            connection.answer(b.take().unwrap(), "early");
        }
        connection.pipeline.close_after(&a).unwrap();
        connection.push(("llo".to_owned() + &get("/c")).as_bytes());
        if let Some(b) = b {
            assert!(matches!(connection.next(), Seen::Data(data) if data == b"hello"));
            assert!(matches!(connection.next(), Seen::End(_)));
            connection.answer(b, "b");
        }
        assert!(matches!(connection.next(), Seen::Closed));
        connection.answer(a, "a");
        let last = if owed { answered_last("b") } else { answered("early") };
        assert_eq!(connection.output(), answered("a") + &last);
        assert!(connection.is_closed());
    }
}

#[test]
fn a_stream_to_http10_ends_with_the_connection() {
    let mut connection = Connection::new();
    let kept = "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    connection.push((kept.to_owned() + kept).as_bytes());
    let (a, b) = (connection.request(), connection.request());
    let stream = connection.pipeline.start(a, &ok(), Length::Unknown).unwrap();
    connection.pipeline.send(&stream, Content::Copied(b"no chunks")).unwrap();
    connection.pipeline.finish(stream, &[]).unwrap();
    assert_eq!(
        connection.pipeline.respond(b, &ok(), Content::None).unwrap_err().why,
        ApiMisuse::Gone
    );
    assert_eq!(connection.output(), "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nno chunks");
    assert!(connection.is_closed());
}

#[test]
fn statuses_without_content_get_none() {
    let mut connection = Connection::new();
    for (head, content, expected) in [
        ("HTTP/1.1 204 No Content\r\n", Content::Copied(&b"dropped"[..]), ""),
        ("HTTP/1.1 304 Not Modified\r\n", Content::None, ""),
        ("HTTP/1.1 304 Not Modified\r\n", Content::Omitted(7), "Content-Length: 7\r\n"),
        ("HTTP/1.1 304 Not Modified\r\n", Content::Untold, ""),
        ("HTTP/1.1 205 Reset Content\r\n", Content::Untold, "Content-Length: 0\r\n"),
        (
            "HTTP/1.1 304 Not Modified\r\n",
            Content::Owned(b"1234".to_vec()),
            "Content-Length: 4\r\n",
        ),
        ("HTTP/1.1 205 Reset Content\r\n", Content::Copied(b"dropped"), "Content-Length: 0\r\n"),
    ] {
        connection.push(get("/").as_bytes());
        let ticket = connection.request();
        let prepared = PreparedHead::new(head).unwrap();
        connection.pipeline.respond(ticket, &prepared.head(), content).unwrap();
        assert_eq!(connection.output(), format!("{head}{expected}\r\n"));
    }
}

#[test]
fn an_answer_to_head_tells_the_length_that_is_known() {
    let mut connection = Connection::new();
    for (content, expected) in [
        (Content::Copied(&b"1234"[..]), "Content-Length: 4\r\n"),
        (Content::Omitted(7), "Content-Length: 7\r\n"),
        (Content::Untold, ""),
    ] {
        connection.push(b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
        let ticket = connection.request();
        connection.pipeline.respond(ticket, &ok(), content).unwrap();
        assert_eq!(connection.output(), format!("HTTP/1.1 200 OK\r\n{expected}\r\n"));
    }
}

#[test]
fn streams_without_content_send_none() {
    for (request, head, length, framing) in [
        ("HEAD", "200 OK", Length::Unknown, "Transfer-Encoding: chunked\r\n"),
        ("HEAD", "200 OK", Length::Exact(3), "Content-Length: 3\r\n"),
        ("GET", "204 No Content", Length::Unknown, ""),
        ("GET", "304 Not Modified", Length::Exact(3), "Content-Length: 3\r\n"),
        ("GET", "304 Not Modified", Length::Unknown, ""),
    ] {
        let mut connection = Connection::new();
        connection.push(format!("{request} / HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes());
        let ticket = connection.request();
        let head = format!("HTTP/1.1 {head}\r\n");
        let prepared = Head::new(head.as_bytes()).unwrap();
        let stream = connection.pipeline.start(ticket, &prepared, length).unwrap();
        connection.pipeline.send(&stream, Content::Copied(b"abc")).unwrap();
        connection.pipeline.finish(stream, &[]).unwrap();
        assert_eq!(connection.output(), format!("{head}{framing}\r\n"));
    }
}

#[test]
fn early_hints_take_their_turn() {
    let mut connection = Connection::new();
    let [a, b, c] = three(&mut connection);
    let hints = Head::new(b"HTTP/1.1 103 Early Hints\r\nLink: </s>\r\n").unwrap();
    assert_eq!(connection.pipeline.inform(&b, &hints), Ok(true));
    assert_eq!(connection.pipeline.inform(&b, &ok()), Err(ApiMisuse::WrongStatus));
    connection.answer(c, "c");
    connection.answer(a, "a");
    let hinted = "HTTP/1.1 103 Early Hints\r\nLink: </s>\r\n\r\n";
    assert_eq!(connection.output(), answered("a") + hinted);
    connection.answer(b, "b");
    assert_eq!(connection.output(), answered("b") + &answered("c"));
}

#[test]
fn http10_gets_no_interim_answer() {
    let mut connection = Connection::new();
    connection.push(b"GET /a HTTP/1.0\r\n\r\n");
    let ticket = connection.request();
    let hints = Head::new(b"HTTP/1.1 103 Early Hints\r\n").unwrap();
    assert_eq!(connection.pipeline.inform(&ticket, &hints), Ok(false));
    assert_eq!(connection.pipeline.send_continue(&ticket), Ok(false));
    connection.answer(ticket, "a");
    assert_eq!(connection.output(), answered_last("a"));
}

#[test]
fn a_foreign_stream_is_given_back() {
    let (mut one, mut two) = (Connection::new(), Connection::new());
    one.push(get("/").as_bytes());
    let ticket = one.request();
    let stream = one.pipeline.start(ticket, &ok(), Length::Exact(1)).unwrap();
    assert_eq!(two.pipeline.send(&stream, Content::Copied(b"a")), Err(ApiMisuse::ForeignTicket));
    let rejected = two.pipeline.finish(stream, &[]).unwrap_err();
    assert_eq!(rejected.why, ApiMisuse::ForeignTicket);
    let rejected = two.pipeline.abort(rejected.given).unwrap_err();
    assert_eq!(rejected.why, ApiMisuse::ForeignTicket);
    one.pipeline.send(&rejected.given, Content::Copied(b"a")).unwrap();
    one.pipeline.finish(rejected.given, &[]).unwrap();
    assert_eq!(one.output(), answered("a"));
}

/// Fields that no trailer section may have, by the classes of RFC 9110 section 6.5.1.
const NO_TRAILERS: [&str; 35] = [
    // Framing, and the connection.
    "Content-Length",
    "Transfer-Encoding",
    "Trailer",
    "Connection",
    "Keep-Alive",
    "Proxy-Connection",
    "Upgrade",
    // Routing.
    "Host",
    // Request modifiers.
    "Cache-Control",
    "Expect",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Max-Forwards",
    "Pragma",
    "Range",
    "TE",
    // Authentication.
    "Authorization",
    "Cookie",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Set-Cookie",
    "WWW-Authenticate",
    // Control of responses.
    "Age",
    "Date",
    "Expires",
    "Location",
    "Retry-After",
    "Vary",
    "Warning",
    // How to process the content.
    "Content-Encoding",
    "Content-Range",
    "Content-Type",
];

#[test]
fn trailers_that_belong_into_the_head_are_refused() {
    let mut connection = Connection::new();
    connection.push(get("/").as_bytes());
    let ticket = connection.request();
    let mut stream = connection.pipeline.start(ticket, &ok(), Length::Unknown).unwrap();
    let lower = NO_TRAILERS.map(|name| (name.to_lowercase(), "5"));
    let upper = NO_TRAILERS.map(|name| (name.to_uppercase(), "5"));
    let malformed = [("a b", "c"), ("", "a"), ("a", "b\r\nc: d")];
    let malformed = malformed.map(|(name, value)| (name.to_owned(), value));
    for (name, value) in lower.into_iter().chain(upper).chain(malformed) {
        let sum = Field { name: b"Sum", value: b"1" };
        let trailers = [sum, Field { name: name.as_bytes(), value: value.as_bytes() }];
        let rejected = connection.pipeline.finish(stream, &trailers).unwrap_err();
        assert_eq!(rejected.why, ApiMisuse::BadTrailers, "{name}");
        stream = rejected.given;
    }
    let taken = ["Sum", "ETag", "Server-Timing", "Hosts", "Digest"];
    let trailers = taken.map(|name| Field { name: name.as_bytes(), value: b"1" });
    connection.pipeline.finish(stream, &trailers).unwrap();
    let expected = taken.map(|name| format!("{name}: 1\r\n")).concat();
    assert!(connection.output().ends_with(&format!("\r\n\r\n0\r\n{expected}\r\n")));
}

#[test]
fn trailers_are_handed_over_apart_from_the_head() {
    let chunks = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n";
    let mut connection = Connection::new();
    connection.push((chunks.to_owned() + "Authorization: b\r\nSum: 1\r\n\r\n").as_bytes());
    let ticket = connection.request();
    assert!(matches!(connection.next(), Seen::Data(data) if data == b"a"));
    let Seen::End(trailers) = connection.next() else { panic!("no end") };
    let text = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(trailers, [text("Authorization", "b"), text("Sum", "1")]);
    connection.answer(ticket, "a");

    for name in ["Host", "content-length", "TRANSFER-ENCODING"] {
        let mut connection = Connection::new();
        connection.push(format!("{chunks}Sum: 1\r\n{name}: 1\r\n\r\n").as_bytes());
        let _void = connection.request();
        assert!(matches!(connection.next(), Seen::Data(_)));
        assert!(matches!(connection.next(), Seen::Malformed(Offence::Trailers(_))), "{name}");
    }
}

#[test]
fn pages_and_date_come_from_the_caller() {
    let head = Head::new(b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n").unwrap();
    let mut settings = Settings::default();
    let pages: &'static [_] = Box::leak(Box::new([ErrorPage { head, content: b"no\n" }]));
    settings.pages = pages.into();
    assert!(settings.set_date(b"Tue, 15 Nov 1994 08:12:31 GMT"));
    let mut connection = Connection::with(settings);
    connection.echo(b"?\0");
    let expected = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\
                    Date: Tue, 15 Nov 1994 08:12:31 GMT\r\nContent-Length: 3\r\n\
                    Connection: close\r\n\r\nno\n";
    assert_eq!(connection.output(), expected);
}

#[test]
fn a_date_that_is_none_is_not_taken() {
    let date = b"Tue, 15 Nov 1994 08:12:31 GMT";
    let mut settings = Settings::default();
    for octets in [
        b"Tue, 15 Nov 1994\r\nSet-Cookie:",
        b"Tue, 15 Nov 1994 08:12:31\r\n\r\n",
        b"Tue, 15 Nov 1994 08:12:31\0GMT",
        b"Mon, 15 Nov 1994 08:12:31 GMT",
        b"                             ",
    ] {
        assert!(!settings.set_date(octets), "{}", octets.escape_ascii());
        assert_eq!(settings.date(), None);
    }
    assert!(settings.set_date(date));
    assert!(!settings.set_date(&[b'\n'; 29]));
    assert_eq!(settings.date(), Some(date), "the one before stays");
}

#[test]
fn answers_of_its_own_to_head_have_no_content() {
    let head = |octets| Head::new(octets).expect("a head");
    let failed =
        ErrorPage { head: head(b"HTTP/1.1 500 Internal Server Error\r\n"), content: b"failed\n" };
    let bad = ErrorPage { head: head(b"HTTP/1.1 400 Bad Request\r\n"), content: b"bad\n" };
    let mut settings = Settings::default();
    let pages: &'static [_] = Box::leak(Box::new([failed, bad]));
    settings.pages = pages.into();

    let mut connection = Connection::with(settings.clone());
    connection.push(b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    let lost = connection.request().id();
    connection.pipeline.abandon(&settings, lost).unwrap();
    let expected = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 7\r\n\r\n";
    assert_eq!(connection.output(), expected);

    let broken = "HEAD / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n";
    let in_two_lines = "HEAD / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n";
    for offence in [broken, in_two_lines] {
        let mut connection = Connection::with(settings.clone());
        connection.echo(offence.as_bytes());
        let expected = "HTTP/1.1 400 Bad Request\r\nContent-Length: 4\r\nConnection: close\r\n\r\n";
        assert_eq!(connection.output(), expected);
        assert!(connection.is_closed());
    }
}

#[test]
fn a_lost_ticket_of_http10_keeps_what_was_asked_for() {
    let mut connection = Connection::new();
    connection.push(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    let (lost, settings) = (connection.request().id(), connection.settings.clone());
    connection.pipeline.abandon(&settings, lost).unwrap();
    let kept = FAILED.replace("\r\n\r\n", "\r\nConnection: keep-alive\r\n\r\n");
    assert_eq!(connection.output(), kept);
    assert_eq!(connection.pipeline.phase(), Phase::Idle);
}

#[test]
fn it_is_known_which_answers_have_left() {
    let mut connection = Connection::new();
    let [a, b, c] = three(&mut connection);
    let ids = [a.id(), b.id(), c.id()];
    let sent = |connection: &Connection| ids.map(|id| connection.pipeline.is_transmitted(id));
    connection.answer(a, "a");
    connection.answer(c, "c");
    assert_eq!(sent(&connection), [false; 3]);
    connection.transmit(5);
    assert_eq!(sent(&connection), [false; 3]);
    connection.transmit(usize::MAX);
    assert_eq!(sent(&connection), [true, false, false]);
    connection.answer(b, "b");
    connection.transmit(usize::MAX);
    assert_eq!(sent(&connection), [true; 3]);
}
