//! Echoes over WebSocket: the opening handshake, a burst of frames, and its first echoes, read with care. What comes later is only compared with them.

use std::hash::{BuildHasher, RandomState};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use rajada_parser::{Config, Positions, Resume, Status};
use rajada_websocket::{Burst, Collector, Encoded, Event, Settings, Store, WebSocket};

use super::compare::Expected;
use crate::SLOTS;

/// How long a server may think about a handshake, and about its first echo.
const PATIENCE: Duration = Duration::from_secs(5);

/// The key of RFC 6455 section 1.3, and the answer to it. (A key proves that the peer has read the request, not who it is.)
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT: &[u8] = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/// Messages that a server is to echo.
#[derive(Debug, Clone, PartialEq)]
pub struct Messages {
    /// The target of the opening handshake.
    pub path: String,
    /// Octets of each message.
    pub size: usize,
    /// Whether they are text.
    pub text: bool,
}

impl Messages {
    /// What reports call them.
    pub(super) fn name(&self) -> String {
        let kind = if self.text { "text" } else { "binary" };
        format!("WebSocket, {kind} of {} octets", self.size)
    }

    /// The message of this number in a burst: no two are alike, if there is room for the number.
    fn payload(&self, number: usize) -> String {
        let filler = "in a burst ".chars().cycle().skip(number);
        number.to_string().chars().chain(filler).take(self.size).collect()
    }
}

/// Connects, and has the connection upgraded. `more` is further fields of the request, each with its `CR LF`; what the answer has in
/// `Sec-WebSocket-Extensions` is returned.
pub(crate) fn open(
    address: SocketAddr,
    path: &str,
    more: &str,
) -> Result<(TcpStream, String), String> {
    let failed = |what: &str, error| format!("{address} can't be {what}: {error}");
    let stream = TcpStream::connect_timeout(&address, PATIENCE)
        .map_err(|error| failed("connected to", error))?;
    let extensions = upgrade(&stream, address, path, more)?;
    Ok((stream, extensions))
}

/// The same on a connection that there is, which blocks.
pub(crate) fn upgrade(
    mut stream: &TcpStream,
    address: SocketAddr,
    path: &str,
    more: &str,
) -> Result<String, String> {
    let failed = |what: &str, error| format!("{address} can't be {what}: {error}");
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n{more}\r\n"
    );
    let prepared = stream.set_read_timeout(Some(PATIENCE)).and_then(|()| stream.set_nodelay(true));
    prepared
        .and_then(|()| stream.write_all(request.as_bytes()))
        .map_err(|error| failed("written to", error))?;
    let (mut octets, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut buffer).map_err(|error| failed("read from", error))?;
        octets.extend_from_slice(&buffer[..count]);
        if count == 0 {
            return Err(format!("{address} closed before it had answered"));
        }
        if let Some(extensions) = accepted(&octets)? {
            return Ok(extensions);
        }
    }
}

/// The extensions that an answer agrees to, once it is whole.
fn accepted(octets: &[u8]) -> Result<Option<String>, String> {
    let mut slots = Positions::<SLOTS>::new();
    let parsed = Config::STRICT.parse_response(octets, &mut Resume::new(), &mut slots);
    let (answer, len) = match parsed.map_err(|error| format!("the server's answer: {error}"))? {
        Status::Complete(answer, len) => (answer, len),
        Status::Partial => return Ok(None),
    };
    if answer.code() != 101 {
        let line = octets.split(|&octet| octet == b'\r').next().unwrap_or_default();
        return Err(format!("the server answers \"{}\"", line.escape_ascii()));
    }
    if answer.fields().get("Sec-WebSocket-Accept") != Some(ACCEPT) {
        return Err("the server's answer is to another key".into());
    }
    if len != octets.len() {
        return Err("the server sends before it was asked".into());
    }
    let extensions = answer.fields().get("Sec-WebSocket-Extensions").unwrap_or_default();
    Ok(Some(String::from_utf8_lossy(extensions).into_owned()))
}

/// So many messages in one write, and what the server answers to them.
///
/// Keys are random, but those of a burst are the same each time that it is sent, which only a generator of load may do: the server's work depends
/// on neither.
///
/// # Errors
///
/// Tells why a run with these messages would mean nothing: the server doesn't echo each of them, or sends more than that.
pub(super) fn learn(
    address: SocketAddr,
    messages: &Messages,
    depth: usize,
) -> Result<(Vec<u8>, Expected), String> {
    let (burst, echoes, starts) = ask(address, messages, depth)?;
    Ok((burst, Expected::of_frames(echoes, starts)))
}

