//! Frames by Criterion: `cargo bench -p benches --features peers --bench websocket`.
//!
//! A burst holds as many messages as 64 KiB do, at least one, and throughput counts messages. `parse` begins with the octets that a read has brought, whose copy into
//! the buffer is timed (each contestant reads into a buffer of its own), and ends with each message in the caller's hands. `encode` begins with payloads that the caller
//! borrows, and ends with all frames where one write finds them, masked as a client's and not masked as a server's.
//!
//! tungstenite and fastwebsockets read and write streams: theirs is memory that is always ready.

use std::hint::black_box;
use std::rc::Rc;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rajada_websocket::{Burst, Event, Kind, Settings, Store, WebSocket};

#[cfg(feature = "peers")]
#[path = "../src/peers/websocket.rs"]
mod peers;

const SIZES: [usize; 3] = [40, 512, 16 * 1024];
const KEY: [u8; 4] = [0x37, 0xFA, 0x21, 0x3D];

/// What a decoder has seen of a burst: messages, and the sum of their octets and of their last ones.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Seen {
    messages: usize,
    octets: usize,
    last: usize,
}

impl Seen {
    #[inline]
    fn message(&mut self, payload: &[u8]) {
        self.messages += 1;
        self.octets += payload.len();
        self.last += payload.last().map_or(0, |octet| usize::from(*octet));
    }
}

/// Receives a burst of masked frames.
trait Decode {
    fn decode(&mut self, octets: &Rc<[u8]>) -> Seen;
}

/// Sends messages, and gives what is to be written.
trait Encode {
    fn encode(&mut self, payload: &[u8], times: usize) -> &[u8];
}

struct Rajada<R> {
    socket: WebSocket<R, Vec<u8>>,
    settings: Settings,
    buffer: Vec<u8>,
}

impl<R> Rajada<R> {
    fn new(socket: WebSocket<R, Vec<u8>>) -> Self {
        let mut settings = Settings::default();
        settings.held = 1 << 20;
        Self { socket, settings, buffer: vec![0; 128 * 1024] }
    }
}

impl Decode for Rajada<rajada_websocket::Server> {
    fn decode(&mut self, octets: &Rc<[u8]>) -> Seen {
        if self.socket.wants_store() {
            self.socket.lend(Box::new(Store::new(&self.settings)));
        }
        let buffer = &mut self.buffer[..octets.len()];
        buffer.copy_from_slice(octets);
        let (mut burst, mut seen) = (Burst::new(buffer), Seen::default());
        loop {
            match self.socket.receive(&self.settings, &mut burst) {
                Event::Text(text) => seen.message(text.as_bytes()),
                Event::Binary(octets) => seen.message(octets),
                Event::NeedData => return seen,
                event => panic!("{event:?}"),
            }
        }
    }
}

impl<R: rajada_websocket::Role> Encode for Rajada<R> {
    fn encode(&mut self, payload: &[u8], times: usize) -> &[u8] {
        if self.socket.wants_store() {
            self.socket.lend(Box::new(Store::new(&self.settings)));
        }
        let held = self.socket.held();
        self.socket.transmitted(held);
        for _ in 0..times {
            self.socket.send_binary(black_box(payload)).expect("there is room");
        }
        let mut slices = [&[][..]; 1];
        self.socket.poll_transmit(&mut slices);
        slices[0]
    }
}

/// A frame of a client, of at most 64 KiB.
fn frame(kind: Kind, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![if kind == Kind::Text { 0x81 } else { 0x82 }];
    match payload.len() {
        len @ 0..126 => frame.push(0x80 | len as u8),
        len => {
            frame.push(0x80 | 126);
            frame.extend((len as u16).to_be_bytes());
        }
    }
    frame.extend(KEY);
    frame.extend(payload.iter().zip(KEY.iter().cycle()).map(|(octet, mask)| octet ^ mask));
    frame
}

