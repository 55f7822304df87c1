//! What serves requests, without sockets: between a connection's pipeline and the application.
//!
//! One [`Service`] a worker, one [`Exchange`] a connection.

mod answer;
mod exchange;
mod later;
mod pool;
mod tasks;

pub(crate) use exchange::{Exchange, Stop, flush, flush_in_line};

use std::any::Any;
use std::hint::cold_path;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use rajada_pipeline::{Burst, Event, Incoming, Settings, Store, Ticket};

use crate::Status;
use crate::app::{Call, Shared};
use crate::handler::Kind;
use crate::request::{Attached, Extensions, OwnedParts, Request};
use crate::response::Desk;
use crate::routing::{Leaf, Ranges};
use crate::runtime::{Executor, Runtime, WakeQueue};
use answer::{Place, Target, Waiting};
use exchange::{Pending, Slots};
use pool::Pool;

/// The state of one worker that requests need.
pub(crate) struct Service {
    #[expect(
        clippy::redundant_allocation,
        reason = "counted for every request, so not by atomics"
    )]
    pub(crate) shared: Rc<Arc<Shared>>,
    pub(crate) settings: Settings,
    pub(crate) runtime: Rc<Runtime>,
    pub(crate) executor: Executor,
    desk: Desk,
    /// What idle pipelines have handed back.
    stores: Pool<Store<Bytes>>,
    /// Where the fields of the request at hand are.
    slots: Pool<Slots>,
    scratch: Option<Box<Scratch>>,
    /// The time as it was when the clock was read last.
    clock: Instant,
    /// Handlers until it is read again, and between two times that it is.
    until_look: u32,
    look_every: u32,
    /// Requests of a connection are counted: their number is bounded.
    counts: bool,
}

/// What is around an exchange: its application, and who is at the other end.
#[derive(Clone, Copy)]
pub(crate) struct Around<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) peer: &'a SocketAddr,
}

/// A request as the pipeline gives it.
struct Arrival<'b> {
    around: Around<'b>,
    head: &'b rajada_parser::Request<'b, 'b>,
    content: Incoming<'b>,
    expects_continue: bool,
}

/// Room for what a request's path is decoded to.
#[derive(Default)]
struct Scratch {
    path: Vec<u8>,
    ranges: Ranges,
}

/// How many handlers run between two looks at the clock, and as long as all of them are quick.
const HANDLERS_A_LOOK: u32 = 8;
const MOST_HANDLERS_A_LOOK: u32 = 32;

/// What a handler takes at most, its share of reading and writing included, to be quick.
const QUICK: Duration = Duration::from_micros(20);

/// Octets that an idle store may have kept.
const MOST_KEPT: usize = 256 * 1024;

impl Service {
    pub(crate) fn new(shared: Arc<Shared>, runtime: Rc<Runtime>, queue: Arc<WakeQueue>) -> Service {
        let mut settings = shared.pipeline.clone();
        let desk = Desk::new();
        settings.set_date(desk.heads.date());
        let executor = Executor::new(queue, shared.endpoints());
        let counts = shared.settings.limits.requests_per_connection != u32::MAX;
        Service {
            counts,
            shared: Rc::new(shared),
            settings,
            runtime,
            executor,
            desk,
            stores: Pool::new(),
            slots: Pool::new(),
            scratch: None,
            clock: Instant::now(),
            until_look: HANDLERS_A_LOOK,
            look_every: HANDLERS_A_LOOK,
        }
    }

    /// Takes note of the time, once a turn of the loop.
    pub(crate) fn tick(&mut self, now: Instant) {
        self.clock = now;
        if self.desk.heads.tick(now) {
            self.settings.set_date(self.desk.heads.date());
        }
    }

    pub(crate) fn clock(&self) -> Instant {
        self.clock
    }

