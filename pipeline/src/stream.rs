//! Answers in parts: interim answers, and content that comes piece by piece.

use core::ops::DerefMut;

use rajada_parser::Field;

use crate::answer::{COPY_BELOW, Content, check_final};
use crate::encode::{Connection, Encoder, Framing, OVERHEAD};
use crate::head::{Head, is_trailer};
use crate::memory::Memory;
use crate::order::Sequence;
use crate::pipeline::{Input, Last, Pipeline};
use crate::store::{Answer, Store};
use crate::ticket::{ApiMisuse, Rejected, Streaming, Terms, Ticket, TicketId};

/// How the end of a streamed answer's content is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// By its length, announced in advance.
    Exact(u64),
    /// By chunks; to a client of HTTP/1.0, by the end of the connection (RFC 9112 section 6.3), in
    /// which case see [`Pipeline::wants_reset`].
    Unknown,
}

impl<B: AsRef<[u8]>, M: Memory<B>, L: DerefMut<Target = Store<B, M>>> Pipeline<B, M, L> {
    /// Begins an answer whose content comes in pieces.
    ///
    /// To a client of HTTP/1.0 content of unknown length makes this the last answer, which the end of
    /// the connection ends: the tickets of requests that came behind are void, and answers already
    /// given to them are forgotten, an accepted upgrade among them.
    ///
    /// # Errors
    /// As of [`respond`](Self::respond).
    pub fn start(
        &mut self,
        ticket: Ticket,
        head: &Head<'_>,
        length: Length,
    ) -> Result<Streaming, Rejected<Ticket>> {
        match self.try_start(&ticket, head, length) {
            Ok(wants_content) => Ok(Streaming { id: ticket.id(), wants_content }),
            Err(why) => Err(Rejected { given: ticket, why }),
        }
    }

    /// Says whether content is sent.
    fn try_start(
        &mut self,
        ticket: &Ticket,
        head: &Head<'_>,
        length: Length,
    ) -> Result<bool, ApiMisuse> {
        self.owes(ticket.id())?;
        check_final(ticket, head)?;
        let sequence = ticket.id().sequence();
        self.reserve(sequence, head.octets().len())?;
        let takes_on = self.store.as_ref().is_some_and(|store| store.content.taken);
        self.prepare_for_answer(sequence, takes_on);
        let (mut framing, mut answer) = match length {
            Length::Exact(length) => (Framing::Length(length), Answer::Exact(length)),
            Length::Unknown if ticket.terms().has(Terms::HTTP10) => {
                (Framing::None, Answer::UntilClose)
            }
            Length::Unknown => (Framing::Chunked, Answer::Chunked),
        };
        if ticket.is_head() || head.form().has_no_content() {
            answer = Answer::Unsent;
            framing = match framing {
                _ if head.form().has_no_length() => Framing::None,
                _ if head.status() == 205 => Framing::Length(0),
                Framing::Chunked if head.status() == 304 => Framing::None,
                framing => framing,
            };
        }
        if answer == Answer::UntilClose {
            self.close_behind(sequence);
            self.last = Last::UntilClose;
        }
        let connection = self.connection_for(sequence, ticket.terms());
        self.write(sequence, |encoder| {
            encoder.head(head, framing, connection);
        });
        self.set_answer(sequence, answer);
        Ok(answer != Answer::Unsent)
    }

