//! A thin HTTP/1.x server and micro-framework on mio, made for pipelined bursts: requests that arrive together are
//! answered together, in order, in one write.
//!
//! ```no_run
//! use rajada_mio::{App, Request};
//!
//! App::new().get("/", |_: &Request| "Hello world!").run("127.0.0.1:8080")?;
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! In scope: workers that share nothing, each with its event loop; a router; synchronous and asynchronous handlers,
//! mixed on one connection; hooks, state, errors; what a request tells and what an answer can be; deadlines, bounds
//! and a clean end. Out of scope: the grammar of HTTP, which is [`rajada_parser`]'s; the order of answers, which is
//! [`rajada_pipeline`]'s; TLS and HTTP/2, which a proxy in front does.
//!
//! ```text
//!        octets in                                    octets out
//!            |                                             ^
//!   +--------v---------------------------------------------|--------+
//!   |  worker: mio loop, sockets, buffers                  |        |   one thread, one listener
//!   |  +-----v---------------------------------------------|-----+  |
//!   |  | driver: connections by key, deadlines, tasks  one write |  |   no socket, no clock
//!   |  |     |  burst                                      |     |  |
//!   |  |     v                                             |     |  |
//!   |  |  rajada_pipeline: requests with tickets --> answers in order   one a connection
//!   |  |     |                                             ^     |  |
//!   |  |     v                                             |     |  |
//!   |  |  router -> hooks -> handler (sync) ---- writes ---+     |  |   the application, shared
//!   |  |                     handler (async) -> task ------+     |  |   a worker's tasks, timers
//!   |  +---------------------------------------------------------+  |
//!   +----------------------------------------------------------------+
//! ```
//!
//! The [driver] is public: it serves on any loop, with any transport.
//!
//! # From hello world to a small service
//!
//! A **handler** is a function. What it returns is the answer: text, octets, a page, JSON, a status, an `Option`, a
//! `Result`, a tuple with a status and headers, an [`OwnedResponse`] ([`IntoResponse`] lists them). Or it writes the answer itself, and then content may borrow from the request and
//! goes straight into the octets that leave ([`Response`]). Or it is an `async fn` that owns its request
//! ([`OwnedRequest`]) and may wait: for [`sleep`], for a task ([`spawn`]), for a thread that blocks
//! ([`spawn_blocking`]). With a second argument, a [`ContentStream`], it begins when the head of its request is there, and takes
//! content as it arrives. All four are one trait, [`Handler`], and the same method takes them:
//!
//! ```
//! use rajada_mio::{App, OwnedRequest, Request, Response, sleep};
//! use std::time::Duration;
//!
//! async fn later(_: OwnedRequest) -> &'static str {
//!     sleep(Duration::from_millis(1)).await;
//!     "Hello async!"
//! }
//!
//! let app = App::new()
//!     .get("/", |_: &Request| "Hello world!")
//!     .get("/user/{id}", |req: &Request, res: &mut Response| res.text(req.param("id")))
//!     .get("/later", later);
//! # app.check()?;
//! # Ok::<(), rajada_mio::RouteError>(())
//! ```
//!
//! **Routes** are patterns of decoded paths: `{name}` is one segment, `{*rest}` all that follow; see [`App`]. `HEAD`,
//! `OPTIONS`, 404, 405 and 501 are answered by themselves. Applications can be nested under a prefix
//! ([`App::nest`]).
//!
//! **A request** parses nothing before it is asked: headers, [query](Request::query), [cookies](Request::cookie),
//! [form](Request::form), [JSON](Request::json); and by type [parameters](Request::param_as),
//! [headers](Request::header_as), [queries](Request::query_as) and [forms](Request::form_as). What is wrong with it is a
//! [`RequestError`], which names the field, and becomes a 400 or 415 when the handler passes it on by `?`.
//!
//! **Errors** of any type turn into answers, boxed ones and those of anyhow and eyre included: by the handlers of
//! [`App::on_error`], or else a 500 that tells nothing (everything, with [`App::debug`]). [`OrStatus`] gives what is missing
//! or has failed its status. A panic costs its own request a 500. One place, [`App::on_any_error`], shapes all error
//! answers, those to what is no HTTP included; `App::problem_details` is one made before.
//!
//! **Around handlers** there are hooks before ([`App::before`]: they may answer, or attach values), around
//! ([`App::around`]: they run what is behind them themselves) and behind ([`App::after`]: they see every answer), some
//! synchronous, some `async`; a table ([`App::around`]) tells what runs when. [State](App::state) is shared by all workers; what must not cross threads
//! belongs to each worker ([`Locals`]).
//!
//! Put together, and asked by a [`TestClient`], without a socket:
//!
//! ```
//! # #[cfg(feature = "json")] {
//! use rajada_mio::{App, Error, Json, Location, Request, Response, Status, TestClient};
//! use std::sync::Mutex;
//!
//! #[derive(Default)]
//! struct Notes(Mutex<Vec<String>>);
//!
//! fn add(req: &Request) -> Result<(Status, Location, &'static str), Error> {
//!     let note: String = req.json()?;
//!     if note.is_empty() {
//!         return Err(Error::message(Status::BAD_REQUEST, "an empty note"));
//!     }
//!     let mut notes = req.state::<Notes>().0.lock().unwrap();
//!     notes.push(note);
//!     Ok((Status::CREATED, Location::new(format!("/notes/{}", notes.len())), "made"))
//! }
//!
//! fn note(req: &Request) -> Option<Json<String>> {
//!     let number = req.param("number").parse::<usize>().ok()?.checked_sub(1)?;
//!     req.state::<Notes>().0.lock().unwrap().get(number).cloned().map(Json)
//! }
//!
//! let app = App::new()
//!     .state(Notes::default())
//!     .post("/notes", add)
//!     .get("/notes/{number}", note)
//!     .after(|_: &Request, res: &mut Response| {
//!         res.header("X-Content-Type-Options", "nosniff");
//!     });
//!
//! let mut client = TestClient::new(app);
//! let made = client.post("/notes").content("application/json", "\"buy tea\"").send();
//! assert_eq!((made.status(), made.header("location")), (Status::CREATED, Some("/notes/1")));
//! assert_eq!(client.get("/notes/1").send().text(), "\"buy tea\"");
//! assert_eq!(client.get("/notes/2").send().status(), Status::NOT_FOUND);
//! assert_eq!(client.post("/notes").content("text/plain", "tea").send().status().as_u16(), 415);
//! # }
//! ```
//!
//! The [guide] goes further: from axum, actix or Japronto, to databases, tests and production. So do the examples of this
//! crate: `hello`, `async`, `router`, `request`, `response`, `errors`, `extend`, `template`, `todo`, `tokio_client`, `events`,
//! `notes`, a whole service on SQLite, and `axum`, an application of axum under two servers.
//!
//! # What holds
//!
//! - Answers leave in the order of their requests, whenever they are ready; a handler that is lost (it panics, is
//!   dropped, runs out of [time](Deadlines::handler)) costs its own request an error, and never those behind it.
//! - Handlers of one connection are at work beside each other only if all of their requests have safe methods: a `GET` behind
//!   a `PUT` sees what that has changed (RFC 9112 section 9.3.2; [`App::unsafe_in_parallel`] lifts it).
//! - A synchronous handler is run at once, between one read and one write. An asynchronous one is polled once, and only
//!   parked if it has to wait. Neither allocates after warm-up, whether it parks or not, but for what the handler
//!   allocates itself.
//! - Ready answers don't wait for slow ones: not for asynchronous handlers at all, for synchronous ones no longer than
//!   [`App::flush_after`] and the handler at work, and not for a route that is marked [`slow`](Endpoint::slow).
//! - What a peer may send, leave unread and take time for is bounded ([`Limits`], [`Deadlines`]; [the
//!   tables](Limits#what-a-peer-can-make-the-server-hold) tell how much that is in all, and which test drives each to it). At a bound the server
//!   stops reading, so the peer waits; it is told by status where that is possible. One that is gone holds nothing for
//!   ever, and nobody is judged by octets that the server has not read. What handlers begin is bounded as well: tasks,
//!   and jobs that wait for a thread.
//! - Whatever code of the application does, it costs its own request a 500 or a cut answer, and nothing else.
//! - Content is taken as it arrives within a [window](Endpoint::content_window): while its handler is slow the peer waits, an
//!   upload of any length takes no more memory than that, and requests behind it in the same burst are answered in order.
//! - A burst for slow handlers has its turn, and then others have theirs.
//! - At SIGINT or SIGTERM every request that was received is answered, the last one of each connection with
//!   `Connection: close`, within a grace period ([`Server::obey_signals`]).
//!
//! # Features
//!
//! A feature that is compiled in and not used costs a request nothing: it only adds methods and types. (But for `tracing`:
//! with it, each request looks once whether anybody wants its span.)
//!
//! | feature | by default | brings | costs |
//! |---|---|---|---|
//! | `anyhow` | | [`App::on_error`] and [`Error::find`] see into an `anyhow::Error` | anyhow: 1 crate |
//! | `cli` | yes | the program `rajada` (which needs `cookies`, `events` and `json` too) | those of `deflate`, and crc32fast, lexopt, env_logger: 10 crates |
//! | `cookies` | yes | [`Request::cookie`], [`Response::cookie`] | cookie, and time below it: 8 crates |
//! | `deflate` | | compressed messages of WebSockets (RFC 7692): brings `websocket` | zlib-rs: 1 crate |
//! | `events` | yes | `Events`, `Broadcast`: server-sent events | futures-core: 1 crate |
//! | `eyre` | | the same for an `eyre::Report` | eyre: 3 crates |
//! | `forms` | yes | [`Request::query_as`], [`Request::form_as`]: queries and forms as values | serde, serde_html_form, serde_path_to_error: 8 crates |
//! | `http` | | requests and answers as values of the crate http, and back: [`OwnedRequest`], [`OwnedResponse`], [`Headers`] | http: 2 crates |
//! | `json` | yes | [`Request::json`], [`Json`] | serde, serde_json, serde_path_to_error: 6 crates |
//! | `multipart` | | `Request::multipart`: forms with files, held in memory; `Multipart`: part by part as they arrive | no crate more |
//! | `stream` | | [`ContentStream`] as a `futures_core::Stream`, and `Body::from_stream`: answers from one | futures-core: 1 crate |
//! | `tokio` | | `App::tokio`: handlers may use what needs a tokio runtime; [`ContentStream`] as `AsyncRead`, `Body::from_async_read` | tokio's `rt`: 2 crates |
//! | `tokio-net` | | `tokio_net`: the same server on tokio's sockets, as a future beside others | tokio's `rt`, `net`, `time`: 2 crates |
//! | `tower` | | `App::service`, `App::layer`, `serve`: services of tower, such as applications of axum, as handlers, and layers around handlers | `http`, and http-body, tower-layer, tower-service: 3 crates |
//! | `tracing` | | a [span](#what-is-logged) for each request | tracing: 4 crates |
//! | `websocket` | | `App::websocket`: WebSockets (RFC 6455) | rajada-websocket, simdutf8, base64, sha1_smol: 4 crates |
//!
//! Synchronous handlers run on the worker that serves everything else, so one that takes long keeps others waiting:
//! that work belongs into [`spawn_blocking`]. Futures of handlers stay on their worker and need not be `Send`.
//!
//! # What is logged
//!
//! By the crate `log`, whatever logger the program installs. The line of an error names the peer, the method and the target
//! of its request, what the peer has chosen escaped. Requests that are answered as they should be lead to no line; a hook
//! [behind](App::after) the handlers can write one.
//!
//! | level | what |
//! |---|---|
//! | error | panics of handlers, hooks, streams and tasks; errors that were answered with a status from 500 on; streams that failed; work of the server that the system refuses: threads, wake-ups |
//! | warn | connections that can't be accepted; handlers that answer twice |
//! | info | signals that end the server |
//! | debug | errors that were answered with a status below 500; what is no HTTP, with its offence; connections that break; answers that come too late |
//!
//! With the feature `tracing` each request has a span of the crate `tracing`, too: `request`, target `rajada_mio`, level
//! `INFO`. This thread is in it while hooks and the handler run, each time that an asynchronous one is polled, and while
//! what is left of it is dropped. It has no parent and closes when the answer is given; content of a stream may follow.
//! Spawned tasks, blocking jobs and streams are outside. Its fields have the names of OpenTelemetry's semantic conventions
//! for HTTP servers:
//!
//! | field | value |
//! |---|---|
//! | `http.request.method` | one of RFC 9110 or `PATCH`, or else `_OTHER`, with the method itself in `http.request.method_original` |
//! | `http.route` | the [pattern](Request::pattern), where a route has the path |
//! | `http.response.status_code` | the status; missing if the connection was gone before the answer |
//! | `error.type` | the status, from 500 on |
//! | `network.peer.address`, `network.peer.port` | the [peer](Request::peer), where it has an address |
//! | `network.protocol.version` | `1.0` or `1.1` |
//! | `url.path` | as it was sent, nothing decoded |
//! | `url.query` | empty, since it may hold secrets: for hooks to record |
//! | `url.scheme` | `http` |
//! | `user_agent.original` | the field `User-Agent`, if there is one |
//! | `otel.name`, `otel.kind`, `otel.status_code` | method and pattern; `server`; `ERROR` from 500 on: what the crate `tracing-opentelemetry` reads |
//!
//! Octets that are no request have a span only where hooks behind handlers see them. Lines of `log` become events inside the
//! span by the crate `tracing-log`.
#![forbid(unsafe_code)]

