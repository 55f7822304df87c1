//! Clients of all kinds.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::client::{Client, Expected, PIECE, piece};
use super::serve::DEADLINE;
use super::tally::{Kind, Tally};

/// Xorshift.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) % bound
    }
}

/// Is one client after another until it is to stop.
pub(super) fn run(address: SocketAddr, seed: u64, stop: &AtomicBool, tally: &Tally) {
    let mut random = Random::new(seed);
    // Those who wait on purpose would leave the others little to do.
    let is_quick = !seed.is_multiple_of(3);
    while !stop.load(Ordering::Relaxed) {
        let kind = match random.below(100) {
            0..40 if is_quick => Kind::Burst,
            40..58 if is_quick => Kind::Single,
            58..64 if is_quick => Kind::Drip,
            64..74 if is_quick => Kind::Upload,
            74..82 if is_quick => Kind::HalfClosed,
            82..92 if is_quick => Kind::Vanishes,
            _ if is_quick => Kind::Malformed,
            0..40 => Kind::ReadsLate,
            40..52 => Kind::NeverReads,
            52..68 => Kind::PartialHead,
            68..84 => Kind::PartialContent,
            84..92 => Kind::Silent,
            _ => Kind::Idle,
        };
        let mut client = match Client::connect(address) {
            Ok(client) => client,
            Err(error) => {
                tally.fault(kind, &error);
                continue;
            }
        };
        let done = be(kind, &mut client, &mut random);
        tally.count(kind, client.done);
        match done {
            // The end is a reset.
            Ok(true) => drop(client.vanish()),
            Ok(false) => {}
            Err(error) => tally.fault(kind, &error),
        }
    }
}

