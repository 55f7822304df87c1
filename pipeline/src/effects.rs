//! The order of effects: which requests may be out, handed over and unanswered, while others are.
//!
//! "A server MAY process a sequence of pipelined requests in parallel if they all have safe methods" (RFC 9112
//! section 9.3.2). So a *barrier* stands at a request that none may overtake: one with effects, from when it
//! is handed over; and the youngest one in flight, from when one with effects waits behind it. Nothing is handed
//! over while the barrier's request is in flight, and all that is in front of it is so no longer than it.

use core::ops::DerefMut;

use rajada_parser::Request;

use crate::memory::Memory;
use crate::order::Sequence;
use crate::pipeline::{Ahead, Pipeline};
use crate::settings::Settings;
use crate::store::Store;

/// Whether a method is safe: `GET`, `HEAD`, `OPTIONS`, `TRACE` (RFC 9110 section 9.2.1), `QUERY` (RFC 10008
/// section 2). Any other may have effects, also one that nobody knows. Methods are case-sensitive.
pub const fn is_safe(method: &[u8]) -> bool {
    matches!(method, b"GET" | b"HEAD" | b"OPTIONS" | b"TRACE" | b"QUERY")
}

impl<B: AsRef<[u8]>, M: Memory<B>, L: DerefMut<Target = Store<B, M>>> Pipeline<B, M, L> {
    /// Whether a request that is next, its head complete, has to wait for those in flight. Puts up the barrier
    /// that it needs, waiting or not.
    pub(crate) fn holds_back(&mut self, settings: &Settings, request: &Request<'_, '_>) -> bool {
        // Nobody can tell what another protocol does; behind its offer nothing is received anyhow.
        let effects = !is_safe(request.method())
            || (!self.order.is_empty() && request.framing().is_ok_and(|framing| framing.upgrade));
        let waits = effects && self.holds_back_effects(settings);
        if waits {
            // It is no head to be waited for.
            self.ahead = Ahead::unread(request.method() == b"HEAD");
        }
        waits
    }

    /// The same of a request with effects.
    #[inline]
    pub(crate) fn holds_back_effects(&mut self, settings: &Settings) -> bool {
        if settings.unsafe_in_parallel {
            return false;
        }
        let waits = !self.order.is_empty();
        self.put_barrier(if waits { self.order.last() } else { self.order.next() });
        waits
    }

    #[inline]
    fn put_barrier(&mut self, at: Sequence) {
        self.barrier = at;
        if let Some(store) = self.store.as_deref_mut() {
            store.bounds.freely = 1;
        }
    }

    /// Whether there is room for a request, where so many are in flight that there may be a barrier.
    #[cold]
    #[inline(never)]
    pub(crate) fn has_room_at_barrier(&self) -> bool {
        self.store.as_ref().is_none_or(|store| {
            self.order.len() < store.bounds.in_flight && !self.order.contains(self.barrier)
        })
    }

    /// Whether there is room for a request, where it seems that there is none. If so, there is no barrier to be
    /// looked for any more.
    #[cold]
    #[inline(never)]
    pub(crate) fn makes_room(&mut self) -> bool {
        let room = self.has_room_for_request();
        match self.store.as_deref_mut() {
            Some(store) if room => store.bounds.freely = store.bounds.in_flight,
            _ => return false,
        }
        true
    }
}
