//! From a request to what answers it, and the answer.

use rajada_pipeline::Incoming;

use super::arrival::{Around, Arrival, Scratch};
use super::failure;
use super::fate::write_plainly;
use super::service::Service;
use super::trace::Trace;
use crate::app::{Entry, Goal, Shared, plain};
use crate::content::Content;
use crate::handler::{Kind, SyncHandler};
use crate::request::{Attached, Head, Request};
use crate::response::{Owed, Preset, Staged};
use crate::routing::{Found, Leaf, path};
use crate::{Error, Response, Status, gate};

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
    /// There is more content than is taken.
    TooLarge,
}

/// A request that its hooks have left to the handler.
pub(super) struct Waiting {
    pub(super) endpoint: u32,
    /// What the hooks have set of the answer.
    pub(super) preset: Option<Box<Preset>>,
    pub(super) trace: Trace,
}

/// What follows the hooks before a handler.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// The handler, at once if it is synchronous.
    Handle,
    /// A wait: for content, for other answers to leave.
    Wait,
}

/// Where a request's target has led.
pub(super) struct Place<'a, 's> {
    pub(super) target: Target<'a>,
    pub(super) route: Option<u32>,
    /// Decoded, if it is not just the target.
    pub(super) path: Option<&'s [u8]>,
    /// Where the route's parameters are in the path.
    pub(super) ranges: &'s [(u32, u32)],
}

impl<'a: 's, 's> Place<'a, 's> {
    /// Where a request is whose target is just the path.
    #[inline]
    pub(super) fn of_target(route: u32, ranges: &'s [(u32, u32)]) -> Place<'a, 's> {
        Place { target: Target::Missing, route: Some(route), path: None, ranges }
    }

    /// The request as handlers see it.
    #[inline]
    pub(super) fn request(&self, arrival: &Arrival<'a>) -> Request<'s> {
        Request {
            head: Head::Received(arrival.head),
            path: self.path,
            route: self.route,
            ranges: self.ranges,
            content: match arrival.content {
                Incoming::Whole(octets) => Content::Whole(octets),
                Incoming::Streaming(_) => Content::Unread,
                _ => Content::None,
            },
            peer: arrival.around.peer,
            context: &arrival.around.shared.context,
            extensions: Attached::Nowhere,
        }
    }
}

/// Finds what answers a request.
#[inline]
pub(super) fn find<'a: 's, 's>(
    shared: &'a Shared,
    (method, target): (&[u8], &'a [u8]),
    scratch: &'s mut Scratch,
) -> Place<'a, 's> {
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
        Found::BadPath => of_bad_path(shared, method, raw),
    };
    let path = if plain || scratch.path.is_empty() { raw } else { &scratch.path };
    Place { target: to, route, path: Some(path), ranges: &scratch.ranges }
}

