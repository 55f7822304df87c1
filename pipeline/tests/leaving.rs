//! Connections that are shut down: every request whose octets had come is answered, and the last
//! answer says that it is the last.

mod common;

use common::answers::read;
use common::{Connection, Seen, answered, answered_last, get, ok};
use proptest::prelude::*;
use rajada_pipeline::{Content, Event, Head, Length, Offence, Phase, Settings, Ticket};

const POST: &str = "POST /b HTTP/1.1\r\nHost: a\r\n";
const ASKS: &str = "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n";

/// A connection that received nothing but these octets, all requests of which were answered, and was
/// shut down.
fn leaving(octets: &str) -> Connection {
    let mut connection = Connection::new();
    connection.echo(octets.as_bytes());
    connection.output();
    connection.pipeline.shut_down();
    connection
}

#[test]
fn an_idle_connection_answers_what_was_on_its_way() {
    for before in ["", "\r\n", &get("/before")] {
        let mut connection = leaving(before);
        assert_eq!(connection.pipeline.phase(), Phase::Idle);
        assert!(connection.pipeline.wants_read() && connection.pipeline.is_leaving());
        connection.echo(get("/a").as_bytes());
        assert_eq!(connection.output(), answered_last("/a"));
        assert!(connection.is_closed() && !connection.pipeline.is_leaving());
    }
}

#[test]
fn all_of_a_burst_is_answered() {
    let mut connection = leaving("");
    connection.push((get("/a") + &get("/b") + &get("/c")).as_bytes());
    let (a, b) = (connection.request(), connection.request());
    connection.answer(b, "b");
    let c = connection.request();
    assert!(!connection.pipeline.wants_read());
    assert!(matches!(connection.next(), Seen::Closed));
    connection.answer(c, "c");
    connection.answer(a, "a");
    assert_eq!(connection.output(), answered("a") + &answered("b") + &answered_last("c"));
    assert!(connection.is_closed());
}

#[test]
fn a_head_that_has_begun_is_awaited() {
    let (start, rest) = ("GET /b HT", "TP/1.1\r\nHost: a\r\n\r\n");
    for begun_before in [true, false] {
        let mut connection = Connection::new();
        connection.push(get("/a").as_bytes());
        let a = connection.request();
        if !begun_before {
            connection.pipeline.shut_down();
        }
        connection.push(start.as_bytes());
        assert!(matches!(connection.next(), Seen::NeedData));
        connection.pipeline.shut_down();
        assert_eq!(connection.pipeline.phase(), Phase::Head);
        connection.answer(a, "a");
        assert_eq!(connection.output(), answered("a"));
        connection.echo(rest.as_bytes());
        assert_eq!(connection.output(), answered_last("/b"));
        assert!(connection.is_closed());
    }
}

#[test]
fn the_answer_to_the_youngest_request_is_the_last_unless_another_has_come() {
    for another in [false, true] {
        let mut connection = Connection::new();
        connection.push((get("/a") + &get("/b")).as_bytes());
        let (a, b) = (connection.request(), connection.request());
        // An empty line may stand behind a request, and begins none.
        connection.push(b"\r\n");
        assert!(matches!(connection.next(), Seen::NeedData));
        connection.pipeline.shut_down();
        assert!(connection.pipeline.wants_read());
        assert_eq!(connection.pipeline.phase(), Phase::Idle);
        if another {
            connection.push(get("/c").as_bytes());
            let c = connection.request();
            connection.answer(b, "b");
            connection.answer(a, "a");
            connection.answer(c, "c");
            assert_eq!(connection.output(), answered("a") + &answered("b") + &answered_last("c"));
        } else {
            let b = connection.pipeline.start(b, &ok(), Length::Exact(1)).unwrap();
            assert!(!connection.pipeline.wants_read());
            connection.push(get("/late").as_bytes());
            assert!(matches!(connection.next(), Seen::Closed));
            connection.pipeline.send(&b, Content::Copied(b"b")).unwrap();
            connection.pipeline.finish(b, &[]).unwrap();
            connection.answer(a, "a");
            assert_eq!(connection.output(), answered("a") + &answered_last("b"));
        }
        assert!(connection.is_closed());
    }
}

