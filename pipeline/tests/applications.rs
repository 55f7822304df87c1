//! However the octets are cut, applications that answer early, that let the client go on, that
//! switch to another protocol or whose client goes away see the same connection.

mod common;

use common::{Connection, Seen, answered, answered_last, get};
use rajada_pipeline::{Event, Head, Phase};

/// Receives `octets` whole, cut in two at each place, and octet by octet; what `run` makes of the
/// pieces must be the same. Returns it.
#[track_caller]
fn the_same_however_cut<T: PartialEq + std::fmt::Debug>(
    octets: &str,
    run: impl Fn(&[&[u8]]) -> T,
) -> T {
    let octets = octets.as_bytes();
    let whole = run(&[octets]);
    for at in 1..octets.len() {
        let (before, behind) = octets.split_at(at);
        assert_eq!(run(&[before, behind]), whole, "cut at {at}");
    }
    assert_eq!(run(&octets.chunks(1).collect::<Vec<_>>()), whole, "octet by octet");
    whole
}

/// Receives the pieces, and does `each` with the events until nothing more is complete.
fn receive(pieces: &[&[u8]], mut each: impl FnMut(&mut Connection, Seen)) -> Connection {
    let mut connection = Connection::new();
    for piece in pieces {
        connection.push(piece);
        loop {
            match connection.next() {
                Seen::NeedData | Seen::Paused | Seen::Upgraded | Seen::Closed => break,
                event => each(&mut connection, event),
            }
        }
    }
    connection
}

const IN_CHUNKS: &str = "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\
                         5\r\nhello\r\n0\r\nSum: 1\r\n\r\n";

#[test]
fn an_early_answer_leaves_the_content_unread() {
    let by_length = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    for post in [by_length, IN_CHUNKS] {
        let output = the_same_however_cut(&(post.to_owned() + &get("/b") + post), |pieces| {
            let mut connection = receive(pieces, |connection, event| {
                if let Seen::Request { ticket, target, .. } = event {
                    connection.answer(ticket, &target);
                }
            });
            connection.output()
        });
        assert_eq!(output, answered("/a") + &answered("/b") + &answered("/a"));
    }
}

#[test]
fn a_client_that_waits_is_let_go_on() {
    let post =
        "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello";
    let output = the_same_however_cut(&(get("/") + post + &get("/b")), |pieces| {
        let mut pending = None;
        let mut connection = receive(pieces, |connection, event| match event {
            Seen::Request { ticket, streaming: true, expects, .. } => {
                let sent = connection.pipeline.send_continue(&ticket).expect("an answer is owed");
                assert_eq!(sent, expects);
                pending = Some(ticket);
            }
            Seen::Request { ticket, target, .. } => connection.answer(ticket, &target),
            Seen::End(_) => connection.answer(pending.take().expect("before its end"), "/a"),
            _ => {}
        });
        // Whether it is sent depends on whether content came with the head.
        connection.output().replacen("HTTP/1.1 100 Continue\r\n\r\n", "", 1)
    });
    assert_eq!(output, answered("/") + &answered("/a") + &answered("/b"));
}

const ASKS: &str =
    "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
const ASKS_WITH_CONTENT: &str = "POST /chat HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n\
                                 Upgrade: other\r\nContent-Length: 5\r\n\r\nhello";

#[test]
fn another_protocol_begins_where_the_request_ends() {
    let switch = Head::new(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\n").unwrap();
    let switched =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\nConnection: upgrade\r\n\r\n";
    for asks in [ASKS, ASKS_WITH_CONTENT] {
        let octets = get("/a") + asks + &get("/not HTTP any more");
        let (output, rest) = the_same_however_cut(&octets, |pieces| {
            let mut pending = None;
            let mut connection = receive(pieces, |connection, event| match event {
                Seen::Request { ticket, upgrade: true, streaming, .. } => {
                    pending = Some(ticket);
                    if !streaming {
                        let ticket = pending.take().expect("just put there");
                        connection.pipeline.accept_upgrade(ticket, &switch).expect("it is offered");
                    }
                }
                Seen::Request { ticket, target, .. } => connection.answer(ticket, &target),
                Seen::End(_) => {
                    let ticket = pending.take().expect("before its end");
                    connection.pipeline.accept_upgrade(ticket, &switch).expect("it is offered");
                }
                _ => {}
            });
            assert_eq!(connection.pipeline.phase(), Phase::Upgraded);
            (connection.output(), connection.leftover)
        });
        assert_eq!(output, answered("/a") + switched);
        assert_eq!(rest, get("/not HTTP any more").as_bytes());
    }
}

#[test]
fn a_refused_protocol_changes_nothing() {
    for asks in [ASKS, ASKS_WITH_CONTENT] {
        let output = the_same_however_cut(&(get("/a") + asks + &get("/b")), |pieces| {
            let mut connection = receive(pieces, |connection, event| {
                if let Seen::Request { ticket, target, .. } = event {
                    connection.answer(ticket, &target);
                }
            });
            connection.output()
        });
        assert_eq!(output, answered("/a") + &answered("/chat") + &answered("/b"));
    }
}

#[test]
fn head_and_old_clients_get_what_they_understand() {
    let octets = "HEAD /a HTTP/1.1\r\nHost: a\r\n\r\nHEAD /b HTTP/1.1\r\nHost: a\r\n\r\n\
                  GET /c HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /d HTTP/1.0\r\n\r\n";
    let outcome = the_same_however_cut(&(octets.to_owned() + &get("/e")), |pieces| {
        let mut connection = Connection::new();
        pieces.iter().for_each(|piece| drop(connection.echo(piece)));
        (connection.output(), connection.is_closed())
    });
    let no_content = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n".repeat(2);
    let kept = answered("/c").replace("\r\n\r\n", "\r\nConnection: keep-alive\r\n\r\n");
    assert_eq!(outcome, (no_content + &kept + &answered_last("/d"), true));
}

#[test]
fn what_was_complete_when_the_client_went_is_answered() {
    let requests = [(get("/a"), "/a"), (IN_CHUNKS.to_owned(), "/ahello"), (get("/b"), "/b")];
    let octets: String = requests.iter().map(|(request, _)| &request[..]).collect();
    for at in 0..=octets.len() {
        let mut connection = Connection::new();
        connection.echo(&octets.as_bytes()[..at]);
        let (mut end, mut between, mut expected) = (0, at == 0, String::new());
        for (request, answer) in &requests {
            end += request.len();
            between |= end == at;
            if end <= at {
                expected += &answered(answer);
            }
        }
        let event = connection.pipeline.receive_eof();
        assert_eq!(matches!(event, Event::Closed), between, "cut at {at}");
        assert_eq!(connection.output(), expected, "cut at {at}");
        assert!(connection.is_closed(), "cut at {at}");
    }
}
