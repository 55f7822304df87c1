//! What a connection waits for, and who is late.

use super::board::Board;
use super::peer::Peer;
use super::requests::Kind;
use super::rules::{INTERVAL, Rules};

/// What a connection waits for, and how far it has come there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waits {
    Opened,
    Idle(usize),
    Head(usize),
    Content(usize),
    Draining(usize),
    Writing(usize),
    HalfClosed(usize),
    Lingering(usize),
    /// For us: for handlers, for streams, at a bound.
    Us,
    /// The rules leave it open which of two it is.
    Unsure,
}

impl Peer {
    /// Takes note of what it waits for.
    pub(crate) fn waits_now(
        &mut self,
        board: &Board,
        rules: &Rules,
        handled: usize,
        answered: usize,
        ends: (bool, bool, bool),
    ) {
        let waits = self.waits_for(board, rules, handled, answered, ends);
        if waits != self.waits {
            if !matches!(self.waits, Waits::Lingering(_)) {
                self.lingers = board.now;
            }
            (self.waits, self.since) = (waits, board.now);
        }
    }

    fn waits_for(
        &self,
        board: &Board,
        rules: &Rules,
        handled: usize,
        answered: usize,
        (closing, ended, perhaps): (bool, bool, bool),
    ) -> Waits {
        if self.is_told {
            return Waits::Lingering(self.delivered);
        }
        if self.unread() > 0 {
            return Waits::Writing(self.taken);
        }
        if self.has_ended {
            return Waits::HalfClosed(self.taken);
        }
        if closing {
            return Waits::Us;
        }
        if perhaps {
            return Waits::Unsure;
        }
        let (least, most) = self.held_behind(board, answered, handled);
        let next = self.asked.get(handled);
        if self.drains(handled) {
            return match () {
                _ if least >= rules.held => Waits::Us,
                _ if most >= rules.held => Waits::Unsure,
                _ => Waits::Draining(self.delivered),
            };
        }
        if self.is_full(rules, handled, answered) || self.is_placed {
            return Waits::Us;
        }
        if let Some(next) = next
            && next.kind != Kind::Malformed
            && next.head <= self.delivered
            && self.delivered < next.end
        {
            return match () {
                _ if least >= rules.held => Waits::Us,
                _ if most >= rules.held => Waits::Unsure,
                _ => Waits::Content(self.delivered),
            };
        }
        if ended {
            return Waits::Us;
        }
        if least >= rules.held {
            return Waits::Us;
        }
        if most >= rules.held {
            return Waits::Unsure;
        }
        match next {
            // It is found out somewhere in it, and may wait for others in front of it then.
            Some(next) if next.start < self.delivered && next.kind == Kind::Malformed => {
                Waits::Unsure
            }
            Some(next) if next.start < self.delivered => Waits::Head(next.start),
            _ if handled > answered => Waits::Us,
            _ if self.delivered == 0 => Waits::Opened,
            _ => Waits::Idle(self.delivered),
        }
    }

    /// A look is to come, so long behind the last one: whether it must cut, and whether it may.
    pub(crate) fn judge(
        &mut self,
        rules: &Rules,
        now: u64,
        looks: Option<u64>,
        ends: bool,
    ) -> (bool, bool) {
        let (mut must, mut may) = self.judge_silence(rules, now, looks.is_some());
        if matches!(self.waits, Waits::Lingering(_)) {
            let most = rules.linger_most(ends);
            if let Some(step) = looks {
                // What is longer was not its peer's doing.
                let step = step.min(2 * INTERVAL);
                let lingered = self.lingered.map_or(0, |lingered| lingered + step);
                self.lingered = Some(lingered);
                must |= lingered >= most;
            }
            may |= now - self.lingers >= most;
        }
        (must, may)
    }

    fn judge_silence(&mut self, rules: &Rules, now: u64, looks: bool) -> (bool, bool) {
        let (seen, since) = match self.watch {
            // What has come between two looks and has gone is below their precision.
            Some((waits, seen, since)) if waits == self.waits => (Some(seen), since),
            _ => (None, self.since),
        };
        if looks && seen.is_none() {
            self.watch = (self.waits != Waits::Unsure).then_some((self.waits, now, since));
        }
        let Some(deadline) = rules.deadline(self.waits) else {
            return (false, self.waits == Waits::Unsure);
        };
        let may = now - since >= deadline;
        let must = looks && seen.is_some_and(|seen| now - seen >= deadline);
        (must, may)
    }

    /// Whether being late is answered, by 408.
    pub(crate) fn is_refused_when_late(&self) -> bool {
        matches!(self.waits, Waits::Head(_) | Waits::Content(_) | Waits::Unsure)
    }
}
