//! Frames by Criterion: `cargo bench -p benches --features peers --bench websocket`. What is timed stands in `benches::frames`; throughput counts messages.

use benches::frames::items;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn frames(criterion: &mut Criterion) {
    for mut item in items(0) {
        let mut group = criterion.benchmark_group(item.what);
        group.throughput(Throughput::Elements(item.messages as u64));
        for contestant in &mut item.contestants {
            let id = BenchmarkId::new(contestant.name, &item.of);
            group.bench_function(id, |bencher| bencher.iter(&mut contestant.run));
        }
        group.finish();
    }
}

criterion_group!(benches, frames);
criterion_main!(benches);
