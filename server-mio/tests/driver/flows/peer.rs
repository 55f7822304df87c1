//! One peer, and what the rules say of its connection.

use rajada_mio::RequestError;
use rajada_mio::driver::{Key, State, Turn};

use super::asked::{Asked, Does, Framing, LIMIT, TRAILER};
use super::board::{Board, Ended, Known, Over, Said};
use super::rules::{DEADLINE, INTERVAL, Rules};
use crate::answers::{self, Answer};

pub(crate) struct Peer {
    pub(crate) key: Key,
    pub(crate) number: usize,
    pub(crate) octets: Vec<u8>,
    pub(crate) asked: Vec<Asked>,
    pub(crate) delivered: usize,
    /// What it has taken, and what is ready for it behind that.
    output: Vec<u8>,
    taken: usize,
    /// What all that is.
    answers: Vec<Answer>,
    pub(crate) has_ended: bool,
    /// We were told to close our side.
    pub(crate) is_told: bool,
    pub(crate) is_judged: bool,
    /// It is read.
    pub(crate) reads: bool,
    /// Answers that are complete, and known to be.
    answered: usize,
    /// Handlers that had been called when our side ended.
    frozen: Option<usize>,
    /// It may have been late, and ended as such.
    pub(crate) excused: bool,
    state: State,
    /// Milliseconds in which it was waited for: to send, to take.
    to_send: u64,
    /// Octets of content that handlers have taken, and of answers that are ready.
    moved: usize,
    to_take: u64,
    /// Milliseconds without any event.
    pub(crate) still: u64,
}

impl Peer {
    pub(crate) fn new(key: Key, number: usize) -> Peer {
        Peer {
            key,
            number,
            octets: Vec::new(),
            asked: Vec::new(),
            delivered: 0,
            output: Vec::new(),
            taken: 0,
            answers: Vec::new(),
            has_ended: false,
            is_told: false,
            is_judged: false,
            reads: true,
            answered: 0,
            frozen: None,
            excused: false,
            state: State::Opened,
            to_send: 0,
            moved: 0,
            to_take: 0,
            still: 0,
        }
    }

    pub(crate) fn has_sent(&mut self, count: usize) {
        self.delivered += count;
        // A part of a head is no progress.
        if self.state != State::Head
            || self
                .asked
                .iter()
                .any(|one| (self.delivered - count..self.delivered).contains(&(one.head - 1)))
        {
            self.still = 0;
            // Nor is one of a chunk's line, or of trailers.
            if !self.is_part_of_line(count) {
                self.to_send = 0;
            }
        }
    }

    /// Whether the last octets sent may have brought no more than a part of a line in chunked content.
    fn is_part_of_line(&self, count: usize) -> bool {
        let (before, after) = (self.delivered - count, self.delivered);
        let is_here = |one: &&Asked| one.head <= before && after < one.end;
        self.asked.iter().find(is_here).is_some_and(|one| {
            one.framing != Framing::Length && one.arrived(before) == one.arrived(after)
        })
    }

    pub(crate) fn has_taken(&mut self, count: usize) {
        self.taken += count;
        (self.to_take, self.still) = (0, 0);
    }

    pub(crate) fn unread(&self) -> usize {
        self.output.len() - self.taken
    }

    pub(crate) fn told(&self) -> String {
        let Peer { delivered, taken, has_ended, is_told, state, answered, .. } = self;
        let all = (self.octets.len(), self.output.len());
        format!("{delivered} and {taken} of {all:?}, {has_ended} {is_told} {state:?} {answered}")
    }

    /// The first request without a complete answer.
    pub(crate) fn first(&self) -> Option<&Asked> {
        self.asked.get(self.answered)
    }

    /// Whether a request's head has come.
    pub(crate) fn is_served(&self, asked: &Asked) -> bool {
        asked.head <= self.delivered
    }

    /// Looks at what is ready.
    pub(crate) fn refresh(&mut self, turn: &mut Turn<'_, ()>) {
        let Some(connection) = turn.connection(self.key) else { return };
        let mut pieces = [&[][..]; 512];
        let count = connection.transmit(&mut pieces);
        let length = self.output.len();
        let before = self.output.split_off(self.taken);
        pieces[..count].iter().for_each(|piece| self.output.extend_from_slice(piece));
        let ready = &self.output[self.taken..];
        assert!(ready.starts_with(&before), "what was ready has changed");
        assert_eq!(connection.wants_write(), !ready.is_empty());
        self.reads = connection.wants_read();
        if self.output.len() > length {
            self.answers = answers::read(&self.output, &|number| {
                self.asked.get(number).is_some_and(|asked| asked.is_head)
            });
        }
    }

