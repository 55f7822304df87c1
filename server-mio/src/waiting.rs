//! Wakers of futures that wait for the same thing, and may give up.

use std::collections::BTreeMap;
use std::task::Waker;

use crate::gate;

/// Those who wait.
#[derive(Default)]
pub(crate) struct Waiting {
    wakers: BTreeMap<u64, Waker>,
    last: u64,
}

/// Where one of them is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place(u64);

impl Place {
    /// Nowhere yet.
    pub(crate) const NONE: Place = Place(0);
}

impl Waiting {
    /// Has a waker called once. One that was there before is to be dropped where nothing is locked.
    pub(crate) fn keep(&mut self, place: &mut Place, waker: &Waker) -> Option<Waker> {
        if let Some(own) = self.wakers.get_mut(&place.0) {
            let is_same = own.will_wake(waker);
            return (!is_same).then(|| core::mem::replace(own, waker.clone()));
        }
        self.last += 1;
        *place = Place(self.last);
        self.wakers.insert(self.last, waker.clone())
    }

    /// Whether that waker is kept there.
    pub(crate) fn has(&self, place: Place, waker: &Waker) -> bool {
        self.wakers.get(&place.0).is_some_and(|own| own.will_wake(waker))
    }

    /// Keeps a waker in place of the one that was there, which is to be dropped where nothing is locked.
    pub(crate) fn put(&mut self, place: &mut Place, waker: Waker) -> Option<Waker> {
        if !self.wakers.contains_key(&place.0) {
            self.last += 1;
            *place = Place(self.last);
        }
        self.wakers.insert(place.0, waker)
    }

    /// Whether nobody waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.wakers.is_empty()
    }

    /// Forgets one that waits no longer.
    pub(crate) fn leave(&mut self, place: Place) -> Option<Waker> {
        self.wakers.remove(&place.0)
    }

    /// All of them, to be called where nothing is locked.
    pub(crate) fn take(&mut self) -> Vec<Waker> {
        core::mem::take(&mut self.wakers).into_values().collect()
    }
}

/// Wakes whoever that is: code of others, which may panic on the way out of a panic.
pub(crate) fn wake(wakers: impl IntoIterator<Item = Waker>) {
    wakers.into_iter().for_each(|waker| gate::run("a waker", || waker.wake()));
}
