//! The order of effects: requests are out beside each other only if all of them have safe methods
//! (RFC 9112 section 9.3.2).

mod common;

use std::collections::VecDeque;

use common::{Connection, Seen, answered, answered_last, get, ok};
use proptest::prelude::*;
use rajada_pipeline::{
    Burst, Content, Event, Head, Length, Offence, Phase, Settings, Store, is_safe,
};
use rajada_testkit::{Book, Case, LayerName};

fn request(method: &str, target: &str) -> String {
    format!("{method} {target} HTTP/1.1\r\nHost: a\r\n\r\n")
}

fn with_content(method: &str, target: &str, content: &str) -> String {
    let length = content.len();
    format!("{method} {target} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n{content}")
}

/// What is next has to wait, and nothing is read meanwhile.
#[track_caller]
fn assert_waits(connection: &mut Connection) {
    let received = connection.pipeline.octets_received();
    for _ in 0..2 {
        let seen = connection.next();
        assert!(matches!(seen, Seen::Paused), "{seen:?}");
        assert!(!connection.pipeline.wants_read());
    }
    assert_eq!(connection.pipeline.octets_received(), received);
    assert_eq!(connection.pipeline.phase(), Phase::Idle, "no head is waited for");
}

#[test]
fn what_is_behind_effects_waits_for_them() {
    for put in [request("PUT", "/n"), with_content("PUT", "/n", "7"), request("DELETE", "/n")] {
        let mut connection = Connection::new();
        connection.push((put + &get("/n") + &get("/m")).as_bytes());
        let effects = connection.request();
        assert_waits(&mut connection);
        connection.answer(effects, "done");
        assert!(connection.pipeline.wants_read());
        let (n, m) = (connection.request(), connection.request());
        connection.answer(m, "m");
        connection.answer(n, "7");
        assert_eq!(connection.output(), answered("done") + &answered("7") + &answered("m"));
    }
}

#[test]
fn effects_wait_for_all_in_front_of_them() {
    let mut connection = Connection::new();
    connection.push((get("/a") + &get("/b") + &with_content("POST", "/c", "c")).as_bytes());
    let (a, b) = (connection.request(), connection.request());
    assert_waits(&mut connection);
    connection.answer(b, "b");
    assert_waits(&mut connection);
    connection.answer(a, "a");
    assert!(connection.pipeline.wants_read());
    let Seen::Request { ticket, content: Some(content), .. } = connection.next() else { panic!() };
    assert_eq!(content, b"c");
    connection.answer(ticket, "c");
    assert_eq!(connection.output(), answered("a") + &answered("b") + &answered("c"));
}

#[test]
fn only_methods_known_to_be_safe_are_out_beside_others() {
    const SAFE: [&str; 5] = ["GET", "HEAD", "OPTIONS", "TRACE", "QUERY"];
    let others = ["POST", "PUT", "PATCH", "DELETE", "CONNECT", "get", "GETS", "GE", "LOCK", "X"];
    for method in SAFE.into_iter().chain(others) {
        let safe = SAFE.contains(&method);
        assert_eq!(is_safe(method.as_bytes()), safe, "{method}");
        let mut settings = Settings::default();
        settings.connect = true;
        let target = if method == "CONNECT" { "a:80" } else { "/" };
        // In front of another, and behind it.
        let mut connection = Connection::with(settings.clone());
        connection.push((request(method, target) + &get("/b")).as_bytes());
        let first = connection.request();
        match connection.next() {
            Seen::Request { ticket, .. } => {
                assert!(safe, "{method}");
                connection.answer(ticket, "b");
            }
            other => assert!(!safe && matches!(other, Seen::Paused), "{method}: {other:?}"),
        }
        let tunnel = Head::new(b"HTTP/1.1 404 Not Found\r\n").unwrap();
        connection.pipeline.respond(first, &tunnel, Content::None).unwrap();
        let mut connection = Connection::with(settings);
        connection.push((get("/a") + &request(method, target)).as_bytes());
        let a = connection.request();
        if safe {
            let second = connection.request();
            connection.answer(second, "");
        } else {
            assert_waits(&mut connection);
        }
        connection.answer(a, "a");
        assert!(safe || matches!(connection.next(), Seen::Request { .. }), "{method}");
    }
}

