//! What a client asks to open a WebSocket, and which answers it takes.

use proptest::prelude::*;
use rajada_parser::encode::EncodeError;
use rajada_parser::{Config, Positions, Resume, Status};
use rajada_pipeline::client::RequestHead;
use rajada_pipeline::websocket::{
    Address, AddressError, AnswerError, Handshake, Key, Opening, OpeningError,
};

const SAMPLE: [u8; 16] = *b"the sample nonce";
const ACCEPT: &[u8; 28] = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
const GOOD: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\n\
                    Connection: keep-alive, Upgrade\r\n\
                    Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
                    Sec-WebSocket-Protocol: chat\r\n\
                    Sec-WebSocket-Extensions: permessage-deflate; x=\"1\", other\r\n\r\n";

/// The request to an address, as text.
fn asks(uri: &str) -> String {
    let (address, key) = (Address::parse(uri).unwrap(), Key::new(SAMPLE));
    let mut buffer = [0; 512];
    let octets = Opening::new(&address, &key).request(&mut buffer).unwrap();
    String::from_utf8(octets.to_vec()).unwrap()
}

/// What a handshake with offers makes of the good answer with `to` in place of `from`: protocol and extensions.
#[track_caller]
fn with(from: &str, to: &str) -> Result<(Option<String>, usize), AnswerError> {
    assert!(GOOD.contains(from));
    let answer = GOOD.replacen(from, to, 1);
    let (address, key) = (Address::parse("ws://h").unwrap(), Key::new(SAMPLE));
    let opening = Opening::new(&address, &key)
        .protocols("soap, chat")
        .extensions("permessage-deflate; y, permessage-deflate, other");
    judge(&answer, &opening)
}

fn judge(answer: &str, opening: &Opening<'_>) -> Result<(Option<String>, usize), AnswerError> {
    let mut slots = Positions::<16>::new();
    let parsed = Config::STRICT.parse_response(answer.as_bytes(), &mut Resume::new(), &mut slots);
    let Ok(Status::Complete(response, _)) = parsed else { panic!("{parsed:?}") };
    opening.check(&response, ACCEPT).map(|accepted| {
        let protocol = accepted.protocol().map(|it| String::from_utf8_lossy(it).into());
        (protocol, accepted.extensions().count())
    })
}

#[test]
fn keys_are_base64() {
    for (octets, expected) in [
        (SAMPLE, "dGhlIHNhbXBsZSBub25jZQ=="),
        ([0; 16], "AAAAAAAAAAAAAAAAAAAAAA=="),
        ([0xFF; 16], "/////////////////////w=="),
        // RFC 6455 section 4.1, whose last symbol is one that no encoder makes.
        (core::array::from_fn(|at| at as u8 + 1), "AQIDBAUGBwgJCgsMDQ4PEA=="),
    ] {
        assert_eq!(core::str::from_utf8(Key::new(octets).octets()), Ok(expected));
    }
    for factor in [1, 37, 101, 251] {
        let octets = core::array::from_fn(|at| (at * factor) as u8 ^ 0xB5);
        assert_eq!(decode(Key::new(octets).octets()), octets);
    }
}

/// Base64 of 16 octets, symbol by symbol.
fn decode(text: &[u8; 24]) -> [u8; 16] {
    let value = |symbol: u8| match symbol {
        b'A'..=b'Z' => symbol - b'A',
        b'a'..=b'z' => symbol - b'a' + 26,
        b'0'..=b'9' => symbol - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => panic!("{symbol}"),
    };
    let mut bits = Vec::new();
    for symbol in &text[..22] {
        bits.extend((0..6).rev().map(|bit| value(*symbol) >> bit & 1));
    }
    assert_eq!(bits[128..], [0; 4]);
    core::array::from_fn(|at| bits[8 * at..8 * at + 8].iter().fold(0, |all, bit| all << 1 | bit))
}

#[test]
fn the_request_is_what_servers_want() {
    let sent = "GET /chat?a=%20 HTTP/1.1\r\nHost: h:81\r\nUpgrade: websocket\r\n\
                Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                Connection: Upgrade\r\n\r\n";
    assert_eq!(asks("ws://h:81/chat?a=%20"), sent);
    let mut slots = Positions::<16>::new();
    let parsed = Config::STRICT.parse_request(sent.as_bytes(), &mut Resume::new(), &mut slots);
    let Ok(Status::Complete(request, _)) = parsed else { panic!("{parsed:?}") };
    assert!(matches!(Handshake::of(&request), Ok(Some(_))));
}

