//! What a route leads to: a handler, and how it is called if nothing is around it.

use std::sync::Arc;

use super::shared::Entry;
use crate::handler::{Kind, SyncHandler};
use crate::routing::Value;

/// The place of a handler in its application.
pub(crate) type EndpointId = u32;

/// What a route leads to.
#[derive(Clone)]
pub(crate) struct Goal {
    pub(crate) endpoint: EndpointId,
    /// None: hooks are around the handler, or answers leave before it runs.
    call: Option<Call>,
}

/// How a handler is called that nothing is around.
#[derive(Clone)]
pub(crate) enum Call {
    /// At once.
    Sync(EndpointId, Arc<SyncHandler>),
    /// By whoever keeps its future.
    Async(EndpointId),
}

impl Goal {
    /// What leads to an entry.
    pub(super) fn new(endpoint: EndpointId, entry: &Entry) -> Goal {
        let call = match &entry.kind {
            _ if !entry.is_bare => None,
            Kind::Sync(handler) => Some(Call::Sync(endpoint, handler.clone())),
            Kind::Async(_) => Some(Call::Async(endpoint)),
        };
        Goal { endpoint, call }
    }
}

impl Value for Goal {
    type Short = Call;

    fn short(&self) -> Option<Call> {
        self.call.clone()
    }
}
