//! What a parser must offer to be measured, and the check that it reads the corpus as it should.

use std::hint::black_box;

use crate::corpus::{Item, Kind};
use crate::naive::{self, Head};

/// A parser at one level of its instruction sets.
pub trait Contestant {
    /// The parser's name, as reports show it.
    fn name(&self) -> &'static str;

    /// a [level](rajada_parser::Level)'s name: what it uses at most on this machine.
    fn level(&self) -> &'static str;

    /// Whether it reads heads of this kind.
    fn reads(&self, kind: Kind) -> bool;

    /// All heads of the item, copied out. Not timed.
    fn heads(&mut self, item: &Item) -> Vec<Head>;

    /// Parses all heads of the item so many times, and returns the octets consumed. This is what is timed: method, target, version or
    /// status, and every name and value must be known to the caller after each head, as slices or positions.
    ///
    /// `buffers` are the item's own or copies of them that lie elsewhere.
    fn parse(&mut self, item: &Item, buffers: &[&[u8]], rounds: usize) -> usize;

    /// Moves the slots for fields that it keeps outside of the stack, so that by `number` they come to lie all over a page. Not timed.
    fn place(&mut self, number: usize) {
        let _ = number;
    }
}

/// Calls `head` for one head after another, over all buffers, so many times. `head` gets the octets that are left of a buffer
/// and returns how many its head has.
///
/// # Panics
///
/// If `head` returns 0: it could not parse.
#[inline(always)]
pub fn each_head(buffers: &[&[u8]], rounds: usize, mut head: impl FnMut(&[u8]) -> usize) -> usize {
    let mut octets = 0;
    for _ in 0..rounds {
        for buffer in buffers {
            let mut rest = black_box(*buffer);
            while !rest.is_empty() {
                let consumed = head(rest);
                assert!(consumed > 0, "a head can't be parsed");
                octets += consumed;
                rest = &rest[consumed..];
            }
        }
    }
    octets
}

/// Compares what the contestant reads with what is there, head by head.
///
/// # Errors
///
/// Tells where they differ.
pub fn verify(contestant: &mut dyn Contestant, item: &Item) -> Result<(), String> {
    let who = format!("{} ({}) on item {}", contestant.name(), contestant.level(), item.letter);
    if !contestant.reads(item.kind) {
        return Ok(());
    }
    let expected = naive::heads(item);
    let read = contestant.heads(item);
    if expected.len() != read.len() {
        return Err(format!("{who}: {} heads instead of {}", read.len(), expected.len()));
    }
    for (index, (expected, read)) in expected.iter().zip(&read).enumerate() {
        if expected != read {
            return Err(format!("{who}: head {index} reads {read:?} instead of {expected:?}"));
        }
    }
    let octets = contestant.parse(item, &item.slices(), 2);
    if octets != 2 * item.octets() {
        return Err(format!("{who}: {octets} octets consumed in two rounds of {}", item.octets()));
    }
    Ok(())
}
