//! The side that measures: a process that takes one sample when it is asked for one.

mod place;

use std::io::{BufRead, Write};
use std::time::{Duration, Instant};

use crate::contest::{Contestant, verify};
use crate::corpus::{self, Item};
use place::{Arena, Random};

/// A sample lasts about this long, and as long again before the clock starts: enough for the branch predictor to learn item `i` anew after the
/// other contestants have used it.
const SAMPLE: Duration = Duration::from_millis(1);

/// A contestant under the name that it is to have, and how many rounds of each item make a sample.
pub(crate) struct Entry {
    name: String,
    contestant: Box<dyn Contestant>,
    rounds: Vec<usize>,
}

impl Entry {
    /// A contestant under its own name.
    pub(crate) fn new(contestant: Box<dyn Contestant>) -> Entry {
        Entry::named(contestant.name(), contestant)
    }

    /// A contestant under another name, which has no space in it.
    pub(crate) fn named(name: &str, contestant: Box<dyn Contestant>) -> Entry {
        Entry { name: name.into(), contestant, rounds: Vec::new() }
    }
}

/// Checks every contestant on every item, names them, then answers each line `contestant item seed` (three numbers) with the nanoseconds of one
/// head. The seed says where slots, octets and stack lie. A fourth number is how many rounds of the item to parse, with no clock beside them; the
/// answer is how many heads that were. It is for those who count from outside.
///
/// # Errors
///
/// If a contestant reads an item wrong, or if a line or the pipe is broken.
pub(crate) fn serve(mut entries: Vec<Entry>) -> Result<(), String> {
    let items = corpus::items();
    for entry in &mut entries {
        for item in &items {
            verify(entry.contestant.as_mut(), item)?;
        }
        entry.rounds = vec![0; items.len()];
    }
    introduce(&entries, &items).map_err(|error| error.to_string())?;

    let mut arena = Arena::default();
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|error| error.to_string())?;
        let numbers: Result<Vec<u64>, _> = line.split(' ').map(str::parse).collect();
        let Ok([entry, index, seed, rounds @ ..]) = numbers.as_deref() else {
            return Err(format!("not three numbers, or four: {line}"));
        };
        let (entry, index) = (*entry as usize, *index as usize);
        let (entry, item) = entries
            .get_mut(entry)
            .zip(items.get(index))
            .ok_or(format!("no such contestant or item: {line}"))?;
        match rounds {
            [] => println!("{}", sample(entry, item, index, &mut arena, Random(*seed))),
            [rounds] => {
                let rounds = *rounds as usize;
                let buffers = arena.lay(&item.buffers, &mut Random(*seed));
                entry.contestant.parse(item, &buffers, rounds);
                println!("{}", rounds * item.heads);
            }
            _ => return Err(format!("more than four numbers: {line}")),
        }
    }
    Ok(())
}

/// One line a contestant: name, level, the letters of the items it can read. Then an empty line.
fn introduce(entries: &[Entry], items: &[Item]) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for Entry { name, contestant, .. } in entries {
        let readable =
            items.iter().filter(|item| contestant.reads(item.kind)).map(|item| item.letter);
        writeln!(out, "{name} {} {}", contestant.level(), readable.collect::<String>())?;
    }
    writeln!(out)?;
    out.flush()
}

/// Nanoseconds a head.
fn sample(
    entry: &mut Entry,
    item: &Item,
    index: usize,
    arena: &mut Arena,
    mut random: Random,
) -> f64 {
    let contestant = entry.contestant.as_mut();
    contestant.place(random.below(256));
    let stack = random.below(place::STACKS);
    let buffers = arena.lay(&item.buffers, &mut random);
    let rounds = &mut entry.rounds[index];
    let mut elapsed = Duration::ZERO;
    place::on_stack(stack, &mut || {
        if *rounds == 0 {
            *rounds = enough_rounds(contestant, item, &buffers);
        }
        contestant.parse(item, &buffers, *rounds);
        elapsed = time(contestant, item, &buffers, *rounds);
    });
    elapsed.as_nanos() as f64 / (*rounds * item.heads) as f64
}

fn time(
    contestant: &mut dyn Contestant,
    item: &Item,
    buffers: &[&[u8]],
    rounds: usize,
) -> Duration {
    let begun = Instant::now();
    contestant.parse(item, buffers, rounds);
    begun.elapsed()
}

/// So many that none of a few trials is shorter than a sample should be.
fn enough_rounds(contestant: &mut dyn Contestant, item: &Item, buffers: &[&[u8]]) -> usize {
    let mut rounds = 1;
    while (0..3).any(|_| time(contestant, item, buffers, rounds) < SAMPLE) {
        rounds *= 2;
    }
    rounds
}
