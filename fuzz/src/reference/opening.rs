//! A client's opening handshake of WebSocket: RFC 6455 sections 3, 4.1 and 9.1, lists and parameters by RFC 9110 sections 5.6.1 and 5.6.6.

use super::host;
use super::text::{Head, is_token, trimmed};

/// What a `ws` or `wss` URI says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Its scheme is `wss`.
    pub is_secure: bool,
    /// An address of IPv6 without its brackets.
    pub host: String,
    /// The scheme's, if none is written.
    pub port: u16,
    /// The value of `Host`.
    pub authority: String,
    /// What is asked for.
    pub target: String,
}

/// `None` for anything that is no URI of a WebSocket. Stricter than the RFCs: names and passwords, an empty host, addresses of versions to
/// come and ports of 0 or with leading zeroes are refused.
pub fn address(uri: &str) -> Option<Address> {
    let (scheme, rest) = uri.split_once("://")?;
    let is_secure = match &*scheme.to_ascii_lowercase() {
        "ws" => false,
        "wss" => true,
        _ => return None,
    };
    let (authority, resource) = match rest.find(['/', '?']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    if !is_resource(resource) {
        return None;
    }
    let read = host::authority(authority)?;
    let literal = authority.strip_prefix('[').and_then(|literal| literal.split(']').next());
    if literal.is_some_and(|literal| literal.starts_with(['v', 'V'])) {
        return None;
    }
    let written = match literal {
        Some(literal) => format!("[{literal}]"),
        None => authority.split(':').next().unwrap_or_default().to_owned(),
    };
    let digits = authority[written.len()..].trim_start_matches(':');
    if digits.starts_with('0') {
        return None;
    }
    let usual = if is_secure { 443 } else { 80 };
    let port = read.port.unwrap_or(usual);
    Some(Address {
        is_secure,
        host: literal.map_or_else(|| written.clone(), str::to_owned),
        port,
        authority: if port == usual { written } else { format!("{written}:{port}") },
        target: if resource.starts_with('/') { resource.into() } else { format!("/{resource}") },
    })
}

/// `*( "/" *pchar ) [ "?" query ]`, RFC 3986 sections 3.3 and 3.4.
fn is_resource(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@/?".contains(c);
    let mut pieces = text.split('%');
    let encoded = |piece: &str| {
        let (hex, behind) = piece.split_at_checked(2).unwrap_or_default();
        !hex.is_empty() && hex.chars().all(|c| c.is_ascii_hexdigit()) && behind.chars().all(plain)
    };
    pieces.next().is_some_and(|piece| piece.chars().all(plain)) && pieces.all(encoded)
}

/// The elements of a list up to the first quoted string that does not end, and whether there is one. Empty elements are left out.
pub fn elements(value: &str) -> (Vec<String>, bool) {
    let (pieces, is_open) = pieces(value, ',');
    (pieces.into_iter().filter(|element| !element.is_empty()).collect(), is_open)
}

/// What stands between separators that are not quoted, up to the piece that has a quoted string without an end.
fn pieces(text: &str, separator: char) -> (Vec<String>, bool) {
    let (mut pieces, mut piece) = (Vec::new(), String::new());
    let (mut is_quoted, mut is_escaped) = (false, false);
    for character in text.chars() {
        if !is_quoted && character == separator {
            pieces.push(trimmed(&piece).to_owned());
            piece.clear();
            continue;
        }
        piece.push(character);
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            _ => {}
        }
    }
    if !is_quoted {
        pieces.push(trimmed(&piece).to_owned());
    }
    (pieces, is_quoted)
}

/// Subprotocols that may be offered: tokens, each once, one at least; or nothing at all.
pub fn protocols(offers: &str) -> Option<Vec<String>> {
    let (tokens, is_open) = elements(offers);
    let mut once = tokens.clone();
    once.sort();
    once.dedup();
    let are_right = !is_open && once.len() == tokens.len() && tokens.iter().all(|it| is_token(it));
    (are_right && (offers.is_empty() || !tokens.is_empty())).then_some(tokens)
}

/// The names of extensions, if all of them are ones.
pub fn extensions(list: &str) -> Option<Vec<String>> {
    let (extensions, is_open) = elements(list);
    let names = extensions.iter().map(|extension| extension_name(extension));
    names.collect::<Option<Vec<String>>>().filter(|_| !is_open)
}

/// `token *( OWS ";" OWS [ token [ "=" ( token / quoted-string ) ] ] )`: its first token.
fn extension_name(extension: &str) -> Option<String> {
    let (pieces, _) = pieces(extension, ';');
    let (name, parameters) = pieces.split_first()?;
    let are_right = parameters.iter().filter(|it| !it.is_empty()).all(|parameter| match parameter
        .split_once('=')
    {
        None => is_token(parameter),
        Some((name, value)) => is_token(name) && (is_token(value) || is_quoted(value)),
    });
    (is_token(name) && are_right).then(|| name.clone())
}

/// Whether this is one quoted string. (What a field's value may not hold at all is not looked for.)
fn is_quoted(value: &str) -> bool {
    let Some(inner) = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return false;
    };
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => return false,
            '\\' if characters.next().is_none() => return false,
            _ => {}
        }
    }
    true
}

/// Whether an answer, which is well-formed, opens a WebSocket: to offers of these, with that `Sec-WebSocket-Accept`.
pub fn opens(head: &Head, accept: &str, protocols: &[String], extensions: &[String]) -> bool {
    let lists = |name: &str| -> Vec<(Vec<String>, bool)> {
        head.all(name).iter().map(|line| elements(&line.value)).collect()
    };
    let upgrades = lists("upgrade");
    let is_websocket = upgrades.iter().all(|(_, is_open)| !is_open)
        && matches!(&*upgrades.into_iter().flat_map(|list| list.0).collect::<Vec<_>>(),
            [name] if name.eq_ignore_ascii_case("websocket"));
    let connection = lists("connection").into_iter().flat_map(|list| list.0).collect::<Vec<_>>();
    let accepts = head.all("sec-websocket-accept");
    let selected = head.all("sec-websocket-protocol");
    let taken = head.all("sec-websocket-extensions");
    let taken: Option<Vec<Vec<String>>> =
        taken.iter().map(|it| self::extensions(&it.value)).collect();
    let Some(taken) = taken.map(|lists| lists.concat()) else { return false };
    let is_new = |(at, name)| !taken[..at].contains(name);
    // A later minor version is read as 1.1 (RFC 9110 section 2.5).
    let is_later = |minor: char| minor.is_ascii_digit() && minor != '0';
    let rest = head.start.0.strip_prefix("HTTP/1.");
    rest.and_then(|rest| rest.strip_prefix(is_later)).is_some_and(|it| it.starts_with(" 101"))
        && is_websocket
        && connection.iter().any(|option| option.eq_ignore_ascii_case("upgrade"))
        && matches!(&*accepts, [line] if line.value == accept)
        && (selected.is_empty() || matches!(&*selected, [line] if protocols.contains(&line.value)))
        && taken.iter().all(|name| extensions.contains(name))
        && taken.iter().enumerate().all(is_new)
}
