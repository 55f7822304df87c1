//! Another protocol on the same connection, and tunnels.

mod common;

use common::{Connection, Seen, answered, answered_last, get, ok};
use rajada_pipeline::{ApiMisuse, Burst, Content, Event, Head, Phase, Settings};

const ASKS: &str =
    "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
const SWITCH: &[u8] = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n";

#[test]
fn what_is_behind_an_accepted_upgrade_is_not_parsed() {
    let mut connection = Connection::in_parallel();
    connection.push((get("/a") + ASKS + "\x00\x01not HTTP").as_bytes());
    let a = connection.request();
    let Seen::Request { ticket, upgrade: true, .. } = connection.next() else { panic!() };
    assert!(matches!(connection.next(), Seen::Paused));
    assert!(!connection.pipeline.wants_read());
    assert_eq!(connection.pipeline.phase(), Phase::Held);
    connection.pipeline.accept_upgrade(ticket, &Head::new(SWITCH).unwrap()).unwrap();
    assert_eq!(connection.output(), "");
    connection.answer(a, "a");
    let switched =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n";
    assert_eq!(connection.output(), answered("a") + switched);
    let mut burst = Burst::new(&connection.leftover);
    let event =
        connection.pipeline.receive(&connection.settings, &mut burst, &mut connection.slots);
    assert!(matches!(event, Event::Upgraded));
    assert_eq!(burst.rest(), b"\x00\x01not HTTP");
    assert_eq!(connection.pipeline.phase(), Phase::Upgraded);
    assert_eq!(connection.pipeline.in_flight(), 0);
}

#[test]
fn what_is_behind_a_refused_upgrade_is_the_next_request() {
    let mut connection = Connection::new();
    connection.push((ASKS.to_owned() + &get("/b")).as_bytes());
    let chat = connection.request();
    assert!(matches!(connection.next(), Seen::Paused));
    connection.answer(chat, "no");
    let b = connection.request();
    connection.answer(b, "b");
    assert_eq!(connection.output(), answered("no") + &answered("b"));
}

