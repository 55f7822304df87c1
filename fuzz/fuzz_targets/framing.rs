//! What follows a head: `Request::framing` and `Response::framing` against `rajada_fuzz::reference`, at every level, and behind a head that
//! came in two pieces.
//!
//! The input's first octet tells where the head is cut; the rest is composed with the lines below.
#![no_main]

use libfuzzer_sys::fuzz_target;
use rajada_fuzz::compose::compose;
use rajada_fuzz::reference::framing::{Decision, request, response};
use rajada_fuzz::reference::{Offence, text};
use rajada_parser::{
    BodyLength, Config, Error, Fields, Framing, Level, Limits, Positions, Resume, unfold,
};

const SNIPPETS: &[&[u8]] = &[
    b"\x80",
    b"\xe9",
    b"\xff",
    b"GET / HTTP/1.1\r\nHost: a\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\n",
    b"POST / HTTP/1.0\r\n",
    b"GET http://a/b?c HTTP/1.1\r\nHost: a\r\n",
    b"GET https://a:443 HTTP/1.1\r\nHost: a\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: a\r\n",
    b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.0 200\r\n",
    b"HTTP/1.1 204 No Content\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\n",
    b" HTTP/1.1\r\n",
    b" HTTP/1.0\r\n",
    b"\r\n",
    b"\r\n\r\n",
    b"Host: a\r\n",
    b"Host: ",
    b"host:",
    b"[::1]",
    b"[1:2:3:4:5:6:1.2.3.4]",
    b"a:80",
    b"http://",
    b"HTTPS://",
    b"Transfer-Encoding: chunked\r\n",
    b"Transfer-Encoding: ",
    b"transfer-encoding:",
    b"chunked",
    b"CHUNKED",
    b"gzip",
    b"identity",
    b", ",
    b",\t",
    b"Content-Length: 5\r\n",
    b"Content-Length: ",
    b"content-length:",
    b"18446744073709551615",
    b"18446744073709551616",
    b"0000000000000000000000",
    b"Connection: close\r\n",
    b"Connection: keep-alive\r\n",
    b"Connection: upgrade\r\n",
    b"Connection: ",
    b"close",
    b"keep-alive",
    b"\r\n ",
    b"\r\n\t",
    b" :",
    b"Upgrade",
    b"Upgrade: websocket\r\n",
    b"Expect: 100-continue\r\n",
    b"Expect: ",
    b"100-Continue",
    b"200-ok",
    // As long as the fields that matter, with their second letters.
    b"Hose: a\r\n",
    b"Expert: a\r\n",
    b"Content-Lengths: 5\r\n",
    b"Content-Lengtn: 5\r\n",
    b"Connections: close\r\n",
    b"Transfer-Encodinx: chunked\r\n",
    b"Accept: */*\r\n",
    b"X: y\r\n",
    b"A: b\r\nC: d\r\nE: f\r\nG: h\r\nI: j\r\nK: l\r\nM: n\r\nO: p\r\nQ: r\r\nS: t\r\n",
];

/// More fields than an octet can count.
const LIMITS: Limits = Limits { fields: 600, ..Limits::DEFAULT };

fuzz_target!(|input: &[u8]| {
    let Some((&cut, rest)) = input.split_first() else { return };
    let octets: Box<[u8]> = compose(rest, SNIPPETS).into();
    let cut = usize::from(cut).min(octets.len());
    for level in Level::ALL {
        let config = Config::STRICT.with_limits(LIMITS).at_most(level);
        if config.level() == level {
            check_request(&config, &octets, cut);
            check_response(&config, &octets, cut);
            let client = Config::CLIENT_RESPONSE.with_limits(LIMITS).at_most(level);
            check_mended(&client, &octets);
        }
    }
});

