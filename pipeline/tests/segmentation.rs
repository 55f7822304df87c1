//! However the octets are cut, events, answers and offences are the same.

mod common;

use common::{Connection, answered, answered_last, get};
use rajada_pipeline::Offence;

/// What a session leads to: octets out, offences, and whether the connection ends.
type Outcome = (String, Vec<Offence>, bool);

fn whole(octets: &[u8]) -> Outcome {
    let mut connection = Connection::new();
    let offences = connection.echo(octets);
    (connection.output(), offences, connection.is_closed())
}

fn pieces<'p>(pieces: impl IntoIterator<Item = &'p [u8]>) -> Outcome {
    let mut connection = Connection::new();
    let mut offences = Vec::new();
    for piece in pieces {
        offences.extend(connection.echo(piece));
    }
    (connection.output(), offences, connection.is_closed())
}

#[track_caller]
fn the_same_however_cut(octets: &str) -> Outcome {
    let octets = octets.as_bytes();
    let expected = whole(octets);
    for at in 0..=octets.len() {
        let (before, behind) = octets.split_at(at);
        assert_eq!(pieces([before, behind]), expected, "cut at {at}");
    }
    for size in 1..8 {
        assert_eq!(pieces(octets.chunks(size)), expected, "in pieces of {size}");
    }
    expected
}

#[test]
fn heads() {
    let (output, offences, closed) =
        the_same_however_cut(&(get("/a") + "\r\n" + &get("/b") + &get("/c")));
    assert_eq!(output, answered("/a") + &answered("/b") + &answered("/c"));
    assert_eq!((offences.len(), closed), (0, false));
}

#[test]
fn content_by_length() {
    let post = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    let empty = "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
    let (output, ..) = the_same_however_cut(&(post.to_owned() + empty + &get("/c")));
    assert_eq!(output, answered("/ahello") + &answered("/b") + &answered("/c"));
}

#[test]
fn content_in_chunks() {
    let post = "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\
                5\r\nhello\r\n007;x=\"y;z\"\r\n, world\r\n0\r\nSum: 1\r\nOther: 2\r\n\r\n";
    let (output, ..) = the_same_however_cut(&(post.to_owned() + &get("/b") + post));
    let first = answered("/ahello, world");
    assert_eq!(output, first.clone() + &answered("/b") + &first);
}

#[test]
fn close_and_octets_behind_it() {
    let last = "POST /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi";
    let (output, offences, closed) = the_same_however_cut(&(get("/a") + last + &get("/c") + "\0"));
    assert_eq!(output, answered("/a") + &answered_last("/bhi"));
    assert_eq!((offences.len(), closed), (0, true));
}

#[test]
fn an_offence_in_a_head() {
    let octets = get("/a") + "GET /b HTTP/1.1\r\nHost : a\r\n\r\n" + &get("/c");
    let (output, offences, closed) = the_same_however_cut(&octets);
    let refused = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    assert_eq!(output, answered("/a") + refused);
    assert_eq!((offences.len(), closed), (1, true));
}

#[test]
fn an_offence_in_framing() {
    let octets =
        get("/a") + "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\nx" + &get("/c");
    let (output, offences, closed) = the_same_however_cut(&octets);
    assert!(output.starts_with(&(answered("/a") + "HTTP/1.1 400 ")), "{output}");
    assert_eq!((offences.len(), closed), (1, true));
}

#[test]
fn an_offence_in_chunks() {
    for broken in
        ["5\r\nhelloX\r\n0\r\n\r\n", "5\nhello\r\n", "g\r\n", "5\r\nhello\r\n0\r\nHost: b\r\n\r\n"]
    {
        let octets = get("/a")
            + "POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + broken
            + &get("/c");
        let (output, offences, closed) = the_same_however_cut(&octets);
        assert!(output.starts_with(&(answered("/a") + "HTTP/1.1 400 ")), "{broken}: {output}");
        assert_eq!((offences.len(), closed), (1, true), "{broken}");
        assert!(!output.contains("/c"));
    }
}

#[test]
fn the_first_octet_that_cannot_be_right_is_enough() {
    let mut connection = Connection::new();
    let offences = connection.echo(b"\x16\x03\x01");
    assert_eq!(offences.len(), 1);
    assert!(connection.output().starts_with("HTTP/1.1 400 "));
    assert!(connection.is_closed());
}
