//! A client's opening handshake: the request, and whether the answer is one to it (RFC 6455 section 4.1).

use core::fmt;

use rajada_parser::encode::{EncodeError, HeadEncoder, is_token};
use rajada_parser::list;
use rajada_parser::{Fields, Response, Version};

use super::address::Address;
use super::only;

/// What stands behind the key in what is hashed for `Sec-WebSocket-Accept` (RFC 6455 section 1.3).
pub const GUID: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// The value of `Sec-WebSocket-Key`, one for each handshake.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Key([u8; 24]);

impl Key {
    /// The key of 16 octets from a cryptographic source of chance, such as the crate `getrandom`: they must not be guessed, or an
    /// intermediary could be made to take an answer of another for one to this handshake (RFC 6455 section 10.3).
    pub const fn new(octets: [u8; 16]) -> Self {
        const SYMBOLS: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        // The number's 128 bits, and four of 0 behind them, are 22 symbols of six bits (RFC 4648 section 4).
        let number = u128::from_be_bytes(octets);
        let mut text = [b'='; 24];
        text[21] = SYMBOLS[(number << 4) as usize & 63];
        let mut at = 0;
        while at < 21 {
            text[at] = SYMBOLS[(number >> (122 - 6 * at)) as usize & 63];
            at += 1;
        }
        Self(text)
    }

    /// The key as it is sent, in base64. The answer must have the base64 of the SHA-1 of it with the [`GUID`] behind.
    pub const fn octets(&self) -> &[u8; 24] {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// A client's opening handshake.
///
/// ```
/// use rajada_parser::{Config, Positions, Resume, Status};
/// use rajada_pipeline::websocket::{Address, AnswerError, Key, Opening};
///
/// let address = Address::parse("ws://server.example.com/chat")?;
/// let key = Key::new(*b"the sample nonce"); // an example: keys are random
/// let opening = Opening::new(&address, &key).protocols("chat, superchat");
/// let mut buffer = [0; 512];
/// let sent = "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n\
///             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
///             Sec-WebSocket-Protocol: chat, superchat\r\nConnection: Upgrade\r\n\r\n";
/// assert_eq!(opening.request(&mut buffer)?, sent.as_bytes());
///
/// let octets = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
///                Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\
///                Sec-WebSocket-Protocol: chat\r\n\r\n";
/// let (mut resume, mut slots) = (Resume::new(), Positions::<16>::new());
/// let Status::Complete(response, _) = Config::STRICT.parse_response(octets, &mut resume, &mut slots)?
/// else { panic!("it is whole") };
/// // The key's answer: SHA-1 and base64 are the application's.
/// let accepted = opening.check(&response, b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")?;
/// assert_eq!(accepted.protocol(), Some(&b"chat"[..]));
/// assert_eq!(opening.check(&response, &[b'x'; 28]).unwrap_err(), AnswerError::AcceptWrong);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// How an [`Address`] is connected to, by TLS if it [is secure](Address::is_secure), is the caller's. What it sends first behind the
/// handshake may leave at once when the answer is checked, not before.
#[derive(Debug, Clone, Copy)]
pub struct Opening<'a> {
    address: &'a Address<'a>,
    key: &'a Key,
    protocols: &'a str,
    extensions: &'a str,
}

impl<'a> Opening<'a> {
    /// A handshake that offers nothing else.
    pub const fn new(address: &'a Address<'a>, key: &'a Key) -> Self {
        Self { address, key, protocols: "", extensions: "" }
    }

    /// Offers subprotocols: a list of tokens, the one that is liked best first (RFC 6455 section 4.1).
    #[must_use]
    pub const fn protocols(mut self, protocols: &'a str) -> Self {
        self.protocols = protocols;
        self
    }

    /// Offers extensions: a list as `Sec-WebSocket-Extensions` has it (RFC 6455 section 9.1), such as the offer of
    /// `rajada_websocket::deflate::Terms`.
    #[must_use]
    pub const fn extensions(mut self, extensions: &'a str) -> Self {
        self.extensions = extensions;
        self
    }

