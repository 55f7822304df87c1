//! What is at hand while code of a service runs.

use core::ops::{Deref, DerefMut};

use crate::gate;

/// A value of a service that is dropped apart from what has panicked: two panics at once would end the process.
pub(super) struct Held<T>(Option<T>);

const HELD: &str = "it is held until it is dropped";

impl<T> Held<T> {
    pub(super) fn new(value: T) -> Held<T> {
        Held(Some(value))
    }
}

impl<T> Deref for Held<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_ref().expect(HELD)
    }
}

impl<T> DerefMut for Held<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.as_mut().expect(HELD)
    }
}

impl<T> Drop for Held<T> {
    fn drop(&mut self) {
        if let Some(value) = self.0.take() {
            gate::discard(value);
        }
    }
}
