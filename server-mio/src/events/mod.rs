//! Server-sent events (HTML, section 9.2): answers that go on.

mod broadcast;
mod event;
mod group;
mod heartbeat;
mod last_id;
mod log;
mod subscription;

pub use broadcast::Broadcast;
pub use event::{BadEvent, EncodedEvent, Event, IntoEvent};
pub use subscription::Subscription;

use core::fmt;
use core::pin::Pin;
use std::any::Any;
use std::collections::VecDeque;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;

use crate::{Body, BodyStream, ContentType, Error, IntoResponse, Response};
use heartbeat::Heartbeat;

/// An answer that is a stream of events, for an `EventSource`.
///
/// ```
/// use rajada_mio::{App, Broadcast, Error, Events, Request};
///
/// App::new().state(Broadcast::new().keep(100, 64 * 1024)).get("/events", |req: &Request| {
///     let missed_and_to_come = req.state::<Broadcast>().resume(req.last_event_id()?);
///     Ok::<_, Error>(Events::new(missed_and_to_come))
/// });
/// ```
///
/// Its head leaves at once, with a comment, so that client and proxies know that it has begun, and so does each event when it
/// is given. It is `text/event-stream`, and unless these were set, `Cache-Control: no-store, no-transform` (it is for one
/// client, and no proxy is to gather it to compress it: RFC 9111 section 5.2.2.5, RFC 9110 section 7.7) and `X-Accel-Buffering: no`, which
/// nginx knows.
///
/// While there is nothing to send, a comment leaves now and then ([`heartbeat`](Self::heartbeat)): it keeps proxies from giving up,
/// and tells the server whether the client is still there.
///
/// No more than 4 KiB of events, and one, wait for a client that does not read: the stream is not asked for further ones
/// before those have left. What is served over HTTP/1.0 ends with its connection. What stands behind it in the pipeline of the
/// same connection waits for its end, within [`Limits::requests_in_flight`](crate::Limits::requests_in_flight) and
/// [`Limits::held`](crate::Limits::held); a client that wants more opens another connection, as browsers do. When service ends,
/// so does the stream, and the client connects again elsewhere, or later.
#[must_use = "an answer that is dropped is not sent"]
pub struct Events {
    source: Source,
    heartbeat: Option<Duration>,
    retry: Option<Duration>,
    /// What comes before the stream.
    beginning: VecDeque<Result<Bytes, Error>>,
}

/// Where events come from.
enum Source {
    Subscription(Subscription),
    Stream(Pin<Box<dyn Stream<Item = Result<EncodedEvent, Error>>>>),
}

impl Events {
    /// How long nothing is sent before a comment is, by default: 15 seconds, as HTML recommends.
    pub const HEARTBEAT: Duration = Duration::from_secs(15);

    /// An answer of what a stream gives: of each [`Event`], or [`EncodedEvent`], or `Result` of one. An error, and an event that
    /// can't be [encoded](Event::encode), cut the answer short and are logged; the end of the stream is its end. Either way an
    /// `EventSource` connects again, unless it is answered with [204](crate::Status::NO_CONTENT) then.
    ///
    /// A client that does not read is cut off at the [backlog](Broadcast::backlog) where this is a [`Subscription`] itself. If it
    /// is inside another stream, nobody knows: its client is cut off when it reads again, or by
    /// [`Deadlines::write`](crate::Deadlines::write). What is to come first has [`begin_with`](Self::begin_with).
    pub fn new<S>(stream: S) -> Events
    where
        S: Stream + 'static,
        S::Item: IntoEvent,
    {
        Events {
            source: Source::of(stream),
            heartbeat: Some(Self::HEARTBEAT),
            retry: None,
            beginning: VecDeque::new(),
        }
    }

    /// Sends these events first, behind those that it was given already: all there is to know, for a client that has a
    /// [gap](Subscription::has_gap). They wait in memory. One that can't be encoded cuts the answer short there.
    ///
    /// Subscribe before you look at what there is, so that no change gets lost between the two.
    ///
    /// ```
    /// use rajada_mio::{App, Broadcast, Error, Event, Events, Request};
    ///
    /// App::new().state(Broadcast::new().keep(100, 64 * 1024)).get("/price", |req: &Request| {
    ///     let changes = req.state::<Broadcast>().resume(req.last_event_id()?);
    ///     let all = changes.has_gap().then(|| Event::new("the price is 7").of_type("all"));
    ///     Ok::<_, Error>(Events::new(changes).begin_with(all))
    /// });
    /// ```
    #[doc(alias("snapshot", "chain"))]
    pub fn begin_with<I>(mut self, events: I) -> Events
    where
        I: IntoIterator<Item: IntoEvent>,
    {
        let events = events.into_iter().map(|event| event.into_event());
        self.beginning.extend(events.map(|event| event.map(EncodedEvent::into_octets)));
        self
    }

