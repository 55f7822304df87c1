//! Requests.

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, Uri};
use rajada_parser::Version;

use super::headers::made;
#[cfg(feature = "tower")]
use super::headers::slices;
use super::{Sent, Unrepresentable};
use crate::peer::Peer;
#[cfg(feature = "tower")]
use crate::request::Lent;
use crate::request::{Context, with_heads};
use crate::{Error, OwnedRequest, Status};

/// As requests of the crate `http`, and back.
impl OwnedRequest {
    /// The request with its content, as one of the crate `http`. Values of fields and content are slices of this request,
    /// which they keep.
    ///
    /// Its extensions have the request itself, as an `OwnedRequest`, which tells the peer, the route and what hooks have
    /// attached; and what they have attached as [`http::Extensions`].
    ///
    /// ```
    /// use rajada_mio::{App, Error, OwnedRequest};
    ///
    /// async fn echo(req: OwnedRequest) -> Result<String, Error> {
    ///     let request = req.to_http()?;
    ///     Ok(format!("{} {}, {} octets", request.method(), request.uri(), request.body().len()))
    /// }
    ///
    /// App::new().post("/echo", echo);
    /// ```
    ///
    /// # Errors
    /// [`Unrepresentable`], to be answered with 400;
    /// [`RequestError::Unread`](crate::RequestError::Unread) in a hook that has not [waited](Self::read_content) for
    /// content.
    pub fn to_http(&self) -> Result<http::Request<Bytes>, Error> {
        let content = self.content_bytes()?;
        let mut request = http::Request::new(content);
        receive(&mut request, self)?;
        request.extensions_mut().insert(self.clone());
        Ok(request)
    }

    /// This request with another head and other content, for what is behind a hook [around](crate::App::around): the route,
    /// its parameters, the peer and what is attached are those of this request, whatever the new target is. Its extensions
    /// are attached, as [`http::Extensions`].
    ///
    /// ```
    /// use rajada_mio::{App, Error, Next, OwnedRequest, OwnedResponse, Request};
    ///
    /// async fn as_json(mut req: OwnedRequest, next: Next) -> Result<OwnedResponse, Error> {
    ///     req.read_content().await?;
    ///     let mut request = req.to_http()?;
    ///     request.headers_mut().insert("content-type", http::HeaderValue::from_static("application/json"));
    ///     Ok(next.run(req.with_http(request)?).await)
    /// }
    ///
    /// App::new().around(as_json).post("/", |req: &Request| req.header("content-type").map(<[u8]>::to_vec));
    /// ```
    ///
    /// # Errors
    /// [`Unrepresentable`]: a version or a target that no request has.
    pub fn with_http(&self, request: http::Request<Bytes>) -> Result<OwnedRequest, Error> {
        let (mut parts, content) = request.into_parts();
        // It would keep itself.
        parts.extensions.remove::<OwnedRequest>();
        let changed = self.changed(&encode(&parts)?, parts.headers.len(), &content);
        let mut changed = changed.ok_or(Unrepresentable::Field)?;
        if !parts.extensions.is_empty() {
            changed.extend(parts.extensions);
        }
        Ok(changed)
    }
}

/// Gives a new request the head of one that a peer has sent. Its extensions are what hooks have attached, and not the
/// request itself. It is filled where it is: heads are large to move.
///
/// # Errors
/// [`Unrepresentable`], to be answered with 400.
pub(crate) fn receive<B>(new: &mut http::Request<B>, request: &OwnedRequest) -> Result<(), Error> {
    fill(new, request).map_err(|error| Error::with_status(Status::BAD_REQUEST, error))
}

fn fill<B>(new: &mut http::Request<B>, request: &OwnedRequest) -> Result<(), Unrepresentable> {
    let sent = request.sent();
    if !recall_same(new, (sent.peer, sent.context), sent.head) {
        make(new, request.method_and_version(), &sent, || {
            let head = request.head_bytes();
            made(sent.fields, |value| head.slice_ref(value))
        })?;
    }
    if let Some(attached) = request.extension::<http::Extensions>() {
        *new.extensions_mut() = attached.clone();
    }
    Ok(())
}

/// Gives a new request the head of one that is lent, as [`receive`] does. Its extensions are empty.
///
/// # Errors
/// As of [`receive`].
#[cfg(feature = "tower")]
#[inline(always)]
pub(crate) fn receive_lent<B>(new: &mut http::Request<B>, lent: &Lent<'_>) -> Result<(), Error> {
    match recall_same(new, (lent.peer, lent.context), lent.head.octets()) {
        true => Ok(()),
        false => receive_other(new, lent),
    }
}

/// The same where the head is not known as a whole.
#[cfg(feature = "tower")]
#[inline(never)]
fn receive_other<B>(new: &mut http::Request<B>, lent: &Lent<'_>) -> Result<(), Error> {
    let Lent { head, peer, context, .. } = *lent;
    let (target, fields) = (head.target(), head.fields());
    let sent = Sent { peer, context, head: head.octets(), target, fields };
    let line = (head.method(), head.version());
    make(new, line, &sent, || made(fields, slices(head.octets())))
        .map_err(|error| Error::with_status(Status::BAD_REQUEST, error))
}

/// Gives a new request a head that is known as a whole. False, if it is not.
#[inline]
fn recall_same<B>(new: &mut http::Request<B>, from: (&Peer, &Arc<Context>), head: &[u8]) -> bool {
    with_heads(|heads| heads.recall_same(new, from, head)).unwrap_or_default()
}

/// Gives a new request what is known of its head, and makes the rest: its fields by `fields`.
fn make<B>(
    new: &mut http::Request<B>,
    (method, version): (&[u8], Version),
    sent: &Sent<'_>,
    fields: impl FnOnce() -> Result<HeaderMap, Unrepresentable>,
) -> Result<(), Unrepresentable> {
    let known = with_heads(|heads| heads.recall(new, sent)).unwrap_or_default();
    *new.method_mut() = Method::from_bytes(method).map_err(|_| Unrepresentable::Method)?;
    *new.version_mut() = match version {
        Version::Http10 => http::Version::HTTP_10,
        _ => http::Version::HTTP_11,
    };
    if !known.target {
        *new.uri_mut() =
            Uri::try_from(sent.target).map_err(|why| Unrepresentable::Target(why.to_string()))?;
    }
    if !known.fields && !sent.fields.is_empty() {
        *new.headers_mut() = fields()?;
    }
    if known.is_same {
        with_heads(|heads| heads.keep(new, sent));
    }
    Ok(())
}

/// The octets of a head.
fn encode(parts: &Parts) -> Result<Vec<u8>, Unrepresentable> {
    let version = match parts.version {
        http::Version::HTTP_10 => "HTTP/1.0",
        http::Version::HTTP_11 => "HTTP/1.1",
        _ => return Err(Unrepresentable::Version),
    };
    let fields: usize =
        parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    let mut octets = Vec::with_capacity(fields + 64);
    let target = target_of(&parts.uri);
    for part in [parts.method.as_str(), " ", &target, " ", version, "\r\n"] {
        octets.extend_from_slice(part.as_bytes());
    }
    for (name, value) in &parts.headers {
        for part in [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"] {
            octets.extend_from_slice(part);
        }
    }
    octets.extend_from_slice(b"\r\n");
    Ok(octets)
}

/// A target as it stands in a request line: nothing of it is empty.
fn target_of(uri: &Uri) -> String {
    match uri.to_string() {
        empty if empty.is_empty() => "/".to_owned(),
        target => target,
    }
}
