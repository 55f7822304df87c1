//! What a pipeline must do, as slowly and plainly as it can be written: queues of `Vec`s.

use std::collections::VecDeque;

/// The way out of a connection, driven by the events that came in and the calls that were made.
#[derive(Debug, Default)]
pub struct Reference {
    /// Answers in flight, the oldest first.
    answers: VecDeque<Answer>,
    /// Octets that may leave.
    pub ready: Vec<u8>,
    /// Memory that counts as held beside octets. (Which octets are neighbours in memory is not known
    /// here.)
    pub pieces: usize,
    /// No request follows those received.
    pub closing: bool,
    /// The last request is the one behind which nothing stands.
    leaving: bool,
    /// Octets that were received and not consumed begin the next head, or would if they were looked
    /// at.
    pub more: bool,
    /// Effects need no order.
    pub unsafe_in_parallel: bool,
    /// The next request has effects, and waits for those in flight.
    waits: bool,
    pub input: Input,
    /// Answers that were begun, in request order, with what a client must find in them.
    pub given: Vec<Given>,
    /// Octets that have left.
    pub transmitted: usize,
    /// The position behind each answer that is ready in full, counted in octets since the start.
    ends: Vec<(usize, usize)>,
    /// The answer that the end of the connection ends.
    until_close: Option<usize>,
    /// The number of the next request.
    next: usize,
}

/// What the way in is about.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    #[default]
    Head,
    /// Content of the youngest request.
    Content {
        expected: bool,
        draining: bool,
        hold: bool,
    },
    Held,
    Upgraded,
    Ended,
}

/// What is known of a request.
#[derive(Debug, Clone, Copy, Default)]
pub struct Facts {
    pub is_head: bool,
    pub http10: bool,
    pub last: bool,
    pub streaming: bool,
    pub expects: bool,
    pub upgrade: bool,
    /// Its method is not known to be safe, or what it asks for is not HTTP.
    pub effects: bool,
    /// Something stands behind the request, and its content, in the same burst.
    pub followed: bool,
}

#[derive(Debug)]
struct Answer {
    number: usize,
    facts: Facts,
    octets: Vec<u8>,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Owed,
    Exact(usize),
    Chunked,
    UntilClose,
    Unsent,
    Done,
}

/// An answer as its client must read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    pub number: usize,
    pub is_head: bool,
    pub status: u16,
    pub content: Vec<u8>,
    pub complete: bool,
}

/// The head of every answer here.
pub const HEAD: &str = "HTTP/1.1 200 OK\r\n";

/// The head of every interim answer here, beside `100 (Continue)`.
pub const HINTS: &str = "HTTP/1.1 103 Early Hints\r\n";

/// The head that accepts another protocol.
pub const SWITCH: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: other\r\n";

impl Reference {
    /// The request that was received, and its number.
    pub fn request(&mut self, facts: Facts) -> usize {
        assert!(!self.is_out_of_order(facts.effects), "effects beside other requests");
        self.waits = false;
        let number = self.next;
        self.next += 1;
        self.closing |= facts.last || (self.leaving && !facts.followed);
        self.answers.push_back(Answer { number, facts, octets: Vec::new(), state: State::Owed });
        self.input = if facts.streaming {
            Input::Content { expected: facts.expects, draining: false, hold: facts.upgrade }
        } else {
            self.behind(facts.upgrade)
        };
        number
    }

    /// Whether a request, with effects or without, may not be out beside those in flight.
    pub fn is_out_of_order(&self, effects: bool) -> bool {
        !self.unsafe_in_parallel
            && self.answers.iter().any(|answer| effects || answer.facts.effects)
    }

    /// The next request was seen, and waits if it has effects.
    pub fn hold_back(&mut self, effects: bool) {
        self.waits = effects;
    }

    /// An octet of content was consumed.
    pub fn content_begun(&mut self) {
        if let Input::Content { expected, .. } = &mut self.input {
            *expected = false;
        }
    }

    pub fn end_of_content(&mut self) {
        if let Input::Content { hold, .. } = self.input {
            self.input = self.behind(hold);
        }
    }

