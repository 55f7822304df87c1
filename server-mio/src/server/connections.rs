//! The connections of one worker.

use std::collections::BTreeSet;

use super::connection::Connection;

/// Connections by key. They live in pages, which are freed when they are empty, so memory follows the number of
/// connections down as well as up; a place is found again by arithmetic.
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

struct Page {
    /// A bit for each place in use.
    used: [u64; WORDS],
    /// As many as were ever in use since the page was empty.
    places: Vec<Option<Connection>>,
}

const WORDS: usize = 64;
const PLACES: usize = WORDS * u64::BITS as usize;

/// Address space that a page reserves. Little of it is ever touched, and only that is memory; but so much is what
/// allocators take from the system and give back to it at once (glibc's does with any amount until it sees one given
/// back, from then on with more than that, and always with more than 32 MiB).
const RESERVED: usize = 33 * 1024 * 1024;

const _: () = assert!(PLACES * size_of::<Option<Connection>>() < RESERVED, "a page is never moved");

impl Page {
    fn new() -> Page {
        Page { used: [0; WORDS], places: Vec::new() }
    }

    /// Puts a connection at the first free place, which is told before; there is one.
    fn put(&mut self, make: impl FnOnce(usize) -> Connection) -> usize {
        let word = self.used.iter().position(|&word| word != u64::MAX).unwrap_or_default();
        let bit = self.used[word].trailing_ones() as usize;
        self.used[word] |= 1 << bit;
        let place = word * u64::BITS as usize + bit;
        if self.places.capacity() == 0 {
            // Without it they move while they grow, and that is all.
            let _ = self.places.try_reserve_exact(RESERVED / size_of::<Option<Connection>>());
        }
        let connection = Some(make(place));
        match self.places.get_mut(place) {
            Some(free) => *free = connection,
            None => self.places.push(connection),
        }
        place
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
                self.pages.push(Page::new());
                let page = self.pages.len() as u32 - 1;
                self.open.insert(page);
                page
            }
        };
        let entry = &mut self.pages[page as usize];
        let number = u64::from(self.next) << 32;
        // The two keys that mean the waker and the listener are never given out.
        self.next = (self.next + 1) % (u32::MAX - 1);
        let key_of = |place| number | (page as usize * PLACES + place) as u64;
        let key = key_of(entry.put(|place| make(key_of(place))));
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
