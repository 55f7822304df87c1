//! The client's side: what leaves, what may be pipelined, how responses are matched, what may be
//! sent again.

use rajada_parser::{Config, ErrorKind, Field, Positions, unfold};
use rajada_pipeline::client::{Client, Event, RequestError, RequestHead, RequestId};
use rajada_pipeline::memory::UsualMemory;
use rajada_pipeline::{ApiMisuse, Burst, Content, Incoming, Length, Offence, Settings, Store};

/// In a box of the test's own, also where the crate has no heap.
type Loan = Box<Store<Vec<u8>>>;

struct Peer {
    client: Client<Vec<u8>, UsualMemory<Vec<u8>>, Loan>,
    settings: Settings,
    slots: Positions<64>,
    leftover: Vec<u8>,
}

/// An event without borrows.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    Interim(RequestId, u16),
    Response(RequestId, u16, String),
    Data(String),
    End(usize),
    NeedData,
    Malformed(Offence),
    Upgraded,
    Closed,
}

impl Peer {
    fn new() -> Self {
        let settings = Settings::default();
        let mut client = Client::new();
        client.lend(Box::new(Store::new(&settings)));
        Self { client, settings, slots: Positions::new(), leftover: Vec::new() }
    }

    #[track_caller]
    fn ask(&mut self, method: &str) -> RequestId {
        self.try_ask(method, "").expect("may be asked")
    }

    fn try_ask(&mut self, method: &str, fields: &str) -> Result<RequestId, ApiMisuse> {
        let target = if method == "CONNECT" { "h:1" } else { "/" };
        let head = format!("{method} {target} HTTP/1.1\r\nHost: h:1\r\n{fields}\r\n");
        self.client.request(&RequestHead::new(head.as_bytes()).expect("a head"), Content::None)
    }

    fn output(&mut self) -> String {
        let mut wire = Vec::new();
        while self.client.wants_write() {
            let mut out = [&[][..]; 4];
            let count = self.client.poll_transmit(&mut out);
            out[..count].iter().for_each(|slice| wire.extend_from_slice(slice));
            let sent = out[..count].iter().map(|slice| slice.len()).sum();
            self.client.transmitted(sent);
        }
        String::from_utf8(wire).expect("text")
    }

    fn receive(&mut self, octets: &str) -> Vec<Seen> {
        self.leftover.extend_from_slice(octets.as_bytes());
        let mut seen = Vec::new();
        loop {
            let mut burst = Burst::new(&self.leftover);
            let event = self.client.receive(&self.settings, &mut burst, &mut self.slots);
            let event = own(event);
            let consumed = burst.consumed();
            self.leftover.drain(..consumed);
            match event {
                Seen::NeedData => return seen,
                Seen::Malformed(_) | Seen::Upgraded | Seen::Closed => {
                    seen.push(event);
                    return seen;
                }
                event => seen.push(event),
            }
        }
    }

    fn replay(&mut self) -> Vec<(RequestId, bool)> {
        std::iter::from_fn(|| self.client.unanswered())
            .map(|one| (one.id, one.may_replay))
            .collect()
    }
}

fn own(event: Event<'_, '_>) -> Seen {
    match event {
        Event::Interim { id, response } => Seen::Interim(id, response.code()),
        Event::Response { id, response, content, .. } => {
            let content = match content {
                Incoming::Whole(content) => String::from_utf8_lossy(content).into_owned(),
                Incoming::Streaming(_) => "...".to_owned(),
                Incoming::None => String::new(),
            };
            Seen::Response(id, response.code(), content)
        }
        Event::Data(data) => Seen::Data(String::from_utf8_lossy(data).into_owned()),
        Event::EndOfMessage { trailers } => Seen::End(trailers.map_or(0, |fields| fields.len())),
        Event::NeedData => Seen::NeedData,
        Event::Malformed(offence) => Seen::Malformed(offence),
        Event::Upgraded => Seen::Upgraded,
        Event::Closed => Seen::Closed,
        other => panic!("{other:?}"),
    }
}

const EMPTY: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

fn done(id: RequestId) -> Seen {
    Seen::Response(id, 200, String::new())
}

#[test]
fn an_idle_client_is_small() {
    assert!(size_of::<Client<Vec<u8>>>() <= 128, "{}", size_of::<Client<Vec<u8>>>());
}

