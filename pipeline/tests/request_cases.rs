//! The protocol cases of requests at the server's side, while every request is answered: what is
//! received, and what is answered.

mod common;

use common::answers::{self, Answer};
use common::{Loan, ok, pages};
use rajada_parser::{BodyLength, Leniency, Positions};
use rajada_pipeline::memory::UsualMemory;
use rajada_pipeline::{
    Burst, Content, Event, Incoming, Offence, Phase, Pipeline, Settings, Store, Ticket,
};
use rajada_testkit::{Book, Case, LayerName, Message, Place, check};

#[test]
fn every_case_holds_however_it_is_split() {
    let book = Book::read().unwrap_or_else(|error| panic!("{error}"));
    let mut layer = PipelineLayer;
    // That chapter is about an application that accepts.
    let requests = |case: &&Case| {
        matches!(case.message, Message::Requests) && !case.rule.starts_with("upgrade-")
    };
    let texts: Vec<String> = book
        .cases_of(LayerName::Pipeline)
        .filter(requests)
        .filter_map(|case| check(case, &mut layer).err())
        .map(|failure| failure.to_string())
        .collect();
    assert!(texts.is_empty(), "{} cases do not hold:\n\n{}", texts.len(), texts.join("\n"));
}

struct PipelineLayer;

impl rajada_testkit::Layer for PipelineLayer {
    fn name(&self) -> String {
        "pipeline".into()
    }

    fn events(&mut self, case: &Case, pieces: &[&[u8]]) -> Vec<rajada_testkit::Event> {
        let mut server = Server::new(case.leniency);
        for piece in pieces {
            server.octets.extend_from_slice(piece);
            server.receive();
        }
        server.end(case.eof);
        server.check_answers(case);
        server.events
    }
}

/// Answers each request once its content is there; leaves offers of another protocol unanswered.
struct Server {
    pipeline: Pipeline<Vec<u8>, UsualMemory<Vec<u8>>, Loan>,
    settings: Settings,
    slots: Positions<101>,
    octets: Vec<u8>,
    pending: Option<Ticket>,
    wire: Vec<u8>,
    events: Vec<rajada_testkit::Event>,
}

impl Server {
    fn new(leniency: Leniency) -> Self {
        let mut settings = pages::settings();
        settings.parser = settings.parser.with_leniency(leniency);
        settings.connect = true;
        settings.content = u64::MAX;
        let mut pipeline = Pipeline::new();
        pipeline.lend(Box::new(Store::new(&settings)));
        Self {
            pipeline,
            settings,
            slots: Positions::new(),
            octets: Vec::new(),
            pending: None,
            wire: Vec::new(),
            events: Vec::new(),
        }
    }

