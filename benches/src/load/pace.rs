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

/// How long events may be waited for when something is due after that. A poll's timeout counts milliseconds and may be exceeded by one, so the
/// last two are polled without one.
pub(super) fn poll(until_due: Duration) -> Duration {
    Duration::from_millis(u64::try_from(until_due.as_millis()).unwrap_or(0).saturating_sub(2))
}

/// How long events may be waited for in a closed loop when the last one came so long ago. Whoever waits has to be woken, which takes the
/// server's time, and that of other machines' clients would not: so a thread looks again and again while something can be expected.
pub(super) fn idle(since_event: Duration, at_most: Duration) -> Duration {
    if since_event < Duration::from_micros(50) { Duration::ZERO } else { at_most }
}

/// How long a thread may sleep when something is due after that. Sleep ends late, on Linux by 50 microseconds and the way to the processor, which is
/// some milliseconds long where others want it, too: so at rates above some hundred a second nobody sleeps.
pub(super) fn sleep(until_due: Duration) -> Duration {
    until_due.saturating_sub(Duration::from_millis(2))
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
        assert_eq!(poll(Duration::from_micros(2900)), Duration::ZERO);
        assert_eq!(poll(Duration::from_micros(10_500)), Duration::from_millis(8));
        assert_eq!(sleep(Duration::from_micros(1900)), Duration::ZERO);
        assert_eq!(sleep(Duration::from_millis(10)), Duration::from_millis(8));
    }

    #[test]
    fn nobody_has_to_wake_a_thread_that_is_busy() {
        let at_most = Duration::from_millis(20);
        assert_eq!(idle(Duration::from_micros(10), at_most), Duration::ZERO);
        assert_eq!(idle(Duration::from_micros(50), at_most), at_most);
    }
}
