//! A server over the pipeline, without a socket.

use std::hint::black_box;

use rajada_parser::{Config, Positions};
use rajada_pipeline::{
    Burst, Content, Event, Head, Length, Pipeline, PreparedHead, Settings, Store, Streaming, Ticket,
};

use super::{CONTENT, HEAD};

/// How requests are answered.
#[derive(Clone, Copy, Debug)]
pub enum Answers {
    /// Each as it comes.
    InOrder,
    /// All of a burst, the last one first.
    Reversed,
    /// All of a burst, each begun, sent and finished, after all of them were received.
    Streamed,
}

/// Serves bursts.
pub struct Server {
    pipeline: Pipeline<&'static [u8]>,
    settings: Settings,
    slots: Positions<64>,
    head: PreparedHead<&'static [u8]>,
    tickets: Vec<Ticket>,
    streams: Vec<Streaming>,
}

impl Server {
    /// One for bursts of `depth` requests.
    ///
    /// # Panics
    ///
    /// Never: the head of its answers is one.
    pub fn new(parser: Config, depth: usize) -> Self {
        let mut settings = Settings::default();
        settings.parser = parser;
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

    /// From octets in to everything transmitted; how many octets that were.
    pub fn serve(&mut self, octets: &[u8], answers: Answers) -> usize {
        if let Answers::InOrder = answers {
            self.echo(octets);
        } else {
            self.receive(octets);
            self.answer(answers);
        }
        self.transmit()
    }

    #[inline(never)]
    fn echo(&mut self, octets: &[u8]) {
        let mut burst = Burst::new(octets);
        loop {
            match self.pipeline.receive(&self.settings, &mut burst, &mut self.slots) {
                Event::Request { ticket, request, .. } => {
                    black_box(request.target());
                    respond(&mut self.pipeline, ticket, &self.head.head());
                }
                Event::NeedData => return,
                _ => panic!("no request"),
            }
        }
    }

    /// Keeps the ticket of each request.
    ///
    /// # Panics
    ///
    /// If the octets are no requests.
    pub fn receive(&mut self, octets: &[u8]) {
        let mut burst = Burst::new(octets);
        loop {
            match self.pipeline.receive(&self.settings, &mut burst, &mut self.slots) {
                Event::Request { ticket, request, .. } => {
                    black_box(request.target());
                    self.tickets.push(ticket);
                }
                Event::NeedData => return,
                _ => panic!("no request"),
            }
        }
    }

    /// Answers all requests received.
    ///
    /// # Panics
    ///
    /// Never: they are owed an answer.
    pub fn answer(&mut self, answers: Answers) {
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
    pub fn transmit(&mut self) -> usize {
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
