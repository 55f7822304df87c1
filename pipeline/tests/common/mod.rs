//! A connection in memory: octets in, events, octets out.

// Each test binary uses a part of it.
#![allow(dead_code, unreachable_pub)]

pub mod answers;
pub mod pages;

use rajada_parser::Positions;
use rajada_pipeline::memory::UsualMemory;
use rajada_pipeline::{
    Burst, Content, Event, Head, Incoming, Offence, Phase, Pipeline, Settings, Store, Ticket,
};

/// In a box of the test's own, also where the crate has no heap.
pub type Loan = Box<Store<Vec<u8>>>;

pub const OK: &[u8] = b"HTTP/1.1 200 OK\r\n";

pub fn ok() -> Head<'static> {
    Head::new(OK).expect("a head")
}

/// A pipeline with what a server keeps around it.
pub struct Connection {
    pub pipeline: Pipeline<Vec<u8>, UsualMemory<Vec<u8>>, Loan>,
    pub settings: Settings,
    pub slots: Positions<100>,
    /// Octets received and not yet consumed.
    pub leftover: Vec<u8>,
    /// Octets that have left.
    pub wire: Vec<u8>,
    /// A request whose content is coming, and what [`Connection::echo`] will answer.
    pending: Option<(Ticket, String)>,
}

/// An event without borrows.
#[derive(Debug)]
pub enum Seen {
    Request {
        ticket: Ticket,
        target: String,
        content: Option<Vec<u8>>,
        streaming: bool,
        expects: bool,
        upgrade: bool,
    },
    Data(Vec<u8>),
    End(Vec<(String, String)>),
    NeedData,
    Paused,
    Malformed(Offence),
    Upgraded,
    Closed,
}

impl Connection {
    pub fn new() -> Self {
        Self::with(Settings::default())
    }

    /// One on which effects need no order.
    pub fn in_parallel() -> Self {
        let mut settings = Settings::default();
        settings.unsafe_in_parallel = true;
        Self::with(settings)
    }

    pub fn with(settings: Settings) -> Self {
        let mut pipeline = Pipeline::new();
        assert!(pipeline.lend(Box::new(Store::new(&settings))).is_none());
        Self {
            pipeline,
            settings,
            slots: Positions::new(),
            leftover: Vec::new(),
            wire: Vec::new(),
            pending: None,
        }
    }

    /// Puts octets behind those that were left over.
    pub fn push(&mut self, octets: &[u8]) {
        self.leftover.extend_from_slice(octets);
    }

    /// The next event.
    pub fn next(&mut self) -> Seen {
        let mut burst = Burst::new(&self.leftover);
        let seen = match self.pipeline.receive(&self.settings, &mut burst, &mut self.slots) {
            Event::Request { ticket, request, content, expects_continue, upgrade } => {
                Seen::Request {
                    ticket,
                    target: String::from_utf8_lossy(request.target()).into_owned(),
                    content: match content {
                        Incoming::Whole(content) => Some(content.to_vec()),
                        _ => None,
                    },
                    streaming: matches!(content, Incoming::Streaming(_)),
                    expects: expects_continue,
                    upgrade,
                }
            }
            Event::Data(data) => Seen::Data(data.to_vec()),
            Event::EndOfMessage { trailers } => Seen::End(
                trailers
                    .iter()
                    .flat_map(|fields| fields.iter())
                    .map(|field| {
                        let text = |octets| String::from_utf8_lossy(octets).into_owned();
                        (text(field.name), text(field.value))
                    })
                    .collect(),
            ),
            Event::NeedData => Seen::NeedData,
            Event::Paused => Seen::Paused,
            Event::Malformed(offence) => Seen::Malformed(offence),
            Event::Upgraded => Seen::Upgraded,
            Event::Closed => Seen::Closed,
            other => panic!("unknown event {other:?}"),
        };
        let consumed = burst.consumed();
        self.leftover.drain(..consumed);
        seen
    }

    /// The next event, which must be a request.
    #[track_caller]
    pub fn request(&mut self) -> Ticket {
        match self.next() {
            Seen::Request { ticket, .. } => ticket,
            other => panic!("{other:?} in place of a request"),
        }
    }

    /// Answers `200` with this content.
    #[track_caller]
    pub fn answer(&mut self, ticket: Ticket, content: &str) {
        self.pipeline
            .respond(ticket, &ok(), Content::Copied(content.as_bytes()))
            .expect("an owed answer");
    }

    /// Receives all of `octets`, answering each request with its target, and with its content if it
    /// has some.
    pub fn echo(&mut self, octets: &[u8]) -> Vec<Offence> {
        self.push(octets);
        self.echo_rest()
    }

    pub fn echo_rest(&mut self) -> Vec<Offence> {
        let mut offences = Vec::new();
        loop {
            match self.next() {
                Seen::Request { ticket, target, content, streaming, .. } => {
                    let text = target + &String::from_utf8_lossy(&content.unwrap_or_default());
                    if streaming {
                        self.pending = Some((ticket, text));
                    } else {
                        self.answer(ticket, &text);
                    }
                }
                Seen::Data(data) => {
                    let (_, text) = self.pending.as_mut().expect("a request before its content");
                    text.push_str(&String::from_utf8_lossy(&data));
                }
                Seen::End(_) => {
                    let (ticket, text) = self.pending.take().expect("a request before its end");
                    self.answer(ticket, &text);
                }
                Seen::Malformed(offence) => offences.push(offence),
                Seen::Paused if self.pipeline.wants_write() => self.transmit(usize::MAX),
                Seen::NeedData | Seen::Paused | Seen::Upgraded | Seen::Closed => return offences,
            }
        }
    }

    /// Lets at most `count` octets leave.
    pub fn transmit(&mut self, mut count: usize) {
        while count > 0 && self.pipeline.wants_write() {
            let mut out = [&[][..]; 4];
            let slices = self.pipeline.poll_transmit(&mut out);
            assert!(slices > 0, "octets are ready");
            let mut sent = 0;
            for slice in &out[..slices] {
                assert!(!slice.is_empty(), "no slice is empty");
                let here = slice.len().min(count);
                self.wire.extend_from_slice(&slice[..here]);
                count -= here;
                sent += here;
            }
            self.pipeline.transmitted(sent);
        }
    }

    /// Everything that has left, after letting everything leave.
    pub fn output(&mut self) -> String {
        self.transmit(usize::MAX);
        String::from_utf8(std::mem::take(&mut self.wire)).expect("text")
    }

    pub fn is_closed(&self) -> bool {
        self.pipeline.phase() == Phase::Closed
    }
}

/// What [`Connection::answer`] puts on the wire for HTTP/1.1.
pub fn answered(content: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{content}", content.len())
}

/// The same for the last answer of a connection.
pub fn answered_last(content: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{content}",
        content.len()
    )
}

pub fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")
}
