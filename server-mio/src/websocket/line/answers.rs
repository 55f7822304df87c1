//! Messages that are answered where they are read.

use std::task::{Context, Poll};

use super::{Line, Load, Outgoing, Place};
use crate::gate::Panic;
use crate::websocket::answering::{self, Answer, Answering};
use crate::websocket::message::Message;
use crate::websocket::replies::Replies;

/// Who answers, until this is dropped.
pub(in super::super) struct Answers<'l>(&'l Line);

/// What is accepted to be sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Accepts {
    Nothing,
    /// A message, behind those that wait.
    Behind,
    /// A message, at once: none waits.
    AtOnce,
}

/// What is due for who answers.
enum Due {
    Nothing,
    /// The message in front.
    Message,
    /// The end, perhaps by a panic.
    End(Option<Panic>),
}

impl Line {
    // ---- the handler's end

    /// Has messages answered by this from now on.
    pub(in super::super) fn answer_by(&self, answer: Answer) -> Answers<'_> {
        let before =
            self.change(|load| core::mem::replace(&mut load.answering, Answering::This(answer)));
        answering::forget(before);
        Answers(self)
    }

    /// Sends a message, behind those that wait.
    #[cold]
    pub(in super::super) fn send(&self, message: Message) {
        self.put(Outgoing::Message(message));
    }

    // ---- the connection's end

    /// Whether all that its handler waits for, if nothing else wakes it, is the end.
    #[inline]
    pub(in super::super) fn is_answering(&self) -> bool {
        let is_answering = |load: &mut Load| {
            matches!(load.answering, Answering::This(_))
                && load.inbox.is_empty()
                && load.ended.is_none()
        };
        self.look(is_answering).unwrap_or_default()
    }

    // ---- both

    /// What answers messages, until it is [given back](Self::give_answer_back).
    #[inline]
    pub(in super::super) fn lend_answer(&self) -> Option<Answer> {
        let lend = |load: &mut Load| match core::mem::take(&mut load.answering) {
            Answering::This(answer) => {
                load.answering = Answering::Lent;
                Some(answer)
            }
            other => {
                load.answering = other;
                None
            }
        };
        self.look(lend).flatten()
    }

    /// It goes on, or is over. What is returned is not wanted any more.
    #[inline]
    pub(in super::super) fn give_answer_back(&self, answering: Answering) -> Option<Answering> {
        let give_back = |load: &mut Load| match load.answering {
            Answering::Lent => {
                load.answering = answering;
                None
            }
            _ => Some(answering),
        };
        self.change(give_back)
    }

    /// What is accepted to be sent.
    #[inline]
    pub(in super::super) fn accepts(&self) -> Accepts {
        let accepts = |load: &mut Load| match load {
            Load { closing: true, .. } | Load { ended: Some(_), .. } => Accepts::Nothing,
            load if load.sends_at_once() => Accepts::AtOnce,
            _ => Accepts::Behind,
        };
        self.look(accepts).unwrap_or(Accepts::AtOnce)
    }
}

impl Answers<'_> {
    /// Has all answered that the connection could not, and waits for the end of messages.
    pub(in super::super) fn poll(&self, cx: &mut Context<'_>, place: &mut Place<'_>) -> Poll<()> {
        let line = self.0;
        loop {
            let due = line.change(|load| match &mut load.answering {
                Answering::Over(panic) => Due::End(panic.take()),
                Answering::This(_) if !load.inbox.is_empty() => Due::Message,
                _ if load.ended.is_some() => Due::End(None),
                _ => Due::Nothing,
            });
            match due {
                Due::Nothing => {
                    let waker = cx.waker().clone();
                    drop(line.change(|load| load.reader.replace(waker)));
                    return Poll::Pending;
                }
                Due::End(None) => return Poll::Ready(()),
                Due::End(Some(panic)) => panic.resume(),
                // (Where nothing is sent any more messages are received still.)
                Due::Message if line.poll_send(cx, place, &mut None).is_pending() => {
                    return Poll::Pending;
                }
                Due::Message => {
                    self.answer(cx);
                    // (For the next one it waits behind those that have waited meanwhile.)
                    place.leave();
                }
            }
        }
    }

    /// Has the message in front answered.
    fn answer(&self, cx: &mut Context<'_>) {
        let line = self.0;
        let mut answer = line.lend_answer();
        let Poll::Ready(Some(message)) = line.poll_message(cx) else { return };
        let over = answering::answer(&mut answer, message.as_ref(), &mut Replies::queued(line));
        let answering = over.or_else(|| answer.map(Answering::This)).unwrap_or_default();
        if let Some(unwanted) = line.give_answer_back(answering) {
            answering::forget(unwanted);
        }
    }
}

impl Drop for Answers<'_> {
    fn drop(&mut self) {
        if let Some(before) = self.0.look(|load| core::mem::take(&mut load.answering)) {
            answering::forget(before);
        }
    }
}

impl Load {
    /// Whether what is sent can leave at once.
    pub(super) fn sends_at_once(&self) -> bool {
        self.outbox.is_empty() && self.writers.is_empty()
    }
}
