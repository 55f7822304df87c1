//! Routes of sockets, and what they set.

use core::fmt;
use std::future::Future;
use std::sync::Arc;

use super::connection::Handler as Running;
use super::handshake;
use super::origin::Origins;
use super::socket::WebSocket;
use super::terms::{SocketDeadlines, Terms};
use crate::handler::Shape;
use crate::{App, Endpoint, Handler, OwnedRequest, gate};

/// What can be a handler of a WebSocket:
///
/// | shape | for |
/// |---|---|
/// | `Fn(WebSocket) -> impl Future<Output = ()>`, an `async fn` | all that needs nothing but the socket |
/// | `Fn(OwnedRequest, WebSocket) -> impl Future<Output = ()>` | the same, with the request that asked for it: parameters, headers, state |
/// | [`SocketEndpoint`] | one of these, with settings |
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a handler of a WebSocket",
    note = "it is `|socket: WebSocket| async move {{ .. }}` or `|req: OwnedRequest, socket: WebSocket| async move {{ .. }}`"
)]
pub trait SocketHandler<Shape>: Send + Sync + 'static {
    /// The handler in the form that takes settings.
    #[doc(hidden)]
    fn endpoint(self) -> SocketEndpoint;
}

/// The shape of a handler that has a socket alone.
#[doc(hidden)]
#[derive(Debug)]
pub enum Alone {}

/// The shape of a handler that has the request as well.
#[doc(hidden)]
#[derive(Debug)]
pub enum WithRequest {}

impl<F, U> SocketHandler<(Alone, U)> for F
where
    F: Fn(WebSocket) -> U + Send + Sync + 'static,
    U: Future<Output = ()> + 'static,
{
    fn endpoint(self) -> SocketEndpoint {
        SocketEndpoint::of(move |_, socket| Box::pin(self(socket)))
    }
}

impl<F, U> SocketHandler<(WithRequest, U)> for F
where
    F: Fn(OwnedRequest, WebSocket) -> U + Send + Sync + 'static,
    U: Future<Output = ()> + 'static,
{
    fn endpoint(self) -> SocketEndpoint {
        SocketEndpoint::of(move |request, socket| Box::pin(self(request, socket)))
    }
}

impl SocketHandler<SocketEndpoint> for SocketEndpoint {
    fn endpoint(self) -> SocketEndpoint {
        self
    }
}

/// A handler of a WebSocket with settings.
///
/// ```
/// use rajada_mio::App;
/// use rajada_mio::websocket::{SocketEndpoint, WebSocket};
///
/// async fn echo(mut socket: WebSocket) {
///     while let Some(message) = socket.recv().await {
///         if socket.send(message).await.is_err() {
///             break;
///         }
///     }
/// }
///
/// App::new()
///     .websocket("/echo", echo)
///     .websocket("/chat", SocketEndpoint::new(echo).protocols(&["chat"]).message_limit(16 * 1024));
/// ```
#[derive(Clone)]
pub struct SocketEndpoint {
    begin: Arc<dyn Fn(OwnedRequest, WebSocket) -> Running + Send + Sync>,
    terms: Terms,
}

impl SocketEndpoint {
    /// A handler that settings can be added to.
    pub fn new<H: SocketHandler<S>, S>(handler: H) -> SocketEndpoint {
        handler.endpoint()
    }

    fn of(
        begin: impl Fn(OwnedRequest, WebSocket) -> Running + Send + Sync + 'static,
    ) -> SocketEndpoint {
        SocketEndpoint { begin: Arc::new(begin), terms: Terms::default() }
    }

