//! A message, put out as frames.

use bytes::Bytes;
use rajada_websocket::{ApiMisuse, COPY_BELOW, Server, WebSocket as Codec};

use super::message::{Message, MessageRef};
use super::packing::Packing;
use crate::content::Kept;
use crate::gate;

/// Puts a message out, which is kept if it is large.
#[inline(never)]
pub(super) fn owned(
    codec: &mut Codec<Server, Kept>,
    packing: &Packing,
    message: Message,
) -> Result<(), ApiMisuse> {
    let kind = message.kind();
    if message.octets().len() < COPY_BELOW {
        let sent = borrowed(codec, packing, message.as_ref());
        gate::discard(message);
        return sent;
    }
    let is_sent = packing.send(codec, kind, message.octets());
    if is_sent != Ok(false) {
        gate::discard(message);
        return is_sent.map(drop);
    }
    match message {
        Message::Text(text) => codec.send_owned(kind, Kept::from(Bytes::from(text))),
        Message::Binary(octets) => codec.send_owned(kind, Kept::from(octets)),
    }
}

/// Puts a message out, which is copied.
#[inline]
pub(super) fn borrowed(
    codec: &mut Codec<Server, Kept>,
    packing: &Packing,
    message: MessageRef<'_>,
) -> Result<(), ApiMisuse> {
    if packing.send(codec, message.kind(), message.octets())? {
        return Ok(());
    }
    match message {
        MessageRef::Text(text) => codec.send_text(text),
        MessageRef::Binary(octets) => codec.send_binary(octets),
    }
}

/// Says that it was not.
#[cold]
pub(super) fn not_sent(error: ApiMisuse) {
    log::debug!("a message was not sent: {error}");
}
