//! Room for connections: the one thing that workers share while they serve. It is touched when a connection is accepted,
//! and when one has ended.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::runtime::WakeQueue;

/// How many connections there are, of all workers.
pub(crate) struct Room {
    most: usize,
    taken: AtomicUsize,
    /// Workers that wait for room, and whether there are any.
    waiting: Mutex<Vec<Arc<WakeQueue>>>,
    anyone: AtomicBool,
}

impl Room {
    pub(crate) fn new(most: usize) -> Room {
        Room {
            most,
            taken: AtomicUsize::new(0),
            waiting: Mutex::default(),
            anyone: AtomicBool::new(false),
        }
    }

    /// Takes room for one more connection, if there is any.
    pub(crate) fn take(&self) -> bool {
        let more = |taken| (taken < self.most).then_some(taken + 1);
        self.taken.fetch_update(Ordering::SeqCst, Ordering::SeqCst, more).is_ok()
    }

    /// Takes room for one more, whether there is any or not.
    pub(crate) fn take_anyway(&self) {
        self.taken.fetch_add(1, Ordering::SeqCst);
    }

    /// A connection has ended. Workers that wait for room are roused.
    pub(crate) fn give(&self) {
        self.taken.fetch_sub(1, Ordering::SeqCst);
        if self.anyone.load(Ordering::SeqCst) && self.anyone.swap(false, Ordering::SeqCst) {
            let waiting = core::mem::take(&mut *self.lock());
            waiting.iter().for_each(|worker| worker.rouse());
        }
    }

    /// Whether there will never be any.
    pub(crate) fn is_none(&self) -> bool {
        self.most == 0
    }

    /// Whether there is any.
    pub(crate) fn is_there(&self) -> bool {
        self.taken.load(Ordering::SeqCst) < self.most
    }

    /// The same; if not, the worker is roused when there may be.
    pub(crate) fn is_there_for(&self, worker: &Arc<WakeQueue>) -> bool {
        if self.is_there() {
            return true;
        }
        let mut waiting = self.lock();
        if !waiting.iter().any(|other| Arc::ptr_eq(other, worker)) {
            waiting.push(worker.clone());
        }
        self.anyone.store(true, Ordering::SeqCst);
        drop(waiting);
        // Who has given some just before that was not told of this worker.
        self.is_there()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Arc<WakeQueue>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_waits_for_room_is_roused_once_when_some_is_given() {
        let roused = Arc::new(AtomicUsize::new(0));
        let worker = |roused: &Arc<AtomicUsize>| {
            let roused = roused.clone();
            WakeQueue::new(move || {
                roused.fetch_add(1, Ordering::SeqCst);
            })
        };
        let (room, one, two) = (Room::new(2), worker(&roused), worker(&roused));
        assert!(room.take() && room.is_there_for(&one) && room.take() && !room.take());
        assert!(!room.is_there_for(&one) && !room.is_there_for(&one) && !room.is_there_for(&two));
        room.give();
        assert_eq!(roused.load(Ordering::SeqCst), 2);
        assert!(room.is_there_for(&one) && room.take());
        room.give();
        room.give();
        assert_eq!(roused.load(Ordering::SeqCst), 2, "nobody waits");
        room.take_anyway();
        room.take_anyway();
        room.take_anyway();
        assert!(!room.is_there());
        room.give();
        assert!(!room.take(), "there were too many");
    }
}
