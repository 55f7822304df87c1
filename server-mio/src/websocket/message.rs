//! A message.

use bytes::Bytes;
use rajada_websocket::Kind;

/// A message, whole (RFC 6455 section 5.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Text, which is UTF-8.
    Text(String),
    /// Octets.
    Binary(Bytes),
}

/// A message, whole, where it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageRef<'m> {
    /// Text, which is UTF-8.
    Text(&'m str),
    /// Octets.
    Binary(&'m [u8]),
}

impl<'m> MessageRef<'m> {
    /// Its octets.
    pub fn octets(self) -> &'m [u8] {
        match self {
            MessageRef::Text(text) => text.as_bytes(),
            MessageRef::Binary(octets) => octets,
        }
    }

    /// Its text, if it is one.
    pub fn text(self) -> Option<&'m str> {
        match self {
            MessageRef::Text(text) => Some(text),
            MessageRef::Binary(_) => None,
        }
    }

    pub(super) fn kind(self) -> Kind {
        match self {
            MessageRef::Text(_) => Kind::Text,
            MessageRef::Binary(_) => Kind::Binary,
        }
    }
}

impl Message {
    /// The same, borrowed.
    pub fn as_ref(&self) -> MessageRef<'_> {
        match self {
            Message::Text(text) => MessageRef::Text(text),
            Message::Binary(octets) => MessageRef::Binary(octets),
        }
    }

    /// Its octets.
    pub fn octets(&self) -> &[u8] {
        self.as_ref().octets()
    }

    /// Its text, if it is one.
    pub fn text(&self) -> Option<&str> {
        self.as_ref().text()
    }

    pub(super) fn kind(&self) -> Kind {
        self.as_ref().kind()
    }

    /// Octets of memory that it takes while it waits.
    pub(super) fn weight(&self) -> usize {
        size_of::<Message>() + self.octets().len()
    }
}

impl From<MessageRef<'_>> for Message {
    fn from(message: MessageRef<'_>) -> Message {
        match message {
            MessageRef::Text(text) => text.into(),
            MessageRef::Binary(octets) => octets.into(),
        }
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Message {
        Message::Text(text.to_owned())
    }
}

impl From<String> for Message {
    fn from(text: String) -> Message {
        Message::Text(text)
    }
}

impl From<&[u8]> for Message {
    fn from(octets: &[u8]) -> Message {
        Message::Binary(Bytes::copy_from_slice(octets))
    }
}

impl From<Vec<u8>> for Message {
    fn from(octets: Vec<u8>) -> Message {
        Message::Binary(octets.into())
    }
}

impl From<Bytes> for Message {
    fn from(octets: Bytes) -> Message {
        Message::Binary(octets)
    }
}
