//! A thin HTTP/1.x server and micro-framework on mio, made for pipelined bursts.
#![forbid(unsafe_code)]

mod app;
mod content;
mod error;
mod handler;
mod heads;
mod limits;
mod reply;
mod request;
mod response;
mod routing;
mod runtime;
mod server;
mod service;
mod status;
mod test_client;

pub use app::App;
pub use content::{Body, BodyStream, Content, ContentStream};
pub use error::Error;
pub use handler::{Awaits, Endpoint, Handler, Outcome, Returns, Writes};
pub use heads::ContentType;
pub use limits::{Deadlines, Limits};
pub use reply::{Html, Redirect, Reply};
#[cfg(feature = "cookies")]
pub use request::Cookies;
#[cfg(feature = "json")]
pub use request::Json;
#[cfg(feature = "multipart")]
pub use request::Part;
pub use request::{MediaType, OwnedRequest, Pairs, Request, RequestError};
pub use response::{BadHeader, Response};
pub use routing::RouteError;
pub use runtime::{
    Elapsed, JoinError, JoinHandle, Locals, Sleep, Timeout, YieldNow, local, sleep, spawn,
    spawn_blocking, timeout, yield_now,
};
pub use server::{Exit, Handle, Server};
pub use status::Status;
pub use test_client::{TestCall, TestClient, TestRequest, TestResponse};

pub use bytes::Bytes;
#[cfg(feature = "cookies")]
pub use cookie;
pub use rajada_parser::{Field, Fields, Level, Version};
