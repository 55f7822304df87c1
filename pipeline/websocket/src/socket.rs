//! The connection itself: its state, what is lent to it, what it wants, and octets out.

use core::fmt;
use core::marker::PhantomData;
use core::ops::DerefMut;

use crate::header::CLOSE;
use crate::memory::{Memory, UsualLoan, UsualMemory};
use crate::role::Role;
use crate::store::Store;
use crate::utf8::Utf8;
use crate::{Client, CloseCode, Kind, Server};

/// One end of a WebSocket, without the socket.
///
/// `R` is its [`Role`]. `B` is what owns large payloads: `&'static [u8]`, `Vec<u8>`, `Arc<[u8]>`. The memory `M`, and how a [`Store`] of it
/// is lent, `L`, have defaults that suit all but those without a heap.
pub struct WebSocket<R, B, M = UsualMemory<B>, L = UsualLoan<B, M>> {
    pub(crate) store: Option<L>,
    /// Octets consumed since the opening handshake.
    pub(crate) received: u64,
    pub(crate) frame: Frame,
    pub(crate) message: Message,
    /// Control frames since the last frame of data, or since all was transmitted.
    pub(crate) controls: u16,
    pub(crate) input: Input,
    /// Octets at the front of the burst, whichever burst it is, that are a [row](crate::row), and
    pub(crate) row: u16,
    /// so many of them at its end that lead to a wrong one.
    pub(crate) wrong: u16,
    pub(crate) compressed: bool,
    /// A close frame was put out, or none may be any more.
    pub(crate) closing: bool,
    pub(crate) reply: Reply,
    /// The message that is sent in pieces, and its text up to there.
    pub(crate) sending: Option<Sending>,
    pub(crate) role: R,
    marker: PhantomData<fn() -> (B, M)>,
}

/// When the peer's end is answered by a close frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    AtOnce,
    /// When the caller says so.
    Deferred,
    /// It is to have this code, and waits.
    Due(Option<CloseCode>),
}

/// What the next octets received are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Input {
    /// A frame's header.
    Header,
    /// What is left of its payload.
    Payload,
    /// Ignored.
    Ended,
}

/// The frame whose payload is due.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    /// Octets of payload that were not consumed.
    pub(crate) remaining: u64,
    /// The key for the first octet that is masked.
    pub(crate) key: u32,
    /// Octets at the front of the burst that are unmasked and judged, and not consumed.
    pub(crate) opened: u32,
    pub(crate) opcode: u8,
    pub(crate) is_final: bool,
}

/// The message of which frames have come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Message {
    /// Octets of its frames, as announced.
    pub(crate) octets: u64,
    /// Octets consumed before it.
    pub(crate) before: u64,
    pub(crate) frames: u32,
    pub(crate) empty: u16,
    /// `None` between messages.
    pub(crate) kind: Option<Kind>,
    pub(crate) compressed: bool,
    /// [`Event::Begin`](crate::Event::Begin) was given.
    pub(crate) begun: bool,
    pub(crate) text: Utf8,
}

impl Message {
    pub(crate) const NONE: Self = Self {
        octets: 0,
        before: 0,
        frames: 0,
        empty: 0,
        kind: None,
        compressed: false,
        begun: false,
        text: Utf8::START,
    };
}

/// A message that is sent in pieces.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sending {
    pub(crate) kind: Kind,
    /// Its first frame was put out.
    pub(crate) begun: bool,
    pub(crate) text: Utf8,
}

/// What a connection is about, for the deadlines of its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// Messages go either way.
    Open,
    /// A close frame was put out, and the peer's is awaited; what it sends before is still received.
    Closing,
    /// Nothing more is received, and messages are sent until [`WebSocket::conclude`].
    Concluding,
    /// Nothing more is received, and something is unsent.
    Ending,
    /// Nothing more is received, and all has been transmitted. A server closes the connection now. A client waits a while for the server
    /// to do it first (RFC 6455 section 7.1.1).
    Closed,
}

impl<B, M, L> WebSocket<Server, B, M, L> {
    /// A server's end, behind the opening handshake. It owns no buffers; [`lend`](Self::lend) it a store before octets are
    /// received or sent.
    pub const fn server() -> Self {
        Self::new(Server)
    }
}

impl<K: FnMut() -> [u8; 4], B, M, L> WebSocket<Client<K>, B, M, L> {
    /// The same of a client, with a [source of keys](Client).
    pub const fn client(keys: K) -> Self {
        Self::new(Client(keys))
    }
}

impl<R, B, M, L> WebSocket<R, B, M, L> {
    /// The end of this role.
    pub const fn new(role: R) -> Self {
        Self {
            store: None,
            received: 0,
            frame: Frame { remaining: 0, key: 0, opened: 0, opcode: 0, is_final: false },
            message: Message::NONE,
            controls: 0,
            input: Input::Header,
            row: 0,
            wrong: 0,
            compressed: false,
            closing: false,
            reply: Reply::AtOnce,
            sending: None,
            role,
            marker: PhantomData,
        }
    }

    /// The same where compression was negotiated (RFC 7692): messages may say that they are compressed. To inflate and to deflate them is the
    /// caller's: see [`Event::Compressed`](crate::Event::Compressed) and
    /// [`send_compressed`](WebSocket::send_compressed).
    #[must_use]
    pub fn compressed(mut self) -> Self {
        self.compressed = true;
        self
    }

