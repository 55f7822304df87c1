//! The side that measures: a process that takes one sample when it is asked for one.

use crate::say::aside;
use std::io::{BufRead, Write};
use std::time::{Duration, Instant};

use rajada_parser::Level;

use crate::contest::{Contestant, verify};
use crate::corpus::{self, Item};
use crate::peers::httparse::Httparse;
use crate::rajada::Rajada;

/// A sample lasts about this long, and as long again before the clock starts: enough for the branch predictor to learn item `i` anew after the
/// other contestants have used it.
const SAMPLE: Duration = Duration::from_millis(1);

/// All contestants of this build that the machine can run. What it can't run is named on standard error.
pub fn contestants() -> Vec<Box<dyn Contestant>> {
    let mut contestants: Vec<Box<dyn Contestant>> = vec![Box::new(Httparse::default())];
    for level in Level::ALL {
        match Rajada::at(level) {
            Some(rajada) => contestants.push(Box::new(rajada)),
            None => aside!("skipped: rajada at {}: this machine or build lacks it", level),
        }
    }
    #[cfg(feature = "peers")]
    {
        contestants.push(Box::new(crate::peers::picohttpparser::Picohttpparser));
        contestants.push(Box::new(crate::peers::thhp::Thhp));
        contestants.push(Box::new(crate::peers::ntex::Ntex::default()));
        contestants.push(Box::new(crate::peers::milo::Milo::default()));
    }
    if cfg!(not(feature = "peers")) {
        aside!(
            "skipped: picohttpparser, thhp, ntex-httparse, milo-parser: built without the feature `peers`"
        );
    }
    contestants
}

/// A contestant, and how many rounds of each item make a sample.
struct Entry {
    contestant: Box<dyn Contestant>,
    rounds: Vec<usize>,
}

/// Checks every contestant on every item, names them, then answers each line `contestant item` (two numbers) with the nanoseconds of one head.
pub(super) fn serve(only: Option<&str>) -> Result<(), String> {
    let items = corpus::items();
    let mut entries = Vec::new();
    for mut contestant in contestants() {
        if only.is_some_and(|name| name != contestant.name()) {
            continue;
        }
        for item in &items {
            verify(contestant.as_mut(), item)?;
        }
        entries.push(Entry { contestant, rounds: vec![0; items.len()] });
    }
    introduce(&entries, &items).map_err(|error| error.to_string())?;

    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|error| error.to_string())?;
        let ask = line.split_once(' ').and_then(|(entry, item)| {
            Some((entry.parse::<usize>().ok()?, item.parse::<usize>().ok()?))
        });
        let (entry, index) = ask.ok_or(format!("not two numbers: {line}"))?;
        let (entry, item) = entries
            .get_mut(entry)
            .zip(items.get(index))
            .ok_or(format!("no such contestant or item: {line}"))?;
        println!("{}", sample(entry, item, index));
    }
    Ok(())
}

/// One line a contestant: name, level, the letters of the items it can read. Then an empty line.
fn introduce(entries: &[Entry], items: &[Item]) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for Entry { contestant, .. } in entries {
        let readable =
            items.iter().filter(|item| contestant.reads(item.kind)).map(|item| item.letter);
        writeln!(
            out,
            "{} {} {}",
            contestant.name(),
            contestant.level(),
            readable.collect::<String>()
        )?;
    }
    writeln!(out)?;
    out.flush()
}

/// Nanoseconds a head.
fn sample(entry: &mut Entry, item: &Item, index: usize) -> f64 {
    let rounds = &mut entry.rounds[index];
    if *rounds == 0 {
        *rounds = enough_rounds(entry.contestant.as_mut(), item);
    }
    entry.contestant.parse(item, *rounds);
    let begun = Instant::now();
    entry.contestant.parse(item, *rounds);
    begun.elapsed().as_nanos() as f64 / (*rounds * item.heads) as f64
}

fn enough_rounds(contestant: &mut dyn Contestant, item: &Item) -> usize {
    let mut rounds = 1;
    loop {
        let begun = Instant::now();
        contestant.parse(item, rounds);
        if begun.elapsed() >= SAMPLE {
            return rounds;
        }
        rounds *= 2;
    }
}