#[test]
fn an_empty_line_behind_a_request_that_nothing_may_overtake_begins_none() {
    for line in ["\r", "\r\n"] {
        let mut connection = Connection::new();
        connection.push(format!("{POST}\r\n{line}").as_bytes());
        let post = connection.request();
        assert!(matches!(connection.next(), Seen::Paused));
        connection.pipeline.shut_down();
        connection.answer(post, "b");
        assert_eq!(connection.output(), answered_last("b"));
        assert!(connection.is_closed());
    }
}

#[test]
fn a_request_in_flight_that_is_given_up_is_the_last() {
    let mut connection = Connection::new();
    connection.push(get("/a").as_bytes());
    let a = connection.request();
    connection.pipeline.shut_down();
    connection.pipeline.abandon(&connection.settings, a.id()).unwrap();
    let expected =
        "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    assert_eq!(connection.output(), expected);
    assert!(connection.is_closed());
}

#[test]
fn octets_that_nobody_has_looked_at_are_no_end() {
    let mut settings = Settings::default();
    settings.requests_in_flight = 1;
    let mut connection = Connection::with(settings);
    connection.push(get("/a").as_bytes());
    let a = connection.request();
    // They come while a bound is reached ...
    connection.push((get("/b") + &get("/c")).as_bytes());
    assert!(matches!(connection.next(), Seen::Paused));
    connection.pipeline.shut_down();
    connection.answer(a, "a");
    let b = connection.request();
    // ... and stand behind a request in its burst.
    connection.answer(b, "b");
    let c = connection.request();
    connection.answer(c, "c");
    assert_eq!(connection.output(), answered("a") + &answered("b") + &answered_last("c"));
    assert!(connection.is_closed());
}

#[test]
fn a_burst_goes_on_behind_a_shutdown_within_it() {
    for more in ["", &get("/b")] {
        let mut connection = Connection::new();
        connection.push((get("/a") + more).as_bytes());
        let a = connection.request();
        connection.pipeline.shut_down();
        connection.answer(a, "a");
        if more.is_empty() {
            assert_eq!(connection.output(), answered_last("a"));
        } else {
            let b = connection.request();
            connection.answer(b, "b");
            assert_eq!(connection.output(), answered("a") + &answered_last("b"));
        }
        assert!(connection.is_closed());
    }
}

#[test]
fn an_answer_that_was_encoded_leaves_the_connection_to_its_owner() {
    let mut connection = Connection::new();
    connection.push(get("/a").as_bytes());
    let a = connection.request();
    let a = connection.pipeline.start(a, &ok(), Length::Exact(1)).unwrap();
    connection.pipeline.shut_down();
    connection.pipeline.send(&a, Content::Copied(b"a")).unwrap();
    connection.pipeline.finish(a, &[]).unwrap();
    assert_eq!(connection.output(), answered("a"));
    assert_eq!(connection.pipeline.phase(), Phase::Idle);
    assert!(connection.pipeline.is_leaving() && connection.pipeline.in_flight() == 0);
    connection.echo(get("/b").as_bytes());
    assert_eq!(connection.output(), answered_last("/b"));
    assert!(connection.is_closed());
}

#[test]
fn the_request_whose_content_is_due_is_the_last() {
    for (framing, rest) in
        [("Content-Length: 5", "llo"), ("Transfer-Encoding: chunked", "3\r\nllo\r\n0\r\n\r\n")]
    {
        let start = if framing.ends_with('5') { "he" } else { "2\r\nhe\r\n" };
        // Shut down before the request, or within its content.
        for before in [true, false] {
            for early in [true, false] {
                let mut connection = Connection::new();
                if before {
                    connection.pipeline.shut_down();
                }
                connection.push(format!("{POST}{framing}\r\n\r\n{start}").as_bytes());
                let ticket = connection.request();
                assert!(matches!(connection.next(), Seen::Data(data) if data == b"he"));
                connection.pipeline.shut_down();
                assert!(connection.pipeline.wants_read());
                if early {
                    connection.answer(ticket, "b");
                } else {
                    connection.push((rest.to_owned() + &get("/late")).as_bytes());
                    assert!(matches!(connection.next(), Seen::Data(data) if data == b"llo"));
                    assert!(matches!(connection.next(), Seen::End(_)));
                    connection.answer(ticket, "b");
                }
                assert!(matches!(connection.next(), Seen::Closed));
                assert_eq!(connection.output(), answered_last("b"), "{framing} {before} {early}");
                assert!(connection.is_closed());
            }
        }
    }
}

