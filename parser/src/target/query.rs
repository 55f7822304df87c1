//! The pairs of a query string, as forms write them.

use core::iter::FusedIterator;

/// One `name=value` of a query, not decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a pair has a name and a value")]
pub struct QueryPair<'b> {
    /// What stands before the first `=`, or all of it.
    pub name: &'b [u8],
    /// What stands behind the first `=`; empty where there is none.
    pub value: &'b [u8],
}

/// Iterates over the pairs of a query: split at `&`, empty pairs left out.
///
/// Nothing is decoded: pass `name` and `value` to
/// [`percent_decode`](crate::percent_decode), after turning `+` into a space
/// where the query comes from a form (WHATWG URL, section 5.1).
///
/// ```
/// use rajada_parser::Query;
///
/// let mut pairs = Query::new(b"a=1&&b&c=2=3");
/// assert_eq!(pairs.next().unwrap().value, b"1");
/// assert_eq!(pairs.next().unwrap().name, b"b");
/// assert_eq!(pairs.next().unwrap().value, b"2=3");
/// assert_eq!(pairs.next(), None);
/// ```
#[derive(Clone, Debug)]
#[must_use = "an iterator does nothing until it is used"]
pub struct Query<'b> {
    rest: &'b [u8],
}

impl<'b> Query<'b> {
    /// The pairs of `query`, which is what stands behind the `?`.
    pub const fn new(query: &'b [u8]) -> Query<'b> {
        Query { rest: query }
    }
}

impl<'b> Iterator for Query<'b> {
    type Item = QueryPair<'b>;

    fn next(&mut self) -> Option<QueryPair<'b>> {
        while !self.rest.is_empty() {
            let (pair, rest) = split_at_octet(self.rest, b'&');
            self.rest = rest;
            if !pair.is_empty() {
                let (name, value) = split_at_octet(pair, b'=');
                return Some(QueryPair { name, value });
            }
        }
        None
    }
}

impl FusedIterator for Query<'_> {}

/// What stands before and behind the first `octet`.
fn split_at_octet(octets: &[u8], octet: u8) -> (&[u8], &[u8]) {
    match memchr::memchr(octet, octets) {
        Some(at) => (&octets[..at], &octets[at + 1..]),
        None => (octets, &[]),
    }
}
