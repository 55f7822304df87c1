//! Layers of tower around our own handlers.

use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

use super::mount::Prototype;
use super::service::answer_of;
use super::{BoxError, NextService, RequestBody};
use crate::interop::http::receive;
use crate::{App, Next, OwnedRequest, OwnedResponse};

/// Layers of tower.
impl<M> App<M> {
    /// A layer around the handlers of this application, wherever its routes are declared, native ones and services alike: it
    /// is a hook [around](Self::around) them, in the order of the [table](Self::around).
    ///
    /// ```
    /// use rajada_mio::{App, NextService, Request};
    /// use tower_layer::layer_fn;
    ///
    /// // One of tower-http, say: `CorsLayer::permissive()`, `TraceLayer::new_for_http()`, `CompressionLayer::new()`.
    /// let layer = layer_fn(|service: NextService| service);
    /// App::new().layer(layer).get("/", |_: &Request| "Hello world!");
    /// ```
    ///
    /// The service that the layer makes is made once, and cloned for each request. It runs when the head is there; content is
    /// read when it reads it, or when what is behind it is reached: by then all of it is there if the layer has changed the
    /// head, or handed on other content. The route, its parameters and the peer are known already, whatever the layer changes
    /// of the target. What it puts into the extensions of a request is attached as [`http::Extensions`]:
    /// `req.extension::<http::Extensions>()`.
    ///
    /// Errors of handlers are answered by the time that the layer sees the answer. An error of the layer is answered by the
    /// application's error handlers, or else with 500.
    #[doc(alias("tower", "tower-http", "middleware", "wrap", "ServiceBuilder"))]
    pub fn layer<L, B>(self, layer: L) -> Self
    where
        L: Layer<NextService>,
        L::Service: Service<http::Request<RequestBody>, Response = http::Response<B>> + Clone,
        L::Service: Send + 'static,
        <L::Service as Service<http::Request<RequestBody>>>::Error: Into<BoxError> + 'static,
        B: Body + 'static,
        B::Error: Into<BoxError> + 'static,
    {
        let prototype = Prototype::new(layer.layer(NextService::new()));
        self.around(async move |req: OwnedRequest, next: Next| {
            let mut request = http::Request::new(RequestBody::unread(req.clone()));
            if let Err(error) = receive(&mut request, &req) {
                return OwnedResponse::from(error);
            }
            let is_head = request.method() == http::Method::HEAD;
            request.extensions_mut().insert(req);
            NextService::lead(request.extensions_mut(), next);
            answer_of(prototype.make(), request, is_head, None).await
        })
    }
}
