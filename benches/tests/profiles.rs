//! What picohttpparser accepts, the profiles named for it accept, with the same parts: on heads with random changes.
//!
//! The C of the crate is older than today's and laxer: it takes status codes and minor versions of any number of digits, and requests
//! without a method. What today's refuses is left out. Today's also takes spaces away from in front of a reason.
#![cfg(feature = "peers")]

use benches::SLOTS;
use benches::corpus::Kind;
use benches::naive::Head;
use benches::peers::picohttpparser;
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

fn check(octets: &[u8], kind: Kind) -> bool {
    let Some((mut theirs, their_taken)) = picohttpparser::read(octets, kind) else { return false };
    let digits = |octets: &[u8]| octets.iter().take_while(|octet| octet.is_ascii_digit()).count();
    let version = octets.windows(7).position(|window| window == b"HTTP/1.").map(|at| at + 7);
    let of_today = version.is_some_and(|at| digits(&octets[at..]) == 1)
        && match kind {
            Kind::Request => !theirs.method.is_empty() && !theirs.target.is_empty(),
            Kind::Response => digits(octets[8..].trim_ascii_start()) == 3,
        };
    if !of_today {
        return false;
    }
    let text = octets.escape_ascii();
    let Some((mut ours, taken)) = ours(octets, kind) else { panic!("refused: {text}") };
    let (our_fields, their_fields) =
        (std::mem::take(&mut ours.fields), std::mem::take(&mut theirs.fields));
    theirs.minor = theirs.minor.min(1);
    let spaces = theirs.reason.iter().take_while(|&&octet| octet == b' ').count();
    theirs.reason.drain(..spaces);
    theirs.minor = theirs.minor.min(1);
    assert_eq!((&ours, taken), (&theirs, their_taken), "{text}");
    assert_eq!(folded(our_fields), folded(their_fields), "{text}");
    true
}

#[test]
fn profiles_accept_what_picohttpparser_accepts() {
    let mut random = Random(7);
    let (mut accepted, rounds) = (0, 40_000);
    for _ in 0..rounds {
        for head in REQUESTS {
            accepted += usize::from(check(&random.changed(head), Kind::Request));
        }
        for head in RESPONSES {
            accepted += usize::from(check(&random.changed(head), Kind::Response));
        }
    }
    assert!(accepted > rounds, "{accepted} heads were accepted");
}
