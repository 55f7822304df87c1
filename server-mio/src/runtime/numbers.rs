//! The numbers of a table's places: which are taken, which is taken next, and how long the table has to be.

use crate::home::{Home, LEAST};

/// Numbers from 0 on. Those released last are taken first; the lowest first, once a [trim](Self::trim) has found more
/// than are needed.
#[derive(Debug)]
pub(super) struct Numbers {
    /// By number: that it is taken, or else the next one on the list of free ones.
    links: Vec<u32>,
    home: Home<u32>,
    free: u32,
    taken: usize,
    /// The most that were taken at once since the last trim.
    most: usize,
    /// Free ones from here on are on no list, so that the table can become shorter.
    end: usize,
}

const NONE: u32 = u32::MAX;
const TAKEN: u32 = u32::MAX - 1;

impl Numbers {
    pub(super) fn new() -> Numbers {
        let (links, home) = (Vec::new(), Home::new());
        Numbers { links, home, free: NONE, taken: 0, most: 0, end: usize::MAX }
    }

    /// The number that is taken next. It is the length of the table so far, if a place must be made.
    #[inline]
    pub(super) fn next(&mut self) -> u32 {
        if self.free == NONE { self.more() } else { self.free }
    }

    /// Takes a number, [the next](Self::next) one.
    #[inline]
    pub(super) fn take(&mut self) -> u32 {
        let number = self.next();
        self.free = core::mem::replace(&mut self.links[number as usize], TAKEN);
        self.taken += 1;
        self.most = self.most.max(self.taken);
        number
    }

    /// Gives a number back.
    #[inline]
    pub(super) fn release(&mut self, number: u32) {
        debug_assert_eq!(self.links[number as usize], TAKEN);
        self.taken -= 1;
        let next = if (number as usize) < self.end {
            core::mem::replace(&mut self.free, number)
        } else {
            NONE
        };
        self.links[number as usize] = next;
    }

    /// The most that were taken at once since the last trim.
    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// Gives back the numbers at the end that were not needed since the last trim, and says how long the table is now.
    /// Others beyond what was needed are not taken until they are needed again. While nothing is to be given back, this
    /// does nothing; otherwise it takes time for what was needed, and for what is given back.
    pub(super) fn trim(&mut self) -> usize {
        let needed = self.most.max(LEAST);
        self.most = self.taken;
        if self.links.len() <= needed {
            if self.end < self.links.len() {
                self.list(self.links.len());
            }
            self.end = usize::MAX;
            return self.links.len();
        }
        while self.links.len() > needed && self.links.last().is_some_and(|&link| link != TAKEN) {
            self.links.pop();
        }
        self.end = needed;
        self.list(needed);
        self.home.give_back(&mut self.links);
        self.links.len()
    }

    #[cold]
    fn more(&mut self) -> u32 {
        if self.end < self.links.len() {
            self.list(self.links.len());
        }
        self.end = usize::MAX;
        if self.free == NONE {
            self.free = self.links.len() as u32;
            self.home.push(&mut self.links, NONE);
        }
        self.free
    }

    /// Puts the free ones below `end` on the list, the lowest first.
    fn list(&mut self, end: usize) {
        self.free = NONE;
        for number in (0..end.min(self.links.len())).rev() {
            if self.links[number] != TAKEN {
                self.links[number] = core::mem::replace(&mut self.free, number as u32);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_not_needed_any_more_are_given_back() {
        let mut numbers = Numbers::new();
        let taken: Vec<u32> = (0..1000).map(|_| numbers.take()).collect();
        assert!(taken.iter().copied().eq(0..1000));
        taken.iter().for_each(|&number| numbers.release(number));
        assert_eq!(numbers.trim(), 1000, "they were needed a moment ago");
        assert_eq!(numbers.trim(), LEAST);
        assert!(numbers.links.capacity() <= 4 * LEAST);
        assert!((0..LEAST as u32).eq((0..LEAST).map(|_| numbers.take())));
        assert_eq!(numbers.trim(), LEAST);
    }

    #[test]
    fn one_that_stays_at_the_end_holds_the_table_and_nobody_else_joins_it() {
        let mut numbers = Numbers::new();
        assert!((0..1000).eq((0..1000).map(|_| numbers.take())));
        // Those at the end last: they would be taken first.
        (0..999).for_each(|number| numbers.release(number));
        numbers.trim();
        assert_eq!(numbers.trim(), 1000);
        let some: Vec<u32> = (0..LEAST).map(|_| numbers.take()).collect();
        assert!(some.iter().copied().eq(0..LEAST as u32));
        // One more than was needed: all may be used again.
        assert_eq!(numbers.take(), LEAST as u32);
        numbers.release(999);
        assert_eq!(numbers.trim(), LEAST + 2);
        assert_eq!(numbers.trim(), LEAST + 1);
    }

    #[test]
    fn tables_shrink_under_a_steady_load() {
        let mut numbers = Numbers::new();
        let mut alive: std::collections::VecDeque<u32> =
            (0..1000).map(|_| numbers.take()).collect();
        while alive.len() > 50 {
            numbers.release(alive.pop_front().unwrap());
        }
        // Each lives for as long as fifty others begin, and a look comes at any time.
        for step in 0..300 {
            alive.push_back(numbers.take());
            numbers.release(alive.pop_front().unwrap());
            if step % 37 == 0 {
                numbers.trim();
            }
        }
        assert!(numbers.links.len() <= 52, "{}", numbers.links.len());
    }
}
