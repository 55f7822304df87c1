//! The subscribers of one broadcast on one worker. They share nothing with others but the log of the broadcast, from which a
//! task of the worker takes what is new, once for all of them.
//!
//! ```text
//!   send --> log (lock) --wakes--> relay, a task --wakes--> subscriber, subscriber ..     a worker
//!                       --wakes--> relay, a task --wakes--> subscriber ..                 another
//! ```

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::EncodedEvent;
use super::log::{Shared, Window};
use crate::runtime::{spawn_anyway, with_local};

/// The groups of a worker, by the numbers of their broadcasts.
#[derive(Default)]
struct Groups(Vec<(u64, Weak<RefCell<Group>>)>);

struct Group {
    window: Window,
    closed: bool,
    seats: Vec<Option<Waker>>,
    free: Vec<u32>,
    /// Wakes the relay, once that was polled.
    relay: Option<Waker>,
}

/// A subscriber's place.
pub(super) struct Seat {
    group: Rc<RefCell<Group>>,
    number: u32,
}

impl Seat {
    /// A place on this worker, whose window is up to date now.
    pub(super) fn take(shared: &Arc<Shared>, waker: &Waker) -> Seat {
        let group = Group::of(shared);
        let number = {
            let mut group = group.borrow_mut();
            let log = shared.log();
            log.pull(&mut group.window);
            group.closed = log.closed;
            drop(log);
            group.add(waker.clone())
        };
        Seat { group, number }
    }

    /// The oldest event that is there.
    pub(super) fn first(&self) -> u64 {
        self.group.borrow().window.first()
    }

    pub(super) fn event(&self, number: u64) -> Option<EncodedEvent> {
        self.group.borrow().window.get(number).cloned()
    }

    pub(super) fn is_closed(&self) -> bool {
        self.group.borrow().closed
    }

    /// Wakes that one from now on, whenever something has changed.
    pub(super) fn wake(&self, waker: &Waker) {
        if let Some(Some(own)) = self.group.borrow_mut().seats.get_mut(self.number as usize) {
            own.clone_from(waker);
        }
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
        drop(waker);
    }
}

impl Group {
    /// That of this worker, which is made if there is none. (It is made for one subscriber alone where the worker's values are
    /// in use: code of the application looks at them.)
    fn of(shared: &Arc<Shared>) -> Rc<RefCell<Group>> {
        let number = shared.number;
        let found = with_local(|groups: &mut Groups| {
            groups.0.retain(|(_, group)| group.strong_count() > 0);
            groups.0.iter().find(|(own, _)| *own == number).and_then(|(_, group)| group.upgrade())
        });
        if let Some(Some(group)) = found {
            return group;
        }
        let (window, seats, free) =
            (Window::starting_at(shared.log().next()), Vec::new(), Vec::new());
        let group = Group { window, closed: false, seats, free, relay: None };
        let group = Rc::new(RefCell::new(group));
        with_local(|groups: &mut Groups| groups.0.push((number, Rc::downgrade(&group))));
        let name = shared.listener();
        let (group_of_relay, shared) = (group.clone(), shared.clone());
        spawn_anyway(Relay { group: group_of_relay, shared, name });
        group
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

    fn remove(&mut self, number: u32) -> Option<Waker> {
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
        log.pull(&mut group.window);
        group.closed = log.closed;
        drop(log);
        if !is_known {
            group.relay = Some(cx.waker().clone());
        }
        // To be woken is to be polled later: nobody comes back here meanwhile.
        group.seats.iter().flatten().for_each(Waker::wake_by_ref);
        Poll::Pending
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shared.log().forget(self.name);
    }
}
