//! What a task of this worker is about.

use std::sync::Arc;
use std::time::Instant;

use rajada_pipeline::Streaming;

use super::inflow::Reader;
use super::key::Key;
use super::promise::Promise;
use super::trace::Trace;
use crate::body::BodyStream;
use crate::content::Kept;
use crate::handler::ReusableFuture;
use crate::request::OwnedParts;
use crate::response::Preset;
use crate::runtime::SpawnedTask;

/// What a task works on, taken out while it is polled.
pub(crate) enum Work {
    Handler(Box<dyn ReusableFuture>, Owner),
    Pump(Pump),
    Reader(Reader),
    Spawned(SpawnedTask),
}

/// What an asynchronous handler that waits is about.
pub(crate) struct Owner {
    pub(super) promise: Promise,
    pub(super) endpoint: u32,
    pub(super) trace: Trace,
    /// The request, where someone wants to see it once the handler has ended.
    pub(super) request: Option<Arc<OwnedParts>>,
    /// What hooks before it have set of the answer.
    pub(super) preset: Option<Box<Preset>>,
    /// Octets of its request.
    pub(super) weight: usize,
    /// When it has had its time.
    pub(super) deadline: Option<Instant>,
}

/// The content of an answer, made piece by piece.
pub(crate) struct Pump {
    pub(super) connection: Key,
    pub(super) streaming: Streaming,
    pub(super) stream: Box<dyn BodyStream>,
    /// A piece that there was no room for.
    pub(super) held: Option<Kept>,
    /// The stream knows that service ends.
    pub(super) told: bool,
}

impl Work {
    /// The connection that it is for.
    pub(super) fn connection(&self) -> Option<Key> {
        match self {
            Work::Handler(_, owner) => Some(owner.promise.connection()),
            Work::Pump(pump) => Some(pump.connection),
            Work::Reader(reader) => Some(reader.connection),
            Work::Spawned(_) => None,
        }
    }

    /// Whether it makes content of an answer.
    pub(super) fn is_pump(&self) -> bool {
        matches!(self, Work::Pump(_))
    }

    /// Whether it is a handler that has had its time.
    pub(super) fn is_overdue(&self, now: Instant) -> bool {
        match self {
            Work::Handler(_, owner) => owner.deadline.is_some_and(|deadline| deadline <= now),
            Work::Pump(_) | Work::Reader(_) | Work::Spawned(_) => false,
        }
    }
}
