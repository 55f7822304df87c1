//! An application: routes, hooks, state and settings, put together before it serves.

#[cfg(not(feature = "tokio"))]
#[path = "ambient_none.rs"]
mod ambient;
#[cfg(feature = "tokio")]
#[path = "ambient_tokio.rs"]
mod ambient;
mod around;
mod call;
mod errors;
mod failure;
mod part;
#[cfg(feature = "json")]
mod problem;
mod replies;
mod room;
mod route_settings;
mod scope;
mod shared;
mod weight;

pub(crate) use ambient::Ambient;
pub(crate) use call::{Call, Goal};
pub use failure::Failure;
pub(crate) use part::AppSettings;
pub use part::{Nested, Served};
pub(crate) use replies::Replies;
pub(crate) use route_settings::RouteSettings;
pub(crate) use shared::{Entry, Shared, plain};
pub(crate) use weight::Weight;

use std::sync::Arc;
use std::time::Duration;

use rajada_parser::Level;
use scope::{Hooks, ScopeId};

use crate::handler::{Endpoint, Handler, Shape};
use crate::request::States;
use crate::runtime::Locals;
use crate::{
    BlockingOverflow, ContentType, Deadlines, Error, Limits, Request, Response, RouteError, Status,
};

/// An application.
///
/// ```no_run
/// use rajada_mio::{App, OwnedRequest, Request, Response};
///
/// App::new()
///     .get("/", |_: &Request| "Hello world!")
///     .get("/user/{id}", |req: &Request, res: &mut Response| res.text(req.param("id")))
///     .get("/async", |_: OwnedRequest| async { "Hello async!" })
///     .run("127.0.0.1:8080")?;
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// A pattern is a decoded path: `{name}` stands for one segment, `{*rest}` for all that follow, of which there is
/// something, and `{**rest}` for all that follow or nothing, so that `/{**rest}` has `/`, too. Routes without
/// parameters come first, and a trailing slash makes another path. The pattern `*` is no path but the target of
/// `OPTIONS *`, which asks about the server as a whole (RFC 9110 section 9.3.7); without such a route it is answered by
/// itself. `HEAD` is answered from `GET`, `OPTIONS` from the
/// methods that a route has, another method with 405.
#[must_use = "an application does nothing until it runs"]
pub struct App<M = Served> {
    routes: Vec<Declared>,
    /// Its own one first, then those of nested applications.
    scopes: Vec<Hooks>,
    errors: Vec<ErrorHandler>,
    states: States,
    start: Vec<Arc<WorkerHook>>,
    stop: Vec<Arc<WorkerHook>>,
    /// What one has that is served, or one that is nested.
    pub(crate) own: M,
}

/// Routes, with what is around them and what is set for them, that are put into an application by [`App::nest`].
///
/// It has what an [`App`] has but for what concerns a server as a whole, which does not compile here: [`App::limits`],
/// [`App::workers`], [`App::not_found`] and the like.
///
/// ```
/// use rajada_mio::{App, Request, Scope};
///
/// fn notes() -> Scope {
///     App::scope().content_limit(16 * 1024).post("", |req: &Request| req.text().map(str::to_owned))
/// }
///
/// App::new().nest("/notes", notes());
/// ```
#[doc(alias("blueprint", "sub-router", "mount"))]
pub type Scope = App<Nested>;

pub(crate) type AfterHook = dyn Fn(&Request<'_>, &mut Response<'_>) + Send + Sync;
pub(crate) type WorkerHook = dyn Fn(&mut Locals) + Send + Sync;
type ErrorFn = dyn Fn(&Error, &Request<'_>, &mut Response<'_>) + Send + Sync;

/// A route as it was written.
struct Declared {
    /// None: any.
    methods: Option<Vec<String>>,
    pattern: String,
    endpoint: Endpoint,
    /// The application that it was written in.
    scope: ScopeId,
}

/// What answers errors of one type.
#[derive(Clone)]
pub(crate) struct ErrorHandler {
    /// How far inside an error there is one of its type.
    pub(crate) depth: fn(&Error) -> Option<usize>,
    pub(crate) answer: Arc<ErrorFn>,
}

