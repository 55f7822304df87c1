//! Whole answers: from a ticket and a head to octets in the right place.

use core::ops::DerefMut;

use crate::encode::{Connection, Encoder, Framing, OVERHEAD, usual_answer};
use crate::head::Head;
use crate::memory::Memory;
use crate::order::Sequence;
use crate::pipeline::{Ahead, Input, Pipeline};
use crate::store::{Answer, Store};
use crate::ticket::{ApiMisuse, Rejected, Terms, Ticket, TicketId};

/// The content of an answer, or a piece of it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Content<'c, B> {
    /// None: `Content-Length: 0` where a length may be told.
    None,
    /// Copied behind the head. The right choice for small content.
    Copied(&'c [u8]),
    /// Kept until it is transmitted, as its own slice, without a copy. (Content of less than
    /// [`COPY_BELOW`] octets is copied and dropped at once: that is cheaper than one more slice.) A
    /// call that fails drops it.
    Owned(B),
    /// This many octets that are not given, because they are not sent: in an answer to `HEAD`, or
    /// with `304` (RFC 9110 section 8.6).
    Omitted(u64),
    /// Octets that are not given because they are not sent, and nobody knows how many: nothing is told
    /// of their length (RFC 9110 section 9.3.2).
    Untold,
}

/// Owned content below this many octets is copied.
pub const COPY_BELOW: usize = 1024;

impl<B: AsRef<[u8]>, M: Memory<B>, L: DerefMut<Target = Store<B, M>>> Pipeline<B, M, L> {
    /// Answers a request, whole. Answers may be given in any order; they leave in that of the
    /// requests.
    ///
    /// The framing fields are added, `Connection` where it is needed, and the content is left out
    /// where the method or the status forbids it (RFC 9112 section 6.3).
    ///
    /// # Errors
    /// With the ticket, but not the content: what was owned is dropped. Whoever may have to try again
    /// gives what is cheap to clone (an `Arc<[u8]>`, `Bytes`, `&'static [u8]`).
    ///
    /// [`ApiMisuse::ForeignTicket`], [`ApiMisuse::Gone`], [`ApiMisuse::WrongStatus`] for an interim
    /// status (or `2xx` to `CONNECT`), [`ApiMisuse::NotOffered`] for content omitted where it must be
    /// sent, and [`ApiMisuse::Full`] if the memory can't grow.
    // Always: a server calls it from one place, once an answer, and has its arguments at hand.
    #[inline(always)]
    pub fn respond(
        &mut self,
        ticket: Ticket,
        head: &Head<'_>,
        content: Content<'_, B>,
    ) -> Result<(), Rejected<Ticket>> {
        if let Some(content) = copied(&content)
            && self.respond_at_front(&ticket, head, content)
        {
            return Ok(());
        }
        self.respond_in_full(ticket, head, content)
    }

    /// The shortest way, that of nearly every answer: it is the turn of the request, nothing is
    /// special about it, the connection or the head, and the content is copied. Says whether it was
    /// taken.
    #[inline(always)]
    fn respond_at_front(&mut self, ticket: &Ticket, head: &Head<'_>, content: &[u8]) -> bool {
        // Whose turn it is, and the usual terms, in one comparison.
        let at_turn = *ticket == Ticket::new(self.made, self.order.front(), Terms::USUAL);
        let usual = self.answers_as_usual(head);
        if !at_turn || !usual || self.order.is_empty() {
            return false;
        }
        let Some(store) = self.store.as_deref_mut() else { return false };
        let octets = head.octets().len() + OVERHEAD + content.len();
        // Whoever begins an answer takes its ticket.
        debug_assert_eq!(
            store.slot(self.order.front()).map(|slot| slot.answer),
            Some(Answer::Owed)
        );
        let Some(room) = store.output.room_in_run(&mut store.memory, octets) else { return false };
        let len = usual_answer(room, head.octets(), content);
        store.output.commit_ready(len);
        self.order.pop();
        self.advance();
        true
    }

    /// A short way for those whose turn has not come.
    #[inline]
    fn respond_before_turn(&mut self, ticket: &Ticket, head: &Head<'_>, content: &[u8]) -> bool {
        let usual = ticket.terms() == Terms::USUAL && self.answers_as_usual(head);
        let sequence = ticket.id().sequence();
        if !usual || sequence == self.order.front() || self.owes(ticket.id()).is_err() {
            return false;
        }
        let Some(store) = self.store.as_deref_mut() else { return false };
        let octets = head.octets().len() + OVERHEAD + content.len();
        if !store.output.reserve(&mut store.memory, octets, false) {
            return false;
        }
        let len = usual_answer(store.output.room(&mut store.memory), head.octets(), content);
        self.complete(sequence, len, None);
        true
    }

