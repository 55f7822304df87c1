//! Answers that the pipeline makes itself, and the ways in which a connection comes to its end.

use core::ops::DerefMut;

use crate::burst::Burst;
use crate::encode::{Encoder, Framing};
use crate::event::{Event, Offence};
use crate::memory::Memory;
use crate::order::Sequence;
use crate::pipeline::{Input, Last, Pipeline};
use crate::settings::Settings;
use crate::store::{Answer, Content, Store};
use crate::ticket::{ApiMisuse, Terms, Ticket, TicketId};

impl<B: AsRef<[u8]>, M: Memory<B>, L: DerefMut<Target = Store<B, M>>> Pipeline<B, M, L> {
    /// Ends the connection with an answer of the pipeline's own behind those that are owed: `408`
    /// when a deadline has passed within a message, `503` when there is no capacity. Nothing more
    /// is received.
    ///
    /// A request whose content is being received gets this answer, and its ticket is void; unless
    /// its own answer has begun, which is broken off, or is complete. To a head that has begun with
    /// the method `HEAD` the answer has no content (RFC 9110 section 9.3.2).
    ///
    /// While an offered upgrade awaits its answer ([`Phase::Held`](crate::Phase::Held)) none is added:
    /// the offer is withdrawn, and the answer to its request, still owed by whoever has the ticket,
    /// is the last one.
    ///
    /// Nothing is sent to another protocol, nor when the connection already comes to its end, nor if
    /// [no store is lent](Self::wants_store), as it may be where a head has begun: lend one first.
    pub fn refuse(&mut self, settings: &Settings, status: u16) {
        let status = if (400..600).contains(&status) { status } else { 500 };
        match self.input {
            Input::Head | Input::Leaving => {
                self.answer_unasked(settings, status, self.ahead.terms());
            }
            Input::Content => self.answer_in_place(settings, status),
            Input::Held | Input::Upgraded | Input::Ended => self.end_input(),
        }
    }

    /// The same, but that the answer is the caller's to give: with a ticket, if there is nothing that
    /// one is out for. A request whose content is being received has one already.
    pub fn refuse_by_ticket(&mut self) -> Option<Ticket> {
        let terms = self.ahead.terms();
        let is_between = matches!(self.input, Input::Head | Input::Leaving);
        self.end_input();
        if is_between { self.last_ticket(terms) } else { None }
    }

    /// Brings the connection to an end that loses nothing. Answers owed are given, and so are those
    /// to requests that are on their way; the last one says `Connection: close`, if it is not encoded
    /// yet, and nothing is received behind its request. Called again it changes nothing.
    ///
    /// Which request is the last one?
    ///
    /// - The first one behind which, and behind whose content, nothing stands in its burst. (One whose
    ///   content goes on behind the burst is it, too.) So call this once everything is read that the
    ///   peer is known to have sent, or give the rest of that as one burst.
    /// - The youngest one in flight, if its answer is encoded before an octet of another head is seen.
    ///   A head that has begun is awaited.
    /// - The one whose content is due, or whose offer of another protocol awaits its answer, when this
    ///   is called. The offer may be accepted.
    ///
    /// Content that is thrown away since its request has been answered ends at once. If nothing is in
    /// flight, or the youngest request's answer has been encoded, the connection may stay as it is,
    /// [`Phase::Idle`](crate::Phase::Idle), until its owner closes it: see
    /// [`is_leaving`](Self::is_leaving).
    pub fn shut_down(&mut self) {
        if core::mem::replace(&mut self.leaving, true) {
            return;
        }
        match self.input {
            Input::Head => self.input = Input::Leaving,
            Input::Content if self.is_draining() => self.end_input(),
            Input::Content | Input::Held => self.closing = true,
            Input::Leaving | Input::Upgraded | Input::Ended => {}
        }
    }

