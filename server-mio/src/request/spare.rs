//! Owned requests that a worker keeps to fill them again.

use std::cell::RefCell;
use std::sync::Arc;
use std::task::Waker;

use super::context::Context;
use super::parts::OwnedParts;
use super::{Extensions, Flow, Known, Request, Whereabouts};
#[cfg(feature = "http")]
use crate::interop::http::Remembered;
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
    parts: Stock<Arc<OwnedParts>>,
    #[cfg(feature = "http")]
    heads: Remembered,
}

impl Spare {
    /// Exchanges what this thread keeps with `other`.
    #[inline]
    pub(crate) fn exchange(other: Option<Spare>) -> Option<Spare> {
        SPARE.replace(other)
    }

    /// Drops what nobody has used on this thread since the last time.
    pub(crate) fn trim() {
        let unused = SPARE.with_borrow_mut(|spare| spare.as_mut().map(Spare::trimmed));
        drop(unused);
    }

    #[cfg(not(feature = "http"))]
    fn trimmed(&mut self) -> Vec<Arc<OwnedParts>> {
        self.parts.trim()
    }

    #[cfg(feature = "http")]
    fn trimmed(&mut self) -> Vec<Arc<OwnedParts>> {
        self.heads.trim();
        self.parts.trim()
    }
}

/// What this thread remembers of heads, lent to `look`; nothing, if it is no worker's.
#[cfg(feature = "http")]
#[inline]
pub(crate) fn with_heads<R>(look: impl FnOnce(&mut Remembered) -> R) -> Option<R> {
    let look = |spare: &mut Spare| look(&mut spare.heads);
    SPARE.try_with(|spare| spare.borrow_mut().as_mut().map(look)).ok().flatten()
}

/// What is known of a request whose head is not complete, or not in order.
#[cold]
pub(crate) fn known(
    context: &Arc<Context>,
    known: &Known<'_>,
    request: &Whereabouts<'_>,
) -> Arc<OwnedParts> {
    let mut parts = spare(context);
    if let Some(own) = Arc::get_mut(&mut parts) {
        own.know(known, request);
    }
    parts
}

/// A copy of a request, whose head is `head`, but for what is attached to it; in memory that was used on this thread, if
/// there is any.
pub(crate) fn kept(
    context: &Arc<Context>,
    head: &rajada_parser::Request<'_, '_>,
    request: &Request<'_>,
) -> Arc<OwnedParts> {
    let mut parts = spare(context);
    if let Some(own) = Arc::get_mut(&mut parts) {
        own.copy(head, request);
    }
    parts
}

/// Memory for a request, which nobody else knows.
#[inline]
fn spare(context: &Arc<Context>) -> Arc<OwnedParts> {
    let parts = SPARE.with_borrow_mut(|spare| spare.as_mut()?.parts.take());
    parts.filter(|parts| parts.is_of(context)).unwrap_or_else(|| OwnedParts::new(context))
}

/// Attaches what hooks have attached to the request that it was copied from.
pub(crate) fn attach(parts: &mut Arc<OwnedParts>, extensions: Extensions) {
    if let Some(own) = Arc::get_mut(parts) {
        own.set_extensions(extensions);
    }
}

/// Has the content of a request asked for before it is read, while nobody else knows it; `reader` is woken then.
#[cold]
pub(crate) fn close(parts: &mut Arc<OwnedParts>, reader: &Waker) {
    if let Some(own) = Arc::get_mut(parts) {
        own.gate.close(reader);
    }
}

/// Has the content of a request taken where it arrives, while nobody else knows it.
#[cold]
pub(crate) fn connect(parts: &mut Arc<OwnedParts>, flow: &Arc<Flow>) {
    if let Some(own) = Arc::get_mut(parts) {
        own.gate.connect(flow);
    }
}

/// Has nobody see the content of a request, of which there is too much, while nobody else knows it.
#[cold]
pub(crate) fn refuse_content(parts: &mut Arc<OwnedParts>) {
    if let Some(own) = Arc::get_mut(parts) {
        own.gate.refuse();
    }
}

/// Adds a piece of content, while nobody else knows the request.
pub(crate) fn add_content(parts: &mut Arc<OwnedParts>, octets: &[u8]) {
    if let Some(own) = Arc::get_mut(parts) {
        own.add_content(octets);
    }
}

/// Takes back an owned request that somebody has done with. The last one who knows it drops what was attached to it,
/// whatever that does; its memory is used again on a thread that has use for it, and anywhere else it is freed.
pub(crate) fn discard(mut parts: Arc<OwnedParts>) {
    if Arc::strong_count(&parts) != 1 {
        return;
    }
    // Nobody else knows it, so nobody can come to know it.
    if !parts.extensions.is_empty()
        && let Some(own) = Arc::get_mut(&mut parts)
    {
        own.extensions.clear();
    }
    give_back(parts);
}

/// Takes back a request that was answered, or never will be: whoever has a copy waits no longer for its content.
pub(crate) fn end(parts: Arc<OwnedParts>) {
    parts.gate.end();
    discard(parts);
}

fn give_back(parts: Arc<OwnedParts>) {
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
