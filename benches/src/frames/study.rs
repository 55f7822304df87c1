//! Samples, of all contestants in turn, and what is made of them.

use std::time::{Duration, Instant};

use super::options::Options;
use super::{Contestant, Item, items, record};
use crate::head::figures::{median, quartile};
use crate::report::Before;

/// Where payloads lie within their pages differs from round to round.
const STEP: usize = 400;
const PAGE: usize = 4096;

/// A sample lasts at least so long.
const SAMPLE: Duration = Duration::from_micros(500);

/// What an item took.
pub(super) struct Taken {
    pub(super) what: &'static str,
    pub(super) of: String,
    /// Each contestant's name, and its samples of each round in nanoseconds a message.
    pub(super) of_each: Vec<(&'static str, Vec<Vec<f64>>)>,
}

impl Taken {
    /// A contestant's figure: the lower quartile of all its samples.
    pub(super) fn figure(&self, at: usize) -> f64 {
        quartile(&self.of_each[at].1.concat())
    }

    /// How many times as long a contestant takes as Rajada: the median of all rounds, within each of which their figures are compared.
    pub(super) fn ratio(&self, at: usize) -> f64 {
        let pairs = self.of_each[at].1.iter().zip(&self.of_each[0].1);
        let ratios: Vec<f64> =
            pairs.map(|(theirs, ours)| quartile(theirs) / quartile(ours)).collect();
        median(&ratios)
    }
}

pub(super) fn run(options: &Options) -> Result<(), String> {
    let before = Before::now();
    let mut taken: Vec<Taken> = Vec::new();
    for round in 0..options.rounds {
        let mut items = items(round * STEP % PAGE);
        items.retain(|item| format!("{}-{}", item.what, item.of).contains(&options.items));
        for (at, item) in items.iter_mut().enumerate() {
            if taken.len() == at {
                taken.push(Taken {
                    what: item.what,
                    of: item.of.clone(),
                    of_each: item.contestants.iter().map(|one| (one.name, vec![])).collect(),
                });
            }
            sample(item, options.samples, &mut taken[at]);
        }
    }
    print!("{}", record::table(&taken));
    let Some(file) = &options.record else { return Ok(()) };
    std::fs::write(file, record::page(options, &taken, &before))
        .map_err(|error| format!("{}: {error}", file.display()))
}

/// Samples of all contestants in turn.
fn sample(item: &mut Item, samples: usize, taken: &mut Taken) {
    let runs: Vec<usize> = item.contestants.iter_mut().map(enough).collect();
    for (_, rounds) in &mut taken.of_each {
        rounds.push(vec![]);
    }
    for _ in 0..samples {
        for (at, contestant) in item.contestants.iter_mut().enumerate() {
            // The other contestants' code and data were here last.
            time(contestant, runs[at].div_ceil(4));
            let nanoseconds = time(contestant, runs[at]).as_nanos() as f64;
            let round = taken.of_each[at].1.last_mut().expect("one was begun");
            round.push(nanoseconds / (runs[at] * item.messages) as f64);
        }
    }
}

fn time(contestant: &mut Contestant, runs: usize) -> Duration {
    let begun = Instant::now();
    for _ in 0..runs {
        std::hint::black_box((contestant.run)());
    }
    begun.elapsed()
}

/// So many runs that none of a few trials is shorter than a sample should be.
fn enough(contestant: &mut Contestant) -> usize {
    let mut runs = 1;
    while (0..3).any(|_| time(contestant, runs) < SAMPLE) {
        runs *= 2;
    }
    runs
}
