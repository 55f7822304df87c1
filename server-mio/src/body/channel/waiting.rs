//! Wakers of futures that wait for the same thing, and may give up.

use std::collections::BTreeMap;
use std::task::Waker;

/// Those who wait.
#[derive(Default)]
pub(super) struct Waiting {
    wakers: BTreeMap<u64, Waker>,
    last: u64,
}

/// Where one of them is.
#[derive(Clone, Copy)]
pub(super) struct Place(u64);

impl Place {
    /// Nowhere yet.
    pub(super) const NONE: Place = Place(0);
}

impl Waiting {
    /// Has a waker called once. One that was there before is to be dropped where nothing is locked.
    pub(super) fn keep(&mut self, place: &mut Place, waker: &Waker) -> Option<Waker> {
        if let Some(own) = self.wakers.get_mut(&place.0) {
            let is_same = own.will_wake(waker);
            return (!is_same).then(|| core::mem::replace(own, waker.clone()));
        }
        self.last += 1;
        *place = Place(self.last);
        self.wakers.insert(self.last, waker.clone())
    }

    /// Forgets one that waits no longer.
    pub(super) fn leave(&mut self, place: Place) -> Option<Waker> {
        self.wakers.remove(&place.0)
    }

    /// All of them, to be called where nothing is locked.
    pub(super) fn take(&mut self) -> Vec<Waker> {
        core::mem::take(&mut self.wakers).into_values().collect()
    }
}
