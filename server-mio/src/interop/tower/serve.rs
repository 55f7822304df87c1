//! A service alone.

use std::io;
use std::net::TcpListener;
use std::thread::available_parallelism;

use http_body::Body;
use tower_service::Service;

use super::{BoxError, RequestBody};
use crate::{App, Endpoint, Exit, Server};

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
/// How much content a request may have is the service's to say, as axum's `DefaultBodyLimit` does: it arrives while it is
/// read, and what is not read is not taken. Other bounds are those of [`Limits::DEFAULT`](crate::Limits::DEFAULT) and
/// [`Deadlines::DEFAULT`](crate::Deadlines::DEFAULT). Settings are those of an [`App`]:
/// `App::of_service(router).limits(..).bind(..)`, where [`Limits::content`](crate::Limits::content) holds.
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
    let mut app = application(service).workers(available_parallelism()?.get());
    app.own.settings.ambient.adopt();
    Server::from_listener(app, listener)?.run_until_signal()
}

/// A service that is alone, and that says itself how much content it takes.
fn application<S, B>(service: S) -> App
where
    S: Service<http::Request<RequestBody>, Response = http::Response<B>> + Clone,
    S: Send + 'static,
    S::Error: Into<BoxError> + 'static,
    B: Body + 'static,
    B::Error: Into<BoxError> + 'static,
{
    App::of_mounted(Endpoint::of_service(service).content_limit(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Bytes, Limits, RequestError, TestClient};
    use http_body_util::{BodyExt, Full};
    use tower::service_fn;

    async fn count(
        request: http::Request<RequestBody>,
    ) -> Result<http::Response<Full<Bytes>>, RequestError> {
        let content = request.into_body().collect().await?.to_bytes();
        Ok(http::Response::new(content.len().to_string().into()))
    }

    #[test]
    fn how_much_content_is_taken_is_the_services_to_say() {
        let content = vec![b'x'; Limits::DEFAULT.content as usize + 1];
        for (app, status) in
            [(application(service_fn(count)), 200), (App::of_service(service_fn(count)), 413)]
        {
            let mut client = TestClient::new(app);
            let answer = client.post("/").content("x/y", content.clone()).send();
            assert_eq!(answer.status().as_u16(), status);
            assert!(status != 200 || answer.text() == content.len().to_string());
        }
    }
}
