//! Peers that are alive, and slow: each takes a second for an octet.

use core::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Mutex;
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

use socket2::SockRef;

use super::{Signs, connect};

/// One thread for each.
pub(super) const CLIENTS: usize = 4 * KINDS.len();

/// Kinds of slow peers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Sends a head.
    Head,
    /// Sends content, which never comes to its end.
    Content,
    /// Reads an answer.
    Reader,
    /// Sends an extension of a chunk that never ends; each second one in pieces of 16 octets.
    Extension,
}

const KINDS: [Kind; 4] = [Kind::Head, Kind::Content, Kind::Reader, Kind::Extension];

/// What is in front of slow content.
const CONTENT: &str = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n";

/// Octets of each of three answers that a slow reader asks for: together more than the kernel holds (4 MiB), so that the server has some, too.
const ANSWER: usize = 2_000_000;

/// How long a head or content may take (it has 10 s, looked at each second), with what a busy machine adds.
const MESSAGE: Duration = Duration::from_secs(20);

/// Those who are in no haste go by themselves. A reader must have been cut by then, since it has 30 s to take some.
const LONG: Duration = Duration::from_secs(45);

/// Octets of an extension by which a server must have had enough.
const EXTENSION: usize = 4096;

/// How a peer fared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Was answered as it deserved: 408 or 400.
    Answered,
    /// Was cut without an answer, which readers are.
    Cut,
    /// Went by itself.
    Left,
}

/// Counts of all threads.
#[derive(Default)]
pub(super) struct Tally(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    /// By kind: all, and each fate.
    of: [[u64; 4]; KINDS.len()],
    faults: Vec<String>,
}

/// Starts all of them.
pub(super) fn start<'s>(
    scope: &'s Scope<'s, '_>,
    address: SocketAddr,
    signs: &'s Signs,
    tally: &'s Tally,
) {
    for number in 0..CLIENTS {
        scope.spawn(move || run(address, number, signs, tally));
    }
}

/// Is one peer after another until it is to stop.
fn run(address: SocketAddr, number: usize, signs: &Signs, tally: &Tally) {
    let kind = KINDS[number % KINDS.len()];
    while !signs.stops() {
        if signs.leaves() {
            thread::sleep(Duration::from_millis(20));
            continue;
        }
        let life = signs.life();
        let Ok(stream) = connect(address) else {
            thread::sleep(Duration::from_millis(20));
            continue;
        };
        tally.count(kind, 0);
        let mut peer = Peer { stream, signs };
        let is_quick = number / KINDS.len() % 2 == 1;
        let fate = match kind {
            Kind::Head => peer.drip("GET / HTTP/1.1\r\nHost: a\r\nA: "),
            Kind::Content => peer.drip(CONTENT),
            Kind::Reader => peer.reader(),
            Kind::Extension => peer.extension(is_quick),
        };
        match fate {
            Ok(fate) => tally.count(kind, 1 + fate as usize),
            // Ends of the server are ends for them, too.
            Err(_) if signs.leaves() || signs.life() != life => {
                tally.count(kind, 1 + Fate::Cut as usize)
            }
            Err(error) => tally.fault(kind, &error),
        }
    }
}

struct Peer<'s> {
    stream: TcpStream,
    signs: &'s Signs,
}

