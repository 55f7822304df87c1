//! Content that is awaited, limited, unread or cut short.

mod common;

use common::{Connection, Seen, answered, answered_last, get, ok};
use rajada_pipeline::{ApiMisuse, Content, Event, Head, Length, Offence, Phase, Settings};

const EXPECTS: &[u8] =
    b"POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";

#[test]
fn continue_takes_its_turn() {
    let mut connection = Connection::in_parallel();
    connection.push(get("/").as_bytes());
    let first = connection.request();
    connection.push(EXPECTS);
    let Seen::Request { ticket, expects: true, streaming: true, .. } = connection.next() else {
        panic!()
    };
    assert_eq!(connection.pipeline.send_continue(&ticket), Ok(true));
    assert_eq!(connection.output(), "");
    connection.answer(first, "first");
    assert_eq!(connection.output(), answered("first") + CONTINUE);
    connection.push(b"hello");
    assert!(matches!(connection.next(), Seen::Data(data) if data == b"hello"));
    assert!(matches!(connection.next(), Seen::End(_)));
    connection.answer(ticket, "second");
    assert_eq!(connection.output(), answered("second"));
    assert_eq!(connection.pipeline.phase(), Phase::Idle);
}

#[test]
fn no_continue_once_content_has_begun() {
    let mut connection = Connection::new();
    connection.push(EXPECTS);
    let Seen::Request { ticket, expects: true, .. } = connection.next() else { panic!() };
    connection.push(b"he");
    assert!(matches!(connection.next(), Seen::Data(_)));
    assert_eq!(connection.pipeline.send_continue(&ticket), Ok(false));
    connection.push(b"llo");
    assert!(matches!(connection.next(), Seen::Data(_)));
    assert!(matches!(connection.next(), Seen::End(_)));
    connection.answer(ticket, "a");
    assert_eq!(connection.output(), answered("a"));

    let mut connection = Connection::new();
    connection.push(&[EXPECTS, b"h"].concat());
    let Seen::Request { ticket, expects: false, .. } = connection.next() else { panic!() };
    assert_eq!(connection.pipeline.send_continue(&ticket), Ok(false));
    connection.answer(ticket, "a");
}

#[test]
fn a_final_answer_in_place_of_continue_closes() {
    let mut connection = Connection::new();
    connection.push(EXPECTS);
    let ticket = connection.request();
    connection.answer(ticket, "no");
    assert_eq!(connection.output(), answered_last("no"));
    assert!(connection.is_closed());
}

#[test]
fn another_expectation_is_refused() {
    let mut connection = Connection::new();
    let offences = connection
        .echo(b"POST /a HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 1\r\n\r\nx");
    assert_eq!(offences[0].status(), 417);
}

#[test]
fn too_much_content_is_refused_before_it_comes() {
    let mut settings = Settings::default();
    settings.content = 4;
    let mut connection = Connection::with(settings);
    let octets = get("/a") + "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    assert_eq!(connection.echo(octets.as_bytes()), [Offence::ContentTooLarge]);
    let refused =
        "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    assert_eq!(connection.output(), answered("/a") + refused);
    assert!(connection.is_closed());
}

