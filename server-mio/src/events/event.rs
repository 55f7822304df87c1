//! One event, and its octets.

use core::fmt::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::Error;

/// An event for an `EventSource`, field by field ([HTML, section 9.2]).
///
/// ```
/// use rajada_mio::Event;
///
/// let event = Event::new("one\ntwo").of_type("news").id(7).encode()?;
/// assert_eq!(event.octets(), "data: one\ndata: two\nevent: news\nid: 7\n\n");
/// # Ok::<(), rajada_mio::BadEvent>(())
/// ```
///
/// Nothing that is given to a field can become another one: text that may have several lines becomes a field of its own for
/// each, and what may not is refused when the event is [encoded](Self::encode) or sent.
///
/// [HTML, section 9.2]: https://html.spec.whatwg.org/multipage/server-sent-events.html
#[derive(Debug, Clone, Default)]
#[must_use = "an event is to be sent"]
pub struct Event {
    /// The fields so far, each ended by LF.
    text: String,
    id: Option<String>,
    /// What is wrong with it; the first that was.
    wrong: Option<BadEvent>,
}

impl Event {
    /// An event with data.
    pub fn new(data: impl AsRef<str>) -> Event {
        Event::default().data(data)
    }

    /// An event whose data are a value as JSON.
    ///
    /// ```
    /// use rajada_mio::Event;
    ///
    /// let event = Event::json(&["a", "b\nc"])?.encode()?;
    /// assert_eq!(event.octets(), "data: [\"a\",\"b\\nc\"]\n\n");
    /// # Ok::<(), rajada_mio::Error>(())
    /// ```
    ///
    /// # Errors
    /// A value that can't be JSON (a map with keys that are no text), with status 500.
    #[cfg(feature = "json")]
    pub fn json<T: serde::Serialize + ?Sized>(value: &T) -> Result<Event, Error> {
        let text = serde_json::to_string(value);
        text.map(Event::new)
            .map_err(|error| Error::with_status(crate::Status::INTERNAL_SERVER_ERROR, error))
    }

    /// A comment and nothing else: a client takes no notice of it. Lines of `text` are lines of comment.
    pub fn of_comment(text: impl AsRef<str>) -> Event {
        Event::default().comment(text)
    }

    /// Adds data, on a line of its own behind data that there is. Lines end with CR LF, LF or CR, and the client reads LF for
    /// each. An event without data, not even empty ones, is not shown to the page: its [`id`](Self::id) and
    /// [`retry`](Self::retry) count all the same.
    pub fn data(mut self, data: impl AsRef<str>) -> Event {
        lines(data.as_ref()).for_each(|line| self.add("data: ", line));
        self
    }

    /// Names its type, whose listeners get it; without one, or with an empty one, it is `message`. A name of more than one line
    /// is refused ([`BadEvent::Type`]).
    #[doc(alias = "event")]
    pub fn of_type(mut self, name: impl AsRef<str>) -> Event {
        let name = name.as_ref();
        if name.contains(['\r', '\n']) {
            return self.refuse(BadEvent::Type);
        }
        self.add("event: ", name);
        self
    }

    /// Gives it an id. A client that connects again sends the last one it has read
    /// ([`last_event_id`](crate::Request::last_event_id)); an empty one has it send none.
    ///
    /// An id that no field could bring back is refused ([`BadEvent::Id`]): with controls, or with a space or tab at an end
    /// (RFC 9110 section 5.5).
    pub fn id(mut self, id: impl fmt::Display) -> Event {
        let id = id.to_string();
        let is_edge = |edge: Option<u8>| matches!(edge, Some(b' ' | b'\t'));
        let (first, last) = (id.as_bytes().first().copied(), id.as_bytes().last().copied());
        let is_control = |octet: u8| octet.is_ascii_control() && octet != b'\t';
        if id.bytes().any(is_control) || is_edge(first) || is_edge(last) {
            return self.refuse(BadEvent::Id);
        }
        self.add("id: ", &id);
        self.id = Some(id);
        self
    }

    /// Tells the client how long to wait before it connects again, in whole milliseconds, rounded up.
    pub fn retry(mut self, wait: Duration) -> Event {
        let _ = writeln!(self.text, "retry: {}", wait.as_nanos().div_ceil(1_000_000));
        self
    }

    /// Adds a comment, of which a client takes no notice; each line of it is one.
    pub fn comment(mut self, text: impl AsRef<str>) -> Event {
        lines(text.as_ref()).for_each(|line| self.add(": ", line));
        self
    }

    /// Its octets, to be sent as often as needed.
    ///
    /// # Errors
    /// What a field can't hold.
    pub fn encode(self) -> Result<EncodedEvent, BadEvent> {
        let Event { mut text, id, wrong } = self;
        if let Some(wrong) = wrong {
            return Err(wrong);
        }
        text.push('\n');
        Ok(EncodedEvent { octets: text.into(), id: id.map(Arc::from) })
    }

    /// Adds a field of one line. The space behind the colon is the client's to take away, and only that.
    fn add(&mut self, field: &str, line: &str) {
        self.text.extend([field, line, "\n"]);
    }

    fn refuse(mut self, wrong: BadEvent) -> Event {
        self.wrong.get_or_insert(wrong);
        self
    }
}

/// The lines of a text, by the ends that a client knows: CR LF, LF, CR. There is one at the least.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.find(['\r', '\n']) else { return rest.take() };
        let behind = if text[end..].starts_with("\r\n") { end + 2 } else { end + 1 };
        rest = Some(&text[behind..]);
        Some(&text[..end])
    })
}

/// An event as it is sent: made once, shared by all who get it. A clone copies nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct EncodedEvent {
    octets: Bytes,
    id: Option<Arc<str>>,
}

impl EncodedEvent {
    /// Its octets.
    pub fn octets(&self) -> &Bytes {
        &self.octets
    }

    /// Its id, if it was given one.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    pub(super) fn shared_id(&self) -> Option<&Arc<str>> {
        self.id.as_ref()
    }

    pub(super) fn into_octets(self) -> Bytes {
        self.octets
    }
}

impl fmt::Debug for EncodedEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("EncodedEvent").field(&self.octets).finish()
    }
}

/// What a field of an event can't hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadEvent {
    /// A type of more than one line.
    Type,
    /// An id with controls, or with a space or tab at an end.
    Id,
}

impl fmt::Display for BadEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadEvent::Type => "the type of an event has more than one line",
            BadEvent::Id => "the id of an event has controls, or white space at an end",
        })
    }
}

impl core::error::Error for BadEvent {}

/// What can be sent as an event: an [`Event`], an [`EncodedEvent`], or a `Result` of one, whose error ends a stream.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no event",
    note = "an event is an `Event` (`Event::new(\"text\")`), an `EncodedEvent`, or a `Result` of one of these"
)]
pub trait IntoEvent {
    /// Its octets.
    ///
    /// # Errors
    /// What a field can't hold ([`BadEvent`]), or the error that it is.
    fn into_event(self) -> Result<EncodedEvent, Error>;
}

impl IntoEvent for Event {
    fn into_event(self) -> Result<EncodedEvent, Error> {
        Ok(self.encode()?)
    }
}

impl IntoEvent for EncodedEvent {
    fn into_event(self) -> Result<EncodedEvent, Error> {
        Ok(self)
    }
}

impl<T: IntoEvent, E: Into<Error>> IntoEvent for Result<T, E> {
    fn into_event(self) -> Result<EncodedEvent, Error> {
        self.map_err(Into::into)?.into_event()
    }
}

#[cfg(test)]
mod tests;
