//! A client that blocks, for what the load generator does not do.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection, and what it has received beyond the last answer.
pub(super) struct Client {
    stream: TcpStream,
    received: Vec<u8>,
}

/// An answer, with its length on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) octets: usize,
    pub(super) content: Vec<u8>,
}

impl Client {
    pub(super) fn connect(address: SocketAddr) -> Result<Client, String> {
        let stream =
            TcpStream::connect(address).map_err(|error| format!("can't connect: {error}"))?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(|error| error.to_string())?;
        Ok(Client { stream, received: Vec::new() })
    }

    pub(super) fn send(&mut self, octets: &[u8]) -> Result<(), String> {
        self.stream.write_all(octets).map_err(|error| format!("can't send: {error}"))
    }

    /// Closes the client's side.
    pub(super) fn half_close(&mut self) -> Result<(), String> {
        self.stream.shutdown(Shutdown::Write).map_err(|error| error.to_string())
    }

    /// The next answer. `None`: the server has closed.
    pub(super) fn answer(&mut self) -> Result<Option<Answer>, String> {
        loop {
            if let Some(answer) = parse(&self.received)? {
                self.received.drain(..answer.octets);
                return Ok(Some(answer));
            }
            if self.read()? == 0 {
                return match self.received.is_empty() {
                    true => Ok(None),
                    false => Err("closes in the middle of an answer".into()),
                };
            }
        }
    }

    /// The status of the next answer, which may go on until the server closes. `None`: the server has closed.
    pub(super) fn status(&mut self) -> Result<Option<u16>, String> {
        loop {
            if let Some((status, ..)) = head(&self.received)? {
                return Ok(Some(status));
            }
            if self.read()? == 0 {
                return match self.received.is_empty() {
                    true => Ok(None),
                    false => Err("closes in the middle of an answer".into()),
                };
            }
        }
    }

    /// So many answers, or what was wrong.
    pub(super) fn answers(&mut self, count: usize) -> Result<Vec<Answer>, String> {
        let mut answers = Vec::with_capacity(count);
        while answers.len() < count {
            match self.answer() {
                Ok(Some(answer)) => answers.push(answer),
                Ok(None) => {
                    return Err(format!("closes after {} of {count} answers", answers.len()));
                }
                Err(error) => {
                    return Err(format!("{error}, after {} of {count} answers", answers.len()));
                }
            }
        }
        Ok(answers)
    }

    /// Reads once and returns the number of octets; 0: the server has closed.
    pub(super) fn read(&mut self) -> Result<usize, String> {
        let mut octets = [0; 64 * 1024];
        match self.stream.read(&mut octets) {
            Ok(length) => {
                self.received.extend_from_slice(&octets[..length]);
                Ok(length)
            }
            Err(error) => match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => Err("does not answer".into()),
                ErrorKind::ConnectionReset => Err("resets the connection".into()),
                _ => Err(error.to_string()),
            },
        }
    }

    /// Octets received and not taken as answers.
    pub(super) fn pending(&self) -> usize {
        self.received.len()
    }

    /// Takes so many of them, or all.
    pub(super) fn discard(&mut self, octets: usize) {
        self.received.drain(..octets.min(self.received.len()));
    }
}

/// The answer at the start of these octets, if all of it is there.
fn parse(octets: &[u8]) -> Result<Option<Answer>, String> {
    let Some((status, head, length)) = head(octets)? else { return Ok(None) };
    let length = length.ok_or("sends an answer without Content-Length")?;
    let content = octets.get(head..head + length);
    Ok(content.map(|content| Answer { status, octets: head + length, content: content.to_vec() }))
}

/// The status code, the octets of the head, and those of the content if the head tells, as soon as all of the head is there.
fn head(octets: &[u8]) -> Result<Option<(u16, usize, Option<usize>)>, String> {
    let mut fields = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut fields);
    let head = match response.parse(octets) {
        Ok(httparse::Status::Complete(head)) => head,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(error) => return Err(format!("sends an answer that is malformed: {error}")),
    };
    let mut fields = response.headers.iter();
    let length = fields.find(|field| field.name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|field| std::str::from_utf8(field.value).ok()?.parse().ok());
    Ok(Some((response.code.unwrap_or_default(), head, length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_taken_when_all_of_it_is_there() {
        let octets = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        for end in 0..octets.len() {
            assert_eq!(parse(&octets[..end]), Ok(None));
        }
        let answer = parse(octets).unwrap().unwrap();
        assert_eq!(
            (answer.status, answer.octets, &answer.content[..]),
            (200, octets.len(), &b"ok"[..])
        );
        assert!(parse(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert_eq!(head(b"HTTP/1.1 400 Bad\r\n\r\n"), Ok(Some((400, 20, None))));
    }
}
