//! How long a peer takes, found by looking now and then: a message costs nothing.

use std::num::NonZeroU32;
use std::time::Duration;

use rajada_websocket::{CloseCode, Phase, Server, WebSocket as Codec};

use super::terms::SocketDeadlines;
use crate::content::Kept;

/// What was seen of a peer when it was looked at last. Octets are counted as far as to see whether there are more.
#[derive(Default)]
pub(super) struct Watch {
    /// Octets of control frames.
    controls: u32,
    /// Octets received, and when they had become so many.
    received: Seen,
    /// The same of messages alone.
    messages: Seen,
    ping: Ping,
    /// Pings so far.
    pings: u32,
}

/// The same of what leaves for it, while something does.
#[derive(Default)]
pub(super) struct Leaving {
    /// Octets that have left.
    left: u32,
    /// Octets that had left.
    sent: Seen,
    /// Since when it closes.
    closing: Option<Moment>,
}

#[derive(Default)]
struct Seen {
    octets: u32,
    since: Option<Moment>,
}

/// A time of the driver's life, in milliseconds, the last bit of which is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment(NonZeroU32);

/// The ping that is unanswered.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Ping {
    #[default]
    None,
    /// It is to be put out.
    Due,
    /// It has not left.
    Unsent,
    /// It has left.
    Sent,
    /// It was seen to have left.
    Since(Moment),
}

/// What is due.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    Nothing,
    /// A [ping](Watch::take_ping).
    Ping,
    Close(CloseCode),
    Cut,
}

/// Octets of a header and a key of a control frame (RFC 6455 section 5.2).
pub(super) const HEADER: usize = 6;

impl Moment {
    pub(super) fn of(age: u32) -> Moment {
        Moment(NonZeroU32::MIN | age)
    }

    /// How long ago that was.
    fn until(self, now: Moment) -> Duration {
        Duration::from_millis(now.0.get().wrapping_sub(self.0.get()).into())
    }
}

impl Seen {
    /// Since when there have been so many octets.
    fn since(&mut self, octets: u32, now: Moment) -> Moment {
        if self.octets != octets {
            *self = Seen { octets, since: None };
        }
        *self.since.get_or_insert(now)
    }
}

impl Watch {
    /// A control frame has come.
    pub(super) fn control(&mut self, payload: usize) {
        self.controls = self.controls.wrapping_add((HEADER + payload) as u32);
    }

    /// A pong has come. One that answers no ping of ours is nothing but a sign of life.
    pub(super) fn pong(&mut self, payload: &[u8]) {
        self.control(payload.len());
        if payload == self.pings.to_be_bytes() {
            self.ping = Ping::None;
        }
    }

    /// The payload of a ping that is due, once: it is put out.
    pub(super) fn take_ping(&mut self) -> Option<[u8; 4]> {
        if self.ping != Ping::Due {
            return None;
        }
        self.ping = Ping::Unsent;
        Some(self.pings.to_be_bytes())
    }

    /// The ping that was due could not be put out: no answer comes.
    pub(super) fn not_sent(&mut self) {
        self.ping = Ping::None;
    }

    /// All that was to be sent has left.
    pub(super) fn all_left(&mut self) {
        if self.ping == Ping::Unsent {
            self.ping = Ping::Sent;
        }
    }

    /// Looks at the clock, while it is open and takes what is ready for it. So many octets were received, and so many but
    /// for what is incomplete of a control frame and with what stands there of a message. A peer that is not read now
    /// (`reads`) is not judged by what it has not sent.
    pub(super) fn look(
        &mut self,
        now: Moment,
        deadlines: &SocketDeadlines,
        [received, messages]: [u64; 2],
        reads: bool,
    ) -> Due {
        if !reads {
            (self.received.since, self.messages.since) = (None, None);
            if let Ping::Since(_) = self.ping {
                self.ping = Ping::Sent;
            }
            return Due::Nothing;
        }
        let (received, messages) = (received as u32, messages as u32);
        let idle = self.messages.since(messages.wrapping_sub(self.controls), now);
        if deadlines.idle.is_some_and(|deadline| idle.until(now) >= deadline) {
            return Due::Close(CloseCode::POLICY_VIOLATION);
        }
        match self.ping {
            Ping::None => {
                let silent = self.received.since(received, now);
                if deadlines.ping.is_some_and(|deadline| silent.until(now) >= deadline) {
                    self.ping = Ping::Due;
                    self.received.since = None;
                    self.pings = self.pings.wrapping_add(1);
                    return Due::Ping;
                }
            }
            Ping::Due | Ping::Unsent => {}
            Ping::Sent => self.ping = Ping::Since(now),
            Ping::Since(since) if since.until(now) >= deadlines.pong => return Due::Cut,
            Ping::Since(_) => {}
        }
        Due::Nothing
    }
}

impl Leaving {
    /// So many octets have left.
    pub(super) fn transmitted(&mut self, count: usize) {
        self.left = self.left.wrapping_add(count as u32);
    }

    /// Looks at the clock. What is due while it closes, or takes nothing for too long. `closes` says that a close is queued.
    pub(super) fn look(
        &mut self,
        now: Moment,
        deadlines: &SocketDeadlines,
        codec: &Codec<Server, Kept>,
        closes: bool,
    ) -> Option<Due> {
        if closes || codec.phase() != Phase::Open {
            let since = *self.closing.get_or_insert(now);
            return Some(if since.until(now) >= deadlines.close { Due::Cut } else { Due::Nothing });
        }
        let sent = self.sent.since(self.left, now);
        if !codec.wants_write() {
            self.sent.since = None;
        } else if sent.until(now) >= deadlines.write {
            return Some(Due::Cut);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ping_that_was_not_put_out_has_no_pong_awaited() {
        let (mut watch, mut pings) = (Watch::default(), 0);
        for second in 0..300 {
            match watch.look(Moment::of(second * 1000), &SocketDeadlines::DEFAULT, [0; 2], true) {
                Due::Ping => {
                    pings += 1;
                    assert_eq!(watch.take_ping(), Some([0, 0, 0, pings]));
                    watch.not_sent();
                }
                Due::Nothing => {}
                due => panic!("{due:?} after {second} s"),
            }
            watch.all_left();
        }
        assert!(pings > 1, "it is due again: {pings}");
    }
}
