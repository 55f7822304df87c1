//! What was sent to a broadcast last: shared by its senders and all workers.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use super::EncodedEvent;

/// The events of a broadcast that are kept, by number, and who is to be woken for the next one.
pub(super) struct Log {
    events: Window,
    /// The youngest event of each id that is there, by number.
    ids: HashMap<Arc<str>, u64>,
    /// How far a subscriber may be behind.
    pub(super) backlog: Bounds,
    /// What stays for who comes with an id.
    pub(super) kept: Bounds,
    /// Nothing more is sent.
    pub(super) closed: bool,
    /// One a worker that has subscribers. Shared, so that whoever sends wakes them outside of the lock.
    listeners: Arc<Vec<(u64, Waker)>>,
}

/// The last events: so many, 1 at the least, of which all but the youngest hold no more octets than that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) events: usize,
    pub(super) octets: usize,
}

/// A log with its lock, and what is counted beside it.
pub(super) struct Shared {
    /// No other log has this number.
    pub(super) number: u64,
    log: Mutex<Log>,
    pub(super) subscribers: AtomicUsize,
    pub(super) overflowed: AtomicU64,
    numbers: AtomicU64,
}

impl Shared {
    pub(super) fn new(backlog: Bounds) -> Arc<Shared> {
        static LOGS: AtomicU64 = AtomicU64::new(0);
        let log = Log {
            events: Window::starting_at(0),
            ids: HashMap::new(),
            backlog,
            kept: Bounds { events: 0, octets: 0 },
            closed: false,
            listeners: Arc::default(),
        };
        Arc::new(Shared {
            number: LOGS.fetch_add(1, Ordering::Relaxed),
            log: Mutex::new(log),
            subscribers: AtomicUsize::new(0),
            overflowed: AtomicU64::new(0),
            numbers: AtomicU64::new(0),
        })
    }

    pub(super) fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A name for a listener.
    pub(super) fn listener(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// Adds an event, unless it is closed, and wakes every worker that has subscribers.
    pub(super) fn send(&self, event: EncodedEvent) {
        let listeners = {
            let mut log = self.log();
            if log.closed {
                return;
            }
            log.add(event);
            log.listeners.clone()
        };
        wake(&listeners);
    }

    /// Ends it: subscribers have what was sent, and nothing more.
    pub(super) fn close(&self) {
        let listeners = {
            let mut log = self.log();
            log.closed = true;
            log.listeners.clone()
        };
        wake(&listeners);
    }
}

fn wake(listeners: &[(u64, Waker)]) {
    listeners.iter().for_each(|(_, waker)| waker.wake_by_ref());
}

impl Log {
    /// The number of the event that is sent next.
    pub(super) fn next(&self) -> u64 {
        self.events.next()
    }

    /// The number of the oldest one that is there.
    pub(super) fn first(&self) -> u64 {
        self.events.first()
    }

    /// Its events from number `from` on, if none of them is gone.
    pub(super) fn since(&self, from: u64) -> Option<impl Iterator<Item = &EncodedEvent>> {
        self.events.since(from)
    }

    /// The number behind the youngest event that is kept and has this id.
    pub(super) fn behind(&self, id: &str) -> Option<u64> {
        self.ids.get(id).map(|number| number + 1)
    }

    /// Brings a window of a worker up to date.
    pub(super) fn pull(&self, window: &mut Window) {
        let from = window.next();
        match self.events.since(from) {
            Some(events) => events.for_each(|event| window.push(event.clone())),
            None => {
                *window = Window::starting_at(self.events.first);
                self.events.events.iter().for_each(|event| window.push(event.clone()));
            }
        }
        window.trim(&[self.backlog], |_, _| {});
    }

    fn add(&mut self, event: EncodedEvent) {
        if let Some(id) = event.shared_id() {
            self.ids.insert(id.clone(), self.next());
        }
        self.events.push(event);
        self.trim();
    }

    /// Lets go of what is beyond the bounds.
    pub(super) fn trim(&mut self) {
        let ids = &mut self.ids;
        self.events.trim(&[self.backlog, self.kept], |number, event| {
            if let Some(id) = event.id()
                && ids.get(id) == Some(&number)
            {
                ids.remove(id);
            }
        });
    }

    /// Wakes `waker` from now on, in place of an earlier one of this name.
    pub(super) fn listen(&mut self, name: u64, waker: &Waker) {
        let listeners = Arc::make_mut(&mut self.listeners);
        match listeners.iter_mut().find(|(own, _)| *own == name) {
            Some((_, before)) => before.clone_from(waker),
            None => listeners.push((name, waker.clone())),
        }
    }

    pub(super) fn forget(&mut self, name: u64) {
        Arc::make_mut(&mut self.listeners).retain(|(own, _)| *own != name);
    }
}

/// Events that follow each other by number; older ones go first.
#[derive(Debug)]
pub(super) struct Window {
    first: u64,
    events: VecDeque<EncodedEvent>,
    octets: usize,
}

impl Window {
    /// None, and the next one is to have this number.
    pub(super) fn starting_at(first: u64) -> Window {
        Window { first, events: VecDeque::new(), octets: 0 }
    }

    pub(super) fn next(&self) -> u64 {
        self.first + self.events.len() as u64
    }

    /// The oldest one that is there.
    pub(super) fn first(&self) -> u64 {
        self.first
    }

