//! What is lent to a pipeline while requests are in flight.

use core::marker::PhantomData;

use crate::client::Asked;
use crate::content::Body;
use crate::memory::{Memory, UsualMemory};
use crate::order::{Order, Sequence};
use crate::output::{List, Output, Piece};
use crate::settings::Settings;
use crate::ticket::Terms;

/// Ring, pieces and arena: everything that a pipeline needs only while a request is in flight or an
/// octet unsent.
///
/// A worker keeps a pool of them, lends one to each connection that becomes active, and takes it
/// back when [`Pipeline::reclaim`](crate::Pipeline::reclaim) gives it. Its memory grows to what was
/// needed and stays, so a store in use again allocates nothing.
#[derive(Debug)]
pub struct Store<B, M = UsualMemory<B>> {
    pub(crate) bounds: Bounds,
    pub(crate) output: Output,
    pub(crate) content: Content,
    pub(crate) memory: M,
    /// A pipeline has it, or was dropped while it had it.
    lent: bool,
    marker: PhantomData<B>,
}

impl<B> Store<B> {
    /// An empty store with the usual memory; nothing is allocated yet.
    pub fn new(settings: &Settings) -> Self {
        Self::with_memory(settings, UsualMemory::new())
    }
}

impl<B, M: Memory<B>> Store<B, M> {
    /// An empty store with the given memory. Bounds are what the settings say, and not more than
    /// memory that can't grow has room for: half of its octets, so that the other half is there for
    /// the answer to a request that was accepted.
    pub fn with_memory(settings: &Settings, memory: M) -> Self {
        let mut in_flight = settings.requests_in_flight.clamp(1, 1 << 30);
        let mut held = settings.held;
        if !M::GROWS {
            in_flight = in_flight.min(memory.slots().len() - 1);
            held = held.min(memory.octets().len() / 2);
        }
        Self {
            bounds: Bounds {
                in_flight,
                freely: in_flight,
                held: held.max(1),
                drain: settings.drain,
            },
            output: Output::new(),
            content: Content::IDLE,
            memory,
            lent: false,
            marker: PhantomData,
        }
    }

    /// To be lent now. What a pipeline that was dropped left in it is forgotten: it belongs to
    /// another connection.
    #[inline]
    pub(crate) fn lend(&mut self) {
        if self.lent {
            self.forget_all();
        }
        self.lent = true;
    }

    #[cold]
    fn forget_all(&mut self) {
        self.output = Output::new();
        self.content = Content::IDLE;
        self.memory.pieces_mut().fill_with(|| Piece::FREE);
        self.memory.slots_mut().fill(Slot::FREE);
    }

    /// Given back, with nothing in it.
    #[inline]
    pub(crate) fn reclaim(&mut self) {
        self.lent = false;
    }

    /// Octets of memory in use or kept for reuse, for encoded answers and for the tables of what waits
    /// and what is in flight, which a pool may want to know before it keeps a store. (Not those of
    /// owned content.)
    pub fn capacity(&self) -> usize {
        let Self { memory, .. } = self;
        memory.octets().len() + size_of_val(memory.pieces()) + size_of_val(memory.slots())
    }

    /// The slot of a request in flight.
    #[inline]
    pub(crate) fn slot(&mut self, sequence: Sequence) -> Option<&mut Slot> {
        Order::slot(sequence, self.memory.slots_mut())
    }

    /// Gives the next request its slot, which is free: whoever retires a number frees its slot. The
    /// bound on requests in flight leaves one for an answer of our own.
    #[inline]
    pub(crate) fn admit(&mut self, order: &mut Order) -> Option<Sequence> {
        let needed = order.len() + 1;
        if needed > self.memory.slots().len()
            && !self.memory.grow_slots(needed, |from, to| order.transfer(from, to))
        {
            return None;
        }
        Some(order.push())
    }

    /// Whether more content is known to come than is drained.
    pub(crate) fn has_too_much_content(&self) -> bool {
        matches!(self.content.body, Body::Exact(left) if left > self.drains() as u64)
    }

    /// Octets of content that may still be drained.
    pub(crate) fn drains(&self) -> usize {
        self.bounds.drain.saturating_sub(self.content.drained)
    }

    /// Retires the oldest number and frees its slot.
    #[inline]
    pub(crate) fn retire(&mut self, order: &mut Order) {
        if let Some(slot) = self.slot(order.front()) {
            *slot = Slot::FREE;
        }
        order.pop();
    }
}

/// The bounds that calls without settings need.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) in_flight: usize,
    /// Of requests, so many without a look for a barrier: 1 since one was put up, until it is seen to be gone; then
    /// as many as there may be. (Also behind another pipeline: who looks finds none.)
    pub(crate) freely: usize,
    pub(crate) held: usize,
    pub(crate) drain: usize,
}

/// The place of one answer. (Opaque; public because [`Fixed`](crate::memory::Fixed) memory holds an
/// array of them.)
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    /// What waits for its turn. Empty for the oldest answer, whose octets are ready at once.
    pub(crate) list: List,
    pub(crate) answer: Answer,
}

impl Slot {
    pub(crate) const FREE: Self = Self { list: List::EMPTY, answer: Answer::Owed };
}

/// How far an answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Nobody has begun it.
    Owed,
    /// Content of exactly this many octets is still to come.
    Exact(u64),
    /// Content in chunks.
    Chunked,
    /// Content that the end of the connection ends.
    UntilClose,
    /// Content that is not sent, as in an answer to `HEAD`.
    Unsent,
    /// Complete.
    Done,
    /// A client's: the response to a request that begins with this octet of all that were sent.
    Awaited { position: u64, asked: Asked },
}

/// The content of the request that is being received, the youngest one.
#[derive(Debug)]
pub(crate) struct Content {
    pub(crate) body: Body,
    /// More octets than these are refused.
    pub(crate) limit: u64,
    /// Octets that were thrown away before the answer.
    pub(crate) drained: usize,
    /// The answer was given early: octets are thrown away, at most this many.
    pub(crate) draining: Option<usize>,
    /// The client awaits `100 (Continue)`, which has not been sent.
    pub(crate) expected: bool,
    /// It is taken on while the answer leaves.
    pub(crate) taken: bool,
    /// An upgrade was offered: nothing behind the content is parsed before the answer.
    pub(crate) hold: bool,
    /// What the request's head said about its answer.
    pub(crate) terms: Terms,
}

impl Content {
    pub(crate) const IDLE: Self = Self {
        body: Body::Exact(0),
        limit: 0,
        drained: 0,
        draining: None,
        expected: false,
        taken: false,
        hold: false,
        terms: Terms::USUAL,
    };
}