    /// Time is about to pass.
    pub(crate) fn wait(&mut self, time: u64) {
        match self.state {
            State::Handling | State::Streaming | State::Held => return,
            State::Writing | State::HalfClosed | State::Lingering => self.to_take += time,
            _ => self.to_send += time,
        }
        self.still += time;
        self.excused |= self.to_send >= DEADLINE || self.to_take >= DEADLINE;
        let most = DEADLINE + 3 * INTERVAL;
        assert!(self.still <= most, "it should have been cut: {}", self.told());
    }

    /// Compares what has come so far.
    pub(crate) fn compare(&mut self, board: &Board, rules: &Rules) {
        let answers = &self.answers;
        let (mut number, mut continues) = (0, 0);
        let mut closes = false;
        for answer in answers {
            assert!(!closes, "something is behind an answer that closes");
            let asked = self.asked.get(number).expect("somebody has asked for it");
            let known = &board.requests[asked.id];
            if answer.status < 200 {
                continues += 1;
                assert_eq!((answer.status, continues), (100, 1), "{}", self.told());
                let is_asked = known.wanted || known.invited;
                assert!(asked.expects && is_asked, "{} is asked for content", asked.id);
                continue;
            }
            continues = 0;
            self.check(answer, asked, known, rules);
            closes = answer.closes;
            number += 1;
        }
        let finals = answers.iter().filter(|one| one.status >= 200);
        let over = finals.zip(&self.asked).take_while(|(answer, asked)| {
            answer.complete && !board.requests[asked.id].is_under_way(asked.is_head)
        });
        self.answered = over.count();
        let most = rules.most_ready();
        assert!(self.unread() <= most, "{} octets are ready, {most} may be", self.unread());
        let mut finals = answers.iter().filter(|one| one.status >= 200);
        for asked in &self.asked {
            let known = &board.requests[asked.id];
            let left = finals.next().map_or(0, |answer| answer.content.len());
            self.check_content(asked, known, rules);
            let (Some(plan), false) = (known.plan, asked.is_head || known.is_gone) else {
                continue;
            };
            // Sent, and on its way: in the channel, in one piece beyond that, among what is held.
            let most = plan.capacity + 2 * plan.pieces.1.max(LIMIT) + rules.most_ready();
            let waits = known.pushed.len().saturating_sub(left);
            assert!(waits <= most, "{} has {waits} octets on their way", asked.id);
        }
    }

    /// An answer, as far as it is there, is that to the request.
    fn check(&self, answer: &Answer, asked: &Asked, known: &Known, rules: &Rules) {
        let (id, status) = (asked.id, answer.status);
        let content = &answer.content[..];
        let is_whole = answer.complete && !asked.is_head;
        assert!(answer.closes || !asked.closes, "{id} is not told that it is the last one");
        match &known.said {
            _ if self.excused && (status == 408 || status == 503) => {}
            None if rules.handlers && known.dropped => assert_eq!(status, 503),
            None => panic!("{id} is answered with {status} by nobody"),
            Some(Said::Text(text)) => {
                assert_eq!(status, 200);
                assert!(text.as_bytes().starts_with(content));
                assert!(!is_whole || text.as_bytes() == content, "{id}");
            }
            Some(Said::Status(expected)) => assert_eq!(status, *expected, "{id}"),
            Some(Said::Panic) => assert_eq!(status, 500, "{id}"),
            Some(Said::Stream(length)) => {
                assert_eq!(status, 200, "{id}");
                assert!(known.pushed.starts_with(content), "{id}: other octets leave");
                if is_whole {
                    let length = length.unwrap_or(known.pushed.len());
                    let trailers = matches!(known.over, Some(Over::WithTrailers));
                    let is_over = matches!(known.over, Some(Over::Whole | Over::WithTrailers));
                    assert!(is_over || !answer.is_chunked, "{id} looks complete");
                    assert_eq!(content.len(), length, "{id}");
                    let expected: &[&str] =
                        if trailers && answer.is_chunked { &[TRAILER] } else { &[] };
                    assert_eq!(answer.trailers, expected, "{id}");
                }
            }
            Some(Said::Content(begun)) => {
                assert_eq!(status, 200, "{id}");
                let sent = &asked.content[*begun..asked.arrived(self.delivered).max(*begun)];
                assert!(sent.starts_with(content), "{id}: other octets leave");
                let is_complete = content.len() == asked.content.len() - begun;
                assert!(!is_whole || (is_complete && asked.is_sound()), "{id} looks complete");
            }
        }
    }

