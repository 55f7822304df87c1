//! Content that a handler takes as it arrives: between the pipeline, which receives it, and the handler's stream.

use std::sync::Arc;
use std::time::Instant;

use rajada_parser::Fields;
use rajada_pipeline::{Offence, Phase};

use super::answer::Waiting;
use super::arrival::Around;
use super::exchange::{Awaits, Exchange, Holder, Ledger, Pending, Unread};
use super::key::Key;
use super::service::Service;
use super::task::Work;
use crate::Status;
use crate::app::{Entry, Shared};
use crate::request::{self, ContentError, Flow, OwnedParts, RequestError, Source, Terms, Trailers};
use crate::runtime::{TaskId, after};

/// The worker's side of content that is taken as it arrives.
pub(crate) struct Inflow {
    pub(super) source: Source,
    /// Is woken when somebody wants content, or has taken some.
    reader: TaskId,
    /// The task of the handler, while it owes an answer.
    owner: Option<TaskId>,
    /// Octets that were taken when it was looked at last.
    taken: u64,
}

/// What is woken when content is wanted. It outlives the end of the content for as long as some of that was not taken.
pub(crate) struct Reader {
    pub(super) connection: Key,
    flow: Arc<Flow>,
    /// Octets that have come in full, and were not taken.
    pub(super) weight: usize,
}

impl Service {
    /// Has content asked for, whose handler or hooks are about to begin. If the handler takes it as it arrives, that is
    /// where it goes to.
    #[cold]
    pub(super) fn connect_content(
        &mut self,
        around: Around<'_>,
        ledger: &mut Ledger,
        entry: &Entry,
        parts: &mut Arc<OwnedParts>,
        unread: Unread,
    ) -> Option<(Inflow, Arc<OwnedParts>)> {
        if !entry.streams || parts.gate.is_closed() {
            request::close(parts, self.tasks.next_waker());
            return None;
        }
        let terms = Terms {
            window: entry.content_window,
            drain: around.shared.settings.limits.drain,
            length: unread.length,
            expects_continue: unread.expects_continue,
        };
        let reader = self.tasks.claim();
        let source = Source::new(terms, self.tasks.waker(reader));
        request::connect(parts, source.flow());
        let flow = source.flow().clone();
        let work = Work::Reader(Reader { connection: ledger.key, flow, weight: 0 });
        self.tasks.park(reader, work, &mut ledger.tasks);
        Some((Inflow { source, reader, owner: None, taken: 0 }, parts.clone()))
    }

    /// Takes what arrives from now on to that content.
    pub(super) fn hold_content(
        &mut self,
        entry: &Entry,
        ledger: &mut Ledger,
        (inflow, owner): (Inflow, Option<TaskId>),
        parts: Arc<OwnedParts>,
        waiting: Waiting,
    ) {
        let pending = Pending {
            parts,
            holder: Holder::Stream(Inflow { owner, ..inflow }),
            waiting,
            awaits: Awaits::Content,
            unread: None,
            content_deadline: entry.content_deadline,
            pace: None,
        };
        ledger.pending = Some(Box::new(pending));
    }

    /// Goes on with a reader that was woken. True if its connection may be read on.
    pub(super) fn resume_reader(
        &mut self,
        exchange: &mut Exchange,
        task: TaskId,
        reader: Reader,
    ) -> bool {
        // What wakes it from now on counts anew.
        self.tasks.waker(task);
        let is_over = reader.weight > 0;
        if is_over && reader.flow.held_or_watch() == 0 {
            self.holdings.give(reader.weight);
            self.tasks.end(task, &mut exchange.ledger.tasks);
            return false;
        }
        self.tasks.put_back(task, Work::Reader(reader));
        if !is_over {
            self.ask_for_content(exchange);
        }
        !is_over
    }

    /// Has a client send what it holds back, if somebody wants it.
    fn ask_for_content(&mut self, exchange: &mut Exchange) {
        let Exchange { pipeline, ledger } = exchange;
        let Some(inflow) = ledger.inflow() else { return };
        if let Some(task) = inflow.owner
            && inflow.source.wants_continue()
            && let Some(Work::Handler(_, owner)) = self.tasks.work(task)
            && let Some(ticket) = owner.promise.ticket()
            && let Err(error) = pipeline.send_continue(ticket)
        {
            log::debug!("no 100 could be sent: {error}");
        }
    }

    /// The content is complete.
    #[cold]
    pub(super) fn complete_content(
        &mut self,
        ledger: &mut Ledger,
        trailers: Option<Fields<'_, '_>>,
    ) {
        let trailers = trailers.map(|fields| Arc::new(Trailers::copy(&fields)));
        self.end_content(ledger, Ok(trailers));
    }

    /// Content that was being taken will not come. True if there was any: then its handler is told, and has to answer.
    #[cold]
    pub(super) fn fail_content(&mut self, ledger: &mut Ledger, error: RequestError) -> bool {
        self.end_content(ledger, Err(error))
    }

