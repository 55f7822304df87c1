//! The benchmark of frames: which codec of WebSocket needs how long for a message.
//!
//! A burst holds as many messages as 64 KiB do, at least one, or one that is `alone`. `parse` begins with the octets that a read has brought, masked by a client, whose copy into
//! the buffer is timed (each contestant reads into a buffer of its own), and ends with each message in the caller's hands. `encode` begins with payloads that
//! the caller borrows, and ends with all frames where one write finds them, as a server's, and `mask` does the same as a client's.
//!
//! tungstenite and fastwebsockets read and write streams: theirs is memory that is always ready.

mod contest;
mod options;
#[cfg(feature = "peers")]
mod peers;
#[cfg(not(feature = "peers"))]
#[path = "peers_none.rs"]
mod peers;
mod rajada;
mod record;
mod study;

use std::ffi::OsString;
use std::hint::black_box;
use std::process::ExitCode;
use std::rc::Rc;

use rajada_websocket::{Kind, WebSocket};

use crate::say::exit;
use contest::{Decode, Encode, SIZES, Seen, are_masked, are_unmasked, frame, payloads, times};
use options::Command;
use rajada::Rajada;

/// What is timed.
pub struct Item {
    /// `parse`, `encode` or `mask`.
    pub what: &'static str,
    /// Octets of a message, and of which kind.
    pub of: String,
    /// Messages a run.
    pub messages: usize,
    /// Those who take part, Rajada first.
    pub contestants: Vec<Contestant>,
}

/// One who takes part.
pub struct Contestant {
    /// Its name.
    pub name: &'static str,
    /// A run; what it gives is of no use but that it must be made.
    pub run: Box<dyn FnMut() -> usize>,
}

type Named<C> = (&'static str, Box<C>);

/// All items with new contestants. What is sent lies so many octets behind where it would lie otherwise: how long a copy takes depends on where it is from.
///
/// # Panics
/// If a contestant does anything else than it should.
pub fn items(place: usize) -> Vec<Item> {
    let parsed = SIZES.into_iter().flat_map(|size| {
        payloads(size).map(|(name, kind, payload)| {
            parse(format!("{size}-{name}"), kind, &payload, times(size))
        })
    });
    let alone = payloads(SIZES[0]).map(|(name, kind, payload)| {
        parse(format!("{}-{name}-alone", SIZES[0]), kind, &payload, 1)
    });
    let encoded = ["encode", "mask"].into_iter().flat_map(|what| {
        SIZES.into_iter().map(move |size| {
            let [(_, kind, payload), ..] = payloads(size);
            encode(what, kind, &payload, place)
        })
    });
    parsed.chain(alone).chain(encoded).collect()
}

fn parse(of: String, kind: Kind, payload: &[u8], messages: usize) -> Item {
    let octets: Rc<[u8]> = frame(kind, payload).repeat(messages).into();
    let mut expected = Seen::default();
    (0..messages).for_each(|_| expected.message(payload));
    let decoders: Vec<Named<dyn Decode>> =
        vec![("rajada", Box::new(Rajada::new(WebSocket::server())))];
    let contestants = decoders.into_iter().chain(peers::decoders()).map(|(name, mut decoder)| {
        for _ in 0..3 {
            assert_eq!(decoder.decode(&octets), expected, "{name}");
        }
        let octets = octets.clone();
        Contestant { name, run: Box::new(move || decoder.decode(black_box(&octets)).octets) }
    });
    Item { what: "parse", of, messages, contestants: contestants.collect() }
}

fn encode(what: &'static str, kind: Kind, payload: &[u8], place: usize) -> Item {
    let placed: Rc<[u8]> = [&vec![0; place], payload].concat().into();
    let (messages, server) = (times(payload.len()), what == "encode");
    // (The others' keys are random, too.)
    let mut last = 1u32;
    let keys = move || {
        last = last.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        last.to_ne_bytes()
    };
    let ours: Box<dyn Encode> = match server {
        true => Box::new(Rajada::new(WebSocket::server())),
        false => Box::new(Rajada::new(WebSocket::client(keys))),
    };
    let encoders: Vec<Named<dyn Encode>> = vec![("rajada", ours)];
    let are = if server { are_unmasked } else { are_masked };
    let encoders = encoders.into_iter().chain(peers::encoders(server));
    let contestants = encoders.map(|(name, mut encoder)| {
        for _ in 0..3 {
            assert!(are(encoder.encode(payload, messages), kind, payload, messages), "{name}");
        }
        let placed = placed.clone();
        Contestant {
            name,
            run: Box::new(move || encoder.encode(black_box(&placed[place..]), messages).len()),
        }
    });
    Item { what, of: payload.len().to_string(), messages, contestants: contestants.collect() }
}

/// The program `frames`.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let done = match options::parse(arguments) {
        Ok(Command::Study(options)) => study::run(&options),
        Ok(Command::Tell(text)) => {
            print!("{text}");
            Ok(())
        }
        Err(error) => Err(format!("{error}; --help tells what there is")),
    };
    exit("frames", done)
}
