//! An application as workers see it: immutable, shared, ready to look things up in.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use rajada_parser::Config;
use rajada_pipeline::{Pages, PreparedHead, PreparedPage, Settings};

use super::call::{EndpointId, Goal};
use super::replies::Replies;
use super::room::Room;
use super::route_settings::CONTENT_WINDOW;
use super::scope::{self, Hooks, ScopeId};
use super::{AfterHook, App, AppSettings, Declared, Page, RouteSettings, Weight, WorkerHook};
use crate::chain::Chain;
use crate::handler::Kind;
use crate::hook::{Layer, SyncHook};
use crate::request::Context;
use crate::routing::{Router, Value};
use crate::runtime::BlockingPool;
use crate::{ContentType, Request, Response, RouteError, Status};

/// What all workers share.
pub(crate) struct Shared {
    pub(crate) router: Router<Goal>,
    /// Those of routes, then one for each scope.
    entries: Vec<Entry>,
    /// The prefixes of scopes.
    prefixes: Vec<String>,
    /// By the number of a route, the scope that it was written in.
    scopes: Vec<ScopeId>,
    pub(crate) replies: Arc<Replies>,
    pub(crate) context: Arc<Context>,
    pub(crate) blocking: Arc<BlockingPool>,
    pub(crate) room: Room,
    pub(crate) start: Vec<Arc<WorkerHook>>,
    pub(crate) stop: Vec<Arc<WorkerHook>>,
    pub(crate) settings: AppSettings,
    /// Some asynchronous handler may take only so long.
    pub(crate) has_handler_deadline: bool,
    /// What pipelines are given, but for the date.
    pub(crate) pipeline: Settings,
}

/// A handler and what is around it.
pub(crate) struct Entry {
    /// Nothing is around the handler.
    pub(crate) is_bare: bool,
    /// Asynchronous hooks are around it, and begin when its head is there.
    pub(crate) begins_at_head: bool,
    /// The handler takes content as it arrives.
    pub(crate) streams: bool,
    /// The handler takes targets as they stand, and no path of ours.
    pub(crate) reads_targets: bool,
    /// The handler is lent its request, where nothing else is to be found of it.
    pub(crate) is_lent: bool,
    pub(crate) kind: Kind,
    pub(crate) slow: bool,
    /// Octets of such content that are read ahead.
    pub(crate) content_window: usize,
    /// Octets of content that a request may have.
    pub(crate) content_limit: u64,
    /// How long two arrivals of content may be apart, if that is not the application's deadline.
    pub(crate) content_deadline: Option<Duration>,
    /// How long the handler may take, if it is asynchronous.
    pub(crate) handler_deadline: Option<Duration>,
    pub(crate) weight: Arc<Weight>,
    pub(crate) before: Box<[Arc<SyncHook>]>,
    pub(crate) after: Box<[Arc<AfterHook>]>,
}

impl Entry {
    /// What is in a scope: a handler, or (`None`) whatever no handler is for.
    fn new(
        handler: Option<Kind>,
        own: RouteSettings,
        general: &AppSettings,
        (scopes, scope): (&[Hooks], ScopeId),
        replies: &Arc<Replies>,
    ) -> Entry {
        let after = scope::after(scopes, scope);
        let mut layers = scope::layers(scopes, scope).into_iter().peekable();
        let mut before = Vec::new();
        while let Some(Layer::Sync(hook)) = layers.next_if(|layer| matches!(layer, Layer::Sync(_)))
        {
            before.push(hook);
        }
        let layers: Box<[Layer]> = layers.collect();
        let begins_at_head = !layers.is_empty();
        let kind = match handler {
            handler if begins_at_head => {
                Kind::Async(Arc::new(Arc::new(Chain { layers, handler, replies: replies.clone() })))
            }
            Some(kind) => kind,
            // Never called: what is to be done depends on why there is no handler.
            None => Kind::Sync(Arc::new(|_: &Request<'_>, _: &mut Response<'_>| {})),
        };
        let slow = own.slow.unwrap_or(false);
        let most = general.limits.content;
        let content_limit = own.content_limit.unwrap_or(most);
        let streams = kind.streams();
        let mut entry = Entry {
            is_bare: false,
            begins_at_head,
            streams,
            reads_targets: kind.reads_targets(),
            is_lent: general.lends && kind.reads_targets() && !replies.ask_for_request(),
            content_window: own.content_window.unwrap_or(CONTENT_WINDOW).max(1),
            kind,
            slow,
            content_limit,
            content_deadline: own.content_deadline,
            handler_deadline: own.handler_deadline.unwrap_or(general.deadlines.handler),
            weight: Arc::new(Weight::new()),
            before: before.into(),
            after,
        };
        // What is over the general limit is never all there before it is allowed.
        entry.is_bare = !slow && !entry.has_hooks() && content_limit >= most;
        entry
    }