#[test]
fn content_comes_before_the_new_protocol() {
    let mut connection = Connection::new();
    // Which WebSocket has not.
    let asks = ASKS.replace("websocket\r\n\r\n", "other\r\nContent-Length: 3\r\n\r\n");
    let switch = Head::new(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\n").unwrap();
    connection.push(asks.as_bytes());
    let ticket = connection.request();
    let rejected = connection.pipeline.accept_upgrade(ticket, &switch).unwrap_err();
    assert_eq!(rejected.why, ApiMisuse::NotOffered);
    connection.push(b"abcdef");
    assert!(matches!(connection.next(), Seen::Data(data) if data == b"abc"));
    assert!(matches!(connection.next(), Seen::End(_)));
    assert!(matches!(connection.next(), Seen::Paused));
    connection.pipeline.accept_upgrade(rejected.given, &switch).unwrap();
    assert!(matches!(connection.next(), Seen::Upgraded));
    assert_eq!(connection.leftover, b"def");
}

#[test]
fn an_upgrade_that_was_not_offered_is_a_misuse() {
    let mut connection = Connection::new();
    connection.push(get("/a").as_bytes());
    let ticket = connection.request();
    let rejected =
        connection.pipeline.accept_upgrade(ticket, &Head::new(SWITCH).unwrap()).unwrap_err();
    assert_eq!(rejected.why, ApiMisuse::NotOffered);
    let rejected = connection
        .pipeline
        .respond(rejected.given, &Head::new(SWITCH).unwrap(), Content::None)
        .unwrap_err();
    assert_eq!(rejected.why, ApiMisuse::WrongStatus);
    connection.answer(rejected.given, "a");
}

#[test]
fn http10_and_a_lone_field_ask_for_nothing() {
    for asks in [
        "GET /a HTTP/1.0\r\nConnection: upgrade, keep-alive\r\nUpgrade: websocket\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
    ] {
        let mut connection = Connection::new();
        connection.push(asks.as_bytes());
        let Seen::Request { upgrade: false, ticket, .. } = connection.next() else { panic!() };
        connection.answer(ticket, "a");
    }
}

#[test]
fn an_offer_in_an_answer_is_named_by_connection() {
    let mut connection = Connection::new();
    connection.push(get("/a").as_bytes());
    let ticket = connection.request();
    let head = Head::new(b"HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\n").unwrap();
    connection.pipeline.respond(ticket, &head, Content::None).unwrap();
    let expected = "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\n\
                    Content-Length: 0\r\nConnection: upgrade\r\n\r\n";
    assert_eq!(connection.output(), expected);
}

#[test]
fn tunnels_are_refused_unless_wanted() {
    let connect = "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n";
    let mut connection = Connection::new();
    let offences = connection.echo((get("/a") + connect + &get("/b")).as_bytes());
    assert_eq!(offences[0].status(), 501);
    let refused = "HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    assert_eq!(connection.output(), answered("/a") + refused);

    let mut settings = Settings::default();
    settings.connect = true;
    let mut connection = Connection::with(settings);
    connection.push((connect.to_owned() + "\x16\x03").as_bytes());
    let Seen::Request { ticket, upgrade: true, .. } = connection.next() else { panic!() };
    let rejected = connection.pipeline.respond(ticket, &ok(), Content::None).unwrap_err();
    assert_eq!(rejected.why, ApiMisuse::WrongStatus);
    connection.pipeline.accept_upgrade(rejected.given, &ok()).unwrap();
    assert_eq!(connection.output(), "HTTP/1.1 200 OK\r\n\r\n");
    assert!(matches!(connection.next(), Seen::Upgraded));
    assert_eq!(connection.leftover, b"\x16\x03");
}

#[test]
fn a_half_close_behind_an_offer_is_answered() {
    let mut connection = Connection::new();
    connection.push(ASKS.as_bytes());
    let ticket = connection.request();
    assert!(matches!(connection.pipeline.receive_eof(), Event::Closed));
    connection.answer(ticket, "no");
    assert_eq!(connection.output(), answered_last("no"));
    assert!(connection.is_closed());
}

#[test]
fn a_refusal_withdraws_an_offer_and_its_answer_is_the_last() {
    let mut connection = Connection::in_parallel();
    connection.push((get("/a") + ASKS + "unknown").as_bytes());
    let (a, chat) = (connection.request(), connection.request());
    connection.pipeline.refuse(&connection.settings, 408);
    assert_eq!(connection.pipeline.phase(), Phase::Ending);
    assert_eq!(connection.pipeline.in_flight(), 2, "nothing is answered in place of the owner");
    let switch = Head::new(SWITCH).unwrap();
    let rejected = connection.pipeline.accept_upgrade(chat, &switch).unwrap_err();
    assert_eq!(rejected.why, ApiMisuse::NotOffered);
    assert!(matches!(connection.next(), Seen::Closed));
    connection.answer(rejected.given, "no");
    connection.answer(a, "a");
    assert_eq!(connection.output(), answered("a") + &answered_last("no"));
    assert!(connection.is_closed());
}

#[test]
fn a_shutdown_leaves_an_offer() {
    for accepted in [true, false] {
        let mut connection = Connection::new();
        connection.push(ASKS.as_bytes());
        let chat = connection.request();
        connection.pipeline.shut_down();
        assert_eq!(connection.pipeline.phase(), Phase::Held);
        if accepted {
            connection.pipeline.accept_upgrade(chat, &Head::new(SWITCH).unwrap()).unwrap();
            assert_eq!(connection.pipeline.phase(), Phase::Upgraded);
        } else {
            connection.answer(chat, "no");
            assert_eq!(connection.output(), answered_last("no"));
            assert!(connection.is_closed());
        }
    }
}
