//! A server, from outside: its process, its memory, its answers, and connections that stay.

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
}

/// An answer, with what may differ between servers left out: the date, the order and the case of fields.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    status: String,
    fields: Vec<String>,
    content: String,
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
        let address = read.and_then(|_| address.parse().map_err(|_| format!("it says {line:?}")));
        match address {
            Ok(address) => Ok(Process { child, address }),
            Err(complaint) => {
                let _ = child.kill();
                let _ = child.wait();
                Err(complaint)
            }
        }
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Octets of resident memory.
    pub(super) fn resident(&self) -> Result<u64, String> {
        let file = format!("/proc/{}/status", self.id());
        let status = fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        kib.map(|kib| kib * 1024).ok_or_else(|| format!("{file} tells too little"))
    }

    /// Asks on a connection of its own, which is given back with the answer.
    pub(super) fn ask(&self, request: &[u8]) -> Result<(Answer, TcpStream), String> {
        let mut stream = TcpStream::connect(self.address).map_err(|error| error.to_string())?;
        let wait = stream.set_read_timeout(Some(Duration::from_secs(60)));
        wait.and_then(|()| stream.write_all(request)).map_err(|error| error.to_string())?;
        Ok((answer(&mut stream)?, stream))
    }
}

/// Reads an answer.
fn answer(stream: &mut TcpStream) -> Result<Answer, String> {
    let (mut octets, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&octets);
        if let Some((head, content)) = text.split_once("\r\n\r\n") {
            let mut lines = head.lines();
            let status = lines.next().unwrap_or_default().to_owned();
            let fields = lines.filter_map(|line| line.split_once(": "));
            let fields = fields.map(|(name, value)| (name.to_ascii_lowercase(), value));
            let fields: Vec<(String, &str)> = fields.filter(|(name, _)| name != "date").collect();
            let length = fields.iter().find(|(name, _)| name == "content-length");
            let length = length.and_then(|(_, length)| length.parse::<usize>().ok());
            if content.len() >= length.ok_or("an answer does not tell its length")? {
                let mut fields: Vec<String> =
                    fields.iter().map(|(name, value)| format!("{name}: {value}")).collect();
                fields.sort();
                return Ok(Answer { status, fields, content: content.to_owned() });
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) => return Err("it has closed the connection".into()),
            Ok(count) => octets.extend_from_slice(&buffer[..count]),
            Err(error) => return Err(error.to_string()),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
