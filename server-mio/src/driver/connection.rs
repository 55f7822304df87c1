//! One connection: octets in, octets out, and what follows.

use rajada_pipeline::{Burst, Event, Phase};

use super::arrival::{Around, Stop};
use super::entry::{Entry, Rest, Side};
use super::exchange::{Exchange, WhenSent};
use super::holdings::Lane;
use super::key::Key;
use super::service::{Leave, Service};
use super::state::State;
use crate::Status;
use crate::app::Shared;
use crate::peer::Peer;

/// What becomes of a connection after a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Next {
    /// It waits: for octets, for room to write, for a handler.
    Wait,
    /// Octets that were received can be served further: [write](Connection::transmit) what is ready, let others have
    /// their turn, and [go on](Connection::go_on).
    GoOn,
    /// Everything is said: close the sending side, and give what still arrives to [`receive`](Connection::receive),
    /// until the peer closes, too (RFC 9112 section 9.6).
    ShutDown,
    /// It is over: [`Turn::close`](super::Turn::close) it.
    Close,
}

/// One connection of a [`Driver`](super::Driver), during a turn.
pub struct Connection<'t, T> {
    pub(super) entry: &'t mut Entry<T>,
    pub(super) service: &'t mut Service,
    pub(super) shared: &'t Shared,
    pub(super) settings: &'t rajada_pipeline::Settings,
}

impl<'t, T> Connection<'t, T> {
    /// Its name.
    pub fn key(&self) -> Key {
        self.entry.exchange.ledger.key
    }

    /// Who is at the other end.
    pub fn peer(&self) -> Peer {
        self.entry.peer
    }

    /// What its owner keeps with it.
    pub fn link(&mut self) -> &mut T {
        &mut self.entry.link
    }

    /// What it waits for.
    pub fn state(&self) -> State {
        self.entry.state(&self.service.tasks)
    }

    /// Requests that handlers are at work on: received in full, and not answered in full.
    pub fn at_work(&self) -> usize {
        let Exchange { pipeline, ledger } = &self.entry.exchange;
        let waits = ledger.waits_for_peer();
        pipeline.in_flight().saturating_sub(usize::from(waits))
    }

    /// Whether octets of the peer should be read: not while a bound is reached, nor behind the end.
    #[inline]
    pub fn wants_read(&self) -> bool {
        match self.entry.side {
            Side::Open => !self.has_more() && self.entry.exchange.can_serve() && !self.is_kept(),
            Side::Lingering => true,
            Side::Upgraded => self.reads_upgraded(),
            Side::PeerEnded | Side::Over => false,
        }
    }

    /// Whether octets are ready to leave.
    #[inline]
    pub fn wants_write(&self) -> bool {
        match self.entry.side {
            Side::Upgraded => self.protocol().is_some_and(|protocol| protocol.wants_write()),
            _ => self.entry.exchange.pipeline.wants_write(),
        }
    }

    /// Serves octets. What can't be served now is kept: the beginning of a request, or what is behind a bound. Give it
    /// none while it does not [want them](Self::wants_read): they would be kept, however many they are.
    ///
    /// Ready answers are to be [written](Self::transmit) then, and if there is more ([`Next::GoOn`]) it is to be
    /// [gone on with](Self::go_on).
    pub fn receive(&mut self, octets: &[u8]) -> Next {
        if self.entry.side == Side::Lingering {
            return self.throw_away(octets.len());
        }
        if self.entry.side == Side::Upgraded {
            return self.receive_upgraded(octets);
        }
        if self.entry.side != Side::Open {
            return self.next_step();
        }
        self.service.pace.begin_turn();
        self.take_leave();
        match &mut self.entry.rest {
            Some(rest) => {
                rest.octets.extend_from_slice(octets);
                if !rest.serveable {
                    self.serve_rest();
                }
            }
            None => {
                let mut burst = Burst::new(octets);
                let stop = self.serve(&mut burst);
                self.keep(burst.rest(), stop);
            }
        }
        self.next_step()
    }

    /// Takes note that the peer sends nothing more. Requests received in full are still answered.
    pub fn receive_end(&mut self) -> Next {
        match self.entry.side {
            Side::Open if self.has_more() => {
                // What it sent before is served first; its end is found again behind that.
                self.entry.side = Side::PeerEnded;
            }
            Side::Open => {
                self.entry.side = Side::PeerEnded;
                self.end_input();
            }
            Side::Lingering => self.entry.side = Side::Over,
            Side::Upgraded => self.end_upgraded_input(),
            Side::PeerEnded | Side::Over => {}
        }
        self.next_step()
    }

