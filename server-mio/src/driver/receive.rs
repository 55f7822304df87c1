//! Octets in: from a burst to the requests in it, and to what handles each.

use crate::cold::cold_path;
use std::time::Instant;

use rajada_parser::{BodyLength, Fields};
use rajada_pipeline::{Burst, Event, Incoming, Pipeline, Ticket};

use super::answer::{self, Place, Target, Then, Waiting};
use super::arrival::{Around, Arrival, Scratch, Stop};
use super::exchange::{Awaits, Exchange, Holder, Ledger, Pending, Slots, Unread};
use super::fate::Fate;
use super::key::Key;
use super::promise::Promise;
use super::service::Service;
use super::trace::Trace;
use crate::app::{Call, Entry, Shared, Weight};
use crate::content::Kept;
use crate::handler::Kind;
use crate::request::{self, Attached, Extensions, Request};
use crate::response::Owed;
use crate::routing::{Leaf, path};

impl Service {
    /// Serves what a burst holds, and says why it stops. Answers that are ready then are the caller's to write.
    #[inline(always)]
    pub(super) fn receive(
        &mut self,
        around: Around<'_>,
        exchange: &mut Exchange,
        burst: &mut Burst<'_>,
    ) -> Stop {
        self.lend(&mut exchange.pipeline, around.settings);
        let mut slots = match exchange.ledger.slots.take().or_else(|| self.slots.take()) {
            Some(slots) => slots,
            None => {
                cold_path();
                Box::default()
            }
        };
        let stop = self.receive_into(around, exchange, burst, &mut slots);
        if !burst.rest().is_empty() && stop == Stop::NeedData {
            cold_path();
            exchange.ledger.slots = Some(slots);
        } else {
            self.slots.put(slots);
        }
        stop
    }

    // A function of its own, so that what callers do around it takes no register away from it.
    #[inline(never)]
    fn receive_into(
        &mut self,
        around: Around<'_>,
        exchange: &mut Exchange,
        burst: &mut Burst<'_>,
        slots: &mut Slots,
    ) -> Stop {
        if exchange.ledger.has_complete() {
            cold_path();
            self.handle_pending(around, exchange);
            if exchange.ledger.has_complete() {
                return pause(exchange);
            }
        }
        let began = self.pace.now();
        loop {
            let event = exchange.pipeline.receive(around.settings, burst, slots);
            // By reference: moved, the head would be copied.
            if let Event::Request { ticket, ref request, content, expects_continue, .. } = event {
                let Exchange { pipeline, ledger } = exchange;
                if self.counts {
                    cold_path();
                    count(around.shared, ledger, pipeline, &ticket);
                }
                let owed = Owed::new(pipeline, around.settings, ticket);
                let arrival = || Arrival { around, head: request, content, expects_continue };
                let handled = if let Some(line) = answer::line(request)
                    && let Some(leaf) = around.shared.router.exact(line)
                    && !matches!(content, Incoming::Streaming(_))
                {
                    self.begin(owed, ledger, leaf, &[], arrival)
                } else {
                    self.request(owed, ledger, &arrival())
                };
                self.follow(exchange);
                let Some(weight) = handled else { break pause(exchange) };
                if self.pace.count(weight)
                    && let Some(stop) = self.look(around.shared, exchange, began, weight)
                {
                    break stop;
                }
                continue;
            }
            match event {
                Event::Data(octets) => {
                    // The last piece is followed by an event of no octets.
                    if !add_content(exchange, octets) && !burst.rest().is_empty() {
                        break pause(exchange);
                    }
                }
                Event::EndOfMessage { trailers } => {
                    if let Some(stop) = self.end_message(around, exchange, trailers) {
                        break stop;
                    }
                }
                Event::Malformed(offence) => {
                    log::debug!("{}: {offence}", around.peer);
                    self.answer_cut_short(around, exchange, &offence);
                }
                Event::Refused { ticket, offence, head } => {
                    log::debug!("{}: {offence}", around.peer);
                    let Exchange { pipeline, ledger } = exchange;
                    let owed = Owed::new(pipeline, around.settings, ticket);
                    self.answer_refused(around, owed, ledger, &offence, head);
                    self.follow(exchange);
                }
                Event::NeedData => break Stop::NeedData,
                Event::Paused => break pause(exchange),
                Event::Upgraded | Event::Closed => break Stop::Closed,
                _ => break Stop::Closed,
            }
        }
    }

