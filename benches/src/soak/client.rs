//! A client that knows what it has asked for, and compares what it is answered.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use socket2::SockRef;

/// Octets of a piece of a streamed answer.
pub(super) const PIECE: usize = 700;

/// What a piece consists of.
pub(super) fn piece(number: usize) -> u8 {
    b'a' + (number % 26) as u8
}

/// What an answer has to be.
#[derive(Debug)]
pub(super) struct Expected {
    status: u16,
    /// `None`: anything.
    content: Option<Vec<u8>>,
    is_head: bool,
}

impl Expected {
    pub(super) fn new(status: u16, content: Option<Vec<u8>>) -> Expected {
        Expected { status, content, is_head: false }
    }

    pub(super) fn to_head() -> Expected {
        Expected { status: 200, content: None, is_head: true }
    }
}

/// What a client has done.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Done {
    /// Requests sent, and writes of several.
    pub(super) requests: u64,
    pub(super) bursts: u64,
    /// Answers that were as expected.
    pub(super) answers: u64,
}

/// How long an answer may take: far more than any deadline of the server.
const PATIENCE: Duration = Duration::from_secs(20);

/// A connection, what was asked on it, and what was read.
pub(super) struct Client {
    stream: TcpStream,
    expected: VecDeque<Expected>,
    octets: Vec<u8>,
    at: usize,
    pub(super) done: Done,
}

impl Client {
    pub(super) fn connect(address: SocketAddr) -> io::Result<Client> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let (expected, octets) = (VecDeque::new(), Vec::new());
        Ok(Client { stream, expected, octets, at: 0, done: Done::default() })
    }

    /// Sends octets that ask for answers.
    pub(super) fn ask(
        &mut self,
        octets: &[u8],
        expected: impl IntoIterator<Item = Expected>,
    ) -> io::Result<()> {
        let before = self.expected.len();
        self.expected.extend(expected);
        let more = self.expected.len() - before;
        self.done.requests += more as u64;
        self.done.bursts += u64::from(more > 1);
        self.stream.write_all(octets)
    }

    /// Asks for a path that is answered 200.
    pub(super) fn ask_one(&mut self, path: &str) -> io::Result<()> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        self.ask(request.as_bytes(), [Expected::new(200, None)])
    }

    /// Sends no more.
    pub(super) fn end_sending(&mut self) -> io::Result<()> {
        self.stream.shutdown(Shutdown::Write)
    }

    /// Makes the end a reset.
    pub(super) fn vanish(self) -> io::Result<()> {
        SockRef::from(&self.stream).set_linger(Some(Duration::ZERO))
    }

    /// Has little room for what is not read; with less, TCP itself would make it late.
    pub(super) fn narrow(&self) -> io::Result<()> {
        SockRef::from(&self.stream).set_recv_buffer_size(32 * 1024)
    }

    /// Reads all answers that were asked for.
    pub(super) fn answers(&mut self) -> io::Result<()> {
        while let Some(expected) = self.expected.pop_front() {
            self.answer(&expected)?;
            self.done.answers += 1;
        }
        self.octets.drain(..self.at);
        self.at = 0;
        Ok(())
    }

    /// Reads the end, behind which there is nothing.
    pub(super) fn end(&mut self) -> io::Result<()> {
        if self.at < self.octets.len() || self.fill()? > 0 {
            let left = self.octets[self.at..].escape_ascii();
            return Err(io::Error::other(format!("more than was asked for: {left}")));
        }
        Ok(())
    }

    /// Reads until the connection ends or fails, whatever comes; says how many octets.
    pub(super) fn drain(&mut self) -> usize {
        let mut count = 0;
        while let Ok(more @ 1..) = self.fill() {
            count += more;
            self.octets.clear();
        }
        count
    }

    /// One read.
    fn fill(&mut self) -> io::Result<usize> {
        let mut room = [0; 16 * 1024];
        loop {
            match self.stream.read(&mut room) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => {
                    let count = read?;
                    self.octets.extend_from_slice(&room[..count]);
                    return Ok(count);
                }
            }
        }
    }

    fn need(&mut self) -> io::Result<()> {
        match self.fill()? {
            0 => Err(io::Error::new(ErrorKind::UnexpectedEof, "the connection has ended")),
            _ => Ok(()),
        }
    }

    /// The octets to the next `end`, which is passed over.
    fn until(&mut self, end: &[u8]) -> io::Result<Vec<u8>> {
        let mut searched = self.at;
        loop {
            let rest = &self.octets[searched..];
            if let Some(found) = rest.windows(end.len()).position(|part| part == end) {
                let octets = self.octets[self.at..searched + found].to_vec();
                self.at = searched + found + end.len();
                return Ok(octets);
            }
            searched = self.octets.len().saturating_sub(end.len() - 1).max(self.at);
            self.need()?;
        }
    }

    fn exactly(&mut self, count: usize) -> io::Result<Vec<u8>> {
        while self.octets.len() - self.at < count {
            self.need()?;
        }
        self.at += count;
        Ok(self.octets[self.at - count..self.at].to_vec())
    }

    fn answer(&mut self, expected: &Expected) -> io::Result<()> {
        let head = self.until(b"\r\n\r\n")?;
        let head = String::from_utf8(head).map_err(io::Error::other)?.to_ascii_lowercase();
        let wrong = |what: &str| io::Error::other(format!("{what}: {expected:?}: {head}"));
        if head.starts_with("http/1.1 100 ") {
            return self.answer(expected);
        }
        let status = head.strip_prefix("http/1.1 ").and_then(|line| line.get(..3)?.parse().ok());
        if status != Some(expected.status) {
            return Err(wrong("another status"));
        }
        let value = |name: &str| head.lines().find_map(|line| line.strip_prefix(name));
        let content = match (value("content-length: "), value("transfer-encoding: chunked")) {
            _ if expected.is_head => Vec::new(),
            (Some(length), None) => {
                let length = length.parse().map_err(|_| wrong("no length"))?;
                self.exactly(length)?
            }
            (None, Some(_)) => self.chunks()?,
            _ => return Err(wrong("no framing")),
        };
        match &expected.content {
            Some(right) if *right != content => Err(wrong("other content")),
            _ => Ok(()),
        }
    }

    fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        loop {
            let size = self.until(b"\r\n")?;
            let size =
                str::from_utf8(&size).ok().and_then(|size| usize::from_str_radix(size, 16).ok());
            let size = size.ok_or_else(|| io::Error::other("no size of a chunk"))?;
            content.extend(self.exactly(size)?);
            if self.exactly(2)? != b"\r\n" {
                return Err(io::Error::other("nothing ends a chunk"));
            }
            if size == 0 {
                return Ok(content);
            }
        }
    }
}