    /// Goes on with octets that were kept.
    pub fn go_on(&mut self) -> Next {
        if self.entry.side == Side::Upgraded {
            self.run_upgraded();
            return self.next_step();
        }
        if self.has_more() && matches!(self.entry.side, Side::Open | Side::PeerEnded) {
            self.service.pace.begin_turn();
            self.serve_rest();
            self.end_behind_kept();
        }
        if !self.has_more() {
            self.take_leave();
        }
        self.next_step()
    }

    /// All that the peer is known to have sent was received, or is about to be served: if service ends, the last request
    /// of it is the connection's last.
    #[inline]
    pub(super) fn take_leave(&mut self) {
        if self.service.leave != Leave::Not && self.entry.side == Side::Open {
            self.entry.exchange.pipeline.shut_down();
        }
    }

    /// Fills `pieces` with the octets that may leave now, in order; says how many pieces there are.
    pub fn transmit<'s>(&'s self, pieces: &mut [&'s [u8]]) -> usize {
        match self.entry.side {
            Side::Upgraded => self.protocol().map_or(0, |protocol| protocol.transmit(pieces)),
            _ => self.entry.exchange.pipeline.poll_transmit(pieces),
        }
    }

    /// Takes note that the first `count` octets of those have left.
    pub fn transmitted(&mut self, count: usize) -> Next {
        match self.entry.side {
            Side::Upgraded => self.transmitted_upgraded(count),
            _ => self.entry.exchange.pipeline.transmitted(count),
        }
        self.next_step()
    }

    /// What follows when there is nothing more to serve in this turn.
    #[inline(always)]
    pub(super) fn next_step(&mut self) -> Next {
        let ledger = &self.entry.exchange.ledger;
        if (ledger.behind.is_some() || ledger.when_sent != WhenSent::Nothing)
            && let Some(next) = self.settle_behind()
        {
            return next;
        }
        if self.holds_some() && self.account() {
            return Next::GoOn;
        }
        if self.entry.side == Side::Over {
            return Next::Close;
        }
        if self.entry.exchange.pipeline.phase() == Phase::Closed {
            return self.close();
        }
        self.service.reclaim(&mut self.entry.exchange);
        if self.service.leave == Leave::Over && self.entry.is_idle() {
            self.entry.side = Side::Over;
            return Next::Close;
        }
        if self.has_more() && self.entry.exchange.can_serve() { Next::GoOn } else { Next::Wait }
    }

    /// All was said. The peer must be able to read it before it hears that we don't listen any more.
    #[cold]
    fn close(&mut self) -> Next {
        match self.entry.side {
            Side::Lingering => Next::Wait,
            Side::Open if !self.entry.exchange.pipeline.wants_reset() => {
                self.entry.side = Side::Lingering;
                self.entry.rest = None;
                // Whose answer stands behind one that was cut has nobody to give it to.
                self.service.cancel_all(&mut self.entry.exchange.ledger);
                self.entry.exchange.ledger.forget_pending();
                self.note_held(0);
                Next::ShutDown
            }
            _ => {
                self.entry.side = Side::Over;
                Next::Close
            }
        }
    }

    /// Octets behind our last answer.
    #[cold]
    fn throw_away(&mut self, count: usize) -> Next {
        self.entry.lingered = self.entry.lingered.wrapping_add(count as u32);
        self.next_step()
    }

    /// Whether something that was kept can be served without waiting for more.
    #[inline]
    pub(super) fn has_more(&self) -> bool {
        self.entry.rest.as_ref().is_some_and(|rest| rest.serveable)
            || self.entry.exchange.ledger.is_due()
    }

    /// Whether it is the worker's bound on octets of requests that keeps this connection from being read.
    #[inline]
    pub(super) fn is_kept(&self) -> bool {
        let ledger = &self.entry.exchange.ledger;
        self.service.holdings.keeps(ledger.key, &ledger.holding)
    }

    /// Whether octets of requests are held here, or were.
    #[inline]
    fn holds_some(&self) -> bool {
        let Entry { rest, exchange: Exchange { ledger, .. }, .. } = &*self.entry;
        rest.is_some() || ledger.pending.is_some() || ledger.holding.is_some()
    }

