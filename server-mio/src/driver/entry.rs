//! What is kept of one connection.

use rajada_pipeline::Phase;

use super::exchange::Exchange;
use super::key::Key;
use super::state::State;
use super::task::Work;
use crate::peer::Peer;
use crate::runtime::Tasks;

/// A connection with what its owner keeps with it. What every event needs comes first.
#[repr(C)]
pub(crate) struct Entry<T> {
    /// Its owner's: a socket, as a rule.
    pub(crate) link: T,
    /// It is on the driver's list of connections to go on with.
    pub(crate) listed: bool,
    pub(crate) side: Side,
    /// The peer is known to have ended its side, though nobody has read that far.
    pub(crate) ending: bool,
    /// The peer of another protocol has ended its side.
    pub(super) has_ended: bool,
    /// Octets that were received and are not served: the beginning of a head, or what was left behind a stop.
    pub(super) rest: Option<Box<Rest>>,
    pub(crate) watch: Watch,
    pub(crate) exchange: Exchange,
    pub(super) peer: Peer,
    pub(super) pace: Pace,
    /// Octets thrown away behind our last answer.
    pub(super) lingered: u32,
}

const _: () = assert!(size_of::<Entry<u64>>() <= 264, "a connection is small");
const _: () = assert!(
    core::mem::offset_of!(Entry<u64>, exchange) <= 48,
    "what every event needs shares a cache line"
);

/// Octets kept between two reads: `octets[start..]`.
#[derive(Default)]
pub(super) struct Rest {
    pub(super) octets: Vec<u8>,
    pub(super) start: usize,
    /// They are served without waiting for more.
    pub(super) serveable: bool,
    /// Behind them the other protocol's peer has ended its side, which that was not told.
    pub(super) ends: bool,
}

/// How far a connection is in its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Neither side has ended.
    Open,
    /// The peer has ended its side; answers are owed.
    PeerEnded,
    /// Another protocol is spoken.
    Upgraded,
    /// We have ended ours, and wait for the peer to have read it.
    Lingering,
    /// It is to be closed.
    Over,
}

/// What was seen of a connection when it was looked at last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Watch {
    pub(super) state: State,
    /// How far it had come there.
    pub(super) progress: u32,
    /// When it was first seen there, in milliseconds of the driver's life.
    pub(super) since: u32,
}

/// How much a peer has sent or taken, and how long that took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// All octets of the connection when it began.
    pub(super) octets: u32,
    /// Only the time in which nobody but the peer was waited for.
    pub(super) millis: u32,
}

impl Pace {
    pub(super) fn new(octets: u32) -> Pace {
        Pace { octets, millis: 0 }
    }
}

impl<T> Entry<T> {
    pub(super) fn new(key: Key, peer: Peer, link: T, age: u32) -> Entry<T> {
        Entry {
            link,
            listed: false,
            side: Side::Open,
            ending: false,
            has_ended: false,
            rest: None,
            watch: Watch::new(age),
            exchange: Exchange::new(key),
            peer,
            pace: Pace::new(0),
            lingered: 0,
        }
    }

    #[inline]
    pub(super) fn has_rest(&self) -> bool {
        self.rest.is_some()
    }

    /// Octets of requests that are held: the beginning of a head, what stands behind a bound, content that is incomplete.
    pub(super) fn holds(&self) -> usize {
        let ledger = &self.exchange.ledger;
        let rest = self.rest.as_ref().map_or(0, |rest| rest.octets.capacity());
        let slots = ledger.slots.as_ref().map_or(0, |slots| size_of_val(&**slots));
        rest + slots + ledger.pending.as_ref().map_or(0, |pending| pending.weight())
    }

    /// Whether nothing is under way: no request, no answer.
    pub(super) fn is_idle(&self) -> bool {
        self.exchange.pipeline.in_flight() == 0
            && !self.exchange.pipeline.wants_write()
            && self.exchange.pipeline.phase() == Phase::Idle
            // An empty line is kept, and no request.
            && self.rest.as_ref().is_none_or(|rest| !rest.serveable)
    }

    /// What it waits for.
    pub(super) fn state(&self, tasks: &Tasks<Work>) -> State {
        let pipeline = &self.exchange.pipeline;
        match self.side {
            Side::Over => return State::Over,
            Side::Lingering => return State::Lingering,
            Side::Upgraded => return State::Upgraded,
            Side::Open | Side::PeerEnded => {}
        }
        let phase = pipeline.phase();
        if phase == Phase::Closed {
            return State::Over;
        }
        if pipeline.wants_write() {
            return State::Writing;
        }
        if self.exchange.ledger.holding.waits() {
            return State::Waiting;
        }
        if self.side == Side::PeerEnded || (self.ending && !self.exchange.can_serve()) {
            return State::HalfClosed;
        }
        match phase {
            Phase::Upgraded => State::Upgraded,
            // Nothing else keeps us from reading there.
            Phase::Idle | Phase::Head | Phase::Content if !self.exchange.can_serve() => State::Held,
            Phase::Content if pipeline.is_draining() => State::Draining,
            Phase::Content => State::Content,
            Phase::Head => State::Head,
            Phase::Idle if pipeline.in_flight() == 0 && pipeline.octets_received() == 0 => {
                State::Opened
            }
            Phase::Idle if pipeline.in_flight() == 0 => State::Idle,
            _ if tasks.of(self.exchange.ledger.tasks).any(|(_, work)| work.is_pump()) => {
                State::Streaming
            }
            _ => State::Handling,
        }
    }
}

impl Watch {
    /// Nothing was seen yet but that it was opened.
    pub(crate) fn new(age: u32) -> Watch {
        Watch { state: State::Opened, progress: 0, since: age }
    }
}

impl Rest {
    pub(super) fn octets(&self) -> &[u8] {
        &self.octets[self.start..]
    }

    pub(super) fn len(&self) -> usize {
        self.octets.len() - self.start
    }
}
