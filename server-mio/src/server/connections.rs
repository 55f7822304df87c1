//! The connections of one worker.

use std::collections::BTreeSet;

use super::connection::Connection;

/// Connections by key. They live in pages, which are freed when they are empty, so memory follows the number of
/// connections down as well as up (a page is large enough for allocators to take it from the system and give it
/// back); a place is found again by arithmetic.
///
/// A key is the place and a running number, so that a key that outlives its connection (in an event, in a task) finds
/// nothing rather than the next connection at that place.
pub(super) struct Connections {
    pages: Vec<Page>,
    /// Pages with room. The lowest is filled first, so that the highest empty.
    open: BTreeSet<u32>,
    count: usize,
    next: u32,
}

#[derive(Default)]
struct Page {
    /// A bit for each place in use.
    used: [u64; WORDS],
    places: Vec<Option<Connection>>,
}

const WORDS: usize = 16;
const PLACES: usize = WORDS * u64::BITS as usize;

impl Page {
    /// Takes the first free place; there is one.
    fn take(&mut self) -> usize {
        let word = self.used.iter().position(|&word| word != u64::MAX).unwrap_or_default();
        let bit = self.used[word].trailing_ones() as usize;
        self.used[word] |= 1 << bit;
        word * u64::BITS as usize + bit
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

impl Connections {
    pub(super) fn new() -> Connections {
        Connections { pages: Vec::new(), open: BTreeSet::new(), count: 0, next: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// Adds the connection that `make` makes when it knows its key.
    pub(super) fn insert(&mut self, make: impl FnOnce(u64) -> Connection) -> u64 {
        let page = match self.open.first() {
            Some(&page) => page,
            None => {
                self.pages.push(Page::default());
                let page = self.pages.len() as u32 - 1;
                self.open.insert(page);
                page
            }
        };
        let entry = &mut self.pages[page as usize];
        if entry.places.is_empty() {
            entry.places.resize_with(PLACES, || None);
        }
        let place = entry.take();
        let key = (u64::from(self.next) << 32) | (page as usize * PLACES + place) as u64;
        // The two keys that mean the waker and the listener are never given out.
        self.next = (self.next + 1) % (u32::MAX - 1);
        entry.places[place] = Some(make(key));
        if entry.is_full() {
            self.open.remove(&page);
        }
        self.count += 1;
        key
    }

    #[inline]
    pub(super) fn get(&mut self, key: u64) -> Option<&mut Connection> {
        let index = key as u32 as usize;
        let connection =
            self.pages.get_mut(index / PLACES)?.places.get_mut(index % PLACES)?.as_mut()?;
        (connection.exchange.key == key).then_some(connection)
    }

    pub(super) fn remove(&mut self, key: u64) -> Option<Connection> {
        self.get(key)?;
        let index = key as u32 as usize;
        let page = &mut self.pages[index / PLACES];
        let connection = page.places[index % PLACES].take();
        page.give_back(index % PLACES);
        if page.is_empty() {
            page.places = Vec::new();
        }
        self.open.insert((index / PLACES) as u32);
        self.count -= 1;
        connection
    }

    /// The keys of all connections.
    pub(super) fn keys(&self) -> Vec<u64> {
        let places = self.pages.iter().flat_map(|page| &page.places);
        places.flatten().map(|connection| connection.exchange.key).collect()
    }

    /// Every connection.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Connection> {
        self.pages.iter_mut().flat_map(|page| &mut page.places).flatten()
    }
}
