//! Complete or not, and which version.

use core::fmt;

/// What came of a parse that found no error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
#[expect(clippy::exhaustive_enums, reason = "there is no third case")]
pub enum Status<T> {
    /// The value, and how many of the octets it took.
    Complete(T, usize),
    /// All is well so far; call again with more octets behind the same ones.
    Partial,
}

impl<T> Status<T> {
    /// Whether this is [`Status::Partial`].
    pub const fn is_partial(&self) -> bool {
        matches!(self, Status::Partial)
    }

    /// The value and the number of octets it took, if complete.
    pub fn complete(self) -> Option<(T, usize)> {
        match self {
            Status::Complete(value, octets) => Some((value, octets)),
            Status::Partial => None,
        }
    }
}

/// The HTTP version that a message is handled as.
///
/// `HTTP/1.2` to `HTTP/1.9` are handled as 1.1 (RFC 9110 section 2.5); any other
/// major version is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Version {
    /// HTTP/1.0.
    Http10,
    /// HTTP/1.1.
    Http11,
}

impl fmt::Display for Version {
    /// `HTTP/1.0` or `HTTP/1.1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Version::Http10 => "HTTP/1.0",
            Version::Http11 => "HTTP/1.1",
        })
    }
}
