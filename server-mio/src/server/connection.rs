//! One connection: its socket, and the way of octets between it and its exchange.

use std::hint::cold_path;
use std::io::{self, ErrorKind, Read};
use std::net::{Shutdown, SocketAddr};
use std::time::Duration;

use mio::net::TcpStream;
use rajada_pipeline::{Burst, Event, Phase};
use socket2::SockRef;

use super::deadlines::Watch;
use super::socket::Socket;
use crate::app::Shared;
use crate::service::{Around, Exchange, Service, Stop, flush, flush_in_line};

/// A connection. What every event needs comes first.
#[repr(C)]
pub(super) struct Connection {
    socket: Socket,
    /// The kernel has said that there is something to read, and nothing has shown yet that it is used up.
    pub(super) readable: bool,
    /// The peer may have ended its side: only a read that says so tells.
    pub(super) read_closed: bool,
    /// It is on the worker's list of connections to go on with.
    pub(super) listed: bool,
    life: Life,
    /// Octets that were received and are not served: the beginning of a head, or what a pause has left.
    rest: Option<Box<Rest>>,
    pub(super) watch: Watch,
    pub(super) exchange: Exchange,
    peer: SocketAddr,
}

const _: () = assert!(size_of::<Connection>() <= 256, "a connection is small");
const _: () =
    assert!(core::mem::offset_of!(Connection, exchange) <= 48, "hot fields share a cache line");

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Life {
    Open,
    /// The peer has ended its side; answers are owed.
    HalfClosed,
    /// We have said all, and wait for the peer to have read it.
    Lingering,
}

/// Octets kept between two reads: `octets[start..]`.
#[derive(Default)]
struct Rest {
    octets: Vec<u8>,
    start: usize,
    /// A pause has left them: they are served without reading more.
    paused: bool,
}

/// What becomes of a connection after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// It waits for an event.
    Wait,
    /// There is more to do, after others had their turn.
    GoOn,
    /// It is over.
    Close,
}

/// Reads in one turn; a peer that sends more has to wait for others.
const READS_A_TURN: usize = 4;

/// Octets of an incomplete head that are moved in front of the next read rather than read behind.
const MOVED: usize = 4096;

impl Connection {
    pub(super) fn new(stream: TcpStream, peer: SocketAddr, key: u64) -> Connection {
        Connection {
            socket: Socket(stream),
            readable: false,
            read_closed: false,
            listed: false,
            life: Life::Open,
            rest: None,
            watch: Watch::default(),
            exchange: Exchange::new(key),
            peer,
        }
    }

    pub(super) fn stream_mut(&mut self) -> &mut TcpStream {
        &mut self.socket.0
    }

    /// Whether it waits for the peer to close.
    pub(super) fn is_lingering(&self) -> bool {
        self.life == Life::Lingering
    }

    /// Ends it, wherever it was. Where an end in order would make an answer look complete that is not, it ends by a
    /// reset.
    pub(super) fn end(self) {
        if self.exchange.pipeline.wants_reset()
            && let Err(error) = SockRef::from(&self.socket.0).set_linger(Some(Duration::ZERO))
        {
            log::debug!("{}: {error}", self.peer);
        }
    }

    /// Whether nothing is under way: no request, no answer.
    pub(super) fn is_idle(&self) -> bool {
        self.exchange.pipeline.in_flight() == 0
            && !self.exchange.pipeline.wants_write()
            && self.exchange.pipeline.phase() == Phase::Idle
            && self.rest.is_none()
    }

    /// Goes on as far as possible: serves, reads, writes. `buffer` is the worker's.
    #[inline(always)]
    pub(super) fn drive(
        &mut self,
        shared: &Shared,
        service: &mut Service,
        buffer: &mut [u8],
    ) -> Next {
        match self.try_drive(shared, service, buffer) {
            Ok(next) => next,
            Err(error) => {
                log::debug!("{}: {error}", self.peer);
                Next::Close
            }
        }
    }

