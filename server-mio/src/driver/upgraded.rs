//! Another protocol on a connection, behind an upgrade: what it is to the driver, and the driver's part of it.

use std::io::{self, IoSlice};
use std::time::Duration;

use rajada_pipeline::Phase;

use super::connection::{Connection, Next};
use super::entry::{Entry, Rest, Side, Watch};
use super::exchange::Ledger;
use super::holdings::{Holdings, Lane};
use super::service::{Leave, Service};
use super::state::State;
use super::transport::{Link, MOST_PIECES, MOVED, READS_A_TURN, Transport};
use crate::gate;
use crate::runtime::Bell;

/// Another protocol, without IO: octets in, octets out. Nothing of it panics: where code of the application runs, it sees
/// to that.
pub(crate) trait Protocol {
    /// Takes octets, which it may change where they stand, and says how many are done with. The rest comes again, as it is
    /// then, with more behind it; or as it is, when it [wants](Self::wants_read) any again.
    fn receive(&mut self, octets: &mut [u8]) -> usize;
    /// The peer sends nothing more.
    fn receive_end(&mut self);
    /// Goes on with what it does by itself.
    fn go_on(&mut self);
    /// Whether octets should be read.
    fn wants_read(&self) -> bool;
    /// Whether octets are ready to leave.
    fn wants_write(&self) -> bool;
    /// Fills `pieces` with the octets that may leave now, and says how many pieces there are.
    fn transmit<'s>(&'s self, pieces: &mut [&'s [u8]]) -> usize;
    /// The first `count` octets of those have left.
    fn transmitted(&mut self, count: usize);
    /// Nothing is to be done until something happens: what was lent to it can go back.
    fn rest(&mut self);
    /// Whether everything is said and has left.
    fn is_over(&self) -> bool;
    /// Service ends. Told again, it changes nothing.
    fn shut_down(&mut self);
    /// Looks at the clock, now and then: milliseconds of the driver's life. `reads` is false while it is not read though it may
    /// [want](Self::wants_read) that.
    fn look(&mut self, age: u32, reads: bool) -> Look;
    /// If something has come in part, a number that stands for it until it is whole. `stands` says that octets were given which it is not
    /// done with.
    fn part(&self, stands: bool) -> Option<u32>;
    /// Gives up what has come in part, for which the worker has no room, and ends: behind a time for the rest (`was_read`), or
    /// because there is none. No part is left.
    fn give_up(&mut self, was_read: bool);
    /// Octets of memory that it holds beside its own, of what has come and of what is to leave.
    fn held(&self) -> usize;
}

/// What a look at the clock leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Nothing.
    Wait,
    /// There is something to do.
    GoOn,
    /// The peer had its time.
    Cut,
}

/// A protocol that is to follow, which is made with what wakes its connection.
pub struct Upgrade(Box<dyn FnOnce(Bell) -> Box<dyn Protocol>>);

impl Upgrade {
    #[cfg_attr(
        not(any(test, feature = "websocket")),
        expect(dead_code, reason = "made by protocols")
    )]
    pub(crate) fn new(begin: impl FnOnce(Bell) -> Box<dyn Protocol> + 'static) -> Upgrade {
        Upgrade(Box::new(begin))
    }
}

impl Service {
    /// A protocol is to follow the answers that are owed.
    #[cold]
    pub(super) fn accept_upgrade(&mut self, ledger: &mut Ledger, upgrade: Upgrade) {
        let bell = Bell::new(self.tasks.queue(), ledger.key.place());
        ledger.behind.get_or_insert_default().protocol = Some((upgrade.0)(bell));
    }
}

impl<T> Entry<T> {
    fn protocol(&mut self) -> Option<&mut dyn Protocol> {
        // (Not as_deref_mut: its lifetime would be that of what is owned.)
        match &mut self.exchange.ledger.behind.as_mut()?.protocol {
            Some(protocol) => Some(&mut **protocol),
            None => None,
        }
    }
}

/// Has a protocol look at the clock. True if its connection is to go on. At the worker's bound, what has come in part has so
/// much time to become whole while it is read, and as much while it is not.
#[cold]
pub(super) fn look<T>(entry: &mut Entry<T>, holdings: &Holdings, age: u32, most: Duration) -> bool {
    let Ledger { key, holding, .. } = &entry.exchange.ledger;
    let reads = !holdings.keeps(*key, holding);
    let is_held_up = holdings.is_full() && holding.is_some();
    let stands = entry.rest.is_some();
    let asked = entry.protocol().filter(|protocol| is_held_up && protocol.wants_read());
    let part = asked.and_then(|protocol| protocol.part(stands));
    let waited = entry.watch.part(part, reads, age);
    let looked = match entry.protocol() {
        Some(protocol) if waited.is_some_and(|waited| waited >= most) => {
            protocol.give_up(reads);
            Look::GoOn
        }
        Some(protocol) => protocol.look(age, reads),
        None => Look::Cut,
    };
    if looked == Look::Cut {
        entry.side = Side::Over;
    }
    looked != Look::Wait
}