    fn has_hooks(&self) -> bool {
        self.begins_at_head || !self.before.is_empty() || !self.after.is_empty()
    }
}

impl Shared {
    /// # Errors
    /// The first route that can't be served.
    pub(crate) fn new(mut app: App) -> Result<Shared, RouteError> {
        let mut pipeline = pipeline_settings(&app);
        let replies = Arc::new(Replies::of(&mut app));
        let general = &app.own.settings;
        let of_routes = app.routes.iter().map(|route| {
            let handler = Some(route.endpoint.kind.clone());
            let hooks = (&app.scopes[..], route.scope);
            Entry::new(handler, route.endpoint.settings, general, hooks, &replies)
        });
        let of_scopes = app.scopes.iter().enumerate().map(|(scope, hooks)| {
            Entry::new(None, hooks.settings, general, (&app.scopes, scope), &replies)
        });
        let entries: Vec<Entry> = of_routes.chain(of_scopes).collect();
        let goal = |endpoint| {
            let Entry { kind, weight, is_bare, .. } = &entries[endpoint as usize];
            Goal::new(endpoint, kind, weight, *is_bare)
        };
        let mut router = router(&app.routes, goal)?;
        let scopes = scopes_of_routes(&app.routes, &app.scopes);
        // Hooks behind handlers see those answers as well, and those in front decide who is told of too much content.
        // And handlers that have begun are told what is wrong with their content, and answer.
        let sees_all = |entry: &Entry| entry.has_hooks() || entry.streams;
        pipeline.refused_by_ticket = replies.shape_all() || entries.iter().any(sees_all);
        pipeline.content_of_some =
            entries.iter().map(|entry| entry.content_limit).max().unwrap_or_default();
        let has_handler_deadline = entries.iter().any(|entry| entry.handler_deadline.is_some());
        let context = Arc::new(Context { states: app.states, patterns: router.take_patterns() });
        Ok(Shared {
            router,
            entries,
            prefixes: app.scopes.into_iter().map(|scope| scope.prefix).collect(),
            scopes,
            replies,
            context,
            blocking: BlockingPool::new(
                app.own.settings.blocking_threads,
                app.own.settings.limits.blocking_queue,
                app.own.settings.blocking_overflow,
            ),
            room: Room::new(app.own.settings.limits.connections),
            start: app.start,
            stop: app.stop,
            settings: app.own.settings,
            has_handler_deadline,
            pipeline,
        })
    }

    /// What is around answers to requests that no handler is for: what is around the route that has their path, or else
    /// around everything below the closest prefix.
    #[cold]
    pub(crate) fn endpoint_of_none(&self, route: Option<u32>, path: &[u8]) -> EndpointId {
        let of_route = route.and_then(|route| self.scopes.get(route as usize).copied());
        let of_path = || scope::of_path(self.prefixes.iter().map(String::as_str), path);
        let scope = of_route.unwrap_or_else(of_path);
        (self.entries.len() - self.prefixes.len() + scope) as EndpointId
    }

