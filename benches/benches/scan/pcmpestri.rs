//! The two instructions with which the SSE4.2 level can find the end of a class.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use rajada_parser::pcmpestri::{Classes, by_pcmpestri};
use rajada_parser::{Config, Level, Positions, Resume, Status};

use benches::SLOTS;

use super::{classes, items};

/// What each way is called.
const NAMES: [&str; 5] = ["shuffle", "tokens", "targets", "values", "pcmpestri"];

/// Octets of a piece.
const PIECE: usize = 64;

/// Parses a head that arrives in pieces, with all octets so far each time. Returns how many fields there are and the head's length.
fn pieces(config: &Config, octets: &[u8], slots: &mut Positions<SLOTS>) -> (usize, usize) {
    let mut at = Resume::new();
    for end in (PIECE..octets.len()).step_by(PIECE).chain([octets.len()]) {
        match config.parse_request(black_box(&octets[..end]), &mut at, slots) {
            Ok(Status::Complete(request, taken)) => {
                return (black_box(request).fields().len(), taken);
            }
            Ok(Status::Partial) => {}
            Err(error) => panic!("{error}"),
        }
    }
    panic!("an item that can't be parsed")
}

pub(super) fn instructions(criterion: &mut Criterion) {
    if !Level::Sse42.is_here() {
        eprintln!("skipped: pcmpestri beside pshufb: this processor lacks SSE4.2");
        return;
    }
    let config = Config::STRICT.at_most(Level::Sse42);
    let mut slots = Positions::new();
    for item in items(&["b", "c", "d", "e", "f", "j"]) {
        let mut group = criterion.benchmark_group(format!("sse4.2/{}", item.letter));
        group.throughput(Throughput::Bytes(item.octets() as u64));
        for (name, way) in NAMES.into_iter().zip(Classes::EACH) {
            by_pcmpestri(way);
            for head in &item.buffers {
                assert_eq!(classes(&config, head), pieces(&config, head, &mut slots));
            }
            group.bench_function(format!("pulled/{name}"), |bencher| {
                bencher.iter(|| {
                    let heads = item.buffers.iter();
                    heads.map(|head| classes(&config, black_box(head)).1).sum::<usize>()
                });
            });
        }
        for (name, way) in NAMES.into_iter().zip(Classes::EACH) {
            by_pcmpestri(way);
            group.bench_function(format!("pieces/{name}"), |bencher| {
                bencher.iter(|| {
                    let heads = item.buffers.iter();
                    heads.map(|head| pieces(&config, black_box(head), &mut slots).1).sum::<usize>()
                });
            });
        }
        group.finish();
    }
    by_pcmpestri(Classes::Nothing);
}
