//! Answers to what is no request, is not taken or is too late, where hooks behind handlers want to see them.

use std::sync::Arc;

use rajada_pipeline::{Offence, Ticket};

use super::answer::{Target, Then, answer_panic, conclude, find, staging};
use super::arrival::Around;
use super::exchange::{Exchange, Ledger};
use super::fate::Fate;
use super::inflow;
use super::service::Service;
use super::trace::Trace;
use crate::request::{self, Extensions, Known, OwnedParts, RequestError, Whereabouts};
use crate::response::Owed;
use crate::{Response, Status, gate};

impl Service {
    /// Answers octets that are no request, or a request that is not taken: all of them are `head`.
    #[cold]
    pub(super) fn answer_refused(
        &mut self,
        around: Around<'_>,
        owed: Owed<'_>,
        ledger: &mut Ledger,
        offence: &Offence,
        head: &[u8],
    ) {
        let (endpoint, mut parts) = self.known(around, head);
        let mut status = Status::new(offence.status()).unwrap_or(Status::BAD_REQUEST);
        if *offence == Offence::ContentTooLarge {
            if !around.shared.entry(endpoint).begins_at_head {
                let mut request = parts.view();
                self.answer_plainly(around, owed, endpoint, Target::TooLarge, &mut request);
                return request::end(parts);
            }
            if self.has_place(ledger.key) {
                let fate = Extensions::default();
                fate.insert(Fate::TooLarge);
                request::attach(&mut parts, fate);
                request::refuse_content(&mut parts);
                return self.answer_behind_hooks_of_future(around, owed, ledger, endpoint, parts);
            }
            status = Status::SERVICE_UNAVAILABLE;
        }
        let trace = Trace::of(&parts.view_refused());
        self.answer_of_protocol(around, owed, (endpoint, &trace), status, &parts);
        request::end(parts);
    }

    /// Runs hooks, some of which are asynchronous, around an answer that is known.
    fn answer_behind_hooks_of_future(
        &mut self,
        around: Around<'_>,
        mut owed: Owed<'_>,
        ledger: &mut Ledger,
        endpoint: u32,
        parts: Arc<OwnedParts>,
    ) {
        match self.answer(around, &mut owed, endpoint, &mut parts.view(), Then::Wait) {
            Some(waiting) => self.start(around, owed, ledger, waiting, parts, None),
            None => request::end(parts),
        }
    }

    /// Answers a request whose content is not in order, and will not be received. Without those who want to see it, the
    /// pipeline has done so.
    #[cold]
    pub(super) fn answer_cut_short(
        &mut self,
        around: Around<'_>,
        exchange: &mut Exchange,
        offence: &Offence,
    ) {
        if self.fail_content(&mut exchange.ledger, inflow::told(offence)) {
            return;
        }
        if !around.settings.refused_by_ticket {
            return self.forget_pending(exchange);
        }
        let status = Status::new(offence.status()).unwrap_or(Status::BAD_REQUEST);
        self.answer_pending(around, exchange, status);
    }

    /// Ends a connection with the answer to the request that waits, or with one behind those that are owed.
    #[cold]
    pub(super) fn refuse_by_ticket(
        &mut self,
        around: Around<'_>,
        exchange: &mut Exchange,
        status: Status,
        head: &[u8],
    ) {
        let ticket = exchange.pipeline.refuse_by_ticket();
        let error = match status {
            Status::REQUEST_TIMEOUT => RequestError::Late,
            _ => RequestError::Crowded,
        };
        self.fail_content(&mut exchange.ledger, error);
        self.answer_pending(around, exchange, status);
        if let Some(ticket) = ticket {
            let (endpoint, parts) = self.known(around, head);
            let owed = Owed::new(&mut exchange.pipeline, around.settings, ticket);
            let trace = Trace::of(&parts.view_refused());
            self.answer_of_protocol(around, owed, (endpoint, &trace), status, &parts);
            self.follow(exchange);
            request::end(parts);
        }
    }

    /// Answers the request that waits, if there is one, in place of its handler. It is the last one of its connection.
    fn answer_pending(&mut self, around: Around<'_>, exchange: &mut Exchange, status: Status) {
        let Some((parts, ticket, waiting)) = self.take_pending(exchange) else { return };
        if let Some(ticket) = ticket {
            close_behind(exchange, &ticket);
            let owed = Owed::new(&mut exchange.pipeline, around.settings, ticket);
            let to = (waiting.endpoint, &waiting.trace);
            self.answer_of_protocol(around, owed, to, status, &parts);
            self.follow(exchange);
        }
        request::end(parts);
    }

    /// Gives an answer that no handler could be asked for, and runs the hooks behind `endpoint`.
    fn answer_of_protocol(
        &mut self,
        around: Around<'_>,
        owed: Owed<'_>,
        (endpoint, trace): (u32, &Trace),
        status: Status,
        parts: &OwnedParts,
    ) {
        let shared = around.shared;
        let entry = shared.entry(endpoint);
        let _entered = trace.enter();
        let request = parts.view_refused();
        let mut staged = None;
        let mut response = Response::new(owed, &mut self.desk, staging(entry, &mut staged));
        let shaped = gate::enter(|| {
            shared.replies.of_protocol(status, &request, &mut response);
        });
        if let Err(panic) = shaped {
            answer_panic(shared, Some(&request), &mut response, &panic);
        }
        if !response.is_finished() {
            conclude(shared, entry, Some(&request), &mut response);
        }
        trace.answered(&response);
    }

    /// What is known of a request, and which hooks it is for.
    fn known(&mut self, around: Around<'_>, head: &[u8]) -> (u32, Arc<OwnedParts>) {
        let Around { shared, settings, peer } = around;
        let known = Known::of(&settings.parser, head);
        let mut scratch = self.scratch.take().unwrap_or_default();
        let place = find(shared, (known.method(), known.target()), &mut scratch);
        let endpoint = match place.target {
            Target::Entry(endpoint, _) => endpoint,
            _ => shared.endpoint_of_none(place.route, place.path.unwrap_or_default()),
        };
        let whereabouts =
            Whereabouts { path: place.path, route: place.route, ranges: place.ranges, peer };
        let parts = request::known(&shared.context, &known, &whereabouts);
        self.scratch = Some(scratch);
        (endpoint, parts)
    }
}

/// It fails only if the ticket is void, and then nothing is owed.
fn close_behind(exchange: &mut Exchange, ticket: &Ticket) {
    let _ = exchange.pipeline.close_after(ticket);
}
