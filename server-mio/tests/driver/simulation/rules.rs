//! The bounds and deadlines of a simulation.

use std::time::Duration;

use rajada_mio::{Deadlines, Limits};

use super::waits::Waits;

/// Bounds in octets and numbers, times in milliseconds.
pub(crate) struct Rules {
    pub(crate) in_flight: usize,
    pub(crate) held: usize,
    pub(crate) requests: usize,
    pub(crate) handler: Option<u64>,
    /// Handlers that wait, and streams, of all connections.
    pub(crate) tasks: usize,
    /// Effects need no order.
    pub(crate) unsafe_in_parallel: bool,
}

pub(crate) const INTERVAL: u64 = 10;
pub(crate) const GRACE: u64 = 120;

const FIRST_OCTET: u64 = 40;
const HEAD: u64 = 50;
const CONTENT: u64 = 60;
const IDLE: u64 = 70;
const WRITE: u64 = 80;
const HALF_CLOSED: u64 = 90;
const LINGER: u64 = 30;
const LINGER_MOST: u64 = 55;
/// How long idle connections live on when service ends.
pub(crate) const IDLE_AT_END: u64 = 25;

impl Rules {
    /// Those that an octet of the schedule chooses.
    pub(crate) fn new(choice: u8) -> Rules {
        Rules {
            in_flight: 1 << (choice & 3),
            held: [200, 1000, 5000, 65_536][usize::from(choice >> 2 & 3)],
            requests: if choice & 128 == 0 { usize::MAX } else { 5 },
            handler: (choice & 16 != 0).then_some(65),
            tasks: *[3, 2, 1].get(usize::from(choice % 7)).unwrap_or(&Limits::DEFAULT.tasks),
            unsafe_in_parallel: choice.is_multiple_of(5),
        }
    }

    /// Whether the bound on what waits can be reached.
    pub(crate) fn bounds_tasks(&self) -> bool {
        self.tasks < Limits::DEFAULT.tasks
    }

    pub(crate) fn limits(&self) -> Limits {
        Limits {
            requests_in_flight: self.in_flight,
            held: self.held,
            tasks: self.tasks,
            requests_per_connection: u32::try_from(self.requests).unwrap_or(u32::MAX),
            ..Limits::DEFAULT
        }
    }

    pub(crate) fn deadlines(&self) -> Deadlines {
        Deadlines {
            first_octet: Duration::from_millis(FIRST_OCTET),
            head: Duration::from_millis(HEAD),
            content: Duration::from_millis(CONTENT),
            idle: Duration::from_millis(IDLE),
            write: Duration::from_millis(WRITE),
            half_closed: Duration::from_millis(HALF_CLOSED),
            linger: Duration::from_millis(LINGER),
            linger_most: Duration::from_millis(LINGER_MOST),
            idle_at_end: Duration::from_millis(IDLE_AT_END),
            // A schedule is too short for rates to matter.
            least_rate: 0,
            handler: self.handler.map(Duration::from_millis),
            check_interval: Duration::from_millis(INTERVAL),
            ..Deadlines::DEFAULT
        }
    }

    pub(crate) fn deadline(&self, waits: Waits) -> Option<u64> {
        match waits {
            Waits::Opened => Some(FIRST_OCTET),
            Waits::Idle(_) => Some(IDLE),
            Waits::Head(_) => Some(HEAD),
            Waits::Content(_) | Waits::Draining(_) => Some(CONTENT),
            Waits::Writing(_) => Some(WRITE),
            Waits::HalfClosed(_) => Some(HALF_CLOSED),
            Waits::Lingering(_) => Some(LINGER),
            Waits::Us | Waits::Unsure => None,
        }
    }

    /// How long it lingers in all, though its peer is not silent.
    pub(crate) fn linger_most(&self, ends: bool) -> u64 {
        if ends { LINGER } else { LINGER_MOST }
    }
}
