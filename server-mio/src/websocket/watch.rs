//! How long a peer takes, found by looking now and then: a message costs nothing.

use std::time::Instant;

use rajada_websocket::{CloseCode, Phase, Server, WebSocket as Codec};

use super::terms::SocketDeadlines;
use crate::content::Kept;

/// What was seen when it was looked last.
#[derive(Default)]
pub(super) struct Watch {
    /// Octets of control frames.
    controls: u64,
    /// Octets that have left.
    left: u64,
    /// Octets received, and when they had become so many.
    received: Seen,
    /// The same of messages alone.
    messages: Seen,
    /// Octets that had left.
    sent: Seen,
    /// Since when it closes.
    closing: Option<Instant>,
    ping: Ping,
    /// Pings so far.
    pings: u32,
}

#[derive(Default)]
struct Seen {
    octets: u64,
    since: Option<Instant>,
}

/// The ping that is unanswered.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Ping {
    #[default]
    None,
    /// It has not left.
    Unsent,
    /// It has left.
    Sent,
    /// It was seen to have left.
    Since(Instant),
}

/// What is due.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    Nothing,
    /// A ping with this payload.
    Ping([u8; 4]),
    Close(CloseCode),
    Cut,
}

/// Octets of a header and a key of a control frame (RFC 6455 section 5.2).
const HEADER: usize = 6;

impl Seen {
    /// Since when there have been so many octets.
    fn since(&mut self, octets: u64, now: Instant) -> Instant {
        if self.octets != octets {
            *self = Seen { octets, since: None };
        }
        *self.since.get_or_insert(now)
    }
}

impl Watch {
    /// A control frame has come.
    pub(super) fn control(&mut self, payload: usize) {
        self.controls += (HEADER + payload) as u64;
    }

    /// A pong has come. One that answers no ping of ours is nothing but a sign of life.
    pub(super) fn pong(&mut self, payload: &[u8]) {
        self.control(payload.len());
        if payload == self.pings.to_be_bytes() {
            self.ping = Ping::None;
        }
    }

    /// So many octets have left; perhaps all.
    pub(super) fn transmitted(&mut self, count: usize, all: bool) {
        self.left += count as u64;
        if all && self.ping == Ping::Unsent {
            self.ping = Ping::Sent;
        }
    }

    /// Looks at the clock. A peer that is not read now (`reads`) is not judged by what it has not sent.
    pub(super) fn look(
        &mut self,
        now: Instant,
        deadlines: &SocketDeadlines,
        codec: &Codec<Server, Kept>,
        reads: bool,
    ) -> Due {
        let waited = |since: Instant| now.saturating_duration_since(since);
        if codec.phase() != Phase::Open {
            let since = *self.closing.get_or_insert(now);
            return if waited(since) >= deadlines.close { Due::Cut } else { Due::Nothing };
        }
        let sent = self.sent.since(self.left, now);
        if !codec.wants_write() {
            self.sent.since = None;
        } else if waited(sent) >= deadlines.write {
            return Due::Cut;
        }
        if !reads {
            (self.received.since, self.messages.since) = (None, None);
            if let Ping::Since(_) = self.ping {
                self.ping = Ping::Sent;
            }
            return Due::Nothing;
        }
        let messages = codec.octets_received() - self.controls;
        let idle = self.messages.since(messages, now);
        if deadlines.idle.is_some_and(|deadline| waited(idle) >= deadline) {
            return Due::Close(CloseCode::POLICY_VIOLATION);
        }
        match self.ping {
            Ping::None => {
                let silent = self.received.since(codec.octets_received(), now);
                if deadlines.ping.is_some_and(|deadline| waited(silent) >= deadline) {
                    self.ping = Ping::Unsent;
                    self.received.since = None;
                    self.pings = self.pings.wrapping_add(1);
                    return Due::Ping(self.pings.to_be_bytes());
                }
            }
            Ping::Unsent => {}
            Ping::Sent => self.ping = Ping::Since(now),
            Ping::Since(since) if waited(since) >= deadlines.pong => return Due::Cut,
            Ping::Since(_) => {}
        }
        Due::Nothing
    }
}
