//! Octets of all lengths, and of all protocol cases; with the variable `RAJADA_MEMORY`
//! set, from all starts and cut at all places, otherwise at one of some.

use rajada_testkit::Book;
use std::vec::Vec;

/// Cases of more octets show limits, not edges.
const LONGEST: usize = 2000;

/// Of the octets that [`starts`] looks at.
pub(super) fn lengths() -> impl Iterator<Item = usize> {
    0..=300
}

/// Where a scan of so many octets begins.
pub(super) fn starts(len: usize) -> impl Iterator<Item = usize> {
    (0..=len).step_by(step(29))
}

/// The octets of all cases.
pub(super) fn heads() -> impl Iterator<Item = Vec<u8>> {
    let book = Book::read().unwrap_or_else(|error| panic!("{error}"));
    assert!(book.cases.len() > 500, "the chapters were found");
    book.cases.into_iter().map(|case| case.octets).filter(|octets| octets.len() <= LONGEST)
}

/// Where so many octets are cut.
pub(super) fn cuts(len: usize) -> impl Iterator<Item = usize> {
    // Lengths differ, and so do the remainders of what is left of them.
    let step = step(29);
    (0..len).filter(move |&cut| (len - cut).is_multiple_of(step))
}

/// One, or, for a taste, so many.
fn step(taste: usize) -> usize {
    if std::env::var_os("RAJADA_MEMORY").is_some() { 1 } else { taste }
}