    fn behind(&self, hold: bool) -> Input {
        match (hold, self.closing) {
            (true, _) => Input::Held,
            (false, true) => Input::Ended,
            (false, false) => Input::Head,
        }
    }

    /// The peer broke the protocol.
    pub fn malformed(&mut self, status: u16) {
        let was = self.input;
        self.end();
        match was {
            Input::Content { draining: true, .. } => return,
            Input::Content { .. } => match self.answers.back().map(|answer| answer.state) {
                Some(State::Owed) => {}
                Some(State::Done) | None => return,
                Some(_) => return self.cut(self.next - 1),
            },
            _ => {
                self.answers.push_back(Answer {
                    number: self.next,
                    facts: Facts::default(),
                    octets: Vec::new(),
                    state: State::Owed,
                });
                self.next += 1;
            }
        }
        self.answer_ourselves(self.next - 1, status, reason(status));
    }

    /// The connection is to end with an answer of its own.
    pub fn refuse(&mut self, status: u16) {
        match self.input {
            Input::Head | Input::Content { .. } => self.malformed(status),
            Input::Held | Input::Upgraded | Input::Ended => self.end(),
        }
    }

    /// The peer's stream has ended.
    pub fn eof(&mut self) {
        if let Input::Content { draining: false, .. } = self.input {
            self.cut(self.next - 1);
        }
        self.closing = true;
        if self.input != Input::Held && self.input != Input::Upgraded {
            self.input = Input::Ended;
        }
    }

    pub fn shut_down(&mut self) {
        if std::mem::replace(&mut self.leaving, true) {
            return;
        }
        match self.input {
            Input::Content { draining: true, .. } => self.end(),
            Input::Content { .. } | Input::Held => self.closing = true,
            Input::Head | Input::Upgraded | Input::Ended => {}
        }
    }

    pub fn is_leaving(&self) -> bool {
        self.leaving && self.input != Input::Ended
    }

    pub fn respond(&mut self, number: usize, content: &[u8]) {
        self.before(number);
        let framing = format!("Content-Length: {}\r\n", content.len());
        let is_head = self.head(number, &framing, 200);
        if !is_head {
            self.add(number, content);
            self.give(number, content);
        }
        self.done(number);
    }

    /// Begins a streamed answer, of a length if there is one.
    pub fn start(&mut self, number: usize, length: Option<usize>) {
        self.before(number);
        let facts = self.answer(number).facts;
        if length.is_none() && facts.http10 && !facts.is_head {
            self.close_behind(number);
        }
        let (framing, state) = match length {
            Some(length) => (format!("Content-Length: {length}\r\n"), State::Exact(length)),
            None if facts.http10 => (String::new(), State::UntilClose),
            None => ("Transfer-Encoding: chunked\r\n".to_owned(), State::Chunked),
        };
        let is_head = self.head(number, &framing, 200);
        if state == State::UntilClose && !is_head {
            self.until_close = Some(number);
        }
        self.answer(number).state = if is_head { State::Unsent } else { state };
        self.flush();
    }