    /// The content of the request that waits for it is complete. Says whether to stop there.
    #[cold]
    #[inline(never)]
    fn end_message(
        &mut self,
        around: Around<'_>,
        exchange: &mut Exchange,
        trailers: Option<Fields<'_, '_>>,
    ) -> Option<Stop> {
        let pending = exchange.ledger.pending.as_mut()?;
        match pending.holder {
            Holder::Task(..) => self.deliver(around.shared, &mut exchange.ledger),
            Holder::Stream(_) => self.complete_content(&mut exchange.ledger, trailers),
            Holder::Pending(_) => {
                pending.awaits = Awaits::Turn;
                let entry = around.shared.entry(pending.waiting.endpoint);
                if entry.slow && exchange.pipeline.wants_write() {
                    return Some(Stop::Write);
                }
                self.handle_pending(around, exchange);
                if exchange.ledger.has_complete() {
                    return Some(pause(exchange));
                }
            }
        }
        None
    }

    /// Looks at the clock: lets answers go that have waited for others for too long, and others have their turn.
    #[inline(never)]
    fn look(
        &mut self,
        shared: &Shared,
        exchange: &Exchange,
        began: Instant,
        weight: &Weight,
    ) -> Option<Stop> {
        let now = self.runtime.clock().now();
        self.pace.look(now, weight);
        if self.pace.is_turn_over() {
            return Some(Stop::Yield);
        }
        let late = |most| now.saturating_duration_since(began) > most;
        let write =
            shared.settings.flush_after.is_some_and(late) && exchange.pipeline.wants_write();
        write.then_some(Stop::Write)
    }

