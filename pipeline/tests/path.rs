//! The path of a burst through the pipeline: requests in, answers in any order, octets out in
//! request order.

mod common;

use common::{Connection, Seen, answered, answered_last, get, ok};
use rajada_pipeline::{ApiMisuse, Content, Phase, Pipeline, Settings};

#[test]
fn an_idle_pipeline_is_small() {
    assert!(size_of::<Pipeline<Vec<u8>>>() <= 128, "{}", size_of::<Pipeline<Vec<u8>>>());
}

#[test]
fn a_burst_leaves_as_one_slice() {
    let mut connection = Connection::new();
    let targets: Vec<_> = (0..24).map(|index| format!("/{index}")).collect();
    connection.echo(targets.iter().map(|target| get(target)).collect::<String>().as_bytes());
    let mut out = [&[][..]; 4];
    assert_eq!(connection.pipeline.poll_transmit(&mut out), 1);
    let expected: String = targets.iter().map(|target| answered(target)).collect();
    assert_eq!(connection.output(), expected);
}

#[test]
fn answers_in_any_order_leave_in_request_order() {
    let mut connection = Connection::new();
    connection.push((get("/a") + &get("/b") + &get("/c")).as_bytes());
    let (a, b, c) = (connection.request(), connection.request(), connection.request());
    assert!(matches!(connection.next(), Seen::NeedData));
    connection.answer(c, "c");
    assert!(!connection.pipeline.wants_write());
    connection.answer(a, "a");
    assert_eq!(connection.output(), answered("a"));
    connection.answer(b, "b");
    assert_eq!(connection.output(), answered("b") + &answered("c"));
    assert_eq!(connection.pipeline.phase(), Phase::Idle);
}

#[test]
fn owned_content_is_its_own_slice() {
    let mut connection = Connection::new();
    connection.push((get("/a") + &get("/b")).as_bytes());
    let (a, b) = (connection.request(), connection.request());
    let large = vec![b'x'; 5000];
    connection.pipeline.respond(a, &ok(), Content::Owned(large.clone())).unwrap();
    connection.answer(b, "b");
    let mut out = [&[][..]; 4];
    assert_eq!(connection.pipeline.poll_transmit(&mut out), 3);
    assert_eq!(out[1], large);
    assert!(connection.output().ends_with(&("x".to_owned() + &answered("b"))));
}

#[test]
fn bounds_pause_and_release() {
    let mut settings = Settings::default();
    settings.requests_in_flight = 2;
    let mut connection = Connection::with(settings);
    connection.push((get("/a") + &get("/b") + &get("/c")).as_bytes());
    let (a, b) = (connection.request(), connection.request());
    assert!(matches!(connection.next(), Seen::Paused));
    assert!(!connection.pipeline.wants_read());
    connection.answer(b, "b");
    assert!(matches!(connection.next(), Seen::Paused));
    connection.answer(a, "a");
    assert!(connection.pipeline.wants_read());
    let c = connection.request();
    connection.answer(c, "c");
    assert_eq!(connection.output(), answered("a") + &answered("b") + &answered("c"));
}

#[test]
fn octets_held_pause_until_they_leave() {
    let mut settings = Settings::default();
    settings.held = 100;
    let mut connection = Connection::with(settings);
    connection.push((get("/a") + &get("/b")).as_bytes());
    let a = connection.request();
    connection.answer(a, &"x".repeat(100));
    assert!(matches!(connection.next(), Seen::Paused));
    assert!(!connection.pipeline.wants_read());
    connection.output();
    let b = connection.request();
    connection.answer(b, "b");
    assert_eq!(connection.output(), answered("b"));
}

#[test]
fn the_last_answer_says_close() {
    let mut connection = Connection::new();
    let octets = get("/a") + "GET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + &get("/c");
    connection.echo(octets.as_bytes());
    assert_eq!(connection.pipeline.phase(), Phase::Ending);
    assert_eq!(connection.output(), answered("/a") + &answered_last("/b"));
    assert!(connection.is_closed());
}

