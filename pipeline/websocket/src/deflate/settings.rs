//! What all connections of a worker share.

/// How a worker compresses, and what it inflates at most. Read when an [`Inflater`](super::Inflater) or a [`Deflater`](super::Deflater) is made.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// Octets of a message that has been inflated, at most; more is closed with 1009. Default 1 MiB, as
    /// [`Settings::message`](crate::Settings::message), which bounds it before.
    pub message: usize,
    /// Blocks of a received message that say that they are the last, at most; more is closed with 1008. Behind each of them the inflater begins
    /// anew with up to 32 KiB of what was before, which two octets can ask for. Default 256.
    pub last_blocks: u32,
    /// Octets of a message, below which it is sent as it is. Default 1,024, as in `ws` of Node.
    pub smallest: usize,
    /// How much time is spent to find what repeats, 1 (little) to 9. Default 1, as in gorilla/websocket.
    pub level: u8,
    /// Octets of the buffers for messages that are kept for reuse, if more were needed. Default 64 KiB.
    pub kept: usize,
}

impl Settings {
    /// The documented defaults.
    pub const DEFAULT: Self =
        Self { message: 1024 * 1024, last_blocks: 256, smallest: 1024, level: 1, kept: 64 * 1024 };
}

impl Default for Settings {
    fn default() -> Self {
        Self::DEFAULT
    }
}
