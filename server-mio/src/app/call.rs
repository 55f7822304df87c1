//! What a route leads to: the code to call, if nothing is around it.

use std::sync::Arc;

use super::shared::Entry;
use crate::handler::{Kind, SyncHandler};

/// The place of a handler in its application.
pub(crate) type EndpointId = u32;

/// How a handler is called.
#[derive(Clone)]
pub(crate) enum Call {
    /// At once: it is synchronous, and nothing is around it.
    Sync(EndpointId, Arc<SyncHandler>),
    /// At once: it is asynchronous, and nothing is around it.
    Async(EndpointId),
    /// With what is around it.
    Around(EndpointId),
}

impl Call {
    /// How the handler of an entry is called.
    pub(super) fn of(endpoint: EndpointId, entry: &Entry) -> Call {
        match &entry.kind {
            _ if !entry.is_bare => Call::Around(endpoint),
            Kind::Sync(handler) => Call::Sync(endpoint, handler.clone()),
            Kind::Async(_) => Call::Async(endpoint),
        }
    }

    #[inline]
    pub(crate) fn endpoint(&self) -> EndpointId {
        match self {
            Call::Sync(endpoint, _) | Call::Async(endpoint) | Call::Around(endpoint) => *endpoint,
        }
    }
}