    /// Whether a head, and what the connection is about, ask for nothing special.
    #[inline(always)]
    fn answers_as_usual(&self, head: &Head<'_>) -> bool {
        head.form().is_usual() && self.input == Input::Head
    }

    #[inline(never)]
    fn respond_in_full(
        &mut self,
        ticket: Ticket,
        head: &Head<'_>,
        content: Content<'_, B>,
    ) -> Result<(), Rejected<Ticket>> {
        if let Some(content) = copied(&content)
            && self.respond_before_turn(&ticket, head, content)
        {
            return Ok(());
        }
        match self.answer_in_full(&ticket, head, content) {
            Ok(()) => Ok(()),
            Err(why) => Err(Rejected { given: ticket, why }),
        }
    }

    fn answer_in_full(
        &mut self,
        ticket: &Ticket,
        head: &Head<'_>,
        content: Content<'_, B>,
    ) -> Result<(), ApiMisuse> {
        self.owes(ticket.id())?;
        check_final(ticket, head)?;
        let unsent = ticket.is_head() || head.form().has_no_content();
        let (copied, kept, length) = match &content {
            Content::None => (&[][..], false, if head.status() == 304 { None } else { Some(0) }),
            Content::Copied(octets) => (*octets, false, Some(octets.len() as u64)),
            Content::Owned(content) if unsent || content.as_ref().len() < COPY_BELOW => {
                (content.as_ref(), false, Some(content.as_ref().len() as u64))
            }
            Content::Owned(content) => (&[][..], true, Some(content.as_ref().len() as u64)),
            Content::Omitted(_) | Content::Untold if !unsent => return Err(ApiMisuse::NotOffered),
            Content::Omitted(length) => (&[][..], false, Some(*length)),
            Content::Untold => (&[][..], false, None),
        };
        let copied = if unsent { &[] } else { copied };
        let framing = match length {
            _ if head.form().has_no_length() => Framing::None,
            _ if head.status() == 205 => Framing::Length(0),
            None => Framing::None,
            Some(length) => Framing::Length(length),
        };
        self.reserve(ticket.id().sequence(), head.octets().len() + copied.len())?;
        self.prepare_for_answer(ticket.id().sequence(), false);
        let connection = self.connection_for(ticket.id().sequence(), ticket.terms());
        let Some(store) = self.store.as_deref_mut() else {
            return Err(ApiMisuse::Gone);
        };
        let mut encoder = Encoder::new(store.output.room(&mut store.memory));
        encoder.head(head, framing, connection).put(copied);
        let len = encoder.len();
        let owned = match content {
            Content::Owned(content) if kept => Some(content),
            _ => None,
        };
        self.complete(ticket.id().sequence(), len, owned);
        self.leave_content(ticket.id().sequence());
        Ok(())
    }

    /// Whether the request is in flight and nobody has begun its answer.
    #[inline]
    pub(crate) fn owes(&mut self, id: TicketId) -> Result<(), ApiMisuse> {
        match self.answer_of(id)? {
            Answer::Owed => Ok(()),
            _ => Err(ApiMisuse::Gone),
        }
    }

    /// How far the answer to a request in flight is.
    #[inline]
    pub(crate) fn answer_of(&mut self, id: TicketId) -> Result<Answer, ApiMisuse> {
        if self.is_foreign(id) {
            return Err(ApiMisuse::ForeignTicket);
        }
        if !self.order.contains(id.sequence()) {
            return Err(ApiMisuse::Gone);
        }
        let slot = self.store.as_deref_mut().and_then(|store| store.slot(id.sequence()));
        slot.map(|slot| slot.answer).ok_or(ApiMisuse::Gone)
    }

    /// Room for a head or chunk with `octets` octets beside its framing.
    pub(crate) fn reserve(&mut self, sequence: Sequence, octets: usize) -> Result<(), ApiMisuse> {
        let front = sequence == self.order.front();
        let store = self.store.as_deref_mut().ok_or(ApiMisuse::Gone)?;
        if store.output.reserve(&mut store.memory, octets + OVERHEAD, front) {
            Ok(())
        } else {
            Err(ApiMisuse::Full)
        }
    }

