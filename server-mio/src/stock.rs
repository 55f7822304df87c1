//! Things that are kept to be used again.

use crate::home::Home;

/// Things for which there is no use now. Those that nobody has used between two [trims](Self::trim) are given up by
/// the second one: so a flood is forgotten, and what is in daily use stays.
pub(crate) struct Stock<T> {
    things: Vec<T>,
    home: Home<T>,
    /// So many, at the bottom, nobody has asked for since the last trim.
    unused: usize,
}

impl<T> Default for Stock<T> {
    fn default() -> Stock<T> {
        Stock::new()
    }
}

impl<T> Stock<T> {
    pub(crate) const fn new() -> Stock<T> {
        Stock { things: Vec::new(), home: Home::new(), unused: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.things.len()
    }

    /// The one that came last.
    #[inline]
    pub(crate) fn take(&mut self) -> Option<T> {
        let thing = self.things.pop();
        self.unused = self.unused.min(self.things.len());
        thing
    }

    /// The one that comes next, to be used where it is; made if there is none.
    #[inline(always)]
    pub(crate) fn last_or(&mut self, make: impl FnOnce() -> T) -> &mut T {
        if self.things.is_empty() {
            self.home.push(&mut self.things, make());
        }
        let last = self.things.len() - 1;
        self.unused = self.unused.min(last);
        &mut self.things[last]
    }

    #[inline]
    pub(crate) fn put(&mut self, thing: T) {
        self.home.push(&mut self.things, thing);
    }

    /// Gives up what was not used since the last time.
    pub(crate) fn trim(&mut self) -> Vec<T> {
        let given_up = self.things.drain(..self.unused).collect();
        self.unused = self.things.len();
        if self.things.is_empty() {
            (self.things, self.home) = (Vec::new(), Home::new());
        }
        self.home.give_back(&mut self.things);
        given_up
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_has_used_between_two_trims_goes_and_what_is_in_use_stays() {
        let mut stock = Stock::new();
        (0..1000).for_each(|number| stock.put(number));
        assert!(stock.trim().is_empty(), "it came since the last trim");
        for _ in 0..10 {
            let used: Vec<i32> = std::iter::from_fn(|| stock.take()).take(20).collect();
            assert_eq!(used[..2], [999, 998], "the last one goes first");
            used.into_iter().rev().for_each(|number| stock.put(number));
            drop(stock.trim());
            assert_eq!(stock.len(), 20);
        }
        assert!(stock.things.capacity() <= 80);
        assert_eq!((stock.trim().len(), stock.len()), (20, 0));
        for _ in 0..5 {
            assert_eq!(*stock.last_or(|| 7), 7, "who uses it where it is uses it");
            assert_eq!(stock.trim().len(), 0);
        }
    }
}
