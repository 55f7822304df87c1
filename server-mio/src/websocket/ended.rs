//! How a socket ends.

use core::fmt;

use rajada_websocket::{CloseCode, Error};

/// How a socket has ended: why [`recv`](super::WebSocket::recv) gives nothing more.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// The peer has closed, or has replied to our close.
    Closed {
        /// Why. `None` if it did not say.
        code: Option<CloseCode>,
        /// The same for people, mostly empty.
        reason: String,
    },
    /// The peer broke the protocol or a limit, and was told.
    Malformed(Error),
    /// It was too far behind a [broadcast](super::Broadcast) that it had joined, and was told so with 1008.
    Overflow,
    /// The connection is gone without a close frame, the peer had its time, or the worker had [no room](crate::Limits::buffered) for its
    /// message.
    Lost,
}

/// Nothing can be sent any more: one side has closed, or the connection is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed(pub(super) ());

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the WebSocket is closed")
    }
}

impl core::error::Error for Closed {}