    /// Adds content to a stream. Says whether it was taken, and if not, why. Where that depends on
    /// what is not known here, `full` tells.
    pub fn send(
        &mut self,
        number: usize,
        content: &[u8],
        bound: usize,
        full: bool,
    ) -> Result<(), &'static str> {
        let full = self.is_full(number, content.len(), bound, full);
        let answer = self.answer(number);
        if content.is_empty() || answer.state == State::Unsent {
            return Ok(());
        }
        let mut octets = content.to_vec();
        let mut state = answer.state;
        match &mut state {
            State::Exact(left) if *left < content.len() => {
                self.cut(number);
                return Err("too long");
            }
            State::Exact(left) => *left -= content.len(),
            State::Chunked => {
                octets = [format!("{:x}\r\n", content.len()).as_bytes(), content, b"\r\n"].concat()
            }
            _ => {}
        }
        if full {
            return Err("full");
        }
        self.answer(number).state = state;
        self.add(number, &octets);
        self.give(number, content);
        self.flush();
        Ok(())
    }

    /// Ends a stream. Says whether it was as long as declared.
    pub fn finish(&mut self, number: usize) -> bool {
        match self.answer(number).state {
            State::Exact(1..) => {
                self.cut(number);
                return false;
            }
            State::Chunked => self.add(number, b"0\r\n\r\n"),
            _ => {}
        }
        self.done(number);
        true
    }

    /// Whether `100 (Continue)` is sent.
    pub fn send_continue(&mut self, number: usize) -> bool {
        match &mut self.input {
            Input::Content { expected, .. } if number + 1 == self.next && *expected => {
                *expected = false;
                self.add(number, b"HTTP/1.1 100 Continue\r\n\r\n");
                self.flush();
                true
            }
            _ => false,
        }
    }

    /// Whether an interim answer is sent; `None` if too much is held, which `full` tells where it is
    /// not known here.
    pub fn inform(&mut self, number: usize, bound: usize, full: bool) -> Option<bool> {
        if self.answer(number).facts.http10 {
            return Some(false);
        }
        if self.is_full(number, 1, bound, full) {
            return None;
        }
        self.add(number, format!("{HINTS}\r\n").as_bytes());
        self.flush();
        Some(true)
    }

    /// Whether an answer is held back by what is held: the oldest by what may leave, with its part of
    /// the pieces.
    fn is_full(&self, number: usize, octets: usize, bound: usize, full: bool) -> bool {
        let exceeds = |against: usize| octets > bound.saturating_sub(against);
        if number != self.answers[0].number {
            return self.weight() > 0 && exceeds(self.weight());
        }
        let ready = self.ready.len();
        match (ready > 0 && exceeds(ready), ready > 0 && exceeds(ready + self.pieces)) {
            (surely, perhaps) if surely == perhaps => surely,
            _ => full,
        }
    }

    /// Whether another protocol is accepted: it was offered, and nothing of the request is due.
    pub fn upgrade(&mut self, number: usize) -> bool {
        let offered = self.input == Input::Held && number + 1 == self.next;
        if offered {
            self.add(number, format!("{SWITCH}Connection: upgrade\r\n\r\n").as_bytes());
            self.input = Input::Upgraded;
            self.closing = false;
            self.done(number);
        }
        offered
    }

    /// A lost ticket or stream.
    pub fn abandon(&mut self, number: usize) {
        if self.answer(number).state == State::Owed {
            self.before(number);
            self.answer_ourselves(number, 500, reason(500));
        } else {
            self.cut(number);
        }
    }

    /// No further request is received.
    pub fn close_after(&mut self) {
        match self.input {
            Input::Head | Input::Content { draining: true, .. } => self.end(),
            Input::Content { .. } | Input::Held => self.closing = true,
            Input::Upgraded | Input::Ended => {}
        }
    }

    /// The end of the connection ends this answer.
    fn close_behind(&mut self, number: usize) {
        self.closing = true;
        if number + 1 != self.next || !matches!(self.input, Input::Content { .. }) {
            self.truncate(number + 1);
            self.input = Input::Ended;
        }
    }

    /// Breaks an answer off, or leaves it out if it was not begun.
    pub fn cut(&mut self, number: usize) {
        self.end();
        if self.answer(number).state == State::Owed {
            self.truncate(number);
        } else {
            self.truncate(number + 1);
            self.answer(number).state = State::Done;
            if let Some(given) = self.given.iter_mut().find(|given| given.number == number) {
                given.complete = false;
            }
            self.flush();
        }
    }

    pub fn transmit(&mut self, count: usize) -> Vec<u8> {
        self.transmitted += count;
        self.ready.drain(..count).collect()
    }

    /// Whether this answer has left in full.
    pub fn has_left(&self, number: usize) -> bool {
        self.ends.iter().any(|&(which, end)| which == number && end <= self.transmitted)
    }

    /// Whether the end of the connection would end an answer of which a part is missing.
    pub fn wants_reset(&self) -> bool {
        let Some(number) = self.until_close else { return false };
        let complete = self.given.iter().any(|given| given.number == number && given.complete);
        match self.answers.front() {
            Some(oldest) => oldest.number == number,
            None => !complete || !self.ready.is_empty(),
        }
    }

    /// Whether more octets are wanted of the peer, within these bounds.
    pub fn wants_read(&self, in_flight: usize, held: usize) -> bool {
        match self.input {
            Input::Head => {
                self.in_flight() < in_flight
                    && self.weight() < held
                    && !self.is_out_of_order(self.waits)
            }
            Input::Content { .. } => self.weight() < held,
            Input::Upgraded => true,
            Input::Held | Input::Ended => false,
        }
    }

    pub fn in_flight(&self) -> usize {
        self.answers.len()
    }

    pub fn held(&self) -> usize {
        self.ready.len() + self.answers.iter().map(|answer| answer.octets.len()).sum::<usize>()
    }

    /// What is held, with the memory of its pieces.
    pub fn weight(&self) -> usize {
        self.held() + self.pieces
    }

    /// Whether this request is in flight.
    pub fn owes(&self, number: usize) -> bool {
        self.answers.iter().any(|answer| answer.number == number && answer.state != State::Done)
    }

    /// Nothing more is received.
    pub fn end(&mut self) {
        self.closing = true;
        self.input = Input::Ended;
    }

    /// A client that waits for `100 (Continue)` and gets something else may send content or not. One
    /// that sends nothing more is left with the answer to its youngest request.
    fn before(&mut self, number: usize) {
        match self.input {
            _ if number + 1 != self.next => {}
            Input::Content { expected: true, .. } => self.closing = true,
            Input::Head if self.leaving && !self.more => self.end(),
            _ => {}
        }
    }

    fn head(&mut self, number: usize, framing: &str, status: u16) -> bool {
        let connection = self.connection(number);
        self.add(number, format!("{HEAD}{framing}{connection}\r\n").as_bytes());
        self.begin(number, status)
    }

    fn connection(&mut self, number: usize) -> &'static str {
        if self.closing && number + 1 == self.next {
            "Connection: close\r\n"
        } else if self.answer(number).facts.http10 {
            "Connection: keep-alive\r\n"
        } else {
            ""
        }
    }

    fn answer_ourselves(&mut self, number: usize, status: u16, reason: &str) {
        let connection = self.connection(number);
        let octets = format!("HTTP/1.1 {status} {reason}\r\nContent-Length: 0\r\n{connection}\r\n");
        self.add(number, octets.as_bytes());
        self.begin(number, status);
        self.done(number);
    }

    fn begin(&mut self, number: usize, status: u16) -> bool {
        let is_head = self.answer(number).facts.is_head;
        self.given.push(Given { number, is_head, status, content: Vec::new(), complete: true });
        is_head
    }

    fn give(&mut self, number: usize, content: &[u8]) {
        let given = self.given.iter_mut().find(|given| given.number == number);
        given.expect("begun").content.extend_from_slice(content);
    }

    fn add(&mut self, number: usize, octets: &[u8]) {
        self.answer(number).octets.extend_from_slice(octets);
    }

    fn done(&mut self, number: usize) {
        self.answer(number).state = State::Done;
        self.flush();
        if number + 1 != self.next {
            return;
        }
        self.input = match self.input {
            Input::Content { .. } | Input::Held if self.closing => Input::Ended,
            Input::Content { .. } => {
                Input::Content { expected: false, draining: true, hold: false }
            }
            Input::Held => Input::Head,
            other => other,
        };
    }

    fn flush(&mut self) {
        while let Some(front) = self.answers.front_mut() {
            self.ready.append(&mut front.octets);
            if front.state != State::Done {
                break;
            }
            self.ends.push((front.number, self.transmitted + self.ready.len()));
            self.answers.pop_front();
        }
    }

    fn truncate(&mut self, from: usize) {
        self.until_close.take_if(|number| *number >= from);
        self.answers.retain(|answer| answer.number < from);
        self.given.retain(|given| given.number < from);
        self.next = self.next.min(from.max(self.answers.back().map_or(0, |last| last.number + 1)));
    }

    fn answer(&mut self, number: usize) -> &mut Answer {
        self.answers.iter_mut().find(|answer| answer.number == number).expect("in flight")
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        408 => "Request Timeout",
        413 => "Content Too Large",
        414 => "URI Too Long",
        417 => "Expectation Failed",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        505 => "HTTP Version Not Supported",
        other => panic!("a status without a reason: {other}"),
    }
}
