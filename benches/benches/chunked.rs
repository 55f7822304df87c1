//! Chunked content by Criterion: `cargo bench -p benches --features peers --bench chunked`.
//!
//! `chunk/1-KiB` and `chunk/1-MiB` decode the same number of chunks: an element is a chunk. What a chunk costs must not depend on its size,
//! because its data is not looked at. `small` decodes 64 KiB in chunks of 16 octets: throughput is in octets of content. picohttpparser
//! works in place, so it is compared with Rajada in place; both then get a fresh copy each time, whose making is not timed.
//!
//! picohttpparser is laxer: it skips extensions without a look, ends a size line at any LF, and takes any number of CR behind the data.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use rajada_parser::{Chunk, ChunkedDecoder, Limits};

/// Content in chunks of `size` octets, with the last chunk.
fn encoded(chunks: usize, size: usize) -> (Vec<u8>, Vec<u8>) {
    let content: Vec<u8> = (0..chunks * size).map(|index| (index % 251) as u8).collect();
    let mut octets = Vec::new();
    for chunk in content.chunks(size) {
        octets.extend_from_slice(format!("{size:x}\r\n").as_bytes());
        octets.extend_from_slice(chunk);
        octets.extend_from_slice(b"\r\n");
    }
    octets.extend_from_slice(b"0\r\n");
    (octets, content)
}

/// Decodes all of it, and gives each piece of data to `with`.
#[inline(always)]
fn borrowed<'b>(octets: &'b [u8], mut with: impl FnMut(&'b [u8])) -> usize {
    let mut decoder = ChunkedDecoder::new(&Limits::DEFAULT);
    let mut rest = octets;
    loop {
        match decoder.decode(rest) {
            Ok((Chunk::Data(data), taken)) => {
                with(data);
                rest = &rest[taken..];
            }
            Ok((Chunk::Trailers, taken)) => return octets.len() - rest.len() + taken,
            other => panic!("{other:?}"),
        }
    }
}

/// How many octets of content stand at the front of the buffer then.
fn in_place(octets: &mut [u8]) -> usize {
    match ChunkedDecoder::new(&Limits::DEFAULT).decode_in_place(octets) {
        Ok(decoded) if decoded.done => decoded.content,
        other => panic!("{other:?}"),
    }
}

/// A decoder in place.
type Decode = fn(&mut [u8]) -> usize;

fn chunk_cost(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("chunk");
    const CHUNKS: usize = 8;
    group.throughput(Throughput::Elements(CHUNKS as u64));
    for (name, size) in [("1-KiB", 1 << 10), ("1-MiB", 1 << 20)] {
        let (octets, content) = encoded(CHUNKS, size);
        let mut found = Vec::new();
        assert_eq!(borrowed(&octets, |data| found.extend_from_slice(data)), octets.len());
        assert_eq!(found, content);
        group.bench_function(name, |bencher| {
            bencher.iter(|| borrowed(black_box(&octets), |data| _ = black_box(data)))
        });
    }
    group.finish();
}

fn small_chunks(criterion: &mut Criterion) {
    let (octets, content) = encoded(4096, 16);
    let mut group = criterion.benchmark_group("small");
    group.throughput(Throughput::Bytes(content.len() as u64));
    group.bench_function("rajada", |bencher| {
        bencher.iter(|| borrowed(black_box(&octets), |data| _ = black_box(data)))
    });
    let contestants: [(&str, Decode); _] = [
        ("rajada in place", in_place),
        #[cfg(feature = "peers")]
        ("picohttpparser", benches::peers::picohttpparser::decode_chunked),
    ];
    for (name, decode) in contestants {
        let mut copy = octets.clone();
        let len = decode(&mut copy);
        assert_eq!(copy[..len], content, "{name}");
        group.bench_function(name, |bencher| {
            bencher.iter_batched_ref(|| octets.clone(), |copy| decode(copy), BatchSize::SmallInput)
        });
    }
    group.finish();
}

criterion_group!(benches, chunk_cost, small_chunks);
criterion_main!(benches);
