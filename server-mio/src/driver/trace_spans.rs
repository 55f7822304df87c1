//! A span of the crate `tracing` for each request, with the names of OpenTelemetry's HTTP servers (semantic conventions 1.23
//! and later, "HTTP server span").

use core::fmt;

use tracing::Span;
use tracing::field::{Empty, display};
use tracing::span::Entered;

use crate::routing::path;
use crate::{Request, Response, Status, Version};

/// The span of a request. It closes when the last copy is dropped.
#[derive(Clone)]
pub(crate) struct Trace {
    span: Span,
}

impl Trace {
    /// Begins it. Nothing is looked at where nobody wants to see it. It has no parent: nothing else of this process has led
    /// to the request.
    pub(crate) fn of(request: &Request<'_>) -> Trace {
        let span = tracing::info_span!(
            target: "rajada_mio",
            parent: None,
            "request",
            otel.name = %Name(request),
            otel.kind = "server",
            otel.status_code = Empty,
            "error.type" = Empty,
            http.request.method = known(request.method()).unwrap_or(OTHER),
            http.request.method_original = original(request.method()),
            http.response.status_code = Empty,
            http.route = request.pattern(),
            network.peer.address = request.peer().ip().map(display),
            network.peer.port = request.peer().socket_address().map(|address| address.port()),
            network.protocol.version = version(request.version()),
            url.path = url_path(request),
            url.query = Empty,
            url.scheme = "http",
            user_agent.original = request.header_text("user-agent"),
        );
        Trace { span }
    }

    pub(crate) fn enter(&self) -> Entered<'_> {
        self.span.enter()
    }

    pub(crate) fn answered(&self, response: &Response<'_>) {
        // One that nobody could give is given by whoever owes it.
        let is_given = response.is_finished();
        let lost = Status::INTERNAL_SERVER_ERROR;
        self.answered_with(if is_given { response.status() } else { lost });
    }

    pub(crate) fn answered_with(&self, status: Status) {
        self.span.record("http.response.status_code", status.as_u16());
        if status.as_u16() >= 500 {
            self.span.record("otel.status_code", "ERROR");
            self.span.record("error.type", display(status.as_u16()));
        }
    }
}

/// The name of a span: the method and, where it is known, the route.
struct Name<'a, 'r>(&'a Request<'r>);

impl fmt::Display for Name<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(known(self.0.method()).unwrap_or("HTTP"))?;
        match self.0.pattern() {
            Some(pattern) => write!(f, " {pattern}"),
            None => Ok(()),
        }
    }
}

/// What a method is called that is none of these: what clients make up is no name of anything.
const OTHER: &str = "_OTHER";

/// The methods of RFC 9110 and RFC 5789.
const METHODS: [&str; 9] =
    ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

fn known(method: &str) -> Option<&'static str> {
    METHODS.into_iter().find(|name| *name == method)
}

fn original(method: &str) -> Option<&str> {
    if known(method).is_some() { None } else { Some(method) }
}

fn version(version: Version) -> &'static str {
    match version {
        Version::Http10 => "1.0",
        _ => "1.1",
    }
}

/// The path as it was sent, nothing decoded.
fn url_path<'r>(request: &Request<'r>) -> &'r str {
    let (path, ..) = path::split(request.method().as_bytes(), request.target().as_bytes());
    core::str::from_utf8(path).unwrap_or_default()
}