impl Watch {
    /// How long something has been seen that has come in part, read or not, and nothing else.
    fn part(&mut self, part: Option<u32>, reads: bool, age: u32) -> Option<Duration> {
        let state = match part {
            None => State::Upgraded,
            Some(_) if reads => State::Content,
            Some(_) => State::Waiting,
        };
        let progress = part.unwrap_or_default();
        if (self.state, self.progress) != (state, progress) {
            *self = Watch { state, progress, since: age };
        }
        part.map(|_| Duration::from_millis(age.wrapping_sub(self.since).into()))
    }
}

impl<'t, T> Connection<'t, T> {
    /// The protocol that is spoken.
    pub(super) fn protocol(&self) -> Option<&dyn Protocol> {
        let behind = self.entry.exchange.ledger.behind.as_deref()?;
        behind.protocol.as_deref()
    }

    /// Whether octets for it should be read.
    #[cold]
    pub(super) fn reads_upgraded(&self) -> bool {
        self.protocol().is_some_and(|protocol| protocol.wants_read()) && !self.is_kept()
    }

    /// What is to follow answers that have left: nothing else, if there is something.
    #[cold]
    pub(super) fn settle_behind(&mut self) -> Option<Next> {
        self.service.tell_sent(&mut self.entry.exchange);
        let pipeline = &self.entry.exchange.pipeline;
        let is_due = pipeline.phase() == Phase::Upgraded
            && pipeline.in_flight() == 0
            && !pipeline.wants_write();
        self.protocol()?;
        match self.entry.side {
            Side::Upgraded => Some(self.upgraded_next()),
            Side::Open | Side::PeerEnded if is_due => {
                let has_ended = self.entry.side == Side::PeerEnded;
                self.service.reclaim(&mut self.entry.exchange);
                self.entry.side = Side::Upgraded;
                self.entry.watch.state = State::Upgraded;
                if let Some(rest) = &mut self.entry.rest {
                    rest.serveable = true;
                }
                if has_ended {
                    self.end_upgraded_input();
                }
                Some(Next::GoOn)
            }
            _ => None,
        }
    }

    /// What follows when there is nothing more to do in this turn.
    fn upgraded_next(&mut self) -> Next {
        let has_rest = self.entry.rest.as_ref().is_some_and(|rest| rest.serveable);
        let Some(protocol) = self.entry.protocol() else { return Next::Close };
        protocol.rest();
        if !protocol.is_over() {
            let reads = protocol.wants_read();
            let is_refused = self.note_upgraded(reads);
            return if is_refused || (has_rest && reads) { Next::GoOn } else { Next::Wait };
        }
        let behind = self.entry.exchange.ledger.behind.take();
        gate::discard(behind.and_then(|behind| behind.protocol));
        self.entry.rest = None;
        self.note_held(0);
        if self.entry.has_ended {
            self.entry.side = Side::Over;
            return Next::Close;
        }
        self.entry.side = Side::Lingering;
        Next::ShutDown
    }

    /// Takes note of octets that the protocol holds. `reads` says that it wants more. If they are far too many for the worker, what
    /// has come in part is given up: true.
    fn note_upgraded(&mut self, reads: bool) -> bool {
        let rest = self.entry.rest.as_ref().map(|rest| rest.octets.capacity());
        let Ledger { key, holding, behind, .. } = &mut self.entry.exchange.ledger;
        let protocol = behind.as_mut().and_then(|behind| behind.protocol.as_mut());
        let Some(protocol) = protocol else { return false };
        let (before, held) = (holding.octets(), protocol.held() + rest.unwrap_or_default());
        if held == 0 && !holding.is_some() {
            return false;
        }
        let part = protocol.part(rest.is_some());
        let lane = if part.is_some() { Lane::Parts } else { Lane::Whole };
        let holdings = &mut self.service.holdings;
        holdings.note(*key, holding, held, (lane, reads, false));
        let is_refused = reads && part.is_some() && held > before && holdings.is_far_over(*key);
        if is_refused {
            protocol.give_up(false);
        }
        is_refused
    }

    /// Octets of the other protocol.
    #[cold]
    pub(super) fn receive_upgraded(&mut self, octets: &[u8]) -> Next {
        let rest = self.entry.rest.get_or_insert_default();
        rest.octets.extend_from_slice(octets);
        rest.serveable = true;
        self.run_upgraded();
        self.next_step()
    }

    /// The peer of the other protocol has ended its side.
    #[cold]
    pub(super) fn end_upgraded_input(&mut self) {
        self.feed_rest();
        self.entry.has_ended = true;
        match &mut self.entry.rest {
            // What has come before goes in front.
            Some(rest) if rest.serveable => rest.ends = true,
            _ => {
                if let Some(protocol) = self.entry.protocol() {
                    protocol.receive_end();
                }
            }
        }
        self.run_upgraded();
    }

