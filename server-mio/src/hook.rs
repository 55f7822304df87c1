//! What runs before handlers and around them.

use std::sync::Arc;

use crate::{Request, Response};

/// What runs before handlers, or around them.
#[derive(Clone)]
pub(crate) enum Layer {
    /// At once, on the request as it was received.
    Sync(Arc<SyncHook>),
}

pub(crate) type SyncHook = dyn Fn(&mut Request<'_>, &mut Response<'_>) + Send + Sync;
