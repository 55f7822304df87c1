//! Answers to a message, where it was read.

use core::fmt;

use bytes::Bytes;
use rajada_websocket::{CloseCode, Server, WebSocket as Codec};

use super::ended::Closed;
use super::line::{Accepts, Line};
use super::message::{Message, MessageRef};
use super::packing::Packing;
use super::put;
use crate::content::Kept;

/// Where the answers to a message go, in [`WebSocket::for_each`](super::WebSocket::for_each).
pub struct Replies<'c> {
    line: &'c Line,
    /// To the connection itself, while nothing is queued in front.
    direct: Option<(&'c mut Codec<Server, Kept>, &'c Packing)>,
}

/// What can be sent as an answer: a message that is borrowed, which is copied to where it leaves from, or an owned one, whose octets are not
/// copied if they are many.
#[derive(Debug)]
pub enum Reply<'m> {
    /// A message that is copied.
    Borrowed(MessageRef<'m>),
    /// One that is kept until it has left.
    Owned(Message),
}

impl<'c> Replies<'c> {
    /// Those of a message that the connection has at hand.
    #[inline]
    pub(super) fn direct(
        line: &'c Line,
        codec: &'c mut Codec<Server, Kept>,
        packing: &'c Packing,
    ) -> Replies<'c> {
        Replies { line, direct: Some((codec, packing)) }
    }

    /// Those of a message that had to wait.
    pub(super) fn queued(line: &'c Line) -> Replies<'c> {
        Replies { line, direct: None }
    }

    /// Sends a message: `&str`, `String`, `&[u8]`, `Vec<u8>`, `Bytes`, the [message](MessageRef) that was received. All that is sent for the messages of one
    /// read leaves together, in the order of these calls.
    ///
    /// It never waits: what has no room beside what is unsent is kept in memory. No further message is answered meanwhile, so that is
    /// bounded by what is sent for one message.
    ///
    /// # Errors
    /// [`Closed`]: nothing is sent any more.
    #[inline]
    pub fn send<'m>(&mut self, message: impl Into<Reply<'m>>) -> Result<(), Closed> {
        let message = message.into();
        if let Reply::Borrowed(message) = message
            && let Some((codec, packing)) = &mut self.direct
            && self.line.accepts() == Accepts::AtOnce
            && put::borrowed(codec, packing, message).is_ok()
        {
            return Ok(());
        }
        self.send_any(message)
    }

    #[inline(never)]
    fn send_any(&mut self, message: Reply<'_>) -> Result<(), Closed> {
        match (self.line.accepts(), &mut self.direct) {
            (Accepts::Nothing, _) => return Err(Closed(())),
            (Accepts::AtOnce, Some((codec, packing))) if codec.has_room() => {
                if let Err(error) = put::owned(codec, packing, message.into()) {
                    put::not_sent(error);
                }
            }
            _ => self.line.send(message.into()),
        }
        Ok(())
    }

    /// As [`Sender::close`](super::Sender::close).
    pub fn close(&mut self, code: CloseCode, reason: &str) {
        self.line.close(code, reason);
    }
}

impl From<Reply<'_>> for Message {
    fn from(reply: Reply<'_>) -> Message {
        match reply {
            Reply::Borrowed(message) => message.into(),
            Reply::Owned(message) => message,
        }
    }
}

impl<'m> From<MessageRef<'m>> for Reply<'m> {
    #[inline]
    fn from(message: MessageRef<'m>) -> Reply<'m> {
        Reply::Borrowed(message)
    }
}

impl<'m> From<&'m str> for Reply<'m> {
    fn from(text: &'m str) -> Reply<'m> {
        Reply::Borrowed(MessageRef::Text(text))
    }
}

impl<'m> From<&'m [u8]> for Reply<'m> {
    fn from(octets: &'m [u8]) -> Reply<'m> {
        Reply::Borrowed(MessageRef::Binary(octets))
    }
}

impl From<Message> for Reply<'_> {
    fn from(message: Message) -> Self {
        Reply::Owned(message)
    }
}

impl From<String> for Reply<'_> {
    fn from(text: String) -> Self {
        Reply::Owned(text.into())
    }
}

impl From<Vec<u8>> for Reply<'_> {
    fn from(octets: Vec<u8>) -> Self {
        Reply::Owned(octets.into())
    }
}

impl From<Bytes> for Reply<'_> {
    fn from(octets: Bytes) -> Self {
        Reply::Owned(octets.into())
    }
}

impl fmt::Debug for Replies<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replies").finish_non_exhaustive()
    }
}
