//! A request as a handler sees it: views, and nothing parsed before it is asked for.

#[cfg(feature = "http")]
mod changed;
mod content_gate;
mod context;
#[cfg(feature = "cookies")]
mod cookies;
mod error;
mod extensions;
mod form;
#[cfg(feature = "forms")]
mod forms;
#[cfg(feature = "json")]
mod json;
mod known;
mod lent;
mod media_type;
#[cfg(feature = "multipart")]
mod multipart;
mod owned;
mod parts;
#[cfg(any(feature = "forms", feature = "json"))]
mod place;
mod shared;
mod spare;
mod states;
mod stream;
mod typed;

#[cfg(feature = "cookies")]
pub use cookies::Cookies;
pub use error::{ContentError, RequestError};
pub(crate) use extensions::Extensions;
pub use form::Pairs;
#[cfg(feature = "json")]
pub use json::Json;
pub use media_type::MediaType;
#[cfg(feature = "multipart")]
pub use multipart::{Multipart, Part, PartStream};
pub use owned::{OwnedRequest, RequestRef};
pub use stream::ContentStream;

pub(crate) use context::Context;
pub(crate) use known::Known;
pub(crate) use lent::Lent;
pub(crate) use parts::OwnedParts;
#[cfg(feature = "http")]
pub(crate) use spare::with_heads;
pub(crate) use spare::{
    Spare, add_content, attach, close, connect, discard, end, kept, known, refuse_content,
};
pub(crate) use states::States;
pub(crate) use stream::{Flow, Source, Terms, Trailers};

use core::fmt;

use rajada_parser::{Authority, Fields, GetAll, Target, Version};

use crate::content::Content;
use crate::peer::Peer;
use crate::routing::{Pattern, is_same, path};

/// A request, borrowed from the connection that it arrived on: what synchronous handlers get.
///
/// Everything is a view of the octets received. A handler that looks at no header pays for none. What each accessor accepts and refuses is in
/// [the table](#values-from-the-wire-values-to-the-wire) below the example.
///
/// ```
/// use rajada_mio::{App, Request};
///
/// App::new().get("/agent/{name}", |req: &Request| {
///     let agent = req.header_text("user-agent").unwrap_or("nobody");
///     format!("{} asks for {} from {}", agent, req.param("name"), req.peer())
/// });
/// ```
///
#[doc = include_str!("../../docs/values.md")]
pub struct Request<'r> {
    pub(crate) head: Head<'r>,
    /// Decoded, if it is not just the target.
    pub(crate) path: Option<&'r [u8]>,
    /// The place of its route among all patterns.
    pub(crate) route: Option<u32>,
    /// Where the parameters are in `path`.
    pub(crate) ranges: &'r [(u32, u32)],
    pub(crate) content: Content<'r>,
    pub(crate) peer: &'r Peer,
    pub(crate) context: &'r Context,
    pub(crate) extensions: Attached<'r>,
}

/// Where a request's head is. Nothing of it is copied into the view: what nobody asks for costs nothing.
#[derive(Clone, Copy)]
pub(crate) enum Head<'r> {
    Received(&'r rajada_parser::Request<'r, 'r>),
    Kept(&'r OwnedParts),
}

impl<'r> Head<'r> {
    fn method(self) -> &'r [u8] {
        match self {
            Head::Received(head) => head.method(),
            Head::Kept(parts) => parts.method(),
        }
    }

    fn target(self) -> &'r [u8] {
        match self {
            Head::Received(head) => head.target(),
            Head::Kept(parts) => parts.target(),
        }
    }

    fn version(self) -> Version {
        match self {
            Head::Received(head) => head.version(),
            Head::Kept(parts) => parts.version(),
        }
    }

    fn fields(self) -> Fields<'r, 'r> {
        match self {
            Head::Received(head) => head.fields(),
            Head::Kept(parts) => parts.fields(),
        }
    }
}

/// Where a request is for, and whose it is.
pub(crate) struct Whereabouts<'r> {
    pub(crate) path: Option<&'r [u8]>,
    pub(crate) route: Option<u32>,
    pub(crate) ranges: &'r [(u32, u32)],
    pub(crate) peer: &'r Peer,
}

/// Where a request's extensions are.
pub(crate) enum Attached<'r> {
    /// Nobody could attach any: there are no hooks.
    Nowhere,
    /// Where hooks attach more.
    At(&'r Extensions),
}

