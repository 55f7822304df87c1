//! What all connections of a worker share.

/// Limits. One a worker, passed by reference; connections keep no copy.
///
/// Nothing is allocated by any of them: a frame's announced length is compared with them as soon as it is there.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// Octets of a message, at most; more is closed with 1009, as soon as a length tells that more is to come. Of a compressed
    /// message these are octets before it is inflated. Default 1 MiB, as in Python's websockets; tungstenite has 64 MiB.
    pub message: u64,
    /// Octets of one frame, at most. Default 1 MiB; tungstenite has 16 MiB.
    pub frame: u64,
    /// Octets of a frame which, if it is a message, waits in the burst until it is complete, so that the message comes whole. The caller's buffer
    /// must have room for as many and for a header of 14. Larger frames come in pieces unless they stand in the burst. Default 4 KiB, at most 4 GiB.
    pub whole: usize,
    /// Frames of a message, at most; more are closed with 1008. Default 131,072; the Autobahn suite sends 65,537.
    pub fragments: u32,
    /// Of these, empty ones. Default 32.
    pub empty: u16,
    /// Control frames in a row, at most; more are closed with 1008. They are counted again from the next frame of data on, or when
    /// all that was to be sent has been transmitted, as pongs. Default 4,096.
    pub controls: u16,
    /// Octets of memory for frames not yet transmitted, at or above which no message is accepted to be sent: what is held stays
    /// below this bound plus one message, and plus [`control`](Self::control) and a close frame. Default 64 KiB. (Read when a
    /// [`Store`](crate::Store) is made.)
    pub held: usize,
    /// Octets of pings and pongs not yet transmitted, beside the data. Of pings beyond that only the newest is answered, once there is
    /// room again (RFC 6455 section 5.5.3). Default 2 KiB. (Read when a [`Store`](crate::Store) is made.)
    pub control: usize,
}

impl Settings {
    /// The documented defaults.
    pub const DEFAULT: Self = Self {
        message: 1024 * 1024,
        frame: 1024 * 1024,
        whole: 4 * 1024,
        fragments: 128 * 1024,
        empty: 32,
        controls: 4096,
        held: 64 * 1024,
        control: 2 * 1024,
    };
}

impl Default for Settings {
    fn default() -> Self {
        Self::DEFAULT
    }
}
