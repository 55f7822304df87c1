//! A server's side of HTTP/1.x without IO: octets in, requests out; answers in, in any order;
//! octets out, in request order, and effects in that order, too (RFC 9112 section 9.3.2).
//!
//! It runs under mio, tokio, io_uring, blocking sockets, an embedded stack or a fuzzer, and changes
//! nothing for any of them:
//!
//! ```
//! use rajada_parser::Positions;
//! use rajada_pipeline::{Burst, Content, Event, Pipeline, PreparedHead, Settings, Store};
//! use std::io::{self, IoSlice, Read, Write};
//!
//! fn serve(mut peer: impl Read + Write, settings: &Settings) -> io::Result<()> {
//!     let ok = PreparedHead::new("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n").unwrap();
//!     let mut pipeline = Pipeline::<Vec<u8>, _, _>::new();
//!     pipeline.lend(Box::new(Store::new(settings)));
//!     let mut slots = Positions::<100>::new();
//!     let (mut buffer, mut filled) = (vec![0; 128 * 1024], 0);
//!     while pipeline.wants_read() {
//!         match peer.read(&mut buffer[filled..])? {
//!             0 => drop(pipeline.receive_eof()),
//!             count => filled += count,
//!         }
//!         let mut burst = Burst::new(&buffer[..filled]);
//!         loop {
//!             let event = match pipeline.receive(settings, &mut burst, &mut slots) {
//!                 // Answered at once here; a ticket may as well wait, and be answered in any order.
//!                 Event::Request { ticket, request, .. } => {
//!                     let content = Content::Copied(request.target());
//!                     pipeline.respond(ticket, &ok.head(), content).expect("an answer is owed");
//!                     continue;
//!                 }
//!                 Event::Data(_) | Event::EndOfMessage { .. } | Event::Malformed(_) => continue,
//!                 // Nothing more is complete, or a bound is reached: time to write.
//!                 event => event,
//!             };
//!             while pipeline.wants_write() {
//!                 let mut slices = [&[][..]; 16];
//!                 let count = pipeline.poll_transmit(&mut slices);
//!                 let written = peer.write_vectored(&slices.map(IoSlice::new)[..count])?;
//!                 pipeline.transmitted(written);
//!             }
//!             // Behind a bound the burst may hold complete requests; behind all else it does not.
//!             if !matches!(event, Event::Paused) {
//!                 break;
//!             }
//!         }
//!         let consumed = burst.consumed();
//!         buffer.copy_within(consumed..filled, 0);
//!         filled -= consumed;
//!     }
//!     Ok(())
//! }
//! # use std::cell::RefCell;
//! # struct Peer<'a>(RefCell<&'a [u8]>, RefCell<Vec<u8>>);
//! # impl Read for &Peer<'_> {
//! #     fn read(&mut self, to: &mut [u8]) -> io::Result<usize> { self.0.borrow_mut().read(to) }
//! # }
//! # impl Write for &Peer<'_> {
//! #     fn write(&mut self, octets: &[u8]) -> io::Result<usize> { self.1.borrow_mut().write(octets) }
//! #     fn flush(&mut self) -> io::Result<()> { Ok(()) }
//! # }
//!
//! # let peer = |octets| Peer(RefCell::new(octets), RefCell::default());
//! let client = peer(b"GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\nG\0T");
//! serve(&client, &Settings::default())?;
//! let written = String::from_utf8(client.1.into_inner()).unwrap();
//! let answers: Vec<_> = written.split_inclusive("\r\n\r\n").collect();
//! assert!(answers[1].starts_with("/aHTTP/1.1 200 OK\r\n"));
//! assert!(answers[2].starts_with("/bHTTP/1.1 400 Bad Request\r\n"));
//! # // More in one read than the bounds let pass at once: none is forgotten.
//! # let many = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n".repeat(5000);
//! # let client = peer(&many);
//! # serve(&client, &Settings::default())?;
//! # let written = String::from_utf8(client.1.into_inner()).unwrap();
//! # assert_eq!(written.matches("\r\n\r\n/a").count(), 5000);
//! # io::Result::Ok(())
//! ```
//!
//! # The parts
//!
//! ```text
//!      octets in                                                        octets out
//!          |                                                                ^
//!        Burst                                                        poll_transmit
//!          v                                                                |
//!     +----------+  Event::Request{ticket}   +-------------+    head   +---------+
//!     | receive  |-------------------------->| application |---------->| encode  |
//!     |  parser: |  Data, EndOfMessage       +-------------+  content  |  arena, |
//!     |  framing |                           respond(ticket) in any    |  pieces |
//!     +----------+                           order; start/send/finish  +---------+
//!          |            sequence numbers          |                         ^
//!          +-----------> ring of slots <----------+     in request order    |
//!                            +----------------------------------------------+
//! ```
//!
//! [`Pipeline`] is the state of one connection: at most 128 octets, and no buffers. While a
//! request is in flight or an octet unsent it works on a [`Store`] that it was lent: ring, pieces
//! and arena. [`Settings`] belong to a worker. The receive buffer belongs to the caller; [`Burst`]
//! is a cursor over it.
//!
//! # The states of the way in
//!
//! ```text
//!              octet              head complete,
//!                                  content due
//!     Idle -------------> Head -------------------> Content
//!      ^ ^                | |                         | |
//!      | |  head complete | | head complete,          | | content complete,
//!      | +----------------+ | upgrade offered         | | upgrade offered
//!      |                    |                         | |
//!      |    content complete, or drained behind       | |
//!      +----------------------------------------------+ |
//!      |                    |                           |
//!      |  any answer        v                           |
//!      +------------------ Held <-----------------------+
//!                           |
//!                           | accept_upgrade
//!                           v
//!                        Upgraded
//!
//!     each of these ------------------> Ending ------> Closed
//!                       the end                all is
//!                                        transmitted
//! ```
//!
//! *The end* is one of: a request that is the connection's last (by `Connection: close` or its
//! version), once it is complete; an offence; the peer's end of stream; an answer that leaves too
//! much content unread, or comes in place of `100 (Continue)`; an answer broken off;
//! [`refuse`](Pipeline::refuse), [`close_after`](Pipeline::close_after). In `Held` the end of stream,
//! `close_after` and `shut_down` let the offer be answered first, either way; `refuse` withdraws it, so that an answer which refuses it, still
//! owed, is the last. `Upgraded` ends here only by `refuse`, or, as `Held`, if an answer in front of
//! it is one that the end of the connection ends, or is broken off. Whatever the state, answers owed are given, and leave, as
//! before: the way out is told by [`Pipeline::wants_write`] and [`Pipeline::in_flight`].
//!
//! [`shut_down`](Pipeline::shut_down) makes the connection *leave*: a request that is on its way would
//! be lost without notice if nothing were received any more. It goes through the same states to the
//! end, which is the first of these:
//!
//! ```text
//!     Idle, Head  a request behind which, and behind whose content,    once it is complete
//!                   nothing stands in its burst
//!     Idle        the answer to the youngest request in flight,        once its head is encoded
//!                   and no octet of another head was seen
//!     Content     the request whose content is due                     once it is complete
//!     Content     content that is thrown away                          at once
//!     Held        the answer that refuses the offer                    once it is given
//! ```
//!
//! The last answer says `Connection: close`, unless it was encoded before. Where nothing is in flight
//! that could say so the connection stays `Idle`, and its owner closes it:
//! [`Pipeline::is_leaving`].
//!
//! [`Pipeline::phase`] tells the state. There is no clock: a server that wants deadlines looks at
//! the phase, at [`octets_received`](Pipeline::octets_received) and at
//! [`octets_transmitted`](Pipeline::octets_transmitted) now and then, and calls
//! [`refuse`](Pipeline::refuse) with 408, or closes.
//!
//! # One answer
//!
//! ```text
//!     Ticket --- respond / accept_upgrade -------------------------> done
//!       |  \ send_continue, inform: any number before
//!       |
//!       +-- start --> Streaming -- send* -- finish ----------------> done
//!       |                 +-------- abort / a wrong length --------> cut short: the connection ends there
//!       +-- lost: abandon; given up: fail -------------------------> a status, or cut short
//! ```
//!
//! An answer that is cut short lacks octets of its length, or its last chunk. Where the end of the
//! connection is all that tells its end, as to a client of HTTP/1.0, the connection must be reset
//! and not closed: [`Pipeline::wants_reset`] says so.
//!
//! # The order of effects
//!
//! Only requests by [safe](is_safe) methods may be processed in parallel (RFC 9112 section 9.3.2). So one by any
//! other method is handed over when all in front of it are answered, and what is behind it when it is:
//!
//! ```text
//!     GET  HEAD  GET | PUT | GET  GET | POST | DELETE | GET  ...
//!
//!                    beside each other are those that no bar parts
//! ```
//!
//! A request is answered when the last octet of its answer is in the pipeline, or it was given up; whether that has left does
//! not matter. An offer of another protocol waits as a method with effects does: nobody can tell what comes of it.
//!
//! What waits is not received. [`receive`](Pipeline::receive) gives [`Event::Paused`], and leaves its octets in the burst;
//! [`wants_read`](Pipeline::wants_read) is false, so no content of it is read beyond what the caller has
//! read already; and the phase is [`Idle`](Phase::Idle) with something in flight, in which nobody waits for the peer. Whoever answers later than
//! a request comes gives the rest of the burst again behind each answer, without waiting for more octets.
//! [`Settings::unsafe_in_parallel`] lifts the rule.
//!
//! # In scope, and out of it
//!
//! In: the order of answers and of effects, framing of both directions, persistence, interim answers, upgrades,
//! [WebSocket's opening handshake](websocket), bounds on everything a peer can make grow, early
//! answers and the content that they leave unread, errors in their place. Out: sockets, clocks,
//! routes, content codings, the meaning of fields.
//!
//! # Examples
//!
//! Of one side over blocking sockets there is the example `blocking`. In `proxy`, a reverse proxy,
//! it meets the [other side](client): what an intermediary leaves out and adds, content in both
//! directions at once, and what becomes of a request whose server breaks off.
//!
//! ```text
//! cargo run -p rajada-pipeline --example blocking -- 127.0.0.1:8080
//! cargo run -p rajada-pipeline --example proxy -- 127.0.0.1:8081 127.0.0.1:8080
//! ```
//!
//! # Without a heap
//!
//! With `default-features = false` there is no `alloc`: a [`Store`] has the arrays of
//! [`Fixed`](memory::Fixed), wherever the caller puts them, and is lent by reference. With the
//! feature `alloc` both are there.
//!
//! What numbers the pipelines is an atomic of 32 bits, so a target needs `target_has_atomic = "32"`:
//! a Cortex-M3 has it, a Cortex-M0 has not.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;

mod answer;
mod burst;
pub mod client;
mod content;
mod effects;
mod encode;
mod event;
mod head;
pub mod memory;
mod order;
mod output;
mod pages;
mod pipeline;
mod receive;
mod refuse;
mod settings;
mod store;
mod stream;
mod ticket;
pub mod websocket;

pub use answer::{COPY_BELOW, Content};
pub use burst::Burst;
pub use effects::is_safe;
pub use event::{Event, Incoming, Offence};
pub use head::{Head, HeadError, PreparedHead};
#[cfg(feature = "alloc")]
pub use pages::PreparedPage;
pub use pages::{ErrorPage, Pages};
pub use pipeline::{Phase, Pipeline};
pub use settings::Settings;
pub use store::Store;
pub use stream::Length;
pub use ticket::{ApiMisuse, Rejected, Streaming, Ticket, TicketId};
