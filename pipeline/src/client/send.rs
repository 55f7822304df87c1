//! Requests out: whole, or with content that comes piece by piece.

use core::ops::DerefMut;

use rajada_parser::Field;

use super::head::{Asked, RequestHead};
use super::{Client, Input, RequestId, Upload};
use crate::answer::{COPY_BELOW, Content};
use crate::encode::{Encoder, OVERHEAD};
use crate::head::is_trailer;
use crate::memory::Memory;
use crate::store::{Answer, Slot, Store};
use crate::stream::Length;
use crate::ticket::{ApiMisuse, Rejected};

/// A request under way: begun with [`Client::start`], to be ended with [`finish`](Client::finish)
/// or [`abort`](Client::abort).
#[must_use = "a request that nobody finishes blocks every request behind it"]
#[derive(Debug, PartialEq, Eq)]
pub struct Sending {
    id: RequestId,
}

impl Sending {
    /// The name of the request.
    pub const fn id(&self) -> RequestId {
        self.id
    }
}

impl<B: AsRef<[u8]>, M: Memory<B>, L: DerefMut<Target = Store<B, M>>> Client<B, M, L> {
    /// Whether a request may be made now: a store is lent, no bound is reached, the connection goes
    /// on, and no awaited response forbids to pipeline.
    pub fn wants_request(&self) -> bool {
        self.may_request().is_ok()
    }

    fn may_request(&self) -> Result<(), ApiMisuse> {
        let over = matches!(self.input, Input::Upgraded | Input::Ended);
        if over || self.output == Upload::Ended {
            return Err(ApiMisuse::Gone);
        }
        let Some(store) = &self.store else { return Err(ApiMisuse::Full) };
        if self.output != Upload::Idle || !self.may_follow() {
            return Err(ApiMisuse::MustWait);
        }
        if self.order.len() >= store.bounds.in_flight || store.output.weight() >= store.bounds.held
        {
            return Err(ApiMisuse::Full);
        }
        Ok(())
    }

    /// Whether the requests in flight allow another one behind them.
    fn may_follow(&self) -> bool {
        let youngest = self.youngest;
        let waits = youngest.has(Asked::UPGRADE) || youngest.has(Asked::CONNECT);
        let safe = self.any_method || youngest.has(Asked::IDEMPOTENT);
        self.order.is_empty() || (safe && !waits && !self.cautious)
    }

    /// Makes a request, whole. Requests leave in the order in which they are made.
    ///
    /// # Errors
    /// [`ApiMisuse::MustWait`] if a response must be awaited first, [`ApiMisuse::Full`] at a bound
    /// or without a store, [`ApiMisuse::Gone`] when the connection takes no further request, and
    /// [`ApiMisuse::NotOffered`] for content omitted. [`ApiMisuse::ConnectContent`] for content,
    /// empty or not, of a request by `CONNECT`.
    pub fn request(
        &mut self,
        head: &RequestHead<'_>,
        content: Content<'_, B>,
    ) -> Result<RequestId, ApiMisuse> {
        let asked = head.asked();
        let (copied, owned, length) = match &content {
            Content::None if asked.has(Asked::WITH_LENGTH) => (&[][..], false, Some(0)),
            Content::None => (&[][..], false, None),
            Content::Copied(octets) => (*octets, false, Some(octets.len())),
            Content::Owned(content) => {
                let octets = content.as_ref();
                let small = octets.len() < COPY_BELOW;
                (if small { octets } else { &[] }, !small, Some(octets.len()))
            }
            Content::Omitted(_) | Content::Untold => return Err(ApiMisuse::NotOffered),
        };
        if length.is_some() && asked.has(Asked::CONNECT) {
            return Err(ApiMisuse::ConnectContent);
        }
        let id = self.encode_head(head, copied.len(), |encoder| {
            if let Some(length) = length {
                encoder.put(b"Content-Length: ").decimal(length as u64).put(b"\r\n");
            }
        })?;
        let Some(store) = self.store.as_deref_mut() else { return Err(ApiMisuse::Full) };
        let mut encoder = Encoder::new(store.output.room(&mut store.memory));
        let len = encoder.put(copied).len();
        store.output.commit_ready(len);
        if let Content::Owned(content) = content
            && owned
        {
            store.output.own_ready(&mut store.memory, content);
        }
        Ok(id)
    }

    /// Begins a request whose content comes in pieces. Nothing can be requested behind it before it
    /// is finished.
    ///
    /// # Errors
    /// As of [`request`](Self::request).
    pub fn start(&mut self, head: &RequestHead<'_>, length: Length) -> Result<Sending, ApiMisuse> {
        if head.asked().has(Asked::CONNECT) {
            return Err(ApiMisuse::ConnectContent);
        }
        let id = self.encode_head(head, 0, |encoder| match length {
            Length::Exact(length) => {
                encoder.put(b"Content-Length: ").decimal(length).put(b"\r\n");
            }
            Length::Unknown => {
                encoder.put(b"Transfer-Encoding: chunked\r\n");
            }
        })?;
        self.output = match length {
            Length::Exact(length) => Upload::Exact(length),
            Length::Unknown => Upload::Chunked,
        };
        Ok(Sending { id })
    }