    /// Receives no further request, since the answer to this one says so, or needs it. Requests that
    /// came behind it are answered as well, since their answers may have been given or be under way:
    /// the answer to the youngest one is the last, and says `Connection: close` if it is not encoded
    /// yet. A head that has begun is not received; content that is due is, unless its request has
    /// been answered.
    ///
    /// An upgrade that the youngest request offers may be accepted all the same, or has been: the
    /// connection ends as the other protocol's then, and nothing says `Connection: close`.
    ///
    /// # Errors
    /// [`ApiMisuse::ForeignTicket`], [`ApiMisuse::Gone`].
    pub fn close_after(&mut self, ticket: &Ticket) -> Result<(), ApiMisuse> {
        self.owes(ticket.id())?;
        match self.input {
            Input::Content if self.is_draining() => self.end_input(),
            Input::Content | Input::Held => self.closing = true,
            Input::Head | Input::Leaving => self.end_input(),
            Input::Upgraded | Input::Ended => {}
        }
        Ok(())
    }

    /// Reports a ticket, or stream, that is lost: [`fail`](Self::fail) with `500`.
    ///
    /// # Errors
    /// As of [`fail`](Self::fail).
    pub fn abandon(&mut self, settings: &Settings, id: TicketId) -> Result<(), ApiMisuse> {
        self.fail(settings, id, 500)
    }

    /// Gives a request up: if nothing of its answer was encoded it is answered with this status,
    /// `400` to `599`, and an answer of the pipeline's own; otherwise its answer is broken off, as by
    /// [`abort`](Self::abort). A gateway whose server breaks off (`502`), or is late (`504`), needs
    /// not know how far it was.
    ///
    /// # Errors
    /// [`ApiMisuse::ForeignTicket`]; [`ApiMisuse::Gone`] if the request has been answered;
    /// [`ApiMisuse::WrongStatus`].
    pub fn fail(
        &mut self,
        settings: &Settings,
        id: TicketId,
        status: u16,
    ) -> Result<(), ApiMisuse> {
        let answer = self.answer_of(id)?;
        if !(400..600).contains(&status) {
            return Err(ApiMisuse::WrongStatus);
        }
        match answer {
            Answer::Done => return Err(ApiMisuse::Gone),
            Answer::Owed => {
                self.prepare_for_answer(id.sequence(), false);
                self.answer_ourselves(settings, id.sequence(), status, id.terms());
                self.leave_content(id.sequence());
            }
            _ => self.cut_short(id.sequence()),
        }
        Ok(())
    }