/// The first echoes of so many messages in one write: their frames.
///
/// # Errors
///
/// If these are no echoes.
pub(crate) fn first_echoes(
    address: SocketAddr,
    messages: &Messages,
    depth: usize,
) -> Result<Vec<u8>, String> {
    ask(address, messages, depth).map(|(_, echoes, _)| echoes)
}

/// The frames of so many echoes, each a frame.
pub(crate) fn echoes(messages: &Messages, depth: usize) -> Vec<u8> {
    let frame = |number| {
        let payload = messages.payload(number);
        let frame: Encoded<Vec<u8>> = match messages.text {
            true => Encoded::text(&payload),
            false => Encoded::binary(payload.as_bytes()),
        };
        frame.octets().to_vec()
    };
    (0..depth).flat_map(frame).collect()
}

/// The answer to the handshakes of this generator.
pub(crate) fn answer() -> String {
    let accept = String::from_utf8_lossy(ACCEPT);
    format!(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"
    )
}

/// A burst, its echoes, and where each of these starts.
type Asked = (Vec<u8>, Vec<u8>, Vec<usize>);

/// Sends a burst, and judges its echoes.
fn ask(address: SocketAddr, messages: &Messages, depth: usize) -> Result<Asked, String> {
    let mut settings = Settings::default();
    (settings.message, settings.frame) = (messages.size as u64, messages.size as u64);
    let (random, mut keys) = (RandomState::new(), 0u64);
    let mut client = WebSocket::<_, Vec<u8>>::client(move || {
        keys += 1;
        (random.hash_one(keys) as u32).to_ne_bytes()
    });
    client.lend(Box::new(Store::new(&settings)));
    let mut burst = Vec::new();
    for number in 0..depth {
        let payload = messages.payload(number);
        let sent = match messages.text {
            true => client.send_text(&payload),
            false => client.send_binary(payload.as_bytes()),
        };
        sent.map_err(|error| format!("message {number}: {error}"))?;
        take(&mut client, &mut burst);
    }
    let (mut stream, _) = open(address, &messages.path, "")?;
    stream.write_all(&burst).map_err(|error| format!("{address} can't be written to: {error}"))?;

    let (mut echoes, mut starts, mut collector) = (Vec::new(), Vec::new(), Collector::new());
    let (mut buffer, mut rest) = (vec![0; 64 * 1024], Vec::new());
    let mut start = 0;
    while starts.len() < depth {
        let count = stream
            .read(&mut buffer)
            .map_err(|error| format!("{address} can't be read from: {error}"))?;
        if count == 0 {
            return Err(format!("{address} closed before it had answered"));
        }
        echoes.extend_from_slice(&buffer[..count]);
        rest.extend_from_slice(&buffer[..count]);
        let before = echoes.len() - rest.len();
        let mut burst = Burst::new(&mut rest);
        loop {
            let number = starts.len();
            let due = messages.payload(number);
            match collector.take(client.receive(&settings, &mut burst)) {
                None => continue,
                Some(Event::Text(text)) if messages.text && number < depth && text == due => {}
                Some(Event::Binary(octets))
                    if !messages.text && number < depth && octets == due.as_bytes() => {}
                Some(Event::NeedData) => break,
                Some(event) => return Err(unexpected(number, &event)),
            }
            starts.push(start);
            start = before + burst.consumed();
        }
        let consumed = burst.consumed();
        rest.drain(..consumed);
    }
    if !rest.is_empty() || client.is_receiving() {
        return Err("the server sends more than the echoes".into());
    }
    Ok((burst, echoes, starts))
}

/// Moves what the client has to send there.
fn take<K: FnMut() -> [u8; 4]>(
    client: &mut WebSocket<rajada_websocket::Client<K>, Vec<u8>>,
    burst: &mut Vec<u8>,
) {
    while client.wants_write() {
        let mut slices = [&[][..]; 4];
        let count = client.poll_transmit(&mut slices);
        slices[..count].iter().for_each(|slice| burst.extend_from_slice(slice));
        let left = slices[..count].iter().map(|slice| slice.len()).sum();
        client.transmitted(left);
    }
}

fn unexpected(number: usize, event: &Event<'_>) -> String {
    match event {
        Event::Malformed(error) => format!("echo {number}: {error}"),
        event => {
            let shown: String = format!("{event:?}").chars().take(80).collect();
            format!("{shown} comes instead of echo {number}")
        }
    }
}

#[cfg(test)]
mod tests;
