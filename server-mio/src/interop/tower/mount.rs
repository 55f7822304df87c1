//! Services where handlers are.

use std::sync::{Arc, Mutex, PoisonError};

use http_body::Body;
use tower_service::Service;

use super::service::Mount;
use super::{BoxError, RequestBody};
use crate::handler::Kind;
use crate::{App, Endpoint};

/// A service, of which requests get clones. Whoever panics while it is cloned has harmed nobody else.
pub(super) struct Prototype<S>(Mutex<S>);

impl<S: Clone> Prototype<S> {
    pub(super) fn new(service: S) -> Prototype<S> {
        Prototype(Mutex::new(service))
    }

    pub(super) fn make(&self) -> S {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Services of tower.
impl Endpoint {
    /// A service as a handler, to add settings to: see [`App::service`].
    ///
    /// ```
    /// # use rajada_mio::RequestBody;
    /// use rajada_mio::{App, Endpoint};
    ///
    /// # fn it<S>(router: S) -> App
    /// # where
    /// #     S: tower_service::Service<http::Request<RequestBody>, Response = http::Response<RequestBody>>,
    /// #     S: Clone + Send + 'static,
    /// #     S::Error: core::error::Error + Send + Sync + 'static,
    /// # {
    /// App::new().any("/upload", Endpoint::of_service(router).content_limit(1 << 30))
    /// # }
    /// ```
    pub fn of_service<S, B>(service: S) -> Endpoint
    where
        S: Service<http::Request<RequestBody>, Response = http::Response<B>> + Clone,
        S: Send + 'static,
        S::Error: Into<BoxError> + 'static,
        B: Body + 'static,
        B::Error: Into<BoxError> + 'static,
    {
        let prototype = Prototype::new(service);
        Endpoint::of_services(move || prototype.make())
    }

    /// The same for services that can't be cloned or must not cross threads: `make` is called on a worker's thread whenever
    /// it has no service at hand. Each answers one request at a time, and others after that. What they share is found by
    /// `make`, as in [`local`](crate::local).
    pub fn of_services<S, B>(make: impl Fn() -> S + Send + Sync + 'static) -> Endpoint
    where
        S: Service<http::Request<RequestBody>, Response = http::Response<B>> + 'static,
        S::Error: Into<BoxError> + 'static,
        B: Body + 'static,
        B::Error: Into<BoxError> + 'static,
    {
        Endpoint::of(Kind::Async(Arc::new(Arc::new(Mount(make)))))
    }
}

/// Services of tower.
impl<M> App<M> {
    /// A service that answers every method of a pattern that has no handler of its own, `TRACE` included: an application of
    /// axum, say. It gets the target as it was sent, with all that is in front of its part.
    ///
    /// ```
    /// # use rajada_mio::RequestBody;
    /// use rajada_mio::{App, Request};
    ///
    /// # fn it<S>(router: S) -> App
    /// # where
    /// #     S: tower_service::Service<http::Request<RequestBody>, Response = http::Response<RequestBody>>,
    /// #     S: Clone + Send + 'static,
    /// #     S::Error: core::error::Error + Send + Sync + 'static,
    /// # {
    /// App::new().get("/hello", |_: &Request| "Hello world!").service("/api/{**rest}", router)
    /// # }
    /// ```
    ///
    /// # What a service gets
    ///
    /// Content that arrives while it reads it ([`RequestBody`]), on whatever thread; how much a route takes is its
    /// [limit](Endpoint::content_limit). Extensions that
    /// have the [`OwnedRequest`](crate::OwnedRequest), which tells the peer, the pattern, and what hooks have attached, and
    /// what they have attached as [`http::Extensions`]; [`with_extensions`](crate::with_extensions) puts there what a service
    /// looks for, such as axum's `ConnectInfo`. What the crate `http` can't hold is answered with 400, as is a path that can't
    /// be decoded, unless the service is [alone](App::of_service).
    ///
    /// # What it gives
    ///
    /// An answer whose content leaves as it comes. `Content-Length` is taken as its length, `Connection: close` closes;
    /// `Date`, `Transfer-Encoding` and what else is between two neighbours is the server's. An answer to `HEAD` tells the length
    /// that its fields or its content tell. An error is answered by the application's error handlers, or else with 500. An
    /// interim status is none: what upgrades a connection, such as axum's `WebSocketUpgrade`, needs a type that hyper alone
    /// makes.
    ///
    /// # Where it runs
    ///
    /// On the worker that the request came to, which has clones of it: one is awaited until it is ready, and then called.
    /// Its future need not be `Send`. What needs a tokio runtime has that of `App::tokio`, in calls, polls and drops.
    #[doc(alias("axum", "tower", "nest_service", "route_service", "fallback_service"))]
    pub fn service<S, B>(self, pattern: &str, service: S) -> Self
    where
        S: Service<http::Request<RequestBody>, Response = http::Response<B>> + Clone,
        S: Send + 'static,
        S::Error: Into<BoxError> + 'static,
        B: Body + 'static,
        B::Error: Into<BoxError> + 'static,
    {
        self.mount(pattern, Endpoint::of_service(service))
    }

    fn mount(mut self, pattern: &str, endpoint: Endpoint) -> Self {
        self.declare(Some(vec!["TRACE".to_owned()]), pattern, endpoint.clone());
        self.declare(None, pattern, endpoint);
        self
    }
}

impl App {
    /// An application that is a service, and nothing else: it gets every request, those for `*` included. Where nothing is
    /// around it, nobody but the service looks at the target: a path that can't be decoded, such as `/a%zz`, is its own to
    /// refuse. (Its [`OwnedRequest`](crate::OwnedRequest) has that path as it stands, and no parameter of it.)
    pub fn of_service<S, B>(service: S) -> App
    where
        S: Service<http::Request<RequestBody>, Response = http::Response<B>> + Clone,
        S: Send + 'static,
        S::Error: Into<BoxError> + 'static,
        B: Body + 'static,
        B::Error: Into<BoxError> + 'static,
    {
        App::of_mounted(Endpoint::of_service(service))
    }

    /// The same of a service with settings.
    pub(super) fn of_mounted(endpoint: Endpoint) -> App {
        App::new().mount("*", endpoint.clone()).mount("/{**rest}", endpoint)
    }

    /// Services of this application look for no extensions of the server's: not for [`OwnedRequest`](crate::OwnedRequest),
    /// and not for what [`with_extensions`](crate::with_extensions) makes of it. Where a service answers alone, with no hooks
    /// around it, a request is then not kept for them, which is a good part of what it costs to call one that is quick.
    ///
    /// ```
    /// # use rajada_mio::RequestBody;
    /// use rajada_mio::App;
    ///
    /// # fn it<S>(router: S) -> App
    /// # where
    /// #     S: tower_service::Service<http::Request<RequestBody>, Response = http::Response<RequestBody>>,
    /// #     S: Clone + Send + 'static,
    /// #     S::Error: core::error::Error + Send + Sync + 'static,
    /// # {
    /// App::of_service(router).without_extensions()
    /// # }
    /// ```
    pub fn without_extensions(mut self) -> App {
        self.own.settings.lends = true;
        self
    }
}
