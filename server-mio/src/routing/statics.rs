//! What belongs to fixed strings of octets, such as paths without parameters: found by their length and a comparison.

/// Values by key.
#[derive(Debug, Clone)]
pub(crate) struct Statics<T> {
    /// Those whose keys have each length, sorted.
    by_length: Vec<Vec<(Box<[u8]>, T)>>,
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
            self.by_length.resize_with(key.len() + 1, Vec::new);
        }
        let bucket = &mut self.by_length[key.len()];
        match bucket.binary_search_by(|(other, _)| (**other).cmp(key)) {
            Ok(_) => false,
            Err(at) => {
                bucket.insert(at, (key.into(), value));
                true
            }
        }
    }

    /// The value of a key.
    #[inline]
    pub(crate) fn find(&self, key: &[u8]) -> Option<&T> {
        match &self.by_length.get(key.len())?[..] {
            [(only, value)] => is_same(only, key).then_some(value),
            many => find_among(many, key),
        }
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], &T)> {
        self.by_length.iter().flatten().map(|(key, value)| (&**key, value))
    }
}

/// So many keys are compared one after the other.
const FEW: usize = 6;

#[inline(never)]
fn find_among<'s, T>(bucket: &'s [(Box<[u8]>, T)], key: &[u8]) -> Option<&'s T> {
    if bucket.len() <= FEW {
        return bucket.iter().find(|(own, _)| is_same(own, key)).map(|(_, value)| value);
    }
    let at = bucket.binary_search_by(|(other, _)| (**other).cmp(key)).ok()?;
    bucket.get(at).map(|(_, value)| value)
}

/// Compares without a call where the octets are few: the first and the last of them, which may be partly the same.
#[inline]
pub(crate) fn is_same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        false
    } else if one.len() > 16 || one.is_empty() {
        one == other
    } else if one.len() < 4 {
        let middle = one.len() / 2;
        one.first() == other.first() && one[middle] == other[middle] && one.last() == other.last()
    } else if one.len() >= 8 {
        one.first_chunk::<8>() == other.first_chunk() && one.last_chunk::<8>() == other.last_chunk()
    } else {
        one.first_chunk::<4>() == other.first_chunk() && one.last_chunk::<4>() == other.last_chunk()
    }
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
            }
        }
    }
}
