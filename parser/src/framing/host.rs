//! `Host = uri-host [ ":" port ]`, RFC 9110 section 7.2 and RFC 3986 section
//! 3.2.2.

use core::net::Ipv6Addr;

use crate::scan::are_host;
use crate::scan::class::{REG_NAME, belongs};

/// A host and an optional port, as in the `Host` field or in an absolute-form
/// target, taken apart and found well-formed.
///
/// ```
/// use rajada_parser::Authority;
///
/// let authority = Authority::parse(b"[::1]:8080").unwrap();
/// assert_eq!(authority.host(), b"[::1]");
/// assert_eq!(authority.port(), Some(8080));
/// assert_eq!(Authority::parse(b"example.org").unwrap().port(), None);
/// assert!(Authority::parse(b"user@example.org").is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority<'b> {
    host: &'b [u8],
    port: Option<u16>,
}

impl<'b> Authority<'b> {
    /// Takes `octets` apart. `None` if the host is empty or no reg-name, IPv4
    /// address or address in brackets, of IPv6 or of a version to come
    /// (`[v1.a]`), or if the port is no number up to 65535. A colon without a
    /// port is accepted (RFC 3986 section 3.2.3). Commas are not outside of
    /// brackets, although a reg-name could hold them: a list of hosts is what
    /// they would stand for here.
    #[inline]
    #[must_use]
    pub fn parse(octets: &'b [u8]) -> Option<Authority<'b>> {
        let plain = octets.iter().position(|&octet| !belongs(octet, REG_NAME));
        match octets.split_at_checked(plain.unwrap_or(octets.len()))? {
            ([], _) => Authority::parse_any(octets),
            (host, []) => Some(Authority { host, port: None }),
            (host, [b':']) => Some(Authority { host, port: None }),
            (host, [b':', digits @ ..]) => {
                Some(Authority { host, port: Some(parse_port(digits)?) })
            }
            _ => Authority::parse_any(octets),
        }
    }

    /// What is more than a plain name and a port.
    fn parse_any(octets: &'b [u8]) -> Option<Authority<'b>> {
        let host_len = match octets {
            [b'[', ..] => octets.iter().position(|&octet| octet == b']')? + 1,
            _ => octets.iter().position(|&octet| octet == b':').unwrap_or(octets.len()),
        };
        let (host, port) = octets.split_at_checked(host_len)?;
        let valid = match host {
            [b'[', address @ .., b']'] => is_ipv6(address) || is_ip_future(address),
            name => is_reg_name(name),
        };
        let port = match port {
            [] | [b':'] => None,
            [b':', digits @ ..] => Some(parse_port(digits)?),
            _ => return None,
        };
        valid.then_some(Authority { host, port })
    }

    /// The host: a registered name, an IPv4 address, or an address of IPv6, or
    /// of a version to come, in brackets. Hosts compare without case.
    pub const fn host(&self) -> &'b [u8] {
        self.host
    }

    /// The port, if there is one.
    pub const fn port(&self) -> Option<u16> {
        self.port
    }

    /// Whether both name the same host and port, where `default_port` stands
    /// for a port that is not written.
    pub(super) fn same(&self, other: &Authority<'_>, default_port: u16) -> bool {
        self.host.eq_ignore_ascii_case(other.host)
            && self.port.unwrap_or(default_port) == other.port.unwrap_or(default_port)
    }
}

/// Whether this is an authority, and of the shape that nearly all have: a name or
/// an IPv4 address of letters, digits, `-`, `.` and `_`, and perhaps a port of four
/// digits, or of five below 60000. Other shapes are [`Authority::parse`]'s to judge.
#[inline(always)]
pub(super) fn is_usual(octets: &[u8]) -> bool {
    let name = match octets {
        [name @ .., b':', a, b, c, d] if are_digits([*a, *b, *c, *d]) => name,
        [name @ .., b':', b'0'..=b'5', a, b, c, d] if are_digits([*a, *b, *c, *d]) => name,
        name => name,
    };
    !name.is_empty() && are_host(name)
}

#[inline]
fn are_digits(octets: [u8; 4]) -> bool {
    let values = u32::from_ne_bytes(octets) ^ 0x3030_3030;
    (values.wrapping_add(0x7676_7676) | values) & 0x8080_8080 == 0
}

fn parse_port(digits: &[u8]) -> Option<u16> {
    // Leading zeros are no offence, and five digits overflow nothing.
    let zeros = digits.len().saturating_sub(5);
    let (zeros, digits) = digits.split_at_checked(zeros)?;
    let plain = digits.iter().all(u8::is_ascii_digit) && zeros.iter().all(|&digit| digit == b'0');
    let port =
        digits.iter().fold(0, |port: u32, digit| port * 10 + u32::from(digit.wrapping_sub(b'0')));
    if plain { u16::try_from(port).ok() } else { None }
}

/// An IPv6 address without a zone.
fn is_ipv6(address: &[u8]) -> bool {
    core::str::from_utf8(address).is_ok_and(|text| text.parse::<Ipv6Addr>().is_ok())
}

/// An address of a version to come, RFC 3986 section 3.2.2. The `v` has either case.
///
/// ```abnf
/// IPvFuture = "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )
/// ```
fn is_ip_future(address: &[u8]) -> bool {
    let [b'v' | b'V', rest @ ..] = address else { return false };
    let version = rest.iter().take_while(|octet| octet.is_ascii_hexdigit()).count();
    let Some((b".", address)) = rest.get(version..).and_then(|rest| rest.split_at_checked(1))
    else {
        return false;
    };
    let fits = |octet: &u8| belongs(*octet, REG_NAME) || matches!(octet, b':' | b',');
    version > 0 && !address.is_empty() && address.iter().all(fits)
}

/// `reg-name = *( unreserved / pct-encoded / sub-delims )`, neither empty nor
/// with a comma. IPv4 addresses are of this form too.
fn is_reg_name(name: &[u8]) -> bool {
    let mut rest = name;
    loop {
        rest = match rest {
            [] => return !name.is_empty(),
            [b'%', high, low, rest @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                rest
            }
            [octet, rest @ ..] if belongs(*octet, REG_NAME) => rest,
            _ => return false,
        };
    }
}
