//! Things that are kept to be used again, and room that is given back.

use std::collections::VecDeque;

/// Things for which there is no use now. Those that nobody has used between two [trims](Self::trim) are given up by
/// the second one: so a flood is forgotten, and what is in daily use stays.
pub(crate) struct Stock<T> {
    things: Vec<T>,
    /// So many, at the bottom, nobody has asked for since the last trim.
    unused: usize,
}

/// Room for so few is not worth to be given back.
const FEW: usize = 16;

impl<T> Default for Stock<T> {
    fn default() -> Stock<T> {
        Stock::new()
    }
}

impl<T> Stock<T> {
    pub(crate) const fn new() -> Stock<T> {
        Stock { things: Vec::new(), unused: 0 }
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
    #[inline]
    pub(crate) fn last_or(&mut self, make: impl FnOnce() -> T) -> &mut T {
        if self.things.is_empty() {
            self.things.push(make());
        }
        // Whoever uses it may not take it.
        self.unused = self.unused.min(self.things.len() - 1);
        let last = self.things.len() - 1;
        &mut self.things[last]
    }

    #[inline]
    pub(crate) fn put(&mut self, thing: T) {
        self.things.push(thing);
    }

    /// Gives up what was not used since the last time.
    pub(crate) fn trim(&mut self) -> Vec<T> {
        let unused = self.unused.min(self.things.len());
        let given_up = self.things.drain(..unused).collect();
        self.unused = self.things.len();
        if self.things.is_empty() {
            self.things = Vec::new();
        }
        give_back(&mut self.things, 0);
        given_up
    }
}

/// Gives back most of a list's room, if it needs less than a quarter of it: for what it holds, or for `needed`. All of it,
/// if it needs none: a small block that is left where a flood was may be all that keeps the allocator from giving that
/// memory back.
pub(crate) fn give_back<T>(list: &mut Vec<T>, needed: usize) {
    let needed = list.len().max(needed);
    if list.capacity() / 4 > needed.max(FEW) {
        list.shrink_to(2 * needed);
    }
}

/// The same of a queue.
pub(crate) fn give_back_queue<T>(queue: &mut VecDeque<T>) {
    if queue.capacity() / 4 > queue.len().max(FEW) {
        queue.shrink_to(2 * queue.len());
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
        assert_eq!(stock.last_or(|| 0), &999);
        assert_eq!(stock.trim().len(), 19);
        assert_eq!(stock.trim(), [999]);
        assert_eq!((stock.len(), stock.things.capacity()), (0, 0));
        assert_eq!(stock.last_or(|| 7), &7);
    }
}
