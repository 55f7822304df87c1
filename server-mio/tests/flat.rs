//! Memory stays flat however large an answer is. `OCTETS=4294967296 cargo test --release -p rajada-mio --test flat -- --nocapture`
//! sends 4 GiB from each source, and prints the figures.
#![cfg(target_os = "linux")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use rajada_mio::{App, Body, BodyStream, Bytes, Error, Request};

/// What the process may need beside what it has needed before.
const MOST_GROWTH: usize = 4 << 20;

/// Octets of an answer, if nobody says otherwise.
const OCTETS: u64 = 64 << 20;

static PIECE: [u8; 20_000] = [b'x'; 20_000];

/// So many octets, in pieces that are made as they are asked for.
struct Pieces(u64);

impl BodyStream for Pieces {
    fn poll_next(&mut self, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        let count = self.0.min(20_000);
        self.0 -= count;
        Poll::Ready((count > 0).then(|| Ok(vec![b'x'; count as usize].into())))
    }
}

fn octets() -> u64 {
    std::env::var("OCTETS").ok().and_then(|octets| octets.parse().ok()).unwrap_or(OCTETS)
}

fn app() -> App {
    App::new()
        .get("/pieces", |_: &Request<'_>| Body::Stream(Box::new(Pieces(octets()))))
        .get("/length", |_: &Request<'_>| {
            Body::Stream(Box::new(Pieces(octets()))).with_length(octets())
        })
        .get("/read", |_: &Request<'_>| Body::from_read(std::io::repeat(b'x').take(octets())))
        .get("/channel", |_: &Request<'_>| {
            let (sender, body) = Body::channel(64 * 1024);
            std::thread::spawn(move || {
                let mut left = octets();
                while left > 0 {
                    let count = left.min(20_000);
                    sender.blocking_send(&PIECE[..count as usize]).unwrap();
                    left -= count;
                }
                sender.finish();
            });
            body
        })
}

/// A line of the process's state, in octets.
fn memory(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim().strip_suffix(" kB").unwrap().trim().parse::<usize>().unwrap() * 1024
}

/// Reads an answer to the end of its connection, and counts its octets.
fn read(client: &mut TcpStream, buffer: &mut [u8]) -> u64 {
    let mut count = 0;
    loop {
        match client.read(buffer).unwrap() {
            0 => return count,
            more => count += more as u64,
        }
    }
}

#[test]
fn an_answer_of_any_size_needs_little_memory() {
    let server = app().bind("127.0.0.1:0").unwrap();
    let (address, handle) = (server.local_address(), server.handle());
    let thread = std::thread::spawn(move || server.run().unwrap());
    let mut buffer = vec![0; 64 * 1024];
    for target in ["/pieces", "/length", "/read", "/channel"] {
        let mut client = TcpStream::connect(address).unwrap();
        client.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        // The highest mark begins at what is there, where it may be set.
        let is_set = std::fs::write("/proc/self/clear_refs", "5").is_ok();
        let before = memory(if is_set { "VmRSS:" } else { "VmHWM:" });
        let began = Instant::now();
        let request = format!("GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        client.write_all(request.as_bytes()).unwrap();
        let count = read(&mut client, &mut buffer);
        let growth = memory("VmHWM:").saturating_sub(before);
        println!("{target}: {count} octets in {:.1?}, {} KiB more", began.elapsed(), growth / 1024);
        assert!(count >= octets(), "{target}: {count} octets");
        assert!(growth < MOST_GROWTH, "{target}: {growth} octets more");
    }
    handle.cut();
    thread.join().unwrap();
}