#[test]
fn http10_closes_unless_asked() {
    let mut connection = Connection::new();
    connection.echo(b"GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /b HTTP/1.0\r\n\r\n");
    let kept = answered("/a").replace("\r\n\r\n", "\r\nConnection: keep-alive\r\n\r\n");
    assert_eq!(connection.output(), kept + &answered_last("/b"));
    assert!(connection.is_closed());
}

#[test]
fn a_malformed_request_is_answered_behind_what_is_owed() {
    let mut connection = Connection::new();
    connection.push((get("/a") + "GET  / HTTP/1.1\r\n\r\n" + &get("/c")).as_bytes());
    let a = connection.request();
    assert!(matches!(connection.next(), Seen::Malformed(offence) if offence.status() == 400));
    assert!(matches!(connection.next(), Seen::Closed));
    connection.answer(a, "a");
    let refused = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    assert_eq!(connection.output(), answered("a") + refused);
    assert!(connection.is_closed());
}

#[test]
fn head_gets_fields_and_no_content() {
    let mut connection = Connection::new();
    connection.push(b"HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n");
    let a = connection.request();
    connection.answer(a, "abc");
    assert_eq!(connection.output(), "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n");
}

#[test]
fn a_foreign_ticket_is_given_back() {
    let (mut one, mut two) = (Connection::new(), Connection::new());
    one.push(get("/a").as_bytes());
    two.push(get("/a").as_bytes());
    let (a, b) = (one.request(), two.request());
    let rejected = two.pipeline.respond(a, &ok(), Content::None).unwrap_err();
    assert_eq!(rejected.why, ApiMisuse::ForeignTicket);
    one.answer(rejected.given, "a");
    two.answer(b, "b");
    assert_eq!(one.output(), answered("a"));
    assert_eq!(two.output(), answered("b"));
}

#[test]
fn a_half_close_still_gets_its_answers() {
    let mut connection = Connection::new();
    connection.push((get("/a") + &get("/b")).as_bytes());
    let (a, b) = (connection.request(), connection.request());
    assert!(matches!(connection.pipeline.receive_eof(), rajada_pipeline::Event::Closed));
    connection.answer(b, "b");
    connection.answer(a, "a");
    assert_eq!(connection.output(), answered("a") + &answered_last("b"));
    assert!(connection.is_closed());
}

#[test]
fn a_store_is_lent_and_reclaimed() {
    let mut connection = Connection::new();
    connection.push(get("/a").as_bytes());
    let a = connection.request();
    assert!(connection.pipeline.reclaim().is_none());
    connection.answer(a, "a");
    assert!(connection.pipeline.reclaim().is_none());
    connection.output();
    let store = connection.pipeline.reclaim().expect("nothing is in flight or unsent");
    assert!(connection.pipeline.wants_store());
    connection.push(get("/b").as_bytes());
    assert!(matches!(connection.next(), Seen::Paused));
    assert!(connection.pipeline.lend(store).is_none());
    let b = connection.request();
    connection.answer(b, "b");
    assert_eq!(connection.output(), answered("b"));
}

#[test]
fn every_second_answer_then_the_others() {
    for count in 2..15 {
        let mut connection = Connection::new();
        let targets: Vec<_> = (0..count).map(|index| format!("/{index}")).collect();
        connection.push(targets.iter().map(|target| get(target)).collect::<String>().as_bytes());
        let mut tickets: Vec<_> = targets.iter().map(|_| Some(connection.request())).collect();
        for first in [1, 0] {
            for index in (first..count).step_by(2) {
                connection.answer(tickets[index].take().expect("each once"), &targets[index]);
            }
        }
        let expected: String = targets.iter().map(|target| answered(target)).collect();
        assert_eq!(connection.output(), expected);
    }
}
