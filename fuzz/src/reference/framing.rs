//! What follows a head, by RFC 9112 sections 3.2, 6, 9.3 and 9.6, and RFC 9110 sections 7.2, 7.6.1, 7.8, 8.6 and 10.1.1.

use rajada_parser::ErrorKind::{self, *};
use rajada_parser::{BodyLength, Framing};

use super::Offence;
use super::host::{Authority, authority};
use super::text::{Head, Line, is_token, len};

/// The same as [`Framing`], which others can't make.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// How the content ends.
    pub body: BodyLength,
    /// Whether the connection may go on.
    pub persistent: bool,
    /// Whether `keep-alive` is written.
    pub keep_alive: bool,
    /// Whether the client waits for a 100.
    pub expect_continue: bool,
    /// Whether another protocol is asked for, or begins.
    pub upgrade: bool,
    /// Whether a tunnel is asked for, or begins.
    pub tunnel: bool,
}

impl From<Framing> for Decision {
    fn from(framing: Framing) -> Decision {
        let Framing { body, persistent, keep_alive, expect_continue, upgrade, tunnel, .. } =
            framing;
        Decision { body, persistent, keep_alive, expect_continue, upgrade, tunnel }
    }
}

/// The decision for a request.
pub fn request(octets: &[u8]) -> Result<Decision, Offence> {
    let head = Head::of(octets);
    let (line, at) = &head.start;
    let words: Vec<&str> = line.split(' ').collect();
    let [method, target, version] = words[..] else { panic!("not three words in a request line") };
    let http11 = version != "HTTP/1.0";

    // 1. The target's form.
    let form = form(method, target).ok_or((TargetForm, at + len(method) + 1))?;

    // 2. Host: one line, which HTTP/1.0 may lack, and the authority of the target.
    let hosts = head.all("host");
    if hosts.is_empty() && http11 {
        return Err((HostMissing, head.end));
    }
    if let Some(second) = hosts.get(1) {
        return Err((HostRepeated, second.name_at));
    }
    if let Some(line) = hosts.first() {
        let host = authority(&line.value).ok_or((Host, line.value_at))?;
        match &form {
            Form::Absolute(authority, port) | Form::Authority(authority, port) => {
                let equal = host.host == authority.host
                    && host.port.unwrap_or(*port) == authority.port.unwrap_or(*port);
                if !equal {
                    return Err((HostMismatch, line.value_at));
                }
            }
            Form::Origin | Form::Asterisk => {}
        }
    }

    // 3. Transfer-Encoding, and 4. Content-Length, which a tunnel has not.
    if matches!(form, Form::Authority(..)) {
        let lines = [head.all("transfer-encoding"), head.all("content-length")].concat();
        if let Some(at) = lines.iter().map(|line| line.value_at).min() {
            return Err((ConnectContent, at));
        }
    }
    let body = match transfer_encoding(&head, http11)? {
        None => content_length(&head, false)?.map_or(BodyLength::None, BodyLength::Exact),
        Some((Coding::Chunked, _)) => BodyLength::Chunked,
        Some((Coding::UnknownThenChunked, line)) => {
            return Err((TransferCodingUnknown, line.value_at));
        }
        Some((Coding::Others, line)) => return Err((TransferEncoding, line.value_at)),
        Some((Coding::ChunkedThenOthers, line)) => return Err((TransferEncoding, line.value_at)),
    };

    // 5. Expect.
    let expectations: Vec<_> =
        head.elements("expect").into_iter().filter(|(element, _)| !element.is_empty()).collect();
    for (expectation, line) in &expectations {
        if !expectation.eq_ignore_ascii_case("100-continue") {
            return Err((Expectation, line.value_at));
        }
    }

    let options = Options::of(&head);
    let content = !matches!(body, BodyLength::None | BodyLength::Exact(0));
    Ok(Decision {
        body,
        persistent: options.persistent(http11),
        keep_alive: options.keep_alive,
        expect_continue: http11 && content && !expectations.is_empty(),
        upgrade: http11 && options.upgrade && !head.all("upgrade").is_empty(),
        tunnel: matches!(form, Form::Authority(..)),
    })
}