impl Peer<'_> {
    /// Drips what is sent behind `head` and never comes to its end.
    fn drip(&mut self, head: &str) -> io::Result<Fate> {
        self.send(head.as_bytes())?;
        let began = Instant::now();
        loop {
            self.send(b"a")?;
            match self.pause(Duration::from_secs(1))? {
                Some(answer) => return is(&answer, &["408"]),
                None if self.signs.leaves() => return Ok(Fate::Left),
                None if began.elapsed() > MESSAGE => {
                    return Err(io::Error::other(format!("it is read for {MESSAGE:?}")));
                }
                None => {}
            }
        }
    }

    fn reader(&mut self) -> io::Result<Fate> {
        SockRef::from(&self.stream).set_recv_buffer_size(4 * 1024)?;
        let head = format!("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {ANSWER}\r\n\r\n");
        let request = [head.as_bytes(), &vec![b'a'; ANSWER]].concat();
        let began = Instant::now();
        self.stream.set_write_timeout(Some(Duration::from_secs(2)))?;
        match self.stream.write_all(&request.repeat(3)) {
            // At its bound the server reads no more.
            Err(error) if [ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&error.kind()) => {}
            sent => sent?,
        }
        self.stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        let mut octet = [0];
        while !self.signs.leaves() {
            if began.elapsed() > LONG {
                return Err(io::Error::other(format!("it is not cut within {LONG:?}")));
            }
            match self.stream.read(&mut octet) {
                Ok(0) => return Ok(Fate::Cut),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return Ok(Fate::Cut),
                Err(error) => return Err(error),
            }
            let step = Instant::now();
            while step.elapsed() < Duration::from_secs(1) && !self.signs.leaves() {
                // What is still to be read here hides an end there from a read.
                if self.stream.take_error()?.is_some() {
                    return Ok(Fate::Cut);
                }
                thread::sleep(Duration::from_millis(50));
            }
        }
        Ok(Fate::Left)
    }

    fn extension(&mut self, is_quick: bool) -> io::Result<Fate> {
        self.send(b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;a=")?;
        let (piece, pause) = match is_quick {
            true => (&[b'a'; 16][..], Duration::from_millis(50)),
            false => (&[b'a'; 1][..], Duration::from_secs(1)),
        };
        let (began, mut sent) = (Instant::now(), 0);
        while sent < EXTENSION {
            self.send(piece)?;
            sent += piece.len();
            match self.pause(pause)? {
                Some(answer) => return is(&answer, &["400", "408"]),
                None if self.signs.leaves() || began.elapsed() > LONG => return Ok(Fate::Left),
                None => {}
            }
        }
        Err(io::Error::other(format!("{sent} octets of its extension are read")))
    }

    fn send(&mut self, octets: &[u8]) -> io::Result<()> {
        self.stream.write_all(octets)
    }

    /// Waits for so long, or until the server says something, or everybody leaves.
    fn pause(&mut self, lasts: Duration) -> io::Result<Option<Vec<u8>>> {
        let began = Instant::now();
        let mut room = [0; 4096];
        self.stream.set_read_timeout(Some(Duration::from_millis(50)))?;
        while began.elapsed() < lasts && !self.signs.leaves() {
            match self.stream.read(&mut room) {
                Ok(0) => return Err(io::Error::other("it is cut without an answer")),
                Ok(count) => return Ok(Some(room[..count].to_vec())),
                Err(error) => match error.kind() {
                    ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted => {}
                    _ => return Err(error),
                },
            }
        }
        Ok(None)
    }
}

/// Whether an answer has one of these statuses.
fn is(answer: &[u8], statuses: &[&str]) -> io::Result<Fate> {
    let line = answer.split(|&octet| octet == b'\r').next().unwrap_or_default();
    let status = line.strip_prefix(b"HTTP/1.1 ").unwrap_or_default();
    if statuses.iter().any(|right| status.starts_with(right.as_bytes())) {
        return Ok(Fate::Answered);
    }
    let right = statuses.join(" or ");
    Err(io::Error::other(format!("answered \"{}\", not {right}", line.escape_ascii())))
}

impl Tally {
    fn count(&self, kind: Kind, what: usize) {
        self.0.lock().unwrap_or_else(|error| error.into_inner()).of[kind as usize][what] += 1;
    }

    fn fault(&self, kind: Kind, error: &io::Error) {
        let mut counts = self.0.lock().unwrap_or_else(|error| error.into_inner());
        counts.faults.push(format!("slow {kind:?}: {error}"));
    }

    pub(super) fn faults(&self) -> Vec<String> {
        let counts = self.0.lock().unwrap_or_else(|error| error.into_inner());
        let unseen = KINDS.iter().filter(|&&kind| counts.of[kind as usize][0] == 0);
        let unseen = unseen.map(|kind| format!("slow {kind:?}: there was none"));
        counts.faults.iter().cloned().chain(unseen).collect()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = self.0.lock().unwrap_or_else(|error| error.into_inner());
        for (number, kind) in KINDS.iter().enumerate() {
            let [all, answered, cut, left] = counts.of[*kind as usize];
            let comma = if number == 0 { "" } else { "; " };
            let name = format!("{kind:?}").to_lowercase();
            write!(f, "{comma}{name} {all}: {answered} answered, {cut} cut, {left} left")?;
        }
        write!(f, "; {} faults", counts.faults.len())
    }
}
