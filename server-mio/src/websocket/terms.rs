//! What all sockets of a route have in common.

use std::time::Duration;

use rajada_websocket::Settings;

use super::origin::Origins;

/// What a route sets for its sockets.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    pub(super) codec: Settings,
    pub(super) protocols: Vec<&'static str>,
    pub(super) origins: Origins,
    pub(super) deadlines: SocketDeadlines,
    pub(super) read_ahead: usize,
    pub(super) backlog: usize,
    pub(super) compresses: bool,
}

/// How long the peer of a WebSocket may take. They are kept to the precision of
/// [`Deadlines::check_interval`](crate::Deadlines::check_interval), which is 1 s unless it is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "made by functional update from DEFAULT")]
pub struct SocketDeadlines {
    /// Without a sign of life from the peer for so long, it is sent a ping; 30 s. `None`: never.
    pub ping: Option<Duration>,
    /// How long it may take for the pong, from when the ping has left; 20 s. Beyond, the connection is cut. Nothing else that the peer
    /// sends stands for the pong.
    pub pong: Duration,
    /// Without a message, or a piece of one, for so long, the connection is closed with 1008; `None`: never. Pings and pongs don't
    /// count.
    pub idle: Option<Duration>,
    /// How long the peer may take none of what is ready for it; 30 s. Beyond, the connection is cut.
    pub write: Duration,
    /// How long the close handshake may take in all, with what is to leave before; 10 s. Beyond, the connection is cut.
    pub close: Duration,
}

impl SocketDeadlines {
    /// The documented defaults.
    pub const DEFAULT: SocketDeadlines = SocketDeadlines {
        ping: Some(Duration::from_secs(30)),
        pong: Duration::from_secs(20),
        idle: None,
        write: Duration::from_secs(30),
        close: Duration::from_secs(10),
    };
}

impl Default for SocketDeadlines {
    fn default() -> SocketDeadlines {
        SocketDeadlines::DEFAULT
    }
}

impl Default for Terms {
    fn default() -> Terms {
        Terms {
            codec: Settings::DEFAULT,
            protocols: Vec::new(),
            origins: Origins::Same,
            deadlines: SocketDeadlines::DEFAULT,
            read_ahead: 64 * 1024,
            backlog: 64 * 1024,
            compresses: true,
        }
    }
}
