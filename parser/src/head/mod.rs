//! The grammar of a head: RFC 9112 sections 2 to 5.
//!
//! ```abnf
//! HTTP-message = start-line CRLF *( field-line CRLF ) CRLF [ message-body ]
//! start-line   = request-line / status-line
//! ```
//!
//! It is written once, over a [`Scan`] that finds where an octet class ends. A
//! parse either gets to the end, stops at the lowest offset that can't be
//! right, or stops for want of octets and notes in [`Resume`] how far it got.

mod field_lines;
mod request_line;
#[cfg(test)]
mod tests;

use crate::fields::Noted;
use crate::resume::{StartLine, WireVersion};
use crate::scan::slots::Writer;
use crate::scan::{Op, Scan, dispatch};
use crate::{Config, Error, ErrorKind, Request, Resume, Slots, Status};

impl Config {
    /// Parses a request line and header section.
    ///
    /// `octets` begins with the first octet of the message and may hold more
    /// than the head: what follows it is not looked at. `at` is a fresh
    /// [`Resume`] for each message; when the answer is [`Status::Partial`], give
    /// it again with the same `slots` and more octets behind the same ones.
    ///
    /// What the head means for the content and the connection is decided by
    /// [`Request::framing`].
    ///
    /// # Errors
    /// What can't be right is refused at the lowest offset and as soon as it is
    /// there, without waiting for the end of the head; only a foreign major
    /// version is refused at the end. See [`ErrorKind`].
    #[inline]
    pub fn parse_request<'b, 'h, S: Slots + ?Sized>(
        &self,
        octets: &'b [u8],
        at: &mut Resume,
        slots: &'h mut S,
    ) -> Result<Status<Request<'b, 'h>>, Error> {
        let writer = slots.writer();
        match dispatch(
            self.at_most,
            RequestHead {
                config: self,
                octets,
                at,
                writer,
            },
        ) {
            Ok((start, noted, positions, end)) => {
                let head = &octets[..end];
                Ok(Status::Complete(
                    Request {
                        head,
                        positions,
                        start,
                        noted,
                    },
                    end,
                ))
            }
            Err(Stop::Partial) => Ok(Status::Partial),
            Err(Stop::Error(error)) => Err(error),
        }
    }
}

/// Why a parse goes no further.
enum Stop {
    /// More octets are needed.
    Partial,
    /// They would not help.
    Error(Error),
}

/// Short for the error at an offset.
#[cold]
fn error(kind: ErrorKind, offset: usize) -> Stop {
    Stop::Error(Error::new(kind, offset))
}

/// The octets up to a limit, and what to say at the limit.
#[derive(Clone, Copy)]
struct Bounded<'b> {
    octets: &'b [u8],
    /// Whether octets beyond the limit are there.
    exceeded: bool,
    kind: ErrorKind,
}

impl<'b> Bounded<'b> {
    #[inline(always)]
    fn new(octets: &'b [u8], limit: usize, kind: ErrorKind) -> Self {
        match octets.get(..limit) {
            Some(within) => Bounded {
                octets: within,
                exceeded: octets.len() > limit,
                kind,
            },
            None => Bounded {
                octets,
                exceeded: false,
                kind,
            },
        }
    }

    /// No octet is left: more are needed, unless the limit is in the way.
    #[cold]
    fn out_of_octets(self) -> Stop {
        if self.exceeded {
            error(self.kind, self.octets.len())
        } else {
            Stop::Partial
        }
    }
}

/// A request head, as a computation for the best level.
struct RequestHead<'c, 'b, 'h> {
    config: &'c Config,
    octets: &'b [u8],
    at: &'c mut Resume,
    writer: Writer<'h>,
}

type Parsed<'h> = (StartLine, Noted, &'h [crate::FieldPosition], usize);

impl<'h> Op for RequestHead<'_, '_, 'h> {
    type Out = Result<Parsed<'h>, Stop>;

    #[inline(always)]
    fn run<S: Scan>(self, scan: S) -> Self::Out {
        let RequestHead {
            config,
            octets,
            at,
            writer,
        } = self;
        let limits = &config.limits;
        let head = Bounded::new(octets, limits.head as usize, ErrorKind::HeadTooLarge);
        if !writer.holds(at.fields as usize) {
            // These are not the slots of the earlier calls: begin again.
            *at = Resume::new();
        }
        let slots = writer.resume(at.fields as usize, limits.fields as usize);

        let (start, fields_from) = match at.start {
            None => request_line::parse(scan, head, limits, at)?,
            Some(start) => (start, at.line as usize),
        };
        let (noted, positions, end) =
            field_lines::parse(scan, head, start, fields_from, at, slots)?;
        if start.version == WireVersion::Other {
            // The major version is the sixth octet of `SP HTTP/x.y`.
            return Err(error(
                ErrorKind::VersionUnsupported,
                start.second_end as usize + 6,
            ));
        }
        Ok((start, noted, positions, end))
    }
}
