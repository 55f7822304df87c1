//! How often a worker looks at the clock while it handles requests.
//!
//! To read it after each request would be a good part of what a quick one costs; not to read it would let a burst for
//! slow handlers keep ready answers, and everybody else, waiting. So each handler has a [`Weight`], learnt from how
//! long it took, and so many run between two looks as weigh a look in all.

use std::time::{Duration, Instant};

use crate::app::Weight;
use crate::runtime::Clock;

/// What a handler takes at most, its share of reading and writing included, to be quick.
const QUICK: Duration = Duration::from_micros(20);

/// How long tasks, or one connection, are gone on with before others have their turn.
pub(super) const TURN: Duration = Duration::from_millis(2);

/// The clock as it was read last, and when it is to be read again.
pub(crate) struct Pace {
    clock: Instant,
    /// When the connection at hand had its turn.
    turn: Instant,
    /// Weight until the next look; none is left at 0 or below.
    left: i32,
    /// So much weight is between two looks now.
    look: u32,
}

impl Pace {
    pub(crate) fn new(now: Instant) -> Pace {
        Pace { clock: now, turn: now, left: Weight::LOOK as i32, look: Weight::LOOK }
    }

    /// The time as it was read last.
    #[inline]
    pub(crate) fn now(&self) -> Instant {
        self.clock
    }

    /// The clock was read for another reason.
    #[inline]
    pub(crate) fn tick(&mut self, now: Instant) {
        self.clock = now;
    }

    /// Another connection has its turn.
    #[inline]
    pub(crate) fn begin_turn(&mut self) {
        self.turn = self.clock;
    }

    /// Whether others should have theirs.
    pub(crate) fn is_turn_over(&self) -> bool {
        self.clock.saturating_duration_since(self.turn) > TURN
    }

    /// Counts a handler that has run; true if the clock is to be read, by [`look`](Self::look).
    #[inline(always)]
    pub(crate) fn count(&mut self, weight: &Weight) -> bool {
        self.left -= weight.get() as i32;
        self.left <= 0
    }

    /// Takes note of the time, and learns from it what the handler that ran last weighs.
    pub(crate) fn look(&mut self, now: Instant, weight: &Weight) {
        let took = now.saturating_duration_since(self.clock);
        self.clock = now;
        let alone = weight.get() >= self.look;
        // Of several it is not known who was slow: from now on each is looked at alone, until all are quick.
        let quick = took < QUICK * if alone { 1 } else { self.look };
        if quick || alone {
            weight.learn(quick);
        }
        self.look = if quick { (self.look * 2).min(Weight::LOOK) } else { 1 };
        self.left = self.look as i32;
    }
}

/// How often the clock is looked at while tasks are gone on with, and whether others should have their turn.
pub(super) struct TaskPace {
    began: Instant,
    read: Instant,
    /// Tasks until the next look, and between two.
    left: u32,
    look: u32,
}

impl TaskPace {
    pub(super) fn new(now: Instant) -> TaskPace {
        TaskPace { began: now, read: now, left: 1, look: 1 }
    }

    /// Tasks have their turn.
    pub(super) fn begin(&mut self, now: Instant) {
        (self.began, self.read) = (now, now);
    }

    /// Counts a task that was gone on with; true if others should have their turn.
    #[inline]
    pub(super) fn is_over(&mut self, clock: &Clock) -> bool {
        self.left -= 1;
        self.left == 0 && self.look(clock.now())
    }

    fn look(&mut self, now: Instant) -> bool {
        let quick = now.saturating_duration_since(self.read) < QUICK * self.look;
        self.read = now;
        self.look = if quick { (self.look * 2).min(Weight::LOOK) } else { 1 };
        self.left = self.look;
        now.saturating_duration_since(self.began) > TURN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs handlers that take so long until the clock is looked at; how many there were.
    fn until_look(pace: &mut Pace, weight: &Weight, took: Duration) -> u32 {
        let mut now = pace.now();
        for count in 1.. {
            now += took;
            if pace.count(weight) {
                pace.look(now, weight);
                return count;
            }
        }
        unreachable!("a look is never further than all weights")
    }

    #[test]
    fn quick_handlers_are_hardly_looked_at_and_slow_ones_each_time() {
        let (quick, slow) = (Weight::new(), Weight::new());
        let mut pace = Pace::new(Instant::now());
        let short = Duration::from_nanos(100);
        let first: Vec<u32> = (0..8).map(|_| until_look(&mut pace, &quick, short)).collect();
        assert_eq!(first, [1, 2, 4, 8, 16, 32, 32, 32], "it is believed by halves");
        for _ in 0..3 {
            assert_eq!(until_look(&mut pace, &slow, Duration::from_millis(5)), 1);
        }
        let again: Vec<u32> = (0..7).map(|_| until_look(&mut pace, &quick, short)).collect();
        assert_eq!(again, [1, 2, 4, 8, 16, 32, 32], "only whoever was slow is looked at for ever");
        assert_eq!(until_look(&mut pace, &slow, Duration::from_millis(5)), 1);
    }

    #[test]
    fn a_handler_that_becomes_slow_is_noticed_once_and_remembered() {
        let weight = Weight::new();
        let mut pace = Pace::new(Instant::now());
        for _ in 0..10 {
            until_look(&mut pace, &weight, Duration::from_nanos(100));
        }
        let slow = Duration::from_millis(5);
        let counts: Vec<u32> = (0..4).map(|_| until_look(&mut pace, &weight, slow)).collect();
        assert_eq!(counts, [32, 1, 1, 1]);
    }
}
