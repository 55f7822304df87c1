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
mod parse;
mod request_line;
mod status_line;
#[cfg(test)]
mod tests;

use core::marker::PhantomData;

use crate::fields::Noted;
use crate::resume::{Resume, StartLine};
use crate::scan::slots::Writer;
use crate::scan::{Op, Scan, dispatch};
use crate::{Config, Error, ErrorKind, FieldPosition, Limits, Slots, Status};

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
            Some(within) => Bounded { octets: within, exceeded: octets.len() > limit, kind },
            None => Bounded { octets, exceeded: false, kind },
        }
    }

    /// No octet is left: more are needed, unless the limit is in the way.
    #[cold]
    fn out_of_octets(self) -> Stop {
        if self.exceeded { error(self.kind, self.octets.len()) } else { Stop::Partial }
    }
}

/// What a head begins with.
trait FirstLine {
    /// Parses it and returns it with the offset of what follows.
    fn parse<S: Scan>(
        scan: S,
        head: Bounded<'_>,
        limits: &Limits,
        at: &mut Resume,
    ) -> Result<(StartLine, usize), Stop>;
}

/// A head, as a computation for the best level.
struct Head<'c, 'b, 'h, L> {
    config: &'c Config,
    octets: Bounded<'b>,
    at: &'c mut Resume,
    writer: Writer<'h>,
    first_line: PhantomData<L>,
}

/// Its parts: the first line, what was noted, where the fields are, and the
/// offset of what follows.
type Parts<'h> = (StartLine, Noted, &'h [FieldPosition], usize);

impl<'h, L: FirstLine> Op for Head<'_, '_, 'h, L> {
    type Out = Result<Parts<'h>, Stop>;

    #[inline(always)]
    fn run<S: Scan>(self, scan: S) -> Self::Out {
        let Head { config, octets, at, writer, .. } = self;
        let limits = &config.limits;
        if !writer.holds(at.fields as usize) {
            // These are not the slots of the earlier calls: begin again.
            *at = Resume::new();
        }
        let slots = writer.resume(at.fields as usize, limits.fields as usize);

        let (start, fields_from) = match at.start {
            None => L::parse(scan, octets, limits, at)?,
            Some(start) => (start, at.line as usize),
        };
        let (noted, positions, end) =
            field_lines::parse(scan, octets, start, fields_from, at, slots)?;
        Ok((start, noted, positions, end))
    }
}

/// Parses a head that begins with `L`.
#[inline]
fn parse_head<'h, L: FirstLine, S: Slots + ?Sized>(
    config: &Config,
    octets: Bounded<'_>,
    at: &mut Resume,
    slots: &'h mut S,
) -> Result<Status<Parts<'h>>, Error> {
    let writer = slots.writer();
    let head = Head::<L> { config, octets, at, writer, first_line: PhantomData };
    match dispatch(config.at_most, head) {
        Ok(parts) => Ok(Status::Complete(parts, parts.3)),
        Err(Stop::Partial) => Ok(Status::Partial),
        Err(Stop::Error(error)) => Err(error),
    }
}