fn check_request(config: &Config, octets: &[u8], cut: usize) {
    let (mut at, mut slots) = (Resume::new(), Positions::<600>::new());
    if cut > 0
        && !matches!(config.parse_request(&octets[..cut], &mut at, &mut slots), Ok(status) if status.is_partial())
    {
        (at, slots) = (Resume::new(), Positions::new());
    }
    let Ok(status) = config.parse_request(octets, &mut at, &mut slots) else { return };
    let Some((head, _)) = status.complete() else { return };
    check_fields(head.octets(), head.fields());
    assert_eq!(decision(head.framing()), request(head.octets()));
    // What is found at a look is what all the fields say.
    let length =
        head.is_plain().then_some(BodyLength::None).or(head.plain_length().map(BodyLength::Exact));
    assert!(!head.is_plain() || head.method() == b"GET");
    if let Some(body) = length {
        let framing = head.framing().expect("a plain request is in order");
        // `keep-alive` changes nothing in HTTP/1.1, and may be there.
        let others = framing.expect_continue || framing.upgrade || framing.tunnel;
        assert!(framing.body == body && framing.persistent && !others, "{framing:?}");
    }
}

fn check_response(config: &Config, octets: &[u8], cut: usize) {
    let (mut at, mut slots) = (Resume::new(), Positions::<600>::new());
    if cut > 0
        && !matches!(config.parse_response(&octets[..cut], &mut at, &mut slots), Ok(status) if status.is_partial())
    {
        (at, slots) = (Resume::new(), Positions::new());
    }
    let Ok(status) = config.parse_response(octets, &mut at, &mut slots) else { return };
    let Some((head, _)) = status.complete() else { return };
    check_fields(head.octets(), head.fields());
    for method in ["GET", "HEAD", "CONNECT"] {
        let expected = response(head.octets(), method);
        assert_eq!(decision(head.framing(method.as_bytes())), expected, "to {method}");
    }
}

/// A response with folds is one with spaces in their place.
fn check_mended(config: &Config, octets: &[u8]) {
    let (mut at, mut slots) = (Resume::new(), Positions::<600>::new());
    let Ok(status) = config.parse_response(octets, &mut at, &mut slots) else { return };
    let Some((folded, _)) = status.complete() else { return };
    let mut mended = folded.octets().to_vec();
    for at in 2..mended.len() {
        if mended[at - 2..at] == *b"\r\n" && matches!(mended[at], b' ' | b'\t') {
            mended[at - 2..at].fill(b' ');
        }
    }
    let mut others = Positions::<600>::new();
    let (plain, taken) = config
        .parse_response(&mended, &mut Resume::new(), &mut others)
        .expect("nothing is wrong with spaces")
        .complete()
        .expect("as many octets");
    assert_eq!((taken, plain.fields().len()), (mended.len(), folded.fields().len()));
    let words = |value: &[u8]| -> Vec<Vec<u8>> {
        let words = value.split(|octet| b" \t".contains(octet));
        words.filter(|word| !word.is_empty()).map(Vec::from).collect()
    };
    for (plain, folded) in plain.fields().iter().zip(folded.fields()) {
        let mut room = vec![0; folded.value.len()];
        let unfolded = unfold(folded.value, &mut room).expect("it is long enough");
        assert_eq!((plain.name, words(plain.value)), (folded.name, words(unfolded)));
    }
    for method in [&b"GET"[..], b"HEAD"] {
        // A value that begins with a fold begins elsewhere.
        let kind = |error: Error| error.kind();
        assert_eq!(folded.framing(method).map_err(kind), plain.framing(method).map_err(kind));
    }
}

/// The fields are those that splitting into lines finds.
fn check_fields(octets: &[u8], fields: Fields<'_, '_>) {
    let lines = text::Head::of(octets).fields;
    assert_eq!(fields.len(), lines.len());
    for (field, line) in fields.iter().zip(&lines) {
        assert_eq!(
            (text::text(field.name), text::text(field.value)),
            (line.name.clone(), line.value.clone())
        );
    }
}

fn decision(outcome: Result<Framing, Error>) -> Result<Decision, Offence> {
    outcome.map(Decision::from).map_err(|error| (error.kind(), error.offset()))
}
