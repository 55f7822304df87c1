//! What was done, and what was found.

use core::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

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

const KINDS: usize = Kind::Idle as usize + 1;

#[derive(Default)]
struct Of {
    connections: AtomicU64,
    answers: AtomicU64,
    faults: AtomicU64,
}

/// Counts of all threads.
#[derive(Default)]
pub(super) struct Tally {
    of: [Of; KINDS],
    names: Mutex<[Option<Kind>; KINDS]>,
    faults: Mutex<Vec<String>>,
}

impl Tally {
    /// A client has come to its end, with so many right answers.
    pub(super) fn count(&self, kind: Kind, answers: u64) {
        let of = &self.of[kind as usize];
        of.connections.fetch_add(1, Ordering::Relaxed);
        of.answers.fetch_add(answers, Ordering::Relaxed);
        self.names.lock().unwrap_or_else(PoisonError::into_inner)[kind as usize] = Some(kind);
    }

    /// Something was wrong.
    pub(super) fn fault(&self, kind: Kind, error: &dyn fmt::Display) {
        self.of[kind as usize].faults.fetch_add(1, Ordering::Relaxed);
        let mut faults = self.faults.lock().unwrap_or_else(PoisonError::into_inner);
        faults.push(format!("{kind:?}: {error}"));
    }

    /// What was wrong.
    pub(super) fn faults(&self) -> Vec<String> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = *self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let sum = |count: fn(&Of) -> &AtomicU64| -> u64 {
            self.of.iter().map(|of| count(of).load(Ordering::Relaxed)).sum()
        };
        for (of, kind) in self.of.iter().zip(names) {
            let Some(kind) = kind else { continue };
            let [connections, answers, faults] =
                [&of.connections, &of.answers, &of.faults].map(|of| of.load(Ordering::Relaxed));
            let name = format!("{kind:?}");
            writeln!(
                f,
                "{name:>15}: {connections:7} connections, {answers:8} answers, {faults} faults"
            )?;
        }
        let (connections, answers) = (sum(|of| &of.connections), sum(|of| &of.answers));
        let faults = sum(|of| &of.faults);
        write!(
            f,
            "{:>15}: {connections:7} connections, {answers:8} answers, {faults} faults",
            "all"
        )
    }
}
