//! The duty to answer a request.

use rajada_pipeline::{
    ApiMisuse, Content as Octets, Head, Length, Phase, Pipeline, Rejected, Settings, Streaming,
    Ticket, TicketId,
};

use crate::content::Kept;

/// A ticket, from the event that brings it until its answer has begun. Whoever drops it has answered the request with
/// 500, so none is lost, whatever happens on the way.
pub(crate) struct Owed<'p> {
    pipeline: &'p mut Pipeline<Kept>,
    settings: &'p Settings,
    /// There until the answer has begun.
    ticket: Option<Ticket>,
}

impl<'p> Owed<'p> {
    #[inline]
    pub(crate) fn new(
        pipeline: &'p mut Pipeline<Kept>,
        settings: &'p Settings,
        ticket: Ticket,
    ) -> Owed<'p> {
        Owed { pipeline, settings, ticket: Some(ticket) }
    }

    /// Whether the answer has begun, or can't any more.
    #[inline]
    pub(crate) fn is_paid(&self) -> bool {
        self.ticket.is_none()
    }

    /// Whether answers wait to leave.
    pub(crate) fn has_ready_answers(&self) -> bool {
        self.pipeline.wants_write()
    }

    /// The name of the request, while its answer is owed.
    pub(crate) fn id(&self) -> Option<TicketId> {
        self.ticket.as_ref().map(Ticket::id)
    }

    /// The same duty, handed on for a while: what is not [handed back](Self::take_back) is done with.
    pub(crate) fn lend(&mut self) -> Owed<'_> {
        Owed { pipeline: self.pipeline, settings: self.settings, ticket: self.ticket.take() }
    }

    /// Takes back a duty that was handed on.
    pub(crate) fn take_back(&mut self, ticket: Option<Ticket>) {
        self.ticket = ticket;
    }

    /// Takes the duty over, to keep it elsewhere.
    #[inline]
    pub(crate) fn take_ticket(&mut self) -> Option<Ticket> {
        self.ticket.take()
    }

    /// Answers, whole.
    ///
    /// # Errors
    /// Why the answer was not taken; if another one may be, it is owed still.
    #[inline(always)]
    pub(crate) fn respond(
        &mut self,
        head: &Head<'_>,
        content: Octets<'_, Kept>,
    ) -> Result<(), Refusal> {
        let Some(ticket) = self.ticket.take() else { return Err(Refusal::Paid) };
        match self.pipeline.respond(ticket, head, content) {
            Ok(()) => Ok(()),
            Err(rejected) => Err(self.rejected(rejected)),
        }
    }

    /// Begins an answer whose content comes in pieces, if any of it is sent.
    ///
    /// # Errors
    /// As of [`respond`](Self::respond).
    pub(crate) fn start(
        &mut self,
        head: &Head<'_>,
        length: Length,
    ) -> Result<Option<Streaming>, Refusal> {
        let Some(ticket) = self.ticket.take() else { return Err(Refusal::Paid) };
        match self.pipeline.start(ticket, head, length) {
            Ok(streaming) if streaming.wants_content() => Ok(Some(streaming)),
            Ok(streaming) => {
                // Nothing of the content is sent, so nothing of it can be missing.
                let _ = self.pipeline.finish(streaming, &[]);
                Ok(None)
            }
            Err(rejected) => Err(self.rejected(rejected)),
        }
    }

    /// Answers with 101: what is behind the request belongs to another protocol.
    ///
    /// # Errors
    /// As of [`respond`](Self::respond).
    pub(crate) fn accept_upgrade(&mut self, head: &Head<'_>) -> Result<(), Refusal> {
        let Some(ticket) = self.ticket.take() else { return Err(Refusal::Paid) };
        match self.pipeline.accept_upgrade(ticket, head) {
            Ok(()) => Ok(()),
            Err(rejected) => Err(self.rejected(rejected)),
        }
    }

    /// Closes the connection behind this answer.
    pub(crate) fn close_behind(&mut self) {
        if let Some(ticket) = &self.ticket {
            // It can fail only as the answer itself does, which is told there.
            let _ = self.pipeline.close_after(ticket);
        }
    }

    /// The content that is still to come is taken while the answer leaves.
    pub(crate) fn take_content(&mut self) {
        if let Some(ticket) = &self.ticket {
            // It can fail only as the answer itself does, which is told there.
            let _ = self.pipeline.take_content(ticket);
        }
    }

    /// Allows so many octets of the content that is still to come.
    pub(crate) fn limit_content(&mut self, octets: u64) {
        if let Some(ticket) = &self.ticket {
            // It can fail only as the answer itself does, which is told there.
            let _ = self.pipeline.limit_content(ticket, octets);
        }
    }

    /// Whether content of the youngest request is still to come, and somebody may want it.
    #[inline]
    pub(crate) fn content_is_due(&self) -> bool {
        self.pipeline.phase() == Phase::Content && !self.pipeline.is_draining()
    }

    /// Has the client send the content that it holds back (RFC 9110 section 10.1.1).
    ///
    /// # Errors
    /// Why it could not be told.
    pub(crate) fn send_continue(&mut self) -> Result<(), ApiMisuse> {
        match &self.ticket {
            Some(ticket) => self.pipeline.send_continue(ticket).map(|_| ()),
            None => Ok(()),
        }
    }

    /// An answer was not taken. Nothing is owed to a request that is void: its connection has come to its end.
    #[cold]
    fn rejected(&mut self, rejected: Rejected<Ticket>) -> Refusal {
        if !matches!(rejected.why, ApiMisuse::Gone | ApiMisuse::ForeignTicket) {
            self.ticket = Some(rejected.given);
        }
        Refusal::Misuse(rejected.why)
    }
}

/// Why an answer was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// One was given before.
    Paid,
    /// The pipeline does not take this one.
    Misuse(ApiMisuse),
}

impl Drop for Owed<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(ticket) = &self.ticket {
            abandon(self.pipeline, self.settings, ticket.id());
        }
    }
}

/// Answers a request with 500 whose ticket is lost. One that is void has been answered, or needs no answer.
#[cold]
pub(crate) fn abandon(pipeline: &mut Pipeline<Kept>, settings: &Settings, id: TicketId) {
    if pipeline.abandon(settings, id).is_ok() {
        log::error!("a request was left without an answer");
    }
}
