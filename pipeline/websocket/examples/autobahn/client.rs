//! A client over a blocking socket: the opening handshake by rajada-pipeline, frames by this crate.

use std::error::Error;
use std::io::{self, IoSlice, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rajada_parser::{Config, Positions, Resume, Status};
use rajada_pipeline::websocket::{Address, GUID, Key, Opening};
use rajada_websocket::deflate::{self, Compression, Deflater, Inflater, Terms};
use rajada_websocket::{
    ApiMisuse, Burst, Client as Role, Collector, Event, Kind, Settings, Store, WebSocket,
};

/// Octets of a message, at most: the suite's have 16 MiB.
const LONGEST: usize = 16 * 1024 * 1024;

/// How long the server may be silent.
const PATIENCE: Duration = Duration::from_secs(60);

type Codec = WebSocket<Role<fn() -> [u8; 4]>, Vec<u8>>;

/// An open connection.
pub(super) struct Client {
    stream: TcpStream,
    sender: Sender,
    settings: Settings,
    collector: Collector,
    inflater: Inflater,
    /// Octets that have come and are not done with.
    buffer: Vec<u8>,
    filled: usize,
}

/// What sends on it.
pub(super) struct Sender {
    codec: Codec,
    compression: Option<Compression>,
    deflater: Deflater,
}

impl Sender {
    /// Sends a message, which is compressed if that was agreed on.
    pub(super) fn send(&mut self, message: Event<'_>) -> Result<(), ApiMisuse> {
        let Self { codec, compression, deflater } = self;
        match (message, compression) {
            (Event::Text(text), Some(compression)) => compression.send_text(codec, deflater, text),
            (Event::Text(text), None) => codec.send_text(text),
            (Event::Binary(octets), Some(compression)) => {
                compression.send_binary(codec, deflater, octets)
            }
            (Event::Binary(octets), None) => codec.send_owned(Kind::Binary, octets.to_vec()),
            _ => Ok(()),
        }
    }
}

impl Client {
    /// Connects, and offers compression by these terms.
    pub(super) fn open(uri: &str, terms: &Terms) -> Result<Self, Box<dyn Error>> {
        let address = Address::parse(uri)?;
        if address.is_secure() {
            return Err("this client has no TLS".into());
        }
        let mut stream = TcpStream::connect((address.host(), address.port()))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        let (key, offer) = (Key::new(random()), terms.offer().to_string());
        let opening = Opening::new(&address, &key).extensions(&offer);
        stream.write_all(opening.request(&mut vec![0; uri.len() + offer.len() + 256])?)?;

        let (mut buffer, mut filled, mut resume) = (vec![0; 64 * 1024], 0, Resume::new());
        let (agreed, head) = loop {
            filled += match stream.read(&mut buffer[filled..])? {
                0 => return Err("no answer, or too long a one".into()),
                count => count,
            };
            let mut slots = Positions::<64>::new();
            let octets = &buffer[..filled];
            if let Status::Complete(response, head) =
                Config::STRICT.parse_response(octets, &mut resume, &mut slots)?
            {
                let accepted = opening.check(&response, &accept(&key))?;
                break (terms.check(accepted.extensions())?, head);
            }
        };
        // What is behind the head are frames.
        buffer.copy_within(head..filled, 0);
        filled -= head;

        let (settings, limits) = settings();
        let mut codec = Codec::client(random::<4>);
        if agreed.is_some() {
            codec = codec.compressed();
        }
        codec.lend(Box::new(Store::new(&settings)));
        let sender = Sender {
            codec,
            compression: agreed.map(Compression::new),
            deflater: Deflater::new(limits.clone()),
        };
        let (collector, inflater) = (Collector::new(), Inflater::new(limits));
        Ok(Self { stream, sender, settings, collector, inflater, buffer, filled })
    }

    /// Receives until the connection is over. Each message is handed on, with what sends.
    pub(super) fn run(
        mut self,
        mut handle: impl FnMut(&mut Sender, Event<'_>) -> Result<(), ApiMisuse>,
    ) -> Result<(), Box<dyn Error>> {
        loop {
            let mut burst = Burst::new(&mut self.buffer[..self.filled]);
            loop {
                let Sender { codec, compression, .. } = &mut self.sender;
                // All that is here is answered by one write, unless a bound is reached.
                if codec.has_room() || !codec.wants_write() {
                    let event = codec.receive(&self.settings, &mut burst);
                    let Some(mut event) = self.collector.take(event) else { continue };
                    if let Some(compression) = compression {
                        event = compression.take(codec, &mut self.inflater, event);
                    }
                    match event {
                        Event::Text(_) | Event::Binary(_) => handle(&mut self.sender, event)?,
                        Event::NeedData | Event::Closed => {
                            flush(codec, &mut self.stream)?;
                            break;
                        }
                        // Pings, close frames and what is malformed have been answered.
                        _ => {}
                    }
                } else {
                    flush(codec, &mut self.stream)?;
                }
            }
            let consumed = burst.consumed();
            self.buffer.copy_within(consumed..self.filled, 0);
            self.filled -= consumed;
            if !self.sender.codec.wants_read() {
                break;
            }
            match self.stream.read(&mut self.buffer[self.filled..])? {
                0 => drop(self.sender.codec.receive_eof()),
                count => self.filled += count,
            }
        }
        // The server is the one that closes (RFC 6455 section 7.1.1), whichever way.
        while let Ok(1..) = self.stream.read(&mut self.buffer) {}
        Ok(())
    }
}

/// Writes all that is ready.
fn flush(codec: &mut Codec, stream: &mut TcpStream) -> io::Result<()> {
    while codec.wants_write() {
        let mut slices = [&[][..]; 16];
        let count = codec.poll_transmit(&mut slices);
        let written = stream.write_vectored(&slices.map(IoSlice::new)[..count])?;
        codec.transmitted(written);
    }
    Ok(())
}

fn settings() -> (Settings, deflate::Settings) {
    let (mut settings, mut limits) = (Settings::DEFAULT, deflate::Settings::DEFAULT);
    (settings.message, settings.frame) = (LONGEST as u64, LONGEST as u64);
    (limits.message, limits.smallest) = (LONGEST, 0);
    (settings, limits)
}

/// Octets from the operating system's source of chance.
fn random<const N: usize>() -> [u8; N] {
    let mut octets = [0; N];
    getrandom::fill(&mut octets).expect("there is chance");
    octets
}

/// What the server has to answer to a key (RFC 6455 section 4.2.2).
fn accept(key: &Key) -> [u8; 28] {
    let mut hash = sha1_smol::Sha1::from(key.octets());
    hash.update(GUID.as_bytes());
    let mut text = [0; 28];
    STANDARD.encode_slice(hash.digest().bytes(), &mut text).expect("20 octets are 28 symbols");
    text
}
