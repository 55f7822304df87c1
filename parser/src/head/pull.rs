//! Heads part by part, without slots.
//!
//! [`Config::parse_request`] and its siblings write down where each field is.
//! [`Pull`] writes down nothing: it hands out the start line, then one field
//! after another, as many as there are. It is for callers who look at each
//! field once, or who keep fields in a form of their own, or whose heads have
//! more fields than they want to have slots for.
//!
//! ```
//! use rajada_parser::Config;
//! use rajada_parser::pull::{Part, Pull};
//!
//! let octets = b"GET /a HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\n\r\nGET /b";
//! let mut pull = Pull::request();
//! let mut host = None;
//! let taken = loop {
//!     match pull.next(&Config::STRICT, octets)? {
//!         Part::RequestLine(line) => assert_eq!(line.target, b"/a"),
//!         Part::Field(field) if field.is("host") => host = Some(field.value),
//!         Part::Field(_) => {}
//!         Part::End(taken) => break taken,
//!         Part::Partial => unreachable!("read more, and go on with all octets so far"),
//!         _ => unreachable!(),
//!     }
//! };
//! assert_eq!(host, Some(&b"example.org"[..]));
//! assert_eq!(&octets[taken..], b"GET /b");
//! # Ok::<(), rajada_parser::Error>(())
//! ```
//!
//! What is accepted, which error is found and where is the same as with slots.
//! Framing is not decided here, because it needs the fields: use
//! [`Request::framing`](crate::Request::framing) where content may follow.

#[cfg(test)]
mod tests;

use super::field_lines::{Place, SectionLine, parse_line};
use super::parse::NO_TRAILERS;
use super::request_line::RequestLine as RequestLineGrammar;
use super::status_line::StatusLine as StatusLineGrammar;
use super::{Bounded, HeadKind, Stop};
use crate::fields::between;
use crate::resume::{Resume, StartLine};
use crate::scan::{Op, Scan, dispatch};
use crate::{Config, Error, ErrorKind, Field, FieldPosition, Version};

/// How far a head was pulled: offsets, no octets and no lifetime, so that it can
/// be stored between two reads.
///
/// Use a fresh one for each head, and give it *all* octets of the message so
/// far each time. Nothing is looked at twice, however the head is split. Like
/// [`Resume`], it is a hint: with other octets it may give wrong parts or
/// errors, and never panics.
#[derive(Clone, Copy, Debug)]
pub struct Pull {
    section: Section,
    next: Next,
    /// Within the start line.
    start: Resume,
    /// Within the lines behind it.
    line: u32,
    scanned: u32,
    colon: u32,
    any_field: bool,
    /// A field that may go on in the next line, where folds are accepted.
    held: Option<FieldPosition>,
    /// What is refused at the end of the head and not before.
    at_end: Option<Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Section {
    Request,
    Response,
    Fields,
    Trailers,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    StartLine,
    Field,
    End,
}

/// What [`Pull::next`] gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part<'b> {
    /// The first part of a request.
    RequestLine(RequestLine<'b>),
    /// The first part of a response.
    StatusLine(StatusLine<'b>),
    /// One field, in the order of the wire.
    Field(Field<'b>),
    /// The head or section is complete; it has so many octets, counted from the
    /// first one given.
    End(usize),
    /// All is well so far; call again with more octets behind the same ones.
    Partial,
}

/// The parts of a request line, RFC 9112 section 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestLine<'b> {
    /// The method, a token, case-sensitive.
    pub method: &'b [u8],
    /// The request target as it is written; see [`Target`](crate::Target).
    pub target: &'b [u8],
    /// The version that the request is handled as. Another major version is
    /// refused at the end of the head.
    pub version: Version,
}

/// The parts of a status line, RFC 9112 section 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatusLine<'b> {
    /// The version that the response is handled as. Another major version is
    /// refused at the end of the head.
    pub version: Version,
    /// The status code.
    pub code: u16,
    /// The reason phrase, which may be empty and means nothing.
    pub reason: &'b [u8],
}

impl Pull {
    /// At the beginning of a request.
    pub const fn request() -> Pull {
        Pull::new(Section::Request, Next::StartLine, 0)
    }

    /// At the beginning of a response.
    pub const fn response() -> Pull {
        Pull::new(Section::Response, Next::StartLine, 0)
    }

    /// Behind a start line that the caller has read: the first field line, or
    /// the empty line, begins so many octets behind the first of the message.
    ///
    /// ```
    /// use rajada_parser::Config;
    /// use rajada_parser::pull::{Part, Pull};
    ///
    /// let octets = b"RTSP/1.0 200 OK\r\nCSeq: 7\r\n\r\n"; // RFC 2326: a relative of HTTP
    /// let mut pull = Pull::fields(17);
    /// let Part::Field(field) = pull.next(&Config::STRICT, octets)? else { unreachable!() };
    /// assert_eq!((field.name, field.value), (&b"CSeq"[..], &b"7"[..]));
    /// assert_eq!(pull.next(&Config::STRICT, octets)?, Part::End(28));
    /// # Ok::<(), rajada_parser::Error>(())
    /// ```
    pub const fn fields(from: u32) -> Pull {
        Pull::new(Section::Fields, Next::Field, from)
    }

