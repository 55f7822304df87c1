//! A subscriber's place in a broadcast.

use core::fmt;
use core::pin::Pin;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::EncodedEvent;
use super::group::Seat;
use super::log::Shared;

/// Missed events that are taken from the log by one lock, at most.
const AT_ONCE: usize = 16;

/// Octets of these, but for the last one.
const OCTETS_AT_ONCE: usize = 4096;

/// The events of a [`Broadcast`](crate::Broadcast), from one of them on: a stream for [`Events`](crate::Events), or for what an application
/// makes of it.
///
/// It is read on a worker's thread, and ends when its reader is too far behind, or the broadcast is closed.
///
/// # Panics
/// When polled on a thread that is not a worker.
#[must_use = "streams do nothing unless polled"]
pub struct Subscription {
    shared: Arc<Shared>,
    /// The number of the event that comes next, behind those in `missed`.
    next: u64,
    /// There since it was polled first.
    seat: Option<Seat>,
    /// Some of the events that this worker no longer has, and the broadcast still has.
    missed: VecDeque<EncodedEvent>,
    /// It has not yet come to what this worker has.
    catches_up: bool,
    has_gap: bool,
    ended: bool,
}

impl Subscription {
    pub(super) fn new(shared: Arc<Shared>, next: u64, has_gap: bool) -> Subscription {
        shared.subscribers.fetch_add(1, Ordering::Relaxed);
        let missed = VecDeque::new();
        Subscription { shared, next, seat: None, missed, catches_up: true, has_gap, ended: false }
    }

    /// Whether events that this client has not read may be missing, since the id that it came with is not among those
    /// [kept](crate::Broadcast::keep): it may want to be told all there is to know.
    pub fn has_gap(&self) -> bool {
        self.has_gap
    }

    /// The next event; `None` at the end.
    pub(super) fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<EncodedEvent>> {
        if self.ended {
            return Poll::Ready(None);
        }
        let first = self.sit_down(cx).first();
        if self.catches_up && self.missed.is_empty() {
            self.catches_up = self.next < first;
            if self.catches_up && !self.fetch(first) {
                self.overflow();
                return Poll::Ready(None);
            }
        }
        if let Some(event) = self.missed.pop_front() {
            if self.missed.is_empty() {
                self.missed = VecDeque::new();
            }
            return Poll::Ready(Some(event));
        }
        if self.is_overtaken() {
            return Poll::Ready(None);
        }
        let Some(seat) = &self.seat else { return Poll::Ready(None) };
        match seat.event(self.next) {
            Some(event) => {
                self.next += 1;
                Poll::Ready(Some(event))
            }
            None if seat.is_closed() => {
                self.ended = true;
                Poll::Ready(None)
            }
            None => {
                seat.wake(cx.waker());
                Poll::Pending
            }
        }
    }

    /// Has it all that was sent by now, where it would have to wait for the worker to look.
    pub(super) fn catch_up(&mut self) {
        if let Some(seat) = &self.seat {
            seat.catch_up(&self.shared);
        }
    }

    /// Joins the subscribers of this worker, if it has not.
    pub(super) fn sit_down(&mut self, cx: &Context<'_>) -> &Seat {
        self.seat.get_or_insert_with(|| Seat::take(&self.shared, cx.waker()))
    }

    /// Whether it has lost what came next. It is counted once.
    pub(super) fn is_overtaken(&mut self) -> bool {
        let overtaken = self.seat.as_ref().is_some_and(|seat| {
            let first = if self.catches_up { seat.first_kept() } else { seat.first() };
            first > self.next
        });
        if overtaken && !self.ended {
            self.overflow();
        }
        overtaken
    }

    fn overflow(&mut self) {
        self.ended = true;
        self.missed = VecDeque::new();
        self.shared.overflowed.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes a few of the events before number `end` from the log, of which there is one at the least. False if it has lost
    /// what comes next.
    fn fetch(&mut self, end: u64) -> bool {
        let log = self.shared.log();
        let Some(events) = log.since(self.next) else { return false };
        let mut octets = 0;
        let count = usize::try_from(end - self.next).unwrap_or(AT_ONCE).min(AT_ONCE);
        // One at the least.
        let few = events.take(count).take_while(|event| {
            let has_room = octets < OCTETS_AT_ONCE;
            octets += event.octets().len();
            has_room
        });
        self.missed.extend(few.cloned());
        self.next += self.missed.len() as u64;
        !self.missed.is_empty()
    }
}

impl Stream for Subscription {
    type Item = EncodedEvent;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<EncodedEvent>> {
        self.get_mut().poll_event(cx)
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.shared.subscribers.fetch_sub(1, Ordering::Relaxed);
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").field("next", &self.next).finish_non_exhaustive()
    }
}
