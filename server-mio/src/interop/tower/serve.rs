//! A service alone.

use std::io;
use std::net::TcpListener;
use std::thread::available_parallelism;

use http_body::Body;
use tower_service::Service;

use super::{BoxError, RequestBody};
use crate::{App, Exit, Server};

/// Serves a service, such as an application of axum, until SIGINT or SIGTERM: [`App::of_service`] with a worker for each
/// processor. With the feature `tokio`, in a tokio runtime, calls, polls and drops run inside that; it needs threads of its
/// own, since this blocks the one that it is called on.
///
/// ```text
/// #[tokio::main]
/// async fn main() -> std::io::Result<()> {
///     let router = axum::Router::new().route("/", axum::routing::get(|| async { "Hello world!" }));
///     let listener = std::net::TcpListener::bind("127.0.0.1:8080")?;
///     rajada_mio::serve(listener, router)?;
///     Ok(())
/// }
/// ```
///
/// Settings are those of an [`App`]: `App::of_service(router).limits(..).bind(..)`.
///
/// # Errors
/// As of [`Server::from_listener`] and [`Server::run_until_signal`].
#[doc(alias("axum::serve", "hyper"))]
pub fn serve<S, B>(listener: TcpListener, service: S) -> io::Result<Exit>
where
    S: Service<http::Request<RequestBody>, Response = http::Response<B>> + Clone,
    S: Send + 'static,
    S::Error: Into<BoxError> + 'static,
    B: Body + 'static,
    B::Error: Into<BoxError> + 'static,
{
    let mut app = App::of_service(service).workers(available_parallelism()?.get());
    app.own.settings.ambient.adopt();
    Server::from_listener(app, listener)?.run_until_signal()
}
