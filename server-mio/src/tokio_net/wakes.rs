//! Which sockets have something to do: what their wakers leave for the worker.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{Wake, Waker};

use crate::driver::Key;

/// What wakes a worker's future, and the connections that did.
#[derive(Default)]
pub(super) struct Wakes {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    connections: Vec<Arc<SocketWake>>,
    worker: Option<Waker>,
}

/// What the waker of one socket points to.
pub(super) struct SocketWake {
    /// Known as soon as the connection has a name.
    key: OnceLock<Key>,
    queued: AtomicBool,
    wakes: Arc<Wakes>,
}

impl Wakes {
    /// Has `waker` woken from now on.
    pub(super) fn register(&self, waker: &Waker) {
        let mut state = self.lock();
        if !state.worker.as_ref().is_some_and(|before| before.will_wake(waker)) {
            state.worker = Some(waker.clone());
        }
    }

    /// Wakes the worker.
    pub(super) fn rouse(&self) {
        let waker = self.lock().worker.clone();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// The connections whose sockets were woken since the last call; what wakes them from now on counts anew.
    pub(super) fn take(&self) -> impl Iterator<Item = Key> + use<> {
        let woken = core::mem::take(&mut self.lock().connections);
        woken.into_iter().filter_map(|wake| {
            wake.queued.store(false, Ordering::SeqCst);
            wake.key.get().copied()
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SocketWake {
    pub(super) fn new(wakes: &Arc<Wakes>) -> Arc<SocketWake> {
        let (key, queued) = (OnceLock::new(), AtomicBool::new(false));
        Arc::new(SocketWake { key, queued, wakes: wakes.clone() })
    }

    /// Says whose socket it is.
    pub(super) fn belongs_to(&self, key: Key) {
        // Said once, when the connection is opened.
        let _ = self.key.set(key);
    }
}

impl Wake for SocketWake {
    fn wake(self: Arc<Self>) {
        if self.queued.swap(true, Ordering::SeqCst) {
            return;
        }
        let wakes = self.wakes.clone();
        wakes.lock().connections.push(self);
        wakes.rouse();
    }
}