    /// One request whose head is complete. Nothing if it waits, all of it there.
    #[inline(never)]
    fn request<'s>(
        &mut self,
        owed: Owed<'_>,
        ledger: &mut Ledger,
        arrival: &Arrival<'s>,
    ) -> Option<&'s Weight> {
        if let Some(line) = answer::line(arrival.head)
            && let Some((leaf, range)) = arrival.around.shared.router.tail(line)
            && !matches!(arrival.content, Incoming::Streaming(_))
        {
            return self.begin(owed, ledger, leaf, &[range], || Arrival { ..*arrival });
        }
        self.request_of_sole(owed, ledger, arrival)
    }

    /// A request to an application that has one handler for all.
    #[inline(never)]
    fn request_of_sole<'s>(
        &mut self,
        owed: Owed<'_>,
        ledger: &mut Ledger,
        arrival: &Arrival<'s>,
    ) -> Option<&'s Weight> {
        let (shared, head) = (arrival.around.shared, arrival.head);
        if let Some(leaf) = shared.router.sole(head.method(), head.target())
            && let Call::Async(endpoint, weight) = &leaf.value
            && !matches!(arrival.content, Incoming::Streaming(_))
        {
            if shared.entry(*endpoint).is_lent && self.has_place(ledger.key) {
                self.start_lent(owed, ledger, (*endpoint, leaf.route), arrival);
                return Some(weight);
            }
            let (path, query, is_plain) = path::split(head.method(), head.target());
            if is_plain {
                let ranges = [("/".len() as u32, path.len() as u32)];
                let path = query.map(|_| path);
                let place = Place { path, ..Place::of_target(leaf.route, &ranges) };
                let request = place.request(arrival);
                let started = self.start_at_once(owed, ledger, *endpoint, arrival, &request);
                return started.then_some(weight);
            }
        }
        self.request_anywhere(owed, ledger, arrival)
    }

    /// A request that the request line alone does not lead to a handler.
    #[inline(never)]
    fn request_anywhere<'s>(
        &mut self,
        owed: Owed<'_>,
        ledger: &mut Ledger,
        arrival: &Arrival<'s>,
    ) -> Option<&'s Weight> {
        let mut scratch = self.scratch.take().unwrap_or_default();
        let handled = self.request_at(owed, ledger, arrival, &mut scratch);
        self.scratch = Some(scratch);
        handled
    }

    fn request_at<'s>(
        &mut self,
        owed: Owed<'_>,
        ledger: &mut Ledger,
        arrival: &Arrival<'s>,
        scratch: &mut Scratch,
    ) -> Option<&'s Weight> {
        let shared: &'s Shared = arrival.around.shared;
        let place = answer::find(shared, (arrival.head.method(), arrival.head.target()), scratch);
        let request = place.request(arrival);
        let Target::Entry(endpoint, entry) = place.target else {
            return self.answer_without_handler(owed, ledger, arrival, &place);
        };
        let handled = match &entry.kind {
            _ if !entry.is_bare || matches!(arrival.content, Incoming::Streaming(_)) => {
                let (to, none) = ((endpoint, entry), Extensions::default());
                self.answer_or_wait(owed, ledger, arrival, to, request, none)
            }
            Kind::Sync(handler) => {
                self.answer_at_once(arrival.around, owed, (endpoint, &**handler), &request);
                true
            }
            Kind::Async(_) => self.start_at_once(owed, ledger, endpoint, arrival, &request),
        };
        handled.then_some(&*entry.weight)
    }

    /// A request that no handler is for.
    #[cold]
    fn answer_without_handler<'s>(
        &mut self,
        owed: Owed<'_>,
        ledger: &mut Ledger,
        arrival: &Arrival<'s>,
        place: &Place<'s, '_>,
    ) -> Option<&'s Weight> {
        let shared: &'s Shared = arrival.around.shared;
        let endpoint = shared.endpoint_of_none(place.route, place.path.unwrap_or_default());
        let mut extensions = Extensions::default();
        let request = place.request(arrival);
        let entry = shared.entry(endpoint);
        if entry.begins_at_head {
            extensions.insert(Fate::of(place.target));
            let to = (endpoint, entry);
            let handled = self.answer_or_wait(owed, ledger, arrival, to, request, extensions);
            return handled.then_some(&*entry.weight);
        }
        let mut request = Request { extensions: Attached::At(&extensions), ..request };
        self.answer_plainly(arrival.around, owed, endpoint, place.target, &mut request);
        extensions.clear();
        Some(&entry.weight)
    }

    /// A request that needs more than one call: hooks, content that is still to come, an asynchronous handler. False if it
    /// waits, all of it there.
    fn answer_or_wait(
        &mut self,
        mut owed: Owed<'_>,
        ledger: &mut Ledger,
        arrival: &Arrival<'_>,
        (endpoint, entry): (u32, &Entry),
        request: Request<'_>,
        mut extensions: Extensions,
    ) -> bool {
        let around = arrival.around;
        let is_too_large = is_too_large(&mut owed, arrival, entry);
        // What no handler is for is told first.
        if is_too_large && extensions.get::<Fate>().is_none() {
            if entry.begins_at_head {
                extensions.insert(Fate::TooLarge);
            } else {
                let mut request = Request { extensions: Attached::At(&extensions), ..request };
                self.answer_plainly(around, owed, endpoint, Target::TooLarge, &mut request);
                extensions.clear();
                return true;
            }
        }
        let mut request = Request { extensions: Attached::At(&extensions), ..request };
        let awaits = self.awaits(&owed, ledger.key, entry, arrival);
        let then = if awaits.is_some() { Then::Wait } else { Then::Handle };
        match (self.answer(around, &mut owed, endpoint, &mut request, then), awaits) {
            (Some(waiting), Some(awaits)) => {
                self.postpone(owed, ledger, arrival, &request, waiting, awaits);
                if let Some(pending) = &mut ledger.pending {
                    request::attach(&mut pending.parts, extensions);
                    if is_too_large {
                        request::refuse_content(&mut pending.parts);
                    }
                }
                awaits == Awaits::Content
            }
            (Some(waiting), None) => {
                let mut parts = request::kept(&around.shared.context, arrival.head, &request);
                request::attach(&mut parts, extensions);
                if is_too_large {
                    request::refuse_content(&mut parts);
                }
                self.start(around, owed, ledger, waiting, parts, unread(arrival));
                !ledger.has_complete()
            }
            (None, _) => {
                extensions.clear();
                true
            }
        }
    }

    /// What a request has to wait for before its handler is called.
    fn awaits(
        &self,
        owed: &Owed<'_>,
        key: Key,
        entry: &Entry,
        arrival: &Arrival<'_>,
    ) -> Option<Awaits> {
        let begins_at_head = entry.begins_at_head || entry.streams;
        if matches!(arrival.content, Incoming::Streaming(_)) && !begins_at_head {
            return Some(Awaits::Content);
        }
        if entry.slow && owed.has_ready_answers() {
            return Some(Awaits::Turn);
        }
        (matches!(entry.kind, Kind::Async(_)) && !self.has_place(key)).then_some(Awaits::Place)
    }

    /// Calls the handler that a request line has led to, one that nothing is around; tells what it weighs. Nothing if it
    /// waits for a place. (The arrival is made anew where it is needed: for a synchronous handler it is never in memory.)
    #[inline(always)]
    fn begin<'s, 'b>(
        &mut self,
        owed: Owed<'_>,
        ledger: &mut Ledger,
        leaf: &'s Leaf<Call>,
        ranges: &[(u32, u32)],
        arrival: impl Fn() -> Arrival<'b>,
    ) -> Option<&'s Weight> {
        let view = Place::of_target(leaf.route, ranges).request(&arrival());
        match &leaf.value {
            Call::Sync(endpoint, handler, weight) => {
                self.answer_at_once(arrival().around, owed, (*endpoint, &**handler), &view);
                Some(weight)
            }
            Call::Async(endpoint, weight) => {
                let started = self.start_at_once(owed, ledger, *endpoint, &arrival(), &view);
                started.then_some(weight)
            }
        }
    }

    /// Calls an asynchronous handler that has no hooks around it. False if it waits for a place.
    #[inline(never)]
    fn start_at_once(
        &mut self,
        owed: Owed<'_>,
        ledger: &mut Ledger,
        endpoint: u32,
        arrival: &Arrival<'_>,
        request: &Request<'_>,
    ) -> bool {
        if !self.has_place(ledger.key) {
            cold_path();
            return self.wait_at_once(owed, ledger, endpoint, arrival, request);
        }
        let parts = request::kept(&arrival.around.shared.context, arrival.head, request);
        let waiting = Waiting { endpoint, preset: None, trace: Trace::of(request) };
        self.start_whole(arrival.around, owed, ledger, waiting, parts);
        true
    }

    #[cold]
    #[inline(never)]
    fn wait_at_once(
        &mut self,
        owed: Owed<'_>,
        ledger: &mut Ledger,
        endpoint: u32,
        arrival: &Arrival<'_>,
        request: &Request<'_>,
    ) -> bool {
        let waiting = Waiting { endpoint, preset: None, trace: Trace::of(request) };
        self.postpone(owed, ledger, arrival, request, waiting, Awaits::Place);
        false
    }

    /// Keeps a request that can't be handled yet.
    #[cold]
    fn postpone(
        &mut self,
        mut owed: Owed<'_>,
        ledger: &mut Ledger,
        arrival: &Arrival<'_>,
        request: &Request<'_>,
        waiting: Waiting,
        awaits: Awaits,
    ) {
        let unread = if awaits == Awaits::Content { None } else { unread(arrival) };
        if arrival.expects_continue
            && unread.is_none()
            && let Err(error) = owed.send_continue()
        {
            log::debug!("{}: no 100 could be sent: {error}", arrival.around.peer);
        }
        let Some(ticket) = owed.take_ticket() else { return };
        let parts = request::kept(&arrival.around.shared.context, arrival.head, request);
        let holder = Holder::Pending(Promise::new(ticket, ledger.key, &self.lost));
        let content_deadline = arrival.around.shared.entry(waiting.endpoint).content_deadline;
        let pending =
            Pending { parts, holder, waiting, awaits, unread, content_deadline, pace: None };
        ledger.pending = Some(Box::new(pending));
        if awaits == Awaits::Place {
            self.unplaced.push_back(ledger.key);
        }
    }

    /// Handles a request that has waited, if it is its turn.
    #[cold]
    fn handle_pending(&mut self, around: Around<'_>, exchange: &mut Exchange) {
        self.settle_content(exchange);
        let due = |pending: &mut Box<Pending>| pending.awaits == Awaits::Turn;
        if let Some(pending) = exchange.ledger.pending.take_if(due) {
            self.handle(around, exchange, pending);
            self.follow(exchange);
        }
    }

    fn handle(&mut self, around: Around<'_>, exchange: &mut Exchange, mut pending: Box<Pending>) {
        let Exchange { pipeline, ledger } = exchange;
        let entry = around.shared.entry(pending.waiting.endpoint);
        // What it holds is counted already.
        if matches!(entry.kind, Kind::Async(_)) && self.tasks.is_full() {
            pending.awaits = Awaits::Place;
            self.unplaced.push_back(ledger.key);
            ledger.pending = Some(pending);
            return;
        }
        let Pending { parts, holder: Holder::Pending(promise), waiting, unread, .. } = *pending
        else {
            return;
        };
        let Some(ticket) = promise.redeem() else { return };
        let owed = Owed::new(pipeline, around.settings, ticket);
        match &entry.kind {
            Kind::Sync(handler) => {
                let request = parts.view();
                self.answer_behind_hooks(around, owed, &waiting, &**handler, &request);
                request::end(parts);
            }
            Kind::Async(_) => self.start(around, owed, ledger, waiting, parts, unread),
        }
    }
}

