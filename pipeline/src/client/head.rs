//! Request line and fields, encoded and checked before the client sees them.

use core::fmt;

use rajada_parser::encode::EncodeError;
use rajada_parser::{BodyLength, Config, Error, Positions, Resume, Status};

/// Request line and field lines, without the fields that the client adds (`Content-Length`,
/// `Transfer-Encoding`, `Connection`).
///
/// It is parsed and framed as strictly as a server would, once, when it is made: what is sent can't
/// be understood in two ways.
#[derive(Debug, Clone, Copy)]
pub struct RequestHead<'a> {
    octets: &'a [u8],
    asked: Asked,
}

impl<'a> RequestHead<'a> {
    /// Takes an encoded head with the empty line that ends it, such as
    /// [`HeadEncoder::request`](rajada_parser::encode::HeadEncoder::request) makes.
    ///
    /// # Errors
    /// What a strict server would refuse, more than 98 fields, another version than HTTP/1.1, and
    /// fields that the client owns.
    pub fn new(octets: &'a [u8]) -> Result<Self, RequestError> {
        let (mut at, mut slots) = (Resume::new(), Positions::<FIELDS>::new());
        let status = Config::STRICT.parse_request(octets, &mut at, &mut slots);
        let request = match status.map_err(RequestError::Malformed)? {
            Status::Complete(request, taken) if taken == octets.len() => request,
            _ => return Err(RequestError::Incomplete),
        };
        let framing = request.framing().map_err(RequestError::Malformed)?;
        let line_end = request.target_position().end;
        let owned = ["Connection", "Keep-Alive", "Content-Length", "Transfer-Encoding"];
        if framing.body != BodyLength::None
            || owned.iter().any(|name| request.fields().get(name).is_some())
            || octets.get(line_end..line_end + 9) != Some(b" HTTP/1.1")
        {
            return Err(RequestError::Owned);
        }
        let method = request.method();
        let asked = Asked::NOTHING
            .with(Asked::HEAD, method == b"HEAD")
            .with(Asked::CONNECT, method == b"CONNECT")
            .with(Asked::IDEMPOTENT, IDEMPOTENT.contains(&method))
            .with(Asked::WITH_LENGTH, matches!(method, b"POST" | b"PUT" | b"PATCH"))
            .with(Asked::UPGRADE, request.fields().get("Upgrade").is_some())
            .with(Asked::TE, request.fields().get("TE").is_some());
        // A line end before the request line would be legal, and is not sent.
        let start = request.method_position().start;
        Ok(Self { octets: &octets[start..octets.len() - 2], asked })
    }

    /// The encoded lines, without the empty line.
    pub const fn octets(&self) -> &'a [u8] {
        self.octets
    }

    pub(super) const fn asked(&self) -> Asked {
        self.asked
    }
}

/// So many that a server that accepts 100 accepts them with the two that the client adds.
const FIELDS: usize = 98;

/// RFC 9110 section 9.2.2.
const IDEMPOTENT: [&[u8]; 6] = [b"GET", b"HEAD", b"PUT", b"DELETE", b"OPTIONS", b"TRACE"];

/// What a request asks for, as far as its response and what may follow it depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked(u8);

impl Asked {
    pub(super) const NOTHING: Self = Self(0);
    pub(super) const HEAD: Self = Self(1);
    pub(super) const CONNECT: Self = Self(2);
    pub(super) const IDEMPOTENT: Self = Self(4);
    /// A method that anticipates content: its absence is told by `Content-Length: 0` (RFC 9110
    /// section 8.6).
    pub(super) const WITH_LENGTH: Self = Self(8);
    pub(super) const UPGRADE: Self = Self(16);
    pub(super) const TE: Self = Self(32);

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) const fn with(self, other: Self, on: bool) -> Self {
        Self(self.0 | if on { other.0 } else { 0 })
    }

    /// The method, as far as framing of the response depends on it.
    pub(super) const fn method(self) -> &'static [u8] {
        if self.has(Self::HEAD) {
            b"HEAD"
        } else if self.has(Self::CONNECT) {
            b"CONNECT"
        } else {
            b"GET"
        }
    }

    /// The `Connection` line that the fields need (RFC 9110 sections 7.8 and 10.1.4).
    pub(super) const fn connection(self) -> &'static [u8] {
        match (self.has(Self::UPGRADE), self.has(Self::TE)) {
            (false, false) => b"",
            (true, false) => b"Connection: upgrade\r\n",
            (false, true) => b"Connection: TE\r\n",
            (true, true) => b"Connection: upgrade, TE\r\n",
        }
    }
}

/// Why octets are no request head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestError {
    /// A strict server would refuse it.
    Malformed(Error),
    /// It has no empty line at its end, or something behind that.
    Incomplete,
    /// Another version than HTTP/1.1, or a field that the client decides on: `Connection`,
    /// `Keep-Alive`, `Content-Length`, `Transfer-Encoding`.
    Owned,
    /// It could not be encoded.
    Encode(EncodeError),
}

impl From<EncodeError> for RequestError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(error) => error.fmt(f),
            Self::Incomplete => f.write_str("not exactly one head"),
            Self::Owned => f.write_str("a version or field that the client decides on"),
            Self::Encode(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for RequestError {}
