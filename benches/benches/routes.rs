//! What a start costs by the number of routes: `cargo bench -p benches --bench routes`.
//!
//! An application of so many routes is put together, and its router is built (`App::check`). Throughput counts routes: time in proportion
//! to their number shows as one figure for both sizes. The aim: 2,000 routes in less than 50 ms, 10,000 in less than 300 ms.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rajada_mio::{App, Request};

const SIZES: [usize; 2] = [2_000, 10_000];

/// The methods and the pattern of a route, by its number.
type Shape = fn(usize) -> (&'static [&'static str], String);

const SHAPES: [(&str, Shape); 5] = [
    ("fixed", |number| (&["GET"], format!("/r{number:05}"))),
    ("tail", |number| (&["GET"], format!("/r{number:05}/{{id}}"))),
    ("two-parameters", |number| (&["GET"], format!("/r{number:05}/{{id}}/items/{{item}}"))),
    ("methods", |number| (&["GET", "PUT", "DELETE", "REPORT"], format!("/r{number:05}/{{id}}"))),
    ("mixed", |number| match number % 6 {
        0 => (&["GET", "POST"], format!("/r{:05}", number / 6)),
        1 => (&["GET", "PUT", "DELETE"], format!("/r{:05}/{{id}}", number / 6)),
        // Contests the one before.
        2 => (&["GET"], format!("/r{:05}/new", number / 6)),
        3 => (&["GET"], format!("/files{:05}/{{*rest}}", number / 6)),
        4 => (&["GET"], format!("/version{:05}/v{{major}}", number / 6)),
        _ => (&["GET"], format!("/all/{{one}}/r{:05}", number / 6)),
    }),
];

fn app(shape: Shape, size: usize) -> App {
    (0..size).fold(App::new(), |app, number| {
        let (methods, pattern) = shape(number);
        app.route(methods.iter().copied(), &pattern, |_: &Request<'_>| "Hello world!")
    })
}

fn build(criterion: &mut Criterion) {
    for (name, shape) in SHAPES {
        let mut group = criterion.benchmark_group(format!("routes/{name}"));
        group.sample_size(20);
        for size in SIZES {
            assert_eq!(app(shape, size).check(), Ok(()));
            group.throughput(Throughput::Elements(size as u64));
            group.bench_function(BenchmarkId::from_parameter(size), |bencher| {
                bencher.iter(|| app(shape, black_box(size)).check());
            });
        }
        group.finish();
    }
}

criterion_group!(benches, build);
criterion_main!(benches);
