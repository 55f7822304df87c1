//! How long peers take, found by looking now and then: a request costs nothing.

use std::time::{Duration, Instant};

use super::entry::{Entry, Pace, Watch};
use super::state::State;
use super::task::Work;
use crate::Deadlines;
use crate::runtime::Tasks;

/// Milliseconds of a driver's life, which begin again after seven weeks; no deadline is further away.
pub(crate) fn age(began: Instant, now: Instant) -> u32 {
    now.saturating_duration_since(began).as_millis() as u32
}

/// Looks at a connection, `step` milliseconds behind the last look. If it is too late, tells in which state.
pub(crate) fn look<T>(
    entry: &mut Entry<T>,
    tasks: &Tasks<Work>,
    deadlines: &Deadlines,
    age: u32,
    step: u32,
) -> Option<State> {
    let state = entry.state(tasks);
    let progress = progress(entry, state);
    // What waits to be served was not read by us: nobody is judged by that. Behind the end nothing is served.
    let waits_for_us = entry.listed && state != State::Lingering;
    let is_same = !waits_for_us && entry.watch.state == state;
    let is_slow = is_slow(entry, state, is_same.then_some(step), progress, deadlines);
    let is_over = has_lingered(entry, state, deadlines);
    let watch = &mut entry.watch;
    if !is_same || watch.progress != progress {
        *watch = Watch { state, progress, since: age };
        return (is_slow || is_over).then_some(state);
    }
    // Silence has a deadline of its own, and counts where time is bounded in all.
    let waited = Duration::from_millis(age.wrapping_sub(watch.since).into());
    let deadline = of_route(entry, state).or(state.deadline(deadlines));
    (is_over || waited >= deadline?).then_some(state)
}

/// How long a state may last by the route of the request that is being received.
fn of_route<T>(entry: &Entry<T>, state: State) -> Option<Duration> {
    match (state, &entry.exchange.ledger.pending) {
        (State::Content, Some(pending)) => pending.content_deadline,
        _ => None,
    }
}

/// What counts as progress in a state. A head has to be complete in time: its octets count as received only then.
fn progress<T>(entry: &Entry<T>, state: State) -> u32 {
    let pipeline = &entry.exchange.pipeline;
    match state {
        // What it had sent before is taken on.
        State::HalfClosed if entry.exchange.ledger.takes_content() => {
            pipeline.octets_transmitted().wrapping_add(pipeline.octets_received()) as u32
        }
        State::Writing | State::HalfClosed => pipeline.octets_transmitted() as u32,
        State::Lingering => entry.lingered,
        _ => pipeline.octets_received() as u32,
    }
}

/// Whether a connection makes progress, but less than the [least rate](Deadlines::least_rate). Nothing for `step` if it is
/// not known that all of it was its peer's.
fn is_slow<T>(
    entry: &mut Entry<T>,
    state: State,
    step: Option<u32>,
    octets: u32,
    deadlines: &Deadlines,
) -> bool {
    let pace = match state {
        // One message's, whatever else happens in between.
        State::Content => match &mut entry.exchange.ledger.pending {
            Some(pending) => pending.pace.get_or_insert(Pace::new(octets)),
            None => return false,
        },
        State::Writing | State::Draining | State::Lingering => {
            if step.is_none() {
                entry.pace = Pace::new(octets);
            }
            &mut entry.pace
        }
        _ => return false,
    };
    pace.millis = pace.millis.saturating_add(step.unwrap_or(0));
    let time = Duration::from_millis(pace.millis.into());
    let count = octets.wrapping_sub(pace.octets);
    let earned = u64::from(count) * 1000 / u64::from(deadlines.least_rate.max(1));
    let allowed = deadlines.rate_after.saturating_add(Duration::from_millis(earned));
    deadlines.least_rate > 0 && time > allowed
}

/// Whether a connection has lingered for as long as any may.
fn has_lingered<T>(entry: &Entry<T>, state: State, deadlines: &Deadlines) -> bool {
    let millis = entry.pace.millis.into();
    state == State::Lingering && Duration::from_millis(millis) >= deadlines.linger_most
}
