//! WebSocket without IO (RFC 6455): octets in, messages out; messages in, octets out, all that is ready in one write.
//!
//! Either end, behind the opening handshake. It runs under mio, tokio, io_uring, blocking sockets, an embedded stack or a fuzzer. Payload is
//! unmasked where it stands in the caller's buffer and borrowed from there; what is sent is copied if it is small, and leaves from
//! where it is if it is large:
//!
//! ```
//! use rajada_websocket::{Burst, CloseCode, Collector, Event, Kind, Settings, Store, WebSocket};
//! use std::io::{self, IoSlice, Read, Write};
//!
//! fn echo(mut peer: impl Read + Write, settings: &Settings) -> io::Result<()> {
//!     let mut socket = WebSocket::<_, Vec<u8>>::server();
//!     socket.lend(Box::new(Store::new(settings)));
//!     let mut collector = Collector::new();
//!     let (mut buffer, mut filled) = (vec![0; 64 * 1024], 0);
//!     while socket.wants_read() {
//!         match peer.read(&mut buffer[filled..])? {
//!             0 => drop(socket.receive_eof()),
//!             count => filled += count,
//!         }
//!         let mut burst = Burst::new(&mut buffer[..filled]);
//!         loop {
//!             // Whatever is here is answered...
//!             while socket.has_room() || !socket.wants_write() {
//!                 match collector.take(socket.receive(settings, &mut burst)) {
//!                     Some(Event::Text("bye")) => {
//!                         socket.close(CloseCode::NORMAL, "see you").expect("a store is lent")
//!                     }
//!                     Some(Event::Text(text)) => socket.send_text(text).expect("there is room"),
//!                     // Large ones leave without a copy if they are owned.
//!                     Some(Event::Binary(octets)) => {
//!                         socket.send_owned(Kind::Binary, octets.to_vec()).expect("there is room")
//!                     }
//!                     // Pings and close frames have been answered, and so has what is malformed. A piece was collected.
//!                     Some(Event::Ping(_) | Event::Pong(_) | Event::Close { .. }) | None => {}
//!                     Some(Event::Malformed(error)) => eprintln!("{error}"),
//!                     _ => break,
//!                 }
//!             }
//!             if !socket.wants_write() {
//!                 break;
//!             }
//!             // ... by one write, unless a bound is reached.
//!             let mut slices = [&[][..]; 16];
//!             let count = socket.poll_transmit(&mut slices);
//!             let written = peer.write_vectored(&slices.map(IoSlice::new)[..count])?;
//!             socket.transmitted(written);
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
//! // A client's end encodes what the server's receives: here with keys that must not be taken as an example.
//! let settings = Settings::default();
//! let mut client = WebSocket::<_, Vec<u8>>::client(|| [0x37, 0xfa, 0x21, 0x3d]);
//! client.lend(Box::new(Store::new(&settings)));
//! client.send_text("Hello").unwrap();
//! client.ping(b"?").unwrap();
//! client.start(Kind::Text).unwrap();
//! client.send("by".as_bytes()).unwrap();
//! client.finish(b"e").unwrap();
//! let mut slices = [&[][..]; 1];
//! client.poll_transmit(&mut slices);
//! assert!(slices[0].starts_with(b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"));
//!
//! let peer = Peer(RefCell::new(slices[0]), RefCell::default());
//! echo(&peer, &settings)?;
//! assert_eq!(peer.1.borrow()[..], *b"\x81\x05Hello\x8a\x01?\x88\x09\x03\xe8see you");
//! # io::Result::Ok(())
//! ```
//!
//! # The parts
//!
//! ```text
//!      octets in                                                          octets out
//!          |                                                                  ^
//!        Burst                                                          poll_transmit
//!          v                                                                  |
//!     +-----------+   Text, Binary          +-------------+  send_text   +---------+
//!     | receive   |------------------------>| application |  send_owned  | Store:  |
//!     |  header,  |   Begin, Data.., End    |             |------------->|  arena, |
//!     |  unmask,  |   Ping, Pong            |  start,     |  send, ping  |  pieces |
//!     |  UTF-8    |   Close, Malformed      |  finish     |  close       +---------+
//!     +-----------+                         +-------------+                   ^
//!          |                 pongs, replies to close frames                   |
//!          +------------------------------------------------------------------+
//! ```
//!
//! [`WebSocket`] is the state of one connection, of some 100 octets, and has no buffers. While it receives, or an octet is unsent, it works on a [`Store`] that it was
//! lent, and that a worker lends to the next one when it gives it back ([`WebSocket::reclaim`]). [`Settings`] belong to a worker. The receive buffer belongs to
//! the caller; [`Burst`] is a cursor over it. Between reads the caller keeps what the burst has [left](Burst::rest): mostly nothing, and at most a part of a header, of
//! a control frame, or of a frame of [`Settings::whole`] octets. Whoever has very many keeps 16 octets of each that is [at rest](WebSocket::resting).
//!
//! # Messages, whole and in pieces
//!
//! A message in one frame comes whole if the frame stands in the burst, or is small enough to [wait](Settings::whole) there until it does. All others come in
//! pieces, as they arrive: nothing is allocated for them, and whoever wants them whole collects them (`Collector`). Text is judged as it
//! arrives either way, and the first octet that can't be right ends the connection.
//!
//! # The end
//!
//! ```text
//!              close                        the peer's close frame
//!     Open ------------------> Closing ---------------------------> Ending ------> Closed
//!      |                          |                                   ^    all is
//!      |                          +-- an offence, the stream's end -->|    transmitted
//!      +--- the peer's close frame, an offence, the stream's end -----+
//! ```
//!
//! [`WebSocket::phase`] tells the state. To a close frame, or an offence, a close frame is put out behind all that was accepted before it, with the peer's code or the offence's;
//! none if one was put out already. In `Closing` messages of the peer still come. There is no clock: an owner that wants deadlines looks at the phase, at
//! [`octets_received`](WebSocket::octets_received) and at what is [held](WebSocket::held), pings, and [abandons](WebSocket::abandon).
//!
//! # Bounds
//!
//! Whatever the peer sends, a connection holds, beside what is left of the burst, at most [`Settings::held`] and one message, [`Settings::control`] for pongs, and a close frame. Data does
//! not keep pongs from being put out, nor does a flood of pings cost more: of those beyond the bound the newest is answered when there is room.
//! Nothing that was accepted is dropped: `send_*` says [`Full`](ApiMisuse::Full), and the caller stops reading, waits, or closes.
//!
//! # In scope, and out of it
//!
//! In: frames, masks, fragments, control frames, close codes, UTF-8, limits, either role. Out: sockets, clocks, the opening handshake (`rajada-pipeline` judges
//! it), randomness (a [`Client`] has a source of keys), and compression, which is the module `deflate` or
//! the caller's: messages with RSV1 pass in both directions once it was [negotiated](WebSocket::compressed).
//!
//! # Features
//!
//! | feature | brings | costs |
//! |---|---|---|
//! | `std` (default) | the widest instructions for UTF-8 and masks that the processor has | the standard library, fearless_simd |
//! | `alloc` (with `std`) | stores on the heap, `Collector`, `Encoded` | `alloc` |
//! | `deflate` | compressed messages (RFC 7692): the module of that name tells their cost | `std`, rajada-parser, zlib-rs |
//! | `negotiation` (with `deflate`) | the handshake's part of that | rajada-parser |
//!
//! With `default-features = false` a [`Store`] has the arrays of [`Fixed`](memory::Fixed), wherever the caller puts them, and is lent by reference.
//! simdutf8 is the one dependency then.
#![no_std]
#![forbid(unsafe_code)]

#[cfg(feature = "alloc")]
extern crate alloc;

mod burst;
mod close;
#[cfg(feature = "alloc")]
mod collect;
#[cfg(feature = "negotiation")]
pub mod deflate;
#[cfg(feature = "alloc")]
mod encoded;
mod error;
mod event;
mod header;
mod mask;
pub mod memory;
mod output;
mod receive;
mod resting;
mod role;
mod send;
mod settings;
mod socket;
mod store;
mod utf8;

pub use burst::Burst;
pub use close::CloseCode;
#[cfg(feature = "alloc")]
pub use collect::Collector;
#[cfg(feature = "alloc")]
pub use encoded::Encoded;
pub use error::{ApiMisuse, Error, Offence};
pub use event::{Event, Kind};
pub use resting::Resting;
pub use role::{Client, Role, Server};
pub use send::COPY_BELOW;
pub use settings::Settings;
pub use socket::{Phase, WebSocket};
pub use store::Store;
