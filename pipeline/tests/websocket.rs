//! Which requests are an opening handshake of WebSocket, and what is said of those that are not.

mod common;

use common::{Connection, Seen, answered, get};
use rajada_parser::list;
use rajada_parser::{Config, Leniency, Positions, Resume, Status};
use rajada_pipeline::Offence;
use rajada_pipeline::websocket::{Handshake, Refusal};

const GOOD: &str = "GET /chat?room=1 HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\n\
                    Upgrade: other/2, WebSocket\r\nSec-WebSocket-Version: 13\r\n\
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

type Judged<'j> = Result<Option<Handshake<'j, 'j>>, Refusal>;

fn judge<T>(octets: &str, judged: impl FnOnce(Judged<'_>) -> T) -> T {
    let mut slots = Positions::<16>::new();
    match Config::STRICT.parse_request(octets.as_bytes(), &mut Resume::new(), &mut slots) {
        Ok(Status::Complete(request, _)) => judged(Handshake::of(&request)),
        other => panic!("{other:?}"),
    }
}

/// What the good handshake is judged to be with `to` in place of `from`: its key, if it is one.
#[track_caller]
fn with(from: &str, to: &str) -> Result<Option<String>, Refusal> {
    assert!(GOOD.contains(from));
    judge(&GOOD.replacen(from, to, 1), |judged| {
        let key = |handshake: Handshake<'_, '_>| String::from_utf8_lossy(handshake.key()).into();
        judged.map(|found| found.map(key))
    })
}

#[test]
fn a_handshake_in_order() {
    assert_eq!(with("", ""), Ok(Some("dGhlIHNhbXBsZSBub25jZQ==".into())));
    let line = "Upgrade: other/2, WebSocket";
    assert!(
        with(line, "Upgrade: other/2\r\nupgrade:\t,WEBSOCKET ,").is_ok_and(|key| key.is_some())
    );
}

#[test]
fn another_protocol_or_none_is_not_judged() {
    for other in ["other/3", "", "websocket/13", "websockets", "\"websocket\""] {
        assert_eq!(with("WebSocket", other), Ok(None), "{other}");
    }
    assert_eq!(with("keep-alive, Upgrade", "keep-alive"), Ok(None));
    assert_eq!(with("HTTP/1.1", "HTTP/1.0"), Ok(None));
    assert!(judge(&get("/"), |judged| judged.is_ok_and(|found| found.is_none())));
}

/// Only space and tab stand around the elements of a list (RFC 9110 section 5.6.3).
#[test]
fn no_other_white_space_stands_around_a_protocol() {
    let line = "Upgrade: other/2, WebSocket";
    for white in [" ", "\t", " \t ", ", ,"] {
        let to = format!("Upgrade: other/2,{white}WebSocket{white}, b");
        assert!(with(line, &to).is_ok_and(|key| key.is_some()), "{white:?}");
    }
    for white in ["\u{a0}", "\u{85}", "\u{2000}", "\u{3000}", "\u{feff}"] {
        for other in [format!("{white}WebSocket"), format!("a,WebSocket{white}")] {
            assert_eq!(with(line, &format!("Upgrade: {other}")), Ok(None), "{other:?}");
        }
    }
    // Octets that no parser lets in here, and line ends, which a leniency does.
    for white in [&b"\x0c"[..], b"\x0b", b"\r\n ", b"\r", b"\n"] {
        let value = [b"a,", white, b"websocket"].concat();
        let octets = [
            b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade:",
            &value[..],
            b"\r\n\r\n",
        ];
        let octets = octets.concat();
        let lenient = Config::STRICT.with_leniency(Leniency { obs_fold: true, ..Leniency::NONE });
        let mut slots = Positions::<16>::new();
        match lenient.parse_request(&octets, &mut Resume::new(), &mut slots) {
            Ok(Status::Complete(request, _)) => {
                assert!(matches!(Handshake::of(&request), Ok(None)), "{}", octets.escape_ascii());
            }
            Ok(Status::Partial) => panic!("{}", octets.escape_ascii()),
            Err(_) => assert_ne!(white, b"\r\n "),
        }
    }
}

/// Quoted strings are opaque in every list, although no protocol has one.
#[test]
fn quotes_hide_protocols() {
    let line = "Upgrade: other/2, WebSocket";
    for hidden in ["\"a, websocket\"", "\"a\\\", websocket, \"", "a, \"websocket"] {
        assert_eq!(with(line, &format!("Upgrade: {hidden}")), Ok(None), "{hidden}");
    }
    for shown in ["\"a, b\", websocket", "websocket, \"a"] {
        let judged = with(line, &format!("Upgrade: {shown}"));
        assert!(judged.is_ok_and(|key| key.is_some()), "{shown}");
    }
}

#[test]
fn the_method_is_get() {
    for method in ["POST ", "HEAD ", "get "] {
        assert_eq!(with("GET ", method), Err(Refusal::Method), "{method}");
    }
}

#[test]
fn the_version_is_13_and_judged_before_the_key() {
    let (line, key) = ("Sec-WebSocket-Version: 13\r\n", "Sec-WebSocket-Key: dGhl");
    for other in ["8", "", "013", "13.0", "113", "13, 8", "8, 13", "13, 13"] {
        let to = format!("Sec-WebSocket-Version: {other}\r\n");
        assert_eq!(with(line, &to), Err(Refusal::Version), "{other}");
        assert_eq!(with(&[line, key].concat(), &[&to, key].concat()), Err(Refusal::Version));
        assert_eq!(
            with(&[line, key].concat(), &[&to, "Another: "].concat()),
            Err(Refusal::Version)
        );
    }
    assert_eq!(with(line, ""), Err(Refusal::Version));
    assert_eq!(with(line, &line.repeat(2)), Err(Refusal::VersionRepeated));
}

#[test]
fn the_key_is_16_octets_in_base64() {
    let key = "dGhlIHNhbXBsZSBub25jZQ==";
    let slashes = "/".repeat(21) + "w==";
    for other in ["AAAAAAAAAAAAAAAAAAAAAA==", "+/azAZ09+/azAZ09+/azAg==", &slashes] {
        assert_eq!(with(key, other), Ok(Some(other.into())));
    }
    for (wrong, why) in [
        ("", "none"),
        ("AAAAAAAAAAAAAAAAAAAA", "15 octets"),
        ("AAAAAAAAAAAAAAAAAAAAAAA=", "17 octets"),
        ("AAAAAAAAAAAAAAAAAAAAAAAA", "18 octets"),
        ("AAAAAAAAAAAAAAAAAAAAAAAAAA==", "19 octets"),
        ("AAAAAAAAAAAAAAAAAAAAAA", "no padding"),
        ("AAAAAAAAAAAAAAAAAAAAAA=", "half of it"),
        ("AAAAAAAAAAAAAAAAAAAAAA===", "more of it"),
        ("AAAAAAAAAAAAAAAAAAAAA===", "more of it in place of a symbol"),
        ("AAAAAAAAAA=AAAAAAAAAAA==", "padding within"),
        ("AAAA AAAAAAAAAAAAAAAAA==", "a space"),
        ("-_azAZ09+/azAZ09+/azAg==", "the alphabet for URLs"),
        ("AAAAAAAAAAAAAAAAAAAAAA==, A", "a list"),
    ] {
        assert_eq!(with(key, wrong), Err(Refusal::Key), "{why}");
    }
    // Of the last symbol's six bits four mean nothing, whatever they are: RFC 6455 section 4.1 has
    // such a key itself.
    let symbols = ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['+', '/']);
    for last in symbols {
        let sent = format!("AQIDBAUGBwgJCgsMDQ4PE{last}==");
        assert_eq!(with(key, &sent), Ok(Some(sent.clone())));
    }
    for last in ['-', '_', '=', '.', ' ', '\u{e9}'] {
        let sent = format!("AQIDBAUGBwgJCgsMDQ4PE{last}==");
        assert_eq!(with(key, &sent), Err(Refusal::Key), "{sent}");
    }
    let line = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    assert_eq!(with(line, ""), Err(Refusal::Key));
    assert_eq!(with(line, &line.repeat(2)), Err(Refusal::Key));
}