#[test]
fn requests_leave_in_one_slice_with_their_framing() {
    let mut peer = Peer::new();
    peer.client.pipeline_any_method();
    peer.ask("GET");
    peer.ask("POST");
    let head = RequestHead::new(b"PUT /x HTTP/1.1\r\nHost: h\r\nTE: trailers\r\n\r\n").unwrap();
    peer.client.request(&head, Content::Copied(b"hello")).unwrap();
    let mut out = [&[][..]; 4];
    assert_eq!(peer.client.poll_transmit(&mut out), 1);
    let expected = "GET / HTTP/1.1\r\nHost: h:1\r\n\r\n\
                    POST / HTTP/1.1\r\nHost: h:1\r\nContent-Length: 0\r\n\r\n\
                    PUT /x HTTP/1.1\r\nHost: h\r\nTE: trailers\r\nContent-Length: 5\r\n\
                    Connection: TE\r\n\r\nhello";
    assert_eq!(peer.output(), expected);
}

#[test]
fn responses_are_matched_in_order() {
    let mut peer = Peer::new();
    let ids = [peer.ask("GET"), peer.ask("HEAD"), peer.ask("DELETE"), peer.ask("GET")];
    peer.output();
    let octets = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi\
                  HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\
                  HTTP/1.1 204 No Content\r\n\r\n\
                  HTTP/1.1 103 Early Hints\r\n\r\n\
                  HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nSum: 1\r\n\r\n";
    let seen = peer.receive(octets);
    let expected = [
        Seen::Response(ids[0], 200, "hi".into()),
        Seen::Response(ids[1], 200, String::new()),
        Seen::Response(ids[2], 204, String::new()),
        Seen::Interim(ids[3], 103),
        Seen::Response(ids[3], 200, "...".into()),
        Seen::Data("ab".into()),
        Seen::End(1),
    ];
    assert_eq!(seen, expected);
    assert_eq!(peer.client.in_flight(), 0);
    assert!(peer.client.reclaim().is_some());
}

#[test]
fn nothing_is_pipelined_behind_a_method_that_is_not_idempotent() {
    let mut peer = Peer::new();
    let (get, post) = (peer.ask("GET"), peer.ask("POST"));
    assert_eq!(peer.try_ask("GET", ""), Err(ApiMisuse::MustWait));
    peer.output();
    assert_eq!(peer.receive(&EMPTY.repeat(2)), [done(get), done(post)]);
    peer.ask("GET");
}

#[test]
fn nothing_is_pipelined_behind_an_offer_or_a_tunnel() {
    for (method, fields) in [("GET", "Upgrade: x\r\n"), ("CONNECT", "")] {
        let mut peer = Peer::new();
        peer.try_ask(method, fields).unwrap();
        assert!(!peer.client.wants_request());
        assert_eq!(peer.try_ask("GET", ""), Err(ApiMisuse::MustWait));
    }
}

#[test]
fn bounds_hold_requests_back() {
    let mut peer = Peer::new();
    peer.settings.requests_in_flight = 2;
    peer.client = Client::new();
    peer.client.lend(Box::new(Store::new(&peer.settings)));
    peer.ask("GET");
    assert!(peer.client.wants_request());
    peer.ask("GET");
    assert!(!peer.client.wants_request());
    assert_eq!(peer.try_ask("GET", ""), Err(ApiMisuse::Full));
}

#[test]
fn content_in_pieces() {
    let mut peer = Peer::new();
    let head = RequestHead::new(b"POST / HTTP/1.1\r\nHost: h\r\n\r\n").unwrap();
    let stream = peer.client.start(&head, Length::Unknown).unwrap();
    assert_eq!(peer.try_ask("GET", ""), Err(ApiMisuse::MustWait));
    peer.client.send(&stream, Content::Copied(b"hello")).unwrap();
    peer.client.send(&stream, Content::Owned(b"world!".to_vec())).unwrap();
    let id = stream.id();
    peer.client.finish(stream, &[Field { name: b"Sum", value: b"1" }]).unwrap();
    let expected = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n\
                    5\r\nhello\r\n6\r\nworld!\r\n0\r\nSum: 1\r\n\r\n";
    assert_eq!(peer.output(), expected);
    assert_eq!(peer.receive(EMPTY), [done(id)]);

    let stream = peer.client.start(&head, Length::Exact(3)).unwrap();
    assert_eq!(peer.client.send(&stream, Content::Copied(b"1234")), Err(ApiMisuse::TooLong));
    assert_eq!(peer.client.finish(stream, &[]).unwrap_err().why, ApiMisuse::Gone);
    assert!(!peer.client.wants_request());
}

