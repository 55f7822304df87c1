//! What a handler's end of a socket and the connection's have in common: what was received, and what is to be sent.

mod answers;

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use rajada_websocket::CloseCode;

use super::answering::Answering;
use super::broadcast::{Broadcast, Membership, Next};
use super::ended::{Closed, Ended};
use super::message::Message;
use super::packing::Packing;
use super::terms::Terms;
use super::tools;
use crate::gate;
use crate::home::give_back_queue;
use crate::runtime::Bell;

pub(super) use answers::Accepts;

/// The line between a handler and its connection.
#[derive(Clone)]
pub(super) struct Line(Rc<Ends>);

struct Ends {
    terms: Arc<Terms>,
    /// Wakes the connection.
    bell: Bell,
    /// Nothing, as a rule, while nothing is under way. Taken out while it is looked at: nothing else runs meanwhile.
    load: Cell<Option<Box<Load>>>,
    /// Which of the subprotocols that its route speaks was selected; none, if it is beyond.
    protocol: u32,
    /// It can be sent what is compressed for many.
    shares: bool,
    /// The connection sees by itself what is done, or was woken.
    looks: Cell<bool>,
}

/// What is under way.
#[derive(Default)]
pub(super) struct Load {
    /// Messages that have come.
    inbox: VecDeque<Message>,
    /// Octets of memory that these take.
    waiting: usize,
    /// What is to be sent, in order.
    outbox: VecDeque<Outgoing>,
    /// Octets of memory that this takes.
    queued: usize,
    /// Octets that have not left behind that.
    held: usize,
    /// Who waits for a message, unless it is the connection's own handler, which is polled anyway.
    reader: Option<Waker>,
    /// Who wait for room, in the order of their calls.
    writers: Vec<Writer>,
    /// The number of the last one.
    writer: u32,
    /// The broadcasts that it has joined.
    joined: Vec<Membership>,
    /// Who answers messages where they are read.
    answering: Answering,
    /// Nothing is received before all messages have been taken.
    is_full: bool,
    /// Nobody receives any more: what comes is thrown away.
    deaf: bool,
    /// Nothing more is accepted to be sent.
    closing: bool,
    /// How it has ended: nothing more comes.
    ended: Option<Ended>,
}

/// A call that waits for room.
struct Writer {
    number: u32,
    /// `None` from when it was woken until it looks.
    waker: Option<Waker>,
}

/// The place of a call among those that wait for room, which it leaves when it is dropped.
pub(super) struct Place<'l> {
    line: &'l Line,
    number: Option<u32>,
}

/// The way of a message that comes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// It waits for those in front, or is thrown away.
    Queue,
    /// It is the next one to be answered.
    Clear,
    /// There is no room for it.
    Full,
}

/// What is to be sent.
pub(super) enum Outgoing {
    Message(Message),
    Close(CloseCode, Box<str>),
}

impl Outgoing {
    pub(super) fn weight(&self) -> usize {
        match self {
            Outgoing::Message(message) => message.weight(),
            Outgoing::Close(..) => 0,
        }
    }
}

impl Line {
    pub(super) fn new(
        terms: Arc<Terms>,
        bell: Bell,
        protocol: Option<usize>,
        packing: &Packing,
    ) -> Line {
        let protocol = protocol.and_then(|at| u32::try_from(at).ok()).unwrap_or(u32::MAX);
        let (load, looks, shares) = (Cell::new(None), Cell::new(false), packing.shares());
        Line(Rc::new(Ends { terms, bell, load, protocol, shares, looks }))
    }

    /// What its route has set.
    pub(super) fn terms(&self) -> &Terms {
        &self.0.terms
    }