    /// What has been got of a request's content, and what is read of it.
    fn check_content(&self, asked: &Asked, known: &Known, rules: &Rules) {
        let (id, arrived) = (asked.id, asked.arrived(self.delivered));
        let got = known.got.len();
        assert!(got <= arrived && asked.content.starts_with(&known.got), "{id} got other octets");
        match &known.ended {
            None => {}
            Some(Ended::Complete(trailers)) => {
                assert!(asked.is_sound() && asked.end <= self.delivered, "{id} is not complete");
                // What nobody sees was taken on the way.
                assert_eq!(got, asked.content.len(), "{id}");
                let expected: &[&str] =
                    if asked.framing == Framing::Trailers { &[TRAILER] } else { &[] };
                assert_eq!(*trailers, expected, "{id}");
            }
            Some(Ended::Failed(error)) => self.check_error(asked, known, error),
        }
        let is_due = asked.head <= self.delivered && self.delivered < asked.end;
        let is_taken = known.holders > 0 && !known.unseen && !known.is_gone;
        let is_answered = known.is_over() || (asked.is_head && known.said.is_some());
        let is_open = !self.has_ended && !self.is_told && !self.excused;
        if is_due && known.called && is_taken && !is_answered && is_open && self.reads {
            assert!(known.wanted, "{id} is read before it is asked for");
            assert!(arrived - got < rules.window, "{id}: {got} of {arrived} octets were taken");
        }
    }

    fn check_error(&self, asked: &Asked, known: &Known, error: &RequestError) {
        let fits = match error {
            RequestError::TooLarge => asked.framing == Framing::TooLarge,
            RequestError::Malformed(..) => asked.framing == Framing::Malformed,
            RequestError::Late => self.excused,
            RequestError::Cut => true,
            RequestError::Over => known.said.is_some() || known.dropped,
            _ => false,
        };
        assert!(fits, "{}: {error}", asked.id);
    }

    /// All that may go on has gone on: who is waited for, and why.
    pub(crate) fn settle(&mut self, board: &Board, state: State) {
        // Content that it had sent before is taken on.
        let taken_on = self.asked.iter().map(|one| board.requests[one.id].got.len()).sum::<usize>();
        let moved = taken_on + self.output.len();
        if self.state != state || self.moved != moved {
            self.still = 0;
        }
        (self.state, self.moved) = (state, moved);
        for asked in &self.asked {
            let known = &board.requests[asked.id];
            let is_woken = board.away.get(&asked.id).is_some_and(|away| away.is_woken());
            // At a bound on what waits to leave nothing is read.
            let is_first = self.first().is_some_and(|first| first.id == asked.id);
            let is_served = self.reads || (is_first && self.unread() == 0);
            // A stream that has found no room goes on when all that waits to leave has left.
            let is_echo = asked.plan.is_some_and(|plan| plan.does == Does::EchoWatched);
            let is_stuck = is_echo && known.said.is_some() && self.unread() > 0;
            if known.hungry && !is_woken && is_served && !is_stuck {
                let arrived = asked.arrived(self.delivered);
                assert!(known.got.len() == arrived, "{} was not told: {}", asked.id, self.told());
                let may_come = self.delivered < asked.end && !self.has_ended && !self.is_told;
                assert!(may_come, "{} waits for nothing: {}", asked.id, self.told());
            }
            if self.is_told {
                let has_ended = board.away.get(&asked.id).is_none_or(|away| {
                    away.sender.as_ref().is_none_or(|sender| sender.is_closed())
                });
                assert!(has_ended, "{} is not told of the end", asked.id);
            }
        }
        if self.is_told {
            assert_eq!((state, self.unread()), (State::Lingering, 0));
            self.check_frozen(board);
            return;
        }
        assert_eq!(state == State::Writing, self.unread() > 0, "{}", self.told());
        if self.unread() > 0 || self.excused {
            return;
        }
        let is_cut = |asked: &Asked| board.requests[asked.id].over == Some(Over::Cut);
        assert!(!self.first().is_some_and(is_cut), "it ends behind a cut: {}", self.told());
        let Some(asked) = self.first().filter(|asked| self.is_served(asked)) else {
            assert!(!self.has_ended, "it is over: {}", self.told());
            assert!(self.reads, "it should be read: {}", self.told());
            let drains = self.answered > 0 && {
                let last = &self.asked[self.answered - 1];
                self.delivered < last.end || last.framing == Framing::TooLarge
            };
            let begins = self.first().is_some_and(|asked| asked.start < self.delivered);
            let expected = match (drains, begins) {
                (true, _) => State::Draining,
                (_, true) => State::Head,
                _ if self.delivered == 0 => State::Opened,
                _ => State::Idle,
            };
            assert_eq!(state, expected, "{}", self.told());
            return;
        };
        let known = &board.requests[asked.id];
        assert!(known.called, "{} is not handled: {}", asked.id, self.told());
        let is_due = board.away.get(&asked.id).is_some_and(|away| away.is_due(known.hungry));
        let is_ours = known.waits || is_due;
        if self.has_ended {
            assert_eq!(state, State::HalfClosed);
            assert!(is_ours, "{} is stuck: {}", asked.id, self.told());
            return;
        }
        let waits = self.delivered < asked.end && self.reads;
        assert!(is_ours || waits, "{} is stuck: {} {known:?}", asked.id, self.told());
        assert!(!self.reads || state != State::Held, "{}", self.told());
        let is_ours = [State::Held, State::Handling, State::Streaming];
        assert!(self.reads || is_ours.contains(&state), "{}", self.told());
        if waits && known.hungry {
            assert_eq!(state, State::Content, "{}", self.told());
        }
        let is_asked =
            asked.expects && known.wanted && self.delivered == asked.head && asked.end > asked.head;
        if is_asked && !known.is_over() {
            let is_told = self.answers.last().is_some_and(|answer| answer.status == 100)
                || known.said.is_some();
            assert!(is_told, "{} waits for 100", asked.id);
        }
    }