#[test]
fn targets_and_hosts_are_written_as_they_must_be() {
    for (uri, line, host) in [
        ("ws://h", "GET / ", "h"),
        ("ws://h/", "GET / ", "h"),
        ("ws://h?", "GET /? ", "h"),
        ("ws://h?a=/&b=?", "GET /?a=/&b=? ", "h"),
        ("WS://h:80/x", "GET /x ", "h"),
        ("ws://h:443/x", "GET /x ", "h:443"),
        ("WsS://h:443//", "GET // ", "h"),
        ("wss://h:80", "GET / ", "h:80"),
        ("ws://h:/x", "GET /x ", "h"),
        ("ws://127.0.0.1:9001/a;b=(1)", "GET /a;b=(1) ", "127.0.0.1:9001"),
        ("ws://[::1]", "GET / ", "[::1]"),
        ("ws://[::1]:80?x", "GET /?x ", "[::1]"),
        ("wss://[2001:db8::7]:8443/x", "GET /x ", "[2001:db8::7]:8443"),
    ] {
        let asks = asks(uri);
        assert!(asks.starts_with(line), "{uri}: {asks}");
        assert!(asks.contains(&format!("\r\nHost: {host}\r\n")), "{uri}: {asks}");
    }
}

#[test]
fn addresses_tell_where_to_connect() {
    for (uri, host, port, is_secure) in [
        ("ws://h", "h", 80, false),
        ("wss://h", "h", 443, true),
        ("wss://[::1]:1/x", "::1", 1, true),
        ("ws://a.b:65535?x", "a.b", 65535, false),
    ] {
        let address = Address::parse(uri).unwrap();
        assert_eq!((address.host(), address.port()), (host, port), "{uri}");
        assert_eq!(address.is_secure(), is_secure, "{uri}");
    }
}

#[test]
fn what_is_no_address_is_told() {
    use AddressError::{Fragment, Host, Port, Resource, Scheme, UserInfo};
    for (uri, expected) in [
        ("", Scheme),
        ("h", Scheme),
        ("http://h", Scheme),
        ("wsss://h", Scheme),
        ("ws:h", Scheme),
        ("ws:/h", Scheme),
        (" ws://h", Scheme),
        ("ws://h/#", Fragment),
        ("ws://h#x", Fragment),
        ("ws://a:b@h", UserInfo),
        ("ws://@h", UserInfo),
        ("ws://", Host),
        ("ws:///x", Host),
        ("ws://:80", Host),
        ("ws://::1", Host),
        ("ws://[::1", Host),
        ("ws://[]", Host),
        ("ws://[::1]x", Host),
        ("ws://[::1%25eth0]", Host),
        ("ws://[127.0.0.1]", Host),
        ("ws://a b", Host),
        ("ws://a,b", Host),
        ("ws://a\r\nb", Host),
        ("ws://a%2", Host),
        ("ws://münchen", Host),
        ("ws://h:0", Port),
        ("ws://h:080", Port),
        ("ws://h:65536", Port),
        ("ws://h:+1", Port),
        ("ws://h:1:2", Port),
        ("ws://[::1]:x", Port),
        ("ws://h/a b", Resource),
        ("ws://h/a\r\nX: y", Resource),
        ("ws://h/%", Resource),
        ("ws://h/%g0", Resource),
        ("ws://h?\"", Resource),
        ("ws://h/\u{e4}", Resource),
        ("ws://h?\\", Resource),
    ] {
        assert_eq!(Address::parse(uri), Err(expected), "{uri:?}");
    }
}

#[test]
fn a_buffer_of_any_length_is_filled_or_too_short() {
    for uri in ["ws://h?query", "ws://h/path"] {
        let (address, key) = (Address::parse(uri).unwrap(), Key::new(SAMPLE));
        let opening = Opening::new(&address, &key);
        let whole = asks(uri);
        let lengths: Vec<bool> = (0..300)
            .map(|length| match opening.request(&mut vec![0; length]) {
                Ok(octets) => {
                    assert_eq!(octets, whole.as_bytes());
                    true
                }
                Err(error) => {
                    assert_eq!(error, OpeningError::Encode(EncodeError::BufferTooShort));
                    false
                }
            })
            .collect();
        assert!(lengths.is_sorted() && !lengths[0] && lengths[299]);
    }
}

