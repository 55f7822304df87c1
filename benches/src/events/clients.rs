//! Many clients in one thread: they ask for events, and count those that come.

use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Interest, Poll, Token};
use socket2::{Domain, Socket, Type};

use super::serve::MARK;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

const REQUEST: &[u8] = b"GET /events HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\n\r\n";

/// Clients that read whatever comes.
pub(super) struct Clients {
    poll: Poll,
    events: mio::Events,
    streams: Vec<(TcpStream, Seen)>,
    buffer: Vec<u8>,
}

/// What a client has seen.
#[derive(Default)]
struct Seen {
    /// A part of the answer.
    begun: bool,
    marks: usize,
}

impl Clients {
    /// Opens so many, and waits until each has the head of its answer.
    pub(super) fn open(address: SocketAddr, count: usize) -> Result<Clients, String> {
        let text = |error: std::io::Error| error.to_string();
        let (poll, events) = (Poll::new().map_err(text)?, mio::Events::with_capacity(1024));
        let mut clients = Clients { poll, events, streams: Vec::new(), buffer: vec![0; 64 * 1024] };
        for number in 0..count {
            let stream = connect(address, None).map_err(text)?;
            let mut stream = TcpStream::from_std(stream);
            let registry = clients.poll.registry();
            registry.register(&mut stream, Token(number), Interest::READABLE).map_err(text)?;
            clients.streams.push((stream, Seen::default()));
        }
        clients.read_until("an answer", |clients| {
            clients.streams.iter().all(|(_, seen)| seen.begun)
        })?;
        Ok(clients)
    }

    /// Reads until each has so many events in all; the time when the last one has.
    pub(super) fn read_to(&mut self, marks: usize) -> Result<Instant, String> {
        let mut late: usize = self.streams.iter().filter(|(_, seen)| seen.marks < marks).count();
        let began = Instant::now();
        while late > 0 {
            late -= self.read(marks)?;
            if began.elapsed() > PATIENCE {
                return Err(format!("{late} clients wait for event {marks}"));
            }
        }
        Ok(Instant::now())
    }

    fn read_until(&mut self, what: &str, done: impl Fn(&Clients) -> bool) -> Result<(), String> {
        let began = Instant::now();
        while !done(self) {
            self.read(usize::MAX)?;
            if began.elapsed() > PATIENCE {
                return Err(format!("not all clients have {what}"));
            }
        }
        Ok(())
    }

    /// Reads once what there is; how many clients have come to so many events by that.
    fn read(&mut self, marks: usize) -> Result<usize, String> {
        let polled = self.poll.poll(&mut self.events, Some(Duration::from_millis(100)));
        match polled {
            Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error.to_string()),
            _ => {}
        }
        let mut arrived = 0;
        for event in &self.events {
            let (stream, seen) = &mut self.streams[event.token().0];
            let before = seen.marks;
            loop {
                match stream.read(&mut self.buffer) {
                    Ok(0) => return Err("the server has ended a stream".into()),
                    Ok(count) => {
                        let octets = &self.buffer[..count];
                        seen.begun = true;
                        seen.marks += octets.iter().filter(|&&octet| octet == MARK).count();
                        if count < self.buffer.len() {
                            break;
                        }
                    }
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Err(error.to_string()),
                }
            }
            arrived += usize::from(before < marks && seen.marks >= marks);
        }
        Ok(arrived)
    }
}

/// Opens so many that never read, with sockets that hold little.
pub(super) fn open_stuck(
    address: SocketAddr,
    count: usize,
) -> Result<Vec<std::net::TcpStream>, String> {
    let open = |_| connect(address, Some(4096)).map_err(|error| error.to_string());
    (0..count).map(open).collect()
}

/// Connects and asks for events. `room` is that of the socket for what is received; the server's holds little then, too, since
/// segments are small.
fn connect(address: SocketAddr, room: Option<usize>) -> std::io::Result<std::net::TcpStream> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    if let Some(room) = room {
        socket.set_recv_buffer_size(room)?;
        socket.set_tcp_mss(536)?;
    }
    socket.connect(&address.into())?;
    let mut stream = std::net::TcpStream::from(socket);
    stream.write_all(REQUEST)?;
    stream.set_nonblocking(true)?;
    Ok(stream)
}
