//! Many members of a room in one thread: they compare what comes with what was sent to all, and answer pings.

use std::hash::{BuildHasher, RandomState};
use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Interest, Poll, Token};
use rajada_websocket::{Burst, Client, CloseCode, Event, Settings, Store, WebSocket};
use socket2::{Domain, Socket, Type};

use crate::load::websocket::{open, upgrade};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Octets of one read.
const READ: usize = 64 * 1024;

/// Octets that may be kept between reads: a header, or a control frame.
const KEPT: usize = 256;

/// What makes keys.
pub(super) type Key = fn() -> [u8; 4];

/// A key that nobody can foresee.
pub(super) fn key() -> [u8; 4] {
    (RandomState::new().hash_one(0) as u32).to_ne_bytes()
}

/// The message of this number that is sent to all: so many octets, which differ from those of the others.
pub(super) fn payload(number: usize, size: usize) -> Vec<u8> {
    let mut payload: Vec<u8> = number.to_string().into_bytes();
    payload.push(b' ');
    payload.extend((number..number + size).map(|at| b'a' + (at % 26) as u8));
    payload.truncate(size);
    payload
}

pub(super) struct Clients {
    poll: Poll,
    events: mio::Events,
    members: Vec<Member>,
    settings: Settings,
    /// Lent to whoever receives.
    store: Option<Box<Store<Vec<u8>>>>,
    buffer: Vec<u8>,
    /// Octets of each message.
    size: usize,
    /// What was sent to all, in order.
    sent: Vec<Vec<u8>>,
}

struct Member {
    stream: TcpStream,
    codec: WebSocket<Client<Key>, Vec<u8>>,
    rest: Vec<u8>,
    /// Messages that have come whole, and octets of the next one.
    whole: usize,
    part: usize,
    ended: Option<End>,
}

/// How a member has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// By a close frame of this code.
    Closed(u16),
    /// Without one.
    Cut,
}

impl Clients {
    /// Opens so many, which read whatever comes.
    pub(super) fn open(address: SocketAddr, count: usize, size: usize) -> Result<Clients, String> {
        let mut clients = Clients::of(size)?;
        for _ in 0..count {
            let (stream, _) = open(address, "/room", "")?;
            clients.add(stream)?;
        }
        Ok(clients)
    }

    /// Those that have not read so far, and do from now on.
    pub(super) fn late(
        streams: Vec<std::net::TcpStream>,
        size: usize,
        sent: &Clients,
    ) -> Result<Clients, String> {
        let mut clients = Clients::of(size)?;
        clients.sent.clone_from(&sent.sent);
        streams.into_iter().try_for_each(|stream| clients.add(stream))?;
        Ok(clients)
    }

    fn of(size: usize) -> Result<Clients, String> {
        let mut settings = Settings::default();
        // Messages are compared piece by piece.
        settings.whole = 0;
        Ok(Clients {
            poll: Poll::new().map_err(|error| error.to_string())?,
            events: mio::Events::with_capacity(1024),
            members: Vec::new(),
            store: Some(Box::new(Store::new(&settings))),
            settings,
            buffer: vec![0; READ + KEPT],
            size,
            sent: Vec::new(),
        })
    }

    fn add(&mut self, stream: std::net::TcpStream) -> Result<(), String> {
        stream.set_nonblocking(true).map_err(|error| error.to_string())?;
        let mut stream = TcpStream::from_std(stream);
        let token = Token(self.members.len());
        let registered = self.poll.registry().register(&mut stream, token, Interest::READABLE);
        registered.map_err(|error| error.to_string())?;
        self.members.push(Member {
            stream,
            codec: WebSocket::client(key as Key),
            rest: Vec::new(),
            whole: 0,
            part: 0,
            ended: None,
        });
        Ok(())
    }

    /// The next message to all.
    pub(super) fn next(&mut self) -> &[u8] {
        let number = self.sent.len();
        self.sent.push(payload(number, self.size));
        &self.sent[number]
    }

    /// Reads until each has all that was sent; the time when the last one has. It is an error if one ends.
    pub(super) fn read_all(&mut self) -> Result<Instant, String> {
        let due = self.sent.len();
        let began = Instant::now();
        let mut late = self.members.iter().filter(|member| member.whole < due).count();
        while late > 0 {
            late -= self.read(|member| member.whole == due)?;
            if let Some(end) = self.members.iter().find_map(|member| member.ended) {
                return Err(format!("a socket that reads has ended: {end:?}"));
            }
            if began.elapsed() > PATIENCE {
                return Err(format!("{late} sockets wait for message {due}"));
            }
        }
        Ok(Instant::now())
    }

