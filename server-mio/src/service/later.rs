//! What follows an answer: content that is made piece by piece, and word that it has left.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::{Context, Poll};

use bytes::Bytes;
use rajada_pipeline::{ApiMisuse, Content};

use super::exchange::Exchange;
use super::{Service, panic_message};
use crate::content::BodyStream;
use crate::response::Later;
use crate::runtime::{Polled, Pump, TaskId};

impl Service {
    /// Begins what is to follow the answer just given.
    #[inline]
    pub(super) fn follow(&mut self, exchange: &mut Exchange) {
        if !self.desk.later.is_empty() {
            self.begin_later(exchange);
        }
    }

    #[cold]
    fn begin_later(&mut self, exchange: &mut Exchange) {
        for later in core::mem::take(&mut self.desk.later) {
            match later {
                Later::Tell(id, told) => exchange.told.get_or_insert_default().push((id, told)),
                Later::Pump(streaming, stream) => {
                    let pump = Pump { connection: exchange.key, streaming, stream, held: None };
                    let task = self.executor.claim();
                    self.executor.park(task, Polled::Pump(pump), &mut exchange.tasks);
                    self.resume(exchange, task);
                }
            }
        }
    }

    /// Sends what a stream gives, as long as the peer keeps up. True if something was sent.
    pub(super) fn pump(&mut self, exchange: &mut Exchange, task: TaskId, mut pump: Pump) -> bool {
        let waker = self.executor.waker(task).clone();
        let mut cx = Context::from_waker(&waker);
        let mut sent = false;
        let pipeline = &mut exchange.pipeline;
        let step = loop {
            if pipeline.room(&pump.streaming) == 0 {
                exchange.starved = true;
                break Step::Wait;
            }
            let piece = match pump.held.take() {
                Some(piece) => piece,
                None => match next_piece(&mut *pump.stream, &mut cx) {
                    Poll::Pending => break Step::Wait,
                    Poll::Ready(Ok(Some(piece))) => piece,
                    Poll::Ready(Ok(None)) => break Step::Finish,
                    Poll::Ready(Err(())) => break Step::Abort,
                },
            };
            match pipeline.send(&pump.streaming, Content::Owned(piece.clone())) {
                Ok(()) => sent = true,
                Err(ApiMisuse::Full) => {
                    pump.held = Some(piece);
                    exchange.starved = true;
                    break Step::Wait;
                }
                Err(error) => break Step::End(error),
            }
        };
        let end = match step {
            Step::Wait => {
                self.executor.put_back(task, Polled::Pump(pump));
                return sent;
            }
            Step::Finish => pipeline.finish(pump.streaming, &[]).map_err(|rejected| rejected.why),
            Step::Abort => pipeline.abort(pump.streaming).map_err(|rejected| rejected.why),
            Step::End(error) => Err(error),
        };
        if let Err(error) = end {
            log::debug!("a streamed answer ended early: {error}");
        }
        self.executor.end(task, &mut exchange.tasks);
        true
    }

    /// Tells those who wait for answers to leave, and lets those go on who wait for room.
    #[inline]
    pub(crate) fn tell_sent(&mut self, exchange: &mut Exchange) {
        if exchange.told.is_some() || exchange.starved {
            self.tell_sent_to(exchange);
        }
    }

    #[cold]
    fn tell_sent_to(&mut self, exchange: &mut Exchange) {
        if exchange.starved && !exchange.blocked {
            exchange.starved = false;
            self.executor.wake_pumps(exchange.tasks);
        }
        let Some(mut told) = exchange.told.take() else { return };
        for (_, tell) in told.extract_if(.., |(id, _)| exchange.pipeline.is_transmitted(*id)) {
            if let Err(panic) = catch_unwind(AssertUnwindSafe(tell)) {
                log::error!("a callback panicked: {}", panic_message(&*panic));
            }
        }
        if !told.is_empty() {
            exchange.told = Some(told);
        }
    }
}

/// What a step of a streamed answer leads to.
enum Step {
    /// Wait for the stream, or for the peer.
    Wait,
    /// It is complete.
    Finish,
    /// The stream failed.
    Abort,
    /// The answer has ended already.
    End(ApiMisuse),
}

/// The next piece of a stream; an error, if it failed, was told.
fn next_piece(
    stream: &mut dyn BodyStream,
    cx: &mut Context<'_>,
) -> Poll<Result<Option<Bytes>, ()>> {
    match catch_unwind(AssertUnwindSafe(|| stream.poll_next(cx))) {
        Ok(next) => next
            .map(|next| next.transpose().map_err(|error| log::error!("a stream failed: {error}"))),
        Err(panic) => {
            log::error!("a stream panicked: {}", panic_message(&*panic));
            Poll::Ready(Err(()))
        }
    }
}