    pub(super) fn get(&self, number: u64) -> Option<&EncodedEvent> {
        self.events.get(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }

    fn since(&self, from: u64) -> Option<impl Iterator<Item = &EncodedEvent>> {
        let at = usize::try_from(from.checked_sub(self.first)?).ok()?;
        (at <= self.events.len()).then(|| self.events.range(at..))
    }

    fn push(&mut self, event: EncodedEvent) {
        self.octets += event.octets().len();
        self.events.push_back(event);
    }

    /// Lets go of the oldest while it is beyond all of these bounds, and tells which.
    fn trim(&mut self, bounds: &[Bounds], mut tell: impl FnMut(u64, &EncodedEvent)) {
        while bounds.iter().all(|bounds| self.is_beyond(bounds)) {
            let Some(oldest) = self.events.pop_front() else { break };
            self.octets -= oldest.octets().len();
            tell(self.first, &oldest);
            self.first += 1;
        }
    }

    /// Whether the oldest one is beyond bounds.
    fn is_beyond(&self, bounds: &Bounds) -> bool {
        let youngest = self.events.back().map_or(0, |event| event.octets().len());
        self.events.len() > bounds.events.max(1) || self.octets - youngest > bounds.octets
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Event;

    fn event(number: usize, octets: usize) -> EncodedEvent {
        let fill = octets.saturating_sub(format!("data: \nid: {number}\n\n").len());
        Event::new("x".repeat(fill)).id(number).encode().unwrap()
    }

    fn made(backlog: (usize, usize), kept: (usize, usize)) -> Arc<Shared> {
        let bounds = |(events, octets)| Bounds { events, octets };
        let shared = Shared::new(bounds(backlog));
        shared.log().kept = bounds(kept);
        shared
    }

    fn ids(log: &Log) -> Vec<String> {
        log.events.events.iter().map(|event| event.id().unwrap().to_owned()).collect()
    }

    #[test]
    fn the_oldest_go_first_and_those_that_are_kept_stay() {
        const NONE: (usize, usize) = (0, 0);
        for (backlog, kept, sizes, left) in [
            ((2, 1000), NONE, &[20, 20, 20][..], &["1", "2"][..]),
            ((0, 1000), NONE, &[20, 20], &["1"]),
            ((2, 1000), (3, 1000), &[20; 5], &["2", "3", "4"]),
            ((9, 40), NONE, &[20; 5], &["2", "3", "4"]),
            ((9, 40), NONE, &[50, 50], &["1"]),
            ((9, 50), NONE, &[50, 50], &["0", "1"]),
            ((9, 0), (2, 1000), &[50, 50, 50], &["1", "2"]),
            ((1, 0), (9, 100), &[50; 5], &["2", "3", "4"]),
            ((1, 0), (9, 99), &[50; 5], &["3", "4"]),
            ((1, 0), (usize::MAX, 0), &[50; 5], &["4"]),
        ] {
            let shared = made(backlog, kept);
            for (number, &size) in sizes.iter().enumerate() {
                shared.send(event(number, size));
            }
            let log = shared.log();
            assert_eq!(ids(&log), left, "{backlog:?} {kept:?}");
            assert_eq!(log.next(), sizes.len() as u64);
            let octets: usize = log.events.events.iter().map(|event| event.octets().len()).sum();
            assert_eq!(log.events.octets, octets);
        }
    }

    #[test]
    fn a_window_that_is_pulled_has_what_it_may_and_no_gap() {
        let shared = made((3, 1 << 20), (8, 1 << 20));
        let mut window = Window::starting_at(0);
        for number in 0..20 {
            shared.send(event(number, 20));
            if number % 7 == 0 || number > 15 {
                shared.log().pull(&mut window);
                let numbers: Vec<u64> = (window.first()..window.next()).collect();
                let ids = numbers.iter().map(|&at| window.get(at).unwrap().id().unwrap());
                assert_eq!(
                    ids.collect::<Vec<_>>(),
                    numbers.iter().map(u64::to_string).collect::<Vec<_>>()
                );
                assert_eq!((window.next(), numbers.len()), (number as u64 + 1, 3.min(number + 1)));
            }
        }
        assert_eq!((window.get(16), window.get(20)), (None, None));
    }

    #[test]
    fn an_id_is_found_where_it_stands_last() {
        let shared = made((1, 0), (4, 1 << 20));
        for id in ["a", "b", "a", "c", "d"] {
            shared.send(Event::default().id(id).encode().unwrap());
        }
        let log = shared.log();
        let behind = |id| log.behind(id).map(|at| (at, log.since(at).unwrap().count()));
        assert_eq!(behind("a"), Some((3, 2)));
        assert_eq!((behind("b"), behind("d")), (Some((2, 3)), Some((5, 0))));
        assert_eq!(behind("e"), None);
        assert!(log.since(0).is_none() && log.since(6).is_none());
        drop(log);
        (0..3).for_each(|_| shared.send(Event::default().id("e").encode().unwrap()));
        let log = shared.log();
        let behind = ["a", "b", "c", "d", "e"].map(|id| log.behind(id));
        assert_eq!(behind, [None, None, None, Some(5), Some(8)]);
        assert_eq!(log.ids.len(), 2, "no id is there without its event");
    }
}
