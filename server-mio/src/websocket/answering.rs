//! Who answers messages where they are read.

use super::ended::Closed;
use super::message::MessageRef;
use super::replies::Replies;
use crate::gate::{self, Panic};

/// What answers a message.
pub(super) type Answer =
    Box<dyn FnMut(MessageRef<'_>, &mut Replies<'_>) -> Result<(), Closed> + 'static>;

/// Who does.
#[derive(Default)]
pub(super) enum Answering {
    /// Nobody: messages are received.
    #[default]
    Nobody,
    This(Answer),
    /// It is at work.
    Lent,
    /// Nobody any more: it has stopped, perhaps by a panic.
    Over(Option<Panic>),
}

/// Has a message answered. What answers is gone if it stops: how it did is returned.
#[inline(always)]
pub(super) fn answer(
    answer: &mut Option<Answer>,
    message: MessageRef<'_>,
    replies: &mut Replies<'_>,
) -> Option<Answering> {
    let this = answer.as_mut()?;
    let panic = match gate::enter(|| this(message, replies)) {
        Ok(Ok(())) => return None,
        Ok(Err(Closed(()))) => None,
        Err(panic) => Some(panic),
    };
    gate::discard(answer.take());
    Some(Answering::Over(panic))
}

/// Drops who is not wanted any more. A panic that nobody was told of is logged.
pub(super) fn forget(answering: Answering) {
    if let Answering::Over(Some(panic)) = &answering {
        log::error!("what answers messages of a WebSocket panicked: {}", panic.message());
    }
    gate::discard(answering);
}
