//! What threads tell each other.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use super::report::Errors;

/// What threads are to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Send, and record no latency.
    WarmUp,
    Measure,
    /// Send nothing that becomes due now; end when all answers have come.
    Drain,
}

/// One for all threads.
#[derive(Debug)]
pub(super) struct Shared {
    phase: AtomicU8,
    complaint: Mutex<Option<String>>,
    counters: Vec<Counters>,
}

/// What one thread has done since the run began. On its own cache lines.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(super) struct Counters {
    due: AtomicU64,
    bursts: AtomicU64,
    octets_in: AtomicU64,
    octets_out: AtomicU64,
    errors: AtomicU64,
}

/// A sum of [`Counters`].
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    /// Bursts that the timetable had until now.
    pub(super) due: u64,
    /// Bursts answered.
    pub(super) bursts: u64,
    pub(super) octets_in: u64,
    pub(super) octets_out: u64,
    /// The last is of all kinds together, for the eye.
    pub(super) errors: u64,
}

impl Shared {
    pub(super) fn new(threads: usize) -> Self {
        let counters = (0..threads).map(|_| Counters::default()).collect();
        Self { phase: AtomicU8::new(0), complaint: Mutex::new(None), counters }
    }

    #[inline]
    pub(super) fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Relaxed) {
            0 => Phase::WarmUp,
            1 => Phase::Measure,
            _ => Phase::Drain,
        }
    }

    pub(super) fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// Keeps the first complaint; later ones are mostly of the same kind.
    pub(super) fn complain(&self, complaint: impl FnOnce() -> String) {
        let mut kept = self.complaint.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        kept.get_or_insert_with(complaint);
    }

    pub(super) fn complaint(&self) -> Option<String> {
        self.complaint.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }

    /// Publishes what the thread of this number has done.
    #[inline]
    pub(super) fn publish(&self, thread: usize, counts: &Counts) {
        let counters = &self.counters[thread];
        counters.due.store(counts.due, Ordering::Relaxed);
        counters.bursts.store(counts.bursts, Ordering::Relaxed);
        counters.octets_in.store(counts.octets_in, Ordering::Relaxed);
        counters.octets_out.store(counts.octets_out, Ordering::Relaxed);
        counters.errors.store(counts.errors, Ordering::Relaxed);
    }

    /// What all threads have done.
    pub(super) fn counts(&self) -> Counts {
        let sum = |of: fn(&Counters) -> &AtomicU64| {
            self.counters.iter().map(|counters| of(counters).load(Ordering::Relaxed)).sum()
        };
        Counts {
            due: sum(|counters| &counters.due),
            bursts: sum(|counters| &counters.bursts),
            octets_in: sum(|counters| &counters.octets_in),
            octets_out: sum(|counters| &counters.octets_out),
            errors: sum(|counters| &counters.errors),
        }
    }
}

impl std::ops::Sub for Counts {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            due: self.due - before.due,
            bursts: self.bursts - before.bursts,
            octets_in: self.octets_in - before.octets_in,
            octets_out: self.octets_out - before.octets_out,
            errors: self.errors - before.errors,
        }
    }
}

impl Errors {
    pub(super) fn add(&mut self, other: &Self) {
        self.connect += other.connect;
        self.read += other.read;
        self.write += other.write;
        self.mismatch += other.mismatch;
        self.status += other.status;
    }
}
