//! What carries octets, and one turn of a connection over it: read, serve, write.

use crate::cold::cold_path;
use std::io::{self, ErrorKind, IoSlice};

use rajada_pipeline::{Burst, Pipeline};

use super::arrival::Stop;
use super::connection::{Connection, Next};
use super::entry::Side;
use super::service::Leave;
use crate::content::Kept;

/// Carries octets without ever waiting: a socket, a TLS session over one, a double in a test.
///
/// A call that can't do anything now fails with [`WouldBlock`](ErrorKind::WouldBlock), and whoever owns the transport
/// learns when it can (by an event), and tells [`Connection::drive`].
pub trait Transport {
    /// Reads octets; 0 is the peer's end.
    ///
    /// # Errors
    /// [`WouldBlock`](ErrorKind::WouldBlock), [`Interrupted`](ErrorKind::Interrupted); any other ends the connection.
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize>;

    /// Writes octets, and says how many it took.
    ///
    /// # Errors
    /// As of [`read`](Self::read).
    fn write(&mut self, octets: &[u8]) -> io::Result<usize>;

    /// Writes several pieces at once, and says how many octets it took.
    ///
    /// # Errors
    /// As of [`read`](Self::read).
    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize>;

    /// Whether octets that it took are still to be moved on by another [`write`](Self::write) (of none), as records of
    /// TLS are.
    fn wants_write(&self) -> bool {
        false
    }

    /// Whether a read of `count` octets into room for `room` has brought all there was. A short read from a socket
    /// has; one of a record of TLS has not.
    #[inline(always)]
    fn is_drained(&self, count: usize, room: usize) -> bool {
        count < room
    }

    /// Closes the sending side.
    ///
    /// # Errors
    /// Whatever; the connection ends then.
    fn shutdown(&mut self) -> io::Result<()>;

    /// Makes the end, when it is dropped, one that the peer can't take for an orderly one.
    fn reset(&mut self) {}
}

/// A transport, and what is known of it: the system tells each change once.
#[derive(Debug)]
pub struct Link<T> {
    pub(super) transport: T,
    /// There is something to read, and nothing has shown yet that it is used up.
    pub(super) readable: bool,
    /// A read that brings less than it could does not show that nothing is left: behind it there may be the peer's end, or
    /// what was sent behind urgent data, where reads stop.
    unsure: bool,
    /// It takes no more octets for now.
    pub(super) blocked: bool,
}

/// What the system has told of a transport.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made from events of any system")]
pub struct Readiness {
    /// There is something to read.
    pub readable: bool,
    /// There is room to write.
    pub writable: bool,
    /// The peer has sent urgent data (RFC 9293 section 3.8.5): what is behind it takes a read of its own.
    pub urgent: bool,
    /// The peer has ended its side.
    pub read_closed: bool,
    /// Both sides have ended.
    pub write_closed: bool,
    /// It has failed.
    pub error: bool,
}

/// Reads in one turn; a peer that sends more has to wait for others.
pub(super) const READS_A_TURN: usize = 4;

/// Octets of an incomplete head that are moved in front of the next read rather than read behind.
pub(super) const MOVED: usize = 4096;

/// Pieces in one write.
pub(super) const MOST_PIECES: usize = 16;

impl<T: Transport> Link<T> {
    /// A transport that nothing is known of yet.
    pub fn new(transport: T) -> Link<T> {
        Link { transport, readable: false, unsure: false, blocked: false }
    }

    /// The transport.
    pub fn transport(&mut self) -> &mut T {
        &mut self.transport
    }

    /// Takes note of what the system has told.
    #[inline(always)]
    fn note(&mut self, told: Readiness) {
        self.readable |= told.readable | told.read_closed;
        self.unsure |= told.read_closed | told.urgent;
        self.blocked &= !told.writable;
    }

    /// A read has brought octets. One that has taken all there was leaves nothing to read, unless that is not sure: then
    /// only a read of nothing tells.
    #[inline]
    pub(super) fn has_read(&mut self, count: usize, room: usize) {
        self.readable = self.unsure || !self.transport.is_drained(count, room);
    }