    /// The request as it is sent on a connection of its own. The buffer should have 256 octets more than address and offers,
    /// the address counted twice if it has a query and no path.
    ///
    /// # Errors
    /// As [`head`](Self::head).
    pub fn request<'o>(&self, buffer: &'o mut [u8]) -> Result<&'o [u8], OpeningError> {
        let mut head = self.head(buffer)?;
        head.field("Connection", b"Upgrade")?;
        Ok(head.finish()?)
    }

    /// The same without `Connection` and its end: for fields of the application, such as `Cookie` and `Origin`, and for a
    /// [`RequestHead`](crate::client::RequestHead), whose client adds `Connection` by itself.
    ///
    /// # Errors
    /// [`OpeningError::Protocols`], [`OpeningError::Extensions`], and [`EncodeError::BufferTooShort`].
    pub fn head<'o>(&self, buffer: &'o mut [u8]) -> Result<HeadEncoder<'o>, OpeningError> {
        if !is_offer_of_protocols(self.protocols.as_bytes()) {
            return Err(OpeningError::Protocols);
        }
        if !list::elements(self.extensions.as_bytes()).all(|it| it.is_ok_and(is_extension)) {
            return Err(OpeningError::Extensions);
        }
        let resource = self.address.resource().as_bytes();
        let mut head = if resource.first() == Some(&b'/') {
            HeadEncoder::request(buffer, b"GET", resource)?
        } else {
            // It has a query at the most: what was in front of it is there.
            let (target, buffer) = buffer
                .split_at_mut_checked(resource.len() + 1)
                .ok_or(EncodeError::BufferTooShort)?;
            target[0] = b'/';
            target[1..].copy_from_slice(resource);
            HeadEncoder::request(buffer, b"GET", target)?
        };
        head.field("Host", self.address.authority().as_bytes())?
            .field("Upgrade", b"websocket")?
            .field("Sec-WebSocket-Version", b"13")?
            .field("Sec-WebSocket-Key", self.key.octets())?;
        if !self.protocols.is_empty() {
            head.field("Sec-WebSocket-Protocol", self.protocols.as_bytes())?;
        }
        if !self.extensions.is_empty() {
            head.field("Sec-WebSocket-Extensions", self.extensions.as_bytes())?;
        }
        Ok(head)
    }

    /// Judges the answer. `accept` is what `Sec-WebSocket-Accept` must be: the base64 of the SHA-1 of the [key](Key::octets) with the [`GUID`]
    /// behind.
    ///
    /// # Errors
    /// Why the connection must fail (RFC 6455 section 4.1): the first of the [`AnswerError`]s. With another status than 101 it is an answer as any
    /// other.
    pub fn check<'b, 'h>(
        &self,
        response: &Response<'b, 'h>,
        accept: &[u8; 28],
    ) -> Result<Accepted<'b, 'h>, AnswerError> {
        self.check_parts(response.code(), response.version(), response.fields(), accept)
    }

    /// The same of an answer that was kept.
    ///
    /// # Errors
    /// As [`check`](Self::check).
    pub fn check_parts<'b, 'h>(
        &self,
        code: u16,
        version: Version,
        fields: Fields<'b, 'h>,
        accept: &[u8; 28],
    ) -> Result<Accepted<'b, 'h>, AnswerError> {
        if code != 101 {
            return Err(AnswerError::Status(code));
        }
        if version != Version::Http11 {
            return Err(AnswerError::Version);
        }
        let mut protocols = fields.get_all("upgrade").flat_map(list::elements);
        let is_websocket = |element: Result<&[u8], _>| {
            element.is_ok_and(|name| name.eq_ignore_ascii_case(b"websocket"))
        };
        if !protocols.next().is_some_and(is_websocket) || protocols.next().is_some() {
            return Err(AnswerError::Upgrade);
        }
        let mut options = fields.get_all("connection").flat_map(list::elements).flatten();
        if !options.any(|option| option.eq_ignore_ascii_case(b"upgrade")) {
            return Err(AnswerError::Connection);
        }
        if fields.get("sec-websocket-accept").is_none() {
            return Err(AnswerError::AcceptMissing);
        }
        match only(fields, "sec-websocket-accept") {
            None => return Err(AnswerError::AcceptRepeated),
            Some(value) if value != accept => return Err(AnswerError::AcceptWrong),
            Some(_) => {}
        }
        self.check_protocol(fields)?;
        self.check_extensions(fields)?;
        Ok(Accepted { fields })
    }

    fn check_protocol(&self, fields: Fields<'_, '_>) -> Result<(), AnswerError> {
        if fields.get(PROTOCOL).is_none() {
            return Ok(());
        }
        let selected = only(fields, PROTOCOL).ok_or(AnswerError::ProtocolRepeated)?;
        let mut offered = list::elements(self.protocols.as_bytes()).flatten();
        if offered.any(|offer| offer == selected) {
            Ok(())
        } else {
            Err(AnswerError::ProtocolNotOffered)
        }
    }

    fn check_extensions(&self, fields: Fields<'_, '_>) -> Result<(), AnswerError> {
        let answered = || fields.get_all(EXTENSIONS).flat_map(list::elements);
        for (at, extension) in answered().enumerate() {
            let extension = extension.ok().filter(|it| is_extension(it));
            let name = name_of(extension.ok_or(AnswerError::ExtensionMalformed)?);
            let mut offered = list::elements(self.extensions.as_bytes()).flatten();
            if !offered.any(|offer| name_of(offer) == name) {
                return Err(AnswerError::ExtensionNotOffered);
            }
            if answered().take(at).flatten().any(|before| name_of(before) == name) {
                return Err(AnswerError::ExtensionRepeated);
            }
        }
        Ok(())
    }
}

