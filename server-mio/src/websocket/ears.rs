//! What becomes of what a connection receives.

use rajada_websocket::{Event, Server, WebSocket as Codec};

use super::answering::{self, Answer, Answering};
use super::ended::Ended;
use super::line::{Line, Way};
use super::message::MessageRef;
use super::packing::Packing;
use super::replies::Replies;
use super::watch::Watch;
use crate::content::Kept;

/// What an event has led to.
pub(super) enum Heard {
    /// There may be more.
    Some,
    /// There is no more for now.
    Nothing,
    End(Ended),
}

/// What messages go to.
pub(super) struct Ears<'c> {
    pub(super) line: &'c Line,
    pub(super) watch: &'c mut Watch,
    pub(super) packing: &'c Packing,
    /// What answers them, if that is set.
    pub(super) answer: Option<Answer>,
    /// Octets that may be unsent when it is asked for more.
    pub(super) backlog: usize,
    /// For the next message.
    pub(super) way: Way,
}

impl Ears<'_> {
    /// Hears an event.
    pub(super) fn hear(&mut self, codec: &mut Codec<Server, Kept>, event: Event<'_>) -> Heard {
        match event {
            Event::Text(text) => self.take_collected(codec, MessageRef::Text(text)),
            Event::Binary(octets) => self.take_collected(codec, MessageRef::Binary(octets)),
            Event::Ping(payload) => self.watch.control(payload.len()),
            Event::Pong(payload) => self.watch.pong(payload),
            Event::Close { code, reason } => {
                return Heard::End(Ended::Closed { code, reason: reason.to_owned() });
            }
            Event::Malformed(error) => {
                log::debug!("a WebSocket is malformed: {error}");
                return Heard::End(Ended::Malformed(error));
            }
            // It needs data, or has come to its end.
            _ => return Heard::Nothing,
        }
        Heard::Some
    }

    /// Takes a message that did not stand in the burst as it is.
    #[inline(never)]
    fn take_collected(&mut self, codec: &mut Codec<Server, Kept>, message: MessageRef<'_>) {
        self.take(codec, message);
    }

    /// Takes a message.
    #[inline(always)]
    pub(super) fn take(&mut self, codec: &mut Codec<Server, Kept>, message: MessageRef<'_>) {
        let is_next = self.way == Way::Clear && codec.held() < self.backlog;
        if !is_next || self.answer.is_none() {
            return self.line.receive(message.into());
        }
        let mut replies = Replies::direct(self.line, codec, self.packing);
        if let Some(over) = answering::answer(&mut self.answer, message, &mut replies) {
            self.give_back(over);
        }
    }

    /// Nothing more is heard for now, and so many octets have not left.
    #[inline]
    pub(super) fn rest(mut self, held: usize) {
        if let Some(answer) = self.answer.take() {
            if held >= self.backlog {
                self.line.set_held(held);
            }
            self.give_back(Answering::This(answer));
        }
    }

    #[inline]
    fn give_back(&self, answering: Answering) {
        if let Some(unwanted) = self.line.give_answer_back(answering) {
            answering::forget(unwanted);
        }
    }
}