    /// Writes what is ready, as far as the peer takes it. Nearly all answers leave from here, so it is compiled into
    /// its callers: what returns behind a system call is what the processor foresees worst.
    #[inline(always)]
    fn flush_in_line(&mut self, pipeline: &mut Pipeline<Kept>) -> io::Result<()> {
        while !self.blocked && pipeline.wants_write() {
            // Answers in order are one piece. Only if there is a second one, a longer list is worth its clearing.
            let mut pieces = [&[][..]; 2];
            let (written, whole) = match pipeline.poll_transmit(&mut pieces) {
                1 => (self.transport.write(pieces[0]), pieces[0].len()),
                _ => {
                    cold_path();
                    self.write_pieces(pipeline)
                }
            };
            match written {
                Ok(written @ 1..) => {
                    pipeline.transmitted(written);
                    if written < whole {
                        cold_path();
                        // There is no more room, and the system will say when there is.
                        self.blocked = true;
                    }
                }
                nothing => {
                    cold_path();
                    self.not_written(nothing)?;
                }
            }
        }
        Ok(())
    }

    #[inline]
    fn flush(&mut self, pipeline: &mut Pipeline<Kept>) -> io::Result<()> {
        if self.transport.wants_write() && !self.blocked {
            self.push()?;
        }
        if self.blocked || !pipeline.wants_write() { Ok(()) } else { self.flush_some(pipeline) }
    }

    #[inline(never)]
    fn flush_some(&mut self, pipeline: &mut Pipeline<Kept>) -> io::Result<()> {
        self.flush_in_line(pipeline)
    }

    /// Has the transport move on what it holds itself.
    #[cold]
    pub(super) fn push(&mut self) -> io::Result<()> {
        match self.transport.write(&[]) {
            Ok(_) => Ok(()),
            failed => self.not_written(failed),
        }
    }