    /// Nearly always nothing is kept or owed, and one read, one write and a look around are all there is to do. They
    /// stand here in one line; all else is for [`drive_on`](Self::drive_on).
    #[inline(always)]
    fn try_drive(
        &mut self,
        shared: &Shared,
        service: &mut Service,
        buffer: &mut [u8],
    ) -> io::Result<Next> {
        if self.rest.is_some() || !self.exchange.pipeline.wants_store() || !self.goes_on() {
            cold_path();
            return self.drive_on(shared, service, buffer);
        }
        match self.socket.read(buffer) {
            Ok(count @ 1..) => {
                self.exhausted_by(count, buffer.len());
                self.serve(shared, service, &buffer[..count])?;
            }
            nothing => {
                cold_path();
                self.no_octets(nothing)?;
            }
        }
        flush_in_line(&mut self.exchange, &mut self.socket)?;
        if self.readable {
            cold_path();
            return self.drive_on(shared, service, buffer);
        }
        self.settle(service)
    }

    /// Goes on as far as possible, whatever that takes.
    #[inline(never)]
    fn drive_on(
        &mut self,
        shared: &Shared,
        service: &mut Service,
        buffer: &mut [u8],
    ) -> io::Result<Next> {
        if self.life == Life::Lingering {
            return self.linger(buffer);
        }
        flush(&mut self.exchange, &mut self.socket)?;
        if self.is_paused() {
            self.serve_rest(shared, service)?;
            flush(&mut self.exchange, &mut self.socket)?;
        }
        for _ in 0..READS_A_TURN {
            if !self.goes_on() {
                break;
            }
            self.read(shared, service, buffer)?;
            flush(&mut self.exchange, &mut self.socket)?;
        }
        self.settle(service)
    }

    /// Whether there is something to read, and it is wanted.
    #[inline(always)]
    fn goes_on(&self) -> bool {
        self.readable
            && self.life == Life::Open
            && !self.is_paused()
            && self.exchange.pipeline.wants_read()
    }

    /// Whether octets wait that can be served without reading more.
    #[inline]
    fn is_paused(&self) -> bool {
        self.rest.as_ref().is_some_and(|rest| rest.paused)
    }

    /// Reads once, behind what is kept, and serves what there is.
    fn read(
        &mut self,
        shared: &Shared,
        service: &mut Service,
        buffer: &mut [u8],
    ) -> io::Result<()> {
        let kept = match &self.rest {
            None => 0,
            Some(rest) if rest.len() <= MOVED => {
                buffer[..rest.len()].copy_from_slice(rest.octets());
                rest.len()
            }
            Some(_) => return self.read_behind(shared, service),
        };
        let room = buffer.len() - kept;
        match self.socket.read(&mut buffer[kept..]) {
            Ok(count @ 1..) => {
                self.exhausted_by(count, room);
                self.serve(shared, service, &buffer[..kept + count])
            }
            nothing => self.no_octets(nothing),
        }
    }

    /// Reads behind the octets of a long head that has not ended.
    #[cold]
    fn read_behind(&mut self, shared: &Shared, service: &mut Service) -> io::Result<()> {
        let Some(mut rest) = self.rest.take() else { return Ok(()) };
        let filled = rest.octets.len();
        // A quarter more each time: the cost of clearing stays in proportion to what came.
        let room = (filled / 4).max(MOVED);
        rest.octets.resize(filled + room, 0);
        let read = self.socket.read(&mut rest.octets[filled..]);
        rest.octets.truncate(filled + read.as_ref().copied().unwrap_or(0));
        self.rest = Some(rest);
        match read {
            Ok(count @ 1..) => {
                self.exhausted_by(count, room);
                self.serve_rest(shared, service)
            }
            nothing => self.no_octets(nothing),
        }
    }

    /// A read that filled less than its room has taken all there was, unless the peer has ended its side: then only
    /// a read of nothing tells.
    #[inline]
    fn exhausted_by(&mut self, count: usize, room: usize) {
        self.readable = count == room || self.read_closed;
    }

