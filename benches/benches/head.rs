//! Message heads by Criterion: `cargo bench -p benches --bench head`. `a/rajada-avx2` is item `a` of the corpus.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

use benches::contest::verify;
use benches::{corpus, head};

fn heads(criterion: &mut Criterion) {
    let mut contestants = head::contestants();
    for item in &corpus::items() {
        let mut group = criterion.benchmark_group(item.letter);
        let buffers = item.slices();
        group.throughput(Throughput::Bytes(item.octets() as u64));
        for contestant in contestants.iter_mut().filter(|contestant| contestant.reads(item.kind)) {
            if let Err(complaint) = verify(contestant.as_mut(), item) {
                panic!("{complaint}");
            }
            let name = format!("{}-{}", contestant.name(), contestant.level());
            group.bench_function(name, |bencher| {
                bencher.iter(|| contestant.parse(black_box(item), &buffers, 1))
            });
        }
        group.finish();
    }
}

criterion_group!(benches, heads);
criterion_main!(benches);