    fn receive(&mut self) {
        use rajada_testkit::Event as Seen;
        loop {
            let mut burst = Burst::new(&self.octets);
            let event = self.pipeline.receive(&self.settings, &mut burst, &mut self.slots);
            let mut goes_on = true;
            match event {
                Event::Request { ticket, request, content, upgrade, .. } => {
                    let (method, target) = (request.method(), request.target());
                    self.events.push(Seen::Request {
                        method: method.into(),
                        target: target.into(),
                        version: request.version(),
                    });
                    self.events.extend(request.fields().iter().map(Seen::field));
                    let framing = request.framing().expect("it was accepted");
                    if framing.body != BodyLength::None {
                        self.events.push(Seen::Content(framing.body));
                    }
                    let tunnel = method == b"CONNECT";
                    let facts = [
                        (framing.expect_continue, Seen::Expects),
                        (upgrade && !tunnel, Seen::Upgrade),
                        (tunnel, Seen::Tunnel),
                        (!framing.persistent, Seen::Close),
                    ];
                    self.events
                        .extend(facts.into_iter().filter_map(|(on, seen)| on.then_some(seen)));
                    if let Incoming::Whole(content) = content {
                        self.events.push(Seen::Data(content.into()));
                    }
                    if !matches!(content, Incoming::Streaming(_)) {
                        self.events.push(Seen::End);
                    }
                    if upgrade {
                        goes_on = matches!(content, Incoming::Streaming(_));
                    } else if matches!(content, Incoming::Streaming(_)) {
                        self.pending = Some(ticket);
                    } else {
                        self.pipeline.respond(ticket, &ok(), Content::None).expect("it is owed");
                    }
                }
                Event::Data(data) => self.events.push(Seen::Data(data.into())),
                Event::EndOfMessage { trailers } => {
                    let trailers = trailers.iter().flat_map(|fields| fields.iter());
                    self.events.extend(trailers.map(Seen::trailer));
                    self.events.push(Seen::End);
                    if let Some(ticket) = self.pending.take() {
                        self.pipeline.respond(ticket, &ok(), Content::None).expect("it is owed");
                    }
                }
                Event::Malformed(offence) => {
                    let (error, from) = match offence {
                        Offence::Head(error) => (error, Place::Message),
                        Offence::Content(error) => (error, Place::Content),
                        Offence::Trailers(error) => (error, Place::Trailers),
                        other => panic!("{other:?}"),
                    };
                    self.events.push(Seen::Refused { error, from });
                }
                _ => goes_on = false,
            }
            let consumed = burst.consumed();
            self.octets.drain(..consumed);
            self.transmit();
            if !goes_on {
                return;
            }
        }
    }

    fn transmit(&mut self) {
        while self.pipeline.wants_write() {
            let mut out = [&[][..]; 4];
            let count = self.pipeline.poll_transmit(&mut out);
            let octets = out[..count].concat();
            self.wire.extend_from_slice(&octets);
            self.pipeline.transmitted(octets.len());
        }
    }

    fn end(&mut self, eof: bool) {
        let phase = self.pipeline.phase();
        let within = matches!(phase, Phase::Head | Phase::Content);
        let left_over = phase == Phase::Idle && !self.octets.is_empty();
        if eof {
            let event = self.pipeline.receive_eof();
            assert_eq!(within, matches!(event, Event::Malformed(Offence::Truncated)));
        }
        if within || left_over {
            self.events.push(rajada_testkit::Event::Incomplete);
        }
    }

    /// Each complete request got its answer, in order, and whoever was refused, or asked for it,
    /// sees the connection close.
    fn check_answers(&self, case: &Case) {
        use rajada_testkit::Event as Seen;
        let (mut due, mut methods) = (Vec::<Answer>::new(), Vec::new());
        // A request that is incomplete, or waits for its answer.
        let (mut incomplete, mut waits) = (false, false);
        for event in &self.events {
            match event {
                Seen::Request { method, .. } => {
                    methods.push(&method[..]);
                    due.push(Answer { status: 200, close: false, content: Vec::new() });
                    incomplete = true;
                }
                Seen::Close => due.last_mut().expect("a request").close = true,
                Seen::Upgrade | Seen::Tunnel => waits = true,
                Seen::End => incomplete = false,
                Seen::Refused { error, .. } => {
                    if incomplete {
                        due.pop();
                    } else {
                        // The method may be known although the head is refused.
                        let named = case.methods().get(methods.len()).copied();
                        methods.push(named.filter(|named| *named == b"HEAD").unwrap_or(b"GET"));
                    }
                    let is_head = methods.last() == Some(&&b"HEAD"[..]);
                    let content = if is_head { &[][..] } else { pages::CONTENT };
                    let (status, content) = (error.status(), content.to_vec());
                    due.push(Answer { status, close: true, content });
                    incomplete = false;
                }
                _ => {}
            }
        }
        if incomplete || waits {
            due.pop();
        }
        assert_eq!(answers::read(&self.wire, &methods), due, "{}", case.id);
        if due.last().is_some_and(|last| last.close) {
            assert_eq!(self.pipeline.phase(), Phase::Closed, "{}", case.id);
        }
    }
}