#[test]
fn an_answer_is_given_with_its_last_octet() {
    let mut connection = Connection::new();
    connection.push((request("POST", "/") + &get("/b")).as_bytes());
    let post = connection.request();
    let stream = connection.pipeline.start(post, &ok(), Length::Unknown).unwrap();
    assert_waits(&mut connection);
    connection.pipeline.send(&stream, Content::Copied(b"piece")).unwrap();
    connection.output();
    assert_waits(&mut connection);
    connection.pipeline.finish(stream, &[]).unwrap();
    // It need not have left.
    let b = connection.request();
    connection.answer(b, "b");
    assert_eq!(connection.output(), "0\r\n\r\n".to_owned() + &answered("b"));
}

#[test]
fn what_was_answered_early_is_answered() {
    let mut connection = Connection::new();
    connection.push(with_content("POST", "/", "content").trim_end_matches("tent").as_bytes());
    let post = connection.request();
    connection.answer(post, "no");
    connection.push(("tent".to_owned() + &get("/b")).as_bytes());
    let b = loop {
        match connection.next() {
            Seen::Request { ticket, .. } => break ticket,
            Seen::Data(_) | Seen::End(_) => {}
            other => panic!("{other:?}"),
        }
    };
    connection.answer(b, "b");
    assert_eq!(connection.output(), answered("no") + &answered("b"));
}

#[test]
fn a_lost_answer_lets_the_next_request_go_on_and_a_broken_one_ends_all() {
    let octets = request("PUT", "/") + &get("/b");
    let mut connection = Connection::new();
    connection.push(octets.as_bytes());
    let id = connection.request().id();
    assert_waits(&mut connection);
    connection.pipeline.abandon(&connection.settings, id).unwrap();
    let b = connection.request();
    connection.answer(b, "b");
    assert!(connection.output().ends_with(&answered("b")));

    let mut connection = Connection::new();
    connection.push(octets.as_bytes());
    let put = connection.request();
    let stream = connection.pipeline.start(put, &ok(), Length::Unknown).unwrap();
    assert_waits(&mut connection);
    connection.pipeline.abort(stream).unwrap();
    assert!(matches!(connection.next(), Seen::Closed));
    connection.output();
    assert!(connection.is_closed());
}

