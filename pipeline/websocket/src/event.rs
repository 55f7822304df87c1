//! What comes out of [`WebSocket::receive`](crate::WebSocket::receive).

use crate::{CloseCode, Error};

/// What the octets that were received mean.
///
/// All that is handed out was unmasked where it stood, and borrows those octets.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'b> {
    /// A message of text, whole.
    Text(&'b str),
    /// A message of octets, whole.
    Binary(&'b [u8]),
    /// A message that is compressed ([`compressed`](crate::WebSocket::compressed)), whole: neither is it inflated, nor is
    /// text judged.
    Compressed(Kind, &'b [u8]),
    /// A message comes in pieces, since it is fragmented, or its frame does not stand in the burst and is larger than
    /// [`Settings::whole`](crate::Settings::whole): [`Event::Data`], any number of them, then [`Event::End`].
    Begin {
        /// Text or octets.
        kind: Kind,
        /// Whether it is compressed: then its pieces are handed out as they are.
        compressed: bool,
    },
    /// A piece of the message that has begun, never empty. Of text it is UTF-8 as far as it goes: at its ends code points
    /// may be parted.
    Data(&'b [u8]),
    /// The message that has begun is complete, and its text is UTF-8.
    End,
    /// The peer asks for a pong, which has been put out (RFC 6455 section 5.5.2).
    Ping(&'b [u8]),
    /// An answer to a ping, or a sign of life that nobody asked for (RFC 6455 section 5.5.3).
    Pong(&'b [u8]),
    /// The peer closes. A reply with its code has been put out, unless this is the reply (RFC 6455 section 5.5.1).
    /// Nothing more is received: transmit, then end the connection.
    Close {
        /// Why. `None` if the peer did not say.
        code: Option<CloseCode>,
        /// The same for people, mostly empty.
        reason: &'b str,
    },
    /// The burst holds nothing more that is complete. Give its [`rest`](crate::Burst::rest) again with more behind it.
    /// This is the moment to write.
    NeedData,
    /// Nothing is received as long as no store is [lent](crate::WebSocket::lend).
    Paused,
    /// The peer broke the protocol or a limit. A close frame with the error's code has been put out, if none was before;
    /// nothing more is received: transmit, then end the connection (RFC 6455 section 7.1.7).
    Malformed(Error),
    /// Nothing more is received on this connection: transmit what is left, then end it.
    Closed,
}

/// What a message consists of (RFC 6455 section 5.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// UTF-8.
    Text,
    /// Any octets.
    Binary,
}