    /// Adds a piece of content to an answer under way. A piece that is owned leaves as its own
    /// slice; one of less than [`COPY_BELOW`] octets is copied and dropped at once, as by
    /// [`respond`](Self::respond), and leaves with its neighbours.
    ///
    /// # Errors
    /// Whatever the error, content that was owned is dropped: give what is cheap to clone (an
    /// `Arc<[u8]>`, `Bytes`, `&'static [u8]`), or look at the [`room`](Self::room) first.
    ///
    /// [`ApiMisuse::Full`] if the piece is larger than that (one that is larger than the bound itself
    /// is accepted when nothing else is held, and memory has room for it); [`ApiMisuse::TooLong`] if it
    /// exceeds the declared length: it is left out, what was declared is never reached, and the
    /// connection closes behind this answer; [`ApiMisuse::ForeignTicket`], [`ApiMisuse::Gone`].
    pub fn send(&mut self, stream: &Streaming, content: Content<'_, B>) -> Result<(), ApiMisuse> {
        let answer = self.begun(stream.id)?;
        let sequence = stream.id.sequence();
        let (copied, kept) = match &content {
            Content::None | Content::Omitted(_) | Content::Untold => return Ok(()),
            Content::Copied(octets) => (*octets, 0),
            Content::Owned(content) => match content.as_ref() {
                octets if octets.len() < COPY_BELOW => (octets, 0),
                octets => (&[][..], octets.len()),
            },
        };
        let len = copied.len() + kept;
        if len == 0 {
            return Ok(());
        }
        let left = match answer {
            Answer::Unsent => return Ok(()),
            Answer::Exact(left) => match left.checked_sub(len as u64) {
                Some(left) => Answer::Exact(left),
                None => {
                    self.cut_short(sequence);
                    return Err(ApiMisuse::TooLong);
                }
            },
            answer => answer,
        };
        if len > self.room_for(sequence) && self.held_against(sequence) > 0 {
            return Err(ApiMisuse::Full);
        }
        self.reserve(sequence, copied.len())?;
        let chunked = answer == Answer::Chunked;
        let Some(store) = self.store.as_deref_mut() else {
            return Err(ApiMisuse::Gone);
        };
        let mut encoder = Encoder::new(store.output.room(&mut store.memory));
        if chunked {
            encoder.chunk_size(len);
        }
        encoder.put(copied);
        if chunked && kept == 0 {
            encoder.put(b"\r\n");
        }
        let written = encoder.len();
        let owned = match content {
            Content::Owned(content) if kept > 0 => Some(content),
            _ => None,
        };
        self.append(sequence, written, owned);
        if chunked && kept > 0 {
            self.write(sequence, |encoder| {
                encoder.put(b"\r\n");
            });
        }
        self.set_answer(sequence, left);
        Ok(())
    }

    /// Octets of content that [`send`](Self::send) accepts for this answer now: what is missing to
    /// the [bound on what is held](crate::Settings::held), and not more than what memory that can't grow has room for, however
    /// the content is given. It is 0 also where nothing is accepted because too much else waits.
    pub fn room(&self, stream: &Streaming) -> usize {
        let sequence = stream.id.sequence();
        let Some(store) = &self.store else { return 0 };
        let front = sequence == self.order.front();
        let memory = store.output.room_left(&store.memory, front);
        self.room_for(sequence).min(memory.saturating_sub(OVERHEAD))
    }

    /// How many octets are missing to the bound on what is held.
    fn room_for(&self, sequence: Sequence) -> usize {
        let bound = self.store.as_ref().map_or(0, |store| store.bounds.held);
        bound.saturating_sub(self.held_against(sequence))
    }

    /// The oldest answer is held back by what is ready alone, so that answers that wait behind it
    /// can't block it.
    fn held_against(&self, sequence: Sequence) -> usize {
        match &self.store {
            Some(store) if sequence == self.order.front() => store.output.ready_weight::<B, M>(),
            Some(store) => store.output.weight(),
            None => 0,
        }
    }

