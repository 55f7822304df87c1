//! What a route leads to: a handler, and how it is called if nothing is around it.

use std::sync::Arc;

use super::weight::Weight;
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
    Sync(EndpointId, Arc<SyncHandler>, Arc<Weight>),
    /// By whoever keeps its future.
    Async(EndpointId, Arc<Weight>),
}

impl Goal {
    /// What leads to a handler; `is_bare` says that nothing is around it.
    pub(super) fn new(
        endpoint: EndpointId,
        kind: &Kind,
        weight: &Arc<Weight>,
        is_bare: bool,
    ) -> Goal {
        let weight = weight.clone();
        let call = match kind {
            _ if !is_bare => None,
            Kind::Sync(handler) => Some(Call::Sync(endpoint, handler.clone(), weight)),
            Kind::Async(_) => Some(Call::Async(endpoint, weight)),
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