#[test]
fn offers_are_lists() {
    let (address, key) = (Address::parse("ws://h").unwrap(), Key::new(SAMPLE));
    let opening = Opening::new(&address, &key);
    let mut buffer = [0; 512];
    for wrong in [" ", ",", "a b", "a, a", "a;b", "\"a\"", "a, \"", "a\r\nX: y", "\u{e4}"] {
        let asked = opening.protocols(wrong).request(&mut buffer);
        assert_eq!(asked, Err(OpeningError::Protocols), "{wrong:?}");
    }
    for wrong in ["a b", "a;=1", "a;b=\"", "\"a\"", "a\r\nX: y"] {
        let asked = opening.extensions(wrong).request(&mut buffer);
        assert_eq!(asked, Err(OpeningError::Extensions), "{wrong:?}");
    }
    let asked = opening.protocols("a, A").extensions("a; b=1; c=\"2, 3\", a").request(&mut buffer);
    let asked = String::from_utf8(asked.unwrap().to_vec()).unwrap();
    assert!(asked.contains("\r\nSec-WebSocket-Protocol: a, A\r\n"), "{asked}");
    assert!(asked.contains("\r\nSec-WebSocket-Extensions: a; b=1; c=\"2, 3\", a\r\n"), "{asked}");
}

#[test]
fn a_client_of_the_pipeline_sends_it() {
    let (address, key) = (Address::parse("ws://h?x").unwrap(), Key::new(SAMPLE));
    let mut buffer = [0; 512];
    let mut head = Opening::new(&address, &key).head(&mut buffer).unwrap();
    head.field("Origin", b"http://h").unwrap();
    let head = head.finish().unwrap();
    assert!(RequestHead::new(head).is_ok());
}

#[test]
fn an_answer_in_order() {
    let chat = |extensions| Ok((Some("chat".into()), extensions));
    assert_eq!(with("", ""), chat(2));
    assert_eq!(with("WebSocket\r\n", ", websocket ,\r\n"), chat(2));
    assert_eq!(with("keep-alive, Upgrade", "x\r\nconnection: UPGRADE"), chat(2));
    assert_eq!(with(", other", "\r\nsec-websocket-extensions: other"), chat(2));
    assert_eq!(with("permessage-deflate; x=\"1\", other", ""), chat(0));
    assert_eq!(with("Sec-WebSocket-Protocol: chat\r\n", ""), Ok((None, 2)));
}

#[test]
fn each_offence_of_an_answer_has_its_name() {
    use AnswerError::*;
    let accept = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
    let twice = format!("{accept}{accept}");
    for (from, to, expected) in [
        ("101", "200", Status(200)),
        ("101", "301", Status(301)),
        ("101", "100", Status(100)),
        ("HTTP/1.1", "HTTP/1.0", Version),
        ("Upgrade: WebSocket\r\n", "", Upgrade),
        ("WebSocket", "websocket/13", Upgrade),
        ("WebSocket", "\"websocket\"", Upgrade),
        ("WebSocket", "h2c", Upgrade),
        ("WebSocket", "websocket, h2c", Upgrade),
        ("WebSocket", "websocket\r\nUpgrade: websocket", Upgrade),
        ("keep-alive, Upgrade", "keep-alive", Connection),
        ("keep-alive, Upgrade", "\"upgrade\"", Connection),
        (accept, "", AcceptMissing),
        (accept, &twice, AcceptRepeated),
        ("xOo=", "xOo", AcceptWrong),
        ("xOo=", "xOp=", AcceptWrong),
        ("xOo=", "xOO=", AcceptWrong),
        ("xOo=", "xOo=, x", AcceptWrong),
        (": chat", ": Chat", ProtocolNotOffered),
        (": chat", ": soap, chat", ProtocolNotOffered),
        (": chat", ":", ProtocolNotOffered),
        (": chat", ": chat\r\nSec-WebSocket-Protocol: chat", ProtocolRepeated),
        (", other", ", another", ExtensionNotOffered),
        (", other", ", Other", ExtensionNotOffered),
        (", other", ", other, other", ExtensionRepeated),
        (", other", ", other, permessage-deflate", ExtensionRepeated),
        (", other", ", other; \"", ExtensionMalformed),
        (", other", ", oth er", ExtensionMalformed),
        (", other", ", other;=1", ExtensionMalformed),
    ] {
        assert_eq!(with(from, to), Err(expected), "{to}");
    }
}