const PROTOCOL: &str = "sec-websocket-protocol";
const EXTENSIONS: &str = "sec-websocket-extensions";

/// An answer by which a WebSocket is open: what is behind it are frames.
#[derive(Debug, Clone, Copy)]
pub struct Accepted<'b, 'h> {
    fields: Fields<'b, 'h>,
}

impl<'b> Accepted<'b, '_> {
    /// The subprotocol that is spoken, one of those offered. `None` if the server selected none; who can't do without closes.
    pub fn protocol(&self) -> Option<&'b [u8]> {
        self.fields.get(PROTOCOL)
    }

    /// The extensions that are in use, each named as one that was offered, and once. Their parameters are to be judged, by `Terms::check` of
    /// `rajada_websocket::deflate` for instance.
    pub fn extensions(&self) -> impl Iterator<Item = Result<&'b [u8], list::ListError>> {
        self.fields.get_all(EXTENSIONS).flat_map(list::elements)
    }
}

/// Why a handshake can't be written: a fault of the caller's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpeningError {
    /// The subprotocols are no list of tokens, or one stands there twice (RFC 6455 section 4.1).
    Protocols,
    /// The extensions are no list of them (RFC 6455 section 9.1).
    Extensions,
    /// It can't be encoded: the buffer is too short, or a control octet is in an offer.
    Encode(EncodeError),
}

impl From<EncodeError> for OpeningError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

impl fmt::Display for OpeningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Protocols => f.write_str("the offered subprotocols are no list of them"),
            Self::Extensions => f.write_str("the offered extensions are no list of them"),
            Self::Encode(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for OpeningError {}

/// Why an answer opens no WebSocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AnswerError {
    /// The status, which is not 101: another path to follow, somebody to authenticate, a refusal (RFC 6455 section 4.1).
    Status(u16),
    /// It is HTTP/1.0, which knows no upgrades (RFC 9110 section 7.8).
    Version,
    /// `Upgrade` is not `websocket`, alone, compared without case.
    Upgrade,
    /// `upgrade` is not among the options of `Connection`.
    Connection,
    /// There is no `Sec-WebSocket-Accept`.
    AcceptMissing,
    /// There is more than one.
    AcceptRepeated,
    /// It is not the answer to the key.
    AcceptWrong,
    /// The subprotocol is none of those offered, compared exactly, or more than one.
    ProtocolNotOffered,
    /// There is more than one `Sec-WebSocket-Protocol` (RFC 6455 section 11.3.4).
    ProtocolRepeated,
    /// The extensions are no list of them (RFC 6455 section 9.1).
    ExtensionMalformed,
    /// One of the extensions was not offered.
    ExtensionNotOffered,
    /// One of the extensions stands there twice.
    ExtensionRepeated,
}

impl fmt::Display for AnswerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Status(code) => return write!(f, "the server answers with {code}, not with 101"),
            Self::Version => "the server answers in HTTP/1.0",
            Self::Upgrade => "the server changes to another protocol than WebSocket",
            Self::Connection => "the server's answer has no Connection: upgrade",
            Self::AcceptMissing => "the server's answer has no Sec-WebSocket-Accept",
            Self::AcceptRepeated => "the server's answer has more than one Sec-WebSocket-Accept",
            Self::AcceptWrong => "the server's Sec-WebSocket-Accept is none to the key",
            Self::ProtocolNotOffered => "the server selects a subprotocol that was not offered",
            Self::ProtocolRepeated => {
                "the server's answer has more than one Sec-WebSocket-Protocol"
            }
            Self::ExtensionMalformed => "the server's extensions are malformed",
            Self::ExtensionNotOffered => "the server takes an extension that was not offered",
            Self::ExtensionRepeated => "the server takes an extension twice",
        })
    }
}

impl core::error::Error for AnswerError {}

/// Whether this is a list of tokens, each there once, or nothing at all. No list has no elements (RFC 6455 section 4.3).
fn is_offer_of_protocols(offers: &[u8]) -> bool {
    let has_some = offers.is_empty() || list::elements(offers).next().is_some();
    has_some
        && list::elements(offers).enumerate().all(|(at, offer)| {
            let before = || list::elements(offers).take(at).flatten();
            offer.is_ok_and(|offer| is_token(offer) && before().all(|other| other != offer))
        })
}

/// Whether this is a name with parameters (RFC 6455 section 9.1).
fn is_extension(element: &[u8]) -> bool {
    let (name, mut parameters) = list::parameters(element);
    is_token(name) && parameters.all(|parameter| parameter.is_ok())
}

/// The name of an extension.
fn name_of(element: &[u8]) -> &[u8] {
    list::parameters(element).0
}
