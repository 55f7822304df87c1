//! How many octets of requests a worker holds, and who waits when they are too many.
//!
//! Held is what nobody has handled yet (the beginning of a head, content that is incomplete, what stands behind a bound),
//! and what handlers that wait have of their requests. At the bound, who holds something is read no further, but for one:
//! of those who wait to be read, whoever began first goes on until its request is complete, or can't be read on for a
//! reason of its own. Far beyond it, who begins to hold is refused.

use std::collections::BTreeMap;

use super::key::Key;

/// The octets of requests of one worker.
pub(crate) struct Holdings {
    most: usize,
    /// Nobody begins to hold anything beyond this.
    far: usize,
    held: usize,
    /// How many connections have begun to hold something.
    numbers: u32,
    /// Those that are read no further for now, in the order in which they began.
    waiting: BTreeMap<u32, Key>,
    /// The one that goes on though the bound is reached.
    first: Option<Key>,
}

/// What one connection holds.
#[derive(Debug, Default)]
pub(crate) struct Holding {
    /// As many as can be counted here.
    octets: u32,
    /// Which of those that have begun it is, while it holds anything.
    number: u32,
    waits: bool,
}

/// Octets that a connection may add in one step: those of a read.
const STEP: usize = 64 * 1024;

impl Holdings {
    pub(super) fn new(most: usize) -> Holdings {
        let far = most.saturating_add(most / 4).saturating_add(16 * STEP);
        Holdings { most, far, held: 0, numbers: 0, waiting: BTreeMap::new(), first: None }
    }

    /// Octets that are held.
    pub(super) fn held(&self) -> usize {
        self.held
    }

    /// A handler that waits has so many octets of its request.
    pub(super) fn take(&mut self, octets: usize) {
        self.held += octets;
    }

    /// It has them no longer.
    pub(super) fn give(&mut self, octets: usize) {
        self.held -= octets;
    }

    /// Takes note of what a connection holds. `reads` says that nothing but the worker's bound keeps it from reading on,
    /// `is_begun` that its content is incomplete.
    pub(super) fn note(
        &mut self,
        key: Key,
        holding: &mut Holding,
        octets: usize,
        (reads, is_begun): (bool, bool),
    ) {
        let octets = u32::try_from(octets).unwrap_or(u32::MAX);
        if holding.octets == 0 && octets > 0 {
            self.numbers = self.numbers.wrapping_add(1);
            holding.number = self.numbers;
        }
        self.held = self.held - holding.octets as usize + octets as usize;
        holding.octets = octets;
        if self.first == Some(key) && (octets == 0 || !(reads || is_begun)) {
            self.first = None;
        }
        let waits = reads && self.keeps(key, holding);
        if waits != holding.waits {
            holding.waits = waits;
            if waits {
                self.waiting.insert(holding.number, key);
            } else {
                self.waiting.remove(&holding.number);
            }
        }
    }

    /// Whether a connection should be read no further.
    #[inline]
    pub(super) fn keeps(&self, key: Key, holding: &Holding) -> bool {
        holding.octets > 0 && self.held >= self.most && self.first != Some(key)
    }

    /// Whether it is too much even for the first octets of another request.
    #[inline]
    pub(super) fn is_far_over(&self, key: Key) -> bool {
        self.held > self.far && self.first != Some(key)
    }

    /// Whether someone who waits can go on.
    #[inline]
    pub(super) fn has_room_for_some(&self) -> bool {
        !self.waiting.is_empty() && (self.held < self.most || self.first.is_none())
    }

    /// Gives back what is left of a list when nobody is on it.
    pub(super) fn trim(&mut self) {
        if self.waiting.is_empty() {
            self.waiting = BTreeMap::new();
        }
    }

    /// Those who wait and can go on now, in order.
    pub(super) fn grant(&mut self) -> Vec<Key> {
        if self.held >= self.most {
            self.first = self.waiting.values().next().copied();
            return self.first.into_iter().collect();
        }
        let count = (self.most - self.held).div_ceil(STEP);
        self.waiting.values().take(count).copied().collect()
    }
}

impl Holding {
    /// Whether anything is held.
    #[inline]
    pub(super) fn is_some(&self) -> bool {
        self.octets > 0
    }

    /// Octets.
    pub(super) fn octets(&self) -> usize {
        self.octets as usize
    }

    /// Whether it is the worker's bound that keeps the connection from being read.
    pub(super) fn waits(&self) -> bool {
        self.waits
    }
}
