//! A connection's end of a socket: from octets to messages, and back.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use rajada_websocket::{
    ApiMisuse, Burst, COPY_BELOW, CloseCode, Collector, Event, Kind, Offence, Phase, Server,
    WebSocket as Codec,
};

use super::broadcast::Next;
use super::ended::Ended;
use super::line::{Line, Outgoing};
use super::message::Message;
use super::packing::Packing;
use super::terms::Terms;
use super::tools;
use super::watch::{Due, Watch};
use crate::content::Kept;
use crate::driver::upgraded::{Look, Protocol};
use crate::{gate, spawn};

/// The longest reason (RFC 6455 section 5.5).
const REASON: usize = 123;

/// A socket, without IO.
pub(super) struct Connection {
    codec: Codec<Server, Kept>,
    collector: Collector,
    packing: Packing,
    line: Line,
    terms: Arc<Terms>,
    /// Until it has ended.
    handler: Option<Handler>,
    watch: Watch,
    /// How the peer has ended, behind messages that were not taken, or not answered: that goes before the reply.
    ending: Option<Ended>,
}

pub(super) type Handler = Pin<Box<dyn Future<Output = ()>>>;

impl Connection {
    pub(super) fn new(terms: Arc<Terms>, packing: Packing, line: Line, handler: Handler) -> Self {
        let codec = packing.of(Codec::server().deferred());
        let (collector, watch) = (Collector::new(), Watch::default());
        Connection {
            codec,
            collector,
            packing,
            line,
            terms,
            handler: Some(handler),
            watch,
            ending: None,
        }
    }

    fn lend(&mut self) {
        if self.codec.wants_store() {
            // It has none, so none comes back.
            self.codec.lend(tools::store());
        }
    }

    /// Hands what has been sent on, as far as there is room.
    fn drain(&mut self) {
        loop {
            if !self.codec.has_room() && (self.codec.wants_write() || !self.is_sending()) {
                break;
            }
            let Some(outgoing) = self.line.state().take() else { break };
            self.lend();
            let sent = match outgoing {
                Outgoing::Message(message) => self.send(message),
                Outgoing::Close(code, reason) => {
                    let fits = |end: &usize| reason.is_char_boundary(*end);
                    let end = (0..=reason.len().min(REASON)).rev().find(fits).unwrap_or(0);
                    self.codec.close(code, &reason[..end])
                }
            };
            if let Err(error) = sent {
                log::debug!("a message was not sent: {error}");
            }
        }
        if !self.is_sending() {
            self.line.forget_unsent();
        }
        self.conclude();
        self.pull();
        self.line.set_held(self.codec.held());
    }

    /// Whether messages are sent still.
    fn is_sending(&self) -> bool {
        matches!(self.codec.phase(), Phase::Open | Phase::Concluding)
    }

    /// Answers the peer's end, once all that came before is.
    fn conclude(&mut self) {
        if self.ending.is_none() || self.line.is_busy() {
            return;
        }
        self.lend();
        // (A store is lent.)
        let _ = self.codec.conclude();
        if let Some(how) = self.ending.take() {
            self.line.end(how);
        }
    }

    /// Takes what the broadcasts have for it, as far as there is room.
    fn pull(&mut self) {
        let mut at = 0;
        while self.codec.phase() == Phase::Open {
            let is_full = !self.codec.has_room() && self.codec.wants_write();
            let next = match self.line.state().joined.get(at) {
                // What is not taken then is taken when something has left; but who has missed something ends.
                Some(joined) if is_full && !joined.has_overflowed() => Next::Nothing,
                Some(joined) => joined.take(),
                None => return,
            };
            match next {
                Next::Nothing => at += 1,
                Next::Frame(frame) => {
                    self.lend();
                    if let Err(error) = self.codec.send_encoded(&frame) {
                        log::debug!("a message was not sent: {error}");
                    }
                }
                Next::Overflow => {
                    self.lend();
                    // (The reason is short, and a store is lent.)
                    let _ = self.codec.close(CloseCode::POLICY_VIOLATION, "too far behind");
                    self.line.end(Ended::Overflow);
                }
            }
        }
    }

    fn send(&mut self, message: Message) -> Result<(), ApiMisuse> {
        let kind = match message {
            Message::Text(_) => Kind::Text,
            Message::Binary(_) => Kind::Binary,
        };
        if self.packing.send(&mut self.codec, kind, message.octets())? {
            return Ok(());
        }
        match message {
            Message::Text(text) if text.len() < COPY_BELOW => self.codec.send_text(&text),
            Message::Text(text) => self.codec.send_owned(kind, Kept::from(Bytes::from(text))),
            Message::Binary(octets) => self.codec.send_owned(kind, Kept::from(octets)),
        }
    }