    /// The subprotocol that was selected.
    pub(super) fn protocol(&self) -> Option<&'static str> {
        self.0.terms.protocols.get(self.0.protocol as usize).copied()
    }

    /// Changes something. No code of others runs meanwhile.
    fn change<R>(&self, change: impl FnOnce(&mut Load) -> R) -> R {
        let mut load = self.0.load.take().unwrap_or_else(tools::load);
        let result = change(&mut load);
        self.0.load.set(Some(load));
        result
    }

    /// Looks at what is under way, if anything is.
    fn look<R>(&self, look: impl FnOnce(&mut Load) -> R) -> Option<R> {
        let mut load = self.0.load.take()?;
        let result = look(&mut load);
        self.0.load.set(Some(load));
        Some(result)
    }

    /// Wakes the connection, unless it looks by itself.
    fn call(&self) {
        if !self.0.looks.replace(true) {
            self.0.bell.ring();
        }
    }

    // ---- the handler's end

    /// The next message, or `None` behind the last one.
    pub(super) fn poll_message(&self, cx: &mut Context<'_>) -> Poll<Option<Message>> {
        let taken = self.look(|load| match load.inbox.pop_front() {
            Some(message) => {
                load.waiting -= message.weight();
                // It goes on to read, answers the peer's end, and holds so much less.
                let is_empty = load.inbox.is_empty();
                load.is_full &= !is_empty;
                Some((Some(message), is_empty))
            }
            None if load.ended.is_some() => Some((None, false)),
            None => None,
        });
        if let Some((message, is_empty)) = taken.flatten() {
            if is_empty {
                self.call();
            }
            return Poll::Ready(message);
        }
        let waker = cx.waker().clone();
        drop(self.change(|load| load.reader.replace(waker)));
        Poll::Pending
    }

    /// Sends a message once there is room and nobody waits in front, which is taken from where it is.
    pub(super) fn poll_send(
        &self,
        cx: &mut Context<'_>,
        place: &mut Place<'_>,
        message: &mut Option<Message>,
    ) -> Poll<Result<(), Closed>> {
        let backlog = self.0.terms.backlog;
        // It has to wait for room, or for those in front.
        let waits = self.change(|load| {
            let first = load.writers.first().map(|writer| writer.number);
            if load.closing || load.ended.is_some() {
                return Err(Closed(()));
            }
            let waits = load.is_over(backlog) || (first.is_some() && first != place.number);
            if let Some(message) = message.take_if(|_| !waits) {
                load.put(Outgoing::Message(message));
            }
            Ok(waits)
        });
        if waits? {
            let waker = Some(cx.waker().clone());
            let before = self.change(|load| {
                let own = |writer: &&mut Writer| Some(writer.number) == place.number;
                if let Some(writer) = load.writers.iter_mut().find(own) {
                    return core::mem::replace(&mut writer.waker, waker);
                }
                load.writer = load.writer.wrapping_add(1);
                place.number = Some(load.writer);
                load.writers.push(Writer { number: load.writer, waker });
                None
            });
            drop(before);
            return Poll::Pending;
        }
        self.call();
        Poll::Ready(Ok(()))
    }

    /// A place for a call that sends.
    pub(super) fn place(&self) -> Place<'_> {
        Place { line: self, number: None }
    }

    /// A call waits for room no longer: the next one is told, and the connection.
    fn leave_place(&self, number: u32) {
        let backlog = self.0.terms.backlog;
        let left = self.look(|load| {
            let at = load.writers.iter().position(|writer| writer.number == number)?;
            let left = load.writers.remove(at);
            Some((left, load.next_writer(backlog)))
        });
        if let Some((left, next)) = left.flatten() {
            drop(left);
            wake(next);
            self.call();
        }
    }

    /// Closes behind what was sent before.
    pub(super) fn close(&self, code: CloseCode, reason: &str) {
        // Nothing more is accepted to be sent, of broadcasts neither.
        let (was_so, left) = self.change(|load| {
            let was_so = core::mem::replace(&mut load.closing, true) || load.ended.is_some();
            (was_so, core::mem::take(&mut load.joined))
        });
        drop(left);
        if !was_so {
            self.put(Outgoing::Close(code, reason.into()));
        }
    }

    fn put(&self, outgoing: Outgoing) {
        self.change(|load| load.put(outgoing));
        self.call();
    }

    /// Nobody receives any more. The connection closes, unless it has.
    pub(super) fn hang_up(&self) {
        let code = match std::thread::panicking() {
            true => CloseCode::INTERNAL_ERROR,
            false => CloseCode::NORMAL,
        };
        self.close(code, "");
        let unread = self.change(|load| {
            load.deaf = true;
            (load.is_full, load.waiting) = (false, 0);
            core::mem::take(&mut load.inbox)
        });
        if !unread.is_empty() {
            self.call();
        }
    }

    /// Joins a broadcast, unless it has, or closes.
    pub(super) fn join(&self, broadcast: &Broadcast) {
        let has = |load: &mut Load| {
            load.closing || load.joined.iter().any(|joined| broadcast.has(joined))
        };
        if self.look(has) != Some(true) {
            let joined = broadcast.join(self.0.bell.clone(), self.0.shares);
            self.change(|load| load.joined.push(joined));
        }
    }

    /// Leaves a broadcast.
    pub(super) fn leave(&self, broadcast: &Broadcast) {
        let left = self.look(|load| {
            let at = load.joined.iter().position(|joined| broadcast.has(joined))?;
            Some(load.joined.remove(at))
        });
        drop(left);
    }

    /// Whether nothing more is accepted to be sent.
    pub(super) fn is_closing(&self) -> bool {
        self.look(|load| load.closing).unwrap_or_default()
    }

    /// Whether it has ended.
    pub(super) fn has_ended(&self) -> bool {
        self.look(|load| load.ended.is_some()).unwrap_or_default()
    }

    /// How it has ended, once it has.
    pub(super) fn ended(&self) -> Option<Ended> {
        self.look(|load| load.ended.clone()).flatten()
    }

    // ---- the connection's end

    /// Whether the connection looks at everything by itself for now.
    pub(super) fn set_looks(&self, looks: bool) {
        self.0.looks.set(looks);
    }

    /// What wakers of the connection's handler point to.
    pub(super) fn bell(&self) -> &Bell {
        &self.0.bell
    }

    /// A message has come.
    #[inline]
    pub(super) fn receive(&self, message: Message) {
        self.change(|load| {
            if !load.deaf {
                load.waiting += message.weight();
                load.inbox.push_back(message);
            }
        });
    }

    /// Whether messages were not taken, or are not on their way.
    pub(super) fn is_busy(&self) -> bool {
        let is_busy = |load: &mut Load| {
            let is_empty = load.inbox.is_empty() && load.outbox.is_empty();
            !(is_empty && load.writers.is_empty())
        };
        self.look(is_busy).unwrap_or_default()
    }

    /// Whether there may be something to send.
    pub(super) fn has_some(&self) -> bool {
        let has_some = |load: &mut Load| !(load.outbox.is_empty() && load.joined.is_empty());
        self.look(has_some).unwrap_or_default()
    }

    /// The way of the next message that comes.
    #[inline]
    pub(super) fn way(&self) -> Way {
        let most = self.0.terms.read_ahead;
        let way = |load: &mut Load| match load.inbox.is_empty() {
            _ if load.deaf => Way::Queue,
            true if load.sends_at_once() => Way::Clear,
            false if load.is_full || load.waiting >= most => Way::Full,
            _ => Way::Queue,
        };
        self.look(way).unwrap_or(Way::Clear)
    }

    /// Whether more may come. If not, the connection is woken when it may.
    pub(super) fn has_room(&self) -> bool {
        self.way() != Way::Full
    }

    /// The connection does not read until all messages have been taken.
    pub(super) fn set_full(&self) {
        self.look(|load| load.is_full = !load.inbox.is_empty());
    }

    /// Octets of memory of messages that wait, in either direction.
    pub(super) fn waiting(&self) -> usize {
        self.look(|load| load.waiting + load.queued).unwrap_or_default()
    }

    /// Wakes whoever waits for what has come.
    pub(super) fn tell_reader(&self) {
        let is_due = |load: &Load| {
            let is_over = load.ended.is_some() || matches!(load.answering, Answering::Over(_));
            !load.inbox.is_empty() || is_over
        };
        let reader = self.look(|load| if is_due(load) { load.reader.take() } else { None });
        wake(reader.flatten());
    }

    /// Nobody needs to wake the handler that was polled with this.
    pub(super) fn forget_reader(&self, own: &Waker) {
        drop(self.look(|load| load.reader.take_if(|reader| reader.will_wake(own))));
    }

    /// All that is to be sent, in order.
    pub(super) fn take_all(&self) -> VecDeque<Outgoing> {
        self.look(|load| core::mem::take(&mut load.outbox)).unwrap_or_default()
    }

    /// Gives back what was not sent, in front of what has been put out meanwhile, where that of this weight was sent. True if there is
    /// anything now.
    pub(super) fn give_back(&self, mut rest: VecDeque<Outgoing>, sent: usize) -> bool {
        let has_some = self.look(|load| {
            load.queued -= sent;
            rest.append(&mut load.outbox);
            load.outbox = rest;
            !load.outbox.is_empty()
        });
        has_some.unwrap_or_default()
    }

    /// What the broadcast at this place of its list has next for it, if it has room for a message; `None` behind the last one.
    pub(super) fn next_of(&self, at: usize, has_room: bool) -> Option<Next> {
        self.look(|load| load.joined.get(at).map(|joined| joined.take(has_room))).flatten()
    }

    /// Nothing can be sent any more.
    pub(super) fn forget_unsent(&self) {
        let (unsent, writers) = self.change(|load| {
            (load.closing, load.queued) = (true, 0);
            (core::mem::take(&mut load.outbox), core::mem::take(&mut load.writers))
        });
        // (Each by itself: two panics at once would end the process.)
        unsent.into_iter().for_each(gate::discard);
        writers.into_iter().for_each(Writer::wake);
    }

    /// So many octets have not left: who waits for room first is told.
    pub(super) fn set_held(&self, octets: usize) {
        let backlog = self.0.terms.backlog;
        let set_held = |load: &mut Load| {
            load.held = octets;
            load.next_writer(backlog)
        };
        let writer = if octets > 0 { Some(self.change(set_held)) } else { self.look(set_held) };
        wake(writer.flatten());
    }

    /// Nothing more comes, and nothing is sent any more. What the peer sends until its reply is thrown away.
    pub(super) fn end(&self, how: Ended) {
        let (how, reader, writers, joined) = self.change(|load| {
            (load.closing, load.deaf) = (true, true);
            let how = if load.ended.is_none() { load.ended.replace(how) } else { Some(how) };
            let (reader, writers) = (load.reader.take(), core::mem::take(&mut load.writers));
            (how, reader, writers, core::mem::take(&mut load.joined))
        });
        drop((how, joined));
        wake(reader);
        writers.into_iter().for_each(Writer::wake);
    }

    /// Gives back what is of no use while nothing is under way.
    pub(super) fn rest(&self) {
        let Some(mut load) = self.0.load.take() else { return };
        if load.is_idle() {
            tools::give_back_load(load);
            return;
        }
        give_back_queue(&mut load.inbox);
        give_back_queue(&mut load.outbox);
        self.0.load.set(Some(load));
    }
}

