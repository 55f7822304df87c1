//! Messages that are compressed if client and route agree on it (RFC 7692).

use std::cell::RefCell;

use rajada_parser::list::ListError;
use rajada_websocket::deflate::{
    self, Agreed, Compression, Deflater, History, Inflater, WindowBits,
};
use rajada_websocket::{ApiMisuse, Event, Kind, Server, WebSocket as Codec};

use super::broadcast::Frame;
use super::message::Message;
use super::terms::Terms;
use crate::content::Kept;

thread_local! {
    static DEFLATER: RefCell<Deflater> =
        const { RefCell::new(Deflater::new(deflate::Settings::DEFAULT)) };
    /// With the octets that it stops at.
    static INFLATER: RefCell<Option<(usize, Box<Inflater>)>> = const { RefCell::new(None) };
}

/// Whether messages are compressed, and how.
pub(super) struct Packing {
    agreed: Option<Agreed>,
}

impl Packing {
    /// What is agreed on with a client that makes these offers: the answer, and what follows from it.
    ///
    /// # Errors
    /// A list that is none.
    pub(super) fn agree<'b>(
        terms: &Terms,
        offers: impl IntoIterator<Item = Result<&'b [u8], ListError>>,
    ) -> Result<(Option<String>, Packing), ListError> {
        let agreed = deflate::Terms::DEFAULT.accept(offers)?.filter(|_| terms.compresses);
        Ok((agreed.map(|agreed| agreed.to_string()), Packing { agreed }))
    }

    /// The codec of a connection that does so.
    pub(super) fn of(&self, codec: Codec<Server, Kept>) -> Codec<Server, Kept> {
        if self.agreed.is_some() { codec.compressed() } else { codec }
    }

    /// Whether it can be sent what [was compressed for many](for_many).
    pub(super) fn shares(&self) -> bool {
        self.agreed.is_some_and(|agreed| Compression::new(agreed).shares(WindowBits::MAX))
    }

    /// Takes an event: what is compressed is inflated, to so many octets at most.
    pub(super) fn take<R>(
        &self,
        codec: &mut Codec<Server, Kept>,
        limit: u64,
        event: Event<'_>,
        take: impl FnOnce(&mut Codec<Server, Kept>, Event<'_>) -> R,
    ) -> R {
        match (event, self.agreed) {
            (event @ Event::Compressed(..), Some(agreed)) => {
                let mut inflater = lend(usize::try_from(limit).unwrap_or(usize::MAX));
                // (No message refers to those before, so nothing of it is kept.)
                let event = Compression::new(agreed).take(codec, &mut inflater.1, event);
                let taken = take(codec, event);
                INFLATER.set(Some(inflater));
                taken
            }
            (event, _) => take(codec, event),
        }
    }

    /// Sends a message if compression makes it smaller. Whether it did.
    #[inline]
    pub(super) fn send(
        &self,
        codec: &mut Codec<Server, Kept>,
        kind: Kind,
        message: &[u8],
    ) -> Result<bool, ApiMisuse> {
        match self.agreed {
            Some(agreed) => deflate(agreed, codec, kind, message).map(|()| true),
            None => Ok(false),
        }
    }
}

#[inline(never)]
fn deflate(
    agreed: Agreed,
    codec: &mut Codec<Server, Kept>,
    kind: Kind,
    message: &[u8],
) -> Result<(), ApiMisuse> {
    let mut compression = Compression::new(agreed);
    DEFLATER.with_borrow_mut(|deflater| match (kind, core::str::from_utf8(message)) {
        (Kind::Text, Ok(text)) => compression.send_text(codec, deflater, text),
        _ => compression.send_binary(codec, deflater, message),
    })
}

/// A message that is compressed once for many, if that makes it smaller.
pub(super) fn for_many(message: &Message) -> Option<Frame> {
    let kind = message.kind();
    DEFLATER.with_borrow_mut(|deflater| {
        let deflated = deflater.deflate(WindowBits::MAX, &History::NONE, message.octets())?;
        Some(Frame::compressed(kind, deflated))
    })
}

/// Lends the worker's inflater, which stops at so many octets.
fn lend(limit: usize) -> (usize, Box<Inflater>) {
    match INFLATER.take() {
        Some((most, inflater)) if most == limit => (limit, inflater),
        _ => {
            let mut settings = deflate::Settings::DEFAULT;
            settings.message = limit;
            (limit, Box::new(Inflater::new(settings)))
        }
    }
}
