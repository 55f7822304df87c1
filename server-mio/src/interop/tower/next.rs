//! What is behind a layer: further hooks, and the handler.

use std::any::Any;
use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::{Buf, Bytes, BytesMut};
use http::request::Parts;
use http_body::Body;
use tower_service::Service;

use super::{AnswerBody, BoxError, RequestBody};
use crate::{Error, Next, OwnedRequest, OwnedResponse, Status};

/// The service that a [layer](crate::App::layer) is put around: whatever is behind it, for each request what was in front
/// of it when it came. So it answers only requests whose extensions are those that the layer was given.
#[derive(Debug, Clone)]
pub struct NextService {
    _made_by_the_server_alone: (),
}

/// What is behind a layer for the request that has it.
#[derive(Clone)]
struct Behind(Next);

impl NextService {
    pub(super) fn new() -> NextService {
        NextService { _made_by_the_server_alone: () }
    }

    /// Has a request answered by `next`.
    pub(super) fn lead(extensions: &mut http::Extensions, next: Next) {
        extensions.insert(Behind(next));
    }
}

impl<B> Service<http::Request<B>> for NextService
where
    B: Body + 'static,
    B::Error: Into<BoxError> + 'static,
{
    type Response = http::Response<AnswerBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<AnswerBody>, Infallible>>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        Box::pin(async move { Ok(shown(run(request).await.unwrap_or_else(OwnedResponse::from))) })
    }
}

/// Runs what is behind a layer.
async fn run<B>(request: http::Request<B>) -> Result<OwnedResponse, Error>
where
    B: Body + 'static,
    B::Error: Into<BoxError> + 'static,
{
    let (mut parts, body) = request.into_parts();
    let behind = parts.extensions.remove::<Behind>();
    let own = parts.extensions.remove::<OwnedRequest>();
    let (Some(Behind(next)), Some(mut own)) = (behind, own) else {
        let why = "a layer has made a request without the extensions of the one that it was given";
        return Err(Error::message(Status::INTERNAL_SERVER_ERROR, why));
    };
    let mut body = Some(body);
    let any: &dyn Any = &body;
    let is_unread = match any.downcast_ref::<Option<RequestBody>>() {
        Some(Some(body)) => body.is_unread(),
        _ => false,
    };
    if is_unread && is_same(&own, &parts) {
        if !parts.extensions.is_empty() {
            own.extend(parts.extensions);
        }
        return Ok(next.run(own).await);
    }
    let content = match body.take() {
        Some(body) => collected(body).await?,
        None => Bytes::new(),
    };
    let changed = own.with_http(http::Request::from_parts(parts, content))?;
    Ok(next.run(changed).await)
}

/// Whether a head is that of the request that it came from.
fn is_same(own: &OwnedRequest, parts: &Parts) -> bool {
    let has = |name: &[u8], value: &[u8]| {
        let name = core::str::from_utf8(name).unwrap_or_default();
        parts.headers.get_all(name).iter().any(|other| other.as_bytes() == value)
    };
    let fields = own.headers();
    parts.method.as_str() == own.method()
        && parts.uri == *own.target()
        && fields.len() == parts.headers.len()
        && fields.iter().all(|field| has(field.name, field.value))
}

/// All of the content that a layer hands on.
async fn collected<B>(body: B) -> Result<Bytes, Error>
where
    B: Body,
    B::Error: Into<BoxError> + 'static,
{
    let mut body = pin!(body);
    let (mut first, mut all) = (None::<Bytes>, BytesMut::new());
    while let Some(frame) = std::future::poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
        let frame = frame.map_err(|error| Error::from(error.into()))?;
        let Ok(mut data) = frame.into_data() else { continue };
        let piece = data.copy_to_bytes(data.remaining());
        match &first {
            None => first = Some(piece),
            Some(_) => {
                all.extend_from_slice(first.replace(Bytes::new()).as_deref().unwrap_or_default());
                all.extend_from_slice(&piece);
            }
        }
    }
    Ok(if all.is_empty() { first.unwrap_or_default() } else { all.freeze() })
}

/// An answer as layers see it.
fn shown(mut answer: OwnedResponse) -> http::Response<AnswerBody> {
    let told = answer.take_told();
    let (status, answer) = (answer.status(), answer.into_http());
    match answer {
        Ok(answer) => answer.map(|content| AnswerBody::new(content, told)),
        Err(_) => {
            let mut failed = http::Response::new(AnswerBody::new(crate::Body::Empty, told));
            *failed.status_mut() = status.into();
            failed
        }
    }
}
