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

    /// Moves a manual clock on; the system's is not moved.
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

/// The time so much later than `now`. What is beyond all that the clock can say is thirty years later: nobody waits
/// longer.
pub(crate) fn after(now: Instant, time: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(30 * 365 * 86_400);
    now.checked_add(time).unwrap_or(now + FAR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_can_not_be_said_is_far_away() {
        let now = Instant::now();
        assert_eq!(after(now, Duration::from_secs(1)), now + Duration::from_secs(1));
        assert!(after(now, Duration::MAX) > now + Duration::from_secs(86_400 * 365));
        let clock = Clock::manual();
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert!(clock.now() > now && clock.since_1970() > since_1970());
    }
}
