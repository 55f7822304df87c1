//! The client's side of a connection: requests out, pipelined where that is safe; responses in,
//! matched in order.
//!
//! ```
//! use rajada_parser::Positions;
//! use rajada_pipeline::client::{Client, Event, RequestHead};
//! use rajada_pipeline::{Burst, Content, Settings, Store};
//!
//! let settings = Settings::default();
//! let mut client = Client::<Vec<u8>, _, _>::new();
//! client.lend(Box::new(Store::new(&settings)));
//! let a = client.request(&RequestHead::new(b"GET /a HTTP/1.1\r\nHost: h\r\n\r\n")?, Content::None)?;
//! let b = client.request(&RequestHead::new(b"GET /b HTTP/1.1\r\nHost: h\r\n\r\n")?, Content::None)?;
//! client.transmitted(usize::MAX); // both left as one slice
//!
//! let octets = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
//! let (mut burst, mut slots) = (Burst::new(octets), Positions::<64>::new());
//! for (id, code) in [(a, 200), (b, 404)] {
//!     match client.receive(&settings, &mut burst, &mut slots) {
//!         Event::Response { id: to, response, .. } => assert_eq!((to, response.code()), (id, code)),
//!         other => panic!("{other:?}"),
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is accepted
//!
//! What the [`Settings`](crate::Settings) say that are given with each call, as to a pipeline: strict
//! by default, and with [`Config::CLIENT_RESPONSE`](rajada_parser::Config::CLIENT_RESPONSE) folded
//! lines and white space before a colon, too (see [`Settings::parser`](crate::Settings::parser)).
//!
//! # What is pipelined
//!
//! A request may follow others whose responses are awaited, unless one of them has a method that is
//! not idempotent, is streamed and not finished, or offers another protocol (RFC 9112 section
//! 9.3.2). When a connection ends, [`Client::unanswered`] tells which requests may be sent again,
//! and [`Client::successor`] makes the next connection's client: after a failure it waits for the
//! first response before it pipelines.

mod head;
mod receive;
mod replay;
mod send;

use core::fmt;
use core::marker::PhantomData;
use core::ops::DerefMut;
use core::sync::atomic::{AtomicU32, Ordering};

use rajada_parser::{Fields, Response, Resume};

pub(crate) use self::head::Asked;
pub use self::head::{RequestError, RequestHead};
pub use self::replay::Unanswered;
pub use self::send::Sending;
use crate::event::{Incoming, Offence};
use crate::memory::{Memory, UsualLoan, UsualMemory};
use crate::order::{Order, Sequence};
use crate::store::Store;

/// The client's side of one HTTP/1.x connection, without the connection. Lending and the way out
/// are those of [`Pipeline`](crate::Pipeline).
pub struct Client<B, M = UsualMemory<B>, L = UsualLoan<B, M>> {
    store: Option<L>,
    order: Order,
    identity: u32,
    input: Input,
    output: Upload,
    /// What the youngest request asked for, which decides whether another one may follow.
    youngest: Asked,
    /// Interim responses to the oldest request.
    interim: u8,
    /// Only one request at a time, until a response has come: the connection before this one
    /// failed.
    cautious: bool,
    /// The server said in its last response that it closes, which counts when that is complete.
    closed_in_order: bool,
    /// The connection ended otherwise, and responses were awaited.
    failed: bool,
    /// Methods that are not idempotent are pipelined, too.
    any_method: bool,
    /// An octet of the next head was seen.
    head_begun: bool,
    resume: Resume,
    received: u64,
    transmitted: u64,
    marker: PhantomData<fn() -> (B, M)>,
}

/// What the next octets received are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Input {
    /// The head of the response to the oldest request.
    Head,
    /// Content of that response.
    Content,
    /// Another protocol's.
    Upgraded,
    /// Ignored.
    Ended,
}

/// What may be sent next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Upload {
    /// A request.
    Idle,
    /// Content of the youngest request: so many octets more.
    Exact(u64),
    /// Content of the youngest request, in chunks.
    Chunked,
    /// Nothing.
    Ended,
}

/// The name of a request: which client, which request of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId {
    client: u32,
    sequence: Sequence,
}

/// What the octets that were received mean.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'b, 'h> {
    /// An interim response (RFC 9110 section 15.2); the final one follows.
    Interim {
        /// The request that it answers.
        id: RequestId,
        /// Its head.
        response: Response<'b, 'h>,
    },
    /// A final response, or `101 (Switching Protocols)`.
    Response {
        /// The request that it answers.
        id: RequestId,
        /// Its head.
        response: Response<'b, 'h>,
        /// Its content.
        content: Incoming<'b>,
        /// What follows belongs to another protocol, or is a tunnel.
        upgrade: bool,
    },
    /// A piece of the content of the last response, never empty.
    Data(&'b [u8]),
    /// The content of the last response is complete.
    EndOfMessage {
        /// The trailer section, if there was one that has fields.
        trailers: Option<Fields<'b, 'h>>,
    },
    /// The burst holds nothing more that is complete: as of
    /// [`Event::NeedData`](crate::Event::NeedData).
    NeedData,
    /// No store is lent.
    Paused,
    /// The server broke the protocol. Close.
    Malformed(Offence),
    /// The rest of the burst, and all that comes later, belongs to the new protocol.
    Upgraded,
    /// No further response comes. Close.
    Closed,
}

