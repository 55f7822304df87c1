//! Where the parts of multipart content begin and end (RFC 2046 section 5.1.1).

use core::fmt;

use memchr::memmem;
use rajada_parser::{Config, Error, Limits, Positions, Resume, Status};

use super::disposition::Disposition;

/// Fields that the head of a part may have.
const MOST_FIELDS: usize = 16;

/// Octets that the head of a part may have, its empty line included.
const LONGEST_HEAD: u32 = 8 * 1024;

/// What heads of parts are parsed with.
const HEADS: Config = Config::STRICT.with_limits(Limits {
    head: LONGEST_HEAD,
    fields: MOST_FIELDS as u32,
    ..Limits::DEFAULT
});

/// Octets of white space behind a delimiter, which RFC 2046 calls transport padding, with the line's end.
const LONGEST_PADDING: usize = 256;

/// Takes multipart content apart, however it is cut into pieces: a part is a head, then data, then its end.
///
/// ```abnf
/// multipart-body = [ preamble CRLF ] dash-boundary padding CRLF body-part
///                  *( CRLF dash-boundary padding CRLF body-part )
///                  CRLF dash-boundary "--" padding [ CRLF epilogue ]
/// dash-boundary  = "--" boundary
/// ```
///
/// The line of a delimiter must hold nothing else, since another reader would take it for content, and the content must
/// end with the last one.
pub(super) struct Decoder {
    /// CR LF, two dashes and the boundary.
    delimiter: memmem::Finder<'static>,
    state: State,
    /// How far the head at hand was parsed, and what is in it.
    resume: Resume,
    slots: Positions<MOST_FIELDS>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the first octet, where a delimiter has no line end before it.
    Start,
    Preamble,
    /// Behind a delimiter.
    Line,
    Head,
    /// At the first octet of a part's data: the empty line of its head may be the line end of a delimiter, if it has none
    /// at all.
    Begin,
    Data,
    /// Behind the two dashes of the last delimiter.
    LastLine,
    Epilogue,
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Event<'o> {
    /// Nothing before there are more octets behind those that were not taken.
    NeedData,
    /// A part begins.
    Part { disposition: Disposition, content_type: Option<&'o [u8]> },
    /// Some of its content.
    Data(&'o [u8]),
    /// It ends.
    EndOfPart,
    /// All parts have been seen; what follows is to be ignored.
    End,
}

/// Why content is no form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// More stands in the line of a delimiter than the delimiter.
    Delimiter,
    /// The head of a part is malformed.
    Head(Error),
    /// A part without its name, or with one that nobody can read.
    Disposition,
    /// A part is encoded once more, which RFC 7578 section 4.7 deprecates: nobody would decode it.
    Encoding,
    /// A field of a part's head is there more than once.
    Repeated,
}

impl Fault {
    /// Where it is in what is judged at once, in octets.
    fn offset(self) -> usize {
        match self {
            Fault::Head(error) => error.offset(),
            _ => 0,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Delimiter => f.write_str("more than a delimiter in its line"),
            // Its offset is told as one of the whole content.
            Fault::Head(error) => fmt::Display::fmt(&error.kind(), f),
            Fault::Disposition => {
                f.write_str("a part without a Content-Disposition that says form-data and a name")
            }
            Fault::Encoding => f.write_str("a part with a Content-Transfer-Encoding"),
            Fault::Repeated => f.write_str("a part with a repeated field"),
        }
    }
}

impl core::error::Error for Fault {}

impl Decoder {
    pub(super) fn new(boundary: &str) -> Decoder {
        let delimiter = memmem::Finder::new(&["\r\n--", boundary].concat()).into_owned();
        Decoder { delimiter, state: State::Start, resume: Resume::new(), slots: Positions::new() }
    }

    /// Looks at `octets`, which begin with those that were not taken before. What comes next, and how many of them are
    /// taken by that. Behind [`Event::End`] the rest may be given as well, of which the line of the last delimiter is
    /// judged.
    ///
    /// # Errors
    /// Why the content is no form, and how many octets are in front of what shows it.
    pub(super) fn decode<'o>(
        &mut self,
        octets: &'o [u8],
    ) -> Result<(Event<'o>, usize), (Fault, usize)> {
        let mut taken = 0;
        loop {
            let (before, rest) = (self.state, &octets[taken..]);
            let (event, len) = self.step(rest).map_err(|fault| (fault, taken + fault.offset()))?;
            taken += len;
            if event != Event::NeedData || (self.state == before && len == 0) {
                return Ok((event, taken));
            }
        }
    }

