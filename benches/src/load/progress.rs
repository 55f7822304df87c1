//! How it goes, on a terminal.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

use super::shared::Shared;

/// How often it is shown.
const EVERY: Duration = Duration::from_millis(250);

/// Waits until then, and shows meanwhile what threads do, if anybody sees it.
pub(super) fn wait(shared: &Shared, answers: usize, phase: &str, until: Instant) {
    let seen = stderr().is_terminal();
    let (mut before, mut at) = (shared.counts(), Instant::now());
    loop {
        let left = until.saturating_duration_since(Instant::now());
        std::thread::sleep(left.min(EVERY));
        if left <= EVERY {
            break;
        }
        if seen {
            let (now, counts) = (Instant::now(), shared.counts());
            let requests = (counts - before).bursts * answers as u64;
            let rate = requests as f64 / (now - at).as_secs_f64();
            let errors = counts.errors;
            // Erased from the cursor on: a shorter line leaves nothing of a longer one.
            let _ = write!(
                stderr(),
                "\r{phase}, {:.1} s left, {:.3} M requests a second, {errors} errors\x1b[K",
                left.as_secs_f64(),
                rate / 1e6,
            );
            (before, at) = (counts, now);
        }
    }
    if seen {
        let _ = write!(stderr(), "\r\x1b[K");
    }
}