    /// Ends an answer with the `len` octets written into the room, and owned content behind them.
    pub(crate) fn complete(&mut self, sequence: Sequence, len: usize, owned: Option<B>) {
        self.append(sequence, len, owned);
        let Some(store) = self.store.as_deref_mut() else { return };
        if sequence == self.order.front() {
            store.retire(&mut self.order);
            self.advance();
        } else if let Some(slot) = store.slot(sequence) {
            slot.answer = Answer::Done;
        }
    }

    /// Adds the `len` octets written into the room, and owned content behind them, to an answer.
    pub(crate) fn append(&mut self, sequence: Sequence, len: usize, owned: Option<B>) {
        let Some(store) = self.store.as_deref_mut() else { return };
        if sequence == self.order.front() {
            store.output.commit_ready(len);
            if let Some(content) = owned {
                store.output.own_ready(&mut store.memory, content);
            }
            return;
        }
        let Some(mut list) = store.slot(sequence).map(|slot| slot.list) else { return };
        store.output.commit(&mut store.memory, &mut list, len);
        if let Some(content) = owned {
            store.output.own(&mut store.memory, &mut list, content);
        }
        if let Some(slot) = store.slot(sequence) {
            slot.list = list;
        }
    }

    /// Decides, before a final head is encoded, whether the connection persists behind the youngest
    /// request: whether the rest of its content lets it, and whether a connection that leaves waits
    /// for another one. With `takes_on` that content is taken while the answer leaves.
    pub(crate) fn prepare_for_answer(&mut self, sequence: Sequence, takes_on: bool) {
        if sequence.next() != self.order.next() {
            return;
        }
        match self.input {
            Input::Content => {}
            Input::Leaving if self.ahead == Ahead::Nothing => return self.end_input(),
            _ => return,
        }
        let Some(store) = self.store.as_deref_mut() else {
            return;
        };
        // A client that was told neither to go on nor to stop may send its content or not (RFC 9110
        // section 10.1.1).
        if (store.has_too_much_content() && !takes_on) || store.content.expected {
            self.closing = true;
        }
    }

    /// Drains, behind a complete answer, what is left of the request's content, and parses on
    /// behind an upgrade that this answer refused.
    pub(crate) fn leave_content(&mut self, sequence: Sequence) {
        if sequence.next() != self.order.next() {
            return;
        }
        match self.input {
            Input::Content if self.closing => self.input = Input::Ended,
            Input::Content
                if self.store.as_ref().is_some_and(|store| store.has_too_much_content()) =>
            {
                self.end_input();
            }
            Input::Content => {
                if let Some(store) = self.store.as_deref_mut() {
                    store.content.draining = Some(store.drains());
                    store.content.limit = u64::MAX;
                    store.content.hold = false;
                }
            }
            Input::Held => self.input = self.input_behind(false),
            _ => {}
        }
    }

    /// The `Connection` line of the answer to a request.
    pub(crate) fn connection_for(&self, sequence: Sequence, terms: Terms) -> Connection {
        if self.closing && sequence.next() == self.order.next() {
            Connection::Close
        } else if terms.has(Terms::HTTP10) {
            Connection::KeepAlive
        } else {
            Connection::Implied
        }
    }
}

/// Whether a head may be the final answer to a request.
pub(crate) fn check_final(ticket: &Ticket, head: &Head<'_>) -> Result<(), ApiMisuse> {
    let tunnel = ticket.terms().has(Terms::CONNECT) && (200..300).contains(&head.status());
    if head.status() < 200 || tunnel { Err(ApiMisuse::WrongStatus) } else { Ok(()) }
}

/// Content that is copied.
#[inline]
fn copied<'c, B: AsRef<[u8]>>(content: &'c Content<'_, B>) -> Option<&'c [u8]> {
    if let Content::Copied(octets) = content { Some(octets) } else { copied_otherwise(content) }
}

#[inline(never)]
fn copied_otherwise<'c, B: AsRef<[u8]>>(content: &'c Content<'_, B>) -> Option<&'c [u8]> {
    match content {
        Content::None => Some(&[]),
        Content::Copied(octets) => Some(octets),
        Content::Owned(content) if content.as_ref().len() < COPY_BELOW => Some(content.as_ref()),
        Content::Owned(_) | Content::Omitted(_) | Content::Untold => None,
    }
}
