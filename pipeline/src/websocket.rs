//! WebSocket's opening handshake: which requests are one, and the answers to those that are not in
//! order (RFC 6455 sections 4.2 and 4.4); for clients, the [request](Opening), and whether the answer is
//! one to it (section 4.1).
//!
//! Whether it speaks WebSocket is an application's own affair. One that does not answers such a
//! request as any other (RFC 9110 section 7.8). One that does asks [`Handshake::of`] when an
//! [`Event::Request`](crate::Event::Request) says `upgrade`:
//!
//! ```
//! use rajada_parser::Positions;
//! use rajada_pipeline::websocket::Handshake;
//! use rajada_pipeline::{Burst, Content, Event, Pipeline, PreparedHead, Settings, Store};
//!
//! fn answer(octets: &str) -> String {
//!     let settings = Settings::default();
//!     let mut pipeline = Pipeline::<Vec<u8>, _, _>::new();
//!     pipeline.lend(Box::new(Store::new(&settings)));
//!     let (mut burst, mut slots) = (Burst::new(octets.as_bytes()), Positions::<100>::new());
//!     let event = pipeline.receive(&settings, &mut burst, &mut slots);
//!     let Event::Request { ticket, request, .. } = event else { panic!("{event:?}") };
//!     match Handshake::of(&request) {
//!         Ok(Some(handshake)) => {
//!             let accept = accept_key(handshake.key());
//!             let mut head = format!(
//!                 "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
//!                  Sec-WebSocket-Accept: {accept}\r\n"
//!             );
//!             if handshake.protocols().any(|protocol| protocol == b"chat") {
//!                 head += "Sec-WebSocket-Protocol: chat\r\n";
//!             }
//!             let head = PreparedHead::new(head).unwrap();
//!             // What is behind the request belongs to WebSocket now.
//!             pipeline.accept_upgrade(ticket, &head.head()).unwrap();
//!         }
//!         // What is behind the request is the next one.
//!         Err(refusal) => pipeline.respond(ticket, &refusal.head(), Content::None).unwrap(),
//!         Ok(None) => {
//!             let head = PreparedHead::new("HTTP/1.1 404 Not Found\r\n").unwrap();
//!             pipeline.respond(ticket, &head.head(), Content::None).unwrap();
//!         }
//!     }
//!     let mut slices = [&[][..]; 4];
//!     let count = pipeline.poll_transmit(&mut slices);
//!     String::from_utf8(slices[..count].concat()).unwrap()
//! }
//! # /// Stands for what calculates it.
//! # fn accept_key(key: &[u8; 24]) -> &'static str {
//! #     assert_eq!(key, b"dGhlIHNhbXBsZSBub25jZQ==");
//! #     "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
//! # }
//!
//! let asks = "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n\
//!             Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
//!             Sec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Version: 13\r\n\r\n";
//! let switched = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
//!                 Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
//!                 Sec-WebSocket-Protocol: chat\r\nConnection: upgrade\r\n\r\n";
//! assert_eq!(answer(asks), switched);
//!
//! let other_version = asks.replace("Version: 13", "Version: 8");
//! let refused = "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\n\
//!                Sec-WebSocket-Version: 13\r\nContent-Length: 0\r\nConnection: upgrade\r\n\r\n";
//! assert_eq!(answer(&other_version), refused);
//! ```
//!
//! The accept key, which takes SHA-1 and base64, stays with the application, and so do the choice
//! of a subprotocol, extensions, `Origin`, and all frames. A handshake with content never gets
//! here: the pipeline refuses it ([`Offence::WebSocketContent`](crate::Offence::WebSocketContent)).

mod address;
mod opening;

use core::fmt;

pub use address::{Address, AddressError};
pub use opening::{Accepted, AnswerError, GUID, Key, Opening, OpeningError};
use rajada_parser::encode::is_token;
use rajada_parser::list::{self, ListError};
use rajada_parser::{Fields, Request, Version};

use crate::Head;

/// A client's opening handshake, in order: by `GET`, of version 13, with a key (RFC 6455 section
/// 4.2.1).
#[derive(Debug, Clone, Copy)]
pub struct Handshake<'b, 'h> {
    key: &'b [u8; 24],
    fields: Fields<'b, 'h>,
}

impl<'b, 'h> Handshake<'b, 'h> {
    /// Judges a request. `None` if it does not offer WebSocket: in HTTP/1.0, without `Connection:
    /// upgrade`, or if `websocket`, compared without case, is not among the protocols of `Upgrade`.
    ///
    /// # Errors
    /// Why it is no handshake although it offers WebSocket: the first of the [`Refusal`]s.
    pub fn of(request: &Request<'b, 'h>) -> Result<Option<Self>, Refusal> {
        let is_offered = request.framing().is_ok_and(|framing| framing.upgrade);
        Self::judge(request.method(), is_offered, request.fields())
    }

