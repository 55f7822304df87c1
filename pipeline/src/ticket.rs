//! What an application holds while it owes an answer, and what it gets back when a call can't be
//! honoured.

use core::fmt;

use crate::order::Sequence;

/// The right, and the duty, to answer one request once.
///
/// It names its request by sequence number (which is also its slot in the ring) and the pipeline it
/// came from, so that a ticket of another connection is told apart (until 2^32 more pipelines were
/// made, or 2^24 more requests received on one). It can't be copied: a call that
/// takes it and fails gives it back in a [`Rejected`]. One that is dropped unanswered blocks every
/// answer behind it, so keep its [`id`](Self::id) and report the loss with
/// [`Pipeline::abandon`](crate::Pipeline::abandon).
#[must_use = "a request that nobody answers blocks every answer behind it"]
#[derive(PartialEq, Eq)]
pub struct Ticket {
    /// The pipeline's identity, the sequence number and the terms, in 24, 32 and 8 bits from the
    /// highest on: one word, so that it moves in a register.
    bits: u64,
}

impl Ticket {
    /// The lower 24 bits of `pipeline` count.
    #[inline]
    pub(crate) const fn new(pipeline: u32, sequence: Sequence, terms: Terms) -> Self {
        Self { bits: (pipeline as u64) << 40 | (sequence.0 as u64) << 8 | terms.0 as u64 }
    }

    /// The name of the request, to be kept by whoever reports a lost ticket.
    #[inline]
    pub const fn id(&self) -> TicketId {
        TicketId { bits: self.bits }
    }

    /// Whether the request's method is `HEAD`: its answer carries the fields of `GET` and no
    /// content (RFC 9110 section 9.3.2). The pipeline drops the content by itself; an application
    /// may save itself the work with [`Content::Omitted`](crate::Content::Omitted).
    pub const fn is_head(&self) -> bool {
        self.terms().has(Terms::HEAD)
    }

    #[inline]
    pub(crate) const fn terms(&self) -> Terms {
        self.id().terms()
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ticket").field(&self.id()).finish()
    }
}

/// An answer under way: begun with [`Pipeline::start`](crate::Pipeline::start), to be ended with
/// [`finish`](crate::Pipeline::finish) or [`abort`](crate::Pipeline::abort).
#[must_use = "an answer that nobody finishes blocks every answer behind it"]
#[derive(Debug, PartialEq, Eq)]
pub struct Streaming {
    pub(crate) id: TicketId,
    pub(crate) wants_content: bool,
}

impl Streaming {
    /// The name of the request, to be kept by whoever reports a lost ticket.
    pub const fn id(&self) -> TicketId {
        self.id
    }

    /// Whether content is sent in this answer. In one to `HEAD`, or by a status that has none
    /// (`204`, `205`, `304`), what is given is dropped and never missed: an application may finish
    /// such an answer at once.
    pub const fn wants_content(&self) -> bool {
        self.wants_content
    }
}

/// The name of a request in flight: which pipeline, which request of it. Names, unlike tickets, may
/// be copied, and give no right to answer.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TicketId {
    /// As a ticket's.
    bits: u64,
}

impl TicketId {
    /// Which pipeline, in 24 bits.
    #[inline]
    pub(crate) const fn pipeline(self) -> u32 {
        (self.bits >> 40) as u32
    }

    /// Which request of it.
    #[inline]
    pub(crate) const fn sequence(self) -> Sequence {
        Sequence((self.bits >> 8) as u32)
    }

    #[inline]
    pub(crate) const fn terms(self) -> Terms {
        Terms(self.bits as u8)
    }
}

impl fmt::Debug for TicketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.pipeline(), self.sequence().0)
    }
}

/// What the request's head said about the form of its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Terms(u8);

impl Terms {
    /// HTTP/1.1, persistent, content allowed: no bit set, so that the usual case is one comparison
    /// with zero.
    pub(crate) const USUAL: Self = Self(0);
    /// The method is `HEAD`.
    pub(crate) const HEAD: Self = Self(1);
    /// The request is of HTTP/1.0: no chunked coding, no interim answer.
    pub(crate) const HTTP10: Self = Self(2);
    /// The method is `CONNECT`.
    pub(crate) const CONNECT: Self = Self(4);
    /// The request asks for another protocol: nothing behind it is parsed before its answer.
    pub(crate) const UPGRADE: Self = Self(8);

    pub(crate) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(crate) const fn with(self, other: Self, on: bool) -> Self {
        Self(self.0 | if on { other.0 } else { 0 })
    }
}

/// A call that could not be honoured: why, and the ticket or stream that it was given. (Content is
/// not given back: what was owned is dropped.)
pub struct Rejected<T> {
    /// The ticket or stream, still to be answered. (When `why` is [`ApiMisuse::Gone`] or
    /// [`ApiMisuse::ForeignTicket`] no call of this pipeline will take it.)
    pub given: T,
    /// What was wrong.
    pub why: ApiMisuse,
}

impl<T> fmt::Debug for Rejected<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rejected").field("why", &self.why).finish_non_exhaustive()
    }
}

impl<T> fmt::Display for Rejected<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.why.fmt(f)
    }
}

impl<T> core::error::Error for Rejected<T> {}

/// What the caller of this crate did wrong, as opposed to what its peer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApiMisuse {
    /// The ticket belongs to another pipeline.
    ForeignTicket,
    /// The request is no longer in flight: the pipeline has answered it itself (its content was
    /// malformed), the connection ends in front of it, or it has been answered.
    Gone,
    /// The storage that was lent has no room for this now, or too much is held. Transmit what is
    /// ready and try again, with the content again, too: that of the call is dropped. An answer that
    /// never fits must be streamed, or given as owned content.
    Full,
    /// A streamed answer got more octets than its declared length. The connection closes behind
    /// what was declared.
    TooLong,
    /// A streamed answer was finished with fewer octets than its declared length. The connection
    /// closes.
    TooShort,
    /// The status does not fit the call: `1xx` given as a final answer, another one as an interim
    /// answer, or anything but `101` (or `2xx` to `CONNECT`) for an upgrade.
    WrongStatus,
    /// The call needs a request that asked for it: an upgrade that was not offered, content left
    /// out of an answer that must have some.
    NotOffered,
    /// Content for a request by `CONNECT`, which has none (RFC 9110 section 9.3.6).
    ConnectContent,
    /// A client must wait for a response before it sends the next request: see
    /// [`Client::wants_request`](crate::client::Client::wants_request).
    MustWait,
    /// Trailers that can't be sent: malformed, or naming a field that a recipient needs before the
    /// content, since it is about framing or the connection, routing, how to handle the request or
    /// the response, authentication, or how to process the content (RFC 9110 section 6.5.1).
    BadTrailers,
}

impl fmt::Display for ApiMisuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ForeignTicket => "the ticket belongs to another pipeline",
            Self::Gone => "the request is no longer in flight",
            Self::Full => "the lent storage has no room now",
            Self::TooLong => "more content than was declared",
            Self::TooShort => "less content than was declared",
            Self::WrongStatus => "the status does not fit the call",
            Self::NotOffered => "the request did not ask for this",
            Self::ConnectContent => "a request by CONNECT has no content",
            Self::MustWait => "a response must be awaited first",
            Self::BadTrailers => "the trailers can't be sent",
        })
    }
}

impl core::error::Error for ApiMisuse {}
