//! From a request to what answers it, and the answer.

use std::any::Any;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use rajada_pipeline::{Incoming, Ticket};

use super::exchange::{Exchange, flush};
use super::{Arrival, Scratch, Service, panic_message};
use crate::app::{Entry, Goal, Shared, plain};
use crate::content::Content;
use crate::handler::{Kind, SyncHandler};
use crate::request::{Attached, Head, Request};
use crate::response::{Preset, Staged};
use crate::routing::{Found, Leaf, path};
use crate::{Response, Status};

/// What answers a request.
#[derive(Clone, Copy)]
pub(super) enum Target<'s> {
    /// A handler.
    Entry(u32, &'s Entry),
    /// No route has the path.
    Missing,
    /// The route does not have the method, but these.
    NotAllowed(&'s str),
    /// `OPTIONS`, of a route or (`*`) of the server.
    Options(&'s str),
    /// No route has the method, nor does an RFC that we know.
    UnknownMethod,
    /// The path can't be decoded.
    BadPath,
}

/// A request that its hooks have left to an asynchronous handler.
pub(super) struct Waiting {
    pub(super) ticket: Ticket,
    pub(super) endpoint: u32,
    /// What the hooks have set of the answer.
    pub(super) preset: Option<Box<Preset>>,
}

/// Where a request's target has led.
pub(super) struct Place<'s> {
    pub(super) target: Target<'s>,
    route: Option<u32>,
    /// Decoded, if it is not just the target.
    path: Option<&'s [u8]>,
    /// Where the route's parameters are in the path.
    ranges: &'s [(u32, u32)],
}

impl<'s> Place<'s> {
    /// Where a request is whose target is just the path.
    #[inline]
    pub(super) fn of_target(route: u32, ranges: &'s [(u32, u32)]) -> Place<'s> {
        Place { target: Target::Missing, route: Some(route), path: None, ranges }
    }

    /// The handler, if nothing is around it and nothing is waited for.
    #[inline]
    pub(super) fn bare_handler(&self, content: Incoming<'_>) -> Option<(u32, &'s Kind)> {
        match (self.target, content) {
            (_, Incoming::Streaming(_)) => None,
            (Target::Entry(endpoint, entry), _) if entry.is_bare => Some((endpoint, &entry.kind)),
            _ => None,
        }
    }

    /// The request as handlers see it.
    #[inline]
    pub(super) fn request(&self, arrival: &Arrival<'s>) -> Request<'s> {
        Request {
            head: Head::Received(arrival.head),
            path: self.path,
            route: self.route,
            ranges: self.ranges,
            content: match arrival.content {
                Incoming::Whole(octets) => Content::Whole(octets),
                _ => Content::None,
            },
            peer: arrival.around.peer,
            shared: arrival.around.shared,
            extensions: Attached::Nowhere,
        }
    }
}

/// Finds what answers a request.
#[inline]
pub(super) fn find<'s>(
    shared: &'s Shared,
    head: &rajada_parser::Request<'s, '_>,
    scratch: &'s mut Scratch,
) -> Place<'s> {
    let (method, target) = (head.method(), head.target());
    let (raw, _, plain) = path::split(method, target);
    let (path, ranges) = (&mut scratch.path, &mut scratch.ranges);
    let found = shared.router.find(method, raw, plain, path, ranges);
    let scratch: &'s Scratch = scratch;
    let (to, route) = match found {
        Found::Leaf(Leaf { value: Goal { endpoint, .. }, route }) => {
            (Target::Entry(*endpoint, shared.entry(*endpoint)), Some(*route))
        }
        Found::NotAllowed(route, allow) => (Target::NotAllowed(allow), Some(route)),
        Found::Options(route, allow) => (Target::Options(allow), route),
        Found::UnknownMethod(route) => (Target::UnknownMethod, route),
        Found::Missing => (Target::Missing, None),
        Found::BadPath => (Target::BadPath, None),
    };
    let path = if plain || scratch.path.is_empty() { raw } else { &scratch.path };
    Place { target: to, route, path: Some(path), ranges: &scratch.ranges }
}

/// A request line as it stands, without its version.
#[inline]
pub(super) fn line<'b>(head: &rajada_parser::Request<'b, '_>) -> Option<&'b [u8]> {
    head.octets().get(head.method_position().start..head.target_position().end)
}

impl Service {
    /// Runs a synchronous handler that has no hooks around it.
    #[inline(always)]
    pub(super) fn answer_at_once(
        &mut self,
        exchange: &mut Exchange,
        ticket: Ticket,
        (endpoint, handler): (u32, &SyncHandler),
        request: &Request<'_>,
    ) {
        let mut response = self.response(exchange, ticket, None);
        guarded(request.shared, &mut response, |response| {
            handler(request, response);
            true
        });
        if !response.is_finished() {
            settle(request.shared, request.shared.entry(endpoint), Some(request), &mut response);
        }
        self.follow(exchange);
    }

    /// Runs the hooks and the handler, if it is synchronous. If it is not, what is to be answered comes back.
    #[inline]
    pub(super) fn answer(
        &mut self,
        exchange: &mut Exchange,
        ticket: Ticket,
        target: Target<'_>,
        request: &mut Request<'_>,
        out: &mut impl io::Write,
    ) -> io::Result<Option<Waiting>> {
        let Target::Entry(endpoint, entry) = target else {
            self.answer_plainly(exchange, ticket, target, request);
            return Ok(None);
        };
        if entry.slow {
            flush(exchange, out)?;
        }
        let mut staged = None;
        let mut response = self.response(exchange, ticket, staging(entry, &mut staged));
        let shared = request.shared;
        let ended = match &entry.kind {
            Kind::Async(_) if entry.before.is_empty() => false,
            Kind::Async(_) => {
                guarded(shared, &mut response, |response| run_before(entry, request, response))
            }
            Kind::Sync(handler) => guarded(shared, &mut response, |response| {
                if !run_before(entry, request, response) {
                    handler(request, response);
                }
                true
            }),
        };
        let mut waiting = None;
        if !ended {
            let preset = response.preset();
            waiting = response.take_ticket().map(|ticket| Waiting { ticket, endpoint, preset });
        } else if !response.is_finished() {
            settle(shared, entry, Some(request), &mut response);
        }
        self.follow(exchange);
        Ok(waiting)
    }

    /// Answers a request that no handler is for.
    #[cold]
    pub(super) fn answer_plainly(
        &mut self,
        exchange: &mut Exchange,
        ticket: Ticket,
        target: Target<'_>,
        request: &mut Request<'_>,
    ) {
        let shared = request.shared;
        let entry = match target {
            Target::Entry(_, entry) => entry,
            _ => &shared.fallback,
        };
        let mut staged = None;
        let mut response = self.response(exchange, ticket, staging(entry, &mut staged));
        guarded(shared, &mut response, |response| {
            if !run_before(entry, request, response) {
                write_plainly(target, response);
            }
            true
        });
        settle(shared, entry, Some(request), &mut response);
        self.follow(exchange);
    }

    /// The writer of one answer.
    #[inline]
    pub(super) fn response<'r>(
        &'r mut self,
        exchange: &'r mut Exchange,
        ticket: Ticket,
        staged: Option<&'r mut Option<Staged>>,
    ) -> Response<'r> {
        Response::new(&mut exchange.pipeline, &mut self.desk, staged, ticket)
    }
}

