//! What a connection waits for.

use std::time::Duration;

use crate::{Deadlines, Status};

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
    /// For handlers or streams, too, and nothing is read meanwhile: a bound is reached, or effects keep their order
    /// ([`App::unsafe_in_parallel`](crate::App::unsafe_in_parallel)).
    Held,
    /// For its turn to be read: the worker holds as many octets of requests as it may.
    Waiting,
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

impl State {
    /// How long it may last without progress, if anyone but us is waited for.
    pub(crate) fn deadline(self, deadlines: &Deadlines) -> Option<Duration> {
        match self {
            State::Opened => Some(deadlines.first_octet),
            State::Idle => Some(deadlines.idle),
            State::Head => Some(deadlines.head),
            State::Content | State::Draining | State::Waiting => Some(deadlines.content),
            State::Writing => Some(deadlines.write),
            State::HalfClosed => Some(deadlines.half_closed),
            State::Lingering => Some(deadlines.linger),
            State::Handling | State::Streaming | State::Held | State::Upgraded | State::Over => {
                None
            }
        }
    }

    /// What the peer is told before the connection closes, if it is: that it was too late (RFC 9110 section 15.5.9), or
    /// that there was no room.
    pub(crate) fn refusal(self) -> Option<Status> {
        match self {
            State::Head | State::Content | State::Draining => Some(Status::REQUEST_TIMEOUT),
            State::Waiting => Some(Status::SERVICE_UNAVAILABLE),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
