//! Boxes that are lent out and come back.

use crate::cold::cold_path;

use crate::stock::Stock;

/// How many are kept besides the one that came back last.
const MOST: usize = 64;

/// Boxes for which there is no use now.
pub(super) struct Pool<T> {
    /// The one that came back last: nearly always the only one.
    last: Option<Box<T>>,
    /// That one, while nobody has used it since the last trim.
    idle: Option<Box<T>>,
    others: Stock<Box<T>>,
}

impl<T> Pool<T> {
    pub(super) const fn new() -> Pool<T> {
        Pool { last: None, idle: None, others: Stock::new() }
    }

    /// One of them, if there is one.
    #[inline(always)]
    pub(super) fn take(&mut self) -> Option<Box<T>> {
        self.last.take().or_else(|| {
            cold_path();
            self.idle.take().or_else(|| self.others.take())
        })
    }

    /// Takes one back.
    #[inline(always)]
    pub(super) fn put(&mut self, one: Box<T>) {
        if let Some(before) = self.last.replace(one) {
            cold_path();
            self.keep(before);
        }
    }

    /// Drops what nobody has used since the last time.
    pub(super) fn trim(&mut self) {
        self.idle = self.last.take();
        drop(self.others.trim());
    }

    #[cold]
    #[inline(never)]
    fn keep(&mut self, one: Box<T>) {
        if self.others.len() < MOST {
            self.others.put(one);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_back_last_goes_first_and_too_many_are_dropped() {
        let mut pool = Pool::new();
        assert_eq!(pool.take(), None);
        (0..100).for_each(|number| pool.put(Box::new(number)));
        assert_eq!(pool.take(), Some(Box::new(99)));
        assert_eq!(pool.take(), Some(Box::new(MOST as i32 - 1)));
        assert_eq!(std::iter::from_fn(|| pool.take()).count(), MOST - 1);
    }

    #[test]
    fn the_last_one_goes_too_if_nobody_uses_it() {
        let mut pool = Pool::new();
        pool.put(Box::new(1));
        for _ in 0..3 {
            pool.trim();
            let one = pool.take().unwrap();
            pool.put(one);
        }
        pool.trim();
        pool.trim();
        assert_eq!(pool.take(), None);
    }
}
