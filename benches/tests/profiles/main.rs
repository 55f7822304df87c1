//! What picohttpparser and httparse accept, the profiles named for them accept, with the same parts: on heads with random changes. (What
//! httparse accepts at all is the fuzz target `httparse`'s.)
//!
//! picohttpparser's C is no part of this project. `PICOHTTPPARSER` names a folder that it is in, such as that of the source distribution of
//! PyPI's `gunicorn_h1c` 0.6.0, which has that of July 2025 (later ones changed it):
//!
//! ```text
//! pip download --no-deps --no-binary :all: gunicorn_h1c==0.6.0 && tar -xzf gunicorn_h1c-0.6.0.tar.gz
//! PICOHTTPPARSER=$PWD/gunicorn_h1c-0.6.0/src/gunicorn_h1c/picohttpparser cargo test -p benches --test profiles
//! ```

mod peer;

use benches::SLOTS;
use benches::corpus::Kind;
use benches::naive::Head;
use peer::Peer;
use rajada_parser::{Config, Fields, Positions, Resume, Version};

const REQUESTS: [&[u8]; 5] = [
    b"GET /a?b HTTP/1.1\r\nHost: a\r\nX:\r\nY: \t z \t\r\n\r\nrest",
    b"\r\nPOST / HTTP/1.0\r\nA: b\r\n folded\r\n\tagain\r\nC: d\r\n\r\n",
    b"GET  /two  HTTP/1.1\nHost: a\n\n",
    b"PUT /\xe9# HTTP/1.1\r\nName-Of-Some-Length: a value that is longer than a vector of octets\r\nC:\r\n\r\n",
    b"G[T / HTTP/1.1\r\n\r\n",
];

const RESPONSES: [&[u8]; 4] = [
    b"HTTP/1.1 200 OK\r\nServer: a\r\nEmpty:\r\n\r\n",
    b"HTTP/1.0  404   Not Found\nA: b\n c\n\n",
    b"HTTP/1.1 999 \xe9\r\nA: b\r\n\r\n",
    b"HTTP/1.1 200\r\nA: b\r\n\r\n",
];

/// What picohttpparser took once: methods that are no tokens until August 2020, none, or no target, until December 2018.
const REFUSED: [&[u8]; 5] = [
    b"G[T / HTTP/1.1\r\n\r\n",
    b"G\xe9T / HTTP/1.1\r\n\r\n",
    b"\"GET\" / HTTP/1.1\r\n\r\n",
    b" / HTTP/1.1\r\n\r\n",
    b"GET  HTTP/1.1\r\n\r\n",
];

/// What changes are made of.
const OCTETS: &[u8] = b"\r\n \t:/aZ0\x00\x7f\x80(";

/// Knuth's MMIX generator.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % bound
    }

    fn changed(&mut self, head: &[u8]) -> Vec<u8> {
        let mut head = head.to_vec();
        for _ in 0..self.below(4) {
            let (at, octet) = (self.below(head.len()), OCTETS[self.below(OCTETS.len())]);
            match self.below(3) {
                0 => head[at] = octet,
                1 => head.insert(at, octet),
                _ => _ = head.remove(at),
            }
        }
        head
    }
}

fn minor(version: Version) -> u8 {
    if version == Version::Http10 { 0 } else { 1 }
}

fn copied(fields: Fields<'_, '_>) -> Vec<(Vec<u8>, Vec<u8>)> {
    fields.iter().map(|field| (field.name.into(), field.value.into())).collect()
}

fn ours(octets: &[u8], kind: Kind) -> Option<(Head, usize)> {
    let (mut at, mut slots) = (Resume::new(), Positions::<SLOTS>::new());
    match kind {
        Kind::Request => {
            let config = Config::PICOHTTPPARSER_REQUEST;
            let (head, taken) =
                config.parse_request(octets, &mut at, &mut slots).ok()?.complete()?;
            let (method, target) = (head.method().into(), head.target().into());
            let (minor, fields) = (minor(head.version()), copied(head.fields()));
            Some((Head { method, target, minor, fields, ..Head::default() }, taken))
        }
        Kind::Response => {
            let config = Config::PICOHTTPPARSER_RESPONSE;
            let (head, taken) =
                config.parse_response(octets, &mut at, &mut slots).ok()?.complete()?;
            let (status, reason) = (head.code(), head.reason().into());
            let (minor, fields) = (minor(head.version()), copied(head.fields()));
            Some((Head { status, reason, minor, fields, ..Head::default() }, taken))
        }
    }
}

