//! What the pipeline adds to a request: `cargo bench -p benches --bench pipeline`.
//!
//! Times are for a whole burst of so many requests, and throughput counts requests. `burst` begins with octets and ends with everything
//! transmitted; `answer` leaves receiving out. The bare loops are those of [`benches::pipeline`], whose program (`cargo run --release -p
//! benches --bin pipeline`) compares minima of alternating samples. The aim: `in-order` at depth 24 takes at most 1.3 times as long as a
//! bare loop.

use std::hint::black_box;
use std::time::{Duration, Instant};

use benches::pipeline::{Answers, Bare, REQUEST, Server};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rajada_parser::Config;

const DEPTHS: [usize; 3] = [1, 24, 256];

const ALL: [(&str, Answers); 3] = [
    ("in-order", Answers::InOrder),
    ("reversed", Answers::Reversed),
    ("streamed", Answers::Streamed),
];

fn burst(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("burst");
    for depth in DEPTHS {
        let octets = REQUEST.repeat(depth);
        group.throughput(Throughput::Elements(depth as u64));
        let mut bare = Bare::new(Config::STRICT, depth);
        let expected = bare.parse(&octets, false);
        group.bench_function(BenchmarkId::new("bare", depth), |bencher| {
            bencher.iter(|| bare.parse(black_box(&octets), false));
        });
        group.bench_function(BenchmarkId::new("framed", depth), |bencher| {
            bencher.iter(|| bare.parse(black_box(&octets), true));
        });
        for (name, answers) in ALL {
            let mut server = Server::new(Config::STRICT, depth);
            assert_eq!(server.serve(&octets, answers), expected);
            group.bench_function(BenchmarkId::new(name, depth), |bencher| {
                bencher.iter(|| server.serve(black_box(&octets), answers));
            });
        }
    }
    group.finish();
}

fn answer(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("answer");
    for depth in DEPTHS {
        let octets = REQUEST.repeat(depth);
        group.throughput(Throughput::Elements(depth as u64));
        for (name, answers) in ALL {
            let mut server = Server::new(Config::STRICT, depth);
            group.bench_function(BenchmarkId::new(name, depth), |bencher| {
                bencher.iter_custom(|rounds| {
                    let mut total = Duration::ZERO;
                    for _ in 0..rounds {
                        server.receive(&octets);
                        let start = Instant::now();
                        server.answer(answers);
                        black_box(server.transmit());
                        total += start.elapsed();
                    }
                    total
                });
            });
        }
    }
    group.finish();
}

criterion_group!(benches, burst, answer);
criterion_main!(benches);
