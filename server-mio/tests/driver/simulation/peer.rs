//! One peer, and what the rules say of its connection: what it must have been sent by now, when it must have been cut,
//! and when it must not.

use rajada_mio::driver::{Key, Next};

use super::board::Board;
use super::ending::{Ending, Now};
use super::requests::{Asked, Kind, MOST};
use super::rules::Rules;
use super::waits::Waits;
use crate::answers::{self, Answer};

/// How far service is in its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Lasts,
    /// What is received is answered.
    Ends,
    /// Nobody waits for idle connections any more.
    EndsIdle,
}

/// Octets of a head, of what is around a chunk, of `100 (Continue)`, at most.
const HEAD: usize = 250;
const CHUNK: usize = 12;
const INTERIM: usize = 30;
/// What octets that stand by themselves count beside them.
const PIECE: usize = 64;

pub(crate) struct Peer {
    pub(crate) key: Key,
    /// Its number on the board.
    pub(crate) number: usize,
    pub(crate) octets: Vec<u8>,
    pub(crate) asked: Vec<Asked>,
    pub(crate) delivered: usize,
    /// What it has taken, and what is ready for it behind that.
    pub(crate) output: Vec<u8>,
    pub(crate) taken: usize,
    pub(crate) has_ended: bool,
    /// We were told to close our side.
    pub(crate) is_told: bool,
    /// A request, all of it there, waits for a place among those that wait.
    pub(crate) is_placed: bool,
    /// Which request is its last one.
    ending: Ending,
    pub(crate) waits: Waits,
    pub(crate) since: u64,
    /// What it was seen to wait for by the looks before, when first, and since when it did then.
    pub(crate) watch: Option<(Waits, u64, u64)>,
    /// Since when it lingers, and how long it was seen to, if anyone looked.
    pub(crate) lingers: u64,
    pub(crate) lingered: Option<u64>,
    /// It was late, and is told so by 408.
    pub(crate) refused: bool,
    /// That can't be told yet.
    pub(crate) may_be_refused: bool,
    /// Requests that were handled when it was compared last, and what had been taken.
    before: usize,
    taken_before: usize,
}

impl Peer {
    pub(crate) fn new(key: Key, number: usize, now: u64, ends: bool) -> Peer {
        Peer {
            key,
            number,
            octets: Vec::new(),
            asked: Vec::new(),
            delivered: 0,
            output: Vec::new(),
            taken: 0,
            has_ended: false,
            is_told: false,
            is_placed: false,
            ending: Ending::new(ends),
            waits: Waits::Opened,
            since: now,
            watch: Some((Waits::Opened, now, now)),
            lingers: 0,
            lingered: None,
            refused: false,
            may_be_refused: false,
            before: 0,
            taken_before: 0,
        }
    }

    /// Octets that are ready and not taken.
    pub(crate) fn unread(&self) -> usize {
        self.output.len() - self.taken
    }

    fn answers(&self) -> Vec<Answer> {
        let is_head =
            |index| self.asked.get(index).is_some_and(|one: &Asked| one.kind == Kind::Head);
        answers::read(&self.output, &is_head)
    }

    /// Whether nothing is received any more, as far as is known.
    fn has_stopped(&self, handled: usize) -> bool {
        self.refused
            || self.may_be_refused
            || self.is_told
            || self.ending.last.is_some_and(|last| handled > last.index)
            || self.ending.may_have_ended(handled)
    }

    /// Whether content of the last request that was handled is thrown away.
    pub(crate) fn drains(&self, handled: usize) -> bool {
        handled > 0 && self.delivered < self.asked[handled - 1].end
    }

    /// It was late with content that nobody waits for, surely or perhaps.
    pub(crate) fn stop_draining(&mut self, board: &Board, is_sure: bool) {
        self.ending.stop_draining(self.handled(board), board.events, is_sure);
    }

    /// Whether no further request may be at work.
    pub(crate) fn is_full(&self, rules: &Rules, handled: usize, answered: usize) -> bool {
        let in_flight = handled - answered.min(handled);
        in_flight >= rules.in_flight || self.waits_for_effects(rules, handled, answered)
    }

