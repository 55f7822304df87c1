//! Content on its way from a worker to whoever takes it, on any thread.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use bytes::{Bytes, BytesMut};

use super::trailers::Trailers;
use crate::gate;
use crate::request::RequestError;
use crate::waiting::{Place, Waiting, wake};

/// What stands between the worker that reads content and whoever takes it. It holds no more than its window, and what one
/// read brings. Nothing of others is dropped or called while it is locked.
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
    /// So many wait for all of it at once.
    whole: usize,
    /// How many may take it.
    takers: usize,
    /// There was one, at least.
    was_taken_up: bool,
    /// The request is answered, and nobody had it.
    is_over: bool,
    thrown: usize,
    taken: u64,
    /// The worker waits to hear that something was taken.
    stalled: bool,
    waiting: Waiting,
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
            whole: 0,
            takers: 0,
            was_taken_up: false,
            is_over: false,
            thrown: 0,
            taken: 0,
            stalled: false,
            waiting: Waiting::default(),
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

    /// Takes in a piece; false if it is thrown away.
    pub(crate) fn push(&self, octets: &[u8]) -> bool {
        let mut state = self.0.lock();
        if state.is_left() {
            state.thrown = state.thrown.saturating_add(octets.len());
            return false;
        }
        state.octets.extend_from_slice(octets);
        let waiting = state.waiting.take();
        drop(state);
        wake(waiting);
        true
    }

    /// Whether more should be read. If not, it is told when that changes.
    pub(crate) fn wants_more(&self) -> bool {
        let Terms { window, drain, expects_continue, .. } = self.0.terms;
        let mut state = self.0.lock();
        let wants = if state.is_left() {
            state.thrown < drain && (state.wanted || !expects_continue)
        } else {
            state.wanted && (state.whole > 0 || state.octets.len() < window)
        };
        state.stalled |= !wants;
        wants
    }

    /// Octets that should be read at once, at the most.
    pub(crate) fn room(&self) -> usize {
        let state = self.0.lock();
        let Terms { window, drain, .. } = self.0.terms;
        if state.whole > 0 {
            return usize::MAX;
        }
        let (most, some) =
            if state.is_left() { (drain, state.thrown) } else { (window, state.octets.len()) };
        most.saturating_sub(some).max(1)
    }

    /// There will be no more: all has come, or it is told why not. What came before is given first.
    pub(crate) fn end(&self, how: Result<Option<Arc<Trailers>>, RequestError>) {
        let mut state = self.0.lock();
        if state.end.is_some() {
            return;
        }
        state.end = Some(how);
        let waiting = state.waiting.take();
        drop(state);
        wake(waiting);
    }
}

/// The end of a flow where content is taken.
pub(super) struct Taker {
    flow: Arc<Flow>,
    /// Where it waits.
    place: Place,
}

impl Taker {
    pub(super) fn new(flow: &Arc<Flow>) -> Taker {
        let mut state = flow.lock();
        state.takers += 1;
        state.was_taken_up = true;
        // Who waits for all of it elsewhere has to do with the window.
        state.whole = 0;
        drop(state);
        Taker { flow: flow.clone(), place: Place::NONE }
    }

    /// All that has come. `Ok(None)` is the end.
    pub(super) fn poll_next(
        &mut self,
        cx: &Context<'_>,
    ) -> Poll<Result<Option<Bytes>, RequestError>> {
        self.flow.poll(&mut self.place, cx, Flow::take_piece)
    }

    /// It waits no longer.
    pub(super) fn leave(&mut self) {
        let waker = self.flow.lock().waiting.leave(self.place);
        drop(waker);
    }
}

impl core::ops::Deref for Taker {
    type Target = Flow;

    fn deref(&self) -> &Flow {
        &self.flow
    }
}

impl Drop for Taker {
    fn drop(&mut self) {
        self.flow.leave(self.place, |state| state.takers = state.takers.saturating_sub(1));
    }
}

