//! A connection's end of a socket: from octets to messages, and back.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use rajada_websocket::{Burst, CloseCode, Event, Offence, Phase, WebSocket as Codec};

use super::broadcast::Next;
use super::ears::{Ears, Heard};
use super::ended::Ended;
use super::line::{Line, Outgoing, Way};
use super::message::MessageRef;
use super::packing::Packing;
use super::put;
use super::talk::{Active, Talk};
use super::watch::{Due, Moment, Watch};
use crate::driver::upgraded::{Look, Protocol};
use crate::runtime::TaskWake;
use crate::{gate, spawn};

/// The longest reason (RFC 6455 section 5.5).
const REASON: usize = 123;

/// A socket, without IO. There are very many, most of which wait: what is not needed meanwhile is elsewhere.
pub(super) struct Connection {
    talk: Talk,
    line: Line,
    /// Until it has ended.
    handler: Option<Handler>,
    /// What the handler's wakers point to, if it has kept one.
    wake: Option<Arc<TaskWake>>,
    watch: Watch,
    packing: Packing,
}

const _: () = assert!(size_of::<Connection>() <= 88, "a connection that waits is small");

pub(super) type Handler = Pin<Box<dyn Future<Output = ()>>>;

impl Connection {
    pub(super) fn new(packing: Packing, line: Line, handler: Handler) -> Self {
        let talk = Talk::new(packing.of(Codec::server().deferred()));
        let (handler, wake, watch) = (Some(handler), None, Watch::default());
        Connection { talk, line, handler, wake, watch, packing }
    }

    /// Hands what has been sent on, as far as there is room.
    fn drain(&mut self) {
        let has_some = self.line.has_some();
        if self.talk.is_resting() && !has_some {
            return;
        }
        let active = self.talk.active();
        if !has_some && active.ending.is_none() && active.is_sending() {
            self.line.set_held(active.codec.held());
            return;
        }
        let had_ended = self.line.has_ended();
        loop {
            let (mut outbox, mut weight) = (self.line.take_all(), 0);
            let is_full = loop {
                let codec = &active.codec;
                if !codec.has_room() && (codec.wants_write() || !active.is_sending()) {
                    break true;
                }
                let Some(outgoing) = outbox.pop_front() else { break false };
                weight += outgoing.weight();
                active.lend();
                let sent = match outgoing {
                    Outgoing::Message(message) => {
                        put::owned(&mut active.codec, &self.packing, message)
                    }
                    // The peer was first: it is replied to.
                    Outgoing::Close(..) if active.ending.is_some() => active.codec.conclude(),
                    Outgoing::Close(code, reason) => {
                        let fits = |end: &usize| reason.is_char_boundary(*end);
                        let end = (0..=reason.len().min(REASON)).rev().find(fits).unwrap_or(0);
                        active.codec.close(code, &reason[..end])
                    }
                };
                if let Err(error) = sent {
                    put::not_sent(error);
                }
            };
            let has_more = self.line.give_back(outbox, weight);
            if is_full || !has_more {
                break;
            }
        }
        if !active.is_sending() {
            self.line.forget_unsent();
        }
        conclude(active, &self.line);
        pull(active, &self.line);
        self.line.set_held(active.codec.held());
        // The handler has not seen it.
        if !had_ended && self.handler.is_some() && self.line.has_ended() {
            self.line.bell().ring();
        }
    }

    /// Closes for what the peer has not done, or for want of room.
    fn end(&mut self, code: CloseCode) {
        let active = self.talk.active();
        active.collector.release();
        // (The reason is short, and a store is lent.)
        let _ = active.codec.close(code, "");
        self.line.end(Ended::Lost);
    }

    /// Puts out the ping that is due.
    fn ping(&mut self) {
        let Some(payload) = self.watch.take_ping() else { return };
        if let Err(error) = self.talk.active().codec.ping(&payload) {
            log::debug!("a ping was not sent: {error}");
            self.watch.not_sent();
        }
    }

