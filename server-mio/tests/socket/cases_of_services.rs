//! The protocol's cases where a service of tower answers, which reads all content and passes on what is wrong with it.

use http_body_util::{BodyExt, Full};
use rajada_mio::{
    App, Bytes, Endpoint, Next, NextService, OwnedRequest, RequestBody, RequestError,
};
use tower::service_fn;

use crate::cases::hold;

async fn read(
    request: http::Request<RequestBody>,
) -> Result<http::Response<Full<Bytes>>, RequestError> {
    request.into_body().collect().await?;
    Ok(http::Response::new("served".into()))
}

/// The routes of the cases, all of which lead to a service.
fn app() -> App {
    let service = Endpoint::of_service(service_fn(read));
    let root = App::new().route(["GET", "POST", "PUT"], "/", service.clone());
    root.route(["GET", "POST", "PUT", "DELETE"], "/{*rest}", service)
}

#[test]
fn the_cases_of_the_protocol_hold_for_a_service() {
    hold(app());
}

#[test]
fn they_hold_for_a_service_behind_hooks() {
    hold(app().around(async |req: OwnedRequest, next: Next| next.run(req).await));
}

#[test]
fn they_hold_behind_a_layer() {
    hold(app().layer(tower::layer::layer_fn(|next: NextService| next)));
}
