//! Clients that keep their connection and account for each request.

use core::fmt;
use core::mem::MaybeUninit;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::ops::AddAssign;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use socket2::SockRef;

use super::super::clients::Random;
use super::{Signs, connect};

/// One thread for each.
pub(super) const CLIENTS: usize = 16;

/// How long an answer may take, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// What became of requests and connections.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    connections: u64,
    /// Connections that were refused: there was no server.
    refused: u64,
    requests: u64,
    answers: u64,
    /// Requests behind an answer with `Connection: close`: not to be answered, and to be sent again.
    announced: u64,
    /// Connections that had closed while they were idle.
    idle: u64,
    /// Requests that met the end of a connection that had closed while it was idle.
    crossed: u64,
    /// Lost: the server has reset the connection, and the requests with it.
    reset: u64,
    /// Lost: the server ended the connection when they were there.
    ended: u64,
    /// Lost: no answer came.
    late: u64,
    /// Of those that were lost, those on connections on which nothing had been answered.
    of_new: u64,
}

impl Counts {
    fn lost(&self) -> u64 {
        self.reset + self.ended + self.late
    }
}

/// Counts of all threads.
#[derive(Default)]
pub(super) struct Tally(Mutex<(Counts, Vec<String>)>);

/// Asks until it is to stop, on as many connections as that takes.
pub(super) fn run(address: SocketAddr, number: usize, signs: &Signs, tally: &Tally) {
    let mut random = Random::new(number as u64 + 2000);
    let mut client = Steady { number: 0, counts: Counts::default(), octets: Vec::new(), at: 0 };
    while !signs.stops() {
        let stream = match connect(address) {
            Ok(stream) => stream,
            Err(error) => {
                client.counts.refused += 1;
                if error.kind() != ErrorKind::ConnectionRefused
                    && error.kind() != ErrorKind::ConnectionReset
                {
                    tally.fault(format!("steady client: can't connect: {error}"));
                }
                thread::sleep(Duration::from_millis(5));
                continue;
            }
        };
        client.counts.connections += 1;
        if let Err(error) = client.keep(stream, &mut random, signs) {
            tally.fault(format!("steady client: {error}"));
        }
    }
    lock(tally).0 += client.counts;
}

struct Steady {
    /// Of the last request.
    number: u64,
    counts: Counts,
    /// What was read, and how much of it was taken.
    octets: Vec<u8>,
    at: usize,
}

/// How a connection fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// There is more to be asked, or to be read.
    Open,
    /// Behind all that had been sent.
    Ended,
    /// With a reset, which tells that the server had not read all.
    Reset,
    /// Nothing came.
    Late,
}

impl Steady {
    /// Asks on a connection until that ends. An error is something that no server may do.
    fn keep(
        &mut self,
        mut stream: TcpStream,
        random: &mut Random,
        signs: &Signs,
    ) -> io::Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        self.octets.clear();
        self.at = 0;
        let mut is_new = true;
        // Nobody has promised anything to who connects while the server ends.
        let is_behind = signs.ends();
        while !signs.stops() {
            if looked(&stream)? != End::Open {
                self.counts.idle += 1;
                return Ok(());
            }
            let count = if random.below(4) == 0 { 1 + random.below(8) } else { 1 };
            let first = self.number + 1;
            self.number += count;
            let mut burst = String::new();
            for number in first..=self.number {
                burst += &format!("GET /user/{number} HTTP/1.1\r\nHost: a\r\n\r\n");
            }
            self.counts.requests += count;
            // One write, which is delivered when it returns: an end that is seen then was on its way before.
            if stream.write_all(burst.as_bytes()).is_err() || looked(&stream)? == End::Ended {
                self.counts.crossed += count;
                return Ok(());
            }
            for number in first..=self.number {
                let left = self.number + 1 - number;
                match self.answer(&mut stream, number)? {
                    (End::Open, false) => {
                        self.counts.answers += 1;
                        is_new = false;
                    }
                    (End::Open, true) => {
                        self.counts.answers += 1;
                        self.counts.announced += left - 1;
                        return Ok(());
                    }
                    _ if is_new && is_behind => {
                        self.counts.crossed += left;
                        return Ok(());
                    }
                    (end, _) => {
                        *match end {
                            End::Reset => &mut self.counts.reset,
                            End::Late => &mut self.counts.late,
                            _ => &mut self.counts.ended,
                        } += left;
                        self.counts.of_new += if is_new { left } else { 0 };
                        return Ok(());
                    }
                }
            }
            // Some think before they ask again.
            if random.below(4) == 0 {
                thread::sleep(Duration::from_micros(random.below(3000)));
            }
        }
        Ok(())
    }

    /// Reads the answer to this request; tells whether it announces the end.
    fn answer(&mut self, stream: &mut TcpStream, number: u64) -> io::Result<(End, bool)> {
        loop {
            let rest = &self.octets[self.at..];
            if let Some(head) = rest.windows(4).position(|four| four == b"\r\n\r\n") {
                let text = String::from_utf8_lossy(&rest[..head]).to_ascii_lowercase();
                let wrong = || io::Error::other(format!("request {number} is answered {text:?}"));
                let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
                let length: usize = length.and_then(|text| text.parse().ok()).ok_or_else(wrong)?;
                if let Some(content) = rest.get(head + 4..head + 4 + length) {
                    let is_right = text.starts_with("http/1.1 200 ")
                        && content == number.to_string().as_bytes();
                    if !is_right {
                        return Err(wrong());
                    }
                    self.at += head + 4 + length;
                    return Ok((End::Open, text.lines().any(|line| line == "connection: close")));
                }
            }
            self.octets.drain(..self.at);
            self.at = 0;
            let mut room = [0; 4096];
            match stream.read(&mut room) {
                Ok(0) => return Ok((End::Ended, false)),
                Ok(count) => self.octets.extend_from_slice(&room[..count]),
                Err(error) => match error.kind() {
                    ErrorKind::Interrupted => {}
                    ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => {
                        return Ok((End::Reset, false));
                    }
                    ErrorKind::WouldBlock | ErrorKind::TimedOut => return Ok((End::Late, false)),
                    _ => return Err(error),
                },
            }
        }
    }
}

