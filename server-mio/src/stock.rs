//! Things that are kept to be used again.

/// Things for which there is no use now. Those that nobody has used between two [trims](Self::trim) are given up by
/// the second one: so a flood is forgotten, and what is in daily use stays.
pub(crate) struct Stock<T> {
    things: Vec<T>,
    /// So many, at the bottom, nobody has asked for since the last trim.
    unused: usize,
}

/// Of room for so many it is not worth to give any back.
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
        let last = self.things.len() - 1;
        &mut self.things[last]
    }

    #[inline]
    pub(crate) fn put(&mut self, thing: T) {
        self.things.push(thing);
    }

    /// Gives up what was not used since the last time, but for the `least` first ones.
    pub(crate) fn trim(&mut self, least: usize) -> Vec<T> {
        let unused = self.unused.min(self.things.len().saturating_sub(least));
        let given_up = self.things.drain(..unused).collect();
        self.unused = self.things.len();
        if self.things.capacity() > FEW.max(4 * self.things.len()) {
            self.things.shrink_to(FEW);
        }
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
        assert!(stock.trim(1).is_empty(), "it came since the last trim");
        for _ in 0..10 {
            let used: Vec<i32> = std::iter::from_fn(|| stock.take()).take(20).collect();
            assert_eq!(used[..2], [999, 998], "the last one goes first");
            used.into_iter().rev().for_each(|number| stock.put(number));
            drop(stock.trim(1));
            assert_eq!(stock.len(), 20);
        }
        assert!(stock.things.capacity() <= 80);
        assert_eq!(stock.trim(1).len(), 19);
        assert_eq!((stock.len(), stock.take()), (1, Some(999)));
        drop(stock.trim(1));
        assert_eq!(stock.len(), 0);
    }
}