    /// Whether the next request has to wait for those at work: it, or one of them, has effects.
    fn waits_for_effects(&self, rules: &Rules, handled: usize, answered: usize) -> bool {
        let at_work = &self.asked[answered.min(handled)..handled];
        let next = self.asked.get(handled).filter(|next| next.head <= self.delivered);
        let effects = at_work.iter().chain(next).any(Asked::has_effects);
        !at_work.is_empty() && effects && !rules.unsafe_in_parallel
    }

    fn handled(&self, board: &Board) -> usize {
        let handled = |one: &&Asked| board.requests[one.id].called.is_some();
        self.asked.iter().take_while(handled).count()
    }

    /// Compares what has come out with what must have. `wants_read` is what the connection says, `over` what it has
    /// told at last, `settled` whether all that was woken has had its turn, `service` how far that is in its end.
    pub(crate) fn compare(
        &mut self,
        board: &Board,
        rules: &Rules,
        wants_read: Option<bool>,
        over: Option<(Next, bool)>,
        settled: bool,
        service: Service,
    ) {
        let answers = self.answers();
        let finals: Vec<&Answer> = answers.iter().filter(|one| one.status >= 200).collect();
        let handled = self.handled(board);
        let is_over = |one: &Asked| board.is_over(one.id);
        // Whose answers are complete, in order.
        let answered = self.asked.iter().take_while(|one| is_over(one)).count();
        let aborted = self.asked[..answered].iter().position(|one| board.requests[one.id].failed);
        let refusal = finals.iter().position(|one| self.is_refusal(one));

        self.refused |= self.may_be_refused && refusal.is_some();
        self.may_be_refused &= !self.refused && wants_read != Some(true);
        assert!(refusal.is_none() || self.refused, "it was not late: {}", self.told());
        if self.refused && answered >= handled && aborted.is_none() {
            assert!(refusal.is_some(), "nobody has told that it was late: {}", self.told());
        }
        let is_full = self.is_full(rules, handled, answered);
        let (behind_least, behind_most) = self.held_behind(board, answered, handled);
        let ready = finals.iter().zip(&self.asked).filter(|(answer, _)| answer.end > self.taken);
        let pieces: usize = ready.map(|(_, one)| 1 + board.requests[one.id].handed).sum();
        let held_most = self.unread() + (1 + pieces) * PIECE + behind_most;
        let held_least = self.unread() + behind_least;
        let mut now = Now {
            asked: &self.asked,
            board,
            rules,
            delivered: self.delivered,
            handled,
            is_read: None,
            is_placed: false,
            drains: self.drains(handled) && !self.has_ended,
            ends: service != Service::Lasts,
            has_ended: self.has_ended,
            refused: (!self.may_be_refused).then_some(self.refused),
        };
        self.ending.note_events(&now);
        let is_arrived = |next: &Asked| next.is_async() && next.needed() <= self.delivered;
        let wants_place =
            self.asked.get(handled).is_some_and(is_arrived) && !is_full && held_most < rules.held;
        self.is_placed &= handled == self.before;
        self.is_placed |= rules.bounds_tasks() && wants_place;
        self.is_placed &= !self.has_stopped(handled);
        now.is_placed = self.is_placed;
        now.is_read = match wants_read {
            Some(true) if !self.is_told => Some(true),
            _ => self.is_read(rules, handled, is_full, (held_least, held_most)),
        };
        self.ending.note_end(&now);
        if wants_read == Some(true) && !self.is_told {
            self.ending.learn_that_it_goes_on();
        }
        for (index, answer) in finals.iter().enumerate() {
            if refusal == Some(index) || self.asked.get(index).is_none_or(Asked::is_malformed) {
                continue;
            }
            match self.ending.is_said(&now, index) {
                Some(said) => {
                    assert_eq!(answer.closes, said, "{index} is the last, or not: {}", self.told())
                }
                None => self.ending.learn(index, answer.closes),
            }
        }
        self.compare_each(board, &finals, answered, refusal);
        self.compare_interim(&answers, settled);

        // All that is complete is there, and no more.
        let complete = finals.iter().filter(|one| one.complete).count();
        let own = refusal.is_some() as usize + self.is_malformed(&finals) as usize;
        match aborted {
            Some(at) => assert!(complete <= at + 1, "{complete} answers, {at} was broken off"),
            None => {
                let until_close = finals.last().is_some_and(|one| one.until_close) as usize;
                let all = complete - own;
                assert!(
                    all == answered || all + until_close == answered,
                    "{all} answers are complete, {answered} should be: {}",
                    self.told()
                );
            }
        }
        assert!(finals.len() <= complete + 1);

        assert!(
            self.unread() <= rules.held + (rules.in_flight + 1) * MOST,
            "{} octets are held",
            self.unread()
        );
        self.compare_bound(board, rules, &finals, handled);

        // Nothing more is received behind the last request.
        let is_behind_last = self.ending.last.is_some_and(|last| handled > last.index);
        let closing = self.refused
            || self.is_told
            || self.asked[..handled].iter().any(|one| board.requests[one.id].failed)
            || self.is_malformed(&finals)
            || is_behind_last;
        let surely_ended = closing || self.has_ended;
        let perhaps = self.may_be_refused || self.ending.may_have_ended(handled);
        let ended = surely_ended || perhaps;
        // What could be handled was.
        let room = !is_full && held_most < rules.held;
        let must = room && !closing && !perhaps && over.is_none();
        self.compare_hooks(board, handled, must);
        if let Some(next) = self.asked.get(handled)
            && next.needed() <= self.delivered
            && !self.is_placed
            && room
            && over.is_none()
        {
            let malformed = next.kind == Kind::Malformed;
            // One that arrived before its peer ended its side may have to wait for a bound to give way.
            let is_past = closing || perhaps;
            assert!(
                is_past || (malformed && self.answers_malformed(&finals, handled, answered)),
                "{handled} should be handled: {}",
                self.told()
            );
        }

        if let Some(wants_read) = wants_read {
            let partial = self
                .asked
                .get(handled)
                .is_some_and(|next| next.head <= self.delivered && next.kind != Kind::Malformed);
            if !wants_read {
                let maybe = self.asked.get(handled).is_some_and(|next| {
                    next.kind == Kind::Malformed && next.start < self.delivered
                });
                let held = !room || self.is_placed;
                assert!(ended || maybe || held, "it does not want to read: {}", self.told());
            } else if !self.is_told {
                let closing = closing || self.has_ended;
                assert!(!closing, "it wants to read behind the end: {}", self.told());
                assert!(!self.is_placed, "it wants to read behind what waits: {}", self.told());
                let partial = partial && !self.waits_for_effects(rules, handled, answered);
                assert!(
                    partial || self.drains(handled) || !is_full,
                    "it wants to read more than may be in flight: {}",
                    self.told()
                );
                assert!(held_least < rules.held, "it wants to read: {}", self.told());
            }
        }
        let drained = self.unread() == 0;
        // What was received in full is answered, however its peer's side has ended.
        let pending = !closing && !perhaps && (self.is_placed || self.has_pending(board));
        let all_said = answered >= handled && drained && !pending;
        // Nothing is under way, and nothing begun.
        let start = self.asked.get(handled).map_or(self.octets.len(), |next| next.start);
        let is_idle = all_said && !surely_ended && self.delivered == start;
        let ends_idle = is_idle && service == Service::EndsIdle;
        if let Some((next, reset)) = over
            && is_idle
            && !perhaps
        {
            assert!(ends_idle, "it was idle, and it ended: {}", self.told());
            assert!(next == Next::Close && !reset, "nothing is said to whoever is idle");
        } else {
            let ended = surely_ended || (perhaps && over.is_some());
            let all_said = (ended && all_said) || ends_idle;
            self.compare_end(board, &finals, all_said, over, settled, aborted, answered);
        }
        if over.is_none() {
            self.waits_now(board, rules, handled, answered, (closing, ended, perhaps));
        }
        self.before = handled;
        self.taken_before = self.taken;
    }

