//! What is wrong with octets.

use core::fmt;

/// The part of a head that has an octet it may not have. The words of each are httparse's.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Error {
    /// A field name, or the octet behind it.
    HeaderName,
    /// A field value.
    HeaderValue,
    /// The end of a line, or an empty line.
    NewLine,
    /// The status code or the reason phrase.
    Status,
    /// The method or the request target.
    Token,
    /// None: the octets have more fields than there are headers to hold them.
    TooManyHeaders,
    /// The HTTP version.
    Version,
}

impl Error {
    fn words(&self) -> &'static str {
        match self {
            Error::HeaderName => "invalid header name",
            Error::HeaderValue => "invalid header value",
            Error::NewLine => "invalid new line",
            Error::Status => "invalid response status",
            Error::Token => "invalid token",
            Error::TooManyHeaders => "too many headers",
            Error::Version => "invalid HTTP version",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.words())
    }
}

#[cfg(feature = "std")]
impl std::error::Error for Error {
    fn description(&self) -> &str {
        self.words()
    }
}

/// A line that is no chunk-size with extensions (RFC 9112 section 7.1).
#[derive(Debug, PartialEq, Eq)]
pub struct InvalidChunkSize;

impl fmt::Display for InvalidChunkSize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid chunk size")
    }
}
