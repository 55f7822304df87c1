//! Ways to scan a head against each other, by Criterion: `cargo bench -p benches --bench scan`.
//!
//! The two that each level has: `c/sse4.2-classes` is item `c` of the corpus, pulled part by part: each scan goes from the end of one octet
//! class to the end of the next. `c/sse4.2-blocks` is the same head parsed as a whole: octets are classified in blocks.
//!
//! With `RUSTFLAGS='--cfg rajada_pcmpestri'`, on x86, the two instructions that SSE4.2 has to find the end of a class: `sse4.2/c/pulled/shuffle` is item `c`,
//! pulled at that level by `pshufb` and comparisons, as it is in use; `values` has `pcmpestri` for field values, `tokens` for methods and
//! field names, `targets` for request targets, and `pcmpestri` for all three. `pieces` instead of `pulled` are pieces of 64 octets.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rajada_parser::pull::{Part, Pull};
use rajada_parser::{Config, Level, Positions, Resume, Status};

use benches::SLOTS;
use benches::corpus::{self, Item};

/// Pulls all parts, and returns how many fields there are and the head's length.
fn classes(config: &Config, octets: &[u8]) -> (usize, usize) {
    let (mut pull, mut fields) = (Pull::request(), 0);
    loop {
        match pull.next(config, octets) {
            Ok(Part::End(taken)) => return (fields, taken),
            Ok(Part::Field(field)) => {
                black_box(field);
                fields += 1;
            }
            Ok(Part::Partial) | Err(_) => panic!("an item that can't be parsed"),
            Ok(part) => _ = black_box(part),
        }
    }
}

/// Parses the whole head, and returns the same.
fn blocks(config: &Config, octets: &[u8], slots: &mut Positions<SLOTS>) -> (usize, usize) {
    match config.parse_request(octets, &mut Resume::new(), slots) {
        Ok(Status::Complete(request, taken)) => (black_box(request).fields().len(), taken),
        _ => panic!("an item that can't be parsed"),
    }
}

fn items(letters: &[&str]) -> impl Iterator<Item = Item> {
    corpus::items().into_iter().filter(|item| letters.contains(&item.letter))
}

fn heads(criterion: &mut Criterion) {
    let mut slots = Positions::new();
    for item in items(&["a", "c", "f", "j"]) {
        let mut group = criterion.benchmark_group(item.letter);
        group.throughput(Throughput::Bytes(item.octets() as u64));
        for level in Level::ALL.into_iter().filter(|level| level.is_here()) {
            let config = Config::STRICT.at_most(level);
            for head in &item.buffers {
                assert_eq!(classes(&config, head), blocks(&config, head, &mut slots));
            }
            group.bench_function(format!("{level}-classes"), |bencher| {
                bencher.iter(|| {
                    item.buffers
                        .iter()
                        .map(|head| classes(&config, black_box(head)).1)
                        .sum::<usize>()
                });
            });
            group.bench_function(format!("{level}-blocks"), |bencher| {
                bencher.iter(|| {
                    let parsed = item.buffers.iter();
                    parsed.map(|head| blocks(&config, black_box(head), &mut slots).1).sum::<usize>()
                });
            });
        }
        group.finish();
    }
}

#[cfg(rajada_pcmpestri)]
mod pcmpestri;
#[cfg(not(rajada_pcmpestri))]
mod pcmpestri {
    pub(super) fn instructions(_: &mut criterion::Criterion) {
        eprintln!("skipped: pcmpestri beside pshufb: built without `--cfg rajada_pcmpestri`");
    }
}

criterion_group!(benches, heads, pcmpestri::instructions);
criterion_main!(benches);
