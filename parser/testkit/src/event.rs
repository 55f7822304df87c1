//! What a layer reports.

use std::fmt;

use rajada_parser::{BodyLength, Error, Field, Version};

use crate::octets::escape;

/// Where an error's offset counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The first octet of the message.
    Message,
    /// The first octet of its content.
    Content,
    /// The first octet of its trailer section.
    Trailers,
}

/// What came of some octets. The crate's documentation shows how each is displayed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is described in the crate's documentation")]
pub enum Event {
    Request { method: Vec<u8>, target: Vec<u8>, version: Version },
    Response { code: u16, reason: Vec<u8>, version: Version },
    Field { name: Vec<u8>, value: Vec<u8> },
    Content(BodyLength),
    Expects,
    Upgrade,
    Tunnel,
    Close,
    Data(Vec<u8>),
    Trailer { name: Vec<u8>, value: Vec<u8> },
    End,
    Incomplete,
    Refused { error: Error, from: Place },
}

impl Event {
    /// A field of a head.
    pub fn field(field: Field<'_>) -> Event {
        Event::Field { name: field.name.into(), value: field.value.into() }
    }

    /// A field of a trailer section.
    pub fn trailer(field: Field<'_>) -> Event {
        Event::Trailer { name: field.name.into(), value: field.value.into() }
    }

    /// Makes one event of data that came in pieces: how it is cut depends on how it arrived.
    pub(crate) fn join(events: Vec<Event>) -> Vec<Event> {
        let mut joined: Vec<Event> = Vec::with_capacity(events.len());
        for event in events {
            match (joined.last_mut(), event) {
                (Some(Event::Data(data)), Event::Data(more)) => data.extend_from_slice(&more),
                (_, event) => joined.push(event),
            }
        }
        joined
    }

    /// Whether a line of a case begins like an event does.
    pub(crate) fn is_event(line: &str) -> bool {
        const WORDS: [&str; 13] = [
            "request",
            "response",
            "field",
            "content",
            "expects",
            "upgrade",
            "tunnel",
            "close",
            "data",
            "trailer",
            "end",
            "incomplete",
            "error",
        ];
        WORDS.contains(&line.split(' ').next().unwrap_or_default())
    }
}

/// Octets escaped or, where there are many, counted.
fn shown(octets: &[u8]) -> String {
    const MANY: usize = 100;
    if octets.len() > MANY { format!("({} octets)", octets.len()) } else { escape(octets) }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Event::Request { method, target, version } => {
                write!(f, "request {} {} {}", shown(method), shown(target), wire(*version))
            }
            Event::Response { code, reason, version } if reason.is_empty() => {
                write!(f, "response {code} {}", wire(*version))
            }
            Event::Response { code, reason, version } => {
                write!(f, "response {code} {} {}", wire(*version), shown(reason))
            }
            Event::Field { name, value } => write!(f, "{}", named("field", name, value)),
            Event::Trailer { name, value } => write!(f, "{}", named("trailer", name, value)),
            Event::Content(BodyLength::None) => write!(f, "content none"),
            Event::Content(BodyLength::Exact(octets)) => write!(f, "content {octets}"),
            Event::Content(BodyLength::Chunked) => write!(f, "content chunked"),
            Event::Content(BodyLength::UntilClose) => write!(f, "content until close"),
            Event::Expects => write!(f, "expects 100-continue"),
            Event::Upgrade => write!(f, "upgrade"),
            Event::Tunnel => write!(f, "tunnel"),
            Event::Close => write!(f, "close"),
            Event::Data(octets) => write!(f, "data {}", shown(octets)),
            Event::End => write!(f, "end"),
            Event::Incomplete => write!(f, "incomplete"),
            Event::Refused { error, from } => {
                let from = match from {
                    Place::Message => "",
                    Place::Content => "content ",
                    Place::Trailers => "trailers ",
                };
                write!(
                    f,
                    "error {:?} at {from}{}, status {}",
                    error.kind(),
                    error.offset(),
                    error.status()
                )
            }
        }
    }
}

fn named(what: &str, name: &[u8], value: &[u8]) -> String {
    format!("{what} {}: {}", shown(name), shown(value)).trim_end().into()
}

fn wire(version: Version) -> &'static str {
    match version {
        Version::Http10 => "HTTP/1.0",
        _ => "HTTP/1.1",
    }
}
