//! Which request of a connection is its last one, and whose answer says so.

use super::board::Board;
use super::requests::{Asked, Kind};
use super::rules::Rules;

/// A connection's last request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Last {
    pub(crate) index: usize,
    /// The event (of the board's) since which that is known: an answer begun before does not say so.
    since: usize,
}

/// What is known of the end of a connection.
#[derive(Debug, Default)]
pub(crate) struct Ending {
    pub(crate) last: Option<Last>,
    /// It is the last one if the connection left before it was answered, which the rules leave open.
    perhaps: Option<Last>,
    /// The connection leaves: nothing if the rules leave it open whether it does already.
    leaves: Option<bool>,
    /// Its answers may say that they are the last, or not.
    is_open: bool,
    /// Events that were looked at.
    seen: usize,
    /// All that had arrived then was looked at; nothing if the rules leave that open.
    is_read: Option<bool>,
    /// Requests that had been received then, surely; and when it left.
    received: usize,
    left_behind: usize,
    /// A handler has made the youngest one the last, and the rules leave open which that is.
    quits: bool,
}

/// A connection at the end of a turn.
#[derive(Clone, Copy)]
pub(crate) struct Now<'a> {
    pub(crate) asked: &'a [Asked],
    pub(crate) board: &'a Board,
    pub(crate) rules: &'a Rules,
    pub(crate) delivered: usize,
    /// Requests that handlers were called for.
    pub(crate) handled: usize,
    /// All that has arrived was looked at; nothing if the rules leave that open.
    pub(crate) is_read: Option<bool>,
    /// One more, all of it there, waits for a place.
    pub(crate) is_placed: bool,
    /// Content of the last one of these is thrown away.
    pub(crate) drains: bool,
    /// Service ends.
    pub(crate) ends: bool,
    pub(crate) has_ended: bool,
    /// It was told that it is late; nothing if that can't be told yet.
    pub(crate) refused: Option<bool>,
}

impl Now<'_> {
    /// Requests that have been received, if all was looked at: the last of them may lack content.
    fn received(&self) -> usize {
        let rest = self.asked[self.handled..].iter();
        let heads = rest.take_while(|one| one.head <= self.delivered && !one.is_malformed());
        self.handled + heads.count()
    }

    /// Whether nothing stands behind a request.
    fn is_behind_all(&self, index: usize) -> bool {
        self.asked[index].end == self.delivered
    }

    /// Whether octets have arrived of what is no request, which may have been found out.
    fn is_malformed_begun(&self) -> bool {
        let next = self.asked.get(self.handled);
        next.is_some_and(|next| next.is_malformed() && next.start < self.delivered)
    }

    /// When the answer to a request was begun.
    fn begun(&self, index: usize) -> Option<usize> {
        let (asked, board) = (&self.asked[index], self.board);
        let known = &board.requests[asked.id];
        match asked.is_stream() {
            true => known.called.map(|_| known.called_as),
            false => board.is_over(asked.id).then_some(known.over_as),
        }
    }
}

/// What has happened to a request.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Happened {
    Called,
    Begun,
    Failed,
}

impl Ending {
    /// That of a connection that is opened, while service `ends` or not.
    pub(crate) fn new(ends: bool) -> Ending {
        Ending { leaves: Some(ends), ..Ending::default() }
    }

    /// Whether the answer to a request says that it is the last; nothing if the rules leave that open.
    pub(crate) fn is_said(&self, now: &Now<'_>, index: usize) -> Option<bool> {
        let is = |last: Last| {
            last.index == index && now.begun(index).is_some_and(|begun| begun >= last.since)
        };
        let is_open = self.is_open || self.perhaps.is_some_and(is);
        (!is_open).then(|| self.last.is_some_and(is))
    }

    /// Whether it may be that nothing more is received, though that is not known.
    pub(crate) fn may_have_ended(&self, handled: usize) -> bool {
        self.perhaps.is_some_and(|last| handled > last.index)
    }

    /// An answer has said whether it is the last one, or that can be told from what else was seen.
    pub(crate) fn learn(&mut self, index: usize, is_last: bool) {
        if !self.quits
            && let Some(last) = self.perhaps.take_if(|last| last.index == index)
            && is_last
        {
            self.last = self.last.or(Some(last));
        }
    }

    /// More was received, or is to be.
    pub(crate) fn learn_that_it_goes_on(&mut self) {
        self.perhaps = None;
    }