    /// Whether all that has arrived was looked at: nothing is kept because of a bound. Nothing if the rules leave that
    /// open.
    fn is_read(
        &self,
        rules: &Rules,
        handled: usize,
        is_full: bool,
        (least, most): (usize, usize),
    ) -> Option<bool> {
        let Some(next) = self.asked.get(handled) else { return Some(true) };
        if self.delivered <= next.start {
            return Some(true);
        }
        if self.is_placed {
            return Some(self.delivered == next.end);
        }
        match () {
            _ if is_full => Some(false),
            _ if most < rules.held => Some(next.is_malformed() || self.delivered < next.needed()),
            // What was begun before the bound was reached was looked at, and may wait for a place.
            _ if self.delivered < next.needed() || next.is_async() => None,
            _ => (least >= rules.held).then_some(false),
        }
    }

    /// Each answer is what its request deserves.
    fn compare_each(
        &self,
        board: &Board,
        finals: &[&Answer],
        answered: usize,
        refusal: Option<usize>,
    ) {
        for (index, answer) in finals.iter().enumerate() {
            if refusal == Some(index) {
                assert!(answer.closes && index + 1 == finals.len(), "408 is the last answer");
                continue;
            }
            let asked = self.asked.get(index).expect("an answer that nobody has asked for");
            let known = &board.requests[asked.id];
            if asked.kind == Kind::Malformed {
                assert!(asked.start < self.delivered, "{index} has not arrived");
                assert_eq!(answer.status, 400);
                assert!(answer.closes, "it is the last one");
                continue;
            }
            assert!(
                known.called.is_some(),
                "{index} was answered and not handled: {}",
                self.told()
            );
            assert!(asked.needed() <= self.delivered, "{index} was handled before it had arrived");
            if known.refused {
                assert_eq!(answer.status, 503, "{index}");
                continue;
            }
            if known.gone && !asked.is_stream() && asked.kind != Kind::ParkPanic {
                assert_eq!(answer.status, 503, "{index}");
                continue;
            }
            if asked.kind == Kind::ParkPanic && known.allowed == 0 {
                assert_eq!(answer.status, 503, "{index}");
                continue;
            }
            assert_eq!(answer.status, asked.status(), "{index}: {}", self.told());
            let Some(content) = asked.content(board) else { continue };
            assert!(content.starts_with(&answer.content), "{index}: {}", self.told());
            if answer.complete {
                assert!(index < answered, "{index} is complete too early");
                assert_eq!(content.len(), answer.content.len(), "{index}");
            }
            if known.told {
                assert!(self.taken >= answer.end, "{index} was told to have left");
            } else if asked.kind == Kind::Told && answer.complete {
                assert!(self.unread() > 0, "{index} has left, and it was not told");
            }
        }
    }