    /// How many handlers there are.
    pub(crate) fn endpoints(&self) -> usize {
        self.entries.len()
    }

    #[inline]
    pub(crate) fn entry(&self, endpoint: u32) -> &Entry {
        &self.entries[endpoint as usize]
    }

    /// Whether someone wants to see the request once its asynchronous handler has ended.
    pub(crate) fn asks_for_request(&self, entry: &Entry) -> bool {
        !entry.after.is_empty() || self.replies.ask_for_request()
    }
}

/// The router of routes as they were declared, each with what leads to its handler.
pub(super) fn router<V: Value>(
    routes: &[Declared],
    value: impl Fn(EndpointId) -> V,
) -> Result<Router<V>, RouteError> {
    let mut router = Router::new();
    for (endpoint, route) in (0..).zip(routes) {
        let Some(methods) = &route.methods else {
            router.insert(None, &route.pattern, value(endpoint))?;
            continue;
        };
        if methods.is_empty() {
            return Err(RouteError::new(&route.pattern, "no method (`any` is for all of them)"));
        }
        for method in methods {
            router.insert(Some(method), &route.pattern, value(endpoint))?;
        }
    }
    Ok(router)
}

/// The scopes of routes by their numbers: of all that mention a route the innermost, so that what is told of it is told
/// behind the hooks of what it has.
fn scopes_of_routes(routes: &[Declared], scopes: &[Hooks]) -> Vec<ScopeId> {
    let mut numbers = HashMap::new();
    let mut innermost: Vec<ScopeId> = Vec::new();
    for Declared { pattern, scope, .. } in routes {
        let number = *numbers.entry(&**pattern).or_insert(innermost.len());
        match innermost.get_mut(number) {
            None => innermost.push(*scope),
            Some(best) if scope::rank(scopes, *scope) > scope::rank(scopes, *best) => {
                *best = *scope
            }
            Some(_) => {}
        }
    }
    innermost
}

/// Answers with a status and its reason.
pub(crate) fn plain(response: &mut Response<'_>, status: Status) {
    response.set_status(status).send_static(ContentType::TEXT, status.reason().as_bytes());
}

/// Statuses that pipelines answer with by themselves.
const BELOW: [u16; 11] = [400, 408, 413, 414, 417, 426, 431, 500, 501, 503, 505];

fn pipeline_settings(app: &App) -> Settings {
    let limits = app.own.settings.limits;
    let parser = rajada_parser::Limits {
        request_line: limits.request_line,
        head: limits.head,
        fields: limits.fields.min(100),
        ..rajada_parser::Limits::DEFAULT
    };
    let mut settings = Settings::DEFAULT;
    // A worker that slept has what the processor can do no longer in its caches.
    settings.parser = Config::STRICT.with_limits(parser).at_most(app.own.settings.level).detected();
    settings.requests_in_flight = limits.requests_in_flight;
    settings.unsafe_in_parallel = app.own.settings.unsafe_in_parallel;
    settings.held = limits.held;
    settings.content = limits.content;
    settings.drain = limits.drain;
    settings.pages = pages(&app.own.pages);
    settings
}

/// The answers that are made before any handler could be asked.
fn pages(own: &[Page]) -> Pages {
    let page = |status: Status| {
        let own = own.iter().find(|page| page.status == status);
        let (content_type, content) = match own {
            Some(page) => (page.content_type.as_str(), page.text.as_str()),
            None => (ContentType::TEXT.as_str(), status.reason()),
        };
        let line = format!("HTTP/1.1 {} {}\r\n", status.as_u16(), status.reason());
        let head =
            PreparedHead::new(format!("{line}Content-Type: {content_type}\r\n").into()).ok()?;
        Some(PreparedPage { head, content: content.into() })
    };
    let pages: Vec<PreparedPage> =
        BELOW.into_iter().filter_map(Status::new).filter_map(page).collect();
    pages.into()
}