#[test]
fn chunked_content_that_grows_too_much_is_refused_in_place() {
    let mut settings = Settings::default();
    settings.content = 4;
    let mut connection = Connection::with(settings);
    connection.push(b"POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    let ticket = connection.request();
    connection.push(b"4\r\nabcd\r\n1\r\ne\r\n");
    assert!(matches!(connection.next(), Seen::Data(_)));
    assert!(matches!(connection.next(), Seen::Malformed(Offence::ContentTooLarge)));
    let rejected = connection.pipeline.respond(ticket, &ok(), Content::None).unwrap_err();
    assert_eq!(rejected.why, ApiMisuse::Gone);
    assert!(connection.output().starts_with("HTTP/1.1 413 "));
    assert!(connection.is_closed());
}

#[test]
fn a_chunk_that_cannot_fit_is_refused_with_its_size() {
    // What stands in front of it is still given out.
    for (sizes, before) in
        [("ff\r\n", &[][..]), ("8\r\nabcdefgh\r\n3\r\n", b"abcdefgh"), ("b;x=y\r\nabc", b"")]
    {
        for step in [1, usize::MAX] {
            let mut settings = Settings::default();
            settings.content = 10;
            let mut connection = Connection::with(settings);
            connection.push(b"POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            let ticket = connection.request();
            let mut data = Vec::new();
            let refused = sizes.as_bytes().chunks(step.min(sizes.len())).any(|octets| {
                connection.push(octets);
                loop {
                    match connection.next() {
                        Seen::Data(octets) => data.extend(octets),
                        Seen::NeedData => return false,
                        Seen::Malformed(offence) => {
                            assert_eq!(offence, Offence::ContentTooLarge);
                            return true;
                        }
                        other => panic!("{other:?}"),
                    }
                }
            });
            assert!(refused, "{sizes:?} in steps of {step}");
            assert_eq!(data, before);
            let rejected = connection.pipeline.respond(ticket, &ok(), Content::None).unwrap_err();
            assert_eq!(rejected.why, ApiMisuse::Gone);
            assert!(connection.output().starts_with("HTTP/1.1 413 "));
            assert!(connection.is_closed());
        }
    }
}

#[test]
fn unread_content_is_drained_within_its_bound() {
    let mut connection = Connection::new();
    connection.push(b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello");
    let a = connection.request();
    connection.answer(a, "early");
    assert!(matches!(connection.next(), Seen::NeedData));
    connection.push(b"world");
    connection.push(get("/b").as_bytes());
    let b = connection.request();
    connection.answer(b, "b");
    assert_eq!(connection.output(), answered("early") + &answered("b"));
}

#[test]
fn unread_content_beyond_the_bound_closes() {
    let mut settings = Settings::default();
    settings.drain = 8;
    let mut connection = Connection::with(settings.clone());
    connection.push(b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n");
    let a = connection.request();
    connection.answer(a, "early");
    assert_eq!(connection.output(), answered_last("early"));
    assert!(connection.is_closed());

    let mut connection = Connection::with(settings);
    connection.push(b"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    let a = connection.request();
    connection.answer(a, "early");
    connection.push(b"5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n");
    connection.push(get("/b").as_bytes());
    assert!(matches!(connection.next(), Seen::Closed));
    assert_eq!(connection.output(), answered("early"));
    assert!(connection.is_closed());
}

/// An answer that is made of the content which it answers.
#[test]
fn content_may_be_taken_on_while_an_answer_leaves() {
    let mut settings = Settings::default();
    settings.drain = 8;
    let mut connection = Connection::with(settings);
    let head = b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\n";
    connection.push(head);
    let a = connection.request();
    connection.pipeline.take_content(&a).unwrap();
    let stream = connection.pipeline.start(a, &ok(), Length::Exact(30)).unwrap();
    for _ in 0..3 {
        connection.push(b"0123456789");
        let Seen::Data(data) = connection.next() else { panic!() };
        connection.pipeline.send(&stream, Content::Copied(&data)).unwrap();
    }
    assert!(matches!(connection.next(), Seen::End(fields) if fields.is_empty()));
    connection.pipeline.finish(stream, &[]).unwrap();
    assert_eq!(connection.output(), answered(&"0123456789".repeat(3)));

    // It was not, in the end: too much is still to come.
    connection.push(head);
    let a = connection.request();
    connection.pipeline.take_content(&a).unwrap();
    let stream = connection.pipeline.start(a, &ok(), Length::Exact(5)).unwrap();
    connection.pipeline.send(&stream, Content::Copied(b"early")).unwrap();
    connection.push(b"0123456789");
    assert!(matches!(connection.next(), Seen::Data(_)));
    connection.pipeline.finish(stream, &[]).unwrap();
    assert_eq!(connection.output(), answered("early"));
    assert!(connection.is_closed());
}

#[test]
fn what_was_thrown_away_before_the_answer_counts_as_drained() {
    let mut settings = Settings::default();
    settings.drain = 8;
    let throws = |connection: &mut Connection, length: &str, thrown: &str| {
        connection.push(format!("POST /a HTTP/1.1\r\nHost: a\r\n{length}\r\n\r\n").as_bytes());
        let a = connection.request();
        connection.push(thrown.as_bytes());
        let Seen::Data(data) = connection.next() else { panic!() };
        connection.pipeline.count_drained(data.len());
        connection.answer(a, "early");
    };
    for (length, thrown, rest) in [(8, "12345", "678"), (8, "12345678", "")] {
        let mut connection = Connection::with(settings.clone());
        throws(&mut connection, &format!("Content-Length: {length}"), thrown);
        assert_eq!(connection.output(), answered("early"));
        connection.push((rest.to_owned() + &get("/b")).as_bytes());
        let b = connection.request();
        connection.answer(b, "next");
        assert_eq!(connection.output(), answered("next"));
    }
    for (length, thrown) in [(9, "12345"), (9, "12345678"), (10, "123456789")] {
        let mut connection = Connection::with(settings.clone());
        throws(&mut connection, &format!("Content-Length: {length}"), thrown);
        assert_eq!(connection.output(), answered_last("early"), "{length} {thrown}");
        assert!(connection.is_closed());
    }
    let mut connection = Connection::with(settings);
    throws(&mut connection, "Transfer-Encoding: chunked", "5\r\n12345\r\n");
    assert_eq!(connection.output(), answered("early"));
    connection.push(("1\r\n6\r\n0\r\n\r\n".to_owned() + &get("/b")).as_bytes());
    assert!(matches!(connection.next(), Seen::Closed), "it was more than 3 octets");
}

#[test]
fn a_framing_error_behind_an_early_answer_closes() {
    let mut connection = Connection::new();
    connection.push(b"POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    let a = connection.request();
    connection.answer(a, "early");
    connection.push(b"zz\r\n");
    connection.push(get("/b").as_bytes());
    assert!(matches!(connection.next(), Seen::Malformed(_)));
    assert!(matches!(connection.next(), Seen::Closed));
    assert_eq!(connection.output(), answered("early"));
    assert!(connection.is_closed());
}

#[test]
fn content_cut_short_is_never_answered() {
    let mut connection = Connection::in_parallel();
    connection.push(get("/a").as_bytes());
    let a = connection.request();
    connection.push(b"POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
    let b = connection.request();
    assert!(matches!(connection.next(), Seen::Data(_)));
    let event = connection.pipeline.receive_eof();
    assert!(matches!(event, Event::Malformed(Offence::Truncated)));
    assert_eq!(
        connection.pipeline.respond(b, &ok(), Content::None).unwrap_err().why,
        ApiMisuse::Gone
    );
    connection.answer(a, "a");
    assert_eq!(connection.output(), answered_last("a"));
    assert!(connection.is_closed());
}

#[test]
fn a_head_cut_short_closes_in_silence() {
    let mut connection = Connection::new();
    connection.echo(b"GET / HTTP/1.1\r\nHo");
    assert_eq!(connection.pipeline.phase(), Phase::Head);
    let event = connection.pipeline.receive_eof();
    assert!(matches!(event, Event::Malformed(Offence::Truncated)));
    assert_eq!(connection.output(), "");
    assert!(connection.is_closed());
}

#[test]
fn a_deadline_is_answered_in_its_place() {
    let mut connection = Connection::new();
    connection.push(get("/a").as_bytes());
    let a = connection.request();
    connection.push(b"GET / HTTP/1.1\r\nHo");
    assert!(matches!(connection.next(), Seen::NeedData));
    let settings = connection.settings.clone();
    connection.pipeline.refuse(&settings, 408);
    connection.answer(a, "a");
    let refused = "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    assert_eq!(connection.output(), answered("a") + refused);
    assert!(connection.is_closed());
}

#[test]
fn a_stream_of_the_wrong_length_is_told_to_both_sides() {
    for (content, misuse, sent) in
        [("toolong", ApiMisuse::TooLong, "ab"), ("c", ApiMisuse::TooShort, "abc")]
    {
        let mut connection = Connection::new();
        connection.push((get("/a") + &get("/b")).as_bytes());
        let (a, b) = (connection.request(), connection.request());
        let stream = connection.pipeline.start(a, &ok(), Length::Exact(4)).unwrap();
        connection.pipeline.send(&stream, Content::Copied(b"ab")).unwrap();
        let told = match connection.pipeline.send(&stream, Content::Copied(content.as_bytes())) {
            Ok(()) => connection.pipeline.finish(stream, &[]).unwrap_err().why,
            Err(why) => why,
        };
        assert_eq!(told, misuse);
        assert_eq!(
            connection.output(),
            format!("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{sent}")
        );
        assert!(connection.is_closed());
        assert_eq!(
            connection.pipeline.respond(b, &ok(), Content::None).unwrap_err().why,
            ApiMisuse::Gone
        );
    }
}

#[test]
fn an_answer_says_whether_its_content_is_sent() {
    let mut connection = Connection::new();
    for (method, status, sent) in [
        ("GET", "200 OK", true),
        ("HEAD", "200 OK", false),
        ("GET", "204 No Content", false),
        ("GET", "205 Reset Content", false),
        ("GET", "304 Not Modified", false),
        ("GET", "404 Not Found", true),
    ] {
        connection.push(format!("{method} / HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes());
        let ticket = connection.request();
        let head = format!("HTTP/1.1 {status}\r\n");
        let head = Head::new(head.as_bytes()).unwrap();
        let stream = connection.pipeline.start(ticket, &head, Length::Exact(2)).unwrap();
        assert_eq!(stream.wants_content(), sent, "{method} {status}");
        if sent {
            connection.pipeline.send(&stream, Content::Copied(b"ab")).unwrap();
        }
        assert!(connection.pipeline.finish(stream, &[]).is_ok());
        assert_eq!(connection.output().ends_with("\r\n\r\nab"), sent);
    }
}

/// Settings by which a request may have 4 octets, and some requests 8.
fn of_some() -> Settings {
    let mut settings = Settings::default();
    (settings.content, settings.content_of_some) = (4, 8);
    settings
}

#[test]
fn more_content_than_others_may_have_is_refused_unless_it_is_allowed() {
    let exact = |octets: usize| {
        format!(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {octets}\r\n\r\n{}",
            "x".repeat(octets)
        )
    };
    let chunked = |octets: usize| {
        let content = "x".repeat(octets);
        format!(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{octets:x}\r\n{content}\r\n0\r\n\r\n"
        )
    };
    for (octets, allowed, fits) in [
        (4, None, true),
        (5, None, false),
        (5, Some(8), true),
        (8, Some(8), true),
        (8, Some(7), false),
        (4, Some(3), false),
        (3, Some(3), true),
        (1, Some(0), false),
    ] {
        for request in [exact(octets), chunked(octets)] {
            for step in [1, 7, usize::MAX] {
                let mut connection = Connection::with(of_some());
                let (mut data, mut ticket, mut refused, mut ended) = (0, None, false, false);
                for octets in request.as_bytes().chunks(step.min(request.len())) {
                    connection.push(octets);
                    loop {
                        match connection.next() {
                            Seen::Request { ticket: given, streaming, content, .. } => {
                                if let Some(allowed) = allowed {
                                    connection.pipeline.limit_content(&given, allowed).unwrap();
                                }
                                data += content.map_or(0, |content| content.len());
                                ended |= !streaming;
                                ticket = Some(given);
                            }
                            Seen::Data(octets) => data += octets.len(),
                            Seen::End(_) => ended = true,
                            Seen::NeedData => break,
                            Seen::Malformed(offence) => {
                                assert_eq!(offence, Offence::ContentTooLarge);
                                refused = true;
                            }
                            Seen::Closed => break,
                            other => panic!("{other:?}"),
                        }
                    }
                }
                let told = format!("{request:?} {allowed:?} in steps of {step}");
                // All of it was there: nobody need be asked.
                let was_whole = ended && allowed.is_some_and(|allowed| allowed < octets as u64);
                assert!(refused != (fits || was_whole) && (refused || data == octets), "{told}");
                match refused {
                    true => assert!(connection.output().starts_with("HTTP/1.1 413 "), "{told}"),
                    false => connection.answer(ticket.unwrap(), "fits"),
                }
            }
        }
    }
}

#[test]
fn only_who_owes_an_answer_allows_content() {
    let mut connection = Connection::with(of_some());
    connection.push(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nabc");
    let ticket = connection.request();
    let mut other = Connection::with(of_some());
    assert_eq!(other.pipeline.limit_content(&ticket, 8), Err(ApiMisuse::ForeignTicket));
    // An early answer: what is thrown away has its own bound.
    connection.answer(ticket, "no");
    connection.push(b"defgh");
    connection.push(get("/next").as_bytes());
    assert_eq!(connection.output(), answered("no"));
    let next = connection.request();
    connection.answer(next, "next");
    assert_eq!(connection.output(), answered("next"));
    connection.push(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n");
    let ticket = connection.request();
    assert!(matches!(connection.next(), Seen::Malformed(Offence::ContentTooLarge)));
    assert_eq!(connection.pipeline.limit_content(&ticket, 8), Err(ApiMisuse::Gone));
}
