//! A server, from outside: its process, its memory, and the requests that are not for events.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use super::Contestant;
use crate::contestant;

/// A server that listens, and a connection to ask it. It ends with the value.
pub(super) struct Process {
    server: contestant::Process,
    control: TcpStream,
}

impl Process {
    pub(super) fn start(contestant: Contestant) -> Result<Process, String> {
        let text = |error: std::io::Error| format!("{}: {error}", contestant.name());
        let server = contestant::Process::start(contestant.name())?;
        let control = TcpStream::connect(server.address()).map_err(text)?;
        control.set_nodelay(true).map_err(text)?;
        control.set_read_timeout(Some(Duration::from_secs(60))).map_err(text)?;
        Ok(Process { server, control })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Octets of resident memory.
    pub(super) fn resident(&self) -> Result<u64, String> {
        self.server.resident()
    }

    /// Has an event sent, and does not wait for the answer.
    pub(super) fn send(&mut self, octets: usize) -> Result<(), String> {
        self.ask(&format!("POST /send/{octets} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"))
    }

    /// Waits for the answer to that.
    pub(super) fn sent(&mut self) -> Result<(), String> {
        self.answer().map(drop)
    }

    /// Streams that there are, and those that the server has ended.
    pub(super) fn state(&mut self) -> Result<(usize, usize), String> {
        self.ask("GET /state HTTP/1.1\r\nHost: a\r\n\r\n")?;
        let answer = self.answer()?;
        let numbers = answer
            .split_once(' ')
            .and_then(|(streams, ended)| Some((streams.parse().ok()?, ended.parse().ok()?)));
        numbers.ok_or_else(|| format!("its state is {answer:?}"))
    }

    fn ask(&mut self, request: &str) -> Result<(), String> {
        self.control.write_all(request.as_bytes()).map_err(|error| error.to_string())
    }

    /// Reads an answer; its content.
    fn answer(&mut self) -> Result<String, String> {
        let (mut octets, mut buffer) = (Vec::new(), [0; 4096]);
        loop {
            let text = String::from_utf8_lossy(&octets);
            if let Some((head, content)) = text.split_once("\r\n\r\n") {
                let head = head.to_ascii_lowercase();
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
                let length = length.and_then(|length| length.parse().ok()).unwrap_or(0);
                if content.len() >= length {
                    let is_good = head.starts_with("http/1.1 20");
                    return if is_good { Ok(content.to_owned()) } else { Err(head) };
                }
            }
            match self.control.read(&mut buffer) {
                Ok(0) => return Err("it has closed the connection".into()),
                Ok(count) => octets.extend_from_slice(&buffer[..count]),
                Err(error) => return Err(error.to_string()),
            }
        }
    }
}