    /// The subprotocols that are spoken here. Of those that a client offers, the first one that is among them is selected
    /// ([`WebSocket::protocol`]), compared exactly; none, if none is (RFC 6455 section 4.2.2).
    pub fn protocols(mut self, protocols: &[&'static str]) -> SocketEndpoint {
        self.terms.protocols = protocols.to_vec();
        self
    }

    /// Lets pages of this site in as well, beside those of the host that is asked: `https://app.example`, as `Origin` has it
    /// (RFC 6454 section 6.2).
    #[doc(alias("cors", "CheckOrigin"))]
    pub fn origin(mut self, origin: &str) -> SocketEndpoint {
        match &mut self.terms.origins {
            Origins::Of(origins) => origins.push(origin.to_owned()),
            origins => *origins = Origins::Of(vec![origin.to_owned()]),
        }
        self
    }

    /// Lets pages of every site in, with the cookies that their visitors have here. Without it a request with an `Origin` that is neither
    /// the host that is asked nor [listed](Self::origin) is answered with 403; one without passes, since browsers always send it.
    pub fn any_origin(mut self) -> SocketEndpoint {
        self.terms.origins = Origins::Any;
        self
    }

    /// Octets of a message, at most; 1 MiB unless it is set. Beyond, the connection is closed with 1009, as soon as a length
    /// tells that more is to come.
    pub fn message_limit(mut self, octets: u64) -> SocketEndpoint {
        (self.terms.codec.message, self.terms.codec.frame) = (octets, octets);
        self
    }

    /// Octets of memory of messages that wait for [`recv`](WebSocket::recv), at or above which the connection is not read; 64 KiB unless
    /// it is set. One message is always taken.
    #[doc(alias("back-pressure", "high water mark"))]
    pub fn read_ahead(mut self, octets: usize) -> SocketEndpoint {
        self.terms.read_ahead = octets;
        self
    }

    /// Octets of memory of messages that have not left, at or above which [`send`](WebSocket::send) waits; 64 KiB unless it is
    /// set. One message is always taken.
    #[doc(alias("back-pressure", "high water mark"))]
    pub fn backlog(mut self, octets: usize) -> SocketEndpoint {
        self.terms.backlog = octets;
        self
    }

    /// How long its peers may take.
    pub fn deadlines(mut self, deadlines: SocketDeadlines) -> SocketEndpoint {
        self.terms.deadlines = deadlines;
        self
    }

    /// Whether messages are compressed for clients that offer it (feature `deflate`); they are unless that is set.
    #[doc(alias("deflate", "permessage-deflate"))]
    pub fn compress(mut self, on: bool) -> SocketEndpoint {
        self.terms.compresses = on;
        self
    }

    /// The same as a handler of a route, to which settings of routes can be added.
    pub fn into_endpoint(self) -> Endpoint {
        let SocketEndpoint { begin, terms } = self;
        let terms = Arc::new(terms);
        Endpoint::new(move |request: OwnedRequest| {
            let (begin, terms) = (begin.clone(), terms.clone());
            async move {
                let kept = request.clone();
                let view = kept.as_request();
                // A panic in front of the handler's future is one of that.
                handshake::answer(&terms, &view, move |socket| {
                    gate::enter(|| begin(request, socket))
                        .unwrap_or_else(|panic| Box::pin(async move { panic.resume() }))
                })
            }
        })
    }
}

impl fmt::Debug for SocketEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocketEndpoint").field("terms", &self.terms).finish_non_exhaustive()
    }
}

#[diagnostic::do_not_recommend]
impl Handler<SocketEndpoint> for SocketEndpoint {}

impl Shape<SocketEndpoint> for SocketEndpoint {
    fn endpoint(handler: SocketEndpoint) -> Endpoint {
        handler.into_endpoint()
    }
}

/// Sockets.
impl<M> App<M> {
    /// A WebSocket (RFC 6455): a handler for `GET` that answers with 101, and has the socket then. Hooks run before. What offers no
    /// WebSocket, or another version, is answered with 426, and a handshake that is not in order, such as one without a key, with
    /// 400 (sections 4.2.1 and 4.4).
    ///
    /// ```
    /// use rajada_mio::App;
    /// use rajada_mio::websocket::WebSocket;
    ///
    /// App::new().websocket("/echo", |mut socket: WebSocket| async move {
    ///     while let Some(message) = socket.recv().await {
    ///         if socket.send(message).await.is_err() {
    ///             break;
    ///         }
    ///     }
    /// });
    /// ```
    #[doc(alias("ws", "WebSocketUpgrade", "on_upgrade"))]
    pub fn websocket<H: SocketHandler<S>, S>(self, pattern: &str, handler: H) -> Self {
        self.get(pattern, handler.endpoint())
    }
}