    /// Polls the handler, unless messages are answered without it and nothing has kept its waker.
    fn run(&mut self) {
        if self.wake.is_none() && self.line.is_answering() {
            return;
        }
        self.line.tell_reader();
        let Some(handler) = &mut self.handler else { return };
        let wake = self.wake.take().unwrap_or_else(|| self.line.bell().wake());
        wake.begin_poll();
        let waker = Waker::from(wake.clone());
        match gate::enter(|| handler.as_mut().poll(&mut Context::from_waker(&waker))) {
            Ok(Poll::Pending) => {}
            Ok(Poll::Ready(())) => gate::discard(self.handler.take()),
            Err(panic) => {
                log::error!("a handler of a WebSocket panicked: {}", panic.message());
                // (It may have given the socket away.)
                self.line.close(CloseCode::INTERNAL_ERROR, "");
                gate::discard(self.handler.take());
            }
        }
        self.line.forget_reader(&waker);
        drop(waker);
        if wake.is_kept() {
            self.wake = Some(wake);
        }
    }
}

/// Answers the peer's end, once all that came before is.
fn conclude(active: &mut Active, line: &Line) {
    if active.ending.is_none() || line.is_busy() {
        return;
    }
    active.lend();
    // (A store is lent.)
    let _ = active.codec.conclude();
    if let Some(how) = active.ending.take() {
        line.end(how);
    }
}

/// Takes what the broadcasts have, as far as there is room.
fn pull(active: &mut Active, line: &Line) {
    let mut at = 0;
    while active.codec.phase() == Phase::Open {
        // What is not taken now is taken when something has left. Who is too far behind is told at once.
        let has_room = active.codec.has_room() || !active.codec.wants_write();
        match line.next_of(at, has_room) {
            None => return,
            Some(Next::Nothing) => at += 1,
            Some(Next::Frame(frame)) => {
                active.lend();
                if let Err(error) = active.codec.send_encoded(&frame) {
                    put::not_sent(error);
                }
            }
            Some(Next::Overflow) => {
                active.lend();
                // (The reason is short, and a store is lent.)
                let _ = active.codec.close(CloseCode::POLICY_VIOLATION, "too far behind");
                line.end(Ended::Overflow);
            }
        }
    }
}

impl Protocol for Connection {
    fn receive(&mut self, octets: &mut [u8]) -> usize {
        let Connection { talk, line, watch, packing, .. } = self;
        let terms = line.terms();
        let active = talk.active();
        let Active { codec, collector, ending, .. } = &mut *active;
        let mut burst = Burst::new(octets);
        let (answer, backlog) = (line.lend_answer(), terms.backlog.max(1));
        let mut ears = Ears { line, watch, packing, answer, backlog, way: Way::Full };
        loop {
            ears.way = line.way();
            if ears.way == Way::Full {
                line.set_full();
                break;
            }
            let message = match codec.receive(&terms.codec, &mut burst) {
                Event::Text(text) => Ok(MessageRef::Text(text)),
                Event::Binary(octets) => Ok(MessageRef::Binary(octets)),
                event => Err(event),
            };
            let event = match message {
                Ok(message) => {
                    ears.take(codec, message);
                    continue;
                }
                Err(event) => event,
            };
            let Some(event) = collector.take(event) else { continue };
            let hear = |codec: &mut _, event: Event<'_>| ears.hear(codec, event);
            match packing.take(codec, terms.codec.message, event, hear) {
                Heard::Some => {}
                Heard::Nothing => break,
                Heard::End(how) => {
                    *ending = Some(how);
                    conclude(active, line);
                    break;
                }
            }
        }
        ears.rest(active.codec.held());
        let consumed = burst.consumed();
        active.set_standing(octets.len() - consumed);
        consumed
    }

