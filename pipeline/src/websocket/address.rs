//! Where a WebSocket is: what `ws` and `wss` URIs say (RFC 6455 section 3).

use core::fmt;
use core::net::Ipv6Addr;

/// What a `ws` or `wss` URI says.
///
/// ```
/// use rajada_pipeline::websocket::Address;
///
/// let address = Address::parse("wss://[2001:db8::1]:443/chat?room=1")?;
/// assert_eq!((address.host(), address.port()), ("2001:db8::1", 443));
/// assert!(address.is_secure(), "TLS comes first, or no handshake at all");
/// # Ok::<(), rajada_pipeline::websocket::AddressError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address<'a> {
    is_secure: bool,
    /// As it stands in the URI: an IPv6 address in brackets.
    host: &'a str,
    port: u16,
    /// Host and port, as `Host` has them.
    authority: &'a str,
    /// Path and query.
    resource: &'a str,
}

impl<'a> Address<'a> {
    /// Takes a URI apart. The scheme is compared without case.
    ///
    /// # Errors
    /// What is wrong with it: the first of the [`AddressError`]s.
    pub fn parse(uri: &'a str) -> Result<Self, AddressError> {
        let (scheme, rest) = uri.split_once("://").ok_or(AddressError::Scheme)?;
        let is_secure = scheme.eq_ignore_ascii_case("wss");
        if !is_secure && !scheme.eq_ignore_ascii_case("ws") {
            return Err(AddressError::Scheme);
        }
        if rest.contains('#') {
            return Err(AddressError::Fragment);
        }
        let (authority, resource) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        if authority.contains('@') {
            return Err(AddressError::UserInfo);
        }
        let (host, port) = split_host(authority)?;
        let usual = if is_secure { 443 } else { 80 };
        let port = match port {
            None | Some("") => usual,
            Some(port) => read_port(port).ok_or(AddressError::Port)?,
        };
        if !is_text(resource, b":@/?") {
            return Err(AddressError::Resource);
        }
        // The port that goes without saying is not said, as browsers do.
        let authority = if port == usual { host } else { authority };
        Ok(Self { is_secure, host, port, authority, resource })
    }

    /// Whether the scheme is `wss`: the handshake and all behind it go through TLS, never as they are.
    pub const fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// The host to connect to, and to ask for by TLS: a name or an address, an IPv6 address without its brackets.
    pub fn host(&self) -> &'a str {
        let literal = self.host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        literal.unwrap_or(self.host)
    }

    /// The port to connect to: 80 of `ws` and 443 of `wss`, unless the URI says another one.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// The value of `Host`: with the port if it is not the scheme's (RFC 9110 section 7.2).
    pub const fn authority(&self) -> &'a str {
        self.authority
    }

    /// Path and query, as they stand in the URI. A request's target begins with `/` in any case (RFC 6455 section 3).
    pub(super) const fn resource(&self) -> &'a str {
        self.resource
    }
}

/// Why a URI is none of a WebSocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AddressError {
    /// The scheme is neither `ws` nor `wss`, or no `://` follows it.
    Scheme,
    /// It has a fragment, which `ws` URIs must not have (RFC 6455 section 3): `#` in a path or query is `%23`.
    Fragment,
    /// It has a user's name or password: `ws` URIs have none.
    UserInfo,
    /// The host is missing, or neither a name, an IPv4 address, nor an IPv6 address in brackets without a zone (RFC 3986 section 3.2.2). A
    /// name with a comma, which that allows, is none either: servers refuse it in `Host`.
    Host,
    /// The port is no number of 1 to 65535 without leading zeroes.
    Port,
    /// An octet that can't stand in a path or query (RFC 3986 sections 3.3 and 3.4).
    Resource,
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scheme => "the URI begins neither with ws:// nor with wss://",
            Self::Fragment => "the URI has a fragment",
            Self::UserInfo => "the URI has a user's name",
            Self::Host => "the URI's host is no host",
            Self::Port => "the URI's port is no port",
            Self::Resource => "an octet that can't be in a URI",
        })
    }
}

impl core::error::Error for AddressError {}

/// Host, in brackets if they are there, and what is behind the colon that follows it.
fn split_host(authority: &str) -> Result<(&str, Option<&str>), AddressError> {
    if let Some(literal) = authority.strip_prefix('[') {
        let end = literal.find(']').ok_or(AddressError::Host)?;
        literal[..end].parse::<Ipv6Addr>().map_err(|_| AddressError::Host)?;
        let (host, behind) = authority.split_at(end + 2);
        return match behind.strip_prefix(':') {
            None if !behind.is_empty() => Err(AddressError::Host),
            port => Ok((host, port)),
        };
    }
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    // Servers refuse a `Host` with a comma, as the parser does: it could be a list of two.
    if host.is_empty() || host.contains(',') || !is_text(host, b"") {
        return Err(AddressError::Host);
    }
    Ok((host, port))
}

fn read_port(digits: &str) -> Option<u16> {
    let plain = digits.bytes().all(|octet| octet.is_ascii_digit()) && !digits.starts_with('0');
    plain.then(|| digits.parse().ok()).flatten()
}

/// Whether all octets are unreserved, sub-delims, percent-encoded, or one of `more` (RFC 3986 section 2).
fn is_text(text: &str, more: &[u8]) -> bool {
    let mut rest = text.as_bytes();
    while let [octet, behind @ ..] = rest {
        rest = match (octet, behind) {
            (b'%', [high, low, behind @ ..])
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                behind
            }
            (octet, _)
                if octet.is_ascii_alphanumeric()
                    || b"-._~!$&'()*+,;=".contains(octet)
                    || more.contains(octet) =>
            {
                behind
            }
            _ => return false,
        };
    }
    true
}