/// Octets that are no text, text of one octet a code point, and text of several.
fn payloads(size: usize) -> [(&'static str, Kind, Vec<u8>); 3] {
    let binary = (0..size).map(|index| (index % 251) as u8 ^ 0x80).collect();
    let ascii = "in a burst ".bytes().cycle().take(size).collect();
    let mut mixed = "bár € – ok 😀".repeat(size / 8);
    while mixed.len() > size {
        mixed.pop();
    }
    mixed.push_str(&"a".repeat(size - mixed.len()));
    [
        ("binary", Kind::Binary, binary),
        ("ascii", Kind::Text, ascii),
        ("mixed", Kind::Text, mixed.into_bytes()),
    ]
}

fn decoders() -> Vec<(&'static str, Box<dyn Decode>)> {
    vec![
        ("rajada", Box::new(Rajada::new(WebSocket::server())) as Box<dyn Decode>),
        #[cfg(feature = "peers")]
        ("tungstenite", Box::new(peers::Tungstenite::new(true))),
        #[cfg(feature = "peers")]
        ("fastwebsockets", Box::new(peers::Fastwebsockets::new(true))),
        #[cfg(feature = "peers")]
        ("sockudo-ws", Box::new(peers::Sockudo::new(true))),
    ]
}

/// Of a server, or of a client, whose keys are random with the others.
fn encoders(server: bool) -> Vec<(&'static str, Box<dyn Encode>)> {
    let mut last = 1u32;
    let keys = move || {
        last = last.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        last.to_ne_bytes()
    };
    let ours: Box<dyn Encode> = match server {
        true => Box::new(Rajada::new(WebSocket::server())),
        false => Box::new(Rajada::new(WebSocket::client(keys))),
    };
    vec![
        ("rajada", ours),
        #[cfg(feature = "peers")]
        ("tungstenite", Box::new(peers::Tungstenite::new(server))),
        #[cfg(feature = "peers")]
        ("fastwebsockets", Box::new(peers::Fastwebsockets::new(server))),
        #[cfg(feature = "peers")]
        ("sockudo-ws", Box::new(peers::Sockudo::new(server))),
    ]
}

fn times(size: usize) -> usize {
    (64 * 1024 / (size + 8)).max(1)
}

fn parse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    for size in SIZES {
        for (name, kind, payload) in payloads(size) {
            let octets: Rc<[u8]> = frame(kind, &payload).repeat(times(size)).into();
            let mut expected = Seen::default();
            for _ in 0..times(size) {
                expected.message(&payload);
            }
            group.throughput(Throughput::Elements(times(size) as u64));
            for (contestant, mut decoder) in decoders() {
                for _ in 0..3 {
                    assert_eq!(decoder.decode(&octets), expected, "{contestant}");
                }
                let id = BenchmarkId::new(contestant, format!("{size}-{name}"));
                group.bench_function(id, |bencher| {
                    bencher.iter(|| decoder.decode(black_box(&octets)))
                });
            }
        }
    }
    group.finish();
}

fn encode(criterion: &mut Criterion) {
    for (name, server) in [("encode", true), ("encode-masked", false)] {
        let mut group = criterion.benchmark_group(name);
        for size in SIZES {
            let [(_, kind, payload), ..] = payloads(size);
            let times = times(size);
            group.throughput(Throughput::Elements(times as u64));
            for (contestant, mut encoder) in encoders(server) {
                let expected = frame(kind, &payload).repeat(times);
                for _ in 0..3 {
                    let octets = encoder.encode(&payload, times);
                    match server {
                        true => assert!(
                            octets == unmasked(kind, &payload).repeat(times),
                            "{contestant}"
                        ),
                        false => assert!(payload_of(octets, &expected) == payload, "{contestant}"),
                    }
                }
                let id = BenchmarkId::new(contestant, size);
                group.bench_function(id, |bencher| {
                    bencher.iter(|| encoder.encode(black_box(&payload), times).len())
                });
            }
        }
        group.finish();
    }
}

/// A frame of a server.
fn unmasked(kind: Kind, payload: &[u8]) -> Vec<u8> {
    let frame = frame(kind, payload);
    let header = frame.len() - payload.len() - 4;
    let mut unmasked = [&frame[..header], payload].concat();
    unmasked[1] &= 0x7F;
    unmasked
}

/// The payload of the last of so many frames as there are in `like`.
fn payload_of(frames: &[u8], like: &[u8]) -> Vec<u8> {
    assert_eq!(frames.len(), like.len());
    let (mut rest, mut payload) = (frames, vec![]);
    while !rest.is_empty() {
        let (header, len) = match rest[1] & 0x7F {
            126 => (4, usize::from(u16::from_be_bytes([rest[2], rest[3]]))),
            len => (2, usize::from(len)),
        };
        let (key, masked) = rest[header..].split_at(4);
        payload = masked[..len]
            .iter()
            .zip(key.iter().cycle())
            .map(|(octet, mask)| octet ^ mask)
            .collect();
        rest = &masked[len..];
    }
    payload
}

criterion_group!(benches, parse, encode);
criterion_main!(benches);