    /// Takes note of how many. If they are far too many for the worker, the connection ends behind 503: true.
    #[cold]
    fn account(&mut self) -> bool {
        self.service.settle_content(&mut self.entry.exchange);
        let before = self.entry.exchange.ledger.holding.octets();
        let held = self.entry.holds();
        self.note_held(held);
        let is_refused = held > before
            && self.entry.side == Side::Open
            && self.service.holdings.is_far_over(self.key());
        if is_refused {
            self.refuse(Status::SERVICE_UNAVAILABLE);
        }
        is_refused
    }

    pub(super) fn note_held(&mut self, octets: usize) {
        let reads =
            self.entry.side == Side::Open && !self.has_more() && self.entry.exchange.can_serve();
        let ledger = &mut self.entry.exchange.ledger;
        let goes_on = (Lane::Requests, reads, ledger.has_begun());
        self.service.holdings.note(ledger.key, &mut ledger.holding, octets, goes_on);
        if ledger.holding.waits() {
            ledger.watch_content();
        }
    }

    /// Ends the connection with an answer behind those that are owed; if it is a request that waits for which there is no
    /// room, with the answer to that.
    pub(super) fn refuse(&mut self, status: Status) {
        let around =
            Around { shared: self.shared, settings: self.settings, peer: &self.entry.peer };
        let rest = self.entry.rest.take();
        let head = rest.as_ref().map_or(&[][..], |rest| rest.octets());
        self.service.refuse(around, &mut self.entry.exchange, status, head);
        self.note_held(0);
    }

    /// Serves what a burst holds, and says why it stops.
    #[inline(always)]
    pub(super) fn serve(&mut self, burst: &mut Burst<'_>) -> Stop {
        let around =
            Around { shared: self.shared, settings: self.settings, peer: &self.entry.peer };
        self.service.receive(around, &mut self.entry.exchange, burst)
    }

    /// Serves octets that were kept, and says why it stops.
    #[cold]
    pub(super) fn serve_rest(&mut self) -> Stop {
        let mut rest = self.entry.rest.take().unwrap_or_default();
        let mut burst = Burst::new(rest.octets());
        let stop = self.serve(&mut burst);
        rest.start += burst.consumed();
        if rest.len() > 0 && (stop != Stop::Closed || self.is_upgraded()) {
            rest.serveable = stop != Stop::NeedData;
            if !rest.serveable {
                rest.octets.drain(..rest.start);
                rest.start = 0;
            }
            self.entry.rest = Some(rest);
        }
        stop
    }

    /// Keeps what was not served of a read.
    #[inline]
    pub(super) fn keep(&mut self, octets: &[u8], stop: Stop) {
        if octets.is_empty() || (stop == Stop::Closed && !self.is_upgraded()) {
            self.entry.rest = None;
        } else {
            self.keep_some(octets, stop);
        }
    }

    /// Whether what was left belongs to another protocol, whose turn comes behind the answers in front.
    #[cold]
    fn is_upgraded(&self) -> bool {
        self.entry.exchange.pipeline.phase() == Phase::Upgraded
    }

    #[cold]
    fn keep_some(&mut self, octets: &[u8], stop: Stop) {
        let rest = self.entry.rest.get_or_insert_default();
        rest.octets.clear();
        rest.octets.extend_from_slice(octets);
        rest.start = 0;
        rest.serveable = stop != Stop::NeedData;
    }

    /// What is kept.
    #[inline]
    pub(super) fn rest(&mut self) -> &mut Option<Box<Rest>> {
        &mut self.entry.rest
    }

    /// The peer's end stands behind octets that were kept: it is there when they are served.
    pub(super) fn end_behind_kept(&mut self) {
        if self.entry.side == Side::PeerEnded && !self.has_more() {
            self.end_input();
        }
    }

    #[cold]
    fn end_input(&mut self) {
        if let Event::Malformed(offence) = self.entry.exchange.pipeline.receive_eof() {
            log::debug!("{}: {offence}", self.entry.peer);
            self.service.forget_pending(&mut self.entry.exchange);
        }
        self.entry.rest = None;
    }
}

impl<T> core::fmt::Debug for Connection<'_, T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Connection")
            .field("key", &self.key())
            .field("peer", &self.peer())
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}
