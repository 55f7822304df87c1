//! Owned requests that a worker keeps to fill them again.

use std::cell::RefCell;
use std::sync::Arc;

use super::context::Context;
use super::parts::OwnedParts;
use crate::stock::Stock;

/// How many owned requests a worker keeps for use again.
const MOST_SPARE: usize = 1024;

/// Octets that one of them may have kept: it may be filled with few, and wait with them.
const MOST_KEPT: usize = 8 * 1024;

thread_local! {
    /// There on the threads of workers alone: whoever drops a request elsewhere frees it.
    static SPARE: RefCell<Option<Spare>> = const { RefCell::new(None) };
}

/// What a worker keeps, while it is at work on its thread; between two turns the worker itself has it.
#[derive(Default)]
pub(crate) struct Spare {
    parts: Stock<Box<OwnedParts>>,
}

impl Spare {
    /// Exchanges what this thread keeps with `other`.
    #[inline]
    pub(crate) fn exchange(other: Option<Spare>) -> Option<Spare> {
        SPARE.replace(other)
    }

    /// Drops what nobody has used on this thread since the last time.
    pub(crate) fn trim() {
        let unused = SPARE.with_borrow_mut(|spare| spare.as_mut().map(|spare| spare.parts.trim()));
        drop(unused);
    }
}

/// An owned request to be filled, for an application: one that was dropped on this thread, if there is any.
pub(crate) fn lend(context: &Arc<Context>) -> Box<OwnedParts> {
    let parts = SPARE.with_borrow_mut(|spare| spare.as_mut()?.parts.take());
    parts.filter(|parts| parts.is_of(context)).unwrap_or_else(|| OwnedParts::new(context))
}

/// Takes back an owned request that nobody has seen the end of: what hooks have attached is dropped, whatever that does.
pub(crate) fn discard(mut parts: Box<OwnedParts>) {
    parts.extensions.clear();
    give_back(parts);
}

/// Takes an owned request back, on a thread that has use for it; anywhere else it is freed.
pub(crate) fn give_back(parts: Box<OwnedParts>) {
    if parts.capacity() > MOST_KEPT {
        return;
    }
    let mut parts = Some(parts);
    // What is left is dropped outside of the cell, as all that is the application's.
    let _ = SPARE.try_with(|spare| {
        if let Ok(mut spare) = spare.try_borrow_mut()
            && let Some(spare) = &mut *spare
            && spare.parts.len() < MOST_SPARE
        {
            parts.take().into_iter().for_each(|parts| spare.parts.put(parts));
        }
    });
}