/// Takes in a piece of content. Whether there is room for more.
#[cold]
#[inline(never)]
fn add_content(exchange: &mut Exchange, octets: &[u8]) -> bool {
    let Exchange { pipeline, ledger } = exchange;
    ledger.pending.as_mut().is_none_or(|pending| pending.add_content(pipeline, octets))
}

/// Content that is not read before it is asked for.
fn unread(arrival: &Arrival<'_>) -> Option<Unread> {
    let Incoming::Streaming(length) = arrival.content else { return None };
    let length = if let BodyLength::Exact(length) = length { Some(length) } else { None };
    Some(Unread { expects_continue: arrival.expects_continue, length })
}

/// Whether it is known that a request has more content than its route takes. What is not known yet the pipeline looks at.
fn is_too_large(owed: &mut Owed<'_>, arrival: &Arrival<'_>, entry: &Entry) -> bool {
    let known = match arrival.content {
        Incoming::Whole(octets) => octets.len() as u64,
        Incoming::Streaming(BodyLength::Exact(length)) => length,
        _ => 0,
    };
    let is_too_large = known > entry.content_limit;
    if !is_too_large {
        owed.limit_content(entry.content_limit);
    }
    is_too_large
}

/// Nothing more of a burst is served for now; what leaves may make room.
fn pause(exchange: &Exchange) -> Stop {
    if exchange.pipeline.wants_write() { Stop::Write } else { Stop::Paused }
}

/// Counts requests, where their number is bounded: behind the last one the connection closes.
#[cold]
fn count(shared: &Shared, ledger: &mut Ledger, pipeline: &mut Pipeline<Kept>, ticket: &Ticket) {
    ledger.served = ledger.served.saturating_add(1);
    if ledger.served >= shared.settings.limits.requests_per_connection {
        // It fails only if the ticket is void, which its answer will tell.
        let _ = pipeline.close_after(ticket);
    }
}