/// The lines of a folded value, trimmed, without empty ones at its end.
fn lines(value: &[u8]) -> Vec<Vec<u8>> {
    let line = |line: &[u8]| line.trim_ascii().to_vec();
    let mut lines: Vec<Vec<u8>> = value.split(|&octet| octet == b'\n').map(line).collect();
    while lines.len() > 1 && lines.last().is_some_and(Vec::is_empty) {
        lines.pop();
    }
    lines
}

/// Both in one form: picohttpparser gives a folded line as a field without a name, and leaves white space behind values.
fn folded(fields: Vec<(Vec<u8>, Vec<u8>)>) -> Vec<(Vec<u8>, Vec<Vec<u8>>)> {
    let mut joined: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    for (name, value) in fields {
        match joined.last_mut() {
            Some((_, before)) if name.is_empty() => {
                before.push(b'\n');
                before.extend(value);
            }
            _ => joined.push((name, value)),
        }
    }
    joined.into_iter().map(|(name, value)| (name, lines(&value))).collect()
}

/// Both accept it, with the same parts, or neither does. Whether they accept it.
fn check(octets: &[u8], kind: Kind, theirs: Option<(Head, usize)>) -> bool {
    let text = octets.escape_ascii();
    let ours = ours(octets, kind);
    assert_eq!(ours.is_some(), theirs.is_some(), "whether it is accepted: {text}");
    let (Some((mut ours, taken)), Some((mut theirs, their_taken))) = (ours, theirs) else {
        return false;
    };
    let (our_fields, their_fields) =
        (std::mem::take(&mut ours.fields), std::mem::take(&mut theirs.fields));
    theirs.minor = theirs.minor.min(1);
    assert_eq!((&ours, taken), (&theirs, their_taken), "{text}");
    assert_eq!(folded(our_fields), folded(their_fields), "{text}");
    true
}

#[test]
fn profiles_accept_what_picohttpparser_accepts() {
    let peer = match Peer::build() {
        Ok(peer) => peer,
        Err(reason) => return println!("skipped: {reason}"),
    };
    let (mut random, rounds) = (Random(7), 40_000);
    let mut heads = REFUSED.map(|head| (Kind::Request, head.to_vec())).to_vec();
    for _ in 0..rounds {
        heads.extend(REQUESTS.map(|head| (Kind::Request, random.changed(head))));
        heads.extend(RESPONSES.map(|head| (Kind::Response, random.changed(head))));
    }
    let found = peer.read(&heads);
    assert!(found[..REFUSED.len()].iter().all(Option::is_none), "not the C of today");
    let accepted = heads
        .iter()
        .zip(found)
        .filter(|((kind, octets), theirs)| check(octets, *kind, theirs.clone()))
        .count();
    assert!(accepted > rounds, "{accepted} heads were accepted");
    println!("{accepted} of {} heads were accepted, with the same parts", heads.len());
}

/// The documentation of `HTTPARSE_REQUEST` says what it takes beside.
#[test]
fn httparse_refuses_what_the_profile_takes_beside() {
    let httparse = |octets: &[u8]| {
        let mut fields = [httparse::EMPTY_HEADER; SLOTS];
        httparse::Request::new(&mut fields).parse(octets).is_ok()
    };
    let profile = |octets: &[u8]| {
        let (mut at, mut slots) = (Resume::new(), Positions::<SLOTS>::new());
        Config::HTTPARSE_REQUEST.parse_request(octets, &mut at, &mut slots).is_ok()
    };
    let of = |target: &[u8], version: &str| {
        [b"GET ", target, b" HTTP/", version.as_bytes(), b"\r\nHost: a\r\n\r\n"].concat()
    };
    for target in [&b"/"[..], b"/a#b", "/\u{e9}".as_bytes(), b"/\xf0\x9f\x98\x80"] {
        let octets = of(target, "1.1");
        assert!(httparse(&octets) && profile(&octets), "{}", octets.escape_ascii());
    }
    for target in [&b"/\xe9"[..], b"/\xff", b"/\xc3", b"/\xed\xa0\x80", b"/\xc0\xaf"] {
        let octets = of(target, "1.1");
        assert!(!httparse(&octets) && profile(&octets), "{}", octets.escape_ascii());
    }
    for minor in 2..=9 {
        let octets = of(b"/", &format!("1.{minor}"));
        assert!(!httparse(&octets) && profile(&octets), "{}", octets.escape_ascii());
    }
}
