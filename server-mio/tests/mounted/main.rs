//! Services of tower where handlers are: what holds over a handler holds over a service, by the same tests.

#[path = "../socket/begin.rs"]
mod begin;
#[path = "../socket/bursts.rs"]
mod bursts;
#[path = "../socket/cases.rs"]
mod cases;
mod cases_behind;
#[path = "../socket/client.rs"]
#[allow(dead_code)]
mod client;
#[path = "../socket/connections.rs"]
mod connections;
mod content;
#[path = "../socket/faults.rs"]
mod faults;
mod handler;
#[path = "../socket/handlers.rs"]
mod handlers;
#[path = "../socket/order.rs"]
mod order;
#[path = "../socket/panics.rs"]
mod panics;
#[path = "../socket/response.rs"]
mod response;
#[path = "../socket/serving.rs"]
mod serving;
#[path = "../socket/shutdown.rs"]
mod shutdown;
#[path = "../socket/streams.rs"]
mod streams;
#[path = "../socket/uploads.rs"]
mod uploads;
#[path = "../socket/values.rs"]
mod values;
mod world;
