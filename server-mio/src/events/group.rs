//! The subscribers of one broadcast on one worker. They share nothing with others but the log of the broadcast, from which a
//! task of the worker takes what is new, once for all of them. Their wakers are code of others: nothing is borrowed while one
//! of them is called, cloned or dropped.
//!
//! ```text
//!   send --> log (lock) --wakes--> relay, a task --wakes--> subscriber, subscriber ..     a worker
//!                       --wakes--> relay, a task --wakes--> subscriber ..                 another
//! ```

use std::cell::RefCell;
use std::future::Future;
use std::mem::replace;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::EncodedEvent;
use super::log::{Log, Shared, Window};
use crate::gate;
use crate::runtime::{spawn_anyway, with_local};

/// The groups of a worker, by the numbers of their broadcasts.
#[derive(Default)]
struct Groups(Vec<(u64, Weak<RefCell<Group>>)>);

struct Group {
    window: Window,
    /// The oldest event that the broadcast has.
    first_kept: u64,
    closed: bool,
    seats: Vec<Option<Waker>>,
    free: Vec<u32>,
    /// The seat whose waker is called: unless it is left meanwhile, or has another one, that comes back.
    absent: Option<u32>,
    /// Wakes the relay, once that was polled.
    relay: Option<Waker>,
    /// The relay has ended: nobody joins.
    ended: bool,
}

/// A subscriber's place.
pub(super) struct Seat {
    group: Rc<RefCell<Group>>,
    number: u32,
}

impl Seat {
    /// A place on this worker, whose window is up to date now.
    pub(super) fn take(shared: &Arc<Shared>, waker: &Waker) -> Seat {
        let (group, waker) = (Group::of(shared), waker.clone());
        let number = {
            let mut group = group.borrow_mut();
            group.pull(&shared.log());
            group.add(waker)
        };
        Seat { group, number }
    }

    /// Brings its worker's window up to date, before the relay does.
    pub(super) fn catch_up(&self, shared: &Shared) {
        self.group.borrow_mut().pull(&shared.log());
    }

    /// The oldest event that is there.
    pub(super) fn first(&self) -> u64 {
        self.group.borrow().window.first()
    }

    /// The oldest event that the broadcast has.
    pub(super) fn first_kept(&self) -> u64 {
        self.group.borrow().first_kept
    }

    pub(super) fn event(&self, number: u64) -> Option<EncodedEvent> {
        self.group.borrow().window.get(number).cloned()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.group.borrow().closed
    }

    /// Wakes that one from now on, whenever something has changed.
    pub(super) fn wake(&self, waker: &Waker) {
        let number = self.number as usize;
        let is_known = |own: &Waker| own.will_wake(waker);
        if self
            .group
            .borrow()
            .seats
            .get(number)
            .is_some_and(|own| own.as_ref().is_some_and(is_known))
        {
            return;
        }
        let new = waker.clone();
        let before = self.group.borrow_mut().replace(self.number, new);
        drop(before);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut group = self.group.borrow_mut();
        let waker = group.remove(self.number);
        let relay = if group.is_empty() { group.relay.take() } else { None };
        drop(group);
        // Nobody is left to relay to.
        relay.into_iter().for_each(Waker::wake);
        gate::discard(waker);
    }
}

impl Group {
    /// That of this worker, which is made if there is none. (It is made for one subscriber alone where the worker's values are
    /// in use: code of the application looks at them.)
    fn of(shared: &Arc<Shared>) -> Rc<RefCell<Group>> {
        let number = shared.number;
        let found = with_local(|groups: &mut Groups| {
            groups.0.retain(|(_, group)| group.strong_count() > 0);
            let mut own = groups.0.iter().filter(|(own, _)| *own == number);
            own.find_map(|(_, group)| group.upgrade().filter(|group| !group.borrow().ended))
        });
        if let Some(Some(group)) = found {
            return group;
        }
        let (window, seats, free) =
            (Window::starting_at(shared.log().next()), Vec::new(), Vec::new());
        let group = Group {
            window,
            first_kept: 0,
            closed: false,
            seats,
            free,
            absent: None,
            relay: None,
            ended: false,
        };
        let group = Rc::new(RefCell::new(group));
        with_local(|groups: &mut Groups| groups.0.push((number, Rc::downgrade(&group))));
        let name = shared.listener();
        let (group_of_relay, shared) = (group.clone(), shared.clone());
        spawn_anyway(Relay { group: group_of_relay, shared, name });
        group
    }

    /// Takes what is new.
    fn pull(&mut self, log: &Log) {
        log.pull(&mut self.window);
        (self.first_kept, self.closed) = (log.first(), log.closed);
    }

    fn is_empty(&self) -> bool {
        self.seats.len() == self.free.len()
    }

    fn add(&mut self, waker: Waker) -> u32 {
        let number = self.free.pop().unwrap_or_else(|| {
            self.seats.push(None);
            self.seats.len() as u32 - 1
        });
        self.seats[number as usize] = Some(waker);
        number
    }

    /// Keeps the waker of a seat; the one that is not kept.
    fn replace(&mut self, number: u32, waker: Waker) -> Waker {
        self.absent.take_if(|absent| *absent == number);
        match self.seats.get_mut(number as usize) {
            Some(Some(own)) => replace(own, waker),
            _ => waker,
        }
    }

    fn remove(&mut self, number: u32) -> Option<Waker> {
        self.absent.take_if(|absent| *absent == number);
        self.free.push(number);
        self.seats.get_mut(number as usize)?.take()
    }
}

/// Takes what is new from the log, and wakes the subscribers.
struct Relay {
    group: Rc<RefCell<Group>>,
    shared: Arc<Shared>,
    /// As what it listens.
    name: u64,
}

impl Future for Relay {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut group = self.group.borrow_mut();
        if group.is_empty() {
            return Poll::Ready(());
        }
        let is_known = group.relay.as_ref().is_some_and(|own| own.will_wake(cx.waker()));
        let mut log = self.shared.log();
        if !is_known {
            log.listen(self.name, cx.waker());
        }
        group.pull(&log);
        drop(log);
        if !is_known {
            group.relay = Some(cx.waker().clone());
        }
        drop(group);
        wake_all(&self.group);
        Poll::Pending
    }
}

/// Wakes all who have a seat, each by its waker, which is not there meanwhile.
fn wake_all(group: &RefCell<Group>) {
    for number in 0.. {
        let waker = {
            let mut group = group.borrow_mut();
            match group.seats.get_mut(number as usize) {
                Some(Some(own)) => {
                    let waker = replace(own, Waker::noop().clone());
                    group.absent = Some(number);
                    waker
                }
                Some(None) => continue,
                None => return,
            }
        };
        gate::run("a waker", || waker.wake_by_ref());
        let unused = {
            let mut group = group.borrow_mut();
            if group.absent == Some(number) { group.replace(number, waker) } else { waker }
        };
        gate::discard(unused);
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.group.borrow_mut().ended = true;
        self.shared.log().forget(self.name);
    }
}
