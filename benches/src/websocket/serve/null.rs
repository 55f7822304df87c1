//! The null echo: counts the octets of a burst's frames, and answers with prepared ones.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};
use socket2::{Domain, Socket, Type};

use crate::load::{Messages, websocket};

const LISTENER: Token = Token(usize::MAX);

/// Octets of one read.
const READ: usize = 64 * 1024;

/// Answers that one write may have at least.
const ANSWERS: usize = 1024;

/// What all connections have in common.
struct Prepared {
    /// Echoes of the same burst again and again.
    echoes: Vec<u8>,
    /// Octets of the echoes of one burst, of one echo, and of a frame of the client.
    burst: usize,
    echo: usize,
    frame: usize,
}

struct Connection {
    stream: TcpStream,
    /// The request, until it is whole; nothing later.
    head: Option<Vec<u8>>,
    /// Octets of a frame that has not ended.
    begun: usize,
    /// Octets of echoes that are not written.
    owed: usize,
    /// Where in a burst's echoes the next one begins.
    next: usize,
}

/// Serves until polling fails.
pub(super) fn serve(address: SocketAddr, size: usize, depth: usize) -> io::Result<()> {
    let messages = Messages { path: "/ws".into(), size, text: false };
    let burst = websocket::echoes(&messages, depth);
    let echo = burst.len() / depth;
    let times = ANSWERS.max(2 * depth).div_ceil(depth).max((2 * READ).div_ceil(burst.len()));
    let echoes = burst.repeat(times);
    let prepared = Prepared { echoes, burst: burst.len(), echo, frame: echo + 4 };

    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(4096)?;
    let mut listener = TcpListener::from_std(socket.into());
    let mut poll = Poll::new()?;
    let mut events = Events::with_capacity(1024);
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let mut connections: Vec<Option<Connection>> = Vec::new();
    let mut free = Vec::new();
    let mut buffer = vec![0; READ];
    loop {
        match poll.poll(&mut events, None) {
            Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error),
            _ => {}
        }
        for event in &events {
            if event.token() == LISTENER {
                while let Ok((mut stream, _)) = listener.accept() {
                    let index = free.pop().unwrap_or(connections.len());
                    if index == connections.len() {
                        connections.push(None);
                    }
                    stream.set_nodelay(true)?;
                    let both = Interest::READABLE | Interest::WRITABLE;
                    poll.registry().register(&mut stream, Token(index), both)?;
                    let head = Some(Vec::new());
                    connections[index] =
                        Some(Connection { stream, head, begun: 0, owed: 0, next: 0 });
                }
                continue;
            }
            let index = event.token().0;
            let Some(Some(connection)) = connections.get_mut(index) else { continue };
            if connection.serve(&prepared, &mut buffer, event.is_read_closed()).is_none() {
                connections[index] = None;
                free.push(index);
            }
        }
    }
}

impl Connection {
    /// Reads and answers as long as there is something; `None` when the connection has ended.
    #[inline]
    fn serve(&mut self, prepared: &Prepared, buffer: &mut [u8], closed: bool) -> Option<()> {
        loop {
            // Nobody who doesn't read is read from.
            if self.owed > 0 && !self.write(prepared)? {
                return Some(());
            }
            match self.stream.read(buffer) {
                Ok(0) => return None,
                Ok(count) if self.head.is_some() => self.shake_hands(&buffer[..count])?,
                Ok(count) => {
                    self.begun += count;
                    self.owed += self.begun / prepared.frame * prepared.echo;
                    self.begun %= prepared.frame;
                    if self.owed > 0 && !self.write(prepared)? {
                        return Some(());
                    }
                    // A read that is not full was the last before the next event.
                    if count < buffer.len() && !closed {
                        return Some(());
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Some(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
    }

    /// Writes what is owed; tells whether all of it was.
    #[inline]
    fn write(&mut self, prepared: &Prepared) -> Option<bool> {
        while self.owed > 0 {
            let now = self.owed.min(prepared.echoes.len() - self.next);
            match self.stream.write(&prepared.echoes[self.next..self.next + now]) {
                Ok(count) => {
                    self.owed -= count;
                    self.next = (self.next + count) % prepared.burst;
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Some(false),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
        Some(true)
    }

    /// Answers the request once it is whole. (Nobody sends frames before the answer.)
    #[cold]
    fn shake_hands(&mut self, octets: &[u8]) -> Option<()> {
        let head = self.head.as_mut()?;
        head.extend_from_slice(octets);
        if head.ends_with(b"\r\n\r\n") {
            self.head = None;
            self.stream.write_all(websocket::answer().as_bytes()).ok()?;
        }
        Some(())
    }
}