    /// The same of a request that was kept: its method, its version and its fields.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub fn of_parts(
        method: &[u8],
        version: Version,
        fields: Fields<'b, 'h>,
    ) -> Result<Option<Self>, Refusal> {
        let mut options = fields.get_all("connection").flat_map(list::elements).flatten();
        let is_offered = version == Version::Http11
            && options.any(|option| option.eq_ignore_ascii_case(b"upgrade"));
        Self::judge(method, is_offered, fields)
    }

    fn judge(
        method: &[u8],
        is_offered: bool,
        fields: Fields<'b, 'h>,
    ) -> Result<Option<Self>, Refusal> {
        if !is_offered || !is_named(fields) {
            return Ok(None);
        }
        if method != b"GET" {
            return Err(Refusal::Method);
        }
        // Before the key: other versions have others, or none.
        match only(fields, "sec-websocket-version") {
            Some(b"13") => {}
            None if fields.get("sec-websocket-version").is_some() => {
                return Err(Refusal::VersionRepeated);
            }
            _ => return Err(Refusal::Version),
        }
        let key = only(fields, "sec-websocket-key");
        let key: Option<&[u8; 24]> = key.and_then(|value| value.try_into().ok());
        let key = key.filter(|key| is_key(key)).ok_or(Refusal::Key)?;
        Ok(Some(Self { key, fields }))
    }

    /// The value of `Sec-WebSocket-Key`, as it was sent: 16 octets in base64. `Sec-WebSocket-Accept` is the base64
    /// of the SHA-1 of it with `258EAFA5-E914-47DA-95CA-C5AB0DC85B11` behind (RFC 6455 section
    /// 4.2.2).
    pub const fn key(&self) -> &'b [u8; 24] {
        self.key
    }

    /// The subprotocols that the client speaks, the one it likes best first: the tokens of
    /// `Sec-WebSocket-Protocol`. An answer names one of them, or none (RFC 6455 section 4.2.2).
    pub fn protocols(&self) -> impl Iterator<Item = &'b [u8]> {
        let values = self.fields.get_all("sec-websocket-protocol");
        values.flat_map(list::elements).filter_map(Result::ok).filter(|element| is_token(element))
    }

    /// The extensions that the client offers: the elements of `Sec-WebSocket-Extensions`, each to
    /// be taken apart by [`list::parameters`] (RFC 6455 section 9.1). Who answers none of them need
    /// not look.
    pub fn extensions(&self) -> impl Iterator<Item = Result<&'b [u8], ListError>> {
        self.fields.get_all("sec-websocket-extensions").flat_map(list::elements)
    }
}

/// Why a request that offers WebSocket is no opening handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The method is not `GET`.
    Method,
    /// `Sec-WebSocket-Version` is not `13`, or missing (as in drafts older than it).
    Version,
    /// `Sec-WebSocket-Version` is there more than once (RFC 6455 section 11.3.5).
    VersionRepeated,
    /// `Sec-WebSocket-Key` is missing, there more than once, or no base64 of 16 octets, which ends in
    /// `==` (RFC 4648 section 4). What the last four bits in front of that are does not matter: the
    /// example of RFC 6455 section 4.1, `AQIDBAUGBwgJCgsMDQ4PEC==`, has one of them set.
    Key,
}

impl Refusal {
    /// The status that it deserves: 426 of another version, otherwise 400 (RFC 6455 section 4.2.2).
    pub const fn status(self) -> u16 {
        self.head().status()
    }

    /// The head of an answer that says so, which may have any content. Of another version it tells
    /// what is spoken here (RFC 6455 section 4.4, RFC 9110 section 15.5.22).
    ///
    /// It has no `Date`: a server with a clock makes a head of its [octets](Head::octets) and a
    /// `Date` behind them (RFC 9110 section 6.6.1).
    pub const fn head(self) -> Head<'static> {
        match self {
            Self::Method | Self::VersionRepeated | Self::Key => {
                Head::known(400, false, b"HTTP/1.1 400 Bad Request\r\n")
            }
            Self::Version => Head::known(
                426,
                true,
                b"HTTP/1.1 426 Upgrade Required\r\n\
                  Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n",
            ),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Method => "WebSocket is asked for by GET",
            Self::Version => "the version of WebSocket is not 13",
            Self::VersionRepeated => "the version of WebSocket is there more than once",
            Self::Key => "the key of WebSocket is not 16 octets in base64",
        })
    }
}

impl core::error::Error for Refusal {}

/// Whether `websocket` is among the protocols of `Upgrade`.
pub(crate) fn is_named(fields: Fields<'_, '_>) -> bool {
    let mut protocols = fields.get_all("upgrade").flat_map(list::elements).flatten();
    protocols.any(|protocol| protocol.eq_ignore_ascii_case(b"websocket"))
}

/// The value of a field that has one line.
fn only<'b>(fields: Fields<'b, '_>, name: &str) -> Option<&'b [u8]> {
    let mut values = fields.get_all(name);
    values.next().filter(|_| values.next().is_none())
}

/// Whether this is the base64 of 16 octets (RFC 4648 section 4). The last symbol has two bits of
/// them, above four that mean nothing (section 3.5).
fn is_key(octets: &[u8; 24]) -> bool {
    let [symbols @ .., b'=', b'='] = octets else { return false };
    symbols.iter().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_heads_in_order() {
        let version = [Refusal::Version, Refusal::VersionRepeated];
        for refusal in [Refusal::Method, version[0], version[1], Refusal::Key] {
            let head = refusal.head();
            assert_eq!(Head::new(head.octets()).map(|head| head.form()), Ok(head.form()));
        }
    }
}