impl<B, M, L> Client<B, M, L> {
    /// A client on a fresh connection.
    pub fn new() -> Self {
        static IDENTITY: AtomicU32 = AtomicU32::new(0);
        Self {
            store: None,
            order: Order::new(Sequence(0)),
            identity: IDENTITY.fetch_add(1, Ordering::Relaxed),
            input: Input::Head,
            output: Upload::Idle,
            youngest: Asked::NOTHING,
            interim: 0,
            cautious: false,
            closed_in_order: false,
            failed: false,
            any_method: false,
            head_begun: false,
            resume: Resume::new(),
            received: 0,
            transmitted: 0,
            marker: PhantomData,
        }
    }

    /// Pipelines behind methods that are not idempotent, too: for those who can detect and mend
    /// what is done twice or half (RFC 9112 section 9.3.2).
    pub fn pipeline_any_method(&mut self) {
        self.any_method = true;
    }
}

impl<B, M, L> Default for Client<B, M, L> {
    fn default() -> Self {
        Self::new()
    }
}

impl<B: AsRef<[u8]>, M: Memory<B>, L: DerefMut<Target = Store<B, M>>> Client<B, M, L> {
    /// Whether a store must be lent before the next request is made.
    pub fn wants_store(&self) -> bool {
        self.store.is_none()
    }

    /// Lends a store. One that was lent already is given back if it is in use no longer, otherwise
    /// the new one is.
    pub fn lend(&mut self, mut store: L) -> Option<L> {
        if self.store.is_some() && !self.store_is_idle() {
            return Some(store);
        }
        store.lend();
        let mut before = self.store.replace(store);
        before.iter_mut().for_each(|store| store.reclaim());
        before
    }

    /// Gives the store back, if there is one and nothing is awaited or unsent.
    pub fn reclaim(&mut self) -> Option<L> {
        let idle = self.store_is_idle();
        let mut store = self.store.take_if(|_| idle)?;
        store.reclaim();
        Some(store)
    }

    fn store_is_idle(&self) -> bool {
        self.order.is_empty() && !self.is_uploading() && !self.wants_write()
    }

    /// Whether more octets should be read from the server: always, until it has ended. (A response
    /// that nobody asked for, or the end of the stream, is to be noticed.)
    pub fn wants_read(&self) -> bool {
        self.input != Input::Ended
    }

    /// Whether octets are ready to leave.
    pub fn wants_write(&self) -> bool {
        self.store.as_ref().is_some_and(|store| store.output.ready() > 0)
    }

    /// As [`Pipeline::poll_transmit`](crate::Pipeline::poll_transmit).
    pub fn poll_transmit<'s>(&'s self, out: &mut [&'s [u8]]) -> usize {
        match &self.store {
            Some(store) => store.output.poll_transmit(&store.memory, out),
            None => 0,
        }
    }

    /// As [`Pipeline::transmitted`](crate::Pipeline::transmitted). Report what has left before you
    /// [`receive`](Self::receive) what may answer it: a response to a request of which no octet has
    /// left, as far as is known here, is [`Offence::Unasked`] and ends the connection.
    pub fn transmitted(&mut self, count: usize) {
        if let Some(store) = self.store.as_deref_mut() {
            self.transmitted += store.output.transmitted(&mut store.memory, count) as u64;
        }
    }

    /// Requests made whose responses are not complete.
    pub fn in_flight(&self) -> usize {
        self.order.len()
    }

    /// Octets of requests encoded or owned and not yet transmitted. (What
    /// [`Settings::held`](crate::Settings::held) bounds is their [memory](Self::memory_held).)
    pub fn held(&self) -> usize {
        self.store.as_ref().map_or(0, |store| store.output.held::<B, M>())
    }

    /// As [`Pipeline::memory_held`](crate::Pipeline::memory_held).
    pub fn memory_held(&self) -> usize {
        self.store.as_ref().map_or(0, |store| store.output.weight())
    }

    /// Octets consumed since the connection began.
    pub fn octets_received(&self) -> u64 {
        self.received
    }

    /// Octets transmitted since the connection began.
    pub fn octets_transmitted(&self) -> u64 {
        self.transmitted
    }

    /// Whether a request is begun and not finished.
    fn is_uploading(&self) -> bool {
        matches!(self.output, Upload::Exact(_) | Upload::Chunked)
    }

    /// Nothing more is sent or received.
    fn end(&mut self) {
        let in_order = self.closed_in_order && self.input != Input::Content;
        self.failed |= !in_order && !self.order.is_empty();
        self.input = Input::Ended;
        self.output = Upload::Ended;
    }
}

impl<B, M, L> fmt::Debug for Client<B, M, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("input", &self.input)
            .field("output", &self.output)
            .field("in_flight", &self.order.len())
            .finish_non_exhaustive()
    }
}