/// The decision for a response to a request with `method`.
pub fn response(octets: &[u8], method: &str) -> Result<Decision, Offence> {
    let head = Head::of(octets);
    let version = &head.start.0[..8];
    let code: u16 = head.start.0[9..12].parse().expect("a status code");
    let http11 = version != "HTTP/1.0";
    let tunnel = method == "CONNECT" && code / 100 == 2;
    let options = Options::of(&head);
    let never = method == "HEAD" || code / 100 == 1 || code == 204 || code == 304 || tunnel;
    let body = if never {
        BodyLength::None
    } else {
        match transfer_encoding(&head, http11)? {
            None => content_length(&head, true)?.map_or(BodyLength::UntilClose, BodyLength::Exact),
            Some((Coding::Chunked, _)) => BodyLength::Chunked,
            Some((Coding::UnknownThenChunked, line)) => {
                return Err((TransferCodingUnknown, line.value_at));
            }
            Some((Coding::Others | Coding::ChunkedThenOthers, _)) => BodyLength::UntilClose,
        }
    };
    Ok(Decision {
        body,
        persistent: options.persistent(http11) && body != BodyLength::UntilClose,
        keep_alive: options.keep_alive,
        expect_continue: false,
        upgrade: code == 101,
        tunnel,
    })
}

enum Form {
    Origin,
    Asterisk,
    /// With the port that the scheme stands for.
    Absolute(Authority, u16),
    /// With its own port, which `Host` may leave out.
    Authority(Authority, u16),
}

fn form(method: &str, target: &str) -> Option<Form> {
    if method == "CONNECT" {
        let authority = authority(target)?;
        let port = authority.port?;
        return Some(Form::Authority(authority, port));
    }
    if target.starts_with('/') {
        return Some(Form::Origin);
    }
    if target == "*" && method == "OPTIONS" {
        return Some(Form::Asterisk);
    }
    let (scheme, rest) = target.split_once("://")?;
    let port = match scheme.to_ascii_lowercase().as_str() {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    Some(Form::Absolute(authority(&rest[..end])?, port))
}

enum Coding {
    Chunked,
    UnknownThenChunked,
    /// The first of them is what is not known.
    Others,
    ChunkedThenOthers,
}

/// The codings and the line to name for them.
fn transfer_encoding(head: &Head, http11: bool) -> Result<Option<(Coding, &Line)>, Offence> {
    let codings = head.elements("transfer-encoding");
    let Some((_, first)) = codings.first() else { return Ok(None) };
    // A list that is malformed can't be read, whatever the version. `chunked` is applied once and last.
    let mut chunked = 0;
    for (coding, line) in &codings {
        if !is_token(coding) {
            return Err((TransferEncoding, line.value_at));
        }
        chunked += usize::from(coding.eq_ignore_ascii_case("chunked"));
        if chunked > 1 {
            return Err((TransferEncoding, line.value_at));
        }
    }
    if !http11 {
        return Err((TransferEncodingVersion, first.value_at));
    }
    if let Some(length) = head.all("content-length").first() {
        return Err((TransferEncodingAndContentLength, first.value_at.max(length.value_at)));
    }
    let at = codings.iter().position(|(coding, _)| coding.eq_ignore_ascii_case("chunked"));
    Ok(Some(match at {
        Some(0) if codings.len() == 1 => (Coding::Chunked, first),
        Some(at) if at + 1 == codings.len() => (Coding::UnknownThenChunked, first),
        Some(at) => (Coding::ChunkedThenOthers, codings[at + 1].1),
        None => (Coding::Others, first),
    }))
}

/// The length, if one is given. Responses may repeat it, if all are equal.
fn content_length(head: &Head, may_repeat: bool) -> Result<Option<u64>, Offence> {
    let mut length: Option<u64> = None;
    for (element, line) in head.elements("content-length") {
        let offence = |kind: ErrorKind| Err((kind, line.value_at));
        if element.is_empty() || !element.chars().all(|digit| digit.is_ascii_digit()) {
            return offence(ContentLength);
        }
        let number = match element.trim_start_matches('0') {
            "" => 0,
            digits => match digits.parse() {
                Ok(number) => number,
                Err(_) => return offence(ContentLengthOverflow),
            },
        };
        match length {
            Some(before) if !may_repeat || before != number => {
                return offence(ContentLengthRepeated);
            }
            _ => length = Some(number),
        }
    }
    Ok(length)
}

struct Options {
    close: bool,
    keep_alive: bool,
    upgrade: bool,
}

impl Options {
    fn of(head: &Head) -> Options {
        let options = head.elements("connection");
        let has = |name: &str| options.iter().any(|(option, _)| option.eq_ignore_ascii_case(name));
        Options { close: has("close"), keep_alive: has("keep-alive"), upgrade: has("upgrade") }
    }

    fn persistent(&self, http11: bool) -> bool {
        !self.close && (http11 || self.keep_alive)
    }
}