/// Is a client of this kind once; true if it is to vanish.
fn be(kind: Kind, client: &mut Client, random: &mut Random) -> io::Result<bool> {
    match kind {
        Kind::Burst => {
            for _ in 0..=random.below(20) {
                burst(client, random, 24)?;
                client.answers()?;
            }
        }
        Kind::Single => {
            for _ in 0..=random.below(40) {
                burst(client, random, 1)?;
                client.answers()?;
            }
        }
        Kind::Drip => drip(client, random)?,
        Kind::Upload => upload(client, random)?,
        Kind::HalfClosed => {
            burst(client, random, 24)?;
            client.end_sending()?;
            client.answers()?;
            client.end()?;
        }
        Kind::Vanishes => {
            // Of the last request a part.
            let (octets, expected) = requests(random, 24);
            let part = octets.len() - random.below(octets.len() as u64) as usize;
            client.ask(&octets[..part], expected)?;
            sleep(Duration::from_micros(random.below(2000)));
            return Ok(true);
        }
        Kind::Malformed => {
            burst(client, random, 12)?;
            const BAD: [&[u8]; 4] = [
                b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
                b"GET / HTTP/1.1\r\n\r\n",
                b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
                b"GET / HTTP/1.1\r\nHost: a\r\nA B: c\r\n\r\n",
            ];
            let bad = BAD[random.below(4) as usize];
            client.ask(&[bad, b"GET / HTTP/1.1\r\n"].concat(), [Expected::new(400, None)])?;
            client.answers()?;
            client.end()?;
        }
        Kind::ReadsLate => {
            client.narrow()?;
            for _ in 0..4 {
                stream(client, 100)?;
            }
            sleep(DEADLINE / 4);
            client.answers()?;
        }
        Kind::NeverReads => {
            client.narrow()?;
            // More than all buffers on the way hold.
            for _ in 0..16 {
                if stream(client, 1000).is_err() {
                    break;
                }
            }
            sleep(DEADLINE * 2);
            let count = client.drain();
            if count >= 16 * 1000 * PIECE {
                return Err(io::Error::other("it was not cut, and it did not read"));
            }
        }
        Kind::PartialHead => {
            burst(client, random, 4)?;
            late(client, b"GET / HTTP/1.1\r\nHo", 408)?;
        }
        Kind::PartialContent => {
            burst(client, random, 4)?;
            late(client, b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\nabc", 408)?;
        }
        Kind::Silent => in_time(client, DEADLINE, |client| client.end())?,
        Kind::Idle => {
            burst(client, random, 4)?;
            client.answers()?;
            in_time(client, DEADLINE * 2, |client| client.end())?;
        }
    }
    Ok(false)
}

/// A part of a request, and no more: it is refused, in time.
fn late(client: &mut Client, part: &[u8], status: u16) -> io::Result<()> {
    client.answers()?;
    client.ask(part, [Expected::new(status, None)])?;
    in_time(client, DEADLINE, |client| client.answers())?;
    client.end()
}

/// What happens behind a deadline, and not before.
fn in_time(
    client: &mut Client,
    deadline: Duration,
    happens: impl FnOnce(&mut Client) -> io::Result<()>,
) -> io::Result<()> {
    let began = Instant::now();
    happens(client)?;
    let took = began.elapsed();
    // The clock began when the server had read, which may have been a little before.
    if took + DEADLINE / 10 < deadline || took > deadline + DEADLINE * 5 {
        return Err(io::Error::other(format!("{took:?} for a deadline of {deadline:?}")));
    }
    Ok(())
}

/// Requests of all kinds in one write.
fn burst(client: &mut Client, random: &mut Random, most: u64) -> io::Result<()> {
    let (octets, expected) = requests(random, most);
    client.ask(&octets, expected)
}

fn requests(random: &mut Random, most: u64) -> (Vec<u8>, Vec<Expected>) {
    let (mut octets, mut expected) = (Vec::new(), Vec::new());
    for _ in 0..=random.below(most) {
        let number = random.below(1_000_000);
        let (method, path, content) = match random.below(16) {
            0..5 => ("GET", "/".to_owned(), b"Hello world!".to_vec()),
            5..9 => ("GET", format!("/user/{number}"), number.to_string().into_bytes()),
            9 | 10 => ("GET", "/ready".to_owned(), b"Hello async!".to_vec()),
            11 => {
                let time = number % 12;
                ("GET", format!("/delay/{time}"), time.to_string().into_bytes())
            }
            12 => {
                let pieces = number as usize % 20;
                ("GET", format!("/stream/{pieces}"), streamed(pieces))
            }
            13 => ("HEAD", "/".to_owned(), Vec::new()),
            14 if number.is_multiple_of(8) => {
                octets.extend_from_slice(b"GET /panic HTTP/1.1\r\nHost: a\r\n\r\n");
                expected.push(Expected::new(500, None));
                continue;
            }
            _ => {
                let content = filled(number, number as usize % 3000);
                post(&mut octets, &content, number.is_multiple_of(2));
                expected.push(Expected::new(200, Some(content)));
                continue;
            }
        };
        let request = format!("{method} {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        octets.extend_from_slice(request.as_bytes());
        expected.push(match method {
            "HEAD" => Expected::to_head(),
            _ => Expected::new(200, Some(content)),
        });
    }
    (octets, expected)
}

/// Content that is different each time.
fn filled(number: u64, length: usize) -> Vec<u8> {
    (0..length).map(|at| b'a' + ((number as usize + at / 7) % 26) as u8).collect()
}

fn post(octets: &mut Vec<u8>, content: &[u8], chunked: bool) {
    octets.extend_from_slice(b"POST /echo HTTP/1.1\r\nHost: a\r\n");
    if !chunked {
        octets.extend_from_slice(format!("Content-Length: {}\r\n\r\n", content.len()).as_bytes());
        octets.extend_from_slice(content);
        return;
    }
    octets.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\n");
    for chunk in content.chunks(997) {
        octets.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        octets.extend_from_slice(chunk);
        octets.extend_from_slice(b"\r\n");
    }
    octets.extend_from_slice(b"0\r\n\r\n");
}

fn streamed(pieces: usize) -> Vec<u8> {
    (0..pieces).flat_map(|number| [piece(number); PIECE]).collect()
}

fn stream(client: &mut Client, pieces: usize) -> io::Result<()> {
    let request = format!("GET /stream/{pieces} HTTP/1.1\r\nHost: a\r\n\r\n");
    client.ask(request.as_bytes(), [Expected::new(200, Some(streamed(pieces)))])
}

/// Requests that arrive in small parts.
fn drip(client: &mut Client, random: &mut Random) -> io::Result<()> {
    let (octets, expected) = requests(random, 6);
    let mut expected = Some(expected);
    let mut rest = &octets[..];
    while !rest.is_empty() {
        let most = if octets.len() < 2000 { 20 } else { 400 };
        let part = (1 + random.below(most) as usize).min(rest.len());
        client.ask(&rest[..part], expected.take().unwrap_or_default())?;
        rest = &rest[part..];
        sleep(Duration::from_micros(random.below(1500)));
    }
    client.answers()
}

/// Content of some size, in parts.
fn upload(client: &mut Client, random: &mut Random) -> io::Result<()> {
    let number = random.below(1_000_000);
    let content = filled(number, random.below(600_000) as usize);
    let mut octets = Vec::new();
    post(&mut octets, &content, number.is_multiple_of(2));
    let mut expected = Some(Expected::new(200, Some(content)));
    for part in octets.chunks(50_000) {
        client.ask(part, expected.take())?;
        sleep(Duration::from_micros(random.below(500)));
    }
    client.answers()
}
