//! Requests.

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Uri};
use rajada_parser::Version;

use super::headers::made;
#[cfg(feature = "tower")]
use super::headers::slices;
use super::{Sent, Unrepresentable};
#[cfg(feature = "tower")]
use crate::request::{Lent, recall};
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

/// The same, with the octets of values shared.
fn fill<B>(new: &mut http::Request<B>, request: &OwnedRequest) -> Result<(), Unrepresentable> {
    let (sent, known) = (request.sent(), request.recall(new));
    fill_line(new, request.method_and_version(), &sent, known)?;
    if !known.1 && !sent.fields.is_empty() {
        let head = request.head_bytes();
        *new.headers_mut() = made(sent.fields, |value| head.slice_ref(value))?;
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
pub(crate) fn receive_lent<B>(new: &mut http::Request<B>, lent: &Lent<'_>) -> Result<(), Error> {
    let Lent { head, peer, context, .. } = *lent;
    let (target, fields) = (head.target(), head.fields());
    let sent = Sent { peer, context, head: head.octets(), target, fields };
    let known = recall(new, &sent);
    let mut filled = fill_line(new, (head.method(), head.version()), &sent, known);
    if filled.is_ok() && !known.1 {
        filled = made(fields, slices(head.octets())).map(|made| *new.headers_mut() = made);
    }
    filled.map_err(|error| Error::with_status(Status::BAD_REQUEST, error))
}

/// Gives a new request the request line of another one, as far as it is not known.
fn fill_line<B>(
    new: &mut http::Request<B>,
    (method, version): (&[u8], Version),
    sent: &Sent<'_>,
    (knows_target, _): (bool, bool),
) -> Result<(), Unrepresentable> {
    *new.method_mut() = Method::from_bytes(method).map_err(|_| Unrepresentable::Method)?;
    *new.version_mut() = match version {
        Version::Http10 => http::Version::HTTP_10,
        _ => http::Version::HTTP_11,
    };
    if !knows_target {
        *new.uri_mut() =
            Uri::try_from(sent.target).map_err(|why| Unrepresentable::Target(why.to_string()))?;
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
