//! When a burst is due.

use std::time::Duration;

/// The timetable of all connections' bursts, in nanoseconds since the run began.
///
/// Connections take turns evenly: each has the same period and its own place in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Timetable {
    period: f64,
    step: f64,
}

impl Timetable {
    /// So many bursts a second, shared by so many connections.
    pub(super) fn new(bursts_per_second: f64, connections: usize) -> Self {
        let step = 1e9 / bursts_per_second;
        Self { period: step * connections as f64, step }
    }

    /// When the connection of this number, over all threads, is to send its burst of this number.
    #[inline]
    pub(super) fn due(&self, connection: usize, burst: u64) -> u64 {
        (self.step * connection as f64 + self.period * burst as f64) as u64
    }
}

/// How long a thread may sleep when something is due in so many nanoseconds. The poll's timeout counts milliseconds and may be exceeded by one,
/// so the last two are not slept.
pub(super) fn sleep(until_due: u64) -> Duration {
    Duration::from_millis((until_due / 1_000_000).saturating_sub(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bursts_are_spread_evenly_over_connections_and_time() {
        let table = Timetable::new(1000.0, 4);
        let due: Vec<u64> =
            (0..3).flat_map(|burst| (0..4).map(move |conn| table.due(conn, burst))).collect();
        let evenly: Vec<u64> = (0..12).map(|tick| tick * 1_000_000).collect();
        assert_eq!(due, evenly);
    }

    #[test]
    fn what_is_due_soon_is_not_slept_over() {
        assert_eq!(sleep(0), Duration::ZERO);
        assert_eq!(sleep(2_900_000), Duration::ZERO);
        assert_eq!(sleep(10_000_000), Duration::from_millis(8));
    }
}