    /// Ends an answer. Trailers are sent behind content in chunks, and left out of any other (RFC
    /// 9112 section 7.1.2).
    ///
    /// # Errors
    /// With the stream: [`ApiMisuse::BadTrailers`], [`ApiMisuse::Full`], and without a further duty
    /// [`ApiMisuse::TooShort`] (the connection closes behind what was sent),
    /// [`ApiMisuse::ForeignTicket`], [`ApiMisuse::Gone`].
    pub fn finish(
        &mut self,
        stream: Streaming,
        trailers: &[Field<'_>],
    ) -> Result<(), Rejected<Streaming>> {
        match self.try_finish(&stream, trailers) {
            Ok(()) => Ok(()),
            Err(why) => Err(Rejected { given: stream, why }),
        }
    }

    fn try_finish(&mut self, stream: &Streaming, trailers: &[Field<'_>]) -> Result<(), ApiMisuse> {
        let sequence = stream.id.sequence();
        match self.begun(stream.id)? {
            Answer::Exact(1..) => {
                self.cut_short(sequence);
                return Err(ApiMisuse::TooShort);
            }
            Answer::Chunked => {
                if !trailers.iter().all(|field| is_trailer(field.name, field.value)) {
                    return Err(ApiMisuse::BadTrailers);
                }
                let len =
                    trailers.iter().map(|field| field.name.len() + field.value.len() + 4).sum();
                self.reserve(sequence, len)?;
                let Some(store) = self.store.as_deref_mut() else {
                    return Err(ApiMisuse::Gone);
                };
                let mut encoder = Encoder::new(store.output.room(&mut store.memory));
                let len = encoder.last_chunk(trailers).len();
                self.complete(sequence, len, None);
            }
            _ => self.complete(sequence, 0, None),
        }
        self.leave_content(sequence);
        Ok(())
    }

    /// Breaks an answer off: the connection ends behind what was sent of it, so that the peer can
    /// tell (RFC 9112 section 8), by a length or last chunk that is missing. An answer that has
    /// neither, of [`Length::Unknown`] to a client of HTTP/1.0, it takes for complete unless the
    /// connection is reset: see [`wants_reset`](Self::wants_reset). Answers in front of it are not
    /// touched; the tickets of requests behind it are void.
    ///
    /// # Errors
    /// With the stream: [`ApiMisuse::ForeignTicket`], [`ApiMisuse::Gone`].
    pub fn abort(&mut self, stream: Streaming) -> Result<(), Rejected<Streaming>> {
        match self.begun(stream.id) {
            Ok(_) => {
                self.cut_short(stream.id.sequence());
                Ok(())
            }
            Err(why) => Err(Rejected { given: stream, why }),
        }
    }

    /// Sends `100 (Continue)`, in its turn, to a client that waits for it. Says whether it was
    /// sent: it is not once content has begun to arrive, nor to a client that did not ask (RFC 9110
    /// section 10.1.1).
    ///
    /// # Errors
    /// [`ApiMisuse::ForeignTicket`], [`ApiMisuse::Gone`], [`ApiMisuse::Full`].
    pub fn send_continue(&mut self, ticket: &Ticket) -> Result<bool, ApiMisuse> {
        self.owes(ticket.id())?;
        let sequence = ticket.id().sequence();
        let awaited = self.input == Input::Content
            && sequence == self.order.last()
            && self.store.as_ref().is_some_and(|store| store.content.expected);
        if !awaited {
            return Ok(false);
        }
        self.reserve(sequence, 0)?;
        self.write(sequence, |encoder| {
            encoder.put(b"HTTP/1.1 100 Continue\r\n\r\n");
        });
        if let Some(store) = self.store.as_deref_mut() {
            store.content.expected = false;
        }
        Ok(true)
    }

    /// Sends an interim answer, in its turn: `103 (Early Hints)`, `102`. Says whether it was sent:
    /// it is not to a client of HTTP/1.0 (RFC 9110 section 15.2).
    ///
    /// # Errors
    /// [`ApiMisuse::Full`] while [`Settings::held`](crate::Settings::held) is reached, as for a piece
    /// of a stream: the answer is owed all the same, an interim one may be left out.
    /// [`ApiMisuse::WrongStatus`] unless the status is 102 to 199 (for 100 there is
    /// [`send_continue`](Self::send_continue), for 101 [`accept_upgrade`](Self::accept_upgrade));
    /// [`ApiMisuse::ForeignTicket`], [`ApiMisuse::Gone`].
    pub fn inform(&mut self, ticket: &Ticket, head: &Head<'_>) -> Result<bool, ApiMisuse> {
        self.owes(ticket.id())?;
        if !(102..200).contains(&head.status()) {
            return Err(ApiMisuse::WrongStatus);
        }
        if ticket.terms().has(Terms::HTTP10) {
            return Ok(false);
        }
        if self.room_for(ticket.id().sequence()) == 0 {
            return Err(ApiMisuse::Full);
        }
        self.reserve(ticket.id().sequence(), head.octets().len())?;
        self.write(ticket.id().sequence(), |encoder| {
            encoder.head(head, Framing::None, Connection::Implied);
        });
        Ok(true)
    }

    /// Accepts another protocol by `101 (Switching Protocols)`, or a tunnel by `2xx` to `CONNECT`,
    /// once the request's content has been received. The head names the protocol in `Upgrade` (RFC
    /// 9110 section 7.8).
    ///
    /// From now on [`receive`](Self::receive) gives [`Event::Upgraded`](crate::Event::Upgraded).
    /// Octets of the new protocol may be sent once everything here is transmitted and nothing is in
    /// flight.
    ///
    /// # Errors
    /// With the ticket: [`ApiMisuse::NotOffered`] if the request offered nothing, its content is
    /// incomplete, or the offer was withdrawn by [`refuse`](Self::refuse);
    /// [`ApiMisuse::WrongStatus`], [`ApiMisuse::ForeignTicket`], [`ApiMisuse::Gone`],
    /// [`ApiMisuse::Full`].
    pub fn accept_upgrade(
        &mut self,
        ticket: Ticket,
        head: &Head<'_>,
    ) -> Result<(), Rejected<Ticket>> {
        match self.try_upgrade(&ticket, head) {
            Ok(()) => Ok(()),
            Err(why) => Err(Rejected { given: ticket, why }),
        }
    }

    fn try_upgrade(&mut self, ticket: &Ticket, head: &Head<'_>) -> Result<(), ApiMisuse> {
        self.owes(ticket.id())?;
        let fits = if ticket.terms().has(Terms::CONNECT) {
            (200..300).contains(&head.status())
        } else {
            head.status() == 101 && head.form().offers_upgrade()
        };
        if !fits {
            return Err(ApiMisuse::WrongStatus);
        }
        if self.input != Input::Held || !ticket.terms().has(Terms::UPGRADE) {
            return Err(ApiMisuse::NotOffered);
        }
        let sequence = ticket.id().sequence();
        self.reserve(sequence, head.octets().len())?;
        let Some(store) = self.store.as_deref_mut() else {
            return Err(ApiMisuse::Gone);
        };
        let mut encoder = Encoder::new(store.output.room(&mut store.memory));
        encoder.head(head, Framing::None, Connection::Implied);
        let len = encoder.len();
        self.complete(sequence, len, None);
        self.input = Input::Upgraded;
        self.closing = false;
        Ok(())
    }

    /// How far a streamed answer is that is not complete.
    fn begun(&mut self, id: TicketId) -> Result<Answer, ApiMisuse> {
        match self.answer_of(id)? {
            Answer::Owed | Answer::Done => Err(ApiMisuse::Gone),
            answer => Ok(answer),
        }
    }

    /// Encodes, into room that was reserved, a part of an answer that goes on.
    fn write(&mut self, sequence: Sequence, encode: impl FnOnce(&mut Encoder<'_>)) {
        let Some(store) = self.store.as_deref_mut() else {
            return;
        };
        let mut encoder = Encoder::new(store.output.room(&mut store.memory));
        encode(&mut encoder);
        let len = encoder.len();
        self.append(sequence, len, None);
    }

    fn set_answer(&mut self, sequence: Sequence, answer: Answer) {
        if let Some(slot) = self.store.as_deref_mut().and_then(|store| store.slot(sequence)) {
            slot.answer = answer;
        }
    }
}
