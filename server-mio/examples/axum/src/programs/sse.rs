//! Events.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use axum::routing::get;
use futures_util::{Stream, StreamExt};
use tokio_stream::wrappers::IntervalStream;

/// The application.
pub fn router() -> Router {
    Router::new().route("/events", get(events))
}

/// Three of them, then the end.
async fn events() -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let ticks = IntervalStream::new(tokio::time::interval(Duration::from_millis(5)));
    let events = ticks.take(3).enumerate().map(|(number, _)| {
        Ok(Event::default().event("tick").id(number.to_string()).data(format!("number {number}")))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