/// Whether a connection has ended by now. What may have come besides is left there.
fn looked(stream: &TcpStream) -> io::Result<End> {
    // As Linux has them on all processors: MSG_PEEK and MSG_DONTWAIT.
    const LOOK: i32 = 0x02 | 0x40;
    match SockRef::from(stream).recv_with_flags(&mut [MaybeUninit::uninit()], LOOK) {
        Ok(0) => Ok(End::Ended),
        Ok(_) => Ok(End::Open),
        Err(error) => match error.kind() {
            ErrorKind::WouldBlock | ErrorKind::Interrupted => Ok(End::Open),
            _ => Ok(End::Reset),
        },
    }
}

impl Tally {
    fn fault(&self, fault: String) {
        lock(self).1.push(fault);
    }

    pub(super) fn faults(&self) -> Vec<String> {
        let (counts, faults) = &*lock(self);
        let mut faults = faults.clone();
        if counts.lost() > 0 {
            faults.push(format!(
                "{} of {} steady requests were lost",
                counts.lost(),
                counts.requests
            ));
        }
        let known = counts.answers + counts.announced + counts.crossed + counts.lost();
        if known != counts.requests && faults.is_empty() {
            faults
                .push(format!("of {} steady requests {known} are accounted for", counts.requests));
        }
        faults
    }
}

fn lock(tally: &Tally) -> MutexGuard<'_, (Counts, Vec<String>)> {
    tally.0.lock().unwrap_or_else(PoisonError::into_inner)
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.connections += other.connections;
        self.refused += other.refused;
        self.requests += other.requests;
        self.answers += other.answers;
        self.announced += other.announced;
        self.idle += other.idle;
        self.crossed += other.crossed;
        self.reset += other.reset;
        self.ended += other.ended;
        self.late += other.late;
        self.of_new += other.of_new;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (counts, _) = &*lock(self);
        let Counts {
            connections,
            refused,
            requests,
            answers,
            announced,
            idle,
            crossed,
            reset,
            ended,
            late,
            of_new,
        } = counts;
        write!(
            f,
            "{CLIENTS} clients on {connections} connections ({refused} refused and tried again): {requests} requests, {answers} answers, \
             {announced} behind an announced close, {idle} idle closes, {crossed} requests that crossed one or came on a connection behind SIGTERM; \
             {} lost: {reset} by a reset, {ended} by an end, {late} without an end, {of_new} of these on new connections",
            counts.lost()
        )
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// A connection, and the server's end of it.
    fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let stream = connect(listener.local_addr().unwrap()).unwrap();
        (stream, listener.accept().unwrap().0)
    }

    /// What a client counts on a connection, until that ends.
    fn counts_on(stream: TcpStream) -> Counts {
        let mut client = Steady { number: 0, counts: Counts::default(), octets: Vec::new(), at: 0 };
        client.keep(stream, &mut Random::new(1), &Signs::default()).unwrap();
        client.counts
    }

    /// The same, with this server.
    fn counts(serve: impl FnOnce(TcpStream) + Send + 'static) -> Counts {
        let (stream, end) = pair();
        let server = thread::spawn(move || serve(end));
        let counts = counts_on(stream);
        server.join().unwrap();
        counts
    }

    /// Reads until so many requests have come in all.
    fn read(stream: &mut TcpStream, requests: usize) -> usize {
        let (mut octets, mut room) = (Vec::new(), [0; 4096]);
        loop {
            let count = octets.windows(4).filter(|four| four == b"\r\n\r\n").count();
            if count >= requests {
                return count;
            }
            let count = stream.read(&mut room).unwrap();
            octets.extend_from_slice(&room[..count]);
        }
    }

    fn answer(stream: &mut TcpStream, number: u64, field: &str) {
        let content = number.to_string();
        let length = content.len();
        let text = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n{field}\r\n{content}");
        stream.write_all(text.as_bytes()).unwrap();
    }

    #[test]
    fn an_announced_close_loses_nothing() {
        let counts = counts(|mut stream| {
            read(&mut stream, 1);
            answer(&mut stream, 1, "Connection: close\r\n");
        });
        assert_eq!((counts.answers, counts.lost()), (1, 0));
        assert_eq!(counts.requests, 1 + counts.announced);
    }

    #[test]
    fn a_request_that_was_there_and_has_no_answer_is_lost() {
        let ended = counts(|mut stream| assert!(read(&mut stream, 1) > 0));
        assert!(ended.lost() > 0 && ended.of_new == ended.lost(), "{ended:?}");
        // Not read by anybody: the kernel sends a reset.
        let reset = counts(|stream| assert!(stream.peek(&mut [0]).unwrap() > 0));
        assert_eq!(reset.reset, reset.requests, "{reset:?}");
    }

    #[test]
    fn an_idle_connection_may_close() {
        let (stream, end) = pair();
        drop(end);
        let counts = counts_on(stream);
        assert_eq!((counts.idle, counts.requests), (1, 0), "{counts:?}");
    }
}
