//! A place in octets.

use crate::Error;

/// Why a walk goes no further.
#[derive(Clone, Copy)]
pub(super) enum Stop {
    /// No octet is left.
    Partial,
    /// One can't be right.
    Error(Error),
}

/// Octets, and how many of them were taken.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'b> {
    octets: &'b [u8],
    at: usize,
}

impl<'b> Cursor<'b> {
    pub(super) fn new(octets: &'b [u8], at: usize) -> Self {
        Cursor { octets, at }
    }

    /// How many octets were taken.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The next octet, which is taken.
    pub(super) fn take(&mut self) -> Result<u8, Stop> {
        let octet = self.peek().ok_or(Stop::Partial)?;
        self.at += 1;
        Ok(octet)
    }

    /// The next octet, if there is one.
    pub(super) fn peek(&self) -> Option<u8> {
        self.octets.get(self.at).copied()
    }

    /// The octets that were not taken.
    pub(super) fn rest(&self) -> &'b [u8] {
        self.octets.get(self.at..).unwrap_or_default()
    }

    /// Takes the next octet, which must be `octet`, or this is the error.
    pub(super) fn expect(&mut self, octet: u8, error: Error) -> Result<(), Stop> {
        if self.take()? == octet { Ok(()) } else { Err(Stop::Error(error)) }
    }

    /// Takes as many octets as `len` says of those that are left.
    pub(super) fn take_by(&mut self, len: impl FnOnce(&[u8]) -> usize) {
        self.at += len(self.rest());
    }

    /// Takes all octets of these that come next.
    pub(super) fn take_all(&mut self, of: &[u8]) {
        self.take_by(|rest| rest.iter().take_while(|octet| of.contains(octet)).count());
    }

    /// The octets from `start` to `end`.
    pub(super) fn between(&self, start: usize, end: usize) -> &'b [u8] {
        self.octets.get(start..end).unwrap_or_default()
    }

    /// The same as text: nothing if it is none.
    pub(super) fn text(&self, start: usize, end: usize) -> Option<&'b str> {
        core::str::from_utf8(self.between(start, end)).ok()
    }
}
