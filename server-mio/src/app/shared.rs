//! An application as workers see it: immutable, shared, ready to look things up in.

use std::sync::Arc;
use std::time::Duration;

use rajada_parser::Config;
use rajada_pipeline::{Pages, PreparedHead, PreparedPage, Settings};

use super::call::{EndpointId, Goal};
use super::room::Room;
use super::{
    AfterHook, App, AppSettings, BeforeHook, Declared, ErrorHandler, Page, RouteSettings, Weight,
    WorkerHook,
};
use crate::handler::{Endpoint, Kind};
use crate::request::Context;
use crate::routing::{Router, Value};
use crate::runtime::BlockingPool;
use crate::{ContentType, Error, Request, Response, RouteError, Status};

/// What all workers share.
pub(crate) struct Shared {
    pub(crate) router: Router<Goal>,
    entries: Vec<Entry>,
    /// What runs where no route was found.
    pub(crate) fallback: Entry,
    not_found: Option<Endpoint>,
    errors: Vec<ErrorHandler>,
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
    pub(crate) kind: Kind,
    pub(crate) slow: bool,
    /// Octets of content that a request may have.
    pub(crate) content_limit: u64,
    /// How long two arrivals of content may be apart, if that is not the application's deadline.
    pub(crate) content_deadline: Option<Duration>,
    /// How long the handler may take, if it is asynchronous.
    pub(crate) handler_deadline: Option<Duration>,
    pub(crate) weight: Arc<Weight>,
    pub(crate) before: Box<[Arc<BeforeHook>]>,
    pub(crate) after: Box<[Arc<AfterHook>]>,
}

impl Entry {
    fn new(
        kind: Kind,
        own: RouteSettings,
        general: &AppSettings,
        before: Box<[Arc<BeforeHook>]>,
        after: Box<[Arc<AfterHook>]>,
    ) -> Entry {
        let slow = own.slow.unwrap_or(false);
        let most = general.limits.content;
        let content_limit = own.content_limit.unwrap_or(most);
        Entry {
            // What is over the general limit is never all there before it is allowed.
            is_bare: !slow && before.is_empty() && after.is_empty() && content_limit >= most,
            kind,
            slow,
            content_limit,
            content_deadline: own.content_deadline,
            handler_deadline: own.handler_deadline.unwrap_or(general.deadlines.handler),
            weight: Arc::new(Weight::new()),
            before,
            after,
        }
    }
}

impl Shared {
    /// # Errors
    /// The first route that can't be served.
    pub(crate) fn new(app: App) -> Result<Shared, RouteError> {
        let after = |inner: &[Arc<AfterHook>]| inner.iter().chain(&app.after).cloned().collect();
        let before = |inner: &[Arc<BeforeHook>]| app.before.iter().chain(inner).cloned().collect();
        let entries = app.routes.iter().map(|route| {
            let kind = route.endpoint.kind.clone();
            Entry::new(
                kind,
                route.endpoint.settings,
                &app.own.settings,
                before(&route.before),
                after(&route.after),
            )
        });
        let entries: Vec<Entry> = entries.collect();
        let goal = |endpoint| {
            let Entry { kind, weight, is_bare, .. } = &entries[endpoint as usize];
            Goal::new(endpoint, kind, weight, *is_bare)
        };
        let mut router = router(&app.routes, goal)?;
        // Never called: what is to be done depends on why there is no route.
        let nothing = Kind::Sync(Arc::new(|_: &Request<'_>, _: &mut Response<'_>| {}));
        let fallback = Entry::new(
            nothing,
            RouteSettings::default(),
            &app.own.settings,
            before(&[]),
            after(&[]),
        );
        let mut pipeline = pipeline_settings(&app);
        pipeline.content_of_some =
            entries.iter().map(|entry| entry.content_limit).max().unwrap_or_default();
        let has_handler_deadline = entries.iter().any(|entry| entry.handler_deadline.is_some());
        let context = Arc::new(Context { states: app.states, patterns: router.take_patterns() });
        Ok(Shared {
            router,
            entries,
            fallback,
            not_found: app.own.not_found,
            errors: app.errors,
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
        !entry.after.is_empty() || !self.errors.is_empty() || self.not_found.is_some()
    }

    /// Answers what no route is for.
    pub(crate) fn answer_missing(
        &self,
        request: Option<&Request<'_>>,
        response: &mut Response<'_>,
    ) {
        if let (Some(Endpoint { kind: Kind::Sync(handler), .. }), Some(request)) =
            (&self.not_found, request)
        {
            response.set_status(Status::NOT_FOUND);
            handler(request, response);
            // One that says again that there is nothing gets the answer below.
            if !response.take_missing() {
                return;
            }
        }
        plain(response, Status::NOT_FOUND);
    }

    /// Answers what a handler failed with. What is logged depends on what that leads to.
    pub(crate) fn answer_error(
        &self,
        error: &Error,
        request: Option<&Request<'_>>,
        response: &mut Response<'_>,
    ) {
        response.reset();
        response.set_status(error.status());
        let handler = self.errors.iter().find(|handler| error.is(handler.of));
        if let (Some(handler), Some(request)) = (handler, request) {
            return (handler.answer)(error, request, response);
        }
        if self.settings.debug || error.status().as_u16() < 500 {
            response.text(&error.to_string());
        } else {
            plain(response, error.status());
        }
    }

    /// Answers a request whose handler panicked.
    pub(crate) fn answer_panic(&self, what: &str, response: &mut Response<'_>) {
        response.reset();
        if self.settings.debug {
            response.set_status(Status::INTERNAL_SERVER_ERROR).text(what);
        } else {
            plain(response, Status::INTERNAL_SERVER_ERROR);
        }
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
