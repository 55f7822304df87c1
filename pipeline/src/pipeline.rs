//! The pipeline itself: its state, what is lent to it, what it wants, and octets out.

use core::fmt;
use core::marker::PhantomData;
use core::ops::DerefMut;
use core::sync::atomic::{AtomicU32, Ordering};

use rajada_parser::Resume;

use crate::memory::{Memory, UsualLoan, UsualMemory};
use crate::order::{Order, Sequence};
use crate::output::List;
use crate::store::{Answer, Slot, Store};
use crate::ticket::{Terms, TicketId};

/// The server's side of one HTTP/1.x connection, without the connection.
///
/// `B` is what owns large content: `&'static [u8]`, `Vec<u8>`, `Arc<[u8]>`. The memory `M`, and how
/// a [`Store`] of it is lent, `L`, have defaults that suit all but those without a heap.
pub struct Pipeline<B, M = UsualMemory<B>, L = UsualLoan<B, M>> {
    pub(crate) store: Option<L>,
    pub(crate) order: Order,
    /// While this request is in flight, none is handed over: it, or the next one, has effects.
    pub(crate) barrier: Sequence,
    /// How many pipelines were made before it: its identity is in the lower 24 bits.
    pub(crate) made: u32,
    pub(crate) input: Input,
    /// No further request is accepted; behind the last answer the connection closes. Never while
    /// `input` is a head's.
    pub(crate) closing: bool,
    /// It was shut down: `input` is never `Head` again.
    pub(crate) leaving: bool,
    pub(crate) ahead: Ahead,
    pub(crate) last: Last,
    pub(crate) resume: Resume,
    pub(crate) received: u64,
    pub(crate) transmitted: u64,
    sent: Sent,
    marker: PhantomData<fn() -> (B, M)>,
}

/// What the next octets received are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// The head of a request.
    Head,
    /// The same of a connection that was shut down: the last request is the one behind which nothing
    /// stands in its burst. (Apart from `Head`, so that what is usual need not ask.)
    Leaving,
    /// Content of the youngest request.
    Content,
    /// Unknown until the offered upgrade is answered.
    Held,
    /// The new protocol's.
    Upgraded,
    /// Ignored.
    Ended,
}

/// What is known of octets behind the last request and its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ahead {
    /// There was none in the burst, beside the empty line that may stand before a head.
    Nothing,
    /// There was one, which was not parsed.
    Unread,
    /// The same, and they begin with the method `HEAD`.
    UnreadHead,
    /// It begins the next head.
    Begun,
    /// The same, and its method is `HEAD`.
    BegunHead,
}

impl Ahead {
    /// Of octets that were not parsed.
    pub(crate) const fn unread(is_head: bool) -> Self {
        if is_head { Self::UnreadHead } else { Self::Unread }
    }

    /// Before anybody looks.
    #[inline(always)]
    pub(crate) const fn of(more: bool) -> Self {
        if more { Self::Unread } else { Self::Nothing }
    }

    /// Whether a head is incomplete.
    #[inline]
    pub(crate) const fn has_begun(self) -> bool {
        self as u8 >= Self::Begun as u8
    }

    /// What is known of the request that an answer unasked answers.
    pub(crate) const fn terms(self) -> Terms {
        Terms::USUAL.with(Terms::HEAD, matches!(self, Self::UnreadHead | Self::BegunHead))
    }
}

/// How the peer learns where the last answer of the connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Last {
    /// By its framing, if it has been encoded at all.
    Framed,
    /// By the end of the connection.
    UntilClose,
    /// It would, too, and the answer was broken off.
    BrokenOff,
}

/// Which answers have been transmitted: all in front of `through`; and when `at` octets in all have
/// left, all in front of `next`.
#[derive(Debug, Clone, Copy)]
struct Sent {
    through: Sequence,
    next: Sequence,
    at: u64,
}

