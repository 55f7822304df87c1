//! What a handler's end of a socket and the connection's have in common: what was received, and what is to be sent.

use std::cell::{RefCell, RefMut};
use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use rajada_websocket::CloseCode;

use super::broadcast::{Broadcast, Membership};
use super::ended::{Closed, Ended};
use super::message::Message;

/// The line between a handler and its connection. Nothing of it stays borrowed while code of others runs.
#[derive(Clone)]
pub(super) struct Line(Rc<RefCell<State>>);

pub(super) struct State {
    /// Messages that have come.
    pub(super) inbox: VecDeque<Message>,
    /// Octets of memory that these take.
    pub(super) waiting: usize,
    /// What is to be sent, in order.
    pub(super) outbox: VecDeque<Outgoing>,
    /// Octets of memory that this takes.
    pub(super) queued: usize,
    /// Octets that have not left behind that.
    pub(super) held: usize,
    /// At or above which `send` waits.
    backlog: usize,
    /// Who waits for a message.
    reader: Option<Waker>,
    /// Who wait for room.
    writers: Vec<Waker>,
    /// Wakes the connection.
    connection: Option<Waker>,
    /// The broadcasts that it has joined.
    pub(super) joined: Vec<Membership>,
    /// The connection sees by itself what is done, or was woken.
    pub(super) looks: bool,
    /// Nothing is received before all messages have been taken.
    is_full: bool,
    /// Nobody receives any more: what comes is thrown away.
    deaf: bool,
    /// Nothing more is accepted to be sent.
    pub(super) closing: bool,
    /// How it has ended: nothing more comes.
    pub(super) ended: Option<Ended>,
}

/// What is to be sent.
pub(super) enum Outgoing {
    Message(Message),
    Close(CloseCode, Box<str>),
}

impl Outgoing {
    fn weight(&self) -> usize {
        match self {
            Outgoing::Message(message) => message.weight(),
            Outgoing::Close(..) => 0,
        }
    }
}

impl Line {
    pub(super) fn new(backlog: usize) -> Line {
        Line(Rc::new(RefCell::new(State {
            inbox: VecDeque::new(),
            waiting: 0,
            outbox: VecDeque::new(),
            queued: 0,
            held: 0,
            backlog: backlog.max(1),
            reader: None,
            writers: Vec::new(),
            connection: None,
            joined: Vec::new(),
            looks: false,
            is_full: false,
            deaf: false,
            closing: false,
            ended: None,
        })))
    }