    /// Sends a comment when nothing else was sent for so long, 1 ms at the least. [15 seconds](Self::HEARTBEAT) by default, and
    /// none with `None`: then a client that is gone without a word holds its place until the next event.
    pub fn heartbeat(mut self, every: impl Into<Option<Duration>>) -> Events {
        self.heartbeat = every.into();
        self
    }

    /// Tells the client first how long to wait before it connects again: see [`Event::retry`].
    pub fn retry(mut self, wait: Duration) -> Events {
        self.retry = Some(wait);
        self
    }
}

const EVENT_STREAM: ContentType = ContentType::new("text/event-stream");

/// A comment without words.
const COMMENT: &[u8] = b":\n\n";

/// Octets of events that wait for the peer at most, before the next one is asked for.
const WINDOW: usize = 4096;

/// Events that still leave when service ends, at most.
const LAST: u32 = 256;

impl IntoResponse for Events {
    fn into_response(self, response: &mut Response<'_>) {
        for (name, value) in
            [("Cache-Control", "no-store, no-transform"), ("X-Accel-Buffering", "no")]
        {
            if !response.headers().contains(name) {
                response.set_header(name, value);
            }
        }
        let opening = match self.retry {
            None => Ok(Bytes::from_static(COMMENT)),
            Some(wait) => {
                Event::of_comment("").retry(wait).into_event().map(EncodedEvent::into_octets)
            }
        };
        let mut beginning = self.beginning;
        beginning.push_front(opening);
        let live = Live {
            source: self.source,
            beginning,
            heartbeat: self.heartbeat.map(Heartbeat::new),
            last: None,
        };
        response.send(EVENT_STREAM, Body::Stream(Box::new(live)));
    }
}

impl Source {
    fn of<S>(stream: S) -> Source
    where
        S: Stream + 'static,
        S::Item: IntoEvent,
    {
        let mut stream = Some(stream);
        // One of ours does better if it is known: its end is seen while its client does not read.
        let any: &mut dyn Any = &mut stream;
        match any.downcast_mut::<Option<Subscription>>().and_then(Option::take) {
            Some(subscription) => Source::Subscription(subscription),
            None => Source::Stream(Box::pin(Encoding(stream.map(Box::pin)))),
        }
    }

    /// Has what it gives counted, before it is asked for the first one.
    fn begin(&mut self, cx: &Context<'_>) {
        if let Source::Subscription(subscription) = self {
            subscription.sit_down(cx);
        }
    }

    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<EncodedEvent, Error>>> {
        match self {
            Source::Subscription(subscription) => subscription.poll_event(cx).map(|it| it.map(Ok)),
            Source::Stream(stream) => stream.as_mut().poll_next(cx),
        }
    }
}

/// A stream whose events are encoded as they come.
struct Encoding<S>(Option<Pin<Box<S>>>);

impl<S: Stream<Item: IntoEvent>> Stream for Encoding<S> {
    type Item = Result<EncodedEvent, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(stream) = &mut self.0 else { return Poll::Ready(None) };
        let event = ready!(stream.as_mut().poll_next(cx));
        Poll::Ready(event.map(IntoEvent::into_event))
    }
}

/// Events under way.
struct Live {
    source: Source,
    /// What is sent before them.
    beginning: VecDeque<Result<Bytes, Error>>,
    heartbeat: Option<Heartbeat>,
    /// Service ends: only so many may still leave.
    last: Option<u32>,
}

impl BodyStream for Live {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        if let Some(first) = self.beginning.pop_front() {
            self.source.begin(cx);
            if self.beginning.is_empty() {
                self.beginning = VecDeque::new();
            }
            return Poll::Ready(Some(first));
        }
        if self.last == Some(0) {
            return Poll::Ready(None);
        }
        match self.source.poll_next(cx) {
            Poll::Ready(Some(event)) => {
                if let Some(last) = &mut self.last {
                    *last -= 1;
                }
                if let Some(heartbeat) = &mut self.heartbeat {
                    heartbeat.beat();
                }
                Poll::Ready(Some(event.map(EncodedEvent::into_octets)))
            }
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Pending if self.last.is_some() => Poll::Ready(None),
            Poll::Pending => {
                let Some(heartbeat) = &mut self.heartbeat else { return Poll::Pending };
                heartbeat.poll(cx).map(|()| Some(Ok(Bytes::from_static(COMMENT))))
            }
        }
    }

    fn window(&self) -> usize {
        WINDOW
    }

    fn is_given_up(&mut self) -> bool {
        match &mut self.source {
            Source::Subscription(subscription) => subscription.is_overtaken(),
            Source::Stream(_) => false,
        }
    }

    fn shut_down(&mut self) {
        self.last = Some(LAST);
        // What was sent before leaves as well.
        if let Source::Subscription(subscription) = &mut self.source {
            subscription.catch_up();
        }
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events").field("heartbeat", &self.heartbeat).finish_non_exhaustive()
    }
}