    /// A write has taken no octets.
    #[cold]
    pub(super) fn not_written(&mut self, written: io::Result<usize>) -> io::Result<()> {
        match written {
            Ok(_) => return Err(ErrorKind::WriteZero.into()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => self.blocked = true,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Writes several pieces at once. Says how many octets have left, and how many there were.
    #[inline(never)]
    fn write_pieces(&mut self, pipeline: &Pipeline<Kept>) -> (io::Result<usize>, usize) {
        let mut pieces = [&[][..]; MOST_PIECES];
        let count = pipeline.poll_transmit(&mut pieces);
        let vector = pieces.map(IoSlice::new);
        let whole = pieces[..count].iter().map(|piece| piece.len()).sum();
        (self.transport.write_vectored(&vector[..count]), whole)
    }
}

impl<T: Transport> Connection<'_, Link<T>> {
    /// Takes note of what the system has told, and goes on as far as possible: serves, reads, writes. `buffer` is
    /// where reads go; it can be the same for all connections.
    #[inline(always)]
    pub fn ready(&mut self, told: Readiness, buffer: &mut [u8]) -> Next {
        self.entry.link.note(told);
        if told.read_closed {
            cold_path();
            self.entry.ending = true;
        }
        if told.error || (told.write_closed && self.entry.side != Side::Lingering) {
            cold_path();
            // Nobody is left to answer.
            self.entry.side = Side::Over;
        }
        self.drive(buffer)
    }

    /// Takes note of what the system has told, for when the connection is [driven](Self::drive).
    pub fn tell(&mut self, told: Readiness) {
        self.entry.link.note(told);
    }

    /// Goes on as far as possible.
    #[inline(always)]
    pub fn drive(&mut self, buffer: &mut [u8]) -> Next {
        match self.try_drive(buffer) {
            Ok(next) => next,
            Err(error) => self.fail(&error),
        }
    }

    #[cold]
    fn fail(&mut self, error: &io::Error) -> Next {
        log::debug!("{}: {error}", self.peer());
        self.entry.side = Side::Over;
        Next::Close
    }

    /// Nearly always nothing is kept or owed, and one read, one write and a look around are all there is to do. They
    /// stand here in one line; all else is for [`drive_on`](Self::drive_on).
    #[inline(always)]
    fn try_drive(&mut self, buffer: &mut [u8]) -> io::Result<Next> {
        self.service.pace.begin_turn();
        let entry = &mut *self.entry;
        let fresh = entry.link.readable
            && entry.side == Side::Open
            && !entry.has_rest()
            && self.service.leave == Leave::Not
            // Nothing is in flight: there is room, and nothing to write.
            && entry.exchange.pipeline.wants_store()
            && entry.exchange.pipeline.wants_read();
        if !fresh {
            cold_path();
            return self.drive_on(buffer);
        }
        match entry.link.transport.read(buffer) {
            Ok(count @ 1..) => {
                entry.link.has_read(count, buffer.len());
                self.serve_octets(&buffer[..count])?;
            }
            nothing => {
                cold_path();
                self.no_octets(nothing)?;
            }
        }
        let entry = &mut *self.entry;
        if entry.has_rest() {
            cold_path();
            self.flush()?;
        } else {
            entry.link.flush_in_line(&mut entry.exchange.pipeline)?;
        }
        let entry = &mut *self.entry;
        if entry.link.readable {
            cold_path();
            if self.wants_read() {
                return self.drive_on(buffer);
            }
        }
        match self.next_step() {
            Next::Wait => Ok(Next::Wait),
            next => self.follow(next),
        }
    }

    /// Goes on as far as possible, whatever that takes.
    #[inline(never)]
    fn drive_on(&mut self, buffer: &mut [u8]) -> io::Result<Next> {
        match self.entry.side {
            Side::Lingering => return self.linger(buffer),
            Side::Over => return Ok(Next::Close),
            Side::Upgraded => return self.drive_upgraded(buffer),
            Side::Open | Side::PeerEnded => {}
        }
        self.flush()?;
        if self.has_more() {
            self.serve_kept()?;
        }
        if self.is_to_leave() {
            // To be read until it is known that there is no more.
            self.entry.link.readable = true;
        }
        for _ in 0..READS_A_TURN {
            if !self.entry.link.readable || !self.wants_read() {
                break;
            }
            self.read(buffer)?;
            self.flush()?;
        }
        let next = self.next_step();
        self.follow(next)
    }

    /// Whether service ends, and it was not seen yet what the peer has sent until then.
    fn is_to_leave(&self) -> bool {
        self.service.leave != Leave::Not
            && self.entry.side == Side::Open
            && !self.entry.exchange.pipeline.is_leaving()
    }

    /// Does what the transport has to do with what is next.
    #[cold]
    pub(super) fn follow(&mut self, next: Next) -> io::Result<Next> {
        match next {
            Next::ShutDown => {
                let link = &mut self.entry.link;
                link.transport.shutdown()?;
                // What has arrived in the meantime is looked at in the next turn.
                link.readable = true;
                Ok(Next::GoOn)
            }
            Next::Wait if self.entry.link.readable && self.wants_read() => Ok(Next::GoOn),
            next => Ok(next),
        }
    }

    #[inline]
    fn flush(&mut self) -> io::Result<()> {
        if self.withholds() {
            return Ok(());
        }
        self.entry.link.flush(&mut self.entry.exchange.pipeline)
    }

    /// Whether ready answers wait for the rest of their burst, which others interrupt.
    fn withholds(&self) -> bool {
        self.shared.settings.flush_after.is_none()
            && self.has_more()
            && self.entry.exchange.can_serve()
            && !self.entry.exchange.ledger.is_due()
    }

    /// Serves octets of a read, and those that were kept in front of them.
    #[inline(always)]
    fn serve_octets(&mut self, octets: &[u8]) -> io::Result<()> {
        let mut burst = Burst::new(octets);
        let mut stop = self.serve(&mut burst);
        while stop == Stop::Write {
            cold_path();
            self.flush()?;
            if !self.entry.exchange.can_serve() {
                break;
            }
            stop = self.serve(&mut burst);
        }
        self.keep(burst.rest(), stop);
        Ok(())
    }

    /// Serves what was kept.
    #[cold]
    fn serve_kept(&mut self) -> io::Result<()> {
        while self.has_more() {
            let stop = self.serve_rest();
            self.flush()?;
            if stop != Stop::Write || !self.entry.exchange.can_serve() {
                break;
            }
        }
        self.end_behind_kept();
        Ok(())
    }

    /// Reads once, behind what is kept, and serves what there is.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        let kept = match self.rest() {
            None => 0,
            Some(rest) if rest.len() <= MOVED => {
                buffer[..rest.len()].copy_from_slice(rest.octets());
                rest.len()
            }
            Some(_) => return self.read_behind(),
        };
        if self.is_to_leave() {
            return self.read_last(buffer, kept);
        }
        let room = (buffer.len() - kept).min(self.entry.exchange.ledger.room());
        match self.entry.link.transport.read(&mut buffer[kept..kept + room]) {
            Ok(count @ 1..) => {
                self.entry.link.has_read(count, room);
                self.serve_octets(&buffer[..kept + count])
            }
            nothing => self.no_octets(nothing),
        }
    }