    fn receive_end(&mut self) {
        let active = self.talk.active();
        if active.ending.is_some() {
            return;
        }
        match active.codec.receive_eof() {
            Event::Malformed(error) if error.offence() != Offence::Truncated => {
                self.line.end(Ended::Malformed(error));
            }
            _ => self.line.end(Ended::Lost),
        }
    }

    fn go_on(&mut self) {
        self.line.set_looks(true);
        self.ping();
        self.run();
        self.drain();
        self.line.set_looks(false);
    }

    fn wants_read(&self) -> bool {
        let wants_read = match &self.talk {
            Talk::Resting(_) => true,
            Talk::Active(active) => active.codec.wants_read(),
        };
        wants_read && self.line.has_room()
    }

    fn wants_write(&self) -> bool {
        match &self.talk {
            Talk::Resting(_) => false,
            Talk::Active(active) => active.codec.wants_write(),
        }
    }

    fn transmit<'s>(&'s self, pieces: &mut [&'s [u8]]) -> usize {
        match &self.talk {
            Talk::Resting(_) => 0,
            Talk::Active(active) => active.codec.poll_transmit(pieces),
        }
    }

    fn transmitted(&mut self, count: usize) {
        let active = self.talk.active();
        active.codec.transmitted(count);
        active.leaving.transmitted(count);
        if !active.codec.wants_write() {
            self.watch.all_left();
        }
        self.drain();
    }

    fn rest(&mut self) {
        self.talk.rest();
        self.line.rest();
    }

    fn is_over(&self) -> bool {
        match &self.talk {
            Talk::Resting(_) => false,
            Talk::Active(active) => active.codec.phase() == Phase::Closed,
        }
    }

    fn shut_down(&mut self) {
        self.line.close(CloseCode::GOING_AWAY, "");
    }

    fn part(&self, stands: bool) -> Option<u32> {
        let (began, received) = match &self.talk {
            Talk::Resting(resting) => (None, resting.octets_received()),
            Talk::Active(active) if active.codec.phase() == Phase::Open => {
                (active.codec.began(), active.codec.octets_received())
            }
            Talk::Active(_) => return None,
        };
        began.or(stands.then_some(received)).map(|before| before as u32)
    }

    fn give_up(&mut self, was_read: bool) {
        self.end(if was_read { CloseCode::POLICY_VIOLATION } else { CloseCode::TRY_AGAIN_LATER });
    }

    fn look(&mut self, age: u32, reads: bool) -> Look {
        let (now, reads) = (Moment::of(age), reads && self.wants_read());
        let deadlines = &self.line.terms().deadlines;
        let closes = self.line.is_closing();
        let (received, due) = match &mut self.talk {
            Talk::Resting(resting) => ([resting.octets_received(); 2], None),
            Talk::Active(active) => {
                let due = active.leaving.look(now, deadlines, &active.codec, closes);
                ([active.codec.octets_received(), active.octets_of_messages()], due)
            }
        };
        let due = due.unwrap_or_else(|| self.watch.look(now, deadlines, received, reads));
        match due {
            Due::Nothing => Look::Wait,
            // (Put out where it can leave: it may be due for all at once.)
            Due::Ping => Look::GoOn,
            Due::Close(code) => {
                self.end(code);
                Look::GoOn
            }
            Due::Cut => Look::Cut,
        }
    }

    fn held(&self) -> usize {
        let held = match &self.talk {
            Talk::Resting(_) => 0,
            Talk::Active(active) => active.held(),
        };
        held + self.line.waiting()
    }
}

/// The handler outlives its connection, as a task if there is a place for one: it learns of the end, and ends by itself.
impl Drop for Connection {
    fn drop(&mut self) {
        self.line.end(self.talk.take_ending().unwrap_or(Ended::Lost));
        self.line.forget_unsent();
        if let Some(handler) = self.handler.take() {
            drop(spawn(handler));
        }
    }
}