impl<'r> Request<'r> {
    /// The method, case-sensitive: `GET` (RFC 9110 section 9).
    pub fn method(&self) -> &'r str {
        text(self.head.method())
    }

    /// The request target as it was sent, nothing decoded (RFC 9112 section 3.2).
    #[doc(alias("uri", "url"))]
    pub fn target(&self) -> &'r str {
        text(self.head.target())
    }

    /// The path, decoded: percent-encodings once (RFC 3986 section 2.1), `+` not at all. A request whose path can't be
    /// decoded gets no handler and is answered with 400: with a `%` that is no encoding, with `%00`, `%0A` or `%0D`, which
    /// end names and lines elsewhere, or if it is not UTF-8.
    pub fn path(&self) -> &'r str {
        text(self.path_octets())
    }

    /// The query without its `?`, nothing decoded; `None` if the target has no `?`.
    pub fn query_string(&self) -> Option<&'r str> {
        self.query_octets().map(text)
    }

    fn query_octets(&self) -> Option<&'r [u8]> {
        path::split(self.head.method(), self.head.target()).1
    }

    /// The version that the request is handled as.
    pub fn version(&self) -> Version {
        self.head.version()
    }

    /// All header fields, in order.
    #[doc(alias("header_map", "HeaderMap"))]
    pub fn headers(&self) -> Fields<'r, 'r> {
        self.head.fields()
    }

    /// The value of the first header field called `name`, compared without case.
    ///
    /// ```
    /// use rajada_mio::{App, Request};
    ///
    /// App::new().get("/", |req: &Request| {
    ///     let gzip = req.header("Accept-Encoding").is_some_and(|value| value.starts_with(b"gzip"));
    ///     let forwarded = req.header_all("x-forwarded-for").count();
    ///     let names = req.headers().iter().map(|field| field.name.escape_ascii().to_string());
    ///     format!("{gzip}, {forwarded}, {}", names.collect::<Vec<_>>().join(" "))
    /// });
    /// ```
    #[doc(alias = "get_header")]
    pub fn header(&self, name: &str) -> Option<&'r [u8]> {
        self.headers().get(name)
    }

    /// [`header`](Self::header) as text; `None` also if it is not UTF-8.
    pub fn header_text(&self, name: &str) -> Option<&'r str> {
        core::str::from_utf8(self.header(name)?).ok()
    }

    /// The values of all header fields called `name`, in order.
    pub fn header_all<'n>(&self, name: &'n str) -> GetAll<'r, 'r, 'n> {
        self.headers().get_all(name)
    }

    /// The pattern of the route that matched, such as `/user/{id}`; `None` in a handler for what no route matched.
    #[doc(alias("MatchedPath", "match_pattern"))]
    pub fn pattern(&self) -> Option<&'r str> {
        self.route().map(|route| &*route.text)
    }

    /// The decoded value of a parameter of the route.
    ///
    /// # Panics
    /// If the route's pattern has no parameter of this name, or there is no route, as in [`App::not_found`](crate::App::not_found):
    /// a mistake of its author, told by the first request. [`find_param`](Self::find_param) is for what stands behind several patterns.
    #[doc(alias("path_param", "match_info", "Path", "extractor"))]
    #[track_caller]
    pub fn param(&self, name: &str) -> &'r str {
        match self.find_param(name) {
            Some(value) => value,
            None => panic!("{:?} has no parameter {name:?}", self.pattern().unwrap_or_default()),
        }
    }

    /// The decoded value of a parameter of the route; `None` if its pattern has no parameter of this name.
    pub fn find_param(&self, name: &str) -> Option<&'r str> {
        let names = &self.route()?.names;
        let at = names.iter().position(|other| is_same(other.as_bytes(), name.as_bytes()))?;
        self.ranges.get(at).map(|range| text(part(self.path_octets(), range)))
    }

    /// Names and decoded values of the route's parameters, in order.
    #[doc(alias = "path_params")]
    pub fn params(&self) -> impl Iterator<Item = (&'r str, &'r str)> + use<'r> {
        let names = self.route().map_or(&[][..], |route| &route.names);
        let path = self.path_octets();
        names.iter().zip(self.ranges).map(move |(name, range)| (&**name, text(part(path, range))))
    }

    /// The content and how it arrives.
    pub fn content(&self) -> &Content<'r> {
        &self.content
    }

    /// The content, as octets; empty if there is none.
    ///
    /// ```
    /// use rajada_mio::{App, Request};
    ///
    /// App::new().post("/count", |req: &Request| format!("{} octets", req.bytes().len()));
    /// ```
    ///
    /// # Panics
    /// In a hook [before](crate::App::before) the handler, if the request has content: a mistake of its author, told by
    /// the first request that has any.
    #[doc(alias("body", "payload"))]
    pub fn bytes(&self) -> &'r [u8] {
        match self.read_bytes() {
            Ok(octets) => octets,
            Err(error) => panic!("rajada: {error}"),
        }
    }

    /// The content, as octets.
    ///
    /// # Errors
    /// In a hook before the handler.
    fn read_bytes(&self) -> Result<&'r [u8], RequestError> {
        match self.content {
            Content::Whole(octets) => Ok(octets),
            Content::Unread => Err(RequestError::Unread),
            _ => Ok(&[]),
        }
    }

    /// The content, as text.
    ///
    /// ```
    /// use rajada_mio::{App, Request};
    ///
    /// App::new().post("/shout", |req: &Request| req.text().map(str::to_uppercase));
    /// ```
    ///
    /// # Errors
    /// Content that is not UTF-8 (400), or is labelled with another charset (415; `utf8` is one of the labels of UTF-8);
    /// a media type that can't be understood (400); [`RequestError::Unread`].
    pub fn text(&self) -> Result<&'r str, RequestError> {
        if let Some(media_type) = self.media_type()? {
            media_type.check_charset()?;
        }
        core::str::from_utf8(self.read_bytes()?).map_err(|_| RequestError::NotUtf8)
    }

    /// The host that the request is for, without its port: that of a target in absolute form (RFC 9112 section 3.2.2) or
    /// authority form, otherwise that of `Host`. IPv6 addresses have their brackets. `None` if there is neither, as in
    /// HTTP/1.0.
    ///
    /// ```
    /// use rajada_mio::{App, Request};
    ///
    /// App::new().get("/where", |req: &Request| match (req.host(), req.port()) {
    ///     (Some(host), Some(port)) => format!("{host}, port {port}"),
    ///     (host, _) => host.unwrap_or("somewhere").to_owned(),
    /// });
    /// ```
    pub fn host(&self) -> Option<&'r str> {
        self.authority().map(|authority| text(authority.host()))
    }

    /// The port behind [`host`](Self::host); `None` stands for the usual one.
    pub fn port(&self) -> Option<u16> {
        self.authority()?.port()
    }

    fn authority(&self) -> Option<Authority<'r>> {
        let (method, target) = (self.head.method(), self.head.target());
        if !target.starts_with(b"/")
            && let Some((authority, _)) = Target::of(method, target)?.authority
        {
            return Some(authority);
        }
        Authority::parse(self.header("host")?)
    }

    /// Whether the peer lets the connection persist behind the answer (RFC 9112 section 9.3).
    ///
    /// ```
    /// use rajada_mio::{App, Request};
    ///
    /// App::new().get("/", |req: &Request| if req.keep_alive() { "see you" } else { "goodbye" });
    /// ```
    pub fn keep_alive(&self) -> bool {
        self.head.fields().persistent(self.version())
    }

    /// The value of a header that must not be there twice.
    ///
    /// # Errors
    /// Lines with different values: which one is meant would be a guess.
    pub fn single_header(&self, name: &str) -> Result<Option<&'r [u8]>, RequestError> {
        let mut values = self.header_all(name);
        let first = values.next();
        if values.all(|value| Some(value) == first) {
            Ok(first)
        } else {
            Err(RequestError::RepeatedHeader(name.to_owned()))
        }
    }

    /// Who is at the other end of the connection.
    #[doc(alias("remote_addr", "client_ip", "ConnectInfo", "peer_addr"))]
    pub fn peer(&self) -> Peer {
        *self.peer
    }

    /// The application's state of type `T`, see [`App::state`](crate::App::state).
    ///
    /// # Panics
    /// If the application has none: a mistake of its author, told by the first request.
    #[doc(alias("State", "app_data"))]
    pub fn state<T: Send + Sync + 'static>(&self) -> &'r T {
        self.context.states.get()
    }

    /// The value of type `T` that was [attached](Self::extend) last, as long as the exchange lasts: to the handler, to hooks
    /// behind it and to handlers of errors, whatever became of the request.
    #[doc(alias("extensions", "request data"))]
    pub fn extension<T: 'static>(&self) -> Option<&T> {
        match &self.extensions {
            Attached::Nowhere => None,
            Attached::At(extensions) => extensions.get(),
        }
    }

    /// Attaches a value for whoever sees the request after this hook, to be found instead of an earlier one of the same type.
    /// Values are dropped when the exchange is over.
    ///
    /// ```
    /// use rajada_mio::{App, Request, Response};
    ///
    /// struct User(String);
    ///
    /// App::new()
    ///     .before(|req: &mut Request, _: &mut Response| {
    ///         let user = req.header_text("x-user").unwrap_or("guest").to_owned();
    ///         req.extend(User(user));
    ///     })
    ///     .get("/me", |req: &Request| req.extension::<User>().map(|user| user.0.clone()));
    /// ```
    #[doc(alias("extensions", "request data"))]
    pub fn extend<T: Send + Sync + 'static>(&mut self, value: T) {
        match &self.extensions {
            Attached::At(extensions) => extensions.insert(value),
            Attached::Nowhere => {
                unreachable!("hooks get requests that can be extended")
            }
        }
    }
}

/// What the parser or the router has checked already: targets are ASCII, decoded paths UTF-8.
fn text(octets: &[u8]) -> &str {
    core::str::from_utf8(octets).unwrap_or_default()
}

fn part<'o>(octets: &'o [u8], &(start, end): &(u32, u32)) -> &'o [u8] {
    octets.get(start as usize..end as usize).unwrap_or_default()
}

impl<'r> Request<'r> {
    fn path_octets(&self) -> &'r [u8] {
        self.path.unwrap_or_else(|| self.head.target())
    }

    fn route(&self) -> Option<&'r Pattern> {
        self.context.patterns.get(self.route? as usize)
    }
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method())
            .field("target", &self.target())
            .field("version", &self.version())
            .field("headers", &self.headers())
            .field("content", &self.content)
            .finish_non_exhaustive()
    }
}
