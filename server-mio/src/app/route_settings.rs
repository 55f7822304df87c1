//! What a route or a scope sets for itself.

use std::time::Duration;

use crate::handler::Shape;
use crate::{Endpoint, Handler, Scope};

/// What a route or a scope sets for itself; what is not set is as around it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct RouteSettings {
    pub(crate) slow: Option<bool>,
    pub(crate) content_limit: Option<u64>,
    pub(crate) content_window: Option<usize>,
    pub(crate) content_deadline: Option<Duration>,
    pub(crate) handler_deadline: Option<Option<Duration>>,
}

/// Octets of content that are read ahead, unless a route sets it otherwise.
pub(super) const CONTENT_WINDOW: usize = 64 * 1024;

impl RouteSettings {
    /// The same within a scope that sets `outer`.
    pub(crate) fn within(self, outer: RouteSettings) -> RouteSettings {
        RouteSettings {
            slow: self.slow.or(outer.slow),
            content_limit: self.content_limit.or(outer.content_limit),
            content_window: self.content_window.or(outer.content_window),
            content_deadline: self.content_deadline.or(outer.content_deadline),
            handler_deadline: self.handler_deadline.or(outer.handler_deadline),
        }
    }
}

/// Settings of a route, which go before those of the scopes around it.
///
/// ```
/// use rajada_mio::{App, Endpoint, Request, Response};
/// use std::time::Duration;
///
/// fn upload(req: &Request, res: &mut Response) {
///     res.text(&format!("{} octets", req.bytes().len()));
/// }
///
/// let large = Endpoint::new(upload).content_limit(1 << 30).content_deadline(Duration::from_secs(120));
/// App::new().post("/note", upload).post("/film", large);
/// ```
impl Endpoint {
    /// A handler that settings can be added to.
    pub fn new<H: Handler<S>, S: Shape<H>>(handler: H) -> Endpoint {
        S::endpoint(handler)
    }

    /// Whether the handler is slow: answers that are ready leave before it runs. It is not, unless that is set.
    ///
    /// ```
    /// use rajada_mio::{App, Endpoint, Request};
    ///
    /// App::new().get("/report", Endpoint::new(|_: &Request| "long computed").slow(true));
    /// ```
    #[doc(alias = "blocking handler")]
    pub fn slow(mut self, slow: bool) -> Endpoint {
        self.settings.slow = Some(slow);
        self
    }

    /// Octets of content that a request to this route may have, in place of [`Limits::content`](crate::Limits::content).
    /// Beyond: 413.
    #[doc(alias("body limit", "DefaultBodyLimit", "max body size", "PayloadConfig"))]
    pub fn content_limit(mut self, octets: u64) -> Endpoint {
        self.settings.content_limit = Some(octets);
        self
    }

    /// Octets of content that are read ahead of a handler that takes it as it arrives ([`ContentStream`](crate::ContentStream));
    /// 64 KiB unless it is set, as much as HTTP/2 begins with (RFC 9113 section 6.9.2), and 1 at the least. While so many wait to be taken, the
    /// connection is not read. It has no effect on a handler that is given its content whole.
    #[doc(alias("back-pressure", "flow control", "high water mark"))]
    pub fn content_window(mut self, octets: usize) -> Endpoint {
        self.settings.content_window = Some(octets);
        self
    }

    /// How long two arrivals of content may be apart, in place of [`Deadlines::content`](crate::Deadlines::content).
    /// Beyond: 408.
    pub fn content_deadline(mut self, deadline: Duration) -> Endpoint {
        self.settings.content_deadline = Some(deadline);
        self
    }

    /// How long the handler may take, if it is asynchronous, in place of [`Deadlines::handler`](crate::Deadlines::handler);
    /// `None`: as long as it likes. Beyond: 503. It is kept to the precision of
    /// [`Deadlines::check_interval`](crate::Deadlines::check_interval), which is 1 s unless it is set.
    #[doc(alias = "request timeout")]
    pub fn handler_deadline(mut self, deadline: impl Into<Option<Duration>>) -> Endpoint {
        self.settings.handler_deadline = Some(deadline.into());
        self
    }
}

/// Settings of all routes of a scope, wherever they are declared; those of a route, or of a scope within, go before them.
impl Scope {
    /// See [`Endpoint::slow`].
    ///
    /// ```
    /// use rajada_mio::{App, Request};
    ///
    /// let reports = App::scope().slow(true).get("/all", |_: &Request| "long computed");
    /// App::new().nest("/reports", reports);
    /// ```
    pub fn slow(mut self, slow: bool) -> Scope {
        self.own.routes.slow = Some(slow);
        self
    }

    /// See [`Endpoint::content_limit`].
    #[doc(alias("body limit", "DefaultBodyLimit", "max body size"))]
    pub fn content_limit(mut self, octets: u64) -> Scope {
        self.own.routes.content_limit = Some(octets);
        self
    }

    /// See [`Endpoint::content_window`].
    pub fn content_window(mut self, octets: usize) -> Scope {
        self.own.routes.content_window = Some(octets);
        self
    }

    /// See [`Endpoint::content_deadline`].
    pub fn content_deadline(mut self, deadline: Duration) -> Scope {
        self.own.routes.content_deadline = Some(deadline);
        self
    }

    /// See [`Endpoint::handler_deadline`].
    #[doc(alias = "request timeout")]
    pub fn handler_deadline(mut self, deadline: impl Into<Option<Duration>>) -> Scope {
        self.own.routes.handler_deadline = Some(deadline.into());
        self
    }
}