    /// At the beginning of a trailer section, with its own limit
    /// ([`Limits::trailers`](crate::Limits::trailers)). Offsets count from
    /// there. A field that can't be a trailer is handed out like any other, and
    /// refused at the end, so don't act on trailers before.
    pub const fn trailers() -> Pull {
        Pull::new(Section::Trailers, Next::Field, 0)
    }

    const fn new(section: Section, next: Next, line: u32) -> Pull {
        Pull {
            section,
            next,
            start: Resume::new(),
            line,
            scanned: 0,
            colon: 0,
            any_field: false,
            held: None,
            at_end: None,
        }
    }

    /// The next part of the head in `octets`, which begin with the first octet
    /// of the message and may hold more than the head.
    ///
    /// Limits apply, but for that on the number of fields.
    ///
    /// # Errors
    /// Those of [`Config::parse_request`], [`Config::parse_response`] or
    /// [`Config::parse_trailers`], with the same offsets. Parts that were handed
    /// out before belong to a refused message then. After an error a `Pull` is
    /// not to be used again.
    pub fn next<'b>(&mut self, config: &Config, octets: &'b [u8]) -> Result<Part<'b>, Error> {
        let (limit, kind) = match self.section {
            Section::Trailers => (config.limits.trailers, ErrorKind::TrailersTooLarge),
            _ => (config.limits.head, ErrorKind::HeadTooLarge),
        };
        let head = Bounded::new(octets, limit as usize, kind);
        match dispatch(config.choice, &mut NextPart { pull: self, config, head }) {
            Ok(PartPositions::Start(line)) => Ok(self.start_line(octets, line)),
            Ok(PartPositions::Field(position)) => Ok(Part::Field(self.field(octets, position))),
            Ok(PartPositions::End) => match self.at_end {
                Some(error) => Err(error),
                None => Ok(Part::End(self.line as usize)),
            },
            Err(Stop::Partial) => Ok(Part::Partial),
            Err(Stop::Error(error)) => Err(error),
        }
    }

    fn start_line<'b>(&mut self, octets: &'b [u8], line: StartLine) -> Part<'b> {
        self.at_end = line.judge_version().err();
        let version = line.version.into();
        let second = between(octets, line.second_start, line.second_end);
        match self.section {
            Section::Request => {
                let method = between(octets, line.start, line.first_end);
                Part::RequestLine(RequestLine { method, target: second, version })
            }
            _ => Part::StatusLine(StatusLine { version, code: line.code, reason: second }),
        }
    }

    fn field<'b>(&mut self, octets: &'b [u8], at: FieldPosition) -> Field<'b> {
        let field = Field {
            name: between(octets, at.name_start, at.name_end),
            value: between(octets, at.value_start, at.value_end),
        };
        let forbidden = || NO_TRAILERS.iter().any(|known| field.is(known.name()));
        if self.section == Section::Trailers && forbidden() {
            let error = Error::new(ErrorKind::TrailerForbidden, at.name_start as usize);
            self.at_end.get_or_insert(error);
        }
        field
    }
}

/// A part of a head, found at the best level.
struct NextPart<'c, 'b> {
    pull: &'c mut Pull,
    config: &'c Config,
    head: Bounded<'b>,
}

enum PartPositions {
    Start(StartLine),
    Field(FieldPosition),
    End,
}

impl Op for &mut NextPart<'_, '_> {
    type Second = ();
    type Third = ();
    type Out = Result<PartPositions, Stop>;

    #[inline(always)]
    fn run<S: Scan>(self, scan: S, (): (), (): ()) -> Self::Out {
        let NextPart { pull, config, head } = self;
        let head = *head;
        match pull.next {
            Next::StartLine => {
                let (line, from) = match pull.section {
                    Section::Request => {
                        RequestLineGrammar::parse(scan, head, config, &mut pull.start)
                    }
                    _ => StatusLineGrammar::parse(scan, head, config, &mut pull.start),
                }?;
                (pull.next, pull.line) = (Next::Field, from as u32);
                Ok(PartPositions::Start(line))
            }
            Next::Field => next_field(scan, head, config, pull),
            Next::End => Ok(PartPositions::End),
        }
    }
}

#[inline(always)]
fn next_field<S: Scan>(
    scan: S,
    head: Bounded<'_>,
    config: &Config,
    pull: &mut Pull,
) -> Result<PartPositions, Stop> {
    let leniency = &config.leniency;
    loop {
        let mut place = Place {
            line: pull.line as usize,
            scanned: pull.scanned as usize,
            colon: pull.colon as usize,
        };
        let line = parse_line(scan, head, leniency, &mut place, !pull.any_field, false);
        (pull.line, pull.scanned, pull.colon) =
            (place.line as u32, place.scanned as u32, place.colon as u32);
        let found = match line? {
            SectionLine::Field(position) => {
                pull.any_field = true;
                if leniency.obs_fold { pull.held.replace(position) } else { Some(position) }
            }
            SectionLine::Fold(value_end) => {
                if let Some(held) = &mut pull.held {
                    held.value_end = held.value_end.max(value_end);
                }
                None
            }
            SectionLine::End => {
                pull.next = Next::End;
                match pull.held.take() {
                    Some(position) => return Ok(PartPositions::Field(position)),
                    None => return Ok(PartPositions::End),
                }
            }
        };
        if let Some(position) = found {
            return Ok(PartPositions::Field(position));
        }
    }
}