#[test]
fn nothing_is_taken_that_was_not_offered() {
    let (address, key) = (Address::parse("ws://h").unwrap(), Key::new(SAMPLE));
    let opening = Opening::new(&address, &key);
    assert_eq!(judge(GOOD, &opening), Err(AnswerError::ProtocolNotOffered));
    let opening = opening.protocols("chat");
    assert_eq!(judge(GOOD, &opening), Err(AnswerError::ExtensionNotOffered));
}

/// What URIs are made of, and what they are not.
fn uri() -> impl Strategy<Value = String> {
    const PARTS: &[&str] = &[
        "ws://", "wss://", "h", "a.b", "[::1]", "[", "]", ":", "80", "443", "9001", "/", "?", "#",
        "@", "%20", "%", "=", " ", "\r\n", "\u{e4}", "\0",
    ];
    proptest::collection::vec(proptest::sample::select(PARTS), 0..10)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn an_address_makes_a_request_that_says_the_same(uri in uri(), secure in any::<bool>()) {
        let uri = format!("{}{uri}", if secure { "wss://h" } else { "ws://h" });
        let Ok(address) = Address::parse(&uri) else { return Ok(()) };
        let (key, mut buffer) = (Key::new(SAMPLE), [0; 512]);
        let octets = Opening::new(&address, &key).request(&mut buffer).unwrap();
        let mut slots = Positions::<16>::new();
        let parsed = Config::STRICT.parse_request(octets, &mut Resume::new(), &mut slots);
        let Ok(Status::Complete(request, taken)) = parsed else { panic!("{uri}: {parsed:?}") };
        prop_assert_eq!(taken, octets.len());
        prop_assert!(matches!(Handshake::of(&request), Ok(Some(it)) if it.key() == key.octets()));
        let host = request.fields().get("host").unwrap();
        prop_assert_eq!(host, address.authority().as_bytes());
        // The URI again, but for the port that goes without saying.
        let scheme = if address.is_secure() { "wss" } else { "ws" };
        let text = core::str::from_utf8(host).unwrap();
        let again = format!("{scheme}://{text}{}", core::str::from_utf8(request.target()).unwrap());
        let again = Address::parse(&again).unwrap();
        prop_assert_eq!((again.host(), again.port()), (address.host(), address.port()));
        prop_assert_eq!(again.authority(), address.authority());
        prop_assert!(uri.ends_with(&again_resource(request.target())));
    }

    #[test]
    fn only_what_has_all_parts_is_accepted(lines in proptest::collection::vec(0usize..12, 0..10)) {
        const LINES: [&str; 12] = [
            "Upgrade: websocket",
            "Upgrade: h2c",
            "Connection: Upgrade",
            "Connection: close",
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOp=",
            "Sec-WebSocket-Protocol: chat",
            "Sec-WebSocket-Protocol: other",
            "Sec-WebSocket-Extensions: x",
            "Sec-WebSocket-Extensions: y; z",
            "Sec-WebSocket-Extensions: w",
            "Server: any",
        ];
        let count = |line: usize| lines.iter().filter(|it| **it == line).count();
        let fields: String = lines.iter().map(|line| format!("{}\r\n", LINES[*line])).collect();
        let answer = format!("HTTP/1.1 101 Switching Protocols\r\n{fields}\r\n");
        let (address, key) = (Address::parse("ws://h").unwrap(), Key::new(SAMPLE));
        let opening = Opening::new(&address, &key).protocols("chat").extensions("x, y");
        let expected = (count(0), count(1)) == (1, 0)
            && count(2) > 0
            && (count(4), count(5)) == (1, 0)
            && count(6) <= 1
            && count(7) == 0
            && count(8) <= 1
            && count(9) <= 1
            && count(10) == 0;
        prop_assert_eq!(judge(&answer, &opening).is_ok(), expected, "{}", answer);
    }
}

/// A target, as far as it stands in the URI.
fn again_resource(target: &[u8]) -> String {
    let target = String::from_utf8(target.to_vec()).unwrap();
    match target.strip_prefix('/') {
        Some(rest) if rest.is_empty() || rest.starts_with('?') => rest.to_owned(),
        _ => target,
    }
}
