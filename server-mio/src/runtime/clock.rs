//! Where the time comes from: the system, or somebody who sets it.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// What a worker takes the time from.
///
/// ```
/// use rajada_mio::Clock;
/// use std::time::Duration;
///
/// let clock = Clock::manual();
/// let before = clock.now();
/// clock.advance(Duration::from_secs(60));
/// assert_eq!(clock.now(), before + Duration::from_secs(60));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Clock {
    manual: Option<Rc<Manual>>,
}

#[derive(Debug)]
struct Manual {
    began: Instant,
    now: Cell<Instant>,
    /// The time of day at the beginning, since 1970.
    since_1970: Duration,
}

impl Clock {
    /// The system's.
    pub const fn system() -> Clock {
        Clock { manual: None }
    }

    /// One that stands still until it is [advanced](Self::advance). Its clones are the same clock.
    pub fn manual() -> Clock {
        let began = Instant::now();
        let manual = Manual { began, now: Cell::new(began), since_1970: since_1970() };
        Clock { manual: Some(Rc::new(manual)) }
    }

    /// The time.
    #[inline]
    pub fn now(&self) -> Instant {
        match &self.manual {
            None => Instant::now(),
            Some(manual) => manual.now.get(),
        }
    }

    /// Moves a manual clock on, by thirty years at the most; the system's is not moved.
    pub fn advance(&self, time: Duration) {
        if let Some(manual) = &self.manual {
            manual.now.set(after(manual.now.get(), time));
        }
    }

    /// Whether it moves only when it is told to.
    pub fn is_manual(&self) -> bool {
        self.manual.is_some()
    }

    /// The time of day, since 1970.
    pub(crate) fn since_1970(&self) -> Duration {
        match &self.manual {
            None => since_1970(),
            Some(manual) => {
                let passed = manual.now.get().saturating_duration_since(manual.began);
                manual.since_1970.saturating_add(passed)
            }
        }
    }
}

fn since_1970() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// The time so much later than `now`, and thirty years later at the most: nobody waits longer, and whoever reckons on
/// with it (timers of the operating system, those of tokio) is far from the end of what a clock can say.
pub(crate) fn after(now: Instant, time: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(30 * 365 * 86_400);
    now + time.min(FAR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_time_is_further_than_can_be_reckoned_on_with() {
        let now = Instant::now();
        let year = Duration::from_secs(86_400 * 365);
        assert_eq!(after(now, Duration::from_secs(1)), now + Duration::from_secs(1));
        for far in
            [Duration::MAX, Duration::from_secs(i64::MAX as u64), Duration::from_secs(1 << 62)]
        {
            let time = after(now, far);
            assert!(time > now + year && time.checked_add(1000 * year).is_some(), "{far:?}");
        }
        let clock = Clock::manual();
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert!(clock.now() > now && clock.since_1970() > since_1970());
    }
}