/// What a connection is about, for the deadlines of its owner. Answers may be owed or under way in
/// every phase: see [`Pipeline::in_flight`] and [`Pipeline::wants_write`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// Between messages: no octet of the next head was seen. With nothing in flight this is an idle
    /// connection.
    Idle,
    /// A head has begun and is incomplete.
    Head,
    /// Content of a request is due.
    Content,
    /// An offered upgrade awaits its answer.
    Held,
    /// The octets belong to another protocol. (Once nothing is in flight and unsent, so does the
    /// way out.)
    Upgraded,
    /// Nothing more is received, and answers are still owed or unsent.
    Ending,
    /// Nothing more is received, and everything owed has been transmitted: close. Close the sending
    /// side first and go on reading for a while, so that the peer can read the last answer (RFC
    /// 9112 section 9.6); but reset the connection at once if [`Pipeline::wants_reset`].
    Closed,
}

impl<B, M, L> Pipeline<B, M, L> {
    /// An idle pipeline. It owns no buffers; [`lend`](Self::lend) it a store before octets are
    /// received.
    pub fn new() -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let made = MADE.fetch_add(1, Ordering::Relaxed);
        let (_, first) = numbers(made);
        Self {
            store: None,
            order: Order::new(first),
            barrier: first.before(),
            made,
            input: Input::Head,
            closing: false,
            leaving: false,
            ahead: Ahead::Nothing,
            last: Last::Framed,
            resume: Resume::new(),
            received: 0,
            transmitted: 0,
            sent: Sent { through: first, next: first, at: 0 },
            marker: PhantomData,
        }
    }
}

/// The identity of a pipeline before which so many were made, and the number of its first request.
/// Identities come again after 2^24 pipelines, with other numbers: a ticket is like another one after
/// 2^32 pipelines, or 2^24 requests of one connection.
const fn numbers(made: u32) -> (u32, Sequence) {
    (made % (1 << 24), Sequence(made >> 24 << 24))
}

impl<B, M, L> Default for Pipeline<B, M, L> {
    fn default() -> Self {
        Self::new()
    }
}

impl<B: AsRef<[u8]>, M: Memory<B>, L: DerefMut<Target = Store<B, M>>> Pipeline<B, M, L> {
    /// Whether a store must be lent before the next octets are received.
    #[inline]
    pub fn wants_store(&self) -> bool {
        self.store.is_none()
    }

    /// Lends a store. One that was lent already is given back if it is in use no longer, otherwise
    /// the new one is.
    #[inline(always)]
    pub fn lend(&mut self, mut store: L) -> Option<L> {
        if self.store.is_some() {
            return self.lend_instead(store);
        }
        store.lend();
        self.store = Some(store);
        None
    }

    #[cold]
    fn lend_instead(&mut self, mut store: L) -> Option<L> {
        let Some(before) = self.reclaim() else { return Some(store) };
        store.lend();
        self.store = Some(store);
        Some(before)
    }

    /// Gives the store back, if there is one and nothing is in flight or unsent.
    #[inline]
    pub fn reclaim(&mut self) -> Option<L> {
        let idle = self.store_is_idle();
        let mut store = self.store.take_if(|_| idle)?;
        store.reclaim();
        Some(store)
    }

    /// Gives back the memory of octets that have left, if none are to leave, while the store is still needed: for an answer
    /// that goes on for long and has nothing to send for now. The next octets take memory anew. It changes nothing where memory
    /// can't grow.
    #[cold]
    pub fn give_back_memory(&mut self) {
        if let Some(store) = self.store.as_deref_mut()
            && store.output.is_arena_free()
        {
            store.memory.give_back_octets();
        }
    }

    fn store_is_idle(&self) -> bool {
        self.order.is_empty() && self.input != Input::Content && !self.wants_write()
    }

    /// Whether more octets should be read from the peer. Not while a bound is reached, nor while the next
    /// request [has to wait](crate#the-order-of-effects) for those in flight: ask again once they are answered, and
    /// [receive](Self::receive) what was left of the burst before.
    #[inline]
    pub fn wants_read(&self) -> bool {
        if self.input == Input::Head { self.has_room_for_request() } else { self.wants_rest() }
    }

    /// The same of what is no head.
    #[inline(never)]
    fn wants_rest(&self) -> bool {
        match self.input {
            Input::Head | Input::Leaving => self.has_room_for_request(),
            Input::Content => self.has_room(),
            Input::Upgraded => true,
            Input::Held | Input::Ended => false,
        }
    }

