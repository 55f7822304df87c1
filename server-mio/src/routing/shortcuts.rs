//! The short ways to what answers most requests: one look at the request line as it stands.

use std::collections::HashMap;

use super::lines::Lines;
use super::pattern::Shape;
use super::router::Leaf;

/// What requests with a method of a route lead to, by `method SP request-target`: the whole of it for a path without
/// parameters, what stands before the value for one that ends in its only parameter. A target is compared as it is,
/// so both are ASCII, and neither holds a `%`, which begins an escape in a target.
#[derive(Debug, Clone)]
pub(super) struct Shortcuts<V> {
    exact: Lines<Leaf<V>>,
    tails: Lines<Tail<V>>,
    /// What patterns have below a path that ends in `/`: all patterns that have no parameter further up.
    parents: HashMap<Box<str>, Parent>,
}

#[derive(Debug, Clone)]
struct Tail<V> {
    /// Where the value begins in the path.
    start: u32,
    /// None: contested. What a value leads to depends on the value.
    leaf: Option<Leaf<V>>,
}

#[derive(Debug, Clone, Default)]
struct Parent {
    /// Some values of a parameter are another pattern's: `/user/me` and `/user/v{number}` contest `/user/{id}`.
    contested: bool,
    /// Those that there are tails for.
    methods: Vec<Box<str>>,
}

impl<V: Clone> Shortcuts<V> {
    pub(super) fn new() -> Shortcuts<V> {
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
    pub(super) fn insert(&mut self, method: &str, shape: &Shape, leaf: &Leaf<V>) {
        match shape {
            Shape::Fixed(path) if is_verbatim(path) => {
                self.exact.insert(line(method, path), leaf.clone());
            }
            Shape::Tail(parent) if is_verbatim(parent) => {
                let known = self.parents.entry(parent.clone()).or_default();
                if !known.contested {
                    known.methods.push(method.into());
                    let tail = Tail { start: parent.len() as u32, leaf: Some(leaf.clone()) };
                    self.tails.insert(line(method, parent), tail);
                }
            }
            _ => {}
        }
    }

    #[inline]
    pub(super) fn exact(&self, line: &[u8]) -> Option<&Leaf<V>> {
        self.exact.find(line)
    }

    #[inline]
    pub(super) fn tail(&self, line: &[u8]) -> Option<(&Leaf<V>, (u32, u32))> {
        let mut at = line.len();
        loop {
            at = at.checked_sub(1)?;
            match line[at] {
                b'/' => break,
                // Whatever has these is looked at in full.
                b'%' | b'?' => return None,
                _ => {}
            }
        }
        let (begin, value) = line.split_at(at + 1);
        if value.is_empty() {
            return None;
        }
        let tail = self.tails.find(begin)?;
        Some((tail.leaf.as_ref()?, (tail.start, tail.start + value.len() as u32)))
    }
}

/// Whether a path stands in targets as it is.
fn is_verbatim(path: &str) -> bool {
    path.is_ascii() && !path.contains('%')
}

fn line(method: &str, path: &str) -> Vec<u8> {
    [method, " ", path].concat().into_bytes()
}

#[cfg(test)]
impl<V> Shortcuts<V> {
    /// How many tails there would be, were they not contested later.
    pub(super) fn contested(&self) -> usize {
        self.tails.iter().filter(|tail| tail.leaf.is_none()).count()
    }
}
