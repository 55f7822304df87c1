//! A place where answers are written that are to be values.

use std::cell::Cell;

use rajada_parser::Positions;
use rajada_pipeline::{Burst, Event, Pipeline, Settings, Store, Ticket};

use super::{Desk, Later, Owed, OwnedResponse, Preset, Response};
use crate::content::Kept;
use crate::runtime::{Clock, TaskCount};
use crate::{Body, gate};

/// A pipeline with one request that is never answered: what is written in its name is kept, and nothing of it is sent.
pub(crate) struct Recorder {
    pipeline: Pipeline<Kept>,
    settings: Settings,
    desk: Desk,
    ticket: Option<Ticket>,
}

thread_local! {
    /// One for each thread, once it was needed. It is taken while it is used: who needs another then makes one.
    static RECORDER: Cell<Option<Box<Recorder>>> = const { Cell::new(None) };
}

impl Recorder {
    /// Lends the recorder of this thread.
    pub(crate) fn lend<R>(record: impl FnOnce(&mut Recorder) -> R) -> R {
        let mut recorder = RECORDER.take().unwrap_or_else(Recorder::new);
        let recorded = record(&mut recorder);
        RECORDER.set(Some(recorder));
        recorded
    }

    #[cold]
    fn new() -> Box<Recorder> {
        let mut settings = Settings::DEFAULT;
        settings.requests_in_flight = 1;
        let mut pipeline = Pipeline::new();
        pipeline.lend(Box::new(Store::new(&settings)));
        let mut burst = Burst::new(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
        let ticket = match pipeline.receive(&settings, &mut burst, &mut Positions::<1>::new()) {
            Event::Request { ticket, .. } => Some(ticket),
            _ => unreachable!("a whole request"),
        };
        let desk = Desk::new(&Clock::system(), &TaskCount::new(0));
        Box::new(Recorder { pipeline, settings, desk, ticket })
    }

    /// Records an answer.
    ///
    /// # Panics
    /// As `write` does.
    pub(crate) fn record(&mut self, write: impl FnOnce(&mut Response<'_>)) -> OwnedResponse {
        self.record_behind(None, write)
    }

    /// Records an answer of which hooks have set something. The value has that as well, so it is not to be set once more
    /// where the value answers.
    pub(crate) fn record_behind(
        &mut self,
        preset: Option<&Preset>,
        write: impl FnOnce(&mut Response<'_>),
    ) -> OwnedResponse {
        let Recorder { pipeline, settings, desk, ticket } = self;
        let mut staged = None;
        let Some(taken) = ticket.take() else { unreachable!("it is given back") };
        let owed = Owed::new(pipeline, settings, taken);
        let mut response = Response::new(owed, desk, Some(&mut staged));
        if let Some(preset) = preset {
            response.restore(preset);
        }
        let written = gate::enter(|| write(&mut response));
        *ticket = response.take_ticket();
        let (status, close, missing) = (response.status, response.close, response.missing);
        drop(response);
        let answer = OwnedResponse {
            status,
            headers: core::mem::take(&mut desk.fields),
            body: staged.map_or(Body::Empty, |staged| staged.body),
            close,
            told: desk.later.drain(..).filter_map(told).collect(),
            failure: desk.failure.take(),
            missing,
            cause: None,
        };
        match written {
            Ok(()) => answer,
            Err(panic) => {
                gate::discard(answer);
                panic.resume()
            }
        }
    }
}

fn told(later: Later) -> Option<Box<dyn FnOnce()>> {
    match later {
        Later::Tell(_, told) => Some(told),
        Later::Pump(..) | Later::Upgrade(_) => None,
    }
}
