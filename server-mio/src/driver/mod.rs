//! One worker's part of HTTP, without sockets and without a clock of its own: octets in, octets out, tasks, deadlines,
//! shutting down.
//!
//! The server of this crate, its test client and its loop on tokio are all made of it, and so can be a loop on io_uring,
//! on a simulated network, or on somebody else's events. Whoever drives it gives it the time, connections and octets,
//! and is told what to write, when to call again, and what to close:
//!
//! ```
//! use rajada_mio::driver::{Driver, Next};
//! use rajada_mio::{App, Clock, Peer, Request};
//!
//! let app = App::new().get("/", |_: &Request| "Hello world!").prepare()?;
//! let clock = Clock::manual();
//! let mut driver = Driver::new(&app, clock.clone(), || {});
//!
//! let mut turn = driver.turn(clock.now());
//! let key = turn.open(Peer::Local, ());
//! let mut connection = turn.connection(key).expect("it was opened just now");
//! let next = connection.receive(b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /a HTTP/1.1\r\nHost: a\r\n\r\n");
//! assert_eq!(next, Next::Wait);
//!
//! let mut pieces = [&[][..]; 4];
//! let count = connection.transmit(&mut pieces);
//! let written = pieces[..count].concat();
//! assert!(written.starts_with(b"HTTP/1.1 200 OK\r\n"));
//! assert_eq!(written.windows(9).filter(|part| part == b"HTTP/1.1 ").count(), 2);
//! connection.transmitted(written.len());
//! # Ok::<(), rajada_mio::RouteError>(())
//! ```
//!
//! A **turn** is what happens between two waits for events: [`Driver::turn`] begins it, and everything that may run code
//! of the application is a method of the [`Turn`]. A loop does this again and again:
//!
//! 1. Wait for events, for no longer than [`Driver::timeout`].
//! 2. Begin a turn with the time behind that wait.
//! 3. For each event give octets to its [`Connection`] and write what it has ([`Connection::ready`] does both, over
//!    whatever is a [`Transport`]).
//! 4. [`Turn::run`] fires timers and goes on with tasks.
//! 5. [`Turn::poll_ready`] names connections that have something to do without an event: go on with each.
//! 6. If all that has happened was seen, [`Turn::look`] after those who take too long.
//!
//! What a connection waits for meanwhile is its [`State`].
#![doc = include_str!("../../docs/path.md")]

mod answer;
mod arrival;
mod connection;
mod connections;
mod core;
mod deadlines;
mod entry;
mod exchange;
mod failure;
mod fate;
mod futures;
mod holdings;
mod inflow;
mod key;
mod later;
mod pace;
mod pool;
mod promise;
mod receive;
mod refuse;
mod service;
mod shutdown;
mod sockets;
mod state;
mod task;
#[cfg(not(feature = "tracing"))]
#[path = "trace_none.rs"]
mod trace;
#[cfg(feature = "tracing")]
#[path = "trace_spans.rs"]
mod trace;
mod transport;
mod turn;
pub(crate) mod upgraded;
mod work;

pub(crate) use failure::tell;
pub(crate) use fate::Fate;
pub(crate) use upgraded::Upgrade;

pub use connection::{Connection, Next};
pub use core::Driver;
pub use key::Key;
pub use shutdown::Exit;
pub use state::State;
pub use transport::{Link, Readiness, Transport};
pub use turn::Turn;