    /// Polls the handler.
    fn run(&mut self, cx: &mut Context<'_>) {
        self.line.attend(cx);
        self.line.tell_reader(cx.waker());
        if let Some(handler) = &mut self.handler {
            match gate::enter(|| handler.as_mut().poll(cx)) {
                Ok(Poll::Pending) => {}
                Ok(Poll::Ready(())) => gate::discard(self.handler.take()),
                Err(panic) => {
                    log::error!("a handler of a WebSocket panicked: {}", panic.message());
                    self.lend();
                    // In front of what dropping the socket says.
                    let _ = self.codec.close(CloseCode::INTERNAL_ERROR, "");
                    self.line.state().closing = true;
                    gate::discard(self.handler.take());
                }
            }
        }
    }
}

impl Protocol for Connection {
    fn receive(&mut self, octets: &mut [u8]) -> usize {
        self.lend();
        let mut burst = Burst::new(octets);
        loop {
            if !self.line.has_room(self.terms.read_ahead) {
                self.line.state().set_full();
                break;
            }
            let event = self.codec.receive(&self.terms.codec, &mut burst);
            let Some(event) = self.collector.take(event) else { continue };
            let how = match self.packing.take(&mut self.codec, event) {
                Event::Text(text) => {
                    self.line.receive(Message::Text(text.to_owned()));
                    continue;
                }
                Event::Binary(octets) => {
                    self.line.receive(Message::Binary(Bytes::copy_from_slice(octets)));
                    continue;
                }
                Event::Ping(payload) => {
                    self.watch.control(payload.len());
                    continue;
                }
                Event::Pong(payload) => {
                    self.watch.pong(payload);
                    continue;
                }
                Event::Close { code, reason } => Ended::Closed { code, reason: reason.to_owned() },
                Event::Malformed(error) => {
                    log::debug!("a WebSocket is malformed: {error}");
                    Ended::Malformed(error)
                }
                // It needs data, or has come to its end.
                _ => break,
            };
            self.ending = Some(how);
            self.conclude();
            break;
        }
        burst.consumed()
    }

    fn receive_end(&mut self) {
        if self.ending.is_some() {
            return;
        }
        self.lend();
        match self.codec.receive_eof() {
            Event::Malformed(error) if error.offence() != Offence::Truncated => {
                self.line.end(Ended::Malformed(error));
            }
            _ => self.line.end(Ended::Lost),
        }
    }

    fn go_on(&mut self, cx: &mut Context<'_>) {
        self.run(cx);
        self.drain();
        self.line.state().looks = false;
    }

    fn wants_read(&self) -> bool {
        self.codec.wants_read() && self.line.has_room(self.terms.read_ahead)
    }

    fn wants_write(&self) -> bool {
        self.codec.wants_write()
    }

    fn transmit<'s>(&'s self, pieces: &mut [&'s [u8]]) -> usize {
        self.codec.poll_transmit(pieces)
    }

    fn transmitted(&mut self, count: usize) {
        self.codec.transmitted(count);
        self.watch.transmitted(count, !self.codec.wants_write());
        self.drain();
    }

    fn rest(&mut self) {
        if let Some(store) = self.codec.reclaim() {
            tools::give_back(store);
        }
        self.packing.rest();
        // (Of a message that has begun perhaps no octet has come.)
        if !self.codec.is_receiving() {
            self.collector.release();
        }
    }

    fn is_over(&self) -> bool {
        self.codec.phase() == Phase::Closed
    }

    fn shut_down(&mut self) {
        self.line.close(CloseCode::GOING_AWAY, "");
    }

    fn look(&mut self, now: Instant) -> Look {
        let reads = self.wants_read();
        match self.watch.look(now, &self.terms.deadlines, &self.codec, reads) {
            Due::Nothing => Look::Wait,
            Due::Ping(payload) => {
                self.lend();
                match self.codec.ping(&payload) {
                    Ok(()) => Look::GoOn,
                    Err(error) => {
                        log::debug!("a ping was not sent: {error}");
                        Look::Wait
                    }
                }
            }
            Due::Close(code) => {
                self.lend();
                let _ = self.codec.close(code, "");
                self.line.end(Ended::Lost);
                Look::GoOn
            }
            Due::Cut => Look::Cut,
        }
    }
}

/// The handler outlives its connection: it learns of the end, and ends by itself.
impl Drop for Connection {
    fn drop(&mut self) {
        self.line.end(self.ending.take().unwrap_or(Ended::Lost));
        if let Some(handler) = self.handler.take() {
            drop(spawn(handler));
        }
    }
}
