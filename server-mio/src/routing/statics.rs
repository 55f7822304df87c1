//! What belongs to fixed strings of octets, such as paths without parameters: found by their length and a comparison.

/// Values by key.
#[derive(Debug, Clone)]
pub(crate) struct Statics<T> {
    /// Those whose keys have each length.
    by_length: Vec<Bucket<T>>,
}

/// The first one stands where its length leads to, with what it is compared by: a look at it follows no pointer but
/// one.
#[derive(Debug, Clone)]
struct Bucket<T> {
    first: Option<Static<T>>,
    /// Sorted.
    others: Vec<Static<T>>,
}

#[derive(Debug, Clone)]
struct Static<T> {
    edges: [u64; 2],
    value: T,
    key: Box<[u8]>,
}

impl<T> Default for Statics<T> {
    fn default() -> Statics<T> {
        Statics { by_length: Vec::new() }
    }
}

impl<T> Statics<T> {
    /// Adds a value; false if its key is there already.
    pub(crate) fn insert(&mut self, key: &[u8], value: T) -> bool {
        if self.by_length.len() <= key.len() {
            self.by_length.resize_with(key.len() + 1, Bucket::default);
        }
        let bucket = &mut self.by_length[key.len()];
        let new = Static { edges: edges(key), value, key: key.into() };
        match &bucket.first {
            None => bucket.first = Some(new),
            Some(first) if *first.key == *key => return false,
            Some(_) => match bucket.others.binary_search_by(|other| (*other.key).cmp(key)) {
                Ok(_) => return false,
                Err(at) => bucket.others.insert(at, new),
            },
        }
        true
    }

    /// The value of a key.
    #[inline]
    pub(crate) fn find(&self, key: &[u8]) -> Option<&T> {
        let bucket = self.by_length.get(key.len())?;
        let first = bucket.first.as_ref()?;
        if first.is(key) { Some(&first.value) } else { find_among(&bucket.others, key) }
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], &T)> {
        let all =
            self.by_length.iter().flat_map(|bucket| bucket.first.iter().chain(&bucket.others));
        all.map(|one| (&*one.key, &one.value))
    }
}

impl<T> Default for Bucket<T> {
    fn default() -> Bucket<T> {
        Bucket { first: None, others: Vec::new() }
    }
}

impl<T> Static<T> {
    /// Whether it has this key, which is as long as its own.
    #[inline]
    fn is(&self, key: &[u8]) -> bool {
        self.edges == edges(key) && (key.len() <= EDGES || *self.key == *key)
    }
}

/// So long are keys that their edges tell apart, if they are of the same length.
const EDGES: usize = 16;

/// The first and the last octets of a key, which may be partly the same.
#[inline]
fn edges(key: &[u8]) -> [u64; 2] {
    if let (Some(first), Some(last)) = (key.first_chunk(), key.last_chunk()) {
        [u64::from_ne_bytes(*first), u64::from_ne_bytes(*last)]
    } else if let (Some(first), Some(last)) = (key.first_chunk(), key.last_chunk()) {
        [u32::from_ne_bytes(*first), u32::from_ne_bytes(*last)].map(u64::from)
    } else if let (Some(first), Some(last)) = (key.first(), key.last()) {
        let middle = key[key.len() / 2];
        [u64::from(u16::from_ne_bytes([*first, middle])), u64::from(*last)]
    } else {
        [0; 2]
    }
}

/// So many keys are compared one after the other.
const FEW: usize = 6;

#[inline(never)]
fn find_among<'s, T>(others: &'s [Static<T>], key: &[u8]) -> Option<&'s T> {
    if others.len() <= FEW {
        return others.iter().find(|one| one.is(key)).map(|one| &one.value);
    }
    let at = others.binary_search_by(|other| (*other.key).cmp(key)).ok()?;
    others.get(at).map(|one| &one.value)
}

/// Compares without a call where the octets are few: by their edges.
#[inline]
pub(crate) fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && edges(one) == edges(other) && (one.len() <= EDGES || one == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_among_others_of_its_length() {
        let mut statics = Statics::default();
        for (key, value) in [("/", 0), ("/b", 1), ("/a", 2), ("/abc", 3)] {
            assert!(statics.insert(key.as_bytes(), value));
            assert!(!statics.insert(key.as_bytes(), 9));
        }
        let found = |key: &str| statics.find(key.as_bytes()).copied();
        assert_eq!(["/", "/a", "/b", "/abc"].map(found), [Some(0), Some(2), Some(1), Some(3)]);
        assert_eq!(["", "*", "/c", "/abd", "/ab", "/abcd"].map(found), [None; 6]);
        assert_eq!(statics.iter().count(), 4);
        for value in 0..20 {
            statics.insert(format!("/{value:04}").as_bytes(), value);
        }
        let found = |value: i32| statics.find(format!("/{value:04}").as_bytes()).copied();
        assert!((0..20).all(|value| found(value) == Some(value)));
        assert_eq!(found(20), None);
    }

    #[test]
    fn every_octet_is_compared() {
        let text: Vec<u8> = (b'a'..=b'z').collect();
        for len in 0..=text.len() {
            let one = &text[..len];
            assert!(is_same(one, one));
            assert!(len == 0 || !is_same(one, &one[1..]));
            for at in 0..len {
                let mut other = one.to_vec();
                other[at] ^= 1;
                assert!(!is_same(one, &other), "{len} {at}");
                let mut statics = Statics::default();
                assert!(statics.insert(one, 1));
                assert_eq!((statics.find(one), statics.find(&other)), (Some(&1), None));
                assert!(statics.insert(&other, 2));
                assert_eq!((statics.find(one), statics.find(&other)), (Some(&1), Some(&2)));
            }
        }
    }
}
