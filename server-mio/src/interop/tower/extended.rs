//! A service whose requests have more extensions.

use std::task::{Context, Poll};

use tower_service::Service;

use crate::OwnedRequest;

/// A service before whose calls `extend` puts more into the extensions of the request, by what ours tells: what services
/// written for other servers look for. With axum, the peer:
///
/// ```text
/// let router = axum::Router::new().route("/", get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.to_string()));
/// let service = rajada_mio::with_extensions(router, |request, extensions| {
///     if let Some(peer) = request.peer().socket_address() {
///         extensions.insert(ConnectInfo(peer));
///     }
/// });
/// rajada_mio::serve(listener, service)
/// ```
#[doc(alias("ConnectInfo", "into_make_service_with_connect_info"))]
pub fn with_extensions<S, F>(service: S, extend: F) -> Extended<S, F>
where
    F: Fn(&OwnedRequest, &mut http::Extensions),
{
    Extended { service, extend }
}

/// What [`with_extensions`] makes.
#[derive(Debug, Clone)]
pub struct Extended<S, F> {
    service: S,
    extend: F,
}

impl<S, F, B> Service<http::Request<B>> for Extended<S, F>
where
    S: Service<http::Request<B>>,
    F: Fn(&OwnedRequest, &mut http::Extensions),
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, mut request: http::Request<B>) -> S::Future {
        if let Some(own) = request.extensions().get::<OwnedRequest>().cloned() {
            (self.extend)(&own, request.extensions_mut());
        }
        self.service.call(request)
    }
}
