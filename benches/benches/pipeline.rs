//! What the pipeline adds to a request: `cargo bench -p benches --bench pipeline`.
//!
//! Times are for a whole burst of so many requests, and throughput counts requests. `burst` begins with octets and ends with everything
//! transmitted; `answer` leaves receiving out. The bare loops parse each head (`framed`: and decide its framing) and copy the octets of a
//! ready-made answer, which is what a server does that knows no order, no bounds and no connection. The aim: `in-order` at depth 24
//! takes at most 1.3 times as long as a bare loop.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rajada_parser::{Config, Positions, Resume, Status};
use rajada_pipeline::{
    Burst, Content, Event, Head, Length, Pipeline, PreparedHead, Settings, Store, Streaming, Ticket,
};

const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n";
const HEAD: &[u8] =
    b"HTTP/1.1 200 OK\r\nDate: Tue, 15 Nov 1994 08:12:31 GMT\r\nContent-Type: text/plain\r\n";
const CONTENT: &[u8] = b"Hello world!";
const DEPTHS: [usize; 3] = [1, 24, 256];

/// How requests are answered.
#[derive(Clone, Copy)]
enum Answers {
    InOrder,
    Reversed,
    Streamed,
}

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
        let mut bare = Bare::new(depth);
        assert_eq!(bare.serve(&octets, false), Server::new(depth).serve(&octets, Answers::InOrder));
        group.bench_function(BenchmarkId::new("bare", depth), |bencher| {
            bencher.iter(|| bare.serve(black_box(&octets), false));
        });
        group.bench_function(BenchmarkId::new("framed", depth), |bencher| {
            bencher.iter(|| bare.serve(black_box(&octets), true));
        });
        for (name, answers) in ALL {
            let mut server = Server::new(depth);
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
            let mut server = Server::new(depth);
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

/// The least that a server can do.
struct Bare {
    slots: Positions<64>,
    answer: Vec<u8>,
    out: Vec<u8>,
}

impl Bare {
    fn new(depth: usize) -> Self {
        let answer = [HEAD, b"Content-Length: 12\r\n\r\n", CONTENT].concat();
        let out = vec![0; answer.len() * depth];
        Self { slots: Positions::new(), answer, out }
    }

    fn serve(&mut self, octets: &[u8], framed: bool) -> usize {
        let (mut rest, mut end) = (octets, 0);
        while !rest.is_empty() {
            let (mut at, slots) = (Resume::new(), &mut self.slots);
            match &Config::STRICT.parse_request(rest, &mut at, slots) {
                Ok(Status::Complete(request, taken)) => {
                    black_box(request.target());
                    if framed {
                        black_box(request.framing().expect("clear framing"));
                    }
                    rest = &rest[*taken..];
                }
                other => panic!("{other:?}"),
            }
            let answer = black_box(&self.answer[..]);
            self.out[end..end + answer.len()].copy_from_slice(answer);
            end += answer.len();
        }
        black_box(&self.out);
        end
    }
}

struct Server {
    pipeline: Pipeline<&'static [u8]>,
    settings: Settings,
    slots: Positions<64>,
    head: PreparedHead<&'static [u8]>,
    tickets: Vec<Ticket>,
    streams: Vec<Streaming>,
}

impl Server {
    fn new(depth: usize) -> Self {
        let mut settings = Settings::default();
        settings.requests_in_flight = depth;
        let mut pipeline = Pipeline::new();
        pipeline.lend(Box::new(Store::new(&settings)));
        Self {
            pipeline,
            settings,
            slots: Positions::new(),
            head: PreparedHead::new(HEAD).expect("a head"),
            tickets: Vec::with_capacity(depth),
            streams: Vec::with_capacity(depth),
        }
    }

    fn serve(&mut self, octets: &[u8], answers: Answers) -> usize {
        if let Answers::InOrder = answers {
            self.echo(octets);
        } else {
            self.receive(octets);
            self.answer(answers);
        }
        self.transmit()
    }

    /// Answers each request as it comes.
    fn echo(&mut self, octets: &[u8]) {
        let mut burst = Burst::new(octets);
        loop {
            match self.pipeline.receive(&self.settings, &mut burst, &mut self.slots) {
                Event::Request { ticket, request, .. } => {
                    black_box(request.target());
                    respond(&mut self.pipeline, ticket, &self.head.head());
                }
                Event::NeedData => return,
                other => panic!("{other:?}"),
            }
        }
    }

    /// Keeps the ticket of each request.
    fn receive(&mut self, octets: &[u8]) {
        let mut burst = Burst::new(octets);
        loop {
            match self.pipeline.receive(&self.settings, &mut burst, &mut self.slots) {
                Event::Request { ticket, request, .. } => {
                    black_box(request.target());
                    self.tickets.push(ticket);
                }
                Event::NeedData => return,
                other => panic!("{other:?}"),
            }
        }
    }

    fn answer(&mut self, answers: Answers) {
        let head = self.head.head();
        match answers {
            Answers::InOrder => {
                for ticket in self.tickets.drain(..) {
                    respond(&mut self.pipeline, ticket, &head);
                }
            }
            Answers::Reversed => {
                while let Some(ticket) = self.tickets.pop() {
                    respond(&mut self.pipeline, ticket, &head);
                }
            }
            Answers::Streamed => {
                for ticket in self.tickets.drain(..) {
                    let length = Length::Exact(CONTENT.len() as u64);
                    self.streams.push(self.pipeline.start(ticket, &head, length).expect("owed"));
                }
                for stream in self.streams.drain(..) {
                    self.pipeline.send(&stream, Content::Copied(black_box(CONTENT))).expect("room");
                    self.pipeline.finish(stream, &[]).expect("owed");
                }
            }
        }
    }

    /// Lets everything leave; how many octets that were.
    fn transmit(&mut self) -> usize {
        let mut total = 0;
        while self.pipeline.wants_write() {
            let mut out = [&[][..]; 16];
            let count = self.pipeline.poll_transmit(&mut out);
            let octets = black_box(&out[..count]).iter().map(|slice| slice.len()).sum();
            self.pipeline.transmitted(octets);
            total += octets;
        }
        total
    }
}

#[inline]
fn respond(pipeline: &mut Pipeline<&'static [u8]>, ticket: Ticket, head: &Head<'_>) {
    pipeline.respond(ticket, head, Content::Copied(black_box(CONTENT))).expect("owed");
}

criterion_group!(benches, burst, answer);
criterion_main!(benches);
