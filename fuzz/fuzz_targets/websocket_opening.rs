//! A client's opening handshake beside a slow reference: the same URIs are addresses, and say the same; the same offers can be sent; what is
//! sent says to a server what was meant, and what that answers is accepted; of all other answers those are that have each part once.
//!
//! The input has four lines: a URI, subprotocols, extensions, and behind those the answer, an octet from 0x80 on for each of `LINES`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rajada_fuzz::compose::compose;
use rajada_fuzz::reference::{opening, text};
use rajada_parser::encode::EncodeError;
use rajada_parser::{Config, Positions, Request, Resume, Status};
use rajada_pipeline::websocket::{
    Accepted, Address, AnswerError, Handshake, Key, Opening, OpeningError,
};

/// The example of RFC 6455 section 1.3.
const NONCE: [u8; 16] = *b"the sample nonce";
const ACCEPT: &str = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

const LINES: [&[u8]; 20] = [
    b"HTTP/1.1 101 Switching Protocols\r\n",
    b"HTTP/1.0 101 \r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"Upgrade: websocket\r\n",
    b"Upgrade: WebSocket\r\n",
    b"Upgrade: h2c\r\n",
    b"Connection: Upgrade\r\n",
    b"Connection: keep-alive, upgrade\r\n",
    b"Connection: ",
    b"Upgrade: ",
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
    b"Sec-WebSocket-Accept: ",
    b"Sec-WebSocket-Protocol: chat\r\n",
    b"Sec-WebSocket-Protocol: ",
    b"Sec-WebSocket-Extensions: permessage-deflate\r\n",
    b"Sec-WebSocket-Extensions: ",
    b"\r\n",
    b"\r\n\r\n",
    b"server_max_window_bits=\"10\"",
    b"\xE4",
];

fuzz_target!(|input: &[u8]| {
    let mut parts = input.splitn(4, |octet| *octet == b'\n');
    let mut line = || core::str::from_utf8(parts.next()?).ok();
    let (Some(uri), Some(protocols), Some(extensions)) = (line(), line(), line()) else { return };
    let Some(address) = read_address(uri) else { return };
    let key = Key::new(NONCE);
    let opening = Opening::new(&address, &key).protocols(protocols).extensions(extensions);
    let Some(answer) = ask(&opening, uri, protocols, extensions) else { return };
    assert!(judge(&answer, &opening, protocols, extensions), "the server's answer is refused");
    let answer = compose(parts.next().unwrap_or_default(), &LINES);
    judge(&answer, &opening, protocols, extensions);
});

fn read_address(uri: &str) -> Option<Address<'_>> {
    let (read, expected) = (Address::parse(uri).ok(), opening::address(uri));
    assert_eq!(read.is_some(), expected.is_some(), "{uri:?}: {read:?}, {expected:?}");
    let (address, expected) = (read?, expected?);
    assert_eq!(address.is_secure(), expected.is_secure);
    assert_eq!((address.host(), address.port()), (&*expected.host, expected.port));
    assert_eq!(address.authority(), expected.authority);
    Some(address)
}

/// What is sent, if that can be, and a server's answer to it: the first subprotocol, and each extension.
fn ask(opening: &Opening<'_>, uri: &str, protocols: &str, extensions: &str) -> Option<Vec<u8>> {
    let names = opening::protocols(protocols);
    let taken = opening::extensions(extensions);
    // A target without a path is made in the buffer first.
    let mut buffer = vec![0; 256 + 2 * uri.len() + protocols.len() + extensions.len()];
    let sent = match opening.request(&mut buffer) {
        Ok(sent) => sent,
        Err(OpeningError::Protocols) => return assert_none(names),
        Err(OpeningError::Extensions) => return assert_none(taken),
        Err(OpeningError::Encode(error)) => {
            assert_ne!(error, EncodeError::BufferTooShort);
            let is_control = |octet: u8| octet.is_ascii_control() && octet != b'\t';
            assert!(extensions.bytes().any(is_control), "{error} in {protocols:?}, {extensions:?}");
            return None;
        }
        Err(error) => panic!("{error}"),
    };
    let names = names.expect("subprotocols can be offered");
    let mut taken = taken.expect("extensions can be offered");
    let mut slots = Positions::<16>::new();
    let parsed = Config::STRICT.parse_request(sent, &mut Resume::new(), &mut slots);
    let Ok(Status::Complete(request, consumed)) = parsed else {
        // The limit on request lines.
        assert!(uri.len() > 4000, "{parsed:?}");
        return None;
    };
    assert_eq!(consumed, sent.len());
    serve(&request, uri, &names, extensions);
    let mut answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {ACCEPT}\r\n"
    );
    if let Some(name) = names.first() {
        answer += &format!("Sec-WebSocket-Protocol: {name}\r\n");
    }
    taken.sort();
    taken.dedup();
    if !taken.is_empty() {
        answer += &format!("Sec-WebSocket-Extensions: {}\r\n", taken.join(", "));
    }
    answer += "\r\n";
    Some(answer.into_bytes())
}

fn assert_none<T>(offers: Option<Vec<String>>) -> Option<T> {
    assert_eq!(offers, None, "they can be offered");
    None
}

/// The server's side reads what was meant.
fn serve(request: &Request<'_, '_>, uri: &str, protocols: &[String], extensions: &str) {
    let expected = opening::address(uri).expect("it was read");
    let field = |name: &str| request.fields().get(name).unwrap_or_default();
    assert_eq!(request.target(), expected.target.as_bytes());
    assert_eq!(field("host"), expected.authority.as_bytes());
    let kept = Handshake::of_parts(request.method(), request.version(), request.fields());
    for handshake in [Handshake::of(request), kept] {
        let handshake = handshake.expect("a handshake in order").expect("a handshake");
        assert_eq!(handshake.key(), Key::new(NONCE).octets());
        assert!(handshake.protocols().eq(protocols.iter().map(String::as_bytes)));
        let (elements, _) = opening::elements(extensions);
        let offered = handshake.extensions().map(|it| it.expect("an extension"));
        assert!(offered.eq(elements.iter().map(String::as_bytes)));
    }
}

/// Whether an answer is accepted, which has to be so if the reference says it.
fn judge(answer: &[u8], opening: &Opening<'_>, protocols: &str, extensions: &str) -> bool {
    let mut slots = Positions::<32>::new();
    let parsed = Config::STRICT.parse_response(answer, &mut Resume::new(), &mut slots);
    let Ok(Status::Complete(response, consumed)) = parsed else { return false };
    let accept = ACCEPT.as_bytes().try_into().expect("28 octets");
    let checked = opening.check(&response, accept);
    let head = text::Head::of(&answer[..consumed]);
    let names = opening::protocols(protocols).expect("they were offered");
    let offered = opening::extensions(extensions).expect("they were offered");
    let expected = opening::opens(&head, ACCEPT, &names, &offered);
    assert_eq!(checked.is_ok(), expected, "{checked:?}");
    match checked {
        Ok(accepted) => compare(&accepted, &head),
        Err(AnswerError::Status(code)) => assert_ne!(code, 101),
        Err(_) => {}
    }
    expected
}

fn compare(accepted: &Accepted<'_, '_>, head: &text::Head) {
    let line = |octets: &[u8]| text::text(octets);
    let selected = head.all("sec-websocket-protocol").first().map(|line| line.value.clone());
    assert_eq!(accepted.protocol().map(line), selected);
    let lines = head.all("sec-websocket-extensions");
    let expected = lines.iter().flat_map(|line| opening::elements(&line.value).0);
    assert!(accepted.extensions().map(|it| line(it.expect("an extension"))).eq(expected));
}