    fn compare_interim(&self, answers: &[Answer], settled: bool) {
        let mut index = 0;
        let mut seen = None;
        for answer in answers {
            if answer.status >= 200 {
                index += 1;
                continue;
            }
            assert_eq!(answer.status, 100);
            let asked = self.asked.get(index).expect("100 to nobody");
            assert_eq!(asked.kind, Kind::PostExpect, "100 that nobody has asked for");
            assert!(asked.head <= self.delivered && seen != Some(index));
            seen = Some(index);
        }
        // Who waits for 100, and for nobody else, has it.
        if let Some(asked) = self.asked.get(index)
            && settled
            && asked.kind == Kind::PostExpect
            && asked.head == self.delivered
            && self.unread() == 0
            && !self.has_ended
            && !self.is_told
            && answers.last().is_none_or(|one| one.complete && !one.closes)
        {
            assert_eq!(seen, Some(index), "100 is waited for: {}", self.told());
        }
    }

    /// Hooks run when a head is there, whether its content is or not: of the next request, too, if it `must` have been
    /// received.
    fn compare_hooks(&self, board: &Board, handled: usize, must: bool) {
        for (index, asked) in self.asked.iter().enumerate() {
            let hooked = board.requests[asked.id].hooked;
            let may = index <= handled && asked.head <= self.delivered;
            assert!(!hooked || may, "{index} is not there: {}", self.told());
            let must = index < handled || (must && may);
            let is_due = must && asked.kind == Kind::PostGuarded;
            assert!(!is_due || hooked, "the hook of {index} has not run: {}", self.told());
        }
    }

