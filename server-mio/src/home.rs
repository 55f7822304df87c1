//! Lists that become short again.

use std::collections::VecDeque;

/// Room for few things of a list, which it comes back to when it needs no more.
///
/// A list that only shrinks stays where it is, and that is often behind all else that a flood has needed, since it was
/// the last to grow. Allocators give memory back from its end (glibc's does, but for what is so large that it has pages
/// of its own), so one short list keeps all of it.
#[derive(Debug)]
pub(crate) struct Home<T> {
    /// Empty. Without any room, while the list is there.
    room: Vec<T>,
}

/// Lists with room for so few are not worth a look.
pub(crate) const LEAST: usize = 16;

/// Things that there is room for at home.
const ROOM: usize = 2 * LEAST;

impl<T> Home<T> {
    /// For a list without any room, that is to be used by [`push`](Self::push). It takes no memory before that.
    pub(crate) const fn new() -> Home<T> {
        Home { room: Vec::new() }
    }

    /// Adds to the list.
    #[inline]
    pub(crate) fn push(&mut self, list: &mut Vec<T>, thing: T) {
        if list.len() == list.capacity() {
            self.grow(list);
        }
        list.push(thing);
    }

    /// Leaves home, or comes there for the first time.
    #[cold]
    fn grow(&mut self, list: &mut Vec<T>) {
        let larger = if list.capacity() == 0 { ROOM } else { 2 * list.capacity() };
        if list.capacity() == ROOM && self.room.capacity() == 0 {
            self.room = core::mem::replace(list, Vec::with_capacity(larger));
            list.append(&mut self.room);
        } else {
            list.reserve_exact(larger - list.len());
        }
    }

    /// Gives back most of a list's room, if it needs less than a quarter of it.
    pub(crate) fn give_back(&mut self, list: &mut Vec<T>) {
        let needed = list.len().max(LEAST);
        if list.capacity() / 4 <= needed {
            return;
        }
        if needed <= self.room.capacity() {
            self.room.append(list);
            *list = core::mem::take(&mut self.room);
        } else {
            list.shrink_to(2 * needed);
        }
    }
}

/// The same for a list that is empty now and then, which needs no home: it begins anew.
pub(crate) fn give_back<T>(list: &mut Vec<T>, needed: usize) {
    let needed = list.len().max(needed).max(LEAST);
    if list.capacity() / 4 > needed {
        if list.is_empty() {
            *list = Vec::new();
        }
        list.shrink_to(2 * needed);
    }
}

/// The same for a queue, which begins anew when nobody is in it.
pub(crate) fn give_back_queue<T>(queue: &mut VecDeque<T>) {
    const FEW: usize = 4 * LEAST;
    if queue.is_empty() && queue.capacity() > FEW {
        *queue = VecDeque::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_comes_back_to_where_it_was_at_first() {
        let (mut home, mut list) = (Home::new(), Vec::new());
        home.push(&mut list, 0);
        let address = list.as_ptr();
        for _ in 0..3 {
            (1..10_000).for_each(|number| home.push(&mut list, number));
            assert_ne!(list.as_ptr(), address);
            home.give_back(&mut list);
            assert_eq!(list.len(), 10_000, "all is needed");
            list.truncate(1000);
            home.give_back(&mut list);
            assert!((1000..=4000).contains(&list.capacity()), "it is too long to come home");
            list.truncate(1);
            home.give_back(&mut list);
            assert_eq!((list.as_ptr(), &list[..]), (address, &[0][..]));
            assert_eq!(home.room.capacity(), 0);
        }
    }

    #[test]
    fn a_list_that_is_empty_begins_anew() {
        let mut list: Vec<u32> = (0..10_000).collect();
        give_back(&mut list, 10_000);
        assert!(list.capacity() >= 10_000, "it was needed a moment ago");
        list.clear();
        give_back(&mut list, 3000);
        assert!(list.capacity() >= 10_000);
        give_back(&mut list, 20);
        assert_eq!(list.capacity(), 0);
    }
}