/// Where content waits for the hooks behind a handler, if it has any.
#[inline]
pub(super) fn staging<'r>(
    entry: &Entry,
    staged: &'r mut Option<Staged>,
) -> Option<&'r mut Option<Staged>> {
    if entry.after.is_empty() { None } else { Some(staged) }
}

fn write_plainly(target: Target<'_>, response: &mut Response<'_>) {
    match target {
        Target::Missing | Target::Entry(..) => response.not_found(),
        Target::NotAllowed(allow) => {
            response.header("Allow", allow);
            plain(response, Status::METHOD_NOT_ALLOWED);
        }
        Target::Options(allow) => {
            response.status(Status::NO_CONTENT).header("Allow", allow).empty();
        }
        Target::UnknownMethod => plain(response, Status::NOT_IMPLEMENTED),
        Target::BadPath => plain(response, Status::BAD_REQUEST),
    }
}

/// Runs code of the application, and says what it says. A panic in it fails its request, and nothing else; it counts
/// as true: the request has ended.
#[inline(always)]
pub(super) fn guarded(
    shared: &Shared,
    response: &mut Response<'_>,
    run: impl FnOnce(&mut Response<'_>) -> bool,
) -> bool {
    match catch_unwind(AssertUnwindSafe(|| run(response))) {
        Ok(verdict) => verdict,
        Err(panic) => {
            answer_panic(shared, response, &*panic);
            true
        }
    }
}

#[cold]
pub(super) fn answer_panic(shared: &Shared, response: &mut Response<'_>, panic: &(dyn Any + Send)) {
    let message = panic_message(panic);
    log::error!("a handler panicked: {message}");
    shared.answer_panic(message, response);
}

/// Runs the hooks before a handler; true if one of them has ended the request.
#[inline]
fn run_before(entry: &Entry, request: &mut Request<'_>, response: &mut Response<'_>) -> bool {
    entry.before.iter().any(|hook| {
        hook(request, response);
        response.is_decided()
    })
}

/// What is left to do when a handler has returned without an answer that has left: errors, hooks behind it, an
/// answer without content. The request is there whenever someone wants to see it.
#[cold]
pub(super) fn settle(
    shared: &Shared,
    entry: &Entry,
    request: Option<&Request<'_>>,
    response: &mut Response<'_>,
) {
    guarded(shared, response, |response| {
        if let Some(error) = response.take_failure() {
            shared.answer_error(&error, request, response);
        }
        if response.take_missing() {
            shared.answer_missing(request, response);
        }
        fail_plainly(response);
        if let Some(request) = request {
            for hook in &entry.after {
                hook(request, response);
            }
        }
        true
    });
    response.finish();
    fail_plainly(response);
}

/// What handled an error, or an answer that could not be encoded, has failed itself: nobody else is to be asked.
fn fail_plainly(response: &mut Response<'_>) {
    if let Some(error) = response.take_failure() {
        log::error!("{error}");
        response.reset();
        plain(response, Status::INTERNAL_SERVER_ERROR);
    }
}
