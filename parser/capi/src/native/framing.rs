//! What follows a head.

use rajada_parser::BodyLength;

/// [`BodyLength::None`].
pub const RAJADA_BODY_NONE: i32 = 0;
/// [`BodyLength::Exact`].
pub const RAJADA_BODY_EXACT: i32 = 1;
/// [`BodyLength::Chunked`].
pub const RAJADA_BODY_CHUNKED: i32 = 2;
/// [`BodyLength::UntilClose`].
pub const RAJADA_BODY_UNTIL_CLOSE: i32 = 3;

/// `rajada_framing`: what a head means for the content behind it and for the connection, as
/// [`rajada_parser::Framing`] says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Framing {
    /// Octets of content, if `body` is [`RAJADA_BODY_EXACT`].
    pub content_length: u64,
    /// How the content ends: `RAJADA_BODY_*`.
    pub body: i32,
    /// Whether the connection may persist: 0 or 1, as all below.
    pub persistent: u8,
    /// Whether the message says `keep-alive`.
    pub keep_alive: u8,
    /// Whether the client waits for 100 (Continue).
    pub expect_continue: u8,
    /// Whether another protocol is asked for, or granted.
    pub upgrade: u8,
    /// Whether a tunnel is asked for, or granted.
    pub tunnel: u8,
    /// 0.
    pub reserved: [u8; 7],
}

impl From<rajada_parser::Framing> for Framing {
    fn from(framing: rajada_parser::Framing) -> Framing {
        let (body, content_length) = match framing.body {
            BodyLength::None => (RAJADA_BODY_NONE, 0),
            BodyLength::Exact(octets) => (RAJADA_BODY_EXACT, octets),
            BodyLength::Chunked => (RAJADA_BODY_CHUNKED, 0),
            BodyLength::UntilClose => (RAJADA_BODY_UNTIL_CLOSE, 0),
        };
        Framing {
            content_length,
            body,
            persistent: framing.persistent.into(),
            keep_alive: framing.keep_alive.into(),
            expect_continue: framing.expect_continue.into(),
            upgrade: framing.upgrade.into(),
            tunnel: framing.tunnel.into(),
            reserved: [0; 7],
        }
    }
}
