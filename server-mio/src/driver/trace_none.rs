//! No span for a request.

use crate::{Request, Response, Status};

/// What is told of a request while it is answered: nothing.
#[derive(Clone)]
pub(crate) struct Trace {}

/// This thread is at a request.
pub(crate) struct Entered {}

impl Trace {
    #[inline(always)]
    pub(crate) fn of(_: &Request<'_>) -> Trace {
        Trace {}
    }

    /// What this thread does is done for the request, until the guard goes.
    #[inline(always)]
    pub(crate) fn enter(&self) -> Entered {
        Entered {}
    }

    /// The request has its answer.
    #[inline(always)]
    pub(crate) fn answered(&self, _: &Response<'_>) {}

    /// The request has an answer with this status.
    #[inline(always)]
    pub(crate) fn answered_with(&self, _: Status) {}
}