    pub(super) fn state(&self) -> RefMut<'_, State> {
        self.0.borrow_mut()
    }

    // ---- the handler's end

    /// The next message, or `None` behind the last one.
    pub(super) fn poll_message(&self, cx: &mut Context<'_>) -> Poll<Option<Message>> {
        let mut state = self.state();
        let Some(message) = state.inbox.pop_front() else {
            if state.ended.is_some() {
                return Poll::Ready(None);
            }
            let before = replace(&mut state.reader, cx.waker());
            drop(state);
            drop(before);
            return Poll::Pending;
        };
        state.waiting -= message.weight();
        if state.is_full && state.inbox.is_empty() {
            state.is_full = false;
            wake(state.call());
        }
        Poll::Ready(Some(message))
    }

    /// Sends a message once there is room, which is taken from where it is.
    pub(super) fn poll_send(
        &self,
        cx: &mut Context<'_>,
        message: &mut Option<Message>,
    ) -> Poll<Result<(), Closed>> {
        let mut state = self.state();
        if state.closing || state.ended.is_some() {
            return Poll::Ready(Err(Closed(())));
        }
        if state.is_over() {
            if !state.writers.iter().any(|writer| writer.will_wake(cx.waker())) {
                let waker = cx.waker().clone();
                state.writers.push(waker);
            }
            return Poll::Pending;
        }
        let called = message.take().and_then(|message| state.put(Outgoing::Message(message)));
        drop(state);
        wake(called);
        Poll::Ready(Ok(()))
    }

    /// Closes behind what was sent before.
    pub(super) fn close(&self, code: CloseCode, reason: &str) {
        let mut state = self.state();
        if state.closing || state.ended.is_some() {
            return;
        }
        state.closing = true;
        let called = state.put(Outgoing::Close(code, reason.into()));
        drop(state);
        wake(called);
    }

    /// Nobody receives any more. The connection closes, unless it has.
    pub(super) fn hang_up(&self) {
        self.close(CloseCode::NORMAL, "");
        let mut state = self.state();
        state.deaf = true;
        (state.is_full, state.waiting) = (false, 0);
        let unread = core::mem::take(&mut state.inbox);
        let called = if unread.is_empty() { None } else { state.call() };
        drop(state);
        drop(unread);
        wake(called);
    }

    /// Joins a broadcast, unless it has, or has ended.
    pub(super) fn join(&self, broadcast: &Broadcast) {
        let mut state = self.state();
        if state.ended.is_some() || state.joined.iter().any(|joined| broadcast.has(joined)) {
            return;
        }
        if let Some(waker) = state.connection.clone() {
            let joined = broadcast.join(waker);
            state.joined.push(joined);
        }
    }

    /// Leaves a broadcast.
    pub(super) fn leave(&self, broadcast: &Broadcast) {
        self.state().joined.retain(|joined| !broadcast.has(joined));
    }

    // ---- the connection's end

    /// The connection looks at everything by itself until the guard goes; `cx` wakes it from then on.
    pub(super) fn attend(&self, cx: &Context<'_>) {
        let mut state = self.state();
        state.looks = true;
        let before = replace(&mut state.connection, cx.waker());
        drop(state);
        drop(before);
    }

    /// A message has come.
    #[inline]
    pub(super) fn receive(&self, message: Message) {
        let mut state = self.state();
        if !state.deaf {
            state.waiting += message.weight();
            state.inbox.push_back(message);
        }
    }

    /// Whether messages were not taken, or are not on their way.
    pub(super) fn is_busy(&self) -> bool {
        let state = self.state();
        !(state.inbox.is_empty() && state.outbox.is_empty() && state.writers.is_empty())
    }

    /// Whether more may come. If not, the connection is woken when it may.
    pub(super) fn has_room(&self, most: usize) -> bool {
        let state = self.state();
        state.ended.is_none()
            && (state.inbox.is_empty() || (!state.is_full && state.waiting < most))
    }

    /// Wakes whoever waits for what has come, unless it is the connection's own handler, which is polled anyway.
    pub(super) fn tell_reader(&self, own: &Waker) {
        let mut state = self.state();
        if state.inbox.is_empty() && state.ended.is_none() {
            return;
        }
        let reader = state.reader.take().filter(|reader| !reader.will_wake(own));
        drop(state);
        wake(reader);
    }

    /// Nothing can be sent any more.
    pub(super) fn forget_unsent(&self) {
        let mut state = self.state();
        state.closing = true;
        state.queued = 0;
        let unsent = core::mem::take(&mut state.outbox);
        let writers = core::mem::take(&mut state.writers);
        drop(state);
        drop(unsent);
        writers.into_iter().for_each(Waker::wake);
    }

    /// So many octets have not left: those who wait for room are told.
    pub(super) fn set_held(&self, octets: usize) {
        let mut state = self.state();
        state.held = octets;
        if state.writers.is_empty() || state.is_over() {
            return;
        }
        let writers = core::mem::take(&mut state.writers);
        drop(state);
        writers.into_iter().for_each(Waker::wake);
    }

    /// Nothing more comes, and nothing is sent any more.
    pub(super) fn end(&self, how: Ended) {
        let mut state = self.state();
        state.ended.get_or_insert(how);
        state.closing = true;
        let reader = state.reader.take();
        let writers = core::mem::take(&mut state.writers);
        let joined = core::mem::take(&mut state.joined);
        drop(state);
        drop(joined);
        wake(reader);
        writers.into_iter().for_each(Waker::wake);
    }
}

impl State {
    /// Whether so much is unsent that whoever sends has to wait.
    fn is_over(&self) -> bool {
        self.queued + self.held >= self.backlog
    }

    /// Puts something out. Who is to be woken for it comes back.
    fn put(&mut self, outgoing: Outgoing) -> Option<Waker> {
        self.queued += outgoing.weight();
        self.outbox.push_back(outgoing);
        self.call()
    }

    /// The next thing to be sent.
    pub(super) fn take(&mut self) -> Option<Outgoing> {
        let outgoing = self.outbox.pop_front()?;
        self.queued -= outgoing.weight();
        Some(outgoing)
    }

    /// The connection does not read until all messages have been taken.
    pub(super) fn set_full(&mut self) {
        self.is_full = !self.inbox.is_empty();
    }

    /// The connection's waker, unless it looks by itself.
    fn call(&mut self) -> Option<Waker> {
        if core::mem::replace(&mut self.looks, true) { None } else { self.connection.clone() }
    }
}

/// Keeps a waker; the one that was there comes back, if it is another one.
fn replace(place: &mut Option<Waker>, waker: &Waker) -> Option<Waker> {
    match place {
        Some(before) if before.will_wake(waker) => None,
        place => place.replace(waker.clone()),
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}