#[test]
fn a_response_before_its_request_is_complete_is_the_last() {
    let mut peer = Peer::new();
    let head = RequestHead::new(b"POST / HTTP/1.1\r\nHost: h\r\n\r\n").unwrap();
    let stream = peer.client.start(&head, Length::Exact(3)).unwrap();
    peer.output();
    assert_eq!(peer.receive(EMPTY), [done(stream.id()), Seen::Closed]);
    assert_eq!(peer.client.send(&stream, Content::Copied(b"12")), Err(ApiMisuse::Gone));
    assert!(!peer.client.wants_read());
    assert_eq!(peer.replay(), []);
}

#[test]
fn an_upgrade_ends_http() {
    let mut peer = Peer::new();
    let id = peer.try_ask("GET", "Upgrade: x\r\n").unwrap();
    assert!(peer.output().ends_with("Upgrade: x\r\nConnection: upgrade\r\n\r\n"));
    let seen = peer.receive(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n\0x",
    );
    assert_eq!(seen, [Seen::Response(id, 101, String::new()), Seen::Upgraded]);
    assert_eq!(peer.leftover, b"\0x");
    assert_eq!(peer.try_ask("GET", ""), Err(ApiMisuse::Gone));

    let mut peer = Peer::new();
    let id = peer.ask("CONNECT");
    peer.output();
    let seen = peer.receive("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    assert_eq!(seen, [Seen::Response(id, 200, String::new()), Seen::Upgraded]);
    assert_eq!(peer.leftover, b"hello");
}

/// RFC 9112 sections 5.1 and 5.2: refused by default, and mended where the settings say so.
#[test]
fn folds_and_spaces_before_colons() {
    let octets = "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length :\r\n\t2\r\n\r\nhi\
                  HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nSum : 1,\r\n 2\r\n\r\n";
    let mut strict = Peer::new();
    strict.ask("GET");
    strict.output();
    let Seen::Malformed(Offence::Head(error)) = &strict.receive(octets)[0] else { panic!() };
    assert_eq!((error.kind(), error.offset()), (ErrorKind::ObsFold, 23));

    let mut peer = Peer::new();
    peer.settings.parser = Config::CLIENT_RESPONSE;
    let (a, b) = (peer.ask("GET"), peer.ask("GET"));
    peer.output();
    let mut burst = Burst::new(octets.as_bytes());
    match peer.client.receive(&peer.settings, &mut burst, &mut peer.slots) {
        Event::Response { id, response, content: Incoming::Whole(b"hi"), .. } => {
            let mut pieces = response.fields().iter().next().unwrap().unfolded();
            assert_eq!((id, pieces.next(), pieces.next()), (a, Some(&b"b"[..]), Some(&b"c"[..])));
        }
        other => panic!("{other:?}"),
    }
    let event = peer.client.receive(&peer.settings, &mut burst, &mut peer.slots);
    assert!(matches!(event, Event::Response { id, .. } if id == b));
    match peer.client.receive(&peer.settings, &mut burst, &mut peer.slots) {
        Event::EndOfMessage { trailers: Some(trailers) } => {
            let mut buffer = [0; 16];
            let value = unfold(trailers.get("Sum").unwrap(), &mut buffer);
            assert_eq!(value, Some(&b"1, 2"[..]));
        }
        other => panic!("{other:?}"),
    }
    assert!(burst.rest().is_empty());
}

/// RFC 9110 section 9.3.6.
#[test]
fn connect_takes_no_content() {
    let mut peer = Peer::new();
    let head = RequestHead::new(b"CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n").unwrap();
    for content in [Content::Copied(&b"a"[..]), Content::Copied(b""), Content::Owned(vec![b'a'])] {
        let refused = peer.client.request(&head, content);
        assert_eq!(refused, Err(ApiMisuse::ConnectContent));
    }
    for length in [Length::Exact(0), Length::Exact(1), Length::Unknown] {
        assert_eq!(peer.client.start(&head, length), Err(ApiMisuse::ConnectContent));
    }
    assert_eq!((peer.client.in_flight(), peer.output()), (0, String::new()));
    peer.client.request(&head, Content::None).unwrap();
    assert_eq!(peer.output(), "CONNECT h:1 HTTP/1.1\r\nHost: h\r\n\r\n");
}

#[test]
fn what_a_server_may_not_do() {
    for (octets, expected) in [
        (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n".to_owned(),
            Offence::UpgradeUnasked,
        ),
        ("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(17), Offence::TooManyInterim),
        ("HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n".to_owned(), Offence::ContentTooLarge),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n200000\r\n".to_owned(),
            Offence::ContentTooLarge,
        ),
        (EMPTY.to_owned() + "H", Offence::Unasked),
    ] {
        let mut peer = Peer::new();
        peer.ask("GET");
        peer.output();
        assert_eq!(peer.receive(&octets).last(), Some(&Seen::Malformed(expected)));
        assert_eq!(peer.receive(""), [Seen::Closed]);
    }
    let mut peer = Peer::new();
    peer.ask("GET");
    peer.output();
    let both =
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    assert!(matches!(peer.receive(both)[..], [Seen::Malformed(Offence::Head(_))]));
}

#[test]
fn interim_responses_are_bounded_by_the_highest_number_too() {
    for bound in [0, 1, 254, 255] {
        let mut peer = Peer::new();
        peer.settings.interim = bound;
        let id = peer.ask("GET");
        peer.output();
        let seen = peer.receive(&"HTTP/1.1 103 Early Hints\r\n\r\n".repeat(600));
        let (last, before) = seen.split_last().expect("events");
        assert_eq!(before, vec![Seen::Interim(id, 103); usize::from(bound)]);
        assert_eq!(last, &Seen::Malformed(Offence::TooManyInterim));
    }
}

#[test]
fn nothing_answers_a_request_that_has_not_left() {
    let mut peer = Peer::new();
    let id = peer.ask("GET");
    assert_eq!(peer.receive(EMPTY), [Seen::Malformed(Offence::Unasked)]);
    assert_eq!(peer.replay(), [(id, true)]);

    let mut peer = Peer::new();
    let first = peer.ask("GET");
    peer.output();
    let second = peer.ask("GET");
    let seen = peer.receive(&EMPTY.repeat(2));
    assert_eq!(seen, [done(first), Seen::Malformed(Offence::Unasked)]);
    assert_eq!(peer.replay(), [(second, true)]);
}

#[test]
fn content_until_the_end_is_complete_and_any_other_is_not() {
    let mut peer = Peer::new();
    let id = peer.ask("GET");
    peer.output();
    let seen = peer.receive("HTTP/1.1 200 OK\r\n\r\nhello");
    assert_eq!(seen, [Seen::Response(id, 200, "...".into()), Seen::Data("hello".into())]);
    assert_eq!(own(peer.client.receive_eof()), Seen::End(0));
    assert_eq!(peer.replay(), []);

    for cut in ["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello", "HTTP/1.1 200"] {
        let mut peer = Peer::new();
        let id = peer.ask("GET");
        peer.output();
        peer.receive(cut);
        assert_eq!(own(peer.client.receive_eof()), Seen::Malformed(Offence::Truncated));
        assert_eq!(peer.replay(), [(id, true)]);
    }
}

#[test]
fn what_may_be_sent_again() {
    let mut peer = Peer::new();
    peer.client.pipeline_any_method();
    let [a, b, c] = [peer.ask("GET"), peer.ask("GET"), peer.ask("POST")];
    peer.output();
    let d = peer.ask("POST");
    assert_eq!(peer.receive(EMPTY), [done(a)]);
    assert_eq!(own(peer.client.receive_eof()), Seen::Closed);
    // The last one is not idempotent, but has never left.
    assert_eq!(peer.replay(), [(b, true), (c, false), (d, true)]);
    assert!(peer.client.reclaim().is_some());

    // It failed: the next connection waits for a response before it pipelines.
    peer.client = peer.client.successor();
    peer.client.lend(Box::new(Store::new(&peer.settings)));
    let b = peer.ask("GET");
    assert_eq!(peer.try_ask("GET", ""), Err(ApiMisuse::MustWait));
    peer.output();
    assert_eq!(peer.receive(EMPTY), [done(b)]);
    peer.ask("GET");
    peer.ask("GET");
}

#[test]
fn a_server_that_says_close_did_not_fail() {
    let mut peer = Peer::new();
    let [a, b] = [peer.ask("GET"), peer.ask("GET")];
    peer.output();
    let last = EMPTY.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
    assert_eq!(peer.receive(&last), [done(a), Seen::Closed]);
    assert_eq!(peer.replay(), [(b, true)]);
    peer.client = peer.client.successor();
    peer.client.lend(Box::new(Store::new(&peer.settings)));
    peer.ask("GET");
    peer.ask("GET");
}

/// Whether the next connection's client waits for a response before it pipelines.
fn successor_waits(peer: &mut Peer) -> bool {
    peer.replay();
    peer.client = peer.client.successor();
    peer.client.lend(Box::new(Store::new(&peer.settings)));
    peer.ask("GET");
    !peer.client.wants_request()
}

#[test]
fn a_server_that_says_close_and_does_not_complete_its_response_failed() {
    let cut = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 9\r\n\r\nhello";
    // The end comes from the server, from an offence, or from here.
    for end in 0..3 {
        let mut peer = Peer::new();
        peer.ask("GET");
        peer.ask("GET");
        peer.output();
        if end == 1 {
            let chunks = "Transfer-Encoding: chunked\r\n\r\nx";
            let seen = peer.receive(&cut.replace("Content-Length: 9\r\n\r\nhello", chunks));
            assert!(matches!(seen[..], [Seen::Response(..), Seen::Malformed(_)]), "{seen:?}");
        } else {
            peer.receive(cut);
        }
        if end == 0 {
            assert_eq!(own(peer.client.receive_eof()), Seen::Malformed(Offence::Truncated));
        }
        assert!(successor_waits(&mut peer), "{end}");
    }
    let mut peer = Peer::new();
    peer.ask("GET");
    peer.ask("GET");
    peer.output();
    peer.receive("HTTP/1.1 200 OK\r\n\r\nhello");
    assert_eq!(own(peer.client.receive_eof()), Seen::End(0));
    assert!(!successor_waits(&mut peer));
}

#[test]
fn what_may_be_sent_again_does_not_leave_here() {
    let mut peer = Peer::new();
    let id = peer.ask("POST");
    assert_eq!(peer.client.unanswered().map(|one| (one.id, one.may_replay)), Some((id, true)));
    assert!(!peer.client.wants_write());
    assert_eq!(peer.output(), "");
}

#[test]
fn the_response_to_a_request_broken_off_is_the_last() {
    let head = RequestHead::new(b"POST / HTTP/1.1\r\nHost: h\r\n\r\n").unwrap();
    let mut peer = Peer::new();
    let first = peer.ask("GET");
    let stream = peer.client.start(&head, Length::Exact(3)).unwrap();
    let second = stream.id();
    peer.output();
    peer.client.abort(stream).unwrap();
    assert_eq!(peer.receive(EMPTY), [done(first)]);
    assert_eq!(peer.receive(EMPTY), [done(second), Seen::Closed]);
    assert!(!peer.client.wants_read());
}

#[test]
fn a_request_is_finished_before_the_new_protocol_begins() {
    let head = RequestHead::new(b"POST / HTTP/1.1\r\nHost: h\r\nUpgrade: x\r\n\r\n").unwrap();
    let mut peer = Peer::new();
    let stream = peer.client.start(&head, Length::Exact(5)).unwrap();
    peer.output();
    let id = stream.id();
    let switch = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n";
    let expected = [Seen::Response(id, 101, String::new()), Seen::Upgraded];
    assert_eq!(peer.receive(switch), expected);
    assert!(peer.client.reclaim().is_none());
    assert_eq!(peer.client.send(&stream, Content::Copied(b"hello")), Ok(()));
    assert!(peer.client.finish(stream, &[]).is_ok());
    assert_eq!(peer.output(), "hello");
    assert_eq!(peer.try_ask("GET", ""), Err(ApiMisuse::Gone));
    assert!(peer.client.reclaim().is_some());
}

#[test]
fn heads_that_could_be_understood_in_two_ways_are_refused() {
    for (head, owned) in [
        ("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", true),
        ("GET / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n", true),
        ("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", true),
        ("GET / HTTP/1.0\r\nHost: h\r\n\r\n", true),
        ("GET / HTTP/1.1\r\n\r\n", false),
        ("GET / HTTP/1.1\r\nHost: h\r\n", false),
        ("GET / HTTP/1.1\r\nHost: h\r\n\r\nG", false),
        ("GET / HTTP/1.1\nHost: h\r\n\r\n", false),
    ] {
        let error = RequestHead::new(head.as_bytes()).unwrap_err();
        assert_eq!(error == RequestError::Owned, owned, "{head:?}: {error}");
    }
}