    /// Takes note that nothing more is thrown away behind what was handled, surely or perhaps.
    pub(crate) fn stop_draining(&mut self, handled: usize, events: usize, is_sure: bool) {
        let last = Last { index: handled - 1, since: events + 1 };
        if self.last.is_none() {
            let to = if is_sure { &mut self.last } else { &mut self.perhaps };
            *to = Some(last);
        }
    }

    /// Takes note of what has happened to requests in a turn.
    pub(crate) fn note_events(&mut self, now: &Now<'_>) {
        let mut events = Vec::new();
        for (index, asked) in now.asked[..now.handled].iter().enumerate() {
            let known = &now.board.requests[asked.id];
            events.push((known.called_as, Happened::Called, index));
            events.extend(now.begun(index).map(|begun| (begun, Happened::Begun, index)));
            if known.failed {
                events.push((known.over_as, Happened::Failed, index));
            }
        }
        events.retain(|(event, ..)| *event > self.seen);
        events.sort();
        for (event, happened, index) in events {
            self.received = self.received.max(index + 1);
            let last = Last { index, since: event };
            match happened {
                Happened::Called => self.note_call(now, last),
                Happened::Begun => self.note_answer(now, last),
                // What came behind is forgotten.
                Happened::Failed if self.last.is_none_or(|known| known.index > index) => {
                    self.last = Some(last);
                }
                Happened::Failed => {}
            }
        }
        self.seen = now.board.events;
    }

    fn note_call(&mut self, now: &Now<'_>, last: Last) {
        if let Some(known) = self.last {
            assert!(last.index <= known.index, "{} is behind the last one, {known:?}", last.index);
            return;
        }
        let asked = &now.asked[last.index];
        // One that came behind tells.
        self.perhaps = None;
        if self.quits || asked.closes() || last.index + 1 >= now.rules.requests {
            self.last = Some(last);
        } else if last.index >= self.left_behind
            && asked.arrived.is_some_and(|arrived| arrived <= asked.end)
        {
            self.note_if_it_leaves(last);
        }
    }

    fn note_answer(&mut self, now: &Now<'_>, last: Last) {
        if self.last.is_some() {
            return;
        }
        let is_youngest = last.index + 1 == self.received;
        let asked = &now.asked[last.index];
        if asked.kind == Kind::ParkQuit && now.board.requests[asked.id].done {
            let youngest = Last { index: self.received - 1, ..last };
            self.is_open |= now.is_malformed_begun();
            self.quits = self.is_read.is_none();
            let to = if self.quits { &mut self.perhaps } else { &mut self.last };
            *to = Some(youngest);
        } else if is_youngest && now.is_behind_all(last.index) {
            self.note_if_it_leaves(last);
        }
    }

    fn note_if_it_leaves(&mut self, last: Last) {
        match self.leaves {
            Some(true) => self.last = Some(last),
            Some(false) => {}
            None => self.perhaps = Some(last),
        }
    }

    /// Takes note of what a turn ends with: all that has arrived was looked at, or not.
    pub(crate) fn note_end(&mut self, now: &Now<'_>) {
        self.is_read = now.is_read;
        if now.is_read == Some(true) {
            self.received = self.received.max(now.received());
        } else if now.is_placed {
            self.received = self.received.max(now.handled + 1);
        }
        let since = now.board.events + 1;
        if now.refused == Some(true) && self.last.is_none() {
            self.last = Some(Last { index: now.handled, since });
        }
        self.is_open |= now.refused.is_none();
        if now.has_ended {
            self.is_open |= now.is_read.is_none() || now.is_malformed_begun();
            if now.is_read == Some(true) && self.last.is_none() {
                let index = (now.handled + usize::from(now.is_placed)).wrapping_sub(1);
                self.last = Some(Last { index, since });
            }
        } else if now.ends && self.leaves != Some(true) {
            self.leaves = match now.is_read {
                Some(true) => Some(true),
                Some(false) => self.leaves,
                None => None,
            };
            if self.leaves == Some(true) {
                self.left_behind = self.received;
            }
            let is_due = now.received() > now.handled && now.asked[now.handled].end > now.delivered;
            if self.leaves == Some(true) && (is_due || now.drains) && self.last.is_none() {
                let index = if is_due { now.handled } else { now.handled - 1 };
                self.last = Some(Last { index, since });
            }
        }
    }
}
