//! What the pipeline answers of itself to `HEAD` has no content, whether its head is refused or given
//! up incomplete (RFC 9110 section 9.3.2).

mod common;

use common::pages::{self, CONTENT};
use common::{Connection, Seen, answers};
use rajada_parser::{Config, Limits};
use rajada_pipeline::{Phase, Settings, Store};

/// What came out last: its status, and whether it has content.
#[track_caller]
fn last(connection: &mut Connection, methods: &[&[u8]]) -> (u16, bool) {
    let wire = connection.output();
    assert!(connection.is_closed(), "{wire}");
    // Read as an answer to GET it would lack its content.
    let has_content = wire.ends_with(str::from_utf8(CONTENT).unwrap());
    let last: &[u8] = if has_content { b"GET" } else { b"HEAD" };
    let answers = answers::read(wire.as_bytes(), &[methods, &[last]].concat());
    assert_eq!(answers.len(), methods.len() + 1, "{wire}");
    let answer = answers.last().unwrap();
    assert!(answer.close, "{wire}");
    assert_eq!(wire.matches("Content-Length: 8\r\n").count(), 1, "the fields are those of GET");
    (answer.status, has_content)
}

fn settings(limits: Limits) -> Settings {
    let mut settings = pages::settings();
    settings.parser = Config::STRICT.with_limits(limits);
    settings
}

#[test]
fn a_head_that_has_begun_is_given_up_without_content() {
    for (before, begins) in [("", 5), ("\r\n", 7)] {
        let head = format!("{before}HEAD /a HTTP/1.1\r\nHost: a\r\nA: b\r\n");
        for end in 1..=head.len() {
            for (status, step) in [(408, end), (503, 1), (408, 3)] {
                let mut connection = Connection::with(pages::settings());
                for piece in head.as_bytes()[..end].chunks(step) {
                    connection.echo(piece);
                }
                connection.pipeline.refuse(&connection.settings, status);
                assert_eq!(last(&mut connection, &[]), (status, end < begins), "{end} octets");
            }
        }
    }
    for other in ["GET / HTTP/1.1\r\n", "HEADER / ", "head / ", "HEAD\t/", "\r\nHEAD", "POST HEAD "]
    {
        let mut connection = Connection::with(pages::settings());
        connection.echo(other.as_bytes());
        connection.pipeline.refuse(&connection.settings, 408);
        let wire = connection.output();
        assert!(wire.ends_with("refused\n"), "{other:?}: {wire}");
    }
}

#[test]
fn what_was_begun_is_forgotten_when_it_is_complete() {
    let mut connection = Connection::with(pages::settings());
    for piece in ["HEAD /a HT", "TP/1.1\r\nHost: a\r\n", "\r\n"] {
        connection.echo(piece.as_bytes());
    }
    assert_eq!(connection.pipeline.phase(), Phase::Idle);
    connection.pipeline.refuse(&connection.settings, 408);
    let wire = connection.output();
    assert!(
        wire.starts_with("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nHTTP/1.1 408 "),
        "{wire}"
    );
    assert!(wire.ends_with("\r\n\r\nrefused\n"), "{wire}");

    let mut connection = Connection::with(pages::settings());
    connection.echo(b"HEAD /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b ");
    connection.pipeline.refuse(&connection.settings, 503);
    assert_eq!(last(&mut connection, &[b"HEAD"]), (503, true));
}

#[test]
fn a_head_behind_requests_in_flight_is_given_up_without_content() {
    let mut settings = pages::settings();
    settings.requests_in_flight = 1;
    let mut connection = Connection::with(settings);
    connection.push(b"GET /a HTTP/1.1\r\nHost: a\r\n\r\nHEAD /b HTTP/1.1\r\nHost: a\r\n\r\n");
    let ticket = connection.request();
    // There is no room for it, so it is not parsed.
    assert!(matches!(connection.next(), Seen::Paused));
    connection.answer(ticket, "a");
    connection.pipeline.refuse(&connection.settings, 503);
    assert_eq!(last(&mut connection, &[b"GET"]), (503, false));
}

#[test]
fn a_head_before_a_store_is_lent_is_given_up_without_content() {
    for (pieces, has_content) in [
        (&["HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"][..], false),
        (&["HE", "AD ", "/"], false),
        (&["\r\n", "HEAD ", "/"], false),
        (&["HE", "AD"], true),
        (&["GET / HTTP/1.1\r\n\r\nHEAD / HTTP/1.1\r\n\r\n"], true),
    ] {
        let mut connection = Connection::with(pages::settings());
        connection.pipeline.reclaim().expect("nothing is in flight");
        for piece in pieces {
            connection.push(piece.as_bytes());
            assert!(matches!(connection.next(), Seen::Paused));
        }
        connection.pipeline.lend(Box::new(Store::new(&connection.settings)));
        connection.pipeline.refuse(&connection.settings, 503);
        assert_eq!(last(&mut connection, &[]), (503, has_content), "{pieces:?}");
    }
}

/// The octet that is wrong decides, whatever else is there.
#[test]
fn a_limit_on_the_method_itself_leaves_it_unknown() {
    let refused = |limits, status, has_content| {
        let head = b"HEAD / HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n";
        for step in 1..=head.len() {
            let mut connection = Connection::with(settings(limits));
            for piece in head.chunks(step) {
                connection.echo(piece);
            }
            assert_eq!(last(&mut connection, &[]), (status, has_content), "{limits:?} by {step}");
        }
    };
    let all = Limits::DEFAULT;
    refused(Limits { method: 3, ..all }, 501, true);
    refused(Limits { request_line: 3, ..all }, 414, true);
    refused(Limits { request_line: 4, ..all }, 414, false);
    refused(Limits { request_line: 10, ..all }, 414, false);
    refused(Limits { head: 4, ..all }, 431, false);
    refused(Limits { head: 20, ..all }, 431, false);
    refused(Limits { fields: 1, ..all }, 431, false);
}

#[test]
fn content_that_is_refused_or_given_up_is_answered_without_content() {
    for (octets, status) in [
        ("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999\r\n\r\n", 413),
        ("HEAD / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400),
        ("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab", 408),
    ] {
        for at in 0..octets.len() {
            let mut connection = Connection::with(pages::settings());
            let (first, rest) = octets.as_bytes().split_at(at);
            connection.echo(first);
            connection.echo(rest);
            if status == 408 {
                connection.pipeline.refuse(&connection.settings, status);
            }
            assert_eq!(last(&mut connection, &[]), (status, false), "{octets:?} at {at}");
        }
    }
}
