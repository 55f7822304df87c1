//! Heads that arrive in pieces, by Criterion: `cargo bench -p benches --features peers --bench resume`.
//!
//! Items `c` and `f` of the corpus in one piece, in pieces of 64 octets, and octet by octet. After each piece the parser is called with all
//! octets so far, as a server does. Rajada and ntex-httparse keep what they know between calls; httparse begins anew each time, so that its
//! cost grows with the square of the octets.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rajada_parser::{Config, Positions, Resume, Status};

use benches::corpus::{self, Item};
use benches::naive::{self, Head};
use benches::{SLOTS, corpus::Kind};

/// A parser that is fed in pieces.
trait Fed {
    fn name(&self) -> &'static str;

    /// Feeds one head in pieces of so many octets, and gives it to `with`, which may copy it.
    fn feed(
        &mut self,
        octets: &[u8],
        piece: usize,
        with: &mut dyn FnMut(Head),
        copy: bool,
    ) -> usize;
}

/// Ends of pieces of equal length, the last one perhaps shorter.
fn ends(octets: usize, piece: usize) -> impl Iterator<Item = usize> {
    (piece..octets).step_by(piece).chain([octets])
}

struct Rajada(Positions<SLOTS>);

impl Fed for Rajada {
    fn name(&self) -> &'static str {
        "rajada"
    }

    fn feed(
        &mut self,
        octets: &[u8],
        piece: usize,
        with: &mut dyn FnMut(Head),
        copy: bool,
    ) -> usize {
        let mut at = Resume::new();
        for end in ends(octets.len(), piece) {
            let octets = black_box(&octets[..end]);
            match Config::STRICT.parse_request(octets, &mut at, &mut self.0) {
                Ok(Status::Partial) => {}
                Ok(Status::Complete(request, taken)) => {
                    black_box(&request);
                    if copy {
                        let fields = request.fields().iter();
                        with(Head {
                            method: request.method().into(),
                            target: request.target().into(),
                            minor: 1,
                            fields: fields
                                .map(|field| (field.name.into(), field.value.into()))
                                .collect(),
                            ..Head::default()
                        });
                    }
                    return taken;
                }
                Err(error) => panic!("{error}"),
            }
        }
        0
    }
}

struct Httparse;

impl Fed for Httparse {
    fn name(&self) -> &'static str {
        "httparse"
    }

    fn feed(
        &mut self,
        octets: &[u8],
        piece: usize,
        with: &mut dyn FnMut(Head),
        copy: bool,
    ) -> usize {
        use httparse::{Header, ParserConfig, Request, Status};
        use std::mem::MaybeUninit;
        let config = ParserConfig::default();
        for end in ends(octets.len(), piece) {
            let octets = black_box(&octets[..end]);
            let mut headers = [const { MaybeUninit::<Header<'_>>::uninit() }; SLOTS];
            let mut request = Request::new(&mut []);
            match config.parse_request_with_uninit_headers(&mut request, octets, &mut headers) {
                Ok(Status::Partial) => {}
                Ok(Status::Complete(taken)) => {
                    black_box(&request);
                    if copy {
                        let fields = request.headers.iter();
                        with(Head {
                            method: request.method.unwrap_or_default().into(),
                            target: request.path.unwrap_or_default().into(),
                            minor: request.version.unwrap_or(255),
                            fields: fields
                                .map(|field| (field.name.into(), field.value.into()))
                                .collect(),
                            ..Head::default()
                        });
                    }
                    return taken;
                }
                Err(error) => panic!("{error}"),
            }
        }
        0
    }
}

#[cfg(feature = "peers")]
mod ntex {
    use super::*;
    use ntex_httparse::{Header, HeaderParsed, Request, SlicePos, State, Status};

    pub(super) struct Ntex(pub(super) [Header; SLOTS]);

    fn part(octets: &[u8], position: SlicePos) -> Vec<u8> {
        octets[position.start..position.end].into()
    }

    impl Fed for Ntex {
        fn name(&self) -> &'static str {
            "ntex-httparse"
        }

        fn feed(
            &mut self,
            octets: &[u8],
            piece: usize,
            with: &mut dyn FnMut(Head),
            copy: bool,
        ) -> usize {
            let (mut request, mut count) = (Request::default(), 0);
            let (mut line, mut fields) = (State::default(), None);
            'pieces: for end in ends(octets.len(), piece) {
                let octets = black_box(&octets[..end]);
                let state = match &mut fields {
                    Some(state) => state,
                    None => match request.parse_with_state(octets, &mut line) {
                        Ok(Status::Partial) => continue,
                        Ok(Status::Complete(start)) => {
                            fields.insert(State { cursor: start, start, ..State::default() })
                        }
                        Err(error) => panic!("{error}"),
                    },
                };
                loop {
                    match self.0[count].parse_with_state(octets, state) {
                        Ok(Status::Partial) => continue 'pieces,
                        Ok(Status::Complete(HeaderParsed::Header(_))) => count += 1,
                        Ok(Status::Complete(HeaderParsed::Eof(taken))) => {
                            black_box((&request, &self.0));
                            if copy {
                                let fields = self.0[..count].iter();
                                with(Head {
                                    method: part(octets, request.method),
                                    target: part(octets, request.path),
                                    minor: request.version,
                                    fields: fields
                                        .map(|field| {
                                            (part(octets, field.name), part(octets, field.value))
                                        })
                                        .collect(),
                                    ..Head::default()
                                });
                            }
                            return taken;
                        }
                        Err(error) => panic!("{error}"),
                    }
                }
            }
            0
        }
    }
}

fn contestants() -> Vec<Box<dyn Fed>> {
    vec![
        Box::new(Rajada(Positions::new())),
        Box::new(Httparse),
        #[cfg(feature = "peers")]
        Box::new(ntex::Ntex([ntex_httparse::Header::default(); SLOTS])),
    ]
}

/// All parsers must have read the same head before anything is timed.
fn verify(contestant: &mut dyn Fed, item: &Item, piece: usize) {
    assert_eq!(item.kind, Kind::Request);
    let (octets, mut found) = (&item.buffers[0], Vec::new());
    let taken = contestant.feed(octets, piece, &mut |head| found.push(head), true);
    assert_eq!(taken, octets.len(), "{}: octets taken", contestant.name());
    assert_eq!(found, naive::heads(item), "{}", contestant.name());
}

fn pieces(criterion: &mut Criterion) {
    for item in corpus::items().iter().filter(|item| ["c", "f"].contains(&item.letter)) {
        let octets = &item.buffers[0];
        for (name, piece) in [("whole", octets.len()), ("64", 64), ("1", 1)] {
            let mut group = criterion.benchmark_group(format!("resume/{}/{name}", item.letter));
            group.throughput(Throughput::Bytes(octets.len() as u64));
            for mut contestant in contestants() {
                verify(contestant.as_mut(), item, piece);
                group.bench_function(contestant.name(), |bencher| {
                    bencher.iter(|| contestant.feed(black_box(octets), piece, &mut |_| (), false))
                });
            }
            group.finish();
        }
    }
}

criterion_group!(benches, pieces);
criterion_main!(benches);
