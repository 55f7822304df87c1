//! Who takes part.

use std::hint::black_box;

use rajada_parser::Level;

use super::worker::Entry;
use crate::contest::{Contestant, each_head};
use crate::corpus::{Item, Kind};
use crate::naive::{self, Head};
use crate::peers::httparse::Httparse;
use crate::rajada::Rajada;

/// All contestants of this build that the machine can run. What it can't run is named on standard error.
pub fn contestants() -> Vec<Box<dyn Contestant>> {
    let mut contestants: Vec<Box<dyn Contestant>> = vec![Box::new(Httparse::default())];
    for level in Level::ALL {
        match Rajada::at(level) {
            Some(rajada) => contestants.push(Box::new(rajada)),
            None => eprintln!("skipped: rajada at {}: this machine or build lacks it", level),
        }
    }
    #[cfg(feature = "peers")]
    {
        contestants.push(Box::new(crate::peers::picohttpparser::Picohttpparser));
        contestants.push(Box::new(crate::peers::thhp::Thhp::default()));
        contestants.push(Box::new(crate::peers::ntex::Ntex::default()));
        contestants.push(Box::new(crate::peers::milo::Milo::default()));
    }
    if cfg!(not(feature = "peers")) {
        eprintln!(
            "skipped: picohttpparser, thhp, ntex-httparse, milo-parser: built without the feature `peers`"
        );
    }
    contestants
}

/// The contestants, and with them if wanted what tells how far the figures can be trusted: one that parses nothing, and two once more.
pub(super) fn entries(controls: bool) -> Vec<Entry> {
    let mut entries: Vec<Entry> = contestants().into_iter().map(Entry::new).collect();
    if controls {
        entries.push(Entry::new(Box::new(Nothing)));
        entries.push(Entry::named("rajada-again", Box::new(Rajada::at_best())));
        entries.push(Entry::named("httparse-again", Box::new(Httparse::default())));
    }
    entries
}

/// Knows how long each head is, and reads nothing of it: what the harness itself takes to go from head to head and to have something handed
/// over for each.
struct Nothing;

/// As much as a parser hands over.
#[expect(dead_code, reason = "handed over, and looked at by nobody")]
struct Handed<'b> {
    method: &'b [u8],
    target: &'b [u8],
    minor: u8,
    fields: &'b [u8],
}

/// The head's length, which is at most this.
#[inline(always)]
fn hand_over(octets: &[u8], most: usize) -> usize {
    let head = &octets[..most.min(octets.len())];
    black_box(&Handed { method: head, target: head, minor: 1, fields: head });
    head.len()
}

impl Contestant for Nothing {
    fn name(&self) -> &'static str {
        "nothing"
    }

    fn level(&self) -> &'static str {
        "harness"
    }

    fn reads(&self, _: Kind) -> bool {
        true
    }

    /// The expected ones: it isn't measured for what it reads.
    fn heads(&mut self, item: &Item) -> Vec<Head> {
        naive::heads(item)
    }

    fn parse(&mut self, item: &Item, buffers: &[&[u8]], rounds: usize) -> usize {
        // Where a buffer has several heads, all have one length.
        let most = if item.is_pipelined() { item.octets() / item.heads } else { usize::MAX };
        each_head(buffers, rounds, |octets| hand_over(octets, most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contest::verify;
    use crate::corpus;

    #[test]
    fn nothing_consumes_every_item() {
        for item in corpus::items() {
            assert_eq!(verify(&mut Nothing, &item), Ok(()));
        }
    }
}
