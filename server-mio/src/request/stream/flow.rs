//! Content on its way from a worker to whoever takes it, on any thread.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::{Bytes, BytesMut};

use super::trailers::Trailers;
use crate::gate;
use crate::request::RequestError;

/// What stands between the worker that reads content and whoever takes it. It holds no more than its window, and what one
/// read brings.
pub(crate) struct Flow {
    terms: Terms,
    /// Has the worker look here again.
    reader: Waker,
    state: Mutex<State>,
}

/// What a flow was begun with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// Octets that are read ahead.
    pub(crate) window: usize,
    /// Octets that are thrown away where nobody takes them.
    pub(crate) drain: usize,
    /// The length of the content, where its head tells it.
    pub(crate) length: Option<u64>,
    /// The client waits for `100 (Continue)`.
    pub(crate) expects_continue: bool,
}

struct State {
    /// What has come and was not taken.
    octets: BytesMut,
    /// How it has ended.
    end: Option<Result<Option<Arc<Trailers>>, RequestError>>,
    /// The worker looks by itself whether content is wanted.
    attended: bool,
    wanted: bool,
    /// All of it is wanted at once.
    whole: bool,
    /// How many may take it.
    takers: usize,
    /// There was one, at least.
    was_taken_up: bool,
    thrown: usize,
    taken: u64,
    /// The worker waits to hear that something was taken.
    stalled: bool,
    waiting: Vec<Waker>,
}

/// The worker's end of a flow: if it is dropped, nothing more will come.
pub(crate) struct Source(Arc<Flow>);

impl Source {
    /// Nothing has come yet; `reader` has the worker look again.
    pub(crate) fn new(terms: Terms, reader: &Waker) -> Source {
        let state = State {
            octets: BytesMut::new(),
            end: None,
            attended: true,
            wanted: false,
            whole: false,
            takers: 0,
            was_taken_up: false,
            thrown: 0,
            taken: 0,
            stalled: false,
            waiting: Vec::new(),
        };
        Source(Arc::new(Flow { terms, reader: reader.clone(), state: Mutex::new(state) }))
    }

    /// The other end.
    pub(crate) fn flow(&self) -> &Arc<Flow> {
        &self.0
    }

    /// From now on whoever wants content has the worker look. Whether somebody does already.
    pub(crate) fn leave(&self) -> bool {
        let mut state = self.0.lock();
        state.attended = false;
        state.wanted
    }

    /// Whether `100 (Continue)` should be sent, as far as this request is concerned.
    pub(crate) fn wants_continue(&self) -> bool {
        self.0.terms.expects_continue && self.0.lock().wanted
    }

    /// Takes in a piece.
    pub(crate) fn push(&self, octets: &[u8]) {
        let mut state = self.0.lock();
        if state.is_left() {
            state.thrown = state.thrown.saturating_add(octets.len());
            return;
        }
        state.octets.extend_from_slice(octets);
        state.wake();
    }

    /// Whether more should be read. If not, it is told when that changes.
    pub(crate) fn wants_more(&self) -> bool {
        let Terms { window, drain, expects_continue, .. } = self.0.terms;
        let mut state = self.0.lock();
        let wants = if state.is_left() {
            state.thrown < drain && (state.wanted || !expects_continue)
        } else {
            state.wanted && (state.whole || state.octets.len() < window)
        };
        state.stalled |= !wants;
        wants
    }

    /// Octets that should be read at once, at the most.
    pub(crate) fn room(&self) -> usize {
        let state = self.0.lock();
        if state.whole || state.is_left() {
            return usize::MAX;
        }
        self.0.terms.window.saturating_sub(state.octets.len()).max(1)
    }

    /// There will be no more: all has come, or it is told why not. What came before is given first.
    pub(crate) fn end(&self, how: Result<Option<Arc<Trailers>>, RequestError>) {
        let mut state = self.0.lock();
        if state.end.is_none() {
            state.end = Some(how);
            state.wake();
        }
    }
}

/// The end of a flow where content is taken.
pub(super) struct Taker(Arc<Flow>);

impl Taker {
    pub(super) fn new(flow: &Arc<Flow>) -> Taker {
        let mut state = flow.lock();
        state.takers += 1;
        state.was_taken_up = true;
        Taker(flow.clone())
    }
}

impl core::ops::Deref for Taker {
    type Target = Flow;

    fn deref(&self) -> &Flow {
        &self.0
    }
}

