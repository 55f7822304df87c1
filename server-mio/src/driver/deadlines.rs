//! How long peers take, found by looking now and then: a request costs nothing.

use std::time::{Duration, Instant};

use super::entry::{Entry, Watch};
use super::state::State;
use super::task::Work;
use crate::Deadlines;
use crate::runtime::Tasks;

/// Milliseconds of a driver's life, which begin again after seven weeks; no deadline is further away.
pub(crate) fn age(began: Instant, now: Instant) -> u32 {
    now.saturating_duration_since(began).as_millis() as u32
}

/// Looks at a connection. If it is too late, tells in which state.
pub(crate) fn look<T>(
    entry: &mut Entry<T>,
    tasks: &Tasks<Work>,
    deadlines: &Deadlines,
    age: u32,
) -> Option<State> {
    let state = entry.state(tasks);
    let progress = progress(entry, state);
    let watch = &mut entry.watch;
    // What waits to be served was not read by us: nobody is judged by that.
    if entry.listed || watch.state != state || watch.progress != progress {
        *watch = Watch { state, progress, since: age };
        return None;
    }
    let waited = Duration::from_millis(age.wrapping_sub(watch.since).into());
    (waited >= state.deadline(deadlines)?).then_some(state)
}

/// What counts as progress in a state. A head has to be complete in time: its octets count as received only then.
fn progress<T>(entry: &Entry<T>, state: State) -> u32 {
    let pipeline = &entry.exchange.pipeline;
    match state {
        State::Writing | State::HalfClosed => pipeline.octets_transmitted() as u32,
        _ => pipeline.octets_received() as u32,
    }
}