    /// Encodes a head, and reserves room for `content` octets more behind it.
    fn encode_head(
        &mut self,
        head: &RequestHead<'_>,
        content: usize,
        framing: impl FnOnce(&mut Encoder<'_>),
    ) -> Result<RequestId, ApiMisuse> {
        self.may_request()?;
        let position = self.transmitted + self.held() as u64;
        let Some(store) = self.store.as_deref_mut() else { return Err(ApiMisuse::Full) };
        let octets = head.octets().len() + OVERHEAD + content;
        if !store.output.reserve(&mut store.memory, octets, true) {
            return Err(ApiMisuse::Full);
        }
        let sequence = store.admit(&mut self.order).ok_or(ApiMisuse::Full)?;
        if let Some(slot) = store.slot(sequence) {
            let answer = Answer::Awaited { position, asked: head.asked() };
            *slot = Slot { answer, ..Slot::FREE };
        }
        self.youngest = head.asked();
        let mut encoder = Encoder::new(store.output.room(&mut store.memory));
        encoder.put(head.octets());
        framing(&mut encoder);
        let len = encoder.put(head.asked().connection()).put(b"\r\n").len();
        store.output.commit_ready(len);
        Ok(RequestId { client: self.identity, sequence })
    }

    /// Adds a piece of content to a request under way. One that is owned and has less than
    /// [`COPY_BELOW`] octets is copied and dropped at once.
    ///
    /// # Errors
    /// [`ApiMisuse::Full`] while as much is held as the bound allows; [`ApiMisuse::TooLong`] for
    /// more than was declared: nothing more is sent then; [`ApiMisuse::ForeignTicket`],
    /// [`ApiMisuse::Gone`].
    pub fn send(&mut self, stream: &Sending, content: Content<'_, B>) -> Result<(), ApiMisuse> {
        self.is_sending(stream)?;
        let (copied, kept) = match &content {
            Content::None | Content::Omitted(_) | Content::Untold => return Ok(()),
            Content::Copied(octets) => (*octets, 0),
            Content::Owned(content) => match content.as_ref() {
                octets if octets.len() < COPY_BELOW => (octets, 0),
                octets => (&[][..], octets.len()),
            },
        };
        let len = copied.len() + kept;
        if len == 0 {
            return Ok(());
        }
        let Some(store) = self.store.as_deref_mut() else { return Err(ApiMisuse::Gone) };
        if store.output.weight() > 0 && store.output.weight() + len > store.bounds.held {
            return Err(ApiMisuse::Full);
        }
        let output = match self.output {
            Upload::Exact(left) => match left.checked_sub(len as u64) {
                Some(left) => Upload::Exact(left),
                None => {
                    self.output = Upload::Ended;
                    return Err(ApiMisuse::TooLong);
                }
            },
            output => output,
        };
        if !store.output.reserve(&mut store.memory, copied.len() + OVERHEAD, true) {
            return Err(ApiMisuse::Full);
        }
        let chunked = self.output == Upload::Chunked;
        let mut encoder = Encoder::new(store.output.room(&mut store.memory));
        if chunked {
            encoder.chunk_size(len);
        }
        let written = encoder.put(copied).len();
        store.output.commit_ready(written);
        if let Content::Owned(content) = content
            && kept > 0
        {
            store.output.own_ready(&mut store.memory, content);
        }
        if chunked {
            let mut encoder = Encoder::new(store.output.room(&mut store.memory));
            let written = encoder.put(b"\r\n").len();
            store.output.commit_ready(written);
        }
        self.output = output;
        Ok(())
    }

    /// Ends a request. Trailers are sent behind content in chunks, and left out of any other.
    ///
    /// # Errors
    /// With the stream: [`ApiMisuse::BadTrailers`], [`ApiMisuse::Full`], and without a further duty
    /// [`ApiMisuse::TooShort`] (nothing more is sent; close), [`ApiMisuse::ForeignTicket`],
    /// [`ApiMisuse::Gone`].
    pub fn finish(
        &mut self,
        stream: Sending,
        trailers: &[Field<'_>],
    ) -> Result<(), Rejected<Sending>> {
        match self.try_finish(&stream, trailers) {
            Ok(()) => Ok(()),
            Err(why) => Err(Rejected { given: stream, why }),
        }
    }

    fn try_finish(&mut self, stream: &Sending, trailers: &[Field<'_>]) -> Result<(), ApiMisuse> {
        self.is_sending(stream)?;
        match self.output {
            Upload::Exact(1..) => {
                self.output = Upload::Ended;
                return Err(ApiMisuse::TooShort);
            }
            Upload::Chunked => {
                if !trailers.iter().all(|field| is_trailer(field.name, field.value)) {
                    return Err(ApiMisuse::BadTrailers);
                }
                let Some(store) = self.store.as_deref_mut() else { return Err(ApiMisuse::Gone) };
                let lines = trailers.iter().map(|field| field.name.len() + field.value.len() + 4);
                let octets = lines.sum::<usize>() + OVERHEAD;
                if !store.output.reserve(&mut store.memory, octets, true) {
                    return Err(ApiMisuse::Full);
                }
                let mut encoder = Encoder::new(store.output.room(&mut store.memory));
                let written = encoder.last_chunk(trailers).len();
                store.output.commit_ready(written);
            }
            _ => {}
        }
        self.output = Upload::Idle;
        Ok(())
    }

    /// Breaks a request off: nothing more is sent on this connection, so that the server can tell
    /// (RFC 9112 section 8). Responses to requests in front of it still come; one to this request
    /// is the last.
    ///
    /// # Errors
    /// With the stream: [`ApiMisuse::ForeignTicket`], [`ApiMisuse::Gone`].
    pub fn abort(&mut self, stream: Sending) -> Result<(), Rejected<Sending>> {
        match self.is_sending(&stream) {
            Ok(()) => {
                self.output = Upload::Ended;
                Ok(())
            }
            Err(why) => Err(Rejected { given: stream, why }),
        }
    }

    fn is_sending(&self, stream: &Sending) -> Result<(), ApiMisuse> {
        if stream.id.client != self.identity {
            return Err(ApiMisuse::ForeignTicket);
        }
        if self.is_uploading() && stream.id.sequence == self.order.last() {
            Ok(())
        } else {
            Err(ApiMisuse::Gone)
        }
    }
}
