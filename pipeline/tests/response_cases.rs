//! The protocol cases of responses at the client's side, which asks as long as it may.

use rajada_parser::{BodyLength, Leniency, Positions, Response};
use rajada_pipeline::client::{Client, Event, RequestHead};
use rajada_pipeline::memory::UsualMemory;
use rajada_pipeline::{Burst, Content, Incoming, Offence, Settings, Store};
use rajada_testkit::{Book, Case, Event as Seen, Layer, LayerName, Message, Place, check};

/// In a box of the test's own, also where the crate has no heap.
type Loan = Box<Store<Vec<u8>>>;

#[test]
fn every_case_holds_however_it_is_split() {
    let book = Book::read().unwrap_or_else(|error| panic!("{error}"));
    let responses = |case: &&Case| matches!(case.message, Message::ResponseTo(_));
    let texts: Vec<String> = book
        .cases_of(LayerName::Pipeline)
        .filter(responses)
        .filter_map(|case| check(case, &mut ClientLayer).err())
        .map(|failure| failure.to_string())
        .collect();
    assert!(texts.is_empty(), "{} cases do not hold:\n\n{}", texts.len(), texts.join("\n"));
}

struct ClientLayer;

impl Layer for ClientLayer {
    fn name(&self) -> String {
        "client".into()
    }

    fn events(&mut self, case: &Case, pieces: &[&[u8]]) -> Vec<Seen> {
        let Message::ResponseTo(method) = &case.message else { panic!("a response") };
        let mut asking = Asking::new(method, case.leniency);
        for piece in pieces {
            asking.octets.extend_from_slice(piece);
            asking.receive();
        }
        asking.end(case.eof);
        asking.events
    }
}

/// Asks the same again whenever nothing is awaited.
struct Asking {
    client: Client<Vec<u8>, UsualMemory<Vec<u8>>, Loan>,
    settings: Settings,
    slots: Positions<101>,
    method: String,
    octets: Vec<u8>,
    within_content: bool,
    events: Vec<Seen>,
}

impl Asking {
    fn new(method: &str, leniency: Leniency) -> Self {
        let mut settings = Settings::default();
        settings.parser = settings.parser.with_leniency(leniency);
        settings.content = u64::MAX;
        let mut client = Client::new();
        client.lend(Box::new(Store::new(&settings)));
        Self {
            client,
            settings,
            slots: Positions::new(),
            method: method.into(),
            octets: Vec::new(),
            within_content: false,
            events: Vec::new(),
        }
    }

    fn ask(&mut self) {
        if self.client.in_flight() == 0 && self.client.wants_request() {
            let target = if self.method == "CONNECT" { "a:1" } else { "/" };
            let head =
                format!("{} {target} HTTP/1.1\r\nHost: a:1\r\nUpgrade: any\r\n\r\n", self.method);
            let head = RequestHead::new(head.as_bytes()).expect("a head");
            self.client.request(&head, Content::None).expect("it is wanted");
            self.client.transmitted(usize::MAX);
        }
    }

    fn receive(&mut self) {
        loop {
            self.ask();
            let mut burst = Burst::new(&self.octets);
            let event = self.client.receive(&self.settings, &mut burst, &mut self.slots);
            let (events, method) = (&mut self.events, self.method.as_bytes());
            let mut goes_on = true;
            match event {
                Event::Interim { response, .. } => {
                    head(events, &response, method);
                    events.push(Seen::End);
                }
                Event::Response { response, content, .. } => {
                    head(events, &response, method);
                    match content {
                        Incoming::Streaming(_) => self.within_content = true,
                        Incoming::Whole(content) => {
                            events.extend([Seen::Data(content.into()), Seen::End])
                        }
                        Incoming::None => events.push(Seen::End),
                    }
                }
                Event::Data(data) => events.push(Seen::Data(data.into())),
                Event::EndOfMessage { trailers } => {
                    let trailers = trailers.iter().flat_map(|fields| fields.iter());
                    events.extend(trailers.map(Seen::trailer));
                    events.push(Seen::End);
                    self.within_content = false;
                }
                Event::Malformed(offence) => {
                    let (error, from) = match offence {
                        Offence::Head(error) => (error, Place::Message),
                        Offence::Content(error) => (error, Place::Content),
                        Offence::Trailers(error) => (error, Place::Trailers),
                        other => panic!("{other:?}"),
                    };
                    events.push(Seen::Refused { error, from });
                    self.within_content = false;
                }
                _ => goes_on = false,
            }
            let consumed = burst.consumed();
            self.octets.drain(..consumed);
            if !goes_on {
                return;
            }
        }
    }

    fn end(&mut self, eof: bool) {
        let left_over = self.client.wants_read() && !self.octets.is_empty();
        let ended = eof && matches!(self.client.receive_eof(), Event::EndOfMessage { .. });
        if ended {
            self.events.push(Seen::End);
        } else if self.within_content || left_over {
            self.events.push(Seen::Incomplete);
        }
    }
}

fn head(events: &mut Vec<Seen>, response: &Response<'_, '_>, method: &[u8]) {
    events.push(Seen::Response {
        code: response.code(),
        reason: response.reason().into(),
        version: response.version(),
    });
    events.extend(response.fields().iter().map(Seen::field));
    let framing = response.framing(method).expect("it was accepted");
    if framing.body != BodyLength::None {
        events.push(Seen::Content(framing.body));
    }
    let facts = [
        (framing.upgrade, Seen::Upgrade),
        (framing.tunnel, Seen::Tunnel),
        (!framing.persistent, Seen::Close),
    ];
    events.extend(facts.into_iter().filter_map(|(on, seen)| on.then_some(seen)));
}