    /// Reads until all have ended; how each has, and how many messages it has had, which are the first ones.
    pub(super) fn read_to_the_end(&mut self) -> Result<Vec<(End, usize)>, String> {
        let began = Instant::now();
        while self.members.iter().any(|member| member.ended.is_none()) {
            self.read(|_| false)?;
            if began.elapsed() > PATIENCE {
                return Err("not all sockets end".into());
            }
        }
        let ends = self.members.iter().filter_map(|member| Some((member.ended?, member.whole)));
        Ok(ends.collect())
    }

    /// Reads once what there is; for how many that made it so.
    fn read(&mut self, done: impl Fn(&Member) -> bool) -> Result<usize, String> {
        let Clients { poll, events, members, settings, store, buffer, sent, .. } = self;
        match poll.poll(events, Some(Duration::from_millis(100))) {
            Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error.to_string()),
            _ => {}
        }
        let mut count = 0;
        for event in &*events {
            let member = &mut members[event.token().0];
            let before = done(member);
            if let Some(store) = store.take() {
                member.codec.lend(store);
            }
            member.read(settings, buffer, sent, event.is_read_closed())?;
            *store = member.codec.reclaim();
            if store.is_none() {
                return Err("a socket can't be written to".into());
            }
            count += usize::from(!before && done(member));
        }
        Ok(count)
    }
}

impl Member {
    fn read(
        &mut self,
        settings: &Settings,
        buffer: &mut [u8],
        sent: &[Vec<u8>],
        closed: bool,
    ) -> Result<(), String> {
        while self.ended.is_none() {
            let kept = self.rest.len();
            buffer[..kept].copy_from_slice(&self.rest);
            match self.stream.read(&mut buffer[kept..]) {
                Ok(0) => self.ended = Some(End::Cut),
                Ok(count) => {
                    let is_full = kept + count == buffer.len();
                    let mut burst = Burst::new(&mut buffer[..kept + count]);
                    self.receive(settings, &mut burst, sent)?;
                    self.rest.clear();
                    self.rest.extend_from_slice(burst.rest());
                    self.flush()?;
                    // A read that is not full was the last before the next event.
                    if !is_full && !closed {
                        break;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::ConnectionReset => {
                    self.ended = Some(End::Cut);
                }
                Err(error) => return Err(error.to_string()),
            }
        }
        Ok(())
    }

    fn receive(
        &mut self,
        settings: &Settings,
        burst: &mut Burst<'_>,
        sent: &[Vec<u8>],
    ) -> Result<(), String> {
        loop {
            match self.codec.receive(settings, burst) {
                Event::Begin { .. } | Event::Ping(_) | Event::Pong(_) => {}
                Event::Data(piece) => self.compare(piece, sent)?,
                Event::Binary(whole) => {
                    self.compare(whole, sent)?;
                    self.end_of_message(sent)?;
                }
                Event::End => self.end_of_message(sent)?,
                Event::NeedData => return Ok(()),
                Event::Close { code, .. } => {
                    self.ended = Some(End::Closed(code.map_or(1005, CloseCode::get)));
                    return Ok(());
                }
                event => return Err(format!("message {}: {event:?} comes", self.whole)),
            }
        }
    }

    fn compare(&mut self, piece: &[u8], sent: &[Vec<u8>]) -> Result<(), String> {
        let due = sent.get(self.whole).and_then(|due| due.get(self.part..self.part + piece.len()));
        if due != Some(piece) {
            return Err(format!("message {} is not the one that was sent", self.whole));
        }
        self.part += piece.len();
        Ok(())
    }

    fn end_of_message(&mut self, sent: &[Vec<u8>]) -> Result<(), String> {
        if sent.get(self.whole).map(Vec::len) != Some(self.part) {
            return Err(format!("message {} ends early", self.whole));
        }
        (self.whole, self.part) = (self.whole + 1, 0);
        Ok(())
    }

    /// Sends pongs.
    fn flush(&mut self) -> Result<(), String> {
        while self.codec.wants_write() {
            let mut slices = [&[][..]; 1];
            self.codec.poll_transmit(&mut slices);
            match self.stream.write(slices[0]) {
                Ok(count) => self.codec.transmitted(count),
                // It has gone: reading tells.
                Err(_) => self.codec.abandon(),
            }
        }
        Ok(())
    }
}

/// Opens so many that do not read, with sockets that hold little.
pub(super) fn open_stuck(
    address: SocketAddr,
    count: usize,
) -> Result<Vec<std::net::TcpStream>, String> {
    (0..count)
        .map(|_| {
            let stream = connect(address).map_err(|error| error.to_string())?;
            upgrade(&stream, address, "/room", "")?;
            Ok(stream)
        })
        .collect()
}

/// The server's end holds little, too, since segments are small.
fn connect(address: SocketAddr) -> std::io::Result<std::net::TcpStream> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_recv_buffer_size(4096)?;
    socket.set_tcp_mss(536)?;
    socket.connect(&address.into())?;
    Ok(socket.into())
}
