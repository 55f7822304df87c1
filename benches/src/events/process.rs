//! A server, from outside: its process, its memory, and the requests that are not for events.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::Contestant;

/// A server that listens. It ends with the value.
pub(super) struct Process {
    child: Child,
    pub(super) address: SocketAddr,
    control: TcpStream,
}

impl Process {
    pub(super) fn start(contestant: Contestant) -> Result<Process, String> {
        let text = |error: std::io::Error| format!("{}: {error}", contestant.name());
        let program = std::env::current_exe().map_err(text)?;
        let mut child = Command::new(program)
            .args(["--serve", contestant.name()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(text)?;
        let mut line = String::new();
        let out = child.stdout.take().ok_or("it is mute")?;
        let read = BufReader::new(out).read_line(&mut line).map_err(text);
        let address = line.trim().strip_prefix("listening on http://").unwrap_or_default();
        let begun = read.and_then(|_| {
            let address = address.parse().map_err(|_| format!("it says {line:?}"))?;
            let control = TcpStream::connect(address).map_err(text)?;
            control.set_nodelay(true).map_err(text)?;
            control.set_read_timeout(Some(Duration::from_secs(60))).map_err(text)?;
            Ok((address, control))
        });
        match begun {
            Ok((address, control)) => Ok(Process { child, address, control }),
            Err(complaint) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(complaint)
            }
        }
    }

    /// Octets of resident memory.
    pub(super) fn resident(&self) -> Result<u64, String> {
        let file = format!("/proc/{}/status", self.child.id());
        let status = fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        kib.map(|kib| kib * 1024).ok_or_else(|| format!("{file} tells too little"))
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

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