    /// Behind the end of our side no request is begun.
    fn check_frozen(&mut self, board: &Board) {
        let called = |asked: &&Asked| board.requests[asked.id].called;
        let count = self.asked.iter().filter(called).count();
        assert_eq!(*self.frozen.get_or_insert(count), count, "one more is handled");
    }

    /// The connection has ended, or our side of it.
    pub(crate) fn judge_end(
        &mut self,
        (board, rules): (&Board, &Rules),
        reset: Option<bool>,
        ends: bool,
    ) {
        if core::mem::replace(&mut self.is_judged, true) || self.excused {
            return;
        }
        assert_eq!(self.unread(), 0, "it ends before all was taken: {}", self.told());
        let answers = &self.answers;
        let last = answers.iter().rfind(|answer| answer.status >= 200);
        let number = answers.iter().filter(|answer| answer.status >= 200).count();
        let received = self.asked.iter().filter(|asked| asked.end <= self.delivered).count();
        let Some(last) = last else {
            assert!(ends || self.has_ended, "it ends without a reason: {}", self.told());
            assert!(received == 0 || !self.has_ended, "there is no answer: {}", self.told());
            return;
        };
        let asked = &self.asked[number - 1];
        let known = &board.requests[asked.id];
        if last.until_close {
            let is_whole = match &known.said {
                Some(Said::Stream(_)) => {
                    known.over.is_some_and(|over| over != Over::Cut) && last.content == known.pushed
                }
                Some(Said::Content(begun)) => last.content == asked.content[*begun..],
                _ => false,
            };
            assert!(reset == Some(true) || is_whole, "{} looks complete", asked.id);
            let is_reset = reset == Some(true);
            assert!(!is_reset || !is_whole || self.breaks_off(asked), "{} is reset", asked.id);
            return;
        }
        if !last.complete {
            self.check_cut(asked, known);
            return;
        }
        let is_read = known.ended.as_ref().is_some_and(|end| matches!(end, Ended::Complete(_)));
        let has_content = asked.end > asked.head;
        // Little is thrown away instead, for the next request's sake.
        let is_little = asked.end - asked.head <= rules.drain && asked.is_sound();
        let is_early = has_content && !is_read && (asked.expects || !is_little);
        let is_cut = known.over == Some(Over::Cut);
        let has_reason = last.closes || is_early || is_cut || ends || self.has_ended;
        assert!(has_reason, "it ends without a reason behind {}: {}", asked.id, self.told());
        if !last.closes && self.has_ended && asked.is_sound() && !ends {
            assert!(
                number >= received || is_early || is_cut,
                "an answer is missing: {}",
                self.told()
            );
        }
    }

    /// An answer that is incomplete has a reason.
    fn check_cut(&self, asked: &Asked, known: &Known) {
        let has_reason = match &known.said {
            Some(Said::Stream(length)) => {
                known.over == Some(Over::Cut)
                    || length.is_some_and(|length| length != known.pushed.len())
                    || self.breaks_off(asked)
            }
            Some(Said::Content(_)) => self.breaks_off(asked),
            _ => false,
        };
        assert!(has_reason, "{} is cut: {known:?}", asked.id);
    }

    /// Whether a request's content breaks off: an answer under way then is cut, and what is given of it afterwards is not heard.
    fn breaks_off(&self, asked: &Asked) -> bool {
        !asked.is_sound() || (self.has_ended && self.delivered < asked.end)
    }
}