#[test]
fn content_in_the_burst_is_followed_by_what_is_behind_it() {
    let chunks = "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nSum: 1\r\n\r\n";
    for content in ["Content-Length: 5\r\n\r\nhello", chunks, "Content-Length: 0\r\n\r\n"] {
        for more in ["", "\r\n", &get("/c"), "GET"] {
            let mut connection = leaving("");
            connection.echo(format!("{POST}{content}{more}").as_bytes());
            let text = if content.contains("hello") { "/bhello" } else { "/b" };
            match more {
                "" | "\r\n" => assert_eq!(connection.output(), answered_last(text)),
                "GET" => {
                    assert_eq!(connection.output(), answered(text));
                    connection.echo(&get("/c").as_bytes()[3..]);
                    assert_eq!(connection.output(), answered_last("/c"));
                }
                _ => assert_eq!(connection.output(), answered(text) + &answered_last("/c")),
            }
            assert!(connection.is_closed());
        }
    }
}

#[test]
fn content_that_was_drained_in_the_burst_is_followed_too() {
    let mut connection = leaving("");
    let chunks = "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
    connection.push(format!("{POST}{chunks}{}", get("/c")).as_bytes());
    let ticket = connection.request();
    connection.answer(ticket, "early");
    let c = connection.request();
    connection.answer(c, "c");
    assert_eq!(connection.output(), answered("early") + &answered_last("c"));
    assert!(connection.is_closed());
}

#[test]
fn content_that_is_drained_ends_at_once() {
    let mut connection = Connection::new();
    connection.push(format!("{POST}Content-Length: 5\r\n\r\nhe").as_bytes());
    let ticket = connection.request();
    connection.answer(ticket, "early");
    assert!(matches!(connection.next(), Seen::NeedData));
    connection.pipeline.shut_down();
    assert_eq!(connection.pipeline.phase(), Phase::Ending);
    assert_eq!(connection.output(), answered("early"));
    assert!(connection.is_closed());
}

