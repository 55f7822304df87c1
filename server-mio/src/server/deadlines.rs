//! How long peers take, found by looking now and then: a request costs nothing.

use std::time::{Duration, Instant};

use rajada_pipeline::Phase;

use super::connection::Connection;
use crate::Deadlines;

/// What was seen of a connection when it was looked at last.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Watch {
    /// What it was doing.
    activity: Activity,
    /// How far it had come with that.
    progress: u32,
    /// When it was first seen there, in milliseconds of the worker's life.
    since: u32,
    /// Octets thrown away while lingering.
    pub(super) lingered: u32,
}

/// What a peer is waited for to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Activity {
    /// Nothing: a handler works.
    #[default]
    Handled,
    FirstOctet,
    Head,
    Content,
    Idle,
    /// Reading answers.
    Write,
    /// Closing.
    Linger,
}

/// Milliseconds of a worker's life.
pub(super) fn age(began: Instant, now: Instant) -> u32 {
    now.saturating_duration_since(began).as_millis() as u32
}

/// Looks at a connection; what it is too late with, if it is.
pub(super) fn look(
    connection: &mut Connection,
    deadlines: &Deadlines,
    age: u32,
) -> Option<Activity> {
    let (activity, progress) = activity(connection);
    let watch = &mut connection.watch;
    if watch.activity != activity || watch.progress != progress {
        (watch.activity, watch.progress, watch.since) = (activity, progress, age);
        return None;
    }
    let deadline = match activity {
        Activity::Handled => return None,
        Activity::FirstOctet => deadlines.first_octet,
        Activity::Head => deadlines.head,
        Activity::Content => deadlines.content,
        Activity::Idle => deadlines.idle,
        Activity::Write => deadlines.write,
        Activity::Linger => deadlines.linger,
    };
    let waited = Duration::from_millis(age.wrapping_sub(watch.since).into());
    (waited >= deadline).then_some(activity)
}

/// What a connection waits for, and what counts as progress there. A head has to be complete in time: its octets count
/// as received only then.
fn activity(connection: &Connection) -> (Activity, u32) {
    let pipeline = &connection.exchange.pipeline;
    if connection.is_lingering() {
        return (Activity::Linger, 0);
    }
    if pipeline.wants_write() {
        return (Activity::Write, pipeline.octets_transmitted() as u32);
    }
    match pipeline.phase() {
        Phase::Head => (Activity::Head, pipeline.octets_received() as u32),
        Phase::Content => (Activity::Content, pipeline.octets_received() as u32),
        Phase::Idle if pipeline.in_flight() > 0 => (Activity::Handled, 0),
        Phase::Idle if pipeline.octets_received() == 0 => (Activity::FirstOctet, 0),
        Phase::Idle => (Activity::Idle, pipeline.octets_received() as u32),
        _ => (Activity::Handled, 0),
    }
}
