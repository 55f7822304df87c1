//! Arrays that are often full: what does not fit is refused and never lost, what was taken leaves
//! in order, and the oldest answer always finds room in the end.

mod common;

use common::{get, ok};
use proptest::prelude::*;
use rajada_parser::Positions;
use rajada_pipeline::memory::Fixed;
use rajada_pipeline::{
    ApiMisuse, Burst, Content, Event, Length, Pipeline, Rejected, Settings, Store, Streaming,
    Ticket,
};

/// Room for few answers, with so many pieces.
type Tight<const PIECES: usize> = Fixed<Vec<u8>, 16, PIECES, 1024>;

type Loan<const PIECES: usize> = Box<Store<Vec<u8>, Tight<PIECES>>>;

use State::{Begun, Done, Owed};

/// How far a request's answer is.
#[derive(Debug)]
enum State {
    Owed(Ticket),
    Begun(Streaming),
    Done,
}

fn owed(rejected: Rejected<Ticket>) -> State {
    assert_eq!(rejected.why, ApiMisuse::Full);
    Owed(rejected.given)
}

fn begun(rejected: Rejected<Streaming>) -> State {
    assert_eq!(rejected.why, ApiMisuse::Full);
    Begun(rejected.given)
}

struct Answers<const PIECES: usize> {
    pipeline: Pipeline<Vec<u8>, Tight<PIECES>, Loan<PIECES>>,
    settings: Settings,
    slots: Positions<16>,
    states: Vec<State>,
    /// Octets of each answer, as far as they were taken.
    taken: Vec<Vec<u8>>,
    wire: Vec<u8>,
}

impl<const PIECES: usize> Answers<PIECES> {
    fn new() -> Self {
        let mut settings = Settings::default();
        settings.held = 800;
        let mut pipeline = Pipeline::new();
        pipeline.lend(Box::new(Store::with_memory(&settings, Tight::new())));
        let (slots, states, taken, wire) = (Positions::new(), Vec::new(), Vec::new(), Vec::new());
        Self { pipeline, settings, slots, states, taken, wire }
    }

    fn run(mut self, schedule: &[(u8, u8)]) {
        for &(call, choice) in schedule {
            match call % 8 {
                0 | 1 => self.receive(),
                2 => self.transmit(usize::from(choice)),
                3 if choice < 64 => self.transmit(usize::MAX),
                _ => {
                    if let Some(number) = self.unfinished(call / 8) {
                        self.step(number, choice);
                    }
                }
            }
            self.check();
        }
        self.wind_up();
    }

    fn receive(&mut self) {
        let request = get("/");
        let mut burst = Burst::new(request.as_bytes());
        match self.pipeline.receive(&self.settings, &mut burst, &mut self.slots) {
            Event::Request { ticket, .. } => {
                self.states.push(Owed(ticket));
                self.taken.push(Vec::new());
            }
            Event::Paused => assert!(!self.pipeline.wants_read()),
            event => panic!("{event:?}"),
        }
    }

    /// The number of one of the answers that are not done.
    fn unfinished(&self, choice: u8) -> Option<usize> {
        let open: Vec<usize> =
            (0..self.states.len()).filter(|&number| !matches!(self.states[number], Done)).collect();
        open.get(usize::from(choice) % open.len().max(1)).copied()
    }

    /// Goes on with an answer: gives it whole or begins it, sends a piece or ends it. Says whether
    /// that was taken; if not, memory is full and nothing has changed.
    fn step(&mut self, number: usize, choice: u8) -> bool {
        let content = vec![b'a' + choice % 26; usize::from(choice / 3)];
        let piece = match choice % 3 {
            0 => None,
            1 => Some(Content::Copied(&content[..])),
            _ => Some(Content::Owned(content.clone())),
        };
        let (size, text) = (content.len(), String::from_utf8_lossy(&content));
        let fits = match (&self.states[number], &piece) {
            (Begun(stream), Some(_)) => size <= self.pipeline.room(stream),
            _ => false,
        };
        let (outcome, octets) = match (std::mem::replace(&mut self.states[number], Done), piece) {
            (Done, _) => return true,
            (Owed(ticket), None) => (
                self.pipeline.start(ticket, &ok(), Length::Unknown).map(Begun).map_err(owed),
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned(),
            ),
            (Owed(ticket), Some(content)) => (
                self.pipeline.respond(ticket, &ok(), content).map(|()| Done).map_err(owed),
                format!("HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n{text}"),
            ),
            (Begun(stream), None) => (
                self.pipeline.finish(stream, &[]).map(|()| Done).map_err(begun),
                "0\r\n\r\n".to_owned(),
            ),
            (Begun(stream), Some(content)) => (
                match self.pipeline.send(&stream, content) {
                    Ok(()) => Ok(Begun(stream)),
                    Err(why) => Err(begun(Rejected { given: stream, why })),
                },
                if size == 0 { String::new() } else { format!("{size:x}\r\n{text}\r\n") },
            ),
        };
        let taken = outcome.is_ok();
        assert!(taken || !fits, "there was room for {size} octets");
        if taken {
            self.taken[number].extend_from_slice(octets.as_bytes());
        }
        self.states[number] = outcome.unwrap_or_else(|state| state);
        taken
    }

    fn transmit(&mut self, most: usize) {
        let mut out = [&[][..]; 3];
        let count = self.pipeline.poll_transmit(&mut out);
        let mut octets = out[..count].concat();
        octets.truncate(most);
        self.pipeline.transmitted(octets.len());
        self.wire.extend_from_slice(&octets);
    }

    /// What may have left: all complete answers from the first on, and what there is of the next.
    fn check(&self) {
        let done = self.states.iter().take_while(|state| matches!(state, Done)).count() + 1;
        let may_leave = self.taken.iter().take(done).flatten().copied().collect::<Vec<u8>>();
        assert!(may_leave.starts_with(&self.wire));
        let ready = may_leave.len() - self.wire.len();
        assert_eq!(self.pipeline.wants_write(), ready > 0);
        let taken: usize = self.taken.iter().map(Vec::len).sum();
        assert_eq!(self.pipeline.held(), taken - self.wire.len());
    }

    /// Everything that is owed can be given, the oldest first.
    fn wind_up(&mut self) {
        for number in 0..self.states.len() {
            while !matches!(self.states[number], Done) {
                while self.pipeline.wants_write() {
                    self.transmit(usize::MAX);
                }
                assert!(self.step(number, 0), "the oldest answer finds room");
            }
        }
        while self.pipeline.wants_write() {
            self.transmit(usize::MAX);
        }
        self.check();
        assert_eq!((self.pipeline.in_flight(), self.pipeline.held()), (0, 0));
        assert!(self.pipeline.reclaim().is_some());
    }
}

#[test]
fn the_fewest_pieces_take_an_answer_out_of_turn() {
    for choice in 0..3 {
        let mut answers = Answers::<8>::new();
        answers.receive();
        answers.receive();
        assert!(answers.step(1, choice), "call {choice}");
        answers.check();
        answers.wind_up();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost(schedule in prop::collection::vec(any::<(u8, u8)>(), 0..200)) {
        Answers::<8>::new().run(&schedule);
        Answers::<13>::new().run(&schedule);
        Answers::<32>::new().run(&schedule);
    }
}
