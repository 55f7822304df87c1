//! Other implementations of WebSocket, below what `benches/websocket.rs` asks of each.

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use bytes::{Bytes, BytesMut};
use sockudo_ws::protocol::{Message, Protocol, Role};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::{Decode, Encode, Seen};

/// A stream in memory: what was written is kept, and what is to be read is there.
#[derive(Default)]
struct Octets {
    read: Option<Rc<[u8]>>,
    at: usize,
    written: Vec<u8>,
}

/// The same, also where somebody else owns the stream.
#[derive(Default, Clone)]
pub(crate) struct Memory(Rc<RefCell<Octets>>);

impl Memory {
    fn give(&self, octets: &Rc<[u8]>) {
        let mut inner = self.0.borrow_mut();
        inner.read = Some(octets.clone());
        inner.at = 0;
    }

    /// Swaps what was written with empty memory.
    fn take_written(&self, into: &mut Vec<u8>) {
        into.clear();
        std::mem::swap(into, &mut self.0.borrow_mut().written);
    }

    /// Reads as much as `take` takes of the next octets.
    fn read_with(&self, take: impl FnOnce(&[u8]) -> usize) -> bool {
        let inner = &mut *self.0.borrow_mut();
        let rest = inner.read.as_ref().map_or(&[][..], |read| &read[inner.at..]);
        if !rest.is_empty() {
            inner.at += take(rest);
            return true;
        }
        false
    }
}

impl Read for Memory {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let mut count = 0;
        self.read_with(|rest| {
            count = rest.len().min(to.len());
            to[..count].copy_from_slice(&rest[..count]);
            count
        });
        if count == 0 { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(count) }
    }
}

impl Write for Memory {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().written.extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsyncRead for Memory {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let ready = self.read_with(|rest| {
            let count = rest.len().min(to.remaining());
            to.put_slice(&rest[..count]);
            count
        });
        if ready { Poll::Ready(Ok(())) } else { Poll::Pending }
    }
}

impl AsyncWrite for Memory {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        octets: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.borrow_mut().written.extend_from_slice(octets);
        Poll::Ready(Ok(octets.len()))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = &mut self.0.borrow_mut().written;
        let before = written.len();
        slices.iter().for_each(|slice| written.extend_from_slice(slice));
        Poll::Ready(Ok(written.len() - before))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// tungstenite, whose messages own their octets: one stands for all that are sent.
pub(crate) struct Tungstenite {
    socket: tungstenite::WebSocket<Memory>,
    memory: Memory,
    written: Vec<u8>,
}

impl Tungstenite {
    pub(crate) fn new(server: bool) -> Self {
        use tungstenite::protocol::Role;
        let (role, memory) = (if server { Role::Server } else { Role::Client }, Memory::default());
        let socket = tungstenite::WebSocket::from_raw_socket(memory.clone(), role, None);
        Self { socket, memory, written: vec![] }
    }
}

impl Decode for Tungstenite {
    fn decode(&mut self, octets: &Rc<[u8]>) -> Seen {
        let mut seen = Seen::default();
        self.memory.give(octets);
        loop {
            match self.socket.read() {
                Ok(message) => seen.message(&message.into_data()),
                Err(tungstenite::Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                    return seen;
                }
                Err(error) => panic!("{error}"),
            }
        }
    }
}

impl Encode for Tungstenite {
    fn encode(&mut self, payload: &[u8], times: usize) -> &[u8] {
        let payload = Bytes::copy_from_slice(payload);
        for _ in 0..times {
            self.socket.write(tungstenite::Message::Binary(payload.clone())).expect("memory");
        }
        self.socket.flush().expect("memory");
        self.memory.take_written(&mut self.written);
        &self.written
    }
}

/// fastwebsockets, which is polled by hand: its stream is always ready, or at its end for now.
pub(crate) struct Fastwebsockets {
    socket: fastwebsockets::WebSocket<Memory>,
    memory: Memory,
    written: Vec<u8>,
}

impl Fastwebsockets {
    pub(crate) fn new(server: bool) -> Self {
        use fastwebsockets::Role;
        let (role, memory) = (if server { Role::Server } else { Role::Client }, Memory::default());
        let socket = fastwebsockets::WebSocket::after_handshake(memory.clone(), role);
        Self { socket, memory, written: vec![] }
    }
}

fn poll<T>(future: impl Future<Output = T>) -> Poll<T> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

impl Decode for Fastwebsockets {
    fn decode(&mut self, octets: &Rc<[u8]>) -> Seen {
        let mut seen = Seen::default();
        self.memory.give(octets);
        while let Poll::Ready(frame) = poll(self.socket.read_frame()) {
            seen.message(&frame.expect("frames in order").payload);
        }
        seen
    }
}

impl Encode for Fastwebsockets {
    fn encode(&mut self, payload: &[u8], times: usize) -> &[u8] {
        for _ in 0..times {
            let frame = fastwebsockets::Frame::binary(fastwebsockets::Payload::Borrowed(payload));
            assert!(matches!(poll(self.socket.write_frame(frame)), Poll::Ready(Ok(()))));
        }
        self.memory.take_written(&mut self.written);
        &self.written
    }
}

/// sockudo-ws, by its protocol without streams; one message stands for all that are sent.
pub(crate) struct Sockudo {
    protocol: Protocol,
    buffer: BytesMut,
    messages: Vec<Message>,
}

impl Sockudo {
    pub(crate) fn new(server: bool) -> Self {
        let role = if server { Role::Server } else { Role::Client };
        Self {
            protocol: Protocol::new(role, 1 << 20, 1 << 20),
            buffer: BytesMut::with_capacity(128 * 1024),
            messages: Vec::new(),
        }
    }
}

impl Decode for Sockudo {
    fn decode(&mut self, octets: &Rc<[u8]>) -> Seen {
        let mut seen = Seen::default();
        self.buffer.extend_from_slice(octets);
        self.protocol.process_into(&mut self.buffer, &mut self.messages).expect("frames in order");
        for message in self.messages.drain(..) {
            seen.message(message.as_bytes());
        }
        seen
    }
}

impl Encode for Sockudo {
    fn encode(&mut self, payload: &[u8], times: usize) -> &[u8] {
        self.buffer.clear();
        let message = Message::binary(Bytes::copy_from_slice(payload));
        for _ in 0..times {
            self.protocol.encode_message(&message, &mut self.buffer).expect("it is open");
        }
        &self.buffer
    }
}