mod allocator;
mod app;
mod body;
mod chain;
mod cold;
mod content;
pub mod driver;
mod error;
#[cfg(feature = "events")]
mod events;
mod gate;
pub mod guide;
mod handler;
mod home;
mod hook;
mod interop;
mod limits;
mod on_error;
mod peer;
mod redirect;
mod request;
mod response;
mod routing;
mod runtime;
mod server;
mod status;
mod stock;
mod test_client;
#[cfg(feature = "tokio-net")]
pub mod tokio_net;
mod waiting;
#[cfg(feature = "websocket")]
pub mod websocket;

pub use app::{Failure, PreparedApp, Scope};
#[doc(hidden)]
pub use app::{Nested, Served};
pub use body::{Body, BodySender, Gone, NotSent};
pub use content::Content;
pub use driver::Exit;
pub use error::OrStatus;
#[cfg(feature = "events")]
pub use events::{BadEvent, EncodedEvent, IntoEvent, Subscription};
pub use handler::{Awaits, Endpoint, Outcome, Returns, Shape, Streams, Synchronous, Writes};
#[doc(hidden)]
pub use hook::{BeforeHook, HookShape};
pub use hook::{Hook, Verdict};
#[cfg(feature = "http")]
pub use interop::http::Unrepresentable;
#[cfg(feature = "tower")]
pub use interop::tower::{
    AnswerBody, BodyError, Extended, NextService, RequestBody, serve, with_extensions,
};
pub use limits::{Deadlines, Limits};
pub use on_error::OnError;
pub use peer::Peer;
pub use redirect::Redirect;
pub use request::{ContentError, MediaType, Pairs, RequestRef};
#[cfg(feature = "cookies")]
pub use response::BadCookie;
pub use response::{BadHeader, CacheControl, Html, Location};
pub use routing::RouteError;
pub use runtime::{
    BlockingOverflow, Clock, Elapsed, JoinError, JoinHandle, Sleep, Timeout, YieldNow, local,
    sleep, yield_now,
};
pub use server::{Handle, Server};
pub use status::BadStatus;
#[cfg(feature = "websocket")]
pub use test_client::TestSocket;
pub use test_client::{TestCall, TestRequest, TestResponse};