/// A wait for all of the content. Who gives it up leaves the window as it was.
struct Whole<'f> {
    flow: &'f Flow,
    place: Place,
}

impl Drop for Whole<'_> {
    fn drop(&mut self) {
        self.flow.leave(self.place, |state| state.whole = state.whole.saturating_sub(1));
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
        self.was_taken_up && self.takers == 0 && self.whole == 0
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
            (state.was_taken_up, state.is_over, state.whole) = (true, true, 0);
            state.octets = BytesMut::new();
            self.tell_reader(&mut state);
        }
    }

    /// Nobody is to have what was not taken.
    pub(crate) fn clear(&self) {
        self.lock().octets = BytesMut::new();
    }

    /// Whether somebody may take it.
    pub(crate) fn has_takers(&self) -> bool {
        self.lock().takers > 0
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

    /// Waits for all content that was not taken, until all of it has come. Meanwhile its window does not count.
    ///
    /// # Errors
    /// It will never be there.
    pub(in crate::request) async fn whole(&self) -> Result<Bytes, RequestError> {
        let mut wait = Whole { flow: self, place: Place::NONE };
        self.want_whole();
        poll_fn(|cx| self.poll(&mut wait.place, cx, Flow::take_whole)).await
    }

    /// Looks for something until it is there; `place` is where it is waited for.
    fn poll<T>(
        &self,
        place: &mut Place,
        cx: &Context<'_>,
        look: impl Fn(&Flow, &mut State) -> Option<T>,
    ) -> Poll<T> {
        {
            let mut state = self.lock();
            if let Some(found) = look(self, &mut state) {
                return Poll::Ready(found);
            }
            if state.waiting.has(*place, cx.waker()) {
                return Poll::Pending;
            }
        }
        let waker = cx.waker().clone();
        let mut state = self.lock();
        if let Some(found) = look(self, &mut state) {
            return Poll::Ready(found);
        }
        let before = state.waiting.put(place, waker);
        if !core::mem::replace(&mut state.wanted, true) {
            self.tell_reader(&mut state);
        }
        drop(state);
        drop(before);
        Poll::Pending
    }

    /// All that has come, if it has; `Ok(None)` at the end.
    fn take_piece(&self, state: &mut State) -> Option<Result<Option<Bytes>, RequestError>> {
        if !state.octets.is_empty() {
            return Some(Ok(Some(self.take_octets(state))));
        }
        state.end.as_ref().map(|end| end.as_ref().map(|_| None).map_err(Clone::clone))
    }

    fn take_whole(&self, state: &mut State) -> Option<Result<Bytes, RequestError>> {
        match &state.end {
            _ if state.is_over => Some(Err(RequestError::Over)),
            Some(Ok(_)) => Some(Ok(self.take_octets(state))),
            Some(Err(error)) => Some(Err(error.clone())),
            None => None,
        }
    }

    fn take_octets(&self, state: &mut State) -> Bytes {
        let octets = state.octets.split().freeze();
        state.taken = state.taken.saturating_add(octets.len() as u64);
        if state.stalled {
            self.tell_reader(state);
        }
        octets
    }

    /// The trailer section, behind the end.
    pub(super) fn trailers(&self) -> Option<Arc<Trailers>> {
        match &self.lock().end {
            Some(Ok(trailers)) => trailers.clone(),
            _ => None,
        }
    }

    fn want_whole(&self) {
        let mut state = self.lock();
        state.whole = state.whole.saturating_add(1);
        if state.stalled {
            self.tell_reader(&mut state);
        }
    }

    /// Somebody goes, as `uncount` says. What nobody takes then is thrown away.
    fn leave(&self, place: Place, uncount: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        uncount(&mut state);
        if state.is_left() {
            state.octets = BytesMut::new();
            self.tell_reader(&mut state);
        }
        let waker = state.waiting.leave(place);
        drop(state);
        gate::discard(waker);
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
