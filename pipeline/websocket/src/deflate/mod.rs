//! Compressed messages: permessage-deflate (RFC 7692).
//!
//! In the opening handshake a server [accepts](Terms::accept) an offer by its [`Terms`], and a client [checks](Terms::check) the answer: that is the
//! feature `negotiation`. What they have [agreed](Agreed) on makes a [`Compression`] for the connection. What inflates and what compresses,
//! an [`Inflater`] and a [`Deflater`], belongs to a worker, which has one of each for all connections and lends them for a message (feature `deflate`):
//!
//! ```
//! # #[cfg(feature = "deflate")] {
//! use rajada_parser::list;
//! use rajada_websocket::deflate::{self, Compression, Deflater, Inflater, Terms};
//! use rajada_websocket::{Burst, Collector, Event, Settings, Store, WebSocket};
//!
//! // The handshake: what the server answers, and what the client makes of it.
//! let terms = Terms::DEFAULT;
//! let offer = terms.offer().to_string();
//! let accepted = terms.accept(list::elements(offer.as_bytes())).expect("a list, otherwise 400");
//! let accepted = accepted.expect("an offer that can be granted, otherwise nothing is compressed");
//! let answer = accepted.to_string();
//! let agreed = terms.check(list::elements(answer.as_bytes())).unwrap().unwrap();
//!
//! // What a worker has.
//! let settings = Settings::default();
//! let mut inflater = Inflater::new(deflate::Settings::DEFAULT);
//! let mut deflater = Deflater::new(deflate::Settings::DEFAULT);
//!
//! // A client sends...
//! let mut client = WebSocket::<_, Vec<u8>>::client(|| [0x37, 0xfa, 0x21, 0x3d]).compressed();
//! client.lend(Box::new(Store::new(&settings)));
//! let text = "again and again, ".repeat(100);
//! Compression::new(agreed).send_text(&mut client, &mut deflater, &text).unwrap();
//! let mut slices = [&[][..]; 1];
//! client.poll_transmit(&mut slices);
//! assert!(slices[0].len() < 100);
//!
//! // ... and a server receives: pieces are collected, and what was compressed is inflated.
//! let mut server = WebSocket::<_, Vec<u8>>::server().compressed();
//! server.lend(Box::new(Store::new(&settings)));
//! let (mut compression, mut collector) = (Compression::new(accepted), Collector::new());
//! let mut received = slices[0].to_vec();
//! let mut burst = Burst::new(&mut received);
//! loop {
//!     let Some(event) = collector.take(server.receive(&settings, &mut burst)) else { continue };
//!     match compression.take(&mut server, &mut inflater, event) {
//!         Event::Text(received) => assert_eq!(received, text),
//!         Event::NeedData => break,
//!         event => panic!("{event:?}"),
//!     }
//! }
//! # }
//! ```
//!
//! # What it costs
//!
//! Unless [`Terms`] say otherwise no message refers to those before, and a connection keeps 16 octets. While a compressed message has come in part, its
//! collector has what has come, within [`Settings::message`](crate::Settings::message). A worker has, once it has used them:
//!
//! | memory | octets |
//! |---|---|
//! | [`Inflater`] | 47 KiB, and its buffer |
//! | [`Deflater`], for each size of window that peers ask for | 372 KiB for 15 bits, 308 for 14, 276, 260, 252, 248, and 246 for 9; and a buffer |
//! | each buffer | the largest message, of those received at most [`Settings::message`]; [`Settings::kept`] of them stay |
//! | a connection whose peer's messages, or its own, may refer to those before | the window, for each direction: 512 octets to 32 KiB |
//!
//! (The test `memory_is_what_is_documented` holds the figures.) Such a connection has no compressor, which in Rust would take a quarter of a MiB however small its window:
//! its history is given to the worker's before each message. That takes time, which grows with the window. With messages of JSON, in microseconds a message on a
//! virtual processor of 2026 (the example `deflate_costs` measures it, with more levels):
//!
//! | octets | level | compressed to | to compress | to inflate | with 1 KiB of history | with 32 KiB | miniz_oxide |
//! |---|---|---|---|---|---|---|---|
//! | 128 | 1 | 105 | 2.3 | 0.4 | to 50 in 2.8 | to 46 in 30 | to 104 in 14 |
//! | 1,024 | 1 | 392 | 3.5 | 1.0 | to 338 in 5.3 | to 321 in 31 | to 320 in 15 |
//! | 1,024 | 2 | 304 | 8.7 | 1.9 | to 231 in 9.4 | to 238 in 36 | to 304 in 18 |
//! | 4,096 | 1 | 1,291 | 7.7 | 3.0 | to 1,298 in 13 | to 1,192 in 38 | to 1,018 in 20 |
//!
//! So whoever has many small messages that resemble each other should grant contexts with windows of 10 bits: 2 KiB a connection.
//!
//! # Bounds
//!
//! What is inflated is counted while it is: a message that becomes larger than [`Settings::message`] costs that many octets and ends with 1009. Each last block in a message
//! (RFC 7692 section 7.2.3.4) makes the inflater begin anew, wherefore they are [counted](Settings::last_blocks) as well. Text is judged when all of it is there.
//!
//! All payloads must be as section 7.2 wants them, with which other implementations are less strict: payload and the four octets that were not sent must be whole
//! blocks, with nothing behind them, and an empty message is one octet of 0. A payload that ends with a last block may lack the octet behind it, as `ws` and Bun have
//! it: some senders do without.
//!
//! # What must not be compressed
//!
//! How long a compressed message is tells something about what is in it. Where a peer chooses some of a message that holds a secret as well, send it
//! [as it is](crate::WebSocket::send_text): messages that are not compressed may stand between those that are (RFC 7692 section 6).
//!
//! # Why zlib-rs
//!
//! It makes windows of 9 to 14 bits, which miniz_oxide does not, so that offers with `server_max_window_bits` need not be declined; it takes less time, as the table shows;
//! and it can be given a history. It has unsafe code, of which this crate has none.

mod agreed;
#[cfg(feature = "deflate")]
mod buffer;
#[cfg(feature = "deflate")]
mod compression;
#[cfg(feature = "deflate")]
mod deflater;
#[cfg(feature = "deflate")]
mod history;
#[cfg(feature = "deflate")]
mod inflater;
mod parameters;
#[cfg(feature = "deflate")]
mod settings;
mod terms;
mod window;

pub use agreed::Agreed;
#[cfg(feature = "deflate")]
pub use compression::Compression;
#[cfg(feature = "deflate")]
pub use deflater::Deflater;
#[cfg(feature = "deflate")]
pub use history::History;
#[cfg(feature = "deflate")]
pub use inflater::{InflateError, Inflater};
#[cfg(feature = "deflate")]
pub use settings::Settings;
pub use terms::{AnswerError, Terms};
pub use window::WindowBits;

/// What stands behind each compressed message, and is not sent (RFC 7692 section 7.2.1).
#[cfg(feature = "deflate")]
const TAIL: [u8; 4] = [0, 0, 0xFF, 0xFF];
