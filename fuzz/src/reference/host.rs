//! `uri-host [ ":" port ]`, RFC 9110 section 7.2 and RFC 3986 section 3.2.2.

/// A host in lower case, and its port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// The host; an address of IPv6, or of a version to come, in its brackets.
    pub host: String,
    /// The port, if one is written.
    pub port: Option<u16>,
}

/// `None` for anything that is no host and port. Stricter than the RFCs: a comma outside of brackets, an empty host and a port over 65535
/// are refused.
pub fn authority(text: &str) -> Option<Authority> {
    let host_end = match text.strip_prefix('[') {
        Some(rest) => rest.find(']')? + 2,
        None => text.find(':').unwrap_or(text.len()),
    };
    let (host, rest) = text.split_at(host_end);
    let valid = match host.strip_prefix('[') {
        Some(rest) => {
            let address = rest.strip_suffix(']')?;
            is_ipv6(address) || is_ip_future(address)
        }
        None => is_reg_name(host),
    };
    let port = match rest.strip_prefix(':') {
        None if rest.is_empty() => None,
        None => return None,
        Some("") => None,
        Some(digits) => Some(port(digits)?),
    };
    valid.then(|| Authority { host: host.to_ascii_lowercase(), port })
}

fn port(digits: &str) -> Option<u16> {
    if !digits.chars().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    match digits.trim_start_matches('0') {
        "" => Some(0),
        digits => digits.parse().ok(),
    }
}

/// `1*( unreserved / pct-encoded / sub-delims )` without the comma.
fn is_reg_name(host: &str) -> bool {
    let mut pieces = host.split('%');
    let plain = |text: &str| {
        text.chars().all(|c| c.is_ascii_alphanumeric() || "-._~!$&'()*+;=".contains(c))
    };
    let encoded = |text: &str| {
        let mut characters = text.chars();
        let hex = |character: Option<char>| character.is_some_and(|c| c.is_ascii_hexdigit());
        hex(characters.next()) && hex(characters.next()) && plain(characters.as_str())
    };
    !host.is_empty() && pieces.next().is_some_and(plain) && pieces.all(encoded)
}

/// `"v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )`
fn is_ip_future(text: &str) -> bool {
    let Some((version, address)) = text.split_once('.') else { return false };
    let Some(version) = version.strip_prefix(['v', 'V']) else { return false };
    let fits = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:".contains(c);
    !version.is_empty()
        && version.chars().all(|c| c.is_ascii_hexdigit())
        && !address.is_empty()
        && address.chars().all(fits)
}

/// Eight groups of up to four hexadecimal digits, of which the last two may be an address of IPv4, and one run of groups (one at least) may
/// be left out as `::`.
fn is_ipv6(text: &str) -> bool {
    match text.split_once("::") {
        None => groups(text, true) == Some(8),
        Some((before, after)) => {
            let count =
                |text: &str, last| if text.is_empty() { Some(0) } else { groups(text, last) };
            matches!((count(before, false), count(after, true)), (Some(b), Some(a)) if a + b <= 7)
        }
    }
}

/// How many groups there are, if all are well-formed.
fn groups(text: &str, ipv4_may_end_it: bool) -> Option<usize> {
    let pieces: Vec<&str> = text.split(':').collect();
    let mut count = 0;
    for (index, piece) in pieces.iter().enumerate() {
        let group = (1..=4).contains(&piece.len()) && piece.chars().all(|c| c.is_ascii_hexdigit());
        if group {
            count += 1;
        } else if ipv4_may_end_it && index + 1 == pieces.len() && is_ipv4(piece) {
            count += 2;
        } else {
            return None;
        }
    }
    Some(count)
}

fn is_ipv4(text: &str) -> bool {
    let octets: Vec<&str> = text.split('.').collect();
    octets.len() == 4
        && octets
            .iter()
            .all(|octet| octet.parse::<u8>().is_ok_and(|number| number.to_string() == **octet))
}