    /// Serves what a burst holds, and says why it stops. Answers that are ready then are the caller's to write; only
    /// what must leave earlier is written here.
    ///
    /// # Errors
    /// What writing fails with: the connection is lost.
    #[inline(always)]
    pub(crate) fn receive(
        &mut self,
        around: Around<'_>,
        exchange: &mut Exchange,
        burst: &mut Burst<'_>,
        out: &mut impl io::Write,
    ) -> io::Result<Stop> {
        self.lend(exchange);
        let mut slots = match exchange.slots.take().or_else(|| self.slots.take()) {
            Some(slots) => slots,
            None => {
                cold_path();
                Box::default()
            }
        };
        let stop = self.receive_into(around, exchange, burst, &mut slots, out);
        if !burst.rest().is_empty() && matches!(stop, Ok(Stop::NeedData)) {
            cold_path();
            exchange.slots = Some(slots);
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
        out: &mut impl io::Write,
    ) -> io::Result<Stop> {
        let mut oldest = self.clock;
        let stop = loop {
            let event = exchange.pipeline.receive(&self.settings, burst, slots);
            // By reference: moved, the head would be copied.
            if let Event::Request { ticket, ref request, content, expects_continue, .. } = event {
                let arrival = || Arrival { around, head: request, content, expects_continue };
                if self.counts {
                    cold_path();
                    count(around.shared, exchange, &ticket);
                }
                if let Some(line) = answer::line(request)
                    && let Some(leaf) = around.shared.router.exact(line)
                    && !matches!(content, Incoming::Streaming(_))
                {
                    self.begin(exchange, ticket, leaf, &[], &arrival());
                } else {
                    self.request(exchange, ticket, &arrival(), out)?;
                }
                self.until_look -= 1;
                if self.until_look == 0 {
                    oldest = self.flush_if_old(exchange, oldest, out)?;
                }
                continue;
            }
            match event {
                Event::Data(octets) => {
                    if let Some(pending) = &mut exchange.pending {
                        pending.parts.add_content(octets);
                    }
                }
                Event::EndOfMessage { .. } => {
                    if let Some(pending) = exchange.pending.take() {
                        self.complete(around, exchange, *pending, out)?;
                    }
                }
                Event::Malformed(offence) => {
                    log::debug!("{}: {offence}", around.peer);
                    exchange.pending = None;
                }
                Event::NeedData => break Stop::NeedData,
                Event::Paused => {
                    flush(exchange, out)?;
                    if !exchange.pipeline.wants_read() {
                        break Stop::Paused;
                    }
                }
                Event::Upgraded | Event::Closed => break Stop::Closed,
                _ => break Stop::Closed,
            }
        };
        Ok(stop)
    }

    /// Ends a connection with an answer behind those that are owed: its peer has taken too long.
    pub(crate) fn refuse(&mut self, exchange: &mut Exchange, status: Status) {
        self.lend(exchange);
        exchange.pipeline.refuse(&self.settings, status.code());
        exchange.pending = None;
    }

    #[inline(always)]
    fn lend(&mut self, exchange: &mut Exchange) {
        if exchange.pipeline.wants_store() {
            let store = match self.stores.take() {
                Some(store) => store,
                None => {
                    cold_path();
                    Box::new(Store::new(&self.settings))
                }
            };
            // It has none, so none comes back.
            exchange.pipeline.lend(store);
        }
    }

    /// Hands a pipeline's store back to the worker when it is of no use any more.
    #[inline]
    pub(crate) fn reclaim(&mut self, exchange: &mut Exchange) {
        if let Some(store) = exchange.pipeline.reclaim()
            && store.capacity() <= MOST_KEPT
        {
            self.stores.put(store);
        }
    }

    /// Looks at the clock, and lets answers go that have waited for others for too long.
    fn flush_if_old(
        &mut self,
        exchange: &mut Exchange,
        oldest: Instant,
        out: &mut impl io::Write,
    ) -> io::Result<Instant> {
        let before = core::mem::replace(&mut self.clock, Instant::now());
        let took = self.clock.saturating_duration_since(before);
        self.look_every = match took < QUICK * self.look_every {
            true => (self.look_every * 2).min(MOST_HANDLERS_A_LOOK),
            false => HANDLERS_A_LOOK,
        };
        self.until_look = self.look_every;
        let Some(age) = self.shared.settings.flush_after else { return Ok(oldest) };
        if self.clock.saturating_duration_since(oldest) <= age {
            return Ok(oldest);
        }
        flush(exchange, out)?;
        Ok(self.clock)
    }

    /// One request whose head is complete.
    #[inline(never)]
    fn request(
        &mut self,
        exchange: &mut Exchange,
        ticket: Ticket,
        arrival: &Arrival<'_>,
        out: &mut impl io::Write,
    ) -> io::Result<()> {
        if let Some(line) = answer::line(arrival.head)
            && let Some((leaf, range)) = arrival.around.shared.router.tail(line)
            && !matches!(arrival.content, Incoming::Streaming(_))
        {
            self.begin(exchange, ticket, leaf, &[range], arrival);
            return Ok(());
        }
        self.request_anywhere(exchange, ticket, arrival, out)
    }

    /// A request that the request line alone does not lead to a handler.
    #[inline(never)]
    fn request_anywhere(
        &mut self,
        exchange: &mut Exchange,
        ticket: Ticket,
        arrival: &Arrival<'_>,
        out: &mut impl io::Write,
    ) -> io::Result<()> {
        let mut scratch = self.scratch.take().unwrap_or_default();
        let place = answer::find(arrival.around.shared, arrival.head, &mut scratch);
        let request = place.request(arrival);
        let outcome = match place.bare_handler(arrival.content) {
            Some((endpoint, Kind::Sync(handler))) => {
                self.answer_at_once(exchange, ticket, (endpoint, &**handler), &request);
                Ok(())
            }
            Some((endpoint, Kind::Async(_))) => {
                self.start_at_once(exchange, ticket, endpoint, arrival.head, &request);
                Ok(())
            }
            None => self.answer_or_wait(exchange, ticket, arrival, place.target, request, out),
        };
        self.scratch = Some(scratch);
        outcome
    }

    /// A request that needs more than one call: hooks, content that is still to come, an asynchronous handler, an
    /// answer without a handler.
    fn answer_or_wait(
        &mut self,
        exchange: &mut Exchange,
        ticket: Ticket,
        arrival: &Arrival<'_>,
        target: Target<'_>,
        request: Request<'_>,
        out: &mut impl io::Write,
    ) -> io::Result<()> {
        let mut extensions = Extensions::default();
        let mut request = Request { extensions: Attached::Open(&mut extensions), ..request };
        if let Incoming::Streaming(_) = arrival.content {
            self.postpone(exchange, ticket, arrival, target, &mut request);
            return Ok(());
        }
        if let Some(waiting) = self.answer(exchange, ticket, target, &mut request, out)? {
            let mut parts = self.parts(arrival.around);
            parts.copy(arrival.head, &request);
            parts.set_extensions(extensions);
            self.start(arrival.around, exchange, waiting, parts);
        }
        Ok(())
    }

    /// Calls the handler that a request line has led to: one that nothing is around.
    #[inline(always)]
    fn begin(
        &mut self,
        exchange: &mut Exchange,
        ticket: Ticket,
        leaf: &Leaf<Call>,
        ranges: &[(u32, u32)],
        arrival: &Arrival<'_>,
    ) {
        let view = Place::of_target(leaf.route, ranges).request(arrival);
        match &leaf.value {
            Call::Sync(endpoint, handler) => {
                self.answer_at_once(exchange, ticket, (*endpoint, &**handler), &view);
            }
            Call::Async(endpoint) => {
                self.start_at_once(exchange, ticket, *endpoint, arrival.head, &view);
            }
        }
    }

    /// Calls an asynchronous handler that has no hooks around it.
    #[inline(never)]
    fn start_at_once(
        &mut self,
        exchange: &mut Exchange,
        ticket: Ticket,
        endpoint: u32,
        head: &rajada_parser::Request<'_, '_>,
        request: &Request<'_>,
    ) {
        let around = Around { shared: request.shared, peer: request.peer };
        let mut parts = self.parts(around);
        parts.copy(head, request);
        let waiting = Waiting { ticket, endpoint, preset: None };
        self.start(around, exchange, waiting, parts);
    }

    /// A request whose content is still to come. It is answered once that is complete, unless no handler waits
    /// for it.
    #[cold]
    fn postpone(
        &mut self,
        exchange: &mut Exchange,
        ticket: Ticket,
        arrival: &Arrival<'_>,
        target: Target<'_>,
        request: &mut Request<'_>,
    ) {
        let Target::Entry(endpoint, _) = target else {
            return self.answer_plainly(exchange, ticket, target, request);
        };
        if arrival.expects_continue
            && let Err(error) = exchange.pipeline.send_continue(&ticket)
        {
            log::debug!("{}: no 100 could be sent: {error}", arrival.around.peer);
        }
        let mut parts = self.parts(arrival.around);
        parts.copy(arrival.head, request);
        exchange.pending = Some(Box::new(Pending { parts, ticket, endpoint }));
    }

    /// A request whose content has arrived in pieces.
    #[cold]
    fn complete(
        &mut self,
        around: Around<'_>,
        exchange: &mut Exchange,
        pending: Pending,
        out: &mut impl io::Write,
    ) -> io::Result<()> {
        let Pending { mut parts, ticket, endpoint } = pending;
        let mut extensions = Extensions::default();
        let mut request = parts.view_for_hooks(&mut extensions);
        let target = Target::Entry(endpoint, around.shared.entry(endpoint));
        let waiting = self.answer(exchange, ticket, target, &mut request, out)?;
        match waiting {
            Some(waiting) => {
                parts.set_extensions(extensions);
                self.start(around, exchange, waiting, parts);
            }
            None => Runtime::give_back(parts),
        }
        Ok(())
    }

    fn parts(&self, around: Around<'_>) -> Box<OwnedParts> {
        self.runtime.take_spare().unwrap_or_else(|| OwnedParts::new(&self.shared, *around.peer))
    }

    /// How long an asynchronous handler may take from now.
    fn handler_deadline(&self) -> Option<Instant> {
        let time: Option<Duration> = self.shared.settings.deadlines.handler;
        time.map(|time| Instant::now() + time)
    }
}

/// Counts requests, where their number is bounded: behind the last one the connection closes.
#[cold]
fn count(shared: &Shared, exchange: &mut Exchange, ticket: &Ticket) {
    exchange.served = exchange.served.saturating_add(1);
    if exchange.served >= shared.settings.limits.requests_per_connection {
        // It fails only if the ticket is void, which its answer will tell.
        let _ = exchange.pipeline.close_after(ticket);
    }
}

/// What a panic said.
fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&'static str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without words")
}
