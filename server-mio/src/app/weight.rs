//! What it costs to call a handler, as far as it is known.

use std::sync::atomic::{AtomicU32, Ordering};

/// What a handler weighs: 1 when it is known to be quick, a whole [look](Self::LOOK) at the clock when it is slow or
/// unknown.
///
/// All workers learn it together, as all run the same handlers. It is written only when it changes, which is seldom.
#[derive(Debug)]
pub(crate) struct Weight(AtomicU32);

impl Weight {
    /// What may be handled between two looks at the clock.
    pub(crate) const LOOK: u32 = 32;

    pub(crate) const fn new() -> Weight {
        Weight(AtomicU32::new(Weight::LOOK))
    }

    #[inline(always)]
    pub(crate) fn get(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// Learns what a call was: one that is slow weighs a whole look at once, one that is quick is believed by halves.
    pub(crate) fn learn(&self, quick: bool) {
        let before = self.get();
        let weight = if quick { (before / 2).max(1) } else { Weight::LOOK };
        if weight != before {
            self.0.store(weight, Ordering::Relaxed);
        }
    }
}