    /// Whether octets are ready to leave.
    #[inline]
    pub fn wants_write(&self) -> bool {
        self.store.as_ref().is_some_and(|store| store.output.ready() > 0)
    }

    /// Fills `out` with the octets that may leave now, in order, and says how many slices there
    /// are. Neighbours are one slice; owned content is its own.
    #[inline]
    pub fn poll_transmit<'s>(&'s self, out: &mut [&'s [u8]]) -> usize {
        match &self.store {
            Some(store) => store.output.poll_transmit(&store.memory, out),
            None => 0,
        }
    }

    /// Takes note that the first `count` octets of what [`poll_transmit`](Self::poll_transmit)
    /// gives have left; any number, also in the middle of a slice.
    #[inline]
    pub fn transmitted(&mut self, count: usize) {
        if let Some(store) = self.store.as_deref_mut() {
            let count = store.output.transmitted(&mut store.memory, count);
            self.transmitted += count as u64;
            if self.transmitted >= self.sent.at {
                self.sent.through = self.sent.next;
                self.sent.next = self.order.front();
                self.sent.at = self.transmitted + store.output.ready() as u64;
                if self.sent.at == self.transmitted {
                    self.sent.through = self.sent.next;
                }
            }
        }
    }

    /// Whether the answer to a request has been transmitted in full, as far as is known: it is
    /// learnt not with each answer, but at the latest when all that was ready together with its
    /// last octet has left.
    ///
    /// It is forgotten again once 2^31 requests more have been answered: numbers of requests wrap, and
    /// the answer then counts as one to come.
    pub fn is_transmitted(&self, id: TicketId) -> bool {
        !self.is_foreign(id) && self.sent.through.is_behind(id.sequence())
    }

    /// What the connection is about.
    pub fn phase(&self) -> Phase {
        match self.input {
            Input::Head | Input::Leaving if self.ahead.has_begun() => Phase::Head,
            Input::Head | Input::Leaving => Phase::Idle,
            Input::Content => Phase::Content,
            Input::Held => Phase::Held,
            Input::Upgraded => Phase::Upgraded,
            Input::Ended if self.order.is_empty() && !self.wants_write() => Phase::Closed,
            Input::Ended => Phase::Ending,
        }
    }

    /// Whether the connection was [shut down](Self::shut_down) and has not come to its end: something
    /// may be received still. Behind [`Phase::Idle`] with nothing in flight or unsent this is a
    /// connection to close, as soon as nothing more is known to come.
    #[cold]
    pub fn is_leaving(&self) -> bool {
        self.leaving && self.input != Input::Ended
    }

    /// Whether the content that is due ([`Phase::Content`]) is thrown away: its request has been
    /// answered without it.
    pub fn is_draining(&self) -> bool {
        self.input == Input::Content
            && self.store.as_ref().is_some_and(|store| store.content.draining.is_some())
    }

    /// Whether the connection, if it ends now, has to be reset and not closed: a part is missing of an
    /// answer that the end of the connection ends ([`Length::Unknown`](crate::Length::Unknown) to a
    /// client of HTTP/1.0), so behind a connection that is closed in order the peer would take it for
    /// complete (RFC 9112 section 8).
    ///
    /// This is so while such an answer is under way or unsent, and for ever once it was broken off.
    /// So ask in [`Phase::Closed`], and wherever else a connection is given up. To reset, set
    /// `SO_LINGER` to zero and close the socket, without closing the sending side first. A peer may
    /// lose what it has not read by then; answers whose framing tells their end need no reset.
    pub fn wants_reset(&self) -> bool {
        match self.last {
            Last::Framed => false,
            // There is none behind it, so it is the oldest if it is the only one.
            Last::UntilClose => {
                self.order.len() == 1 || (self.order.is_empty() && self.wants_write())
            }
            Last::BrokenOff => self.order.is_empty(),
        }
    }

    /// Requests received whose answers are not complete, or wait for one in front of them that is
    /// not.
    #[inline]
    pub fn in_flight(&self) -> usize {
        self.order.len()
    }