#[test]
fn protocols_and_extensions_are_lists_over_lines() {
    let more = "Sec-WebSocket-Protocol: chat, , super-chat\r\n\
                Sec-WebSocket-Extensions: a; b=\"1, 2\", c\r\n\
                sec-websocket-protocol: v2.chat, not/a-token, last\r\n\
                Sec-WebSocket-Extensions: d, \"\r\n\r\n";
    judge(&GOOD.replacen("\r\n\r\n", &["\r\n", more].concat(), 1), |judged| {
        let handshake = judged.unwrap().unwrap();
        let protocols: Vec<_> = handshake.protocols().collect();
        assert_eq!(protocols, [&b"chat"[..], b"super-chat", b"v2.chat", b"last"]);
        let extensions: Vec<_> = handshake.extensions().collect();
        assert_eq!(extensions[..3], [Ok(&b"a; b=\"1, 2\""[..]), Ok(b"c"), Ok(b"d")]);
        assert!(matches!(extensions[3..], [Err(list::ListError::UnterminatedQuote(_))]));
    });
    judge(GOOD, |judged| {
        let handshake = judged.unwrap().unwrap();
        assert_eq!((handshake.protocols().count(), handshake.extensions().count()), (0, 0));
    });
}

#[test]
fn another_version_is_told_the_right_one() {
    let version = "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\n\
                   Sec-WebSocket-Version: 13\r\n";
    assert_eq!(Refusal::Version.head().octets(), version.as_bytes());
    let statuses = [Refusal::Method, Refusal::Version, Refusal::VersionRepeated, Refusal::Key];
    assert_eq!(statuses.map(Refusal::status), [400, 426, 400, 400]);
}

/// Answers owed before are given; what it was that was wrong is told.
#[test]
fn content_is_an_offence_of_a_handshake() {
    for (content, offends) in [
        ("Content-Length: 2\r\n\r\nhi", true),
        ("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", true),
        ("Content-Length: 2\r\nExpect: 100-continue\r\n\r\n", true),
        ("Content-Length: 99999999\r\n\r\n", true),
        ("Content-Length: 0\r\n\r\n", false),
    ] {
        let mut connection = Connection::in_parallel();
        let asks = GOOD.replace("\r\n\r\n", &["\r\n", content].concat());
        connection.push((get("/a") + &asks).as_bytes());
        let a = connection.request();
        match connection.next() {
            Seen::Malformed(offence) if offends => {
                assert_eq!((offence, offence.status()), (Offence::WebSocketContent, 400));
                assert!(matches!(connection.next(), Seen::Closed));
                connection.answer(a, "a");
                let refused = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\
                               Connection: close\r\n\r\n";
                assert_eq!(connection.output(), answered("a") + refused);
                assert!(connection.is_closed());
            }
            Seen::Request { upgrade: true, .. } if !offends => {}
            other => panic!("{content}: {other:?}"),
        }
    }
}
