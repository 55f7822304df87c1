//! The server on tokio's sockets: what holds over those of mio holds there, by the same tests.

#[path = "../socket/around.rs"]
mod around;
mod begin;
#[path = "../socket/bursts.rs"]
mod bursts;
#[path = "../socket/cases.rs"]
mod cases;
#[path = "../socket/client.rs"]
mod client;
#[path = "../socket/connections.rs"]
mod connections;
#[cfg(all(feature = "multipart", feature = "stream", feature = "tokio"))]
#[path = "../content_by_traits/mod.rs"]
mod content_by_traits;
#[path = "../events/sockets.rs"]
mod event_sockets;
#[path = "../events/event_source.rs"]
#[allow(dead_code)]
mod event_source;
#[path = "../socket/faults.rs"]
mod faults;
#[path = "../socket/handlers.rs"]
mod handlers;
mod listener;
#[path = "../socket/listening.rs"]
mod listening;
#[path = "../socket/order.rs"]
mod order;
#[path = "../socket/panics.rs"]
mod panics;
#[path = "../socket/request.rs"]
mod request;
#[path = "../socket/response.rs"]
mod response;
#[path = "../socket/routes.rs"]
mod routes;
#[path = "../socket/serving.rs"]
mod serving;
#[path = "../socket/shutdown.rs"]
mod shutdown;
#[path = "../socket/streams.rs"]
mod streams;
#[cfg(all(feature = "stream", feature = "tokio"))]
#[path = "../socket/streams_of_tokio.rs"]
mod streams_of_tokio;
#[path = "../socket/told.rs"]
mod told;
#[path = "../socket/uploads.rs"]
mod uploads;
#[cfg(all(feature = "multipart", feature = "stream", feature = "tokio"))]
#[path = "../socket/uploads_by_traits.rs"]
mod uploads_by_traits;
#[path = "../socket/values.rs"]
mod values;
#[path = "../socket/world.rs"]
mod world;
