//! Why a cookie is not set.

use core::fmt;

/// A cookie that can't be sent, or that user agents are known to drop without a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadCookie {
    /// The name is no token (RFC 6265 section 4.1.1).
    Name,
    /// The value of a [raw](crate::Response::raw_cookie) cookie holds what no cookie may hold: controls, spaces, commas,
    /// semicolons, backslashes, quotes that are not around all of it, or what is not ASCII (RFC 6265 section 4.1.1).
    Value,
    /// `Path` holds a semicolon, controls, what is not ASCII, or white space at its ends (RFC 6265 section 4.1.1).
    Path,
    /// `Domain` does.
    Domain,
    /// The name begins with `__Host-`, without `Secure` and `Path=/`, or with `Domain` (RFC 6265bis section 4.1.3.2).
    HostPrefix,
    /// The name begins with `__Secure-`, without `Secure` (RFC 6265bis section 4.1.3.1).
    SecurePrefix,
    /// The name begins with `__Http-` or `__Host-Http-`, without `Secure` and `HttpOnly` (RFC 6265bis sections 4.1.3.3 and
    /// 4.1.3.4).
    HttpPrefix,
    /// `SameSite=None` without `Secure` (RFC 6265bis section 5.7).
    SameSite,
    /// Name and value have more than 4,096 octets as they are sent (RFC 6265bis section 5.6).
    TooLong,
}

impl fmt::Display for BadCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadCookie::Name => "the name of a cookie is no token",
            BadCookie::Value => "the raw value of a cookie holds what no cookie may hold",
            BadCookie::Path => "the path of a cookie holds what no path of a cookie may hold",
            BadCookie::Domain => "the domain of a cookie holds what no domain may hold",
            BadCookie::HostPrefix => {
                "a `__Host-` cookie needs Secure, Path=/ and no Domain, or user agents drop it"
            }
            BadCookie::SecurePrefix => "a `__Secure-` cookie needs Secure, or user agents drop it",
            BadCookie::HttpPrefix => {
                "a cookie of `__Http-` needs Secure and HttpOnly, or user agents drop it"
            }
            BadCookie::SameSite => "SameSite=None needs Secure, or user agents drop the cookie",
            BadCookie::TooLong => "a cookie of more than 4,096 octets, which user agents drop",
        })
    }
}

impl core::error::Error for BadCookie {}
