//! Peers that are gone in the middle of something, with a reset or without.

use core::fmt;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use socket2::SockRef;

use super::super::clients::Random;
use super::{Signs, connect};

/// One thread for each.
pub(super) const CLIENTS: usize = 4;

/// How long a thread pauses between two: those that end without a reset keep a port for a minute.
const PAUSE: Duration = Duration::from_millis(20);

/// In the middle of what they vanish.
const KINDS: [&str; 4] = ["head", "content", "chunk", "answer"];

/// Counts of all threads: by kind, without a reset and with one.
#[derive(Default)]
pub(super) struct Tally([[AtomicU64; 2]; KINDS.len()]);

/// Is one peer after another until it is to stop.
pub(super) fn run(address: SocketAddr, number: u64, signs: &Signs, tally: &Tally) {
    let mut random = Random::new(number + 1000);
    let mut turn = number as usize;
    while !signs.stops() {
        thread::sleep(PAUSE);
        let (kind, is_reset) = (turn % KINDS.len(), turn / KINDS.len() % 2 == 1);
        // Whatever the server does about it, and if there is none now.
        if vanish(address, kind, is_reset, &mut random).is_ok() {
            tally.0[kind][usize::from(is_reset)].fetch_add(1, Ordering::Relaxed);
            turn += 1;
        }
    }
}

fn vanish(address: SocketAddr, kind: usize, is_reset: bool, random: &mut Random) -> io::Result<()> {
    let mut stream = connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(2)))?;
    // Some whole requests before it.
    let mut octets = b"GET /async HTTP/1.1\r\nHost: a\r\n\r\n".repeat(random.below(4) as usize);
    match KINDS[kind] {
        "head" => {
            let head = b"GET /user/7 HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n";
            octets.extend_from_slice(&head[..1 + random.below(head.len() as u64 - 1) as usize]);
        }
        "content" => {
            octets.extend_from_slice(
                b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n",
            );
            octets.resize(octets.len() + random.below(99_999) as usize, b'a');
        }
        "chunk" => {
            octets.extend_from_slice(
                b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n",
            );
            octets.resize(octets.len() + random.below(999) as usize, b'a');
        }
        // What it does not wait for; what it reads a part of.
        _ if random.below(2) == 0 => {
            octets.extend_from_slice(b"GET /delay/50 HTTP/1.1\r\nHost: a\r\n\r\n")
        }
        _ => {
            octets.extend_from_slice(
                b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n",
            );
            octets.resize(octets.len() + 500_000, b'a');
            stream.write_all(&octets)?;
            let _ = stream.read(&mut [0; 1000])?;
            octets.clear();
        }
    }
    stream.write_all(&octets)?;
    // Sometimes it has been read by then.
    thread::sleep(Duration::from_micros(random.below(1500)));
    end(&stream, is_reset)
}

/// What was not read makes a reset of any end.
fn end(stream: &TcpStream, is_reset: bool) -> io::Result<()> {
    match is_reset {
        true => SockRef::from(stream).set_linger(Some(Duration::ZERO)),
        false => Ok(()),
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (name, counts)) in KINDS.iter().zip(&self.0).enumerate() {
            let [without, with] = [0, 1].map(|which: usize| counts[which].load(Ordering::Relaxed));
            let comma = if number == 0 { "" } else { "; " };
            write!(f, "{comma}amid {name} {without} and {with} with a reset")?;
        }
        Ok(())
    }
}
