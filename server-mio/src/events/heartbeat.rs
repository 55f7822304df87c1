//! A sign of life behind a silence.

use core::future::Future;
use core::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use crate::runtime::{Sleep, after, now, sleep};

/// Tells when nothing was sent for a while. What is sent costs a look at the clock: the timer is not touched, and finds out
/// when it is due.
pub(super) struct Heartbeat {
    every: Duration,
    /// The last time that something was sent.
    beaten: Instant,
    timer: Option<Sleep>,
    /// When the timer is due.
    due: Instant,
}

impl Heartbeat {
    pub(super) fn new(every: Duration) -> Heartbeat {
        let (every, beaten) = (every.max(Duration::from_millis(1)), now());
        Heartbeat { every, beaten, timer: None, due: beaten }
    }

    /// Something is sent.
    pub(super) fn beat(&mut self) {
        self.beaten = now();
    }

    /// Ready when it is time for a sign of life, which counts as sent.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let time = now();
        if self.timer.is_some() && time < self.due {
            // It wakes the same task as when it was set.
            return Poll::Pending;
        }
        let end = after(self.beaten, self.every);
        if time >= end {
            (self.beaten, self.timer) = (time, None);
            return Poll::Ready(());
        }
        self.due = end;
        let mut timer = sleep(end.saturating_duration_since(time));
        let polled = Pin::new(&mut timer).poll(cx);
        self.timer = Some(timer);
        polled
    }
}
