//! What was done, and what was found.

use core::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::client::Done;

/// Kinds of clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Asks in bursts.
    Burst,
    /// Waits for each answer.
    Single,
    /// Sends a few octets at a time.
    Drip,
    /// Sends much content.
    Upload,
    /// Ends its side, and reads.
    HalfClosed,
    /// Resets the connection in the midst of a burst.
    Vanishes,
    /// Breaks the protocol behind a burst.
    Malformed,
    /// Reads late, and in time.
    ReadsLate,
    /// Does not read at all.
    NeverReads,
    /// Sends part of a head.
    PartialHead,
    /// Sends part of content.
    PartialContent,
    /// Sends nothing.
    Silent,
    /// Sends nothing more.
    Idle,
}

const ALL: [Kind; 13] = [
    Kind::Burst,
    Kind::Single,
    Kind::Drip,
    Kind::Upload,
    Kind::HalfClosed,
    Kind::Vanishes,
    Kind::Malformed,
    Kind::ReadsLate,
    Kind::NeverReads,
    Kind::PartialHead,
    Kind::PartialContent,
    Kind::Silent,
    Kind::Idle,
];

/// Counts of one kind, or of all.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    connections: u64,
    done: Done,
    faults: u64,
}

/// Counts of all threads.
#[derive(Default)]
pub(super) struct Tally {
    of: Mutex<[Counts; ALL.len()]>,
    faults: Mutex<Vec<String>>,
}

impl Tally {
    /// A client has come to its end.
    pub(super) fn count(&self, kind: Kind, done: Done) {
        let of = &mut lock(&self.of)[kind as usize];
        of.connections += 1;
        of.add(done);
    }

    /// Something was wrong.
    pub(super) fn fault(&self, kind: Kind, error: &dyn fmt::Display) {
        lock(&self.of)[kind as usize].faults += 1;
        lock(&self.faults).push(format!("{kind:?}: {error}"));
    }

    /// What was wrong.
    pub(super) fn faults(&self) -> Vec<String> {
        lock(&self.faults).clone()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Counts {
    fn add(&mut self, done: Done) {
        self.done.requests += done.requests;
        self.done.bursts += done.bursts;
        self.done.answers += done.answers;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { connections, done: Done { requests, bursts, answers }, faults } = self;
        write!(
            f,
            "{connections:7} connections, {requests:8} requests, {bursts:7} bursts, {answers:8} right answers, {faults} faults"
        )
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = *lock(&self.of);
        let mut all = Counts::default();
        for (kind, of) in ALL.iter().zip(of) {
            all.connections += of.connections;
            all.faults += of.faults;
            all.add(of.done);
            writeln!(f, "{:>15}: {of}", format!("{kind:?}"))?;
        }
        write!(f, "{:>15}: {all}", "all")
    }
}