    /// The peer broke the protocol in a head, whose octets are `head`, or the first ones of the burst. All that follows is
    /// ignored.
    #[cold]
    pub(crate) fn offend<'b, 'h>(
        &mut self,
        settings: &Settings,
        offence: Offence,
        burst: &mut Burst<'b>,
        (head, terms): (Option<&'b [u8]>, Terms),
    ) -> Event<'b, 'h> {
        let rest = burst.take(usize::MAX);
        self.received += rest.len() as u64;
        if settings.refused_by_ticket {
            self.end_input();
            if let Some(ticket) = self.last_ticket(terms) {
                return Event::Refused { ticket, offence, head: head.unwrap_or(rest) };
            }
        }
        self.answer_unasked(settings, offence.status(), terms);
        Event::Malformed(offence)
    }

    /// The peer broke the protocol in the content of the youngest request.
    #[cold]
    pub(crate) fn void_content<'b, 'h>(
        &mut self,
        settings: &Settings,
        offence: Offence,
    ) -> Event<'b, 'h> {
        if settings.refused_by_ticket && self.is_owed(self.order.last()) {
            self.end_input();
        } else {
            self.answer_in_place(settings, offence.status());
        }
        Event::Malformed(offence)
    }

    /// A ticket for the last answer, to what is no request.
    fn last_ticket(&mut self, terms: Terms) -> Option<Ticket> {
        let sequence = self.store.as_deref_mut()?.admit(&mut self.order)?;
        Some(Ticket::new(self.made, sequence, terms))
    }

    /// Whether nothing of an answer was given.
    fn is_owed(&mut self, sequence: Sequence) -> bool {
        let slot = self.store.as_deref_mut().and_then(|store| store.slot(sequence));
        slot.is_some_and(|slot| slot.answer == Answer::Owed)
    }

    /// Breaks off an answer that has begun, or leaves out one that has not; the connection ends
    /// there.
    pub(crate) fn cut_short(&mut self, sequence: Sequence) {
        let Some(store) = self.store.as_deref_mut() else {
            return;
        };
        let answer = store.slot(sequence).map_or(Answer::Owed, |slot| slot.answer);
        self.end_behind(sequence);
        if answer == Answer::Owed {
            self.forget_from(sequence);
            return;
        }
        if answer == Answer::UntilClose {
            self.last = Last::BrokenOff;
        }
        self.complete(sequence, 0, None);
    }

    /// Ends the connection behind `sequence`, whose content may still be due, and forgets what came
    /// behind that.
    pub(crate) fn close_behind(&mut self, sequence: Sequence) {
        if self.input == Input::Content && sequence == self.order.last() {
            self.closing = true;
        } else {
            self.end_behind(sequence);
        }
    }

    /// A last answer to what is no request.
    fn answer_unasked(&mut self, settings: &Settings, status: u16, terms: Terms) {
        self.end_input();
        let Some(store) = self.store.as_deref_mut() else {
            return;
        };
        if let Some(sequence) = store.admit(&mut self.order) {
            self.answer_ourselves(settings, sequence, status, terms);
        }
    }

    /// A last answer to the request whose content is being received.
    fn answer_in_place(&mut self, settings: &Settings, status: u16) {
        self.end_input();
        let Some(Content { draining: None, terms, .. }) =
            self.store.as_ref().map(|store| &store.content)
        else {
            return;
        };
        let terms = *terms;
        let sequence = self.order.last();
        let slot = self.store.as_deref_mut().and_then(|store| store.slot(sequence));
        match slot.map(|slot| slot.answer) {
            Some(Answer::Owed) => self.answer_ourselves(settings, sequence, status, terms),
            Some(Answer::Done) | None => {}
            Some(_) => self.cut_short(sequence),
        }
    }

    /// Encodes an answer of our own. If there is no room for it the connection ends without it.
    fn answer_ourselves(
        &mut self,
        settings: &Settings,
        sequence: Sequence,
        status: u16,
        terms: Terms,
    ) {
        let page = settings.pages.get(status);
        let content = page.as_ref().map_or(&[][..], |page| page.content);
        let head = page.as_ref().map_or(0, |page| page.head.octets().len());
        const STATUS_AND_DATE: usize = 96;
        if self.reserve(sequence, head + STATUS_AND_DATE + content.len()).is_err() {
            return self.cut_short(sequence);
        }
        let connection = self.connection_for(sequence, terms);
        let Some(store) = self.store.as_deref_mut() else {
            return;
        };
        let mut encoder = Encoder::new(store.output.room(&mut store.memory));
        match &page {
            Some(page) => encoder.put(page.head.octets()),
            None => encoder
                .put(b"HTTP/1.1 ")
                .decimal(status.into())
                .put(b" ")
                .put(reason(status).as_bytes())
                .put(b"\r\n"),
        };
        if let Some(date) = settings.date() {
            encoder.put(b"Date: ").put(date).put(b"\r\n");
        }
        let upgrade = page.is_some_and(|page| page.head.form().offers_upgrade());
        encoder.end_of_head(Framing::Length(content.len() as u64), connection, upgrade);
        if !terms.has(Terms::HEAD) {
            encoder.put(content);
        }
        let len = encoder.len();
        self.complete(sequence, len, None);
    }
}

/// The reason phrases (RFC 9110 section 15) of what the pipeline answers itself. Others have none.
fn reason(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        408 => "Request Timeout",
        413 => "Content Too Large",
        414 => "URI Too Long",
        417 => "Expectation Failed",
        426 => "Upgrade Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        505 => "HTTP Version Not Supported",
        _ => "",
    }
}
