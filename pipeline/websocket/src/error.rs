//! What the peer did wrong.

use core::fmt;

use crate::CloseCode;

/// An offence, and where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Error {
    pub(crate) offence: Offence,
    pub(crate) offset: u64,
}

impl Error {
    /// What is wrong.
    pub const fn offence(&self) -> Offence {
        self.offence
    }

    /// Where: the octet that shows it, counted from the first one behind the opening handshake. If something is missing, the place
    /// where it is missed.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// The code that the offence deserves. `None` of a stream that broke off, where nobody is left to be told (1006 in the
    /// interfaces of others, RFC 6455 section 7.1.5).
    pub const fn code(&self) -> Option<CloseCode> {
        self.offence.code()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at octet {}", self.offence, self.offset)
    }
}

impl core::error::Error for Error {}

/// What a peer can do wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Offence {
    /// A reserved bit is set that no extension gives a meaning, or not in this frame (RFC 6455 section 5.2, RFC 7692 section 6.1).
    ReservedBits,
    /// An opcode without a meaning: 3 to 7, and 11 to 15 (RFC 6455 section 5.2).
    ReservedOpcode,
    /// A client's frame is not masked (RFC 6455 section 5.1).
    Unmasked,
    /// A server's frame is masked (RFC 6455 section 5.1).
    Masked,
    /// A length in more octets than it needs (RFC 6455 section 5.2).
    LongLength,
    /// A length whose top bit is set (RFC 6455 section 5.2).
    TopBit,
    /// A control frame in fragments (RFC 6455 section 5.5).
    FragmentedControl,
    /// A control frame of more than 125 octets (RFC 6455 section 5.5).
    LongControl,
    /// A continuation of nothing (RFC 6455 section 5.4).
    Continuation,
    /// A message begins within another one (RFC 6455 section 5.4).
    Interrupted,
    /// Text that is no UTF-8, or whose end is missing (RFC 6455 section 8.1).
    NotUtf8,
    /// A close frame of one octet, which is half a code (RFC 6455 section 5.5.1).
    HalfCode,
    /// A code that must not stand in a close frame (RFC 6455 section 7.4).
    BadCode,
    /// The reason of a close frame is no UTF-8 (RFC 6455 section 5.5.1).
    BadReason,
    /// A frame is larger than [`Settings::frame`](crate::Settings::frame).
    FrameTooBig,
    /// A message is larger than [`Settings::message`](crate::Settings::message), or than its counterpart for messages that have been inflated.
    MessageTooBig,
    /// A message has more frames than [`Settings::fragments`](crate::Settings::fragments).
    TooManyFragments,
    /// More of them are empty than [`Settings::empty`](crate::Settings::empty).
    TooManyEmpty,
    /// More control frames than [`Settings::controls`](crate::Settings::controls) in a row.
    TooManyControls,
    /// A compressed message can't be inflated (RFC 7692 section 7.2.2).
    NotDeflate,
    /// A compressed message begins anew more often than is allowed (RFC 7692 section 7.2.3.4).
    TooManyLastBlocks,
    /// The stream ended without a close frame (RFC 6455 section 7.1.5).
    Truncated,
}

impl Offence {
    /// See [`Error::code`].
    pub const fn code(self) -> Option<CloseCode> {
        match self {
            Self::NotUtf8 | Self::BadReason | Self::NotDeflate => Some(CloseCode::INVALID_DATA),
            Self::FrameTooBig | Self::MessageTooBig => Some(CloseCode::TOO_BIG),
            Self::TooManyFragments
            | Self::TooManyEmpty
            | Self::TooManyControls
            | Self::TooManyLastBlocks => Some(CloseCode::POLICY_VIOLATION),
            Self::Truncated => None,
            _ => Some(CloseCode::PROTOCOL_ERROR),
        }
    }
}

impl fmt::Display for Offence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ReservedBits => "a reserved bit is set",
            Self::ReservedOpcode => "a reserved opcode",
            Self::Unmasked => "a client's frame is not masked",
            Self::Masked => "a server's frame is masked",
            Self::LongLength => "a length in more octets than it needs",
            Self::TopBit => "a length with its top bit set",
            Self::FragmentedControl => "a control frame in fragments",
            Self::LongControl => "a control frame of more than 125 octets",
            Self::Continuation => "a continuation of nothing",
            Self::Interrupted => "a message within another one",
            Self::NotUtf8 => "text that is no UTF-8",
            Self::HalfCode => "a close frame of one octet",
            Self::BadCode => "a code that must not be sent",
            Self::BadReason => "the reason of a close frame is no UTF-8",
            Self::FrameTooBig => "a frame is too large",
            Self::MessageTooBig => "a message is too large",
            Self::TooManyFragments => "too many fragments",
            Self::TooManyEmpty => "too many empty fragments",
            Self::TooManyControls => "too many control frames in a row",
            Self::NotDeflate => "a compressed message that can't be inflated",
            Self::TooManyLastBlocks => "a compressed message that begins anew too often",
            Self::Truncated => "the stream ended without a close frame",
        })
    }
}

impl core::error::Error for Offence {}

/// What the caller did wrong, or must wait for. Nothing has been put out then, unless a variant says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ApiMisuse {
    /// No store is [lent](crate::WebSocket::lend).
    NoStore,
    /// Too much is held already, or memory that can't grow has no room. Transmit, and try again; a message that never fits must be sent
    /// in pieces, or owned.
    Full,
    /// A close frame was put out, or the connection has ended: no data may follow (RFC 6455 section 5.5.1).
    Closing,
    /// A message in pieces is under way, and no other one may begin within it (RFC 6455 section 5.4).
    InMessage,
    /// A piece, or the end, of a message that was not begun.
    NoMessage,
    /// Text that is no UTF-8. Of a message in pieces, this piece was not put out.
    NotUtf8,
    /// A ping or pong of more than 125 octets, or a reason of more than 123.
    TooLong,
    /// A compressed message, where that was not negotiated.
    NotNegotiated,
}

impl fmt::Display for ApiMisuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoStore => "no store is lent",
            Self::Full => "too much is held, or there is no room",
            Self::Closing => "nothing may be sent behind a close frame",
            Self::InMessage => "a message in pieces is under way",
            Self::NoMessage => "no message in pieces was begun",
            Self::NotUtf8 => "text that is no UTF-8",
            Self::TooLong => "more octets than a control frame may have",
            Self::NotNegotiated => "compression was not negotiated",
        })
    }
}

impl core::error::Error for ApiMisuse {}