    /// A request was answered before its content was complete: what is still to come is nobody's.
    #[cold]
    pub(super) fn settle_content(&mut self, exchange: &mut Exchange) {
        let Exchange { pipeline, ledger } = exchange;
        let is_due = pipeline.phase() == Phase::Content && !pipeline.is_draining();
        if !is_due && ledger.inflow().is_some() {
            self.end_content(ledger, Err(RequestError::Over));
        }
    }

    fn end_content(
        &mut self,
        ledger: &mut Ledger,
        how: Result<Option<Arc<Trailers>>, RequestError>,
    ) -> bool {
        let is_stream = |pending: &mut Box<Pending>| matches!(pending.holder, Holder::Stream(_));
        let Some(pending) = ledger.pending.take_if(is_stream) else { return false };
        let Pending { parts, holder: Holder::Stream(inflow), .. } = *pending else { return false };
        self.end_inflow(ledger, &inflow, how);
        request::discard(parts);
        true
    }

    /// Ends content. What has come of it may still be taken, unless its request was answered.
    pub(super) fn end_inflow(
        &mut self,
        ledger: &mut Ledger,
        inflow: &Inflow,
        how: Result<Option<Arc<Trailers>>, RequestError>,
    ) {
        let flow = inflow.source.flow();
        if matches!(how, Err(RequestError::Over)) {
            flow.clear();
        }
        inflow.source.end(how);
        let weight = flow.held_or_watch();
        if weight == 0 {
            self.tasks.end(inflow.reader, &mut ledger.tasks);
        } else if let Some(Work::Reader(reader)) = self.tasks.take(inflow.reader) {
            self.holdings.take(weight);
            self.tasks.put_back(inflow.reader, Work::Reader(Reader { weight, ..reader }));
        }
    }

    /// Gives a handler time again that waits for content, or has taken some since it was looked at last.
    pub(super) fn renew_deadline(&mut self, shared: &Shared, ledger: &mut Ledger, now: Instant) {
        let Some(inflow) = ledger.inflow_mut() else { return };
        let flow = inflow.source.flow();
        let taken = flow.taken();
        if taken == inflow.taken && !flow.is_hungry() {
            return;
        }
        inflow.taken = taken;
        if let Some(task) = inflow.owner
            && let Some(Work::Handler(_, owner)) = self.tasks.work_mut(task)
        {
            let time = shared.entry(owner.endpoint).handler_deadline;
            owner.deadline = time.map(|time| after(now, time));
        }
    }
}

impl Ledger {
    fn inflow(&self) -> Option<&Inflow> {
        match &self.pending.as_deref()?.holder {
            Holder::Stream(inflow) => Some(inflow),
            _ => None,
        }
    }

    fn inflow_mut(&mut self) -> Option<&mut Inflow> {
        match &mut self.pending.as_deref_mut()?.holder {
            Holder::Stream(inflow) => Some(inflow),
            _ => None,
        }
    }

    /// The content that the handler of a task takes as it arrives.
    pub(super) fn flow_of(&self, task: TaskId) -> Option<Arc<Flow>> {
        let inflow = self.inflow().filter(|inflow| inflow.owner == Some(task))?;
        Some(inflow.source.flow().clone())
    }

    /// Whether content is taken as it arrives.
    pub(super) fn takes_content(&self) -> bool {
        self.inflow().is_some()
    }

    /// The task of a handler is over: whoever takes its content now owes no answer.
    pub(super) fn disown_content(&mut self, task: TaskId) {
        if let Some(inflow) = self.inflow_mut()
            && inflow.owner == Some(task)
        {
            inflow.owner = None;
        }
    }

    /// Octets that are to be read at once, at the most.
    pub(super) fn room(&self) -> usize {
        self.inflow().map_or(usize::MAX, |inflow| inflow.source.room())
    }

    /// Whether the request whose content is due waits for its peer, and for nothing else.
    pub(super) fn waits_for_peer(&self) -> bool {
        match (self.inflow(), &self.pending) {
            (Some(inflow), _) => inflow.source.flow().is_hungry(),
            (None, Some(pending)) => pending.awaits == Awaits::Content,
            (None, None) => false,
        }
    }

    /// Whoever takes content has the worker look again, which does not read now.
    pub(super) fn watch_content(&self) {
        if let Some(inflow) = self.inflow() {
            inflow.source.flow().watch();
        }
    }
}

/// What is told of content that is not in order.
pub(super) fn told(offence: &Offence) -> RequestError {
    match offence {
        Offence::ContentTooLarge => RequestError::TooLarge,
        Offence::Truncated => RequestError::Cut,
        _ => {
            let status = Status::new(offence.status()).unwrap_or(Status::BAD_REQUEST);
            RequestError::Malformed(status, ContentError::of(*offence))
        }
    }
}