    pub(super) fn transmitted_upgraded(&mut self, count: usize) {
        if let Some(protocol) = self.entry.protocol() {
            protocol.transmitted(count);
        }
    }

    /// Goes on as far as that is possible with what is there.
    pub(super) fn run_upgraded(&mut self) {
        loop {
            self.feed_rest();
            let leaves = self.service.leave != Leave::Not;
            let Some(protocol) = self.entry.protocol() else { return };
            if leaves {
                protocol.shut_down();
            }
            protocol.go_on();
            let goes_on = protocol.wants_read();
            if !goes_on || !self.entry.rest.as_ref().is_some_and(|rest| rest.serveable) {
                return;
            }
        }
    }

    /// Gives what was kept, if it is wanted.
    fn feed_rest(&mut self) {
        let Some(mut rest) = self.entry.rest.take() else { return };
        let Some(protocol) = self.entry.protocol() else { return };
        if rest.serveable && protocol.wants_read() {
            rest.start += protocol.receive(&mut rest.octets[rest.start..]);
            // Where it has stopped by itself it can go on.
            rest.serveable = !protocol.wants_read();
            rest.octets.drain(..rest.start);
            rest.start = 0;
            if rest.ends && (rest.octets.is_empty() || !rest.serveable) {
                rest.ends = false;
                protocol.receive_end();
            }
        }
        if rest.len() > 0 {
            self.entry.rest = Some(rest);
        }
    }

    /// Gives octets of a read, and keeps what is not done with.
    fn feed(&mut self, octets: &mut [u8]) {
        let Some(protocol) = self.entry.protocol() else { return };
        let consumed = protocol.receive(octets);
        let serveable = !protocol.wants_read();
        let left = octets.get(consumed..).unwrap_or_default();
        self.entry.rest = None;
        if !left.is_empty() {
            let rest = Rest { octets: left.to_vec(), start: 0, serveable, ends: false };
            self.entry.rest = Some(Box::new(rest));
        }
    }
}

impl<T: Transport> Connection<'_, Link<T>> {
    /// Goes on as far as possible: reads, gives what was read, writes.
    #[inline(never)]
    pub(super) fn drive_upgraded(&mut self, buffer: &mut [u8]) -> io::Result<Next> {
        let mut reads = 0;
        loop {
            self.run_upgraded();
            self.flush_upgraded()?;
            if reads == READS_A_TURN || !self.entry.link.readable || !self.wants_read() {
                break;
            }
            reads += 1;
            self.read_upgraded(buffer)?;
        }
        let next = self.next_step();
        self.follow(next)
    }

    fn read_upgraded(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        let kept = match &self.entry.rest {
            Some(rest) if rest.len() <= 2 * MOVED => {
                buffer[..rest.len()].copy_from_slice(rest.octets());
                rest.len()
            }
            Some(_) => return self.read_behind_rest(buffer),
            None => 0,
        };
        let room = buffer.len() - kept;
        match self.entry.link.transport.read(&mut buffer[kept..]) {
            Ok(count @ 1..) => {
                self.entry.link.has_read(count, room);
                self.feed(&mut buffer[..kept + count]);
                Ok(())
            }
            nothing => self.no_octets(nothing),
        }
    }

    /// Reads behind what was kept, where that is much.
    #[cold]
    fn read_behind_rest(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        match self.entry.link.transport.read(buffer) {
            Ok(count @ 1..) => {
                self.entry.link.has_read(count, buffer.len());
                if let Some(rest) = &mut self.entry.rest {
                    rest.octets.extend_from_slice(&buffer[..count]);
                    rest.serveable = true;
                }
                Ok(())
            }
            nothing => self.no_octets(nothing),
        }
    }

    /// Writes what is ready, as far as the peer takes it.
    fn flush_upgraded(&mut self) -> io::Result<()> {
        let Entry { link, exchange, .. } = &mut *self.entry;
        let protocol = exchange.ledger.behind.as_mut().and_then(|it| it.protocol.as_mut());
        let Some(protocol) = protocol else { return Ok(()) };
        if link.transport.wants_write() && !link.blocked {
            link.push()?;
        }
        while !link.blocked && protocol.wants_write() {
            let mut pieces = [&[][..]; MOST_PIECES];
            let count = protocol.transmit(&mut pieces);
            let whole: usize = pieces[..count].iter().map(|piece| piece.len()).sum();
            let written = match pieces[..count] {
                [piece] => link.transport.write(piece),
                _ => link.transport.write_vectored(&pieces.map(IoSlice::new)[..count]),
            };
            match written {
                Ok(written @ 1..) => {
                    protocol.transmitted(written);
                    link.blocked = written < whole;
                }
                nothing => link.not_written(nothing)?,
            }
        }
        Ok(())
    }
}
