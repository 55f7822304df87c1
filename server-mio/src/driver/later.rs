//! What follows an answer: content that is made piece by piece, and word that it has left.

use std::task::{Context, Poll};

use rajada_parser::Field;
use rajada_pipeline::{ApiMisuse, COPY_BELOW, Content, Head, Pipeline, Rejected, Streaming};

use super::exchange::{Exchange, Told, WhenSent};
use super::pace::TURN;
use super::service::{Leave, Service};
use super::task::{Pump, Work};
use crate::body::BodyStream;
use crate::content::Kept;
use crate::response::Later;
use crate::runtime::TaskId;
use crate::{Headers, gate};

impl Service {
    /// Begins what is to follow the answer just given.
    #[inline]
    pub(super) fn follow(&mut self, exchange: &mut Exchange) {
        if !self.desk.later.is_empty() {
            self.begin_later(exchange);
        }
    }

    #[cold]
    #[inline(never)]
    fn begin_later(&mut self, exchange: &mut Exchange) {
        for later in core::mem::take(&mut self.desk.later) {
            let ledger = &mut exchange.ledger;
            match later {
                Later::Tell(id, told) => {
                    let behind = ledger.behind.get_or_insert_default();
                    behind.told.get_or_insert_default().0.push((id, told));
                }
                Later::Upgrade(upgrade) => self.accept_upgrade(ledger, upgrade),
                Later::Pump(streaming, stream) => {
                    let connection = ledger.key;
                    let pump = Pump { connection, streaming, stream, held: None, told: false };
                    let task = self.tasks.claim();
                    self.tasks.park(task, Work::Pump(pump), &mut ledger.tasks);
                    // What is there at once leaves with the head.
                    if let Some(Work::Pump(pump)) = self.tasks.take(task) {
                        self.pump(exchange, task, pump);
                    }
                }
            }
        }
    }

    /// Sends what a stream gives, as long as the peer keeps up. True if something was sent.
    pub(super) fn pump(&mut self, exchange: &mut Exchange, task: TaskId, mut pump: Pump) -> bool {
        if self.leave != Leave::Not && !core::mem::replace(&mut pump.told, true) {
            gate::run("a stream", || pump.stream.shut_down());
        }
        let mut gathered = core::mem::take(&mut self.gathered);
        let (sent, step) = self.pump_into(exchange, task, &mut pump, &mut gathered);
        gathered.clear();
        self.gathered = gathered;
        let pipeline = &mut exchange.pipeline;
        let is_broken = matches!(step, Step::Abort | Step::GiveUp);
        let is_given_up = matches!(step, Step::GiveUp);
        let end = match step {
            Step::Wait => {
                self.tasks.put_back(task, Work::Pump(pump));
                return sent;
            }
            Step::Finish(trailers) => finish(pipeline, pump.streaming, trailers.as_ref()),
            Step::Abort | Step::GiveUp => {
                pipeline.abort(pump.streaming).map_err(|rejected| rejected.why)
            }
            Step::End(error) => Err(error),
        };
        // Nobody waits for an answer in front of it.
        exchange.ledger.given_up |= is_given_up && pipeline.in_flight() == 0;
        gate::discard((pump.stream, pump.held));
        if is_broken || end.is_err() {
            // The connection ends there. Nobody can be told what a request behind it would lead to.
            self.forget_pending(exchange);
        }
        match end {
            Err(error @ (ApiMisuse::TooLong | ApiMisuse::TooShort)) => {
                log::error!("a stream has not the length that it has told: {error}");
            }
            Err(error) => log::debug!("a streamed answer ended early: {error}"),
            Ok(()) => {}
        }
        self.tasks.end(task, &mut exchange.ledger.tasks);
        true
    }