    /// Octets of answers encoded or owned and not yet transmitted. (What
    /// [`Settings::held`](crate::Settings::held) bounds is their [memory](Self::memory_held).)
    #[inline]
    pub fn held(&self) -> usize {
        self.store.as_ref().map_or(0, |store| store.output.held::<B, M>())
    }

    /// Octets of memory in use for what is [held](Self::held): that, and the entries of a table that
    /// grows, one for each run of octets. [`Settings::held`](crate::Settings::held) bounds this.
    #[inline]
    pub fn memory_held(&self) -> usize {
        self.store.as_ref().map_or(0, |store| store.output.weight())
    }

    /// Requests received since the connection began, as a number that wraps: it tells whether the
    /// message at hand is still the same one. An answer of the pipeline's own to what is no request
    /// counts as a request, and requests whose tickets have become void count no longer; both are at
    /// the connection's end.
    pub fn requests_received(&self) -> u32 {
        let (_, first) = numbers(self.made);
        self.order.next().0.wrapping_sub(first.0)
    }

    /// Whether a request is another pipeline's.
    #[inline]
    pub(crate) fn is_foreign(&self, id: TicketId) -> bool {
        let (identity, _) = numbers(self.made);
        id.pipeline() != identity
    }

    /// Octets consumed since the connection began. With [`phase`](Self::phase) it shows whether a
    /// peer makes progress.
    pub fn octets_received(&self) -> u64 {
        self.received
    }

    /// Octets transmitted since the connection began.
    pub fn octets_transmitted(&self) -> u64 {
        self.transmitted
    }

    #[inline]
    pub(crate) fn has_room(&self) -> bool {
        self.store.as_ref().is_none_or(|store| store.output.weight() < store.bounds.held)
    }

    /// Whether a store is lent, and a request may come that need not look for a barrier.
    #[inline]
    pub(crate) fn has_room_freely(&self) -> bool {
        self.store.as_ref().is_some_and(|store| {
            store.output.weight() < store.bounds.held && self.order.len() < store.bounds.freely
        })
    }

    #[inline]
    pub(crate) fn has_room_for_request(&self) -> bool {
        self.store.as_ref().is_none_or(|store| {
            store.output.weight() < store.bounds.held
                && (self.order.len() < store.bounds.freely || self.has_room_at_barrier())
        })
    }

    /// Lets everything leave whose turn has come, after the oldest answer was completed and
    /// retired.
    #[inline]
    pub(crate) fn advance(&mut self) {
        if !self.order.is_empty() {
            self.advance_to_unfinished();
        }
    }

    fn advance_to_unfinished(&mut self) {
        let Some(store) = self.store.as_deref_mut() else { return };
        while !self.order.is_empty() {
            let Some(slot) = store.slot(self.order.front()) else { return };
            let list = core::mem::replace(&mut slot.list, List::EMPTY);
            let done = slot.answer == Answer::Done;
            if done {
                store.retire(&mut self.order);
            }
            store.output.release(&mut store.memory, list);
            if !done {
                return;
            }
        }
    }

    /// Ends the connection behind the answer `last`: answers behind it are forgotten, and so is all
    /// input.
    pub(crate) fn end_behind(&mut self, last: Sequence) {
        self.forget_from(last.next());
        self.last = Last::Framed;
        self.closing = true;
        self.input = Input::Ended;
    }

    /// Forgets the answers from `first` on.
    pub(crate) fn forget_from(&mut self, first: Sequence) {
        let Some(store) = self.store.as_deref_mut() else {
            return;
        };
        let mut sequence = first;
        while self.order.contains(sequence) {
            if let Some(slot) = store.slot(sequence) {
                let Slot { list, .. } = core::mem::replace(slot, Slot::FREE);
                store.output.forget(&mut store.memory, list);
            }
            sequence = sequence.next();
        }
        self.order.truncate(first);
    }
}

impl<B, M, L> fmt::Debug for Pipeline<B, M, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline")
            .field("input", &self.input)
            .field("in_flight", &self.order.len())
            .field("closing", &self.closing)
            .field("leaving", &self.leaving)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
