//! How many octets of requests a worker holds, and who waits when they are too many.
//!
//! Held is what nobody has handled yet (the beginning of a head, content that is incomplete, what stands behind a bound),
//! what handlers that wait have of their requests, and messages of other protocols. At the bound, who holds something is
//! read no further, but for one of each [`Lane`]: of those who wait to be read, whoever began first goes on until its request,
//! or its message, is complete, or can't be read on for a reason of its own. Far beyond it, who begins to hold is refused.
//!
//! Whoever is [granted](Holdings::grant) its turn takes [note](Holdings::note) next, by which it leaves the list, unless what it holds
//! has changed. So granting comes to an end by itself as long as no octets come.

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
    /// How many are read no further for now.
    waits: usize,
    /// They, by lanes, in the order in which they began.
    waiting: [BTreeMap<u32, Key>; Lane::COUNT],
    /// The one of each lane that goes on though the bound is reached.
    first: [Option<Key>; Lane::COUNT],
}

/// Among whom a connection has its turn: one that is slow holds up only its like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// Those that hold octets of requests.
    Requests,
    /// Those that hold the beginning of a message of another protocol.
    Parts,
    /// Those that hold only whole ones. Nothing that is read would make that less, so all wait for room.
    Whole,
}

impl Lane {
    const COUNT: usize = 3;
    /// Those of which one goes on.
    const THAT_GO_ON: [Lane; 2] = [Lane::Requests, Lane::Parts];
}

/// What one connection holds.
#[derive(Debug, Default)]
pub(crate) struct Holding {
    /// As many as can be counted here.
    octets: u32,
    /// Which of those that have begun it is, while it holds anything.
    number: u32,
    /// Where it waits.
    waits: Option<Lane>,
}

/// Octets that a connection may add in one step: those of a read.
const STEP: usize = 64 * 1024;

impl Holdings {
    pub(super) fn new(most: usize) -> Holdings {
        let far = most.saturating_add(most / 4).saturating_add(16 * STEP);
        let waiting = Default::default();
        Holdings { most, far, held: 0, numbers: 0, waits: 0, waiting, first: [None; Lane::COUNT] }
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
        (lane, reads, is_begun): (Lane, bool, bool),
    ) {
        let octets = u32::try_from(octets).unwrap_or(u32::MAX);
        if holding.octets == 0 && octets > 0 {
            self.numbers = self.numbers.wrapping_add(1);
            holding.number = self.numbers;
        }
        self.held = self.held - holding.octets as usize + octets as usize;
        holding.octets = octets;
        let goes_on = octets > 0 && (reads || is_begun);
        for of in Lane::THAT_GO_ON {
            if self.first[of as usize] == Some(key) && !(goes_on && of == lane) {
                self.first[of as usize] = None;
            }
        }
        let waits = (reads && self.keeps(key, holding)).then_some(lane);
        if waits != holding.waits {
            if let Some(before) = holding.waits {
                self.waiting[before as usize].remove(&holding.number);
                self.waits -= 1;
            }
            if let Some(lane) = waits {
                self.waiting[lane as usize].insert(holding.number, key);
                self.waits += 1;
            }
            holding.waits = waits;
        }
    }

    /// Whether a connection should be read no further.
    #[inline]
    pub(super) fn keeps(&self, key: Key, holding: &Holding) -> bool {
        holding.octets > 0 && self.is_full() && !self.is_first(key)
    }

    /// Whether the bound is reached.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.held >= self.most
    }

    /// Whether it is too much even for the first octets of another request.
    #[inline]
    pub(super) fn is_far_over(&self, key: Key) -> bool {
        self.held > self.far && !self.is_first(key)
    }

    #[cold]
    fn is_first(&self, key: Key) -> bool {
        self.first.contains(&Some(key))
    }

    /// Whether someone who waits can go on.
    #[inline]
    pub(super) fn has_room_for_some(&self) -> bool {
        self.waits > 0 && self.has_turns()
    }

    #[cold]
    fn has_turns(&self) -> bool {
        !self.is_full() || Lane::THAT_GO_ON.into_iter().any(|lane| self.next_of(lane).is_some())
    }

    /// Who is to go on though the bound is reached, if nobody of its lane does.
    fn next_of(&self, lane: Lane) -> Option<Key> {
        let waiting = &self.waiting[lane as usize];
        if self.first[lane as usize].is_some() { None } else { waiting.values().next().copied() }
    }

    /// Gives back what is left of lists when nobody is on them.
    pub(super) fn trim(&mut self) {
        if self.waits == 0 {
            self.waiting = Default::default();
        }
    }

    /// Those who wait and can go on now, in order.
    pub(super) fn grant(&mut self) -> Vec<Key> {
        let mut granted = Vec::new();
        if self.is_full() {
            for lane in Lane::THAT_GO_ON {
                if let Some(key) = self.next_of(lane) {
                    self.first[lane as usize] = Some(key);
                    granted.push(key);
                }
            }
            return granted;
        }
        let count = (self.most - self.held).div_ceil(STEP);
        let mut waiting: Vec<_> =
            self.waiting.iter().flat_map(|lane| lane.iter().take(count)).collect();
        waiting.sort_unstable();
        granted.extend(waiting.into_iter().take(count).map(|(_, key)| *key));
        granted
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
        self.waits.is_some()
    }
}

#[cfg(test)]
mod tests;
