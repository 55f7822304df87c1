//! A client that writes and reads frames by hand.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use super::PATIENCE;

/// The key of the RFC's example.
pub(crate) const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// The head of a handshake for this path.
pub(crate) fn asks(path: &str) -> String {
    format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
    )
}

/// A frame as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    /// With FIN and the reserved bits.
    pub(crate) first: u8,
    pub(crate) payload: Vec<u8>,
}

/// A close frame with this code.
pub(crate) fn close(code: u16) -> Frame {
    Frame { first: 0x88, payload: code.to_be_bytes().to_vec() }
}

pub(crate) struct Client {
    pub(crate) socket: TcpStream,
    /// Octets that have come and were not looked at.
    pub(crate) received: Vec<u8>,
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Client {
        let socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        socket.set_nodelay(true).unwrap();
        Client { socket, received: Vec::new() }
    }

    /// A client behind its handshake.
    pub(crate) fn open(address: SocketAddr, path: &str) -> Client {
        let mut client = Client::connect(address);
        client.write(asks(path).as_bytes());
        let head = client.head();
        assert!(head.starts_with("HTTP/1.1 101 Switching Protocols\r\n"), "{head}");
        assert!(head.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
        client
    }

    pub(crate) fn write(&mut self, octets: &[u8]) {
        self.socket.write_all(octets).unwrap();
    }

    /// The next head of an answer.
    pub(crate) fn head(&mut self) -> String {
        loop {
            if let Some(at) = self.received.windows(4).position(|end| end == b"\r\n\r\n") {
                return String::from_utf8(self.received.drain(..at + 4).collect()).unwrap();
            }
            assert!(self.read() > 0, "{:?}", String::from_utf8_lossy(&self.received));
        }
    }

    /// Reads once. 0 is the end.
    pub(crate) fn read(&mut self) -> usize {
        let mut buffer = [0; 64 * 1024];
        let count = self.socket.read(&mut buffer).unwrap();
        self.received.extend_from_slice(&buffer[..count]);
        count
    }

    /// The next frame, or `None` at the end.
    pub(crate) fn frame(&mut self) -> Option<Frame> {
        loop {
            if let Some((frame, size)) = parse(&self.received) {
                self.received.drain(..size);
                return Some(frame);
            }
            if self.read() == 0 {
                assert!(self.received.is_empty(), "cut: {:?}", self.received);
                return None;
            }
        }
    }

    /// Sends a frame in one piece, masked.
    pub(crate) fn send(&mut self, first: u8, payload: &[u8]) {
        self.write(&frame(first, payload));
    }

    /// Asserts that what comes next is this close frame, answers it, and that the connection ends.
    pub(crate) fn closes(&mut self, code: u16) {
        let frame = self.frame().unwrap();
        assert_eq!((frame.first, &frame.payload[..2]), (0x88, &code.to_be_bytes()[..]));
        self.send(0x88, &code.to_be_bytes());
        assert_eq!(self.frame(), None);
    }
}

/// A frame of a client.
pub(crate) fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let key = [0x37, 0xfa, 0x21, 0x3d];
    let mut frame = vec![first];
    match payload.len() {
        length @ 0..126 => frame.push(0x80 | length as u8),
        length @ 126..0x1_0000 => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&(length as u16).to_be_bytes());
        }
        length => {
            frame.push(0x80 | 127);
            frame.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(&key);
    frame.extend(payload.iter().zip(key.iter().cycle()).map(|(octet, key)| octet ^ key));
    frame
}

/// A frame of a server at the front of these octets, and its size.
pub(crate) fn parse(octets: &[u8]) -> Option<(Frame, usize)> {
    let (&first, &second) = (octets.first()?, octets.get(1)?);
    assert_eq!(second & 0x80, 0, "servers do not mask");
    let (size, length) = match second {
        126 => (4, u16::from_be_bytes(*octets.get(2..)?.first_chunk()?).into()),
        127 => (10, u64::from_be_bytes(*octets.get(2..)?.first_chunk()?) as usize),
        length => (2, usize::from(length)),
    };
    let payload = octets.get(size..size + length)?.to_vec();
    Some((Frame { first, payload }, size + length))
}