    /// The same, but that there may be more to come of the same octets behind [`Event::NeedData`].
    fn step<'o>(&mut self, octets: &'o [u8]) -> Result<(Event<'o>, usize), Fault> {
        let delimiter = self.delimiter.needle();
        let dashed = &delimiter[2..];
        match self.state {
            State::Start if octets.starts_with(dashed) => {
                Ok(self.go(State::Line, Event::NeedData, dashed.len()))
            }
            State::Begin if octets.starts_with(dashed) => {
                Ok(self.go(State::Line, Event::EndOfPart, dashed.len()))
            }
            State::Start | State::Begin if dashed.starts_with(octets) => Ok((Event::NeedData, 0)),
            State::Start => Ok(self.go(State::Preamble, Event::NeedData, 0)),
            State::Begin => Ok(self.go(State::Data, Event::NeedData, 0)),
            State::Preamble => Ok(match self.delimiter.find(octets) {
                Some(at) => self.go(State::Line, Event::NeedData, at + delimiter.len()),
                None => (Event::NeedData, self.without_delimiter(octets)),
            }),
            State::Line => match octets {
                [b'-', b'-', ..] => Ok(self.go(State::LastLine, Event::NeedData, 2)),
                [b'-'] => Ok((Event::NeedData, 0)),
                _ => match line_end(octets)? {
                    Some(taken) => Ok(self.go(State::Head, Event::NeedData, taken)),
                    None => Ok((Event::NeedData, 0)),
                },
            },
            State::Head => self.head(octets),
            State::Data => Ok(match self.delimiter.find(octets) {
                Some(0) => self.go(State::Line, Event::EndOfPart, delimiter.len()),
                Some(at) => (Event::Data(&octets[..at]), at),
                None => match self.without_delimiter(octets) {
                    0 => (Event::NeedData, 0),
                    len => (Event::Data(&octets[..len]), len),
                },
            }),
            State::LastLine => Ok(match line_end(octets)? {
                Some(taken) => self.go(State::Epilogue, Event::NeedData, taken),
                None if octets.ends_with(b"\r") => (Event::NeedData, 0),
                None => (Event::End, 0),
            }),
            State::Epilogue => Ok((Event::End, octets.len())),
        }
    }

    fn go<'o>(&mut self, state: State, event: Event<'o>, taken: usize) -> (Event<'o>, usize) {
        self.state = state;
        (event, taken)
    }

    fn head<'o>(&mut self, octets: &'o [u8]) -> Result<(Event<'o>, usize), Fault> {
        let parsed = HEADS.parse_fields(octets, &mut self.resume, &mut self.slots);
        let Status::Complete(fields, taken) = parsed.map_err(Fault::Head)? else {
            return Ok((Event::NeedData, 0));
        };
        self.resume = Resume::new();
        let only = |name: &str| {
            let mut values = fields.get_all(name);
            let first = values.next();
            if values.next().is_some() { Err(Fault::Repeated) } else { Ok(first) }
        };
        let disposition = only("content-disposition")?.and_then(Disposition::parse);
        let disposition = disposition.ok_or(Fault::Disposition)?;
        let plain = ["7bit", "8bit", "binary"];
        let is_plain =
            |coding: &[u8]| plain.iter().any(|plain| coding.eq_ignore_ascii_case(plain.as_bytes()));
        if !only("content-transfer-encoding")?.is_none_or(is_plain) {
            return Err(Fault::Encoding);
        }
        let content_type = only("content-type")?;
        self.state = State::Begin;
        Ok((Event::Part { disposition, content_type }, taken))
    }

    /// How many octets no delimiter begins in, if none is whole.
    fn without_delimiter(&self, octets: &[u8]) -> usize {
        let needle = self.delimiter.needle();
        let from = octets.len().saturating_sub(needle.len() - 1);
        let tail = &octets[from..];
        let begins = (0..tail.len()).find(|&at| needle.starts_with(&tail[at..]));
        from + begins.unwrap_or(tail.len())
    }
}

/// The length of white space and a line's end, which is all that a line may hold. `None` if there is not all of it.
fn line_end(octets: &[u8]) -> Result<Option<usize>, Fault> {
    let padding = octets.iter().take_while(|octet| matches!(octet, b' ' | b'\t')).count();
    match &octets[padding..] {
        _ if padding > LONGEST_PADDING => Err(Fault::Delimiter),
        [b'\r', b'\n', ..] => Ok(Some(padding + 2)),
        [] | [b'\r'] => Ok(None),
        _ => Err(Fault::Delimiter),
    }
}
