//! What comes out of [`Pipeline::receive`](crate::Pipeline::receive).

use core::fmt;

use rajada_parser::{BodyLength, Error, Fields, Request};

use crate::Ticket;

/// What the octets that were received mean.
#[derive(Debug)]
#[non_exhaustive]
// With a tag of its own: told by a value that `content` can't have, events take longer to tell apart.
#[repr(u8)]
pub enum Event<'b, 'h> {
    /// A request, to be answered by its ticket.
    Request {
        /// The right to answer.
        ticket: Ticket,
        /// The head; it borrows the octets and the slots, not the pipeline.
        request: Request<'b, 'h>,
        /// The request's content.
        content: Incoming<'b>,
        /// The client waits for `100 (Continue)`, or a final answer, before it sends its content:
        /// see [`send_continue`](crate::Pipeline::send_continue) (RFC 9110 section 10.1.1).
        expects_continue: bool,
        /// The client offers another protocol (RFC 9110 section 7.8), or asks for a tunnel by
        /// `CONNECT`. Nothing behind this request is parsed until it is answered, by
        /// [`accept_upgrade`](crate::Pipeline::accept_upgrade) or by an answer that refuses.
        upgrade: bool,
    },
    /// A piece of the content of the last request, never empty.
    Data(&'b [u8]),
    /// The content of the last request is complete.
    EndOfMessage {
        /// The trailer section, if there was one that has fields.
        ///
        /// A section with `Host`, `Content-Length` or `Transfer-Encoding` was refused. All other
        /// fields are handed over, also those that have no meaning here, such as `Authorization`:
        /// never merge trailers into the fields of the head, and use only those whose definition
        /// allows them to be trailers (RFC 9110 section 6.5.1).
        trailers: Option<Fields<'b, 'h>>,
    },
    /// The burst holds nothing more that is complete. Give its [`rest`](crate::Burst::rest) again
    /// with more behind it, and (if that rest begins a head) the same slots. This is the moment to
    /// write.
    NeedData,
    /// Nothing is accepted now: a bound is reached, the next request [has to
    /// wait](crate#the-order-of-effects) for those in flight, an upgrade awaits its answer, or no store is lent.
    /// Transmit or answer, then go on with the same burst.
    Paused,
    /// The peer broke the protocol. Where an answer is due it has been put behind the answers owed
    /// before it, and the connection closes behind it. A ticket whose content turned out malformed
    /// is void; with [`Settings::refused_by_ticket`](crate::Settings::refused_by_ticket) it is not, if
    /// nothing of its answer was given: it is to be answered with the offence's status.
    Malformed(Offence),
    /// What was received is no request, or one that is not taken, and the answer to it is the
    /// application's: the last one of this connection. Comes only with
    /// [`Settings::refused_by_ticket`](crate::Settings::refused_by_ticket).
    Refused {
        /// The right to answer.
        ticket: Ticket,
        /// What is wrong with it; the answer should have its [`status`](Offence::status).
        offence: Offence,
        /// The octets of the head: all of them, if it is complete, or else all that have come.
        head: &'b [u8],
    },
    /// The upgrade was accepted: the rest of the burst, and all that comes later, belongs to the
    /// new protocol.
    Upgraded,
    /// Nothing more is received on this connection. Transmit what is owed, then close.
    Closed,
}

/// The content of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incoming<'b> {
    /// There is none.
    None,
    /// All of it, never empty. No further event concerns it.
    Whole(&'b [u8]),
    /// [`Event::Data`], any number of them, then [`Event::EndOfMessage`].
    Streaming(BodyLength),
}

/// What the peer did wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Offence {
    /// A head breaks the grammar, a limit of the parser, or framing. The error's offset counts from
    /// the message's first octet.
    Head(Error),
    /// Chunked content breaks the grammar or a limit. The error's offset counts from the content's
    /// first octet.
    Content(Error),
    /// A trailer section breaks the grammar or a limit. The error's offset counts from the
    /// section's first octet.
    Trailers(Error),
    /// The content is larger than [`Settings::content`](crate::Settings::content).
    ContentTooLarge,
    /// `CONNECT`, where [`Settings::connect`](crate::Settings::connect) is off.
    NoTunnel,
    /// A request that offers WebSocket has content, which RFC 6455 gives no meaning.
    WebSocketContent,
    /// The stream ended within a message (RFC 9112 section 8).
    Truncated,
    /// A server sent octets that answer no request, or one of which no octet has left (RFC 9112
    /// section 9.2).
    Unasked,
    /// A server sent more interim responses than [`Settings::interim`](crate::Settings::interim).
    TooManyInterim,
    /// A server switched to a protocol that was not offered (RFC 9110 section 7.8).
    UpgradeUnasked,
}

impl Offence {
    /// The status that the offence deserves; of a server's offence, what a gateway answers.
    pub fn status(&self) -> u16 {
        match self {
            Self::Head(error) | Self::Content(error) | Self::Trailers(error) => error.status(),
            Self::ContentTooLarge => 413,
            Self::NoTunnel => 501,
            Self::WebSocketContent | Self::Truncated => 400,
            Self::Unasked | Self::TooManyInterim | Self::UpgradeUnasked => 502,
        }
    }
}

impl fmt::Display for Offence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Head(error) => error.fmt(f),
            Self::Content(error) => write!(f, "in the content: {error}"),
            Self::Trailers(error) => write!(f, "in the trailer section: {error}"),
            Self::ContentTooLarge => f.write_str("the content is too large"),
            Self::NoTunnel => f.write_str("no tunnels here"),
            Self::WebSocketContent => f.write_str("content in a request that offers WebSocket"),
            Self::Truncated => f.write_str("the stream ended within a message"),
            Self::Unasked => f.write_str("octets that answer no request"),
            Self::TooManyInterim => f.write_str("too many interim responses"),
            Self::UpgradeUnasked => f.write_str("a protocol that was not offered"),
        }
    }
}

impl core::error::Error for Offence {}