#[test]
fn an_offer_of_another_protocol_waits_as_effects_do() {
    let asks = "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: other\r\n\r\n";
    let mut connection = Connection::new();
    connection.push((get("/a") + asks + "other octets").as_bytes());
    let a = connection.request();
    assert_waits(&mut connection);
    connection.answer(a, "a");
    let Seen::Request { ticket, upgrade: true, .. } = connection.next() else { panic!() };
    assert_eq!(connection.pipeline.phase(), Phase::Held);
    let switch = Head::new(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\n").unwrap();
    connection.pipeline.accept_upgrade(ticket, &switch).unwrap();
    assert!(matches!(connection.next(), Seen::Upgraded));
    assert_eq!(connection.leftover, b"other octets");
}

#[test]
fn content_of_what_waits_stays_unread() {
    let mut connection = Connection::new();
    let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";
    for post in [chunked.to_owned() + "0\r\n\r\n", with_content("POST", "/", &"x".repeat(1500))] {
        let (here, later) = post.split_at(post.len() - 2);
        connection.push((get("/a") + here).as_bytes());
        let a = connection.request();
        assert_waits(&mut connection);
        assert_eq!(connection.leftover, here.as_bytes());
        connection.push(later.as_bytes());
        assert_waits(&mut connection);
        connection.answer(a, "a");
        connection.echo_rest();
        assert_eq!(connection.leftover, b"");
        assert_eq!(connection.output().matches("HTTP/1.1 200 OK").count(), 2);
    }
}

#[test]
fn the_rule_can_be_lifted() {
    let mut connection = Connection::in_parallel();
    let octets = get("/a") + &request("PUT", "/b") + &with_content("POST", "/c", "c") + &get("/d");
    connection.push(octets.as_bytes());
    let tickets: Vec<_> = (0..4).map(|_| connection.request()).collect();
    for (ticket, content) in tickets.into_iter().zip(["a", "b", "c", "d"]).rev() {
        connection.answer(ticket, content);
    }
    assert_eq!(connection.output(), ["a", "b", "c", "d"].map(answered).concat());
}

#[test]
fn what_waits_is_not_handed_over_behind_a_refusal() {
    let mut connection = Connection::new();
    connection.push((get("/a") + &request("PUT", "/b")).as_bytes());
    let a = connection.request();
    assert_waits(&mut connection);
    connection.pipeline.refuse(&connection.settings, 503);
    connection.answer(a, "a");
    assert!(matches!(connection.next(), Seen::Closed));
    assert!(connection.output().starts_with(&(answered("a") + "HTTP/1.1 503 ")));
    assert!(connection.is_closed());
}

#[test]
fn an_offence_behind_effects_is_found_once_they_are_answered() {
    let mut connection = Connection::new();
    connection.push((request("PUT", "/") + "G\0T").as_bytes());
    let put = connection.request();
    assert_waits(&mut connection);
    connection.answer(put, "put");
    assert!(matches!(connection.next(), Seen::Malformed(Offence::Head(_))));
    assert!(connection.output().starts_with(&(answered("put") + "HTTP/1.1 400 ")));
}

#[test]
fn a_connection_that_leaves_answers_what_waits() {
    for octets in [get("/a") + &request("PUT", "/b"), request("PUT", "/a") + &get("/b")] {
        let mut connection = Connection::new();
        connection.push(octets.as_bytes());
        let a = connection.request();
        assert_waits(&mut connection);
        connection.pipeline.shut_down();
        assert_waits(&mut connection);
        connection.answer(a, "a");
        let b = connection.request();
        connection.answer(b, "b");
        assert_eq!(connection.output(), answered("a") + &answered_last("b"));
        assert!(connection.is_closed());
    }
}

#[test]
fn bounds_hold_beside_the_rule() {
    let mut settings = Settings::default();
    settings.requests_in_flight = 2;
    settings.held = 200;
    let mut connection = Connection::with(settings);
    let gets = get("/a") + &get("/b") + &get("/c");
    connection.push((request("PUT", "/") + &gets + &request("PUT", "/")).as_bytes());
    let put = connection.request();
    assert_waits(&mut connection);
    connection.answer(put, &"x".repeat(200));
    // So much is held.
    assert_waits(&mut connection);
    connection.output();
    let (a, b) = (connection.request(), connection.request());
    assert_waits(&mut connection);
    connection.answer(a, "a");
    let c = connection.request();
    connection.answer(b, "b");
    assert_waits(&mut connection);
    connection.answer(c, "c");
    connection.output();
    assert!(matches!(connection.next(), Seen::Request { .. }));
    assert!(matches!(connection.next(), Seen::NeedData));
}

#[test]
fn a_store_brings_no_barrier_of_another_connection() {
    let (mut one, mut other) = (Connection::new(), Connection::new());
    one.push((get("/") + &request("PUT", "/")).as_bytes());
    let first = one.request();
    assert_waits(&mut one);
    one.answer(first, "");
    let put = one.request();
    one.answer(put, "");
    one.output();
    let store: Box<Store<Vec<u8>>> = one.pipeline.reclaim().expect("it is idle");
    assert!(other.pipeline.lend(store).is_some());
    other.push((get("/a") + &get("/b") + &get("/c")).as_bytes());
    let tickets: Vec<_> = (0..3).map(|_| other.request()).collect();
    for (ticket, content) in tickets.into_iter().zip(["a", "b", "c"]) {
        other.answer(ticket, content);
    }
    assert_eq!(other.output(), ["a", "b", "c"].map(answered).concat());
}

/// Answers are given only when nothing more is handed over, the youngest first; how many requests
/// were out each time.
fn together(case: &Case, pieces: &[&[u8]]) -> Vec<usize> {
    let mut settings = Settings::default();
    settings.connect = true;
    let mut connection = Connection::with(settings);
    let (mut together, mut out) = (Vec::new(), Vec::new());
    let mut pieces = pieces.iter();
    loop {
        match connection.next() {
            Seen::Request { ticket, .. } => out.push(ticket),
            Seen::Data(_) | Seen::End(_) | Seen::Malformed(_) => {}
            Seen::NeedData | Seen::Paused if pieces.len() > 0 => {
                connection.push(pieces.next().expect("one is left"));
            }
            _ if out.is_empty() => break,
            _ => {
                together.push(out.len());
                for ticket in out.drain(..).rev() {
                    let head = Head::new(b"HTTP/1.1 404 Not Found\r\n").unwrap();
                    connection.pipeline.respond(ticket, &head, Content::None).expect("it is owed");
                }
            }
        }
    }
    assert_eq!(
        connection.output().matches("HTTP/1.1 404").count(),
        together.iter().sum(),
        "{}",
        case.id
    );
    together
}

#[test]
fn every_case_of_the_protocol_holds_however_it_is_split() {
    let book = Book::read().unwrap_or_else(|error| panic!("{error}"));
    let cases = book.cases_of(LayerName::Pipeline).filter(|case| !case.together.is_empty());
    let mut count = 0;
    for case in cases {
        count += 1;
        let octets = &case.octets[..];
        for at in 0..octets.len() {
            let pieces = [&octets[..at], &octets[at..]];
            assert_eq!(together(case, &pieces), case.together, "{} split at {at}", case.id);
        }
        let single: Vec<_> = octets.chunks(1).collect();
        assert_eq!(together(case, &single), case.together, "{} octet by octet", case.id);
    }
    assert!(count >= 8, "only {count} cases");
}

const METHODS: [&str; 9] =
    ["GET", "GET", "HEAD", "OPTIONS", "QUERY", "POST", "PUT", "DELETE", "BREW"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Random requests, read in random pieces and answered in random order: none with effects is out
    /// beside another, each is handed over once and in order, and so are the answers.
    #[test]
    fn none_with_effects_is_out_beside_another(
        requests in proptest::collection::vec((0..METHODS.len(), 0..4_usize), 1..30),
        choices in proptest::collection::vec((1..80_usize, any::<u8>()), 1..60),
    ) {
        let mut octets = String::new();
        for (number, (method, content)) in requests.iter().enumerate() {
            octets += &match content {
                0 | 1 => request(METHODS[*method], &format!("/{number}")),
                2 => with_content(METHODS[*method], &format!("/{number}"), "content"),
                _ => format!(
                    "{} /{number} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
                    METHODS[*method]
                ),
            };
        }
        let mut settings = Settings::default();
        settings.requests_in_flight = 6;
        let mut connection = Connection::with(settings);
        let (mut arriving, mut next) = (octets.as_bytes(), 0);
        // Unanswered, with a ticket; and handed over in order, `false` while it is unanswered.
        let (mut out, mut order) = (Vec::new(), VecDeque::new());
        for (step, (count, choice)) in choices.iter().copied().cycle().take(8000).enumerate() {
            let (here, later) = arriving.split_at(count.min(arriving.len()));
            if connection.pipeline.wants_read() {
                connection.push(here);
                arriving = later;
            }
            loop {
                match connection.next() {
                    Seen::Request { ticket, target, .. } => {
                        prop_assert_eq!(&target, &format!("/{next}"));
                        next += 1;
                        order.push_back((next - 1, false));
                        out.push((next - 1, ticket));
                        let effects = order.iter().any(|(number, _)| !is_safe(METHODS[requests[*number].0].as_bytes()));
                        prop_assert!(!effects || order.len() == 1, "{:?} are out", order);
                        prop_assert!(order.len() <= 6);
                    }
                    Seen::Data(_) | Seen::End(_) => {}
                    Seen::NeedData | Seen::Paused => break,
                    other => prop_assert!(false, "{other:?}"),
                }
            }
            if !out.is_empty() && (choice % 4 < 3 || step % 8 == 0) {
                let (number, ticket) = out.remove(usize::from(choice) % out.len());
                connection.answer(ticket, &format!("{number};"));
                order.iter_mut().filter(|(other, _)| *other == number).for_each(|(_, done)| *done = true);
                while let Some((_, true)) = order.front() {
                    order.pop_front();
                }
                prop_assert_eq!(connection.pipeline.in_flight(), order.len());
            }
            connection.transmit(usize::from(choice));
            if next == requests.len() && out.is_empty() {
                break;
            }
        }
        prop_assert_eq!(next, requests.len(), "some were lost");
        let expected: String = requests.iter().enumerate().map(|(number, (method, _))| {
            let content = format!("{number};");
            let answer = answered(&content);
            match METHODS[*method] {
                "HEAD" => answer.trim_end_matches(&content).to_owned(),
                _ => answer,
            }
        }).collect();
        prop_assert_eq!(connection.output(), expected);
    }
}

/// As a burst that is served in a loop has it: the octets that wait are given again.
#[test]
fn a_burst_goes_on_behind_a_pause() {
    let mut connection = Connection::new();
    let octets = request("PUT", "/a") + &get("/b");
    let mut burst = Burst::new(octets.as_bytes());
    let Connection { pipeline, settings, slots, .. } = &mut connection;
    let Event::Request { ticket, .. } = pipeline.receive(settings, &mut burst, slots) else {
        panic!()
    };
    assert!(matches!(pipeline.receive(settings, &mut burst, slots), Event::Paused));
    assert_eq!(burst.rest(), get("/b").as_bytes());
    pipeline.respond(ticket, &ok(), Content::None).unwrap();
    assert!(matches!(pipeline.receive(settings, &mut burst, slots), Event::Request { .. }));
}
