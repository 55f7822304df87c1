//! A connection's part of it: what comes compressed is inflated, and what is sent is compressed.

use alloc::boxed::Box;
use core::ops::DerefMut;

use super::{Agreed, Deflater, History, InflateError, Inflater, WindowBits};
use crate::memory::Memory;
use crate::{ApiMisuse, Event, Kind, Offence, Role, Store, WebSocket};

/// What a connection keeps about compression: 16 octets, and its histories if messages may refer to those before.
#[derive(Debug)]
pub struct Compression {
    agreed: Agreed,
    histories: Option<Box<Histories>>,
}

#[derive(Debug, Default)]
struct Histories {
    received: History,
    sent: History,
}

/// That of those who keep none.
static NONE: History = History::NONE;

impl Compression {
    /// That of a connection whose ends have agreed on this. The socket itself is told by [`WebSocket::compressed`].
    pub const fn new(agreed: Agreed) -> Self {
        Self { agreed, histories: None }
    }

    /// What was agreed.
    pub const fn agreed(&self) -> &Agreed {
        &self.agreed
    }

    /// Takes an event: a compressed message is inflated, and becomes [`Event::Text`] or [`Event::Binary`]. All else passes. Messages in pieces are to be
    /// [collected](crate::Collector) before, so that the inflater is free for others until all of one is there.
    ///
    /// What can't be inflated, is no UTF-8, or too large then, closes the connection, as all that is malformed: [`Offence::NotDeflate`],
    /// [`Offence::NotUtf8`], [`Offence::MessageTooBig`], [`Offence::TooManyLastBlocks`], at the message's end.
    #[inline]
    pub fn take<'e, R, B, M, L>(
        &mut self,
        socket: &mut WebSocket<R, B, M, L>,
        inflater: &'e mut Inflater,
        event: Event<'e>,
    ) -> Event<'e>
    where
        R: Role,
        B: AsRef<[u8]>,
        M: Memory<B>,
        L: DerefMut<Target = Store<B, M>>,
    {
        match event {
            Event::Compressed(kind, payload) => {
                self.take_compressed(socket, inflater, kind, payload)
            }
            event => event,
        }
    }

    #[inline(never)]
    fn take_compressed<'e, R, B, M, L>(
        &mut self,
        socket: &mut WebSocket<R, B, M, L>,
        inflater: &'e mut Inflater,
        kind: Kind,
        payload: &[u8],
    ) -> Event<'e>
    where
        R: Role,
        B: AsRef<[u8]>,
        M: Memory<B>,
        L: DerefMut<Target = Store<B, M>>,
    {
        let offence = match self.inflate(R::MASKS, inflater, payload) {
            Ok(octets) if kind == Kind::Binary => return Event::Binary(octets),
            Ok(octets) => match simdutf8::basic::from_utf8(octets) {
                Ok(text) => return Event::Text(text),
                Err(_) => Offence::NotUtf8,
            },
            Err(InflateError::TooBig) => Offence::MessageTooBig,
            Err(InflateError::TooManyLastBlocks) => Offence::TooManyLastBlocks,
            Err(InflateError::Malformed) => Offence::NotDeflate,
        };
        socket.malformed(offence, socket.octets_received())
    }

    fn inflate<'e>(
        &mut self,
        is_client: bool,
        inflater: &'e mut Inflater,
        payload: &[u8],
    ) -> Result<&'e [u8], InflateError> {
        let history = self.histories.as_ref().map_or(&NONE, |histories| &histories.received);
        let message = inflater.inflate(history, payload)?;
        if let (true, window) = self.direction(!is_client) {
            self.histories.get_or_insert_default().received.append(window, message);
        }
        Ok(message)
    }

    /// Sends a message of text, compressed if that makes it smaller. (Messages that the caller sends [in pieces](WebSocket::start), or
    /// [owns](WebSocket::send_owned), are not compressed, and may be mixed with those that are.)
    ///
    /// # Errors
    /// As [`WebSocket::send_text`].
    pub fn send_text<R, B, M, L>(
        &mut self,
        socket: &mut WebSocket<R, B, M, L>,
        deflater: &mut Deflater,
        text: &str,
    ) -> Result<(), ApiMisuse>
    where
        R: Role,
        B: AsRef<[u8]>,
        M: Memory<B>,
        L: DerefMut<Target = Store<B, M>>,
    {
        match self.send(socket, deflater, Kind::Text, text.as_bytes())? {
            true => Ok(()),
            false => socket.send_text(text),
        }
    }

    /// Sends a message of octets, compressed if that makes it smaller.
    ///
    /// # Errors
    /// As [`WebSocket::send_binary`].
    pub fn send_binary<R, B, M, L>(
        &mut self,
        socket: &mut WebSocket<R, B, M, L>,
        deflater: &mut Deflater,
        octets: &[u8],
    ) -> Result<(), ApiMisuse>
    where
        R: Role,
        B: AsRef<[u8]>,
        M: Memory<B>,
        L: DerefMut<Target = Store<B, M>>,
    {
        match self.send(socket, deflater, Kind::Binary, octets)? {
            true => Ok(()),
            false => socket.send_binary(octets),
        }
    }

    /// Sends a message if compression makes it smaller, and says whether it does.
    fn send<R, B, M, L>(
        &mut self,
        socket: &mut WebSocket<R, B, M, L>,
        deflater: &mut Deflater,
        kind: Kind,
        message: &[u8],
    ) -> Result<bool, ApiMisuse>
    where
        R: Role,
        B: AsRef<[u8]>,
        M: Memory<B>,
        L: DerefMut<Target = Store<B, M>>,
    {
        // Before time is spent on it.
        socket.message_begins()?;
        let (keeps, window) = self.direction(R::MASKS);
        let history = self.histories.as_ref().map_or(&NONE, |histories| &histories.sent);
        let Some(deflated) = deflater.deflate(window, history, message) else { return Ok(false) };
        socket.send_compressed(kind, deflated)?;
        if keeps {
            self.histories.get_or_insert_default().sent.append(window, message);
        }
        Ok(true)
    }

    /// Whether a server may send this client what it has compressed for many, with [`History::NONE`] and a window of this size
    /// ([`Encoded::compressed`](crate::Encoded::compressed)).
    pub fn shares(&self, window: WindowBits) -> bool {
        !self.agreed.server_context && window <= self.agreed.server_window()
    }

    /// Whether what the client sends, or the server, may refer to messages before, and how far back.
    fn direction(&self, from_client: bool) -> (bool, WindowBits) {
        let agreed = &self.agreed;
        match from_client {
            true => (agreed.client_context, agreed.client_window()),
            false => (agreed.server_context, agreed.server_window()),
        }
    }
}
