//! Paths without parameters, found by their length and a comparison.

/// Routes by path.
#[derive(Debug, Clone, Default)]
pub(super) struct Statics {
    /// Those of each length, sorted.
    by_length: Vec<Vec<(Box<[u8]>, u32)>>,
}

impl Statics {
    /// Adds a path, which begins with `/`; false if it is there already.
    pub(super) fn insert(&mut self, path: &[u8], route: u32) -> bool {
        if self.by_length.len() <= path.len() {
            self.by_length.resize_with(path.len() + 1, Vec::new);
        }
        let bucket = &mut self.by_length[path.len()];
        match bucket.binary_search_by(|(other, _)| (**other).cmp(path)) {
            Ok(_) => false,
            Err(at) => {
                bucket.insert(at, (path.into(), route));
                true
            }
        }
    }

    /// The route of a path.
    #[inline]
    pub(super) fn find(&self, path: &[u8]) -> Option<u32> {
        match &self.by_length.get(path.len())?[..] {
            // A path of one octet can only be `/`, and comparing it needs no call.
            [(_, route)] if path == b"/" => Some(*route),
            [(only, route)] => (**only == *path).then_some(*route),
            many => find_among(many, path),
        }
    }
}

#[inline(never)]
fn find_among(bucket: &[(Box<[u8]>, u32)], path: &[u8]) -> Option<u32> {
    let at = bucket.binary_search_by(|(other, _)| (**other).cmp(path)).ok()?;
    bucket.get(at).map(|(_, route)| *route)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_among_others_of_its_length() {
        let mut statics = Statics::default();
        for (path, route) in [("/", 0), ("/b", 1), ("/a", 2), ("/abc", 3)] {
            assert!(statics.insert(path.as_bytes(), route));
            assert!(!statics.insert(path.as_bytes(), 9));
        }
        let found = |path: &str| statics.find(path.as_bytes());
        assert_eq!(["/", "/a", "/b", "/abc"].map(found), [Some(0), Some(2), Some(1), Some(3)]);
        assert_eq!(["", "*", "/c", "/abd", "/ab", "/abcd"].map(found), [None; 6]);
    }
}