    /// The same, and what it leads to. Small pieces are gathered, so that each costs little more than a copy.
    fn pump_into(
        &mut self,
        exchange: &mut Exchange,
        task: TaskId,
        pump: &mut Pump,
        gathered: &mut Vec<u8>,
    ) -> (bool, Step) {
        let mut cx = Context::from_waker(self.tasks.waker(task));
        let Exchange { pipeline, ledger } = exchange;
        let clock = self.runtime.clock();
        let (began, mut pieces) = (clock.now(), 0);
        // Code of the application. What it does not tell, for a panic, it learns when it is asked for a piece.
        let window = gate::enter(|| pump.stream.window()).unwrap_or(usize::MAX);
        let mut sent = false;
        let step = loop {
            pieces += 1;
            let took = clock.now().saturating_duration_since(began);
            if pieces > PIECES_A_TURN || took > TURN {
                self.tasks.wake(task);
                break Step::Wait;
            }
            let mut room = pipeline.room(&pump.streaming);
            if window < usize::MAX {
                // What waits of this answer, or of all, if it is not its turn.
                let waits = self.held.saturating_sub(room);
                room = room.min(window.saturating_sub(waits));
            }
            if room <= gathered.len() {
                ledger.when_sent = WhenSent::GoOn;
                let is_stuck = !sent && gathered.is_empty();
                break if is_stuck { stuck(pump) } else { Step::Wait };
            }
            let piece = match pump.held.take() {
                Some(piece) => piece,
                None => match next_piece(&mut *pump.stream, &mut cx) {
                    Poll::Pending => {
                        // Who has a window of its own is one of many, and waits for long.
                        if window < usize::MAX && ledger.when_sent == WhenSent::Nothing {
                            ledger.when_sent = WhenSent::GiveBack;
                        }
                        break Step::Wait;
                    }
                    Poll::Ready(Ok(Some(piece))) => piece,
                    Poll::Ready(Ok(None)) => match trailers(&mut *pump.stream) {
                        Ok(trailers) => break Step::Finish(trailers),
                        Err(()) => break Step::Abort,
                    },
                    Poll::Ready(Err(())) => break Step::Abort,
                },
            };
            let octets = piece.as_ref();
            if octets.len() < COPY_BELOW && gathered.len() + octets.len() <= room.min(GATHERED) {
                gathered.extend_from_slice(octets);
                continue;
            }
            let is_gathered = !gathered.is_empty();
            let result = if is_gathered {
                send_gathered(pipeline, &pump.streaming, gathered)
            } else {
                pipeline.send(&pump.streaming, Content::Owned(piece.clone()))
            };
            match result {
                Ok(()) if !is_gathered => {}
                // Its turn comes behind those.
                Ok(()) => pump.held = Some(piece),
                Err(ApiMisuse::Full) => {
                    pump.held = Some(piece);
                    ledger.when_sent = WhenSent::GoOn;
                    break if sent { Step::Wait } else { stuck(pump) };
                }
                Err(error) => return (sent, Step::End(error)),
            }
            sent = true;
        };
        sent |= !gathered.is_empty();
        match send_gathered(pipeline, &pump.streaming, gathered) {
            Ok(()) => (sent, step),
            Err(error) => (sent, Step::End(error)),
        }
    }

    /// Has every stream go on, which learns then that service ends.
    pub(super) fn tell_streams(&self) {
        let pumps = self.tasks.iter().filter(|(_, work)| work.is_pump());
        pumps.for_each(|(task, _)| self.tasks.wake(task));
    }

