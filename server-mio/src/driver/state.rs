//! What a connection waits for.

use std::time::Duration;

use rajada_pipeline::Phase;

use super::connection::Entry;
use super::work::Work;
use crate::Deadlines;
use crate::runtime::Tasks;

/// What a connection waits for. It follows from what has happened on it, and is not kept beside that: so it can't
/// disagree.
///
#[doc = include_str!("../../docs/states.md")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// For its first octet.
    Opened,
    /// For the next request.
    Idle,
    /// For the rest of a head.
    Head,
    /// For the rest of a request's content.
    Content,
    /// For the rest of content that nobody wants: its request has been answered.
    Draining,
    /// For handlers that are at work.
    Handling,
    /// For a stream that makes content of an answer.
    Streaming,
    /// For handlers or streams, too, and nothing is read meanwhile: a bound is reached.
    Held,
    /// For the peer to take what is ready for it.
    Writing,
    /// For handlers or streams, while the peer has ended its side and gives no sign of life.
    HalfClosed,
    /// For octets of another protocol.
    Upgraded,
    /// For the peer to close, who has all answers.
    Lingering,
    /// For nothing: it is to be closed.
    Over,
}

/// How far a connection is in its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Neither side has ended.
    Open,
    /// The peer has ended its side; answers are owed.
    PeerEnded,
    /// We have ended ours, and wait for the peer to have read it.
    Lingering,
    /// It is to be closed.
    Over,
}

impl State {
    /// What a connection waits for.
    pub(crate) fn of<T>(entry: &Entry<T>, tasks: &Tasks<Work>) -> State {
        let pipeline = &entry.exchange.pipeline;
        match entry.side {
            Side::Over => return State::Over,
            Side::Lingering => return State::Lingering,
            Side::Open | Side::PeerEnded => {}
        }
        let phase = pipeline.phase();
        if phase == Phase::Closed {
            return State::Over;
        }
        if pipeline.wants_write() {
            return State::Writing;
        }
        if entry.side == Side::PeerEnded {
            return State::HalfClosed;
        }
        match phase {
            Phase::Upgraded => State::Upgraded,
            // Nothing else keeps us from reading there.
            Phase::Idle | Phase::Head | Phase::Content if !pipeline.wants_read() => State::Held,
            Phase::Content if pipeline.is_draining() => State::Draining,
            Phase::Content => State::Content,
            Phase::Head => State::Head,
            Phase::Idle if pipeline.in_flight() == 0 && pipeline.octets_received() == 0 => {
                State::Opened
            }
            Phase::Idle if pipeline.in_flight() == 0 => State::Idle,
            _ if tasks.of(entry.exchange.ledger.tasks).any(|(_, work)| work.is_pump()) => {
                State::Streaming
            }
            _ => State::Handling,
        }
    }

    /// How long it may last without progress, if anyone but us is waited for.
    pub(crate) fn deadline(self, deadlines: &Deadlines) -> Option<Duration> {
        match self {
            State::Opened => Some(deadlines.first_octet),
            State::Idle => Some(deadlines.idle),
            State::Head => Some(deadlines.head),
            State::Content | State::Draining => Some(deadlines.content),
            State::Writing => Some(deadlines.write),
            State::HalfClosed => Some(deadlines.half_closed),
            State::Lingering => Some(deadlines.linger),
            State::Handling | State::Streaming | State::Held | State::Upgraded | State::Over => {
                None
            }
        }
    }

    /// Whether its peer, too late, is told so by 408 (RFC 9110 section 15.5.9) before the connection closes.
    pub(crate) fn is_refused(self) -> bool {
        matches!(self, State::Head | State::Content | State::Draining)
    }
}