/// The content of answers that are made below the application.
struct Page {
    status: Status,
    content_type: ContentType,
    text: String,
}

impl App {
    /// An application without routes.
    pub fn new() -> App {
        App::empty(Served::default())
    }
}

impl Default for App {
    fn default() -> App {
        App::new()
    }
}

impl App<Nested> {
    /// A [`Scope`] without routes, for [`nest`](Self::nest).
    pub fn scope() -> Scope {
        App::empty(Nested::default())
    }
}

/// Routes.
impl<M> App<M> {
    /// A handler for `GET`, and `HEAD`, which gets the same answer without its content.
    pub fn get<H: Handler<S>, S: Shape<H>>(self, pattern: &str, handler: H) -> Self {
        self.route(["GET"], pattern, handler)
    }

    /// A handler for `POST`.
    pub fn post<H: Handler<S>, S: Shape<H>>(self, pattern: &str, handler: H) -> Self {
        self.route(["POST"], pattern, handler)
    }

    /// A handler for `PUT`.
    pub fn put<H: Handler<S>, S: Shape<H>>(self, pattern: &str, handler: H) -> Self {
        self.route(["PUT"], pattern, handler)
    }

    /// A handler for `DELETE`.
    pub fn delete<H: Handler<S>, S: Shape<H>>(self, pattern: &str, handler: H) -> Self {
        self.route(["DELETE"], pattern, handler)
    }

    /// A handler for `PATCH`.
    pub fn patch<H: Handler<S>, S: Shape<H>>(self, pattern: &str, handler: H) -> Self {
        self.route(["PATCH"], pattern, handler)
    }

    /// One handler for several methods, which may be extensions.
    ///
    /// ```
    /// use rajada_mio::{App, Request};
    ///
    /// App::new().route(["PUT", "PATCH", "REPORT"], "/item", |req: &Request| req.method().to_owned());
    /// ```
    #[doc(alias("method router", "head", "options"))]
    pub fn route<'m, H: Handler<S>, S: Shape<H>>(
        mut self,
        methods: impl IntoIterator<Item = &'m str>,
        pattern: &str,
        handler: H,
    ) -> Self {
        let methods = methods.into_iter().map(str::to_owned).collect();
        self.declare(Some(methods), pattern, S::endpoint(handler));
        self
    }

    /// A handler for every method that has none of its own, `TRACE` excepted, which reflects what it is sent: a route
    /// that is to have it names it (RFC 9110 section 9.3.8).
    ///
    /// ```
    /// use rajada_mio::{App, Request};
    ///
    /// let all = |req: &Request| format!("{} {}", req.method(), req.param("rest"));
    /// App::new().any("/{**rest}", all).route(["TRACE"], "/{**rest}", all).any("*", |_: &Request| "everything");
    /// ```
    #[doc(alias = "all methods")]
    pub fn any<H: Handler<S>, S: Shape<H>>(mut self, pattern: &str, handler: H) -> Self {
        self.declare(None, pattern, S::endpoint(handler));
        self
    }

    /// Puts the routes of another application under a prefix, together with its hooks, which see what is below it
    /// only: these routes, and whatever no route is for.
    /// Its states, error handlers and worker hooks join ours.
    ///
    /// The prefix is simply put in front, whole segments of it before whole segments: it is empty or begins with `/`, and
    /// does not end with it, and what is below it is empty or begins with `/`. So `/` below `/api` is `/api/`, and an empty
    /// pattern is `/api`. These are two paths, and nothing leads from one to the other unless a route does: with `/` alone,
    /// `/api` is answered with 404. A page whose links are relative is one with its slash, and
    /// `.any("", |_: &Request| Redirect::permanent("api/"))` leads there.
    ///
    /// ```
    /// use rajada_mio::{App, Request, Response, Status};
    ///
    /// let api = App::scope()
    ///     .get("", |_: &Request| "the API")
    ///     .get("/items/{id}", |req: &Request, res: &mut Response| res.text(req.param("id")))
    ///     .before(|req: &mut Request, res: &mut Response| {
    ///         if req.header("authorization").is_none() {
    ///             res.set_status(Status::UNAUTHORIZED).header("WWW-Authenticate", "Basic realm=\"api\"").empty();
    ///         }
    ///     });
    /// App::new().get("/", |_: &Request| "open to all").nest("/api", api);
    /// ```
    #[doc(alias("scope", "mount", "sub-router", "prefix", "merge"))]
    pub fn nest(mut self, prefix: &str, inner: Scope) -> Self {
        let first = scope::nest(&mut self.scopes, inner.scopes, prefix, inner.own.routes);
        for mut route in inner.routes {
            route.pattern.insert_str(0, prefix);
            route.endpoint.settings = route.endpoint.settings.within(inner.own.routes);
            route.scope += first;
            self.routes.push(route);
        }
        self.errors.extend(inner.errors);
        self.states.join(inner.states);
        self.start.extend(inner.start);
        self.stop.extend(inner.stop);
        self
    }

    fn empty(own: M) -> App<M> {
        App {
            routes: Vec::new(),
            scopes: vec![Hooks::default()],
            errors: Vec::new(),
            states: States::default(),
            start: Vec::new(),
            stop: Vec::new(),
            own,
        }
    }

    pub(crate) fn declare(
        &mut self,
        methods: Option<Vec<String>>,
        pattern: &str,
        endpoint: Endpoint,
    ) {
        let pattern = pattern.to_owned();
        self.routes.push(Declared { methods, pattern, endpoint, scope: 0 });
    }

    /// Its own hooks.
    fn hooks(&mut self) -> &mut Hooks {
        &mut self.scopes[0]
    }
}

