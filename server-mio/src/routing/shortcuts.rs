//! The short ways to what answers most requests: one look at the request line as it stands.

use std::collections::HashMap;

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
    /// What patterns have below a path that ends in `/`: all patterns that have no parameter further up.
    parents: HashMap<Box<str>, Parent>,
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
    /// Those that there are tails for.
    methods: Vec<Box<str>>,
}

impl<S> Shortcuts<S> {
    pub(super) fn new() -> Shortcuts<S> {
        Shortcuts { exact: Lines::new(), tails: Lines::new(), parents: HashMap::new() }
    }

    /// Takes note of a new pattern, whether it gets a shortcut or takes one from another.
    pub(super) fn insert_pattern(&mut self, shape: &Shape) {
        let parent = match shape {
            Shape::Fixed(path) => match path.rfind('/') {
                // A parameter is never empty.
                Some(at) if at + 1 < path.len() => &path[..=at],
                _ => return,
            },
            Shape::Mixed(parent) => parent,
            Shape::Tail(_) | Shape::Other => return,
        };
        let Some(known) = self.parents.get_mut(parent) else {
            let contested = Parent { contested: true, methods: Vec::new() };
            self.parents.insert(parent.into(), contested);
            return;
        };
        known.contested = true;
        for method in known.methods.drain(..) {
            if let Some(tail) = self.tails.find_mut(&line(&method, parent)) {
                tail.leaf = None;
            }
        }
    }

    /// Adds a method of a pattern that has been noted, and has not had the method yet.
    pub(super) fn insert(&mut self, method: &str, shape: &Shape, leaf: Leaf<S>) {
        match shape {
            Shape::Fixed(path) if is_verbatim(path) => {
                self.exact.insert(line(method, path), leaf);
            }
            Shape::Tail(parent) if is_verbatim(parent) => {
                let known = self.parents.entry(parent.clone()).or_default();
                if !known.contested {
                    known.methods.push(method.into());
                    let tail = Tail { start: parent.len() as u32, leaf: Some(leaf) };
                    self.tails.insert(line(method, parent), tail);
                }
            }
            _ => {}
        }
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
