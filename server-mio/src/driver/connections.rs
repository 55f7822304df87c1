//! The connections of one worker.

use std::collections::BTreeSet;

use super::entry::Entry;
use super::key::{Key, MOST, next_number};
use crate::runtime::BELL;

/// Connections by key. They live in pages, which are freed when they are empty, so memory follows the number of
/// connections down as well as up; a place is found again by arithmetic.
///
/// A key that outlives its connection (in an event, in a task) finds nothing rather than the next connection at that
/// place.
pub(super) struct Connections<T> {
    pages: Vec<Page<T>>,
    /// Pages with room. The lowest is filled first, so that the highest empty.
    open: BTreeSet<u32>,
    count: usize,
    /// The most there were since the last trim.
    most: usize,
    next: usize,
}

struct Page<T> {
    /// A bit for each place in use.
    used: [u64; WORDS],
    /// As many as were ever in use since the page was empty.
    places: Vec<Option<Entry<T>>>,
}

const WORDS: usize = 64;
const PLACES: usize = WORDS * u64::BITS as usize;

/// Connections that a page has room for at first: so few are not worth the address space, nor is giving it back.
const FEW: usize = 64;

/// Address space that a page reserves for more. Little of it is ever touched, and only that is memory; but so much is what
/// allocators take from the system and give back to it at once (glibc's does with any amount until it sees one given
/// back, from then on with more than that, and always with more than 32 MiB; on machines of 32 bits, where address space
/// is short, with more than 512 KiB).
const RESERVED: usize = if usize::BITS >= 64 { 33 } else { 4 } * 1024 * 1024;

impl<T> Page<T> {
    const FITS: () = assert!(
        PLACES * size_of::<Option<Entry<T>>>() < RESERVED,
        "a page is moved once at the most"
    );

    fn new() -> Page<T> {
        const { Self::FITS };
        Page { used: [0; WORDS], places: Vec::new() }
    }

    /// Puts a connection at the first free place, which is told before; there is one.
    fn put(&mut self, make: impl FnOnce(usize) -> Entry<T>) -> usize {
        let word = self.used.iter().position(|&word| word != u64::MAX).unwrap_or_default();
        let bit = self.used[word].trailing_ones() as usize;
        self.used[word] |= 1 << bit;
        let place = word * u64::BITS as usize + bit;
        if self.places.len() == self.places.capacity() {
            self.reserve();
        }
        let entry = Some(make(place));
        match self.places.get_mut(place) {
            Some(free) => *free = entry,
            None => self.places.push(entry),
        }
        place
    }

    #[cold]
    fn reserve(&mut self) {
        let wanted = if self.places.is_empty() {
            FEW
        } else {
            RESERVED / size_of::<Option<Entry<T>>>() - self.places.len()
        };
        // Without it they move while they grow, and that is all.
        let _ = self.places.try_reserve_exact(wanted);
    }

    /// Gives back what so few that are left have no use for.
    fn trim(&mut self) {
        let in_use = self.places.iter().rposition(Option::is_some).map_or(0, |last| last + 1);
        if in_use <= FEW {
            self.places.truncate(in_use);
            self.places.shrink_to(FEW);
        }
    }

    fn give_back(&mut self, place: usize) {
        self.used[place / u64::BITS as usize] &= !(1 << (place % u64::BITS as usize));
    }

    fn is_full(&self) -> bool {
        self.used == [u64::MAX; WORDS]
    }

    fn is_empty(&self) -> bool {
        self.used == [0; WORDS]
    }
}

impl<T> Connections<T> {
    pub(super) fn new() -> Connections<T> {
        Connections { pages: Vec::new(), open: BTreeSet::new(), count: 0, most: 0, next: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Whether there can be one more.
    pub(super) fn has_room(&self) -> bool {
        // (Of more, bells could not be told apart.)
        self.count < MOST.min(BELL as usize)
    }

    /// Adds the connection that `make` makes when it knows its key.
    pub(super) fn insert(&mut self, make: impl FnOnce(Key) -> Entry<T>) -> Key {
        let page = match self.open.first() {
            Some(&page) => page,
            None => {
                self.pages.push(Page::new());
                let page = self.pages.len() as u32 - 1;
                self.open.insert(page);
                page
            }
        };
        let number = self.next;
        self.next = next_number(self.next);
        let key_of = |place| Key::new(number, page as usize * PLACES + place);
        let entry = &mut self.pages[page as usize];
        let key = key_of(entry.put(|place| make(key_of(place))));
        if entry.is_full() {
            self.open.remove(&page);
        }
        self.count += 1;
        self.most = self.most.max(self.count);
        key
    }

    #[inline]
    pub(super) fn get(&mut self, key: Key) -> Option<&mut Entry<T>> {
        let place = key.place();
        let entry = self.pages.get_mut(place / PLACES)?.places.get_mut(place % PLACES)?.as_mut()?;
        (entry.exchange.ledger.key == key).then_some(entry)
    }

    /// The connection at a place, if there is one.
    pub(super) fn at(&self, place: usize) -> Option<Key> {
        let entry = self.pages.get(place / PLACES)?.places.get(place % PLACES)?.as_ref()?;
        Some(entry.exchange.ledger.key)
    }

    pub(super) fn remove(&mut self, key: Key) -> Option<Entry<T>> {
        self.get(key)?;
        let place = key.place();
        let page = &mut self.pages[place / PLACES];
        let entry = page.places[place % PLACES].take();
        page.give_back(place % PLACES);
        if page.is_empty() && page.places.len() > FEW {
            page.places = Vec::new();
        }
        self.open.insert((place / PLACES) as u32);
        self.count -= 1;
        entry
    }

    /// The most that there were since the last [trim](Self::trim).
    pub(super) fn most(&self) -> usize {
        self.most
    }

    /// Gives memory back that is of no use for those who are here now.
    pub(super) fn trim(&mut self) {
        self.most = self.count;
        self.pages.iter_mut().filter(|page| page.places.len() > FEW).for_each(Page::trim);
    }

    /// Every connection.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Entry<T>> {
        self.pages.iter_mut().flat_map(|page| &mut page.places).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::super::key::NUMBERS;
    use super::*;
    use crate::Peer;

    #[test]
    fn a_key_that_outlives_its_connection_finds_nothing_where_numbers_begin_again() {
        let mut connections = Connections::new();
        let open = |connections: &mut Connections<u32>, link| {
            connections.insert(|key| Entry::new(key, Peer::Local, link, 0))
        };
        let kept = open(&mut connections, 0);
        connections.next = NUMBERS - 2;
        let mut stale = Vec::new();
        for link in 1..6 {
            let key = open(&mut connections, link);
            assert_eq!(key.place(), kept.place() + 1, "the place is used again");
            assert!(key.to_usize() < usize::MAX - 1);
            assert_eq!(connections.get(key).map(|entry| entry.link), Some(link));
            assert!(stale.iter().all(|&key| connections.get(key).is_none()));
            assert!(stale.iter().all(|&key| connections.remove(key).is_none()));
            assert!(connections.remove(key).is_some());
            stale.push(key);
        }
        assert_eq!(connections.get(kept).map(|entry| entry.link), Some(0));
        for no_key in [usize::MAX, usize::MAX - 1] {
            assert!(connections.get(Key::from_usize(no_key)).is_none());
        }
    }
}