/// What handlers share, and what workers have.
impl<M> App<M> {
    /// A value that all handlers share, found by its type with [`Request::state`]. A later value of the same type
    /// replaces an earlier one.
    ///
    /// ```
    /// use rajada_mio::{App, Request};
    /// use std::sync::atomic::{AtomicU64, Ordering};
    ///
    /// App::new().state(AtomicU64::new(0)).get("/visits", |req: &Request| {
    ///     req.state::<AtomicU64>().fetch_add(1, Ordering::Relaxed).to_string()
    /// });
    /// ```
    #[doc(alias("with_state", "Data", "dependency injection", "database pool", "shared state"))]
    pub fn state<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        self.states.insert(value);
        self
    }

    /// A hook that runs on each worker's thread before it serves, for what must not cross threads: see [`Locals`].
    #[doc(alias("startup", "thread local"))]
    pub fn on_start(mut self, hook: impl Fn(&mut Locals) + Send + Sync + 'static) -> Self {
        self.start.push(Arc::new(hook));
        self
    }

    /// A hook that runs on each worker's thread after it has served.
    ///
    /// ```
    /// use rajada_mio::App;
    /// use std::rc::Rc;
    ///
    /// struct Pool;
    ///
    /// App::new().on_start(|locals| locals.insert(Rc::new(Pool))).on_stop(|locals| {
    ///     let pool = locals.remove::<Rc<Pool>>();
    ///     println!("closing {} connections", pool.map_or(0, |pool| Rc::strong_count(&pool)));
    /// });
    /// ```
    #[doc(alias = "shutdown hook")]
    pub fn on_stop(mut self, hook: impl Fn(&mut Locals) + Send + Sync + 'static) -> Self {
        self.stop.push(Arc::new(hook));
        self
    }
}

/// Settings.
impl App {
    /// Bounds on what a peer may send and leave unread.
    #[doc(alias("body limit", "max_body_size"))]
    pub fn limits(mut self, limits: Limits) -> App {
        self.own.settings.limits = limits;
        self
    }

    /// How long a peer may take.
    #[doc(alias = "timeouts")]
    pub fn deadlines(mut self, deadlines: Deadlines) -> App {
        self.own.settings.deadlines = deadlines;
        self
    }

    /// How many threads serve, each with its own listener, connections and handlers; 1 unless it is set. From 1 to
    /// 1,024: another number is refused when the application is to listen.
    #[doc(alias("threads", "worker_threads"))]
    pub fn workers(mut self, workers: usize) -> App {
        self.own.settings.workers = workers;
        self
    }

    /// The best instruction set to parse with; the best that the CPU has unless it is set.
    pub fn max_level(mut self, level: Level) -> App {
        self.own.settings.level = level;
        self
    }