/// What answers a request whose path can't be decoded: whoever answers all of them and reads the target itself.
#[cold]
fn of_bad_path<'a>(shared: &'a Shared, method: &[u8], raw: &[u8]) -> (Target<'a>, Option<u32>) {
    let reads_targets = |leaf: &&Leaf<Goal>| shared.entry(leaf.value.endpoint).reads_targets;
    match shared.router.all(method, raw).filter(reads_targets) {
        Some(Leaf { value: Goal { endpoint, .. }, route }) => {
            (Target::Entry(*endpoint, shared.entry(*endpoint)), Some(*route))
        }
        None => (Target::BadPath, None),
    }
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
        around: Around<'_>,
        owed: Owed<'_>,
        (endpoint, handler): (u32, &SyncHandler),
        request: &Request<'_>,
    ) {
        let shared = around.shared;
        let trace = Trace::of(request);
        let _entered = trace.enter();
        let mut response = Response::new(owed, &mut self.desk, None);
        if let Err(panic) = gate::enter(|| handler(request, &mut response)) {
            answer_panic(shared, Some(request), &mut response, &panic);
        }
        if !response.is_finished() {
            conclude(shared, shared.entry(endpoint), Some(request), &mut response);
        }
        trace.answered(&response);
    }

    /// Runs the hooks, and then the handler, if it is synchronous and nothing is to be waited for. What is still to be
    /// answered comes back.
    #[inline]
    pub(super) fn answer(
        &mut self,
        around: Around<'_>,
        owed: &mut Owed<'_>,
        endpoint: u32,
        request: &mut Request<'_>,
        then: Then,
    ) -> Option<Waiting> {
        let shared = around.shared;
        let entry = shared.entry(endpoint);
        let mut staged = None;
        let trace = Trace::of(request);
        let mut response = Response::new(owed.lend(), &mut self.desk, staging(entry, &mut staged));
        let ended = gate::enter(|| {
            let _entered = trace.enter();
            match &entry.kind {
                Kind::Sync(handler) if then == Then::Handle => {
                    if !run_before(entry, request, &mut response) {
                        handler(request, &mut response);
                    }
                    true
                }
                _ => run_before(entry, request, &mut response),
            }
        });
        let ended = ended.unwrap_or_else(|panic| {
            let _entered = trace.enter();
            leave_unread(request);
            answer_panic(shared, Some(request), &mut response, &panic);
            true
        });
        if !ended {
            let preset = response.preset();
            let ticket = response.take_ticket();
            drop(response);
            owed.take_back(ticket);
            return Some(Waiting { endpoint, preset, trace });
        }
        let _entered = trace.enter();
        if !response.is_finished() {
            conclude(shared, entry, Some(request), &mut response);
        }
        trace.answered(&response);
        None
    }

    /// Runs a synchronous handler whose hooks have run.
    pub(super) fn answer_behind_hooks(
        &mut self,
        around: Around<'_>,
        owed: Owed<'_>,
        waiting: &Waiting,
        handler: &SyncHandler,
        request: &Request<'_>,
    ) {
        let shared = around.shared;
        let entry = shared.entry(waiting.endpoint);
        let _entered = waiting.trace.enter();
        let mut staged = None;
        let mut response = Response::new(owed, &mut self.desk, staging(entry, &mut staged));
        if let Some(preset) = &waiting.preset {
            response.restore(preset);
        }
        if let Err(panic) = gate::enter(|| handler(request, &mut response)) {
            answer_panic(shared, Some(request), &mut response, &panic);
        }
        if !response.is_finished() {
            conclude(shared, entry, Some(request), &mut response);
        }
        waiting.trace.answered(&response);
    }

    /// Answers a request that no handler is for, behind the hooks of `endpoint`.
    #[cold]
    pub(super) fn answer_plainly(
        &mut self,
        around: Around<'_>,
        owed: Owed<'_>,
        endpoint: u32,
        target: Target<'_>,
        request: &mut Request<'_>,
    ) {
        let shared = around.shared;
        let entry = shared.entry(endpoint);
        let trace = Trace::of(request);
        let _entered = trace.enter();
        let mut staged = None;
        let mut response = Response::new(owed, &mut self.desk, staging(entry, &mut staged));
        let answered = gate::enter(|| {
            if !run_before(entry, request, &mut response) {
                write_plainly(&shared.replies, target, request, &mut response);
            }
        });
        leave_unread(request);
        if let Err(panic) = answered {
            answer_panic(shared, Some(request), &mut response, &panic);
        }
        conclude(shared, entry, Some(request), &mut response);
        trace.answered(&response);
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

/// Answers a request whose handler has panicked, or what answers errors. If that panics as well, the answer is plain.
#[cold]
pub(super) fn answer_panic(
    shared: &Shared,
    request: Option<&Request<'_>>,
    response: &mut Response<'_>,
    panic: &gate::Panic,
) {
    let what = panic.message();
    log::error!("a handler panicked: {what}");
    if let Err(panic) = gate::enter(|| shared.replies.panic(what, request, response)) {
        log::error!("what shapes errors panicked: {}", panic.message());
        if !response.is_finished() {
            response.reset();
            plain(response, Status::INTERNAL_SERVER_ERROR);
        }
    }
}

/// Runs the hooks before a handler, who see no content; true if one of them has ended the request. To whatever runs then,
/// it has none.
#[inline]
fn run_before(entry: &Entry, request: &mut Request<'_>, response: &mut Response<'_>) -> bool {
    if entry.before.is_empty() {
        return false;
    }
    let hidden = match request.content {
        Content::None => Content::None,
        _ => Content::Unread,
    };
    let content = core::mem::replace(&mut request.content, hidden);
    let ended = entry.before.iter().any(|hook| {
        hook(request, response);
        response.is_decided()
    });
    request.content = if ended { Content::None } else { content };
    ended
}

/// Content that was not read will not be: to whatever runs now, there is none.
fn leave_unread(request: &mut Request<'_>) {
    if matches!(request.content, Content::Unread) {
        request.content = Content::None;
    }
}

/// What is left to do when a handler has returned without an answer that has left: errors, hooks behind it, an
/// answer without content. The request is there whenever someone wants to see it. Each hook sees an answer, whatever has
/// become of those before it.
#[cold]
pub(super) fn conclude(
    shared: &Shared,
    entry: &Entry,
    request: Option<&Request<'_>>,
    response: &mut Response<'_>,
) {
    let mut failures = Vec::new();
    settle(shared, request, response, &mut failures);
    for hook in &entry.after {
        let Some(request) = request else { break };
        if let Err(panic) = gate::enter(|| hook(request, response)) {
            answer_panic(shared, Some(request), response, &panic);
        }
        // There may be an answer, which is not to be given.
        if response.take_missing() {
            response.discard().not_found();
        }
        settle(shared, Some(request), response, &mut failures);
    }
    // What was made for the answer is the application's, too.
    gate::run("what a handler has made", || {
        response.finish();
        fail_plainly(request, response);
    });
    for error in failures {
        failure::tell(&error, request, response.status());
        gate::discard(error);
    }
    // If even that has failed, whoever owes the answer gives it.
    gate::discard(response.take_failure());
}

/// Has an error answered that was left in place of an answer, or that there is nothing. The error is put to the `failures`,
/// to be told with the status that there is in the end.
fn settle(
    shared: &Shared,
    request: Option<&Request<'_>>,
    response: &mut Response<'_>,
    failures: &mut Vec<Error>,
) {
    // Dropped apart from what answers it: a panic that meets another on its way ends the process.
    let failure = response.take_failure();
    let answered = gate::enter(|| {
        if let Some(error) = &failure {
            shared.replies.error(error, request, response);
        }
        if response.take_missing() {
            shared.replies.missing(request, response);
        }
    });
    if let Err(panic) = answered {
        answer_panic(shared, request, response, &panic);
    }
    fail_plainly(request, response);
    failures.extend(failure.map(|error| *error));
}

/// What handled an error, or an answer that could not be encoded, has failed itself: nobody else is to be asked.
fn fail_plainly(request: Option<&Request<'_>>, response: &mut Response<'_>) {
    if let Some(error) = response.take_failure() {
        response.reset();
        plain(response, Status::INTERNAL_SERVER_ERROR);
        failure::tell(&error, request, Status::INTERNAL_SERVER_ERROR);
        gate::discard(error);
    }
}
