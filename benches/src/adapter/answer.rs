//! Answers of a server, to be compared.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// An answer, with what may differ between servers left out: the date, the order and the case of fields.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    status: String,
    fields: Vec<String>,
    content: String,
}

/// Asks a server on a connection of its own, which is given back with the answer.
pub(super) fn ask(address: SocketAddr, request: &[u8]) -> Result<(Answer, TcpStream), String> {
    let mut stream = TcpStream::connect(address).map_err(|error| error.to_string())?;
    let wait = stream.set_read_timeout(Some(Duration::from_secs(60)));
    wait.and_then(|()| stream.write_all(request)).map_err(|error| error.to_string())?;
    Ok((answer(&mut stream)?, stream))
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
