//! A client of few words.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// How long anything may take before a test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    received: Vec<u8>,
    /// So much of that was taken.
    taken: usize,
}

/// An answer as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) content: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.content).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).next()
    }

    pub(crate) fn headers<'a, 'n>(
        &'a self,
        name: &'n str,
    ) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.head.lines().filter_map(move |line| {
            let (own, value) = line.split_once(": ")?;
            own.eq_ignore_ascii_case(name).then_some(value)
        })
    }
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Client {
        let stream = TcpStream::connect_timeout(&address, PATIENCE).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        Client { stream, received: Vec::new(), taken: 0 }
    }

    pub(crate) fn send(&mut self, octets: impl AsRef<[u8]>) -> &mut Client {
        self.stream.write_all(octets.as_ref()).unwrap();
        self
    }

    /// Sends a request without content and reads its answer.
    pub(crate) fn ask(&mut self, method: &str, target: &str) -> Answer {
        self.send(format!("{method} {target} HTTP/1.1\r\nHost: a\r\n\r\n"));
        self.answer_to(method)
    }

    pub(crate) fn get(&mut self, target: &str) -> Answer {
        self.ask("GET", target)
    }

    pub(crate) fn post(
        &mut self,
        target: &str,
        media_type: &str,
        content: impl AsRef<[u8]>,
    ) -> Answer {
        let content = content.as_ref();
        let length = content.len();
        let head = format!(
            "POST {target} HTTP/1.1\r\nHost: a\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n"
        );
        self.send([head.as_bytes(), content].concat());
        self.answer()
    }

    /// Reads one answer.
    pub(crate) fn answer(&mut self) -> Answer {
        self.answer_to("GET")
    }

    pub(crate) fn answer_to(&mut self, method: &str) -> Answer {
        loop {
            if let Some(answer) = self.take_answer(method) {
                return answer;
            }
            if self.fill() == 0 {
                panic!(
                    "the connection ended; received so far: {:?}",
                    String::from_utf8_lossy(&self.received)
                );
            }
        }
    }

    pub(crate) fn answers(&mut self, count: usize) -> Vec<Answer> {
        (0..count).map(|_| self.answer()).collect()
    }

    /// Reads to the end of the stream and gives what was not an answer. A reset is an end without grace: none.
    pub(crate) fn rest(&mut self) -> Option<Vec<u8>> {
        loop {
            let mut buffer = [0; 4096];
            match self.stream.read(&mut buffer) {
                Ok(0) => return Some(self.received.split_off(std::mem::take(&mut self.taken))),
                Ok(count) => self.received.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("no end of the stream: {error}"),
            }
        }
    }

    /// Takes octets that [`rest`](Self::rest) gave to be looked at for answers.
    pub(crate) fn give_back(&mut self, octets: Vec<u8>) {
        self.received = octets;
    }

    /// The next answer of what was received, without reading more.
    pub(crate) fn next_of(&mut self, method: &str) -> Option<Answer> {
        self.take_answer(method)
    }

    /// Asserts that the server closes in peace, without a word more.
    pub(crate) fn assert_closed(&mut self) {
        assert_eq!(self.rest().as_deref(), Some(&b""[..]), "the connection closes in peace");
    }

    /// Whether nothing arrives for a while.
    pub(crate) fn is_silent_for(&mut self, time: Duration) -> bool {
        self.stream.set_read_timeout(Some(time)).unwrap();
        let read = self.stream.peek(&mut [0]);
        self.stream.set_read_timeout(Some(PATIENCE)).unwrap();
        matches!(read, Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut))
    }

    fn fill(&mut self) -> usize {
        let mut buffer = [0; 64 * 1024];
        self.received.drain(..std::mem::take(&mut self.taken));
        let count = loop {
            match self.stream.read(&mut buffer) {
                // A process that was stopped and goes on.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read.unwrap(),
            }
        };
        self.received.extend_from_slice(&buffer[..count]);
        count
    }

    fn take_answer(&mut self, method: &str) -> Option<Answer> {
        let received = &self.received[self.taken..];
        let end = received.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
        let head = String::from_utf8(received[..end].to_vec()).unwrap();
        let status = head.strip_prefix("HTTP/1.1 ").unwrap()[..3].parse().unwrap();
        let mut answer = Answer { status, head, content: Vec::new() };
        if method == "HEAD" || status < 200 || status == 204 || status == 304 {
            self.taken += end;
            return Some(answer);
        }
        let consumed = match answer.header("transfer-encoding") {
            Some(_) => {
                let (content, consumed) = unchunked(&received[end..])?;
                answer.content = content;
                consumed
            }
            None => {
                let length = answer.header("content-length").expect("a length").parse().unwrap();
                answer.content = received.get(end..end + length)?.to_vec();
                length
            }
        };
        self.taken += end + consumed;
        Some(answer)
    }
}

/// Content in chunks, if all of it is there, and its octets on the wire.
fn unchunked(octets: &[u8]) -> Option<(Vec<u8>, usize)> {
    let (mut content, mut at) = (Vec::new(), 0);
    loop {
        let line = octets[at..].windows(2).position(|two| two == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&octets[at..at + line]).unwrap(), 16)
            .unwrap();
        at += line + 2;
        content.extend_from_slice(octets.get(at..at + size)?);
        at += size + 2;
        if octets.len() < at {
            return None;
        }
        if size == 0 {
            return Some((content, at));
        }
    }
}
