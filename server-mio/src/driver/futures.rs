//! Places for the futures of asynchronous handlers, kept to be used again.

use crate::handler::ReusableFuture;
use crate::stock::Stock;

/// By endpoint, those that are not in use.
pub(super) struct Futures {
    idle: Vec<Stock<Box<dyn ReusableFuture>>>,
}

/// Idle places kept for futures of one handler.
const MOST_IDLE: usize = 256;

impl Futures {
    pub(super) fn new(endpoints: usize) -> Futures {
        Futures { idle: (0..endpoints).map(|_| Stock::new()).collect() }
    }

    /// An empty place, made if there is none. It is only lent, for most handlers end at once; for one that does not it
    /// is [taken](Self::take).
    #[inline(always)]
    pub(super) fn lend(
        &mut self,
        endpoint: u32,
        make: impl FnOnce() -> Box<dyn ReusableFuture>,
    ) -> &mut dyn ReusableFuture {
        let idle = &mut self.idle[endpoint as usize];
        &mut **idle.last_or(make)
    }

    /// The place that was lent last.
    pub(super) fn take(&mut self, endpoint: u32) -> Option<Box<dyn ReusableFuture>> {
        self.idle.get_mut(endpoint as usize)?.take()
    }

    /// Takes an empty place back.
    pub(super) fn give_back(&mut self, endpoint: u32, future: Box<dyn ReusableFuture>) {
        if let Some(idle) = self.idle.get_mut(endpoint as usize)
            && idle.len() < MOST_IDLE
        {
            idle.put(future);
        }
    }

    /// Drops those that nobody has used since the last time.
    pub(super) fn trim(&mut self) {
        self.idle.iter_mut().for_each(|idle| drop(idle.trim()));
    }
}
