//! The short ways to what answers most requests: one look at the request line as it stands, or at the path.

use super::leaf::{Leaf, Range};
use super::lines::Lines;
use super::pattern::Shape;

/// What requests with a method of a route lead to, by `method SP request-target`: the whole of it for a path without
/// parameters, what stands before the value for one that ends in its only parameter. A target is compared as it is,
/// so both are ASCII, and neither holds a `%`, which begins an escape in a target.
#[derive(Debug, Clone)]
pub(super) struct Shortcuts<S> {
    exact: Lines<Leaf<S>>,
    tails: Lines<Tail<S>>,
    /// The routes without parameters, by path.
    fixed: Lines<u32>,
    /// What patterns have below a path that ends in `/`: all patterns that have no parameter further up.
    parents: Lines<Parent>,
}

#[derive(Debug, Clone)]
struct Tail<S> {
    /// Where the value begins in the path.
    start: u32,
    /// None: contested. What a value leads to depends on the value.
    leaf: Option<Leaf<S>>,
}

#[derive(Debug, Clone, Default)]
struct Parent {
    /// Some values of a parameter are another pattern's: `/user/me` and `/user/v{number}` contest `/user/{id}`.
    contested: bool,
    /// The route that has a parameter as the last segment.
    tail: Option<u32>,
    /// Those that there are tails for.
    methods: Vec<Box<str>>,
}

impl<S> Shortcuts<S> {
    pub(super) fn new() -> Shortcuts<S> {
        Shortcuts {
            exact: Lines::new(),
            tails: Lines::new(),
            fixed: Lines::new(),
            parents: Lines::new(),
        }
    }

    /// Takes note of a new route, whether it gets a shortcut or takes one from another.
    pub(super) fn insert_route(&mut self, shape: &Shape, route: u32) {
        match shape {
            Shape::Fixed(path) => {
                self.fixed.insert(path.as_bytes(), route);
                let at = path.rfind('/').map_or(0, |at| at + 1);
                // A parameter is never empty.
                if at < path.len() {
                    self.contest(&path[..at]);
                }
            }
            Shape::Mixed(parent) => self.contest(parent),
            Shape::Tail(parent) => self.parent(parent).tail = Some(route),
            Shape::Other => {}
        }
    }

    fn contest(&mut self, parent: &str) {
        let known = self.parent(parent);
        known.contested = true;
        for method in core::mem::take(&mut known.methods) {
            if let Some(tail) = self.tails.find_mut(&line(&method, parent)) {
                tail.leaf = None;
            }
        }
    }

    fn parent(&mut self, parent: &str) -> &mut Parent {
        self.parents.find_or_insert(parent.as_bytes(), Parent::default)
    }

    /// Adds a method of a route that has been noted, and has not had the method yet.
    pub(super) fn insert(&mut self, method: &str, shape: &Shape, leaf: Leaf<S>) {
        match shape {
            Shape::Fixed(path) if is_verbatim(path) => {
                self.exact.insert(&line(method, path), leaf);
            }
            Shape::Tail(parent) if is_verbatim(parent) => {
                let known = self.parent(parent);
                if !known.contested {
                    known.methods.push(method.into());
                    let tail = Tail { start: parent.len() as u32, leaf: Some(leaf) };
                    self.tails.insert(&line(method, parent), tail);
                }
            }
            _ => {}
        }
    }

    /// The route without parameters that has a decoded path.
    #[inline]
    pub(super) fn fixed(&self, path: &[u8]) -> Option<u32> {
        self.fixed.find(path).copied()
    }

    /// The route that a decoded path belongs to, if it ends in its only parameter, and where that is.
    #[inline]
    pub(super) fn tail_of_path(&self, path: &[u8]) -> Option<(u32, Range)> {
        let start = path.iter().rposition(|octet| *octet == b'/')? + 1;
        let parent = self.parents.find(&path[..start])?;
        let found = !parent.contested && start < path.len();
        parent.tail.filter(|_| found).map(|route| (route, (start as u32, path.len() as u32)))
    }

    #[inline]
    pub(super) fn exact(&self, line: &[u8]) -> Option<&Leaf<S>> {
        self.exact.find(line)
    }

    #[inline]
    pub(super) fn tail(&self, line: &[u8]) -> Option<(&Leaf<S>, Range)> {
        let (begin, value) = line.split_at_checked(last_mark(line)? + 1)?;
        // What has an escape or a query is looked at in full.
        if begin.last() != Some(&b'/') || value.is_empty() {
            return None;
        }
        let tail = self.tails.find(begin)?;
        Some((tail.leaf.as_ref()?, (tail.start, tail.start + value.len() as u32)))
    }
}

/// Where the last `/`, `%` or `?` of a request line is.
#[inline]
fn last_mark(line: &[u8]) -> Option<usize> {
    let marks = line.last_chunk().map_or(0, |word| marks(u64::from_le_bytes(*word)));
    match marks {
        0 => last_mark_further_up(line),
        _ => Some(line.len() - 1 - marks.leading_zeros() as usize / 8),
    }
}

/// The same where it is none of the last eight octets.
#[inline(never)]
fn last_mark_further_up(line: &[u8]) -> Option<usize> {
    let mut rest = line;
    while let Some((before, word)) = rest.split_last_chunk() {
        let marks = marks(u64::from_le_bytes(*word));
        if marks != 0 {
            return Some(rest.len() - 1 - marks.leading_zeros() as usize / 8);
        }
        rest = before;
    }
    rest.iter().rposition(|octet| matches!(octet, b'/' | b'%' | b'?'))
}

/// The highest bit of each of eight octets that is `/`, `%` or `?`. Request lines are ASCII, which makes this exact:
/// nothing carries from one octet into the next.
#[inline]
fn marks(word: u64) -> u64 {
    const LOW: u64 = u64::MAX / 0xff;
    const HIGH: u64 = LOW << 7;
    let absent = |word: u64, octet: u8| (word ^ (LOW * u64::from(octet))).wrapping_add(HIGH - LOW);
    // One bit is between `/` and `?`.
    let apart = LOW * u64::from(b'/' ^ b'?');
    !(absent(word | apart, b'?') & absent(word, b'%')) & HIGH
}

/// Whether a path stands in targets as it is.
fn is_verbatim(path: &str) -> bool {
    path.is_ascii() && !path.contains('%')
}

/// The beginning of request lines.
fn line(method: &str, path: &str) -> Vec<u8> {
    [method, " ", path].concat().into_bytes()
}

#[cfg(test)]
impl<S> Shortcuts<S> {
    /// How many tails there would be, were they not contested later.
    pub(super) fn contested(&self) -> usize {
        self.tails.iter().filter(|tail| tail.leaf.is_none()).count()
    }
}