/// What nobody takes is thrown away.
impl Drop for Taker {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.takers = state.takers.saturating_sub(1);
        if state.is_left() {
            state.octets = BytesMut::new();
            self.0.tell_reader(&mut state);
        }
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        self.end(Err(RequestError::Cut));
    }
}

impl State {
    /// Whether nobody will take it any more.
    fn is_left(&self) -> bool {
        self.was_taken_up && self.takers == 0 && !self.whole
    }

    /// Has everybody look who waits. (Wakers are of the application: what they do is no concern of ours.)
    fn wake(&mut self) {
        for waker in core::mem::take(&mut self.waiting) {
            gate::run("a waker", || waker.wake());
        }
    }

    fn wait(&mut self, cx: &Context<'_>) {
        if !self.waiting.iter().any(|waker| waker.will_wake(cx.waker())) {
            self.waiting.push(cx.waker().clone());
        }
    }
}

impl Flow {
    /// The length of the content, where its head tells it.
    pub(super) fn length(&self) -> Option<u64> {
        self.terms.length
    }

    /// Octets that have come and were not taken.
    pub(crate) fn held(&self) -> usize {
        self.lock().octets.len()
    }

    /// The same; if there are any, the worker is told when they are taken.
    pub(crate) fn held_or_watch(&self) -> usize {
        let mut state = self.lock();
        state.stalled |= !state.octets.is_empty();
        state.octets.len()
    }

    /// Has the worker be told when something is taken.
    pub(crate) fn watch(&self) {
        self.lock().stalled = true;
    }

    /// The request is answered: if nobody has the stream, nobody is to have what was not taken.
    pub(in crate::request) fn let_go(&self) {
        let mut state = self.lock();
        if state.takers == 0 {
            (state.was_taken_up, state.whole) = (true, false);
            state.octets = BytesMut::new();
            self.tell_reader(&mut state);
        }
    }

    /// Nobody is to have what was not taken.
    pub(crate) fn clear(&self) {
        self.lock().octets = BytesMut::new();
    }

    /// Octets that were taken.
    pub(crate) fn taken(&self) -> u64 {
        self.lock().taken
    }

    /// Whether somebody waits for the peer.
    pub(crate) fn is_hungry(&self) -> bool {
        let state = self.lock();
        state.end.is_none() && state.octets.is_empty() && !state.waiting.is_empty()
    }

    /// All that has come. `Ok(None)` is the end.
    pub(super) fn poll_next(&self, cx: &Context<'_>) -> Poll<Result<Option<Bytes>, RequestError>> {
        let mut state = self.lock();
        if !state.octets.is_empty() {
            let piece = state.octets.split().freeze();
            state.taken = state.taken.saturating_add(piece.len() as u64);
            if state.stalled {
                self.tell_reader(&mut state);
            }
            return Poll::Ready(Ok(Some(piece)));
        }
        match &state.end {
            Some(Ok(_)) => Poll::Ready(Ok(None)),
            Some(Err(error)) => Poll::Ready(Err(error.clone())),
            None => {
                self.want(&mut state, cx);
                Poll::Pending
            }
        }
    }

    /// All content that was not taken, once all of it has come.
    pub(in crate::request) fn poll_whole(
        &self,
        cx: &Context<'_>,
    ) -> Poll<Result<Bytes, RequestError>> {
        let mut state = self.lock();
        match &state.end {
            Some(Ok(_)) => {
                let whole = state.octets.split().freeze();
                state.taken = state.taken.saturating_add(whole.len() as u64);
                if state.stalled {
                    self.tell_reader(&mut state);
                }
                Poll::Ready(Ok(whole))
            }
            Some(Err(error)) => Poll::Ready(Err(error.clone())),
            None => {
                if !core::mem::replace(&mut state.whole, true) && state.stalled {
                    self.tell_reader(&mut state);
                }
                self.want(&mut state, cx);
                Poll::Pending
            }
        }
    }

    /// The trailer section, behind the end.
    pub(super) fn trailers(&self) -> Option<Arc<Trailers>> {
        match &self.lock().end {
            Some(Ok(trailers)) => trailers.clone(),
            _ => None,
        }
    }

    fn want(&self, state: &mut State, cx: &Context<'_>) {
        state.wait(cx);
        if !core::mem::replace(&mut state.wanted, true) {
            self.tell_reader(state);
        }
    }

    fn tell_reader(&self, state: &mut State) {
        state.stalled = false;
        if !state.attended {
            self.reader.wake_by_ref();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
