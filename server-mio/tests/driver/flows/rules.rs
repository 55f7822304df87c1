//! Bounds and deadlines.

use std::time::Duration;

use rajada_mio::{Deadlines, Limits};

/// How long anybody may take who is waited for, in milliseconds.
pub(crate) const DEADLINE: u64 = 100;
/// How often that is looked at.
pub(crate) const INTERVAL: u64 = 10;

pub(crate) struct Rules {
    pub(crate) window: usize,
    pub(crate) drain: usize,
    pub(crate) unsafe_in_parallel: bool,
    /// Handlers have a deadline.
    pub(crate) handlers: bool,
    held: usize,
    in_flight: usize,
}

impl Rules {
    /// Those that an octet of the schedule chooses.
    pub(crate) fn new(choice: u8) -> Rules {
        Rules {
            window: [1, 50, 600, 4096][usize::from(choice & 3)],
            drain: [0, 100, 2000, 65_536][usize::from(choice >> 2 & 3)],
            held: [200, 5000][usize::from(choice >> 4 & 1)],
            in_flight: [2, 64][usize::from(choice >> 5 & 1)],
            unsafe_in_parallel: choice & 64 != 0,
            handlers: choice & 128 != 0,
        }
    }

    pub(crate) fn limits(&self) -> Limits {
        Limits {
            requests_in_flight: self.in_flight,
            held: self.held,
            drain: self.drain,
            ..Limits::DEFAULT
        }
    }

    /// Octets that are ready at once, at most: what may be held, and an answer or piece of one that was let in.
    pub(crate) fn most_ready(&self) -> usize {
        self.held + 17 * 1024
    }

    pub(crate) fn deadlines(&self) -> Deadlines {
        let deadline = Duration::from_millis(DEADLINE);
        Deadlines {
            first_octet: deadline,
            head: deadline,
            content: deadline,
            idle: deadline,
            write: deadline,
            half_closed: deadline,
            linger: deadline,
            linger_most: deadline,
            idle_at_end: deadline,
            // A schedule is too short for rates to matter.
            least_rate: 0,
            handler: self.handlers.then_some(deadline),
            check_interval: Duration::from_millis(INTERVAL),
            ..Deadlines::DEFAULT
        }
    }
}