    /// Reads all that the peer has sent, as far as there is room for it, before any of it is served: only then it is known
    /// which request is the last one.
    #[cold]
    fn read_last(&mut self, buffer: &mut [u8], kept: usize) -> io::Result<()> {
        let mut filled = kept;
        let mut nothing = None;
        while self.entry.link.readable && filled < buffer.len() && nothing.is_none() {
            let room = buffer.len() - filled;
            match self.entry.link.transport.read(&mut buffer[filled..]) {
                Ok(count @ 1..) => {
                    filled += count;
                    self.entry.link.has_read(count, room);
                }
                none => nothing = Some(none),
            }
        }
        if let Some(Err(error)) = &nothing
            && error.kind() == ErrorKind::WouldBlock
        {
            self.entry.link.readable = false;
        }
        self.leave_when_drained();
        if filled > kept {
            self.serve_octets(&buffer[..filled])?;
        }
        nothing.map_or(Ok(()), |nothing| self.no_octets(nothing))
    }

    /// Nothing more is known to come: if service ends, the connection does behind what was received.
    fn leave_when_drained(&mut self) {
        if !self.entry.link.readable {
            self.take_leave();
        }
    }

    /// Reads behind the octets of a long head that has not ended.
    #[cold]
    fn read_behind(&mut self) -> io::Result<()> {
        let Some(mut rest) = self.rest().take() else { return Ok(()) };
        let filled = rest.octets.len();
        // A quarter more each time: the cost of clearing stays in proportion to what came.
        let room = (filled / 4).max(MOVED);
        rest.octets.resize(filled + room, 0);
        let read = self.entry.link.transport.read(&mut rest.octets[filled..]);
        rest.octets.truncate(filled + read.as_ref().copied().unwrap_or(0));
        *self.rest() = Some(rest);
        match read {
            Ok(count @ 1..) => {
                self.entry.link.has_read(count, room);
                self.serve_rest();
                Ok(())
            }
            nothing => self.no_octets(nothing),
        }
    }

    /// A read has brought none.
    #[cold]
    pub(super) fn no_octets(&mut self, read: io::Result<usize>) -> io::Result<()> {
        match read {
            Ok(_) => {
                self.entry.link.readable = false;
                self.receive_end();
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                self.entry.link.readable = false;
                self.leave_when_drained();
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Throws away what the peer still sends, until it closes.
    #[cold]
    fn linger(&mut self, buffer: &mut [u8]) -> io::Result<Next> {
        for _ in 0..READS_A_TURN {
            if !self.entry.link.readable || self.entry.side == Side::Over {
                break;
            }
            match self.entry.link.transport.read(buffer) {
                Ok(count @ 1..) => drop(self.receive(&buffer[..count])),
                nothing => self.no_octets(nothing)?,
            }
        }
        Ok(match self.entry.side {
            Side::Over => Next::Close,
            _ if self.entry.link.readable => Next::GoOn,
            _ => Next::Wait,
        })
    }
}