impl Load {
    /// Puts something out.
    fn put(&mut self, outgoing: Outgoing) {
        self.queued += outgoing.weight();
        self.outbox.push_back(outgoing);
    }

    /// Whether so much is unsent that whoever sends has to wait.
    fn is_over(&self, backlog: usize) -> bool {
        self.queued + self.held >= backlog.max(1)
    }

    /// Who waits for room first, if there is some and it is not told.
    fn next_writer(&mut self, backlog: usize) -> Option<Waker> {
        if self.is_over(backlog) { None } else { self.writers.first_mut()?.waker.take() }
    }

    fn is_idle(&self) -> bool {
        let flags = self.is_full || self.deaf || self.closing;
        self.inbox.is_empty()
            && self.outbox.is_empty()
            && self.held == 0
            && self.reader.is_none()
            && self.writers.is_empty()
            && self.joined.is_empty()
            && self.ended.is_none()
            && matches!(self.answering, Answering::Nobody)
            && !flags
    }

    /// Messages that it has room for without allocating.
    pub(super) fn capacity(&self) -> usize {
        self.inbox.capacity()
            + self.outbox.capacity()
            + self.writers.capacity()
            + self.joined.capacity()
    }
}

impl Writer {
    fn wake(self) {
        wake(self.waker);
    }
}

impl Place<'_> {
    /// It waits no longer. It may again, behind those that do then.
    fn leave(&mut self) {
        if let Some(number) = self.number.take() {
            self.line.leave_place(number);
        }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}

fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        waker.wake();
    }
}
