//! Messages as they are: compression is a feature that is off.

use rajada_parser::list::ListError;
use rajada_websocket::{ApiMisuse, Event, Kind, Server, WebSocket as Codec};

use super::broadcast::Frame;
use super::message::Message;
use super::terms::Terms;
use crate::content::Kept;

/// Nothing is compressed.
pub(super) struct Packing;

impl Packing {
    /// What is agreed on with a client that makes these offers: the answer, and what follows from it.
    ///
    /// # Errors
    /// A list that is none.
    pub(super) fn agree<'b>(
        _: &Terms,
        _: impl IntoIterator<Item = Result<&'b [u8], ListError>>,
    ) -> Result<(Option<String>, Packing), ListError> {
        Ok((None, Packing))
    }

    /// The codec of a connection that does so.
    #[expect(clippy::unused_self, reason = "as with the feature")]
    pub(super) fn of(&self, codec: Codec<Server, Kept>) -> Codec<Server, Kept> {
        codec
    }

    /// Whether it can be sent what [was compressed for many](for_many).
    #[expect(clippy::unused_self, reason = "as with the feature")]
    pub(super) fn shares(&self) -> bool {
        false
    }

    /// Takes an event as it is.
    #[inline]
    #[expect(clippy::unused_self, reason = "as with the feature")]
    pub(super) fn take<R>(
        &self,
        codec: &mut Codec<Server, Kept>,
        _: u64,
        event: Event<'_>,
        take: impl FnOnce(&mut Codec<Server, Kept>, Event<'_>) -> R,
    ) -> R {
        take(codec, event)
    }

    /// Sends a message if compression makes it smaller. Whether it did.
    #[inline]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "as with the feature")]
    pub(super) fn send(
        &self,
        _: &mut Codec<Server, Kept>,
        _: Kind,
        _: &[u8],
    ) -> Result<bool, ApiMisuse> {
        Ok(false)
    }
}

/// Nobody shares compression.
pub(super) fn for_many(_: &Message) -> Option<Frame> {
    None
}
