//! Where octets can stand so that a read outside of them is seen.

#[cfg_attr(all(unix, not(miri)), path = "pages.rs")]
#[cfg_attr(not(all(unix, not(miri))), path = "no_pages.rs")]
mod pages;

use std::boxed::Box;
use std::vec::Vec;

/// A place for octets.
pub(super) trait Place {
    /// The same octets in this place, in which nothing else is then.
    fn put(&mut self, octets: &[u8]) -> &[u8];
}

/// All there are here.
pub(super) fn places() -> Vec<Box<dyn Place>> {
    let alone: Box<dyn Place> = Box::new(Alone(Vec::new()));
    core::iter::once(alone).chain(pages::places()).collect()
}

/// An allocation of their own. What is behind them in it is not initialised, for
/// MemorySanitizer; for Miri it belongs to others.
struct Alone(Vec<u8>);

impl Place for Alone {
    fn put(&mut self, octets: &[u8]) -> &[u8] {
        self.0 = Vec::with_capacity(octets.len() + 128);
        self.0.extend_from_slice(octets);
        &self.0
    }
}
