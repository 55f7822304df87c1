//! What applications of these tests are made of here: services, in each of which is a handler.

use std::io;
use std::net::ToSocketAddrs;
use std::time::Duration;

use rajada_mio::{
    BlockingOverflow, Deadlines, Hook, HookShape, Limits, Locals, OnError, PreparedApp, Request,
    Response, RouteError, Server, Synchronous,
};

pub(crate) use crate::content::ContentStream;
pub(crate) use crate::handler::{Handler, Shape};

/// Whether a service of tower is between the server and a handler.
pub(crate) const IS_MOUNTED: bool = true;

/// An application whose handlers are mounted as services.
pub(crate) struct App(rajada_mio::App);

impl From<App> for rajada_mio::App {
    fn from(app: App) -> rajada_mio::App {
        app.0
    }
}

/// A handler that is mounted.
pub(crate) struct Endpoint(pub(crate) rajada_mio::Endpoint);

impl Endpoint {
    pub(crate) fn new<H: Handler<S>, S: Shape<H>>(handler: H) -> Endpoint {
        Endpoint(handler.mount())
    }

    pub(crate) fn slow(self, slow: bool) -> Endpoint {
        Endpoint(self.0.slow(slow))
    }

    pub(crate) fn content_limit(self, octets: u64) -> Endpoint {
        Endpoint(self.0.content_limit(octets))
    }

    pub(crate) fn content_window(self, octets: usize) -> Endpoint {
        Endpoint(self.0.content_window(octets))
    }
}

/// Routes.
impl App {
    pub(crate) fn new() -> App {
        App(rajada_mio::App::new())
    }

    pub(crate) fn get<H: Handler<S>, S: Shape<H>>(self, pattern: &str, handler: H) -> App {
        App(self.0.get(pattern, handler.mount()))
    }

    pub(crate) fn post<H: Handler<S>, S: Shape<H>>(self, pattern: &str, handler: H) -> App {
        App(self.0.post(pattern, handler.mount()))
    }

    pub(crate) fn put<H: Handler<S>, S: Shape<H>>(self, pattern: &str, handler: H) -> App {
        App(self.0.put(pattern, handler.mount()))
    }

    pub(crate) fn route<'m, H: Handler<S>, S: Shape<H>>(
        self,
        methods: impl IntoIterator<Item = &'m str>,
        pattern: &str,
        handler: H,
    ) -> App {
        App(self.0.route(methods, pattern, handler.mount()))
    }
}

/// What stands around them.
impl App {
    pub(crate) fn before<H: Hook<S>, S: HookShape<H>>(self, hook: H) -> App {
        App(self.0.before(hook))
    }

    pub(crate) fn after(
        self,
        hook: impl Fn(&Request<'_>, &mut Response<'_>) + Send + Sync + 'static,
    ) -> App {
        App(self.0.after(hook))
    }

    pub(crate) fn on_error<E: std::error::Error + Send + Sync + 'static, S>(
        self,
        handler: impl OnError<E, S>,
    ) -> App {
        App(self.0.on_error(handler))
    }

    pub(crate) fn not_found<H, S>(self, handler: H) -> App
    where
        H: rajada_mio::Handler<S>,
        S: rajada_mio::Shape<H> + Synchronous,
    {
        App(self.0.not_found(handler))
    }

    pub(crate) fn on_start(self, hook: impl Fn(&mut Locals) + Send + Sync + 'static) -> App {
        App(self.0.on_start(hook))
    }

    pub(crate) fn on_stop(self, hook: impl Fn(&mut Locals) + Send + Sync + 'static) -> App {
        App(self.0.on_stop(hook))
    }
}

/// How they are served.
impl App {
    pub(crate) fn limits(self, limits: Limits) -> App {
        App(self.0.limits(limits))
    }

    pub(crate) fn deadlines(self, deadlines: Deadlines) -> App {
        App(self.0.deadlines(deadlines))
    }

    pub(crate) fn workers(self, workers: usize) -> App {
        App(self.0.workers(workers))
    }

    pub(crate) fn flush_after(self, age: Option<Duration>) -> App {
        App(self.0.flush_after(age))
    }

    pub(crate) fn unsafe_in_parallel(self, on: bool) -> App {
        App(self.0.unsafe_in_parallel(on))
    }

    pub(crate) fn grace(self, grace: Duration) -> App {
        App(self.0.grace(grace))
    }

    pub(crate) fn blocking_threads(self, threads: usize) -> App {
        App(self.0.blocking_threads(threads))
    }

    pub(crate) fn blocking_overflow(self, overflow: BlockingOverflow) -> App {
        App(self.0.blocking_overflow(overflow))
    }

    pub(crate) fn prepare(self) -> Result<PreparedApp, RouteError> {
        self.0.prepare()
    }

    pub(crate) fn bind(self, address: impl ToSocketAddrs) -> io::Result<Server> {
        self.0.bind(address)
    }
}