    /// The same with the last word left to the caller: the close frame that answers the peer's, or an offence, is put out by
    /// [`conclude`](WebSocket::conclude). What was received in front of it can be answered first, also by an application that needs its time
    /// (RFC 6455 section 5.5.1).
    #[must_use]
    pub fn deferred(mut self) -> Self {
        self.reply = Reply::Deferred;
        self
    }
}

impl<R: Role, B: AsRef<[u8]>, M: Memory<B>, L: DerefMut<Target = Store<B, M>>>
    WebSocket<R, B, M, L>
{
    /// Whether a store must be lent before octets are received or sent.
    #[inline]
    pub const fn wants_store(&self) -> bool {
        self.store.is_none()
    }

    /// Lends a store. One that was lent already is given back if it is in use no longer, otherwise the new one is.
    #[inline]
    pub fn lend(&mut self, mut store: L) -> Option<L> {
        let before = self.reclaim();
        if self.store.is_some() {
            return Some(store);
        }
        store.lend();
        self.store = Some(store);
        before
    }

    /// Gives the store back, if there is one and nothing is unsent. What the connection knows of what it receives it keeps itself.
    #[inline]
    pub fn reclaim(&mut self) -> Option<L> {
        let idle = !self.wants_write();
        let mut store = self.store.take_if(|_| idle)?;
        store.reclaim();
        Some(store)
    }

    /// Whether more octets should be read from the peer. (A caller that has no use for messages now, for instance because it answers each
    /// and there is no [room](Self::has_room), may just as well not read: then the peer waits.)
    #[inline]
    pub fn wants_read(&self) -> bool {
        self.input != Input::Ended
    }

    /// Whether octets are ready to leave.
    #[inline]
    pub fn wants_write(&self) -> bool {
        self.held() > 0
    }

    /// Whether a message is accepted to be sent: less is held than [`Settings::held`](crate::Settings::held), and no close frame was put out.
    #[inline]
    pub fn has_room(&self) -> bool {
        !self.closing && self.store.as_ref().is_some_and(|store| store.has_room())
    }

    /// Fills `out` with the octets that may leave now, in order, and says how many slices there are. All that was copied and is
    /// adjacent is one slice; an owned payload is its own.
    #[inline]
    pub fn poll_transmit<'s>(&'s self, out: &mut [&'s [u8]]) -> usize {
        match &self.store {
            Some(store) => store.output.poll_transmit(&store.memory, out),
            None => 0,
        }
    }

    /// Takes note that the first `count` octets of what [`poll_transmit`](Self::poll_transmit) gives have left; any number, also in the
    /// middle of a slice.
    #[inline]
    pub fn transmitted(&mut self, count: usize) {
        let Some(store) = self.store.as_deref_mut() else { return };
        let count = store.output.transmitted(&mut store.memory, count);
        if store.pongs.until > 0 {
            self.pongs_transmitted(count);
        }
        if !self.wants_write() {
            self.controls = 0;
        }
    }

    /// What the connection is about.
    pub fn phase(&self) -> Phase {
        match self.input {
            Input::Ended if matches!(self.reply, Reply::Due(_)) => Phase::Concluding,
            Input::Ended if self.wants_write() => Phase::Ending,
            Input::Ended => Phase::Closed,
            _ if self.closing => Phase::Closing,
            _ => Phase::Open,
        }
    }

    /// Whether a message has begun to come and is incomplete: in fragments, or in the middle of a frame.
    pub fn is_receiving(&self) -> bool {
        self.input == Input::Payload || (self.input == Input::Header && self.message.kind.is_some())
    }

    /// Whether a control frame has begun to come, of which no more than the header was taken.
    pub fn is_receiving_control(&self) -> bool {
        self.input == Input::Payload && self.frame.opcode >= CLOSE
    }

    /// Of a message that has come in part, where it begins: the octets consumed before it. The same number stands for the same message.
    pub fn began(&self) -> Option<u64> {
        self.message.kind.filter(|_| self.is_receiving()).map(|_| self.message.before)
    }

    /// Octets of frames put out and not yet transmitted. (What [`Settings::held`](crate::Settings::held) bounds is their
    /// [memory](Self::memory_held).)
    #[inline]
    pub fn held(&self) -> usize {
        self.store.as_ref().map_or(0, |store| store.output.held())
    }

    /// Octets of memory in use for what is [held](Self::held): that, and the entries of a table that grows, one for each owned payload.
    pub fn memory_held(&self) -> usize {
        self.store.as_ref().map_or(0, |store| store.output.weight::<B, M>())
    }

    /// Octets consumed since the opening handshake.
    pub const fn octets_received(&self) -> u64 {
        self.received
    }

    /// Forgets what is unsent, and sends and receives nothing more: the connection is gone.
    pub fn abandon(&mut self) {
        if let Some(store) = self.store.as_deref_mut() {
            store.forget();
        }
        self.closing = true;
        self.reply = Reply::AtOnce;
        self.input = Input::Ended;
    }
}

impl<R, B, M, L> fmt::Debug for WebSocket<R, B, M, L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket")
            .field("received", &self.received)
            .field("input", &self.input)
            .field("closing", &self.closing)
            .finish_non_exhaustive()
    }
}