    /// A read has brought none.
    #[cold]
    fn no_octets(&mut self, read: io::Result<usize>) -> io::Result<()> {
        match read {
            Ok(_) => self.end_of_stream(),
            Err(error) if error.kind() == ErrorKind::WouldBlock => self.readable = false,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Serves octets that were kept.
    #[cold]
    fn serve_rest(&mut self, shared: &Shared, service: &mut Service) -> io::Result<()> {
        let Some(mut rest) = self.rest.take() else { return Ok(()) };
        let mut burst = Burst::new(rest.octets());
        let around = Around { shared, peer: &self.peer };
        let stop = service.receive(around, &mut self.exchange, &mut burst, &mut self.socket)?;
        rest.start += burst.consumed();
        if rest.len() > 0 && stop != Stop::Closed {
            rest.paused = stop == Stop::Paused;
            if !rest.paused {
                rest.octets.drain(..rest.start);
                rest.start = 0;
            }
            self.rest = Some(rest);
        }
        Ok(())
    }

    /// Serves the octets of a read, and those that were kept in front of them.
    #[inline(always)]
    fn serve(&mut self, shared: &Shared, service: &mut Service, octets: &[u8]) -> io::Result<()> {
        let mut burst = Burst::new(octets);
        let around = Around { shared, peer: &self.peer };
        let stop = service.receive(around, &mut self.exchange, &mut burst, &mut self.socket)?;
        self.keep(burst.rest(), stop);
        Ok(())
    }

    /// Keeps what was not served of a read.
    #[inline]
    fn keep(&mut self, octets: &[u8], stop: Stop) {
        if octets.is_empty() || stop == Stop::Closed {
            self.rest = None;
        } else {
            self.keep_some(octets, stop);
        }
    }

    #[cold]
    fn keep_some(&mut self, octets: &[u8], stop: Stop) {
        let rest = self.rest.get_or_insert_default();
        rest.octets.clear();
        rest.octets.extend_from_slice(octets);
        rest.start = 0;
        rest.paused = stop == Stop::Paused;
    }

    fn end_of_stream(&mut self) {
        self.readable = false;
        self.life = Life::HalfClosed;
        if let Event::Malformed(offence) = self.exchange.pipeline.receive_eof() {
            log::debug!("{}: {offence}", self.peer);
            self.exchange.forget_pending();
        }
    }

    /// What follows when there is nothing more to serve in this turn.
    #[inline(always)]
    fn settle(&mut self, service: &mut Service) -> io::Result<Next> {
        service.tell_sent(&mut self.exchange);
        if self.exchange.pipeline.phase() == Phase::Closed {
            return self.close();
        }
        service.reclaim(&mut self.exchange);
        Ok(if self.goes_on() { Next::GoOn } else { Next::Wait })
    }

    /// All was said. The peer must be able to read it before it hears that we don't listen any more (RFC 9112
    /// section 9.6).
    #[cold]
    fn close(&mut self) -> io::Result<Next> {
        if self.life == Life::HalfClosed || self.exchange.pipeline.wants_reset() {
            return Ok(Next::Close);
        }
        self.life = Life::Lingering;
        self.rest = None;
        self.socket.0.shutdown(Shutdown::Write)?;
        // What has arrived in the meantime is looked at in the next turn.
        self.readable = true;
        Ok(Next::GoOn)
    }

    /// Throws away what the peer still sends, until it closes.
    #[cold]
    fn linger(&mut self, buffer: &mut [u8]) -> io::Result<Next> {
        for _ in 0..READS_A_TURN {
            match self.socket.read(buffer) {
                Ok(0) => return Ok(Next::Close),
                Ok(count) => self.watch.lingered = self.watch.lingered.saturating_add(count as u32),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    self.readable = false;
                    return Ok(Next::Wait);
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(if self.watch.lingered > MOST_LINGERED { Next::Close } else { Next::GoOn })
    }
}

/// Octets that a peer may send behind our last answer before it is cut.
const MOST_LINGERED: u32 = 8 * 1024 * 1024;

impl Rest {
    fn octets(&self) -> &[u8] {
        &self.octets[self.start..]
    }

    fn len(&self) -> usize {
        self.octets.len() - self.start
    }
}