    /// How old a ready answer may become while other requests of the same burst are handled, before it is sent
    /// alone; 1 ms unless it is set. `None`: a burst is always answered in one write.
    ///
    /// It is looked at between handlers, behind each that is slow or was never called before. Behind quick ones it is
    /// looked at seldom, so that one that suddenly becomes slow is noticed behind 32 calls at the most.
    pub fn flush_after(mut self, age: Option<Duration>) -> App {
        self.own.settings.flush_after = age;
        self
    }

    /// Whether handlers of one connection are at work beside each other whatever the methods of their requests; off
    /// unless it is set. Only requests by safe methods may be processed in parallel: `GET`, `HEAD`, `OPTIONS`, `TRACE` and
    /// `QUERY` (RFC 9112 section 9.3.2). So a handler for any other is called when every request in front of it on its
    /// connection is answered, and what is behind it waits, unread, until it is: a `GET` sees what the `PUT` in front
    /// of it has changed. Answers keep the order of their requests either way.
    ///
    /// Switch it on if nothing depends on that order, or clients don't pipeline what does.
    pub fn unsafe_in_parallel(mut self, on: bool) -> App {
        self.own.settings.unsafe_in_parallel = on;
        self
    }

    /// How long busy connections may go on when the server is told to stop; 10 s unless it is set, and thirty years at
    /// the most.
    #[doc(alias("graceful shutdown", "shutdown_timeout"))]
    pub fn grace(mut self, grace: Duration) -> App {
        self.own.settings.grace = grace;
        self
    }

    /// How many threads [`spawn_blocking`](crate::spawn_blocking) may use; 32 unless it is set, and 1 at the
    /// least. They are begun as there is work for them, and beyond that it waits, within
    /// [`Limits::blocking_queue`].
    #[doc(alias = "thread pool")]
    pub fn blocking_threads(mut self, threads: usize) -> App {
        self.own.settings.blocking_threads = threads;
        self
    }

    /// What becomes of work for [`spawn_blocking`](crate::spawn_blocking) when [`Limits::blocking_queue`] jobs wait
    /// already; it is refused unless this is set, and handlers that pass the error on are answered with 503.
    ///
    /// ```
    /// use rajada_mio::{App, BlockingOverflow, Limits};
    ///
    /// App::new()
    ///     .blocking_threads(4)
    ///     .limits(Limits { blocking_queue: 16, ..Limits::DEFAULT })
    ///     .blocking_overflow(BlockingOverflow::Wait);
    /// ```
    pub fn blocking_overflow(mut self, overflow: BlockingOverflow) -> App {
        self.own.settings.blocking_overflow = overflow;
        self
    }

    /// Shows the details of errors and panics to the client: for development only.
    #[doc(alias = "development mode")]
    pub fn debug(mut self, debug: bool) -> App {
        self.own.settings.debug = debug;
        self
    }
}

/// From declaration to service.
impl App {
    /// Whether all routes can be served, and something can be below each prefix.
    ///
    /// # Errors
    /// The first one that can't.
    pub fn check(&self) -> Result<(), RouteError> {
        shared::router(&self.routes, |_| ())?;
        self.check_scopes()
    }

    fn check_scopes(&self) -> Result<(), RouteError> {
        let routes = self.routes.iter().map(|route| (&*route.pattern, route.scope));
        scope::check(&self.scopes, routes)
    }

    /// Puts the application together, for [drivers](crate::driver::Driver) to serve.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn prepare(self) -> Result<PreparedApp, RouteError> {
        let scopes = self.check_scopes();
        let shared = Shared::new(self)?;
        scopes?;
        Ok(PreparedApp { shared: Arc::new(shared) })
    }
}

/// An application that was put together: what workers share. Clones are the same application.
#[derive(Clone)]
pub struct PreparedApp {
    shared: Arc<Shared>,
}

impl PreparedApp {
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }
}

impl core::fmt::Debug for PreparedApp {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("PreparedApp").finish_non_exhaustive()
    }
}

impl<M> core::fmt::Debug for App<M> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let routes = self.routes.iter().map(|route| &route.pattern);
        f.debug_struct("App").field("routes", &routes.collect::<Vec<_>>()).finish_non_exhaustive()
    }
}
