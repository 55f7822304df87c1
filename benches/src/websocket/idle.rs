//! What a socket takes in memory that has nothing to do.

use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::thread::sleep;
use std::time::Duration;

use rajada_websocket::{Settings, Store, WebSocket};

use super::clients::{Key, key};
use super::field::{OURS, start};
use crate::load::websocket::open;
use crate::report::{Echo, Server};

/// Octets of resident memory for a socket.
pub(super) struct Idle {
    pub(super) title: String,
    /// A socket of ours whose handler only awaits messages.
    pub(super) only_awaits: bool,
    /// Whether compression was agreed on.
    pub(super) deflate: bool,
    /// Behind the handshake, and behind a message each that came back, if it does.
    pub(super) begun: f64,
    pub(super) used: Option<f64>,
}

/// Of all that take part, with and without compression, and of ours where the handler awaits messages and does nothing with them.
pub(super) fn run(field: &[Echo], sockets: usize) -> Result<Vec<Idle>, String> {
    let mut found = Vec::new();
    for echo in field {
        for path in if echo.name == OURS { &["/idle", "/ws"][..] } else { &["/ws"] } {
            for offer in ["", "Sec-WebSocket-Extensions: permessage-deflate\r\n"] {
                if let Some(idle) = wait(echo, sockets, path, offer)? {
                    println!("{}", idle.line());
                    found.push(idle);
                }
            }
        }
    }
    Ok(found)
}

/// Nothing if compression is offered and declined.
fn wait(echo: &Echo, sockets: usize, path: &str, offer: &str) -> Result<Option<Idle>, String> {
    let server = start(echo, MESSAGE.len(), 1)?;
    let echoes = path == "/ws";
    for mut stream in open_all(&server, 10, path, offer)?.0 {
        if echoes {
            ask(&mut stream)?;
        }
    }
    sleep(Duration::from_millis(200));
    let before = server.resident()?;
    let (mut streams, extensions) = open_all(&server, sockets, path, offer)?;
    let deflate = extensions.contains("permessage-deflate");
    if !offer.is_empty() && !deflate {
        return Ok(None);
    }
    let a_socket =
        |resident: u64| resident.saturating_sub(before) as f64 / streams.len().max(1) as f64;
    sleep(Duration::from_millis(300));
    let begun = a_socket(server.resident()?);
    if echoes {
        streams.iter_mut().try_for_each(ask)?;
        sleep(Duration::from_millis(300));
    }
    let used = if echoes { Some(server.resident()?) } else { None };
    let used = used.map(|used| used.saturating_sub(before) as f64 / streams.len().max(1) as f64);
    let title = match path {
        "/idle" => format!("{}, whose handler only awaits messages", echo.title),
        _ => echo.title.to_owned(),
    };
    let only_awaits = path == "/idle";
    Ok(Some(Idle { title, only_awaits, deflate, begun, used }))
}

fn open_all(
    server: &Server,
    count: usize,
    path: &str,
    offer: &str,
) -> Result<(Vec<TcpStream>, String), String> {
    let address: SocketAddr = server.address();
    let mut extensions = String::new();
    let mut streams = Vec::with_capacity(count);
    for _ in 0..count {
        let (stream, agreed) = open(address, path, offer)?;
        streams.push(stream);
        extensions = agreed;
    }
    Ok((streams, extensions))
}

const MESSAGE: &[u8; 40] = b"What comes in goes out again: some words";

/// Has a message echoed, compressed or not.
fn ask(stream: &mut TcpStream) -> Result<(), String> {
    let mut codec = WebSocket::<_, Vec<u8>>::client(key as Key);
    codec.lend(Box::new(Store::new(&Settings::default())));
    codec.send_binary(MESSAGE).map_err(|error| error.to_string())?;
    let mut slices = [&[][..]; 1];
    codec.poll_transmit(&mut slices);
    std::io::Write::write_all(stream, slices[0]).map_err(|error| error.to_string())?;
    let mut head = [0; 2];
    stream.read_exact(&mut head).map_err(|error| error.to_string())?;
    let mut payload = vec![0; usize::from(head[1])];
    stream.read_exact(&mut payload).map_err(|error| error.to_string())?;
    // Final, and binary; compressed or not.
    if head[0] & !0x40 == 0x82 { Ok(()) } else { Err(format!("{head:?} is no echo")) }
}

impl Idle {
    pub(super) fn line(&self) -> String {
        let Idle { title, deflate, begun, used, .. } = self;
        let with = if *deflate { "with compression" } else { "without compression" };
        let used = used.map(|used| format!(", {used:.0} behind a message")).unwrap_or_default();
        format!("{title}: {begun:.0} octets a socket, {with}{used}")
    }
}
