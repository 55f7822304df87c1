//! What belongs to request lines, or to their beginnings: found by their length and a comparison.

use std::collections::HashMap;

use super::edges::{EDGES, edges};

/// Values by key.
#[derive(Debug, Clone)]
pub(super) struct Lines<T> {
    /// Those whose keys have each length.
    by_length: Vec<Bucket<T>>,
}

/// The first one stands where its length leads to, with what it is compared by: a look at it follows no pointer but
/// one.
#[derive(Debug, Clone)]
struct Bucket<T> {
    first: Option<Line<T>>,
    others: Others<T>,
}

#[derive(Debug, Clone)]
struct Line<T> {
    edges: [u64; 2],
    value: T,
    key: Box<[u8]>,
}

/// Boxed, so that buckets stay small: few have many.
#[derive(Debug, Clone)]
#[expect(clippy::box_collection, reason = "a bucket of this size is found by fewer instructions")]
enum Others<T> {
    /// Compared one after the other.
    Few(Vec<Line<T>>),
    Many(Box<HashMap<Box<[u8]>, T>>),
}

/// So many are few.
const FEW: usize = 6;

impl<T> Lines<T> {
    pub(super) const fn new() -> Lines<T> {
        Lines { by_length: Vec::new() }
    }

    /// Adds a value. Its key is not there yet.
    pub(super) fn insert(&mut self, key: Vec<u8>, value: T) {
        if self.by_length.len() <= key.len() {
            self.by_length.resize_with(key.len() + 1, Bucket::new);
        }
        let bucket = &mut self.by_length[key.len()];
        let new = Line { edges: edges(&key), value, key: key.into() };
        match bucket.first {
            None => bucket.first = Some(new),
            Some(_) => bucket.others.insert(new),
        }
    }

    /// The value of a key.
    #[inline]
    pub(super) fn find(&self, key: &[u8]) -> Option<&T> {
        let bucket = self.by_length.get(key.len())?;
        let first = bucket.first.as_ref()?;
        if first.is(key) { Some(&first.value) } else { bucket.others.find(key) }
    }

    /// The value of a key, to be changed.
    pub(super) fn find_mut(&mut self, key: &[u8]) -> Option<&mut T> {
        let bucket = self.by_length.get_mut(key.len())?;
        match &mut bucket.first {
            Some(first) if first.is(key) => Some(&mut first.value),
            _ => bucket.others.find_mut(key),
        }
    }
}

impl<T> Bucket<T> {
    fn new() -> Bucket<T> {
        Bucket { first: None, others: Others::Few(Vec::new()) }
    }
}

impl<T> Line<T> {
    /// Whether it has this key, which is as long as its own.
    #[inline]
    fn is(&self, key: &[u8]) -> bool {
        self.edges == edges(key) && (key.len() <= EDGES || *self.key == *key)
    }
}

impl<T> Others<T> {
    fn insert(&mut self, new: Line<T>) {
        match self {
            Others::Few(few) => {
                few.push(new);
                if few.len() > FEW {
                    let all = core::mem::take(few).into_iter().map(|line| (line.key, line.value));
                    *self = Others::Many(Box::new(all.collect()));
                }
            }
            Others::Many(many) => {
                many.insert(new.key, new.value);
            }
        }
    }

    #[inline(never)]
    fn find(&self, key: &[u8]) -> Option<&T> {
        match self {
            Others::Few(few) => few.iter().find(|line| line.is(key)).map(|line| &line.value),
            Others::Many(many) => many.get(key),
        }
    }

    fn find_mut(&mut self, key: &[u8]) -> Option<&mut T> {
        match self {
            Others::Few(few) => {
                few.iter_mut().find(|line| line.is(key)).map(|line| &mut line.value)
            }
            Others::Many(many) => many.get_mut(key),
        }
    }
}

#[cfg(test)]
impl<T> Lines<T> {
    /// All values.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.by_length.iter().flat_map(|bucket| {
            let others: Vec<&T> = match &bucket.others {
                Others::Few(few) => few.iter().map(|line| &line.value).collect(),
                Others::Many(many) => many.values().collect(),
            };
            bucket.first.iter().map(|line| &line.value).chain(others)
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
            lines.insert(key.into(), value);
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
                lines.insert(key(number), number);
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
                lines.insert(one.to_vec(), 1);
                assert_eq!((lines.find(one), lines.find(&other)), (Some(&1), None));
                lines.insert(other.clone(), 2);
                assert_eq!((lines.find(one), lines.find(&other)), (Some(&1), Some(&2)));
            }
        }
    }
}