    /// A synchronous handler was called only if what was ready then was below the bound. (One that had to wait for a
    /// place had been received before.)
    fn compare_bound(&self, board: &Board, rules: &Rules, finals: &[&Answer], handled: usize) {
        for index in self.before..handled {
            let (asked, Some(answer)) = (&self.asked[index], finals.get(index)) else { continue };
            let waited = rules.bounds_tasks() && asked.is_async();
            if board.requests[asked.id].alone && asked.end == asked.head && !waited {
                let held = answer.start.saturating_sub(self.taken.max(self.taken_before));
                assert!(held < rules.held, "{index} was handled while {held} octets were held");
            }
        }
    }

    fn is_refusal(&self, answer: &Answer) -> bool {
        answer.status == 408
    }

    /// Whether the last answer is to what is no request.
    fn is_malformed(&self, finals: &[&Answer]) -> bool {
        let last = finals.len().checked_sub(1).and_then(|last| self.asked.get(last));
        last.is_some_and(|asked| {
            asked.kind == Kind::Malformed && finals[finals.len() - 1].status == 400
        })
    }

    /// Whether what is no request was answered, as far as that can be seen: not while others are in front of it.
    fn answers_malformed(&self, finals: &[&Answer], handled: usize, answered: usize) -> bool {
        answered < handled || self.is_malformed(finals)
    }

    /// It has ended if it must have, and only if it may have.
    #[expect(clippy::too_many_arguments, reason = "all that is known")]
    fn compare_end(
        &mut self,
        board: &Board,
        finals: &[&Answer],
        all_said: bool,
        over: Option<(Next, bool)>,
        settled: bool,
        aborted: Option<usize>,
        answered: usize,
    ) {
        let cut = aborted.is_some_and(|at| at <= answered) && self.unread() == 0;
        let Some((next, reset)) = over else {
            if settled && !self.is_told {
                let pending = self.has_ended && self.has_pending(board);
                assert!(pending || !(all_said || cut), "it should have ended: {}", self.told());
            }
            return;
        };
        if cut {
            let at = aborted.unwrap_or_default();
            let old = self.asked[at].kind == Kind::OldStream;
            assert!(!old || reset, "a broken answer looks complete");
            return;
        }
        if let Some(last) = finals.last()
            && last.until_close
            && next == Next::ShutDown
        {
            assert!(!reset, "a complete answer ends with a reset");
        }
        assert!(all_said, "it ended, and something is owed: {}", self.told());
    }

    fn has_pending(&self, board: &Board) -> bool {
        let handled = self.handled(board);
        self.asked.get(handled).is_some_and(|next| next.needed() <= self.delivered)
    }

    /// Octets of answers that wait for those in front of them: so many at least, so many at most.
    pub(crate) fn held_behind(
        &self,
        board: &Board,
        answered: usize,
        handled: usize,
    ) -> (usize, usize) {
        let (mut least, mut most) = (0, 0);
        for asked in self.asked[..handled].iter().skip(answered + 1) {
            let content = asked.content(board).map_or(0, |content| content.len());
            let known = &board.requests[asked.id];
            if asked.is_stream() {
                // The last piece may wait for room.
                let pieces = known.handed.max(1);
                least += content / pieces * (pieces - 1);
                most += content + pieces * (CHUNK + PIECE) + HEAD + PIECE;
            } else if board.is_over(asked.id) {
                least += if known.gone { 0 } else { content };
                most += content + HEAD + PIECE;
            }
        }
        let expects = self.asked.get(handled).is_some_and(|next| next.kind == Kind::PostExpect);
        (least, most + if expects { INTERIM } else { 0 })
    }

    /// How it stands, for whoever reads what has failed.
    pub(crate) fn told(&self) -> String {
        let kinds: Vec<_> = self.asked.iter().map(|one| (one.id, one.kind, one.end)).collect();
        format!(
            "connection {}: {kinds:?}, {} of {} octets delivered, {} of {} taken, ended {}, told {}, waits {:?} since {}, {:?}\n{}",
            self.number,
            self.delivered,
            self.octets.len(),
            self.taken,
            self.output.len(),
            self.has_ended,
            self.is_told,
            self.waits,
            self.since,
            self.ending,
            self.output.escape_ascii(),
        )
    }
}