#[test]
fn an_offer_is_answered_either_way() {
    let switch = Head::new(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n").unwrap();
    for (accepted, followed) in [(true, true), (true, false), (false, true), (false, false)] {
        let mut connection = leaving("");
        connection.push((ASKS.to_owned() + if followed { "GET" } else { "" }).as_bytes());
        let ticket = connection.request();
        assert!(matches!(connection.next(), Seen::Paused));
        assert!(connection.pipeline.is_leaving());
        if accepted {
            connection.pipeline.accept_upgrade(ticket, &switch).unwrap();
            assert_eq!(connection.pipeline.phase(), Phase::Upgraded);
            assert!(matches!(connection.next(), Seen::Upgraded));
            continue;
        }
        connection.answer(ticket, "no");
        if followed {
            assert_eq!(connection.output(), answered("no"));
            connection.echo(b" /b HTTP/1.1\r\nHost: a\r\n\r\n");
            assert_eq!(connection.output(), answered_last("/b"));
        } else {
            assert_eq!(connection.output(), answered_last("no"));
        }
        assert!(connection.is_closed());
    }
}

#[test]
fn the_other_ends_work_as_ever() {
    let refused = "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let mut connection = leaving("GET / HT");
    connection.pipeline.refuse(&connection.settings, 408);
    assert_eq!(connection.output(), refused);
    assert!(connection.is_closed());

    for (octets, offence) in [("", None), ("GET / HT", Some(Offence::Truncated))] {
        let mut connection = leaving(octets);
        match (connection.pipeline.receive_eof(), offence) {
            (Event::Closed, None) => {}
            (Event::Malformed(seen), Some(expected)) => assert_eq!(seen, expected),
            other => panic!("{other:?}"),
        }
        assert_eq!(connection.output(), "");
        assert!(connection.is_closed());
    }

    let mut connection = leaving("");
    assert_eq!(connection.echo(b"GET  / HTTP/1.1\r\n\r\n").len(), 1);
    assert!(connection.output().starts_with("HTTP/1.1 400 "));
    assert!(connection.is_closed());

    let mut connection = leaving("");
    connection.push(get("/a").repeat(2).as_bytes());
    let (a, b) = (connection.request(), connection.request());
    assert_eq!(connection.pipeline.close_after(&a), Ok(()));
    connection.answer(b, "b");
    connection.answer(a, "a");
    assert_eq!(connection.output(), answered("a") + &answered_last("b"));
    assert!(connection.is_closed());
}

#[test]
fn requests_are_counted() {
    let mut connection = Connection::new();
    for count in 0..20 {
        assert_eq!(connection.pipeline.requests_received(), count);
        connection.push(&get("/").as_bytes()[..5]);
        assert!(matches!(connection.next(), Seen::NeedData));
        assert_eq!(connection.pipeline.requests_received(), count);
        connection.echo(&get("/").as_bytes()[5..]);
    }
    // Also of a pipeline whose numbers begin elsewhere.
    let mut other = Connection::new();
    other.echo(get("/").repeat(3).as_bytes());
    assert_eq!(other.pipeline.requests_received(), 3);
}

/// A request with this target, of one of these kinds.
fn request(kind: usize, target: usize) -> String {
    let chunks = "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n";
    let (method, rest) = match kind {
        0 => ("POST", "Content-Length: 5\r\n\r\nabcde".to_owned()),
        1 => ("POST", format!("{chunks}\r\n")),
        2 => ("PUT", format!("{chunks}Sum: 1\r\nA: b\r\n\r\n")),
        _ => ("GET", "\r\n".to_owned()),
    };
    format!("{method} /{target} HTTP/1.1\r\nHost: a\r\n{rest}")
}

/// A conversation in which a connection is shut down.
struct Conversation {
    connection: Connection,
    /// Steps so far, and the one at which it is shut down.
    time: usize,
    shut_down_at: usize,
    /// How many octets had been looked at by then, how many requests had come, whether content of the
    /// youngest one was due, and which answers had been given.
    then: Option<(usize, usize, bool, Vec<usize>)>,
    /// Octets that the pipeline has looked at.
    given: usize,
    received: usize,
    /// Requests that are complete and not answered, when they are to be, and the one that is
    /// incomplete.
    owed: Vec<(usize, Ticket, usize)>,
    incomplete: Option<(usize, Ticket)>,
    answered: Vec<usize>,
    /// How long each answer takes.
    delays: Vec<usize>,
}

impl Conversation {
    fn step(&mut self) {
        let time = self.time;
        if time == self.shut_down_at {
            self.connection.pipeline.shut_down();
            let due = self.incomplete.is_some();
            self.then = Some((self.given, self.received, due, self.answered.clone()));
        }
        while let Some(at) = self.owed.iter().position(|(.., due)| *due <= time) {
            let (number, ticket, _) = self.owed.swap_remove(at);
            self.connection.answer(ticket, &number.to_string());
            self.answered.push(number);
        }
        self.time += 1;
    }

    fn owe(&mut self, number: usize, ticket: Ticket) {
        let delay = self.delays.get(number).copied().unwrap_or(0);
        self.owed.push((number, ticket, self.time + delay));
    }

    fn give(&mut self, octets: &[u8]) {
        self.connection.push(octets);
        let mut unseen = octets.len();
        loop {
            self.step();
            let seen = self.connection.next();
            // Only what the pipeline has looked at holds the end off.
            self.given += core::mem::take(&mut unseen);
            match seen {
                Seen::Request { ticket, target, streaming, .. } => {
                    assert_eq!(target, format!("/{}", self.received));
                    self.received += 1;
                    match streaming {
                        true => self.incomplete = Some((self.received - 1, ticket)),
                        false => self.owe(self.received - 1, ticket),
                    }
                }
                Seen::Data(_) => {}
                Seen::End(_) => {
                    let (number, ticket) =
                        self.incomplete.take().expect("a request before its end");
                    self.owe(number, ticket);
                }
                // Answers fall due while it is stepped on.
                Seen::Paused => assert!(!self.owed.is_empty()),
                Seen::NeedData | Seen::Closed => break,
                other => panic!("{other:?}"),
            }
        }
    }
}

/// Gives requests of these kinds in bursts that end at these octets, as far as the peer does not fall
/// silent when the connection is shut down, which is at the step of this number.
fn converse(
    kinds: &[usize],
    ends: &[usize],
    delays: &[usize],
    in_flight: usize,
    shut_down_at: usize,
    silent: bool,
) {
    let mut settings = Settings::default();
    settings.requests_in_flight = in_flight;
    let requests: Vec<_> = kinds.iter().enumerate().map(|(at, kind)| request(*kind, at)).collect();
    let octets = requests.concat().into_bytes();
    let mut ends: Vec<_> = ends.iter().map(|end| end % (octets.len() + 1)).collect();
    ends.push(octets.len());
    ends.sort_unstable();
    let mut conversation = Conversation {
        connection: Connection::with(settings),
        time: 0,
        shut_down_at,
        then: None,
        given: 0,
        received: 0,
        owed: Vec::new(),
        incomplete: None,
        answered: Vec::new(),
        delays: delays.to_vec(),
    };
    for end in ends {
        if !(silent && conversation.then.is_some()) {
            let given = conversation.given;
            conversation.give(&octets[given..end]);
        }
    }
    while conversation.then.is_none() || !conversation.owed.is_empty() {
        conversation.step();
    }
    conversation.give(b"");

    let Conversation { mut connection, then, answered: all, given, received, .. } = conversation;
    let (given_then, received_then, content_due, answered_then) = then.expect("it was shut down");
    let answers = read(connection.output().as_bytes(), &[]);
    // All that must be answered are, and in order.
    let mut end = 0;
    let complete = requests.iter().take_while(|request| {
        end += request.len();
        end <= given_then
    });
    let mut due = complete.count();
    if content_due {
        due = due.min(received_then);
        assert!(received <= received_then, "it was the last");
    }
    assert!(answers.len() >= due, "{} of {due} are answered", answers.len());
    for (number, answer) in answers.iter().enumerate() {
        assert_eq!((answer.status, &*answer.content), (200, number.to_string().as_bytes()));
    }
    assert_eq!(answers.len(), all.len(), "no answer that was given is lost");
    // The last one says so, and no other.
    let last = answers.len().wrapping_sub(1);
    assert!(answers.iter().rev().skip(1).all(|answer| !answer.close));
    let says = answers.last().is_some_and(|last| last.close);
    match connection.pipeline.phase() {
        Phase::Closed => assert!(says || answered_then.contains(&last)),
        Phase::Idle => {
            assert!(!says && (answers.is_empty() || answered_then.contains(&last)));
            assert!(connection.pipeline.is_leaving());
        }
        Phase::Head | Phase::Content => assert!(!says && given < octets.len()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_answer_may_be_the_last_though_octets_were_given_that_nobody_has_looked_at() {
    let ends = [733_279_446_675_582_013, 10_882_268_313_305_266_480];
    converse(&[3, 3, 3], &ends, &[1], 1, 3, false);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_the_last_answer_says_so(
        kinds in prop::collection::vec(0..8_usize, 0..7),
        ends in prop::collection::vec(any::<usize>(), 0..5),
        delays in prop::collection::vec(0..12_usize, 0..7),
        in_flight in 1..5_usize,
        shut_down_at in 0..40_usize,
        silent in any::<bool>(),
    ) {
        converse(&kinds, &ends, &delays, in_flight, shut_down_at, silent);
    }
}
