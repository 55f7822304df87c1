//! WebSockets (RFC 6455): messages in both directions on the connection of a request.

mod answering;
mod broadcast;
mod connection;
mod ears;
mod ended;
mod endpoint;
mod handshake;
mod line;
mod message;
mod origin;
#[cfg(not(feature = "deflate"))]
#[path = "packing_none.rs"]
mod packing;
#[cfg(feature = "deflate")]
#[path = "packing_deflate.rs"]
mod packing;
mod put;
mod replies;
mod socket;
mod talk;
mod terms;
mod tools;
mod watch;

pub use broadcast::Broadcast;
pub use ended::{Closed, Ended};
#[doc(hidden)]
pub use endpoint::{Alone, WithRequest};
pub use endpoint::{SocketEndpoint, SocketHandler};
pub use message::{Message, MessageRef};
pub use rajada_websocket::{CloseCode, Error, Offence};
pub use replies::{Replies, Reply};
pub use socket::{Sender, WebSocket};
pub use terms::SocketDeadlines;
