//! Messages that are compressed if client and route agree on it (RFC 7692).

use std::cell::RefCell;

use rajada_parser::list::ListError;
use rajada_websocket::deflate::{self, Compression, Deflater, Inflater};
use rajada_websocket::{ApiMisuse, Event, Kind, Server, WebSocket as Codec};

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
    compression: Option<Compression>,
    /// The worker's, while octets of this connection are received.
    inflater: Option<Box<Inflater>>,
    limit: usize,
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
        let limit = usize::try_from(terms.codec.message).unwrap_or(usize::MAX);
        let compression = agreed.map(Compression::new);
        let answer = agreed.map(|agreed| agreed.to_string());
        Ok((answer, Packing { compression, inflater: None, limit }))
    }

    /// The codec of a connection that does so.
    pub(super) fn of(&self, codec: Codec<Server, Kept>) -> Codec<Server, Kept> {
        if self.compression.is_some() { codec.compressed() } else { codec }
    }

    /// Takes an event: what is compressed is inflated.
    #[inline]
    pub(super) fn take<'e>(
        &'e mut self,
        codec: &mut Codec<Server, Kept>,
        event: Event<'e>,
    ) -> Event<'e> {
        match event {
            Event::Compressed(..) => self.inflate(codec, event),
            event => event,
        }
    }

    fn inflate<'e>(&'e mut self, codec: &mut Codec<Server, Kept>, event: Event<'e>) -> Event<'e> {
        let Some(compression) = &mut self.compression else { return event };
        let inflater = self.inflater.get_or_insert_with(|| lend(self.limit));
        compression.take(codec, inflater, event)
    }

    /// Sends a message if compression makes it smaller. Whether it did.
    #[inline]
    pub(super) fn send(
        &mut self,
        codec: &mut Codec<Server, Kept>,
        kind: Kind,
        message: &[u8],
    ) -> Result<bool, ApiMisuse> {
        let Some(compression) = &mut self.compression else { return Ok(false) };
        DEFLATER.with_borrow_mut(|deflater| match (kind, core::str::from_utf8(message)) {
            (Kind::Text, Ok(text)) => compression.send_text(codec, deflater, text),
            _ => compression.send_binary(codec, deflater, message),
        })?;
        Ok(true)
    }

    /// Gives back what was lent.
    #[inline]
    pub(super) fn rest(&mut self) {
        if let Some(inflater) = self.inflater.take() {
            INFLATER.set(Some((self.limit, inflater)));
        }
    }
}

/// Lends the worker's inflater, which stops at so many octets.
fn lend(limit: usize) -> Box<Inflater> {
    match INFLATER.take() {
        Some((most, inflater)) if most == limit => inflater,
        _ => {
            let mut settings = deflate::Settings::DEFAULT;
            settings.message = limit;
            Box::new(Inflater::new(settings))
        }
    }
}
