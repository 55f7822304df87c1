//! What belongs to request lines, to paths, or to what they begin with: found by its length and a comparison.

use crate::cold::cold_path;
use std::collections::HashMap;

use super::edges::{EDGES, edges};

/// Values by key.
#[derive(Debug, Clone)]
pub(super) struct Lines<T> {
    /// By the length of the key and an octet of its edges: lines with other methods are seldom in one.
    buckets: Vec<Bucket<T>>,
}

/// One value stands where its key leads to, if that is short, with what it is compared by: a look at it follows no
/// pointer but one, and concerns one line of the processor's cache.
#[derive(Debug, Clone)]
#[repr(align(64))]
struct Bucket<T> {
    first: Option<T>,
    /// Without a first one those of no key.
    edges: [u64; 2],
    others: Option<Box<Others<T>>>,
}

#[derive(Debug, Clone)]
enum Others<T> {
    /// Compared one after the other.
    Few(Vec<Line<T>>),
    Many(HashMap<Box<[u8]>, T>),
}

#[derive(Debug, Clone)]
struct Line<T> {
    edges: [u64; 2],
    key: Box<[u8]>,
    value: T,
}

/// So many are few.
const FEW: usize = 6;

impl<T> Lines<T> {
    pub(super) const fn new() -> Lines<T> {
        Lines { buckets: Vec::new() }
    }

    /// Adds a value. Its key is not there yet.
    pub(super) fn insert(&mut self, key: &[u8], value: T) {
        let edges = edges(key);
        let at = place(key, edges);
        if self.buckets.len() <= at {
            self.buckets.resize_with(at + 1, Bucket::new);
        }
        let bucket = &mut self.buckets[at];
        if bucket.first.is_none() && key.len() <= EDGES {
            (bucket.first, bucket.edges) = (Some(value), edges);
        } else {
            let others = bucket.others.get_or_insert_with(|| Box::new(Others::Few(Vec::new())));
            others.insert(Line { edges, key: key.into(), value });
        }
    }

    /// The value of a key.
    #[inline]
    pub(super) fn find(&self, key: &[u8]) -> Option<&T> {
        let edges = edges(key);
        let bucket = self.buckets.get(place(key, edges))?;
        // Keys whose edges are the same are as long as each other if they lead to the same place.
        if bucket.edges == edges {
            return bucket.first.as_ref();
        }
        let others = bucket.others.as_ref()?;
        // Not that it were rare, but the other way shall not be held up by what a call needs.
        cold_path();
        others.find(key)
    }

    /// The value of a key, to be changed.
    pub(super) fn find_mut(&mut self, key: &[u8]) -> Option<&mut T> {
        let edges = edges(key);
        let bucket = self.buckets.get_mut(place(key, edges))?;
        match bucket.edges == edges {
            true => bucket.first.as_mut(),
            false => bucket.others.as_mut()?.find_mut(key, edges),
        }
    }

    /// The value of a key, to be changed; a new one if there is none.
    pub(super) fn find_or_insert(&mut self, key: &[u8], new: impl FnOnce() -> T) -> &mut T {
        if self.find(key).is_none() {
            self.insert(key, new());
        }
        self.find_mut(key).expect("what is there")
    }
}

/// Where a key leads to.
#[inline]
fn place(key: &[u8], edges: [u64; 2]) -> usize {
    key.len() ^ usize::from(edges[0] as u8)
}

impl<T> Bucket<T> {
    const fn new() -> Bucket<T> {
        Bucket { first: None, edges: [0; 2], others: None }
    }
}

impl<T> Line<T> {
    /// Whether it has this key, which leads to the same place.
    #[inline]
    fn is(&self, key: &[u8], edges: [u64; 2]) -> bool {
        self.edges == edges && (key.len() <= EDGES || *self.key == *key)
    }
}

impl<T> Others<T> {
    fn insert(&mut self, new: Line<T>) {
        match self {
            Others::Few(few) => {
                few.push(new);
                if few.len() > FEW {
                    let all = core::mem::take(few).into_iter().map(|line| (line.key, line.value));
                    *self = Others::Many(all.collect());
                }
            }
            Others::Many(many) => {
                many.insert(new.key, new.value);
            }
        }
    }

    #[inline(never)]
    fn find(&self, key: &[u8]) -> Option<&T> {
        let edges = edges(key);
        match self {
            Others::Few(few) => few.iter().find(|line| line.is(key, edges)).map(|line| &line.value),
            Others::Many(many) => many.get(key),
        }
    }

    fn find_mut(&mut self, key: &[u8], edges: [u64; 2]) -> Option<&mut T> {
        match self {
            Others::Few(few) => {
                few.iter_mut().find(|line| line.is(key, edges)).map(|line| &mut line.value)
            }
            Others::Many(many) => many.get_mut(key),
        }
    }
}

#[cfg(test)]
impl<T> Lines<T> {
    /// All values.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.buckets.iter().flat_map(|bucket| {
            let others: Vec<&T> = match bucket.others.as_deref() {
                Some(Others::Few(few)) => few.iter().map(|line| &line.value).collect(),
                Some(Others::Many(many)) => many.values().collect(),
                None => Vec::new(),
            };
            bucket.first.iter().chain(others)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_among_others_of_its_length() {
        let mut lines = Lines::new();
        for (key, value) in [("/", 0), ("/b", 1), ("/a", 2), ("/abc", 3)] {
            lines.insert(key.as_bytes(), value);
        }
        let found = |key: &str| lines.find(key.as_bytes()).copied();
        assert_eq!(["/", "/a", "/b", "/abc"].map(found), [Some(0), Some(2), Some(1), Some(3)]);
        assert_eq!(["", "*", "/c", "/abd", "/ab", "/abcd"].map(found), [None; 6]);
    }

    #[test]
    fn few_and_many_are_found_and_changed() {
        let key = |number: usize| format!("/{number:04}").into_bytes();
        for count in 0..3 * FEW {
            let mut lines = Lines::new();
            for number in 0..count {
                lines.insert(&key(number), number);
            }
            assert!((0..count).all(|number| lines.find(&key(number)) == Some(&number)));
            assert_eq!(lines.find(&key(count)), None);
            for number in 0..count {
                *lines.find_mut(&key(number)).unwrap() += 1;
            }
            assert!((0..count).all(|number| lines.find(&key(number)) == Some(&(number + 1))));
            assert_eq!(lines.find_mut(&key(count)), None);
        }
    }

    #[test]
    fn every_octet_is_compared() {
        let text: Vec<u8> = (b'a'..=b'z').collect();
        for len in 0..=text.len() {
            let one = &text[..len];
            for at in 0..len {
                let mut other = one.to_vec();
                other[at] ^= 1;
                let mut lines = Lines::new();
                lines.insert(one, 1);
                assert_eq!((lines.find(one), lines.find(&other)), (Some(&1), None));
                lines.insert(&other, 2);
                assert_eq!((lines.find(one), lines.find(&other)), (Some(&1), Some(&2)));
            }
        }
    }
}