// Aliases stand here: rustdoc 1.95 does not find those of items whose module is private.
#[doc(alias("Router", "Application", "service", "server", "HttpServer"))]
pub use app::App;
#[doc(alias("StreamBody", "streaming response", "server-sent events", "sse", "event stream"))]
pub use body::BodyStream;
#[doc(alias("middleware", "call_next", "retry"))]
pub use chain::Next;
#[doc(alias("anyhow", "AppError"))]
pub use error::Error;
#[cfg(feature = "events")]
#[doc(alias("fan-out", "publish", "subscribe", "channel"))]
pub use events::Broadcast;
#[cfg(feature = "events")]
#[doc(alias("server-sent event", "message"))]
pub use events::Event;
#[cfg(feature = "events")]
#[doc(alias(
    "Sse",
    "server-sent events",
    "EventSource",
    "EventStream",
    "event stream",
    "KeepAlive"
))]
pub use events::Events;
#[doc(alias("endpoint", "view", "controller"))]
pub use handler::Handler;
#[doc(alias(
    "streaming upload",
    "request stream",
    "body stream",
    "Incoming",
    "Payload",
    "BodyDataStream"
))]
pub use request::ContentStream;
#[cfg(feature = "cookies")]
#[doc(alias = "CookieJar")]
pub use request::Cookies;
#[cfg(feature = "json")]
#[doc(alias("JsonResponse", "serialize"))]
pub use request::Json;
#[cfg(feature = "multipart")]
#[doc(alias("streaming upload", "multer", "MultipartForm"))]
pub use request::Multipart;
#[doc(alias("extractor", "FromRequest"))]
pub use request::OwnedRequest;
#[cfg(feature = "multipart")]
#[doc(alias("upload", "file"))]
pub use request::Part;
#[cfg(feature = "multipart")]
#[doc(alias("upload", "file", "Field"))]
pub use request::PartStream;
#[doc(alias("extractor", "FromRequest", "HttpRequest"))]
pub use request::Request;
#[doc(alias("rejection", "validation error"))]
pub use request::RequestError;
#[doc(alias("mime", "media type"))]
pub use response::ContentType;
#[doc(alias("HeaderMap", "header_map"))]
pub use response::Headers;
#[doc(alias("Responder", "into_response"))]
pub use response::IntoResponse;
#[doc(alias("HttpResponse", "ResponseBuilder"))]
pub use response::OwnedResponse;
#[doc(alias("HttpResponse", "ResponseBuilder"))]
pub use response::Response;
#[doc(alias("IntoResponseParts", "Responder"))]
pub use response::ResponsePart;
#[doc(alias("thread_local", "worker state"))]
pub use runtime::Locals;
#[doc(alias("background task", "tokio::spawn"))]
pub use runtime::spawn;
#[doc(alias("block", "run_in_executor", "thread pool"))]
pub use runtime::spawn_blocking;
#[doc(alias = "request timeout")]
pub use runtime::timeout;
#[doc(alias("StatusCode", "status_code", "HttpStatus"))]
pub use status::Status;
#[doc(alias("oneshot", "TestServer", "integration test"))]
pub use test_client::TestClient;

pub use bytes::Bytes;
#[cfg(feature = "cookies")]
pub use cookie;
pub use rajada_parser::{Field, Fields, Level, Version};

/// The examples of the project's front page.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct FrontPage;