    /// Tells those who wait for answers to leave, and lets those go on who wait for room.
    #[cold]
    pub(super) fn tell_sent(&mut self, exchange: &mut Exchange) {
        let Exchange { pipeline, ledger } = exchange;
        if !pipeline.wants_write() {
            match core::mem::replace(&mut ledger.when_sent, WhenSent::Nothing) {
                WhenSent::Nothing => {}
                WhenSent::GiveBack => pipeline.give_back_memory(),
                WhenSent::GoOn => {
                    let pumps = self.tasks.of(ledger.tasks).filter(|(_, work)| work.is_pump());
                    pumps.for_each(|(task, _)| self.tasks.wake(task));
                }
            }
        }
        let Some(behind) = &mut ledger.behind else { return };
        if let Some(Told(told)) = behind.told.as_deref_mut() {
            for (_, tell) in told.extract_if(.., |(id, _)| pipeline.is_transmitted(*id)) {
                gate::run("a callback", tell);
            }
            if told.is_empty() {
                behind.told = None;
            }
        }
        if behind.told.is_none() && behind.protocol.is_none() {
            ledger.behind = None;
        }
    }
}

/// Pieces of a stream that are asked for before others have their turn: some may be empty.
const PIECES_A_TURN: usize = 256;

/// Octets of small pieces that leave together, at most.
const GATHERED: usize = 16 * 1024;

/// Sends the pieces that were gathered, as one; there was room for them.
fn send_gathered(
    pipeline: &mut Pipeline<Kept>,
    streaming: &Streaming,
    gathered: &mut Vec<u8>,
) -> Result<(), ApiMisuse> {
    pipeline.send(streaming, Content::Copied(gathered))?;
    gathered.clear();
    Ok(())
}

/// Ends an answer. If that can't be, it is cut.
fn finish(
    pipeline: &mut Pipeline<Kept>,
    streaming: Streaming,
    trailers: Option<&Headers>,
) -> Result<(), ApiMisuse> {
    let (mut fields, mut unfit) = (Vec::new(), Vec::new());
    for (name, value) in trailers.into_iter().flat_map(Headers::iter) {
        let allowed = Head::is_trailer(name.as_bytes());
        if allowed { fields.push(Field { name: name.as_bytes(), value }) } else { unfit.push(name) }
    }
    if !unfit.is_empty() {
        log::error!("fields that are not allowed in trailers are left out: {}", unfit.join(", "));
    }
    pipeline.finish(streaming, &fields).map_err(|Rejected { given, why }| {
        // It fails if it was cut already.
        let _ = pipeline.abort(given);
        why
    })
}

/// What a step of a streamed answer leads to.
enum Step {
    /// Wait for the stream, or for the peer.
    Wait,
    /// It is complete, with fields behind it.
    Finish(Option<Headers>),
    /// The stream failed.
    Abort,
    /// The peer has not taken enough of it.
    GiveUp,
    /// The answer has ended already.
    End(ApiMisuse),
}

/// What to do where nothing could be sent, since the peer has not taken what was.
fn stuck(pump: &mut Pump) -> Step {
    match gate::enter(|| pump.stream.is_given_up()) {
        Ok(false) => Step::Wait,
        Ok(true) => Step::GiveUp,
        Err(panic) => {
            log::error!("a stream panicked: {}", panic.message());
            Step::Abort
        }
    }
}

/// The next piece of a stream; an error, if it failed, was told.
fn next_piece(stream: &mut dyn BodyStream, cx: &mut Context<'_>) -> Poll<Result<Option<Kept>, ()>> {
    match gate::enter(|| stream.poll_next(cx)) {
        Ok(Poll::Pending) => Poll::Pending,
        Ok(Poll::Ready(None)) => Poll::Ready(Ok(None)),
        Ok(Poll::Ready(Some(Ok(piece)))) => Poll::Ready(Ok(Some(piece.into()))),
        Ok(Poll::Ready(Some(Err(error)))) => {
            gate::tell("a stream failed: ", error);
            Poll::Ready(Err(()))
        }
        Err(panic) => {
            log::error!("a stream panicked: {}", panic.message());
            Poll::Ready(Err(()))
        }
    }
}

/// The fields behind the content of a stream; an error, if it panicked, was told.
fn trailers(stream: &mut dyn BodyStream) -> Result<Option<Headers>, ()> {
    gate::enter(|| stream.trailers()).map_err(|panic| {
        log::error!("a stream panicked: {}", panic.message());
    })
}
