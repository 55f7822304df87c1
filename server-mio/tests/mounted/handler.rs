//! Handlers of every shape as services.

use std::fmt;
use std::future::{Future, ready};
use std::sync::Arc;

use http::request::Parts;
use http_body_util::BodyExt;
use rajada_mio::{
    Error, IntoResponse, Outcome, OwnedRequest, OwnedResponse, Request, RequestBody, Response,
    Status,
};
use tower::service_fn;

use crate::content::{Content, ContentStream};
use crate::world::Endpoint;

/// What is mounted: a function of one of the shapes that [`rajada_mio::Handler`] has.
pub(crate) trait Handler<Shape> {
    fn mount(self) -> rajada_mio::Endpoint;
}

/// Any shape; the name that tests know.
pub(crate) trait Shape<H> {}

impl<H, S> Shape<H> for S {}

pub(crate) enum Returns {}
pub(crate) enum Writes {}
pub(crate) enum Awaits {}
pub(crate) enum Streams {}

impl Handler<Endpoint> for Endpoint {
    fn mount(self) -> rajada_mio::Endpoint {
        self.0
    }
}

impl<F, R> Handler<(Returns, R)> for F
where
    F: Fn(&Request<'_>) -> R + Send + Sync + 'static,
    R: IntoResponse,
{
    fn mount(self) -> rajada_mio::Endpoint {
        mounted_whole(move |request| ready(OwnedResponse::of(self(&request.as_request()))))
    }
}

impl<F, O> Handler<(Writes, O)> for F
where
    F: Fn(&Request<'_>, &mut Response<'_>) -> O + Send + Sync + 'static,
    O: Outcome,
{
    fn mount(self) -> rajada_mio::Endpoint {
        mounted_whole(move |request| {
            let write = |response: &mut Response<'_>| {
                if let Err(error) = self(&request.as_request(), response).into_result() {
                    response.fail(error);
                }
            };
            ready(OwnedResponse::of(Written(write)))
        })
    }
}

impl<F, U> Handler<(Awaits, U)> for F
where
    F: Fn(OwnedRequest) -> U + Send + Sync + 'static,
    U: Future + 'static,
    U::Output: IntoResponse,
{
    fn mount(self) -> rajada_mio::Endpoint {
        mounted_whole(move |request| {
            let answer = self(request);
            async move { OwnedResponse::of(answer.await) }
        })
    }
}

impl<F, U> Handler<(Streams, U)> for F
where
    F: Fn(OwnedRequest, ContentStream) -> U + Send + Sync + 'static,
    U: Future + 'static,
    U::Output: IntoResponse,
{
    fn mount(self) -> rajada_mio::Endpoint {
        mounted(move |request, _, body| {
            let answer = self(request, ContentStream::new(body));
            async move { Ok(OwnedResponse::of(answer.await)) }
        })
    }
}

/// What writes an answer.
struct Written<W>(W);

impl<W: FnOnce(&mut Response<'_>)> IntoResponse for Written<W> {
    fn into_response(self, response: &mut Response<'_>) {
        (self.0)(response);
    }
}

/// A service that has its request answered once all of its content is there.
fn mounted_whole<F, U>(handler: F) -> rajada_mio::Endpoint
where
    F: Fn(OwnedRequest) -> U + Send + Sync + 'static,
    U: Future<Output = OwnedResponse> + 'static,
{
    let handler = Arc::new(handler);
    mounted(move |request, parts, body| {
        let handler = handler.clone();
        async move { Ok(handler(whole(request, parts, body).await?).await) }
    })
}

/// A service that has its request, as it came, and its content answered.
fn mounted<F, U>(handler: F) -> rajada_mio::Endpoint
where
    F: Fn(OwnedRequest, Parts, RequestBody) -> U + Send + Sync + 'static,
    U: Future<Output = Result<OwnedResponse, Error>> + 'static,
{
    let handler = Arc::new(handler);
    let service = service_fn(move |request: http::Request<RequestBody>| {
        let (parts, body) = request.into_parts();
        let own = parts.extensions.get::<OwnedRequest>().expect("the request itself").clone();
        let answer = handler(own, parts, body);
        async move { given(answer.await) }
    });
    rajada_mio::Endpoint::of_service(service)
}

/// A request with all of its content.
async fn whole(own: OwnedRequest, parts: Parts, body: RequestBody) -> Result<OwnedRequest, Error> {
    let octets = body.collect().await?.to_bytes();
    match octets.is_empty() {
        true => Ok(own),
        false => own.with_http(http::Request::from_parts(parts, octets)),
    }
}

/// An answer as one of a service. Only a service itself can give an error a status of its own.
fn given(answer: Result<OwnedResponse, Error>) -> Result<http::Response<Content>, Failed> {
    match answer.and_then(OwnedResponse::into_http) {
        Ok(answer) => Ok(answer.map(Content::new)),
        Err(error) if error.status() == Status::INTERNAL_SERVER_ERROR => Err(Failed(error)),
        Err(error) => {
            let answer = OwnedResponse::new(error.status()).text(error.to_string());
            answer.into_http().map(|answer| answer.map(Content::new)).map_err(Failed)
        }
    }
}

/// An error of a handler as one that a service may have.
#[derive(Debug)]
pub(crate) struct Failed(Error);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Failed {
        Failed(error)
    }
}

impl std::error::Error for Failed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.0.source())
    }
}
