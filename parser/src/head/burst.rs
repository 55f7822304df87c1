//! Requests that follow each other in one buffer.

use core::fmt;
use core::marker::PhantomData;

use super::request_line::RequestLine;
use super::whole::{self, Whole};
use super::{Head, Outcome, conclude, parse_alone, parse_exactly};
use crate::scan::block::BlockLines;
use crate::scan::index::Index;
use crate::scan::{Op, Scan, Window, dispatch};
use crate::{Config, Error, Request, Resume, Slots, Status};

/// A buffer with pipelined requests (RFC 9112 section 9.3.2), of which one head
/// after another is parsed.
///
/// Where the lines of heads end that follow each other without content is found
/// once for all of them, and kept here from one head to the next.
/// [`Config::parse_request`] looks at a block of octets again for each head in it.
/// Results, errors and offsets are the same.
///
/// It is about 1.3 KiB large, mostly not initialised: keep it where it is and
/// lend it.
///
/// ```
/// use rajada_parser::{Burst, Config, Positions, Resume, Status};
///
/// let octets = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\nPUT /b HTTP/1.1\r\nHost: a\r\n\
///     Content-Length: 5\r\n\r\nhelloGET /c HTTP/1.1\r\nHo";
/// let mut burst = Burst::new(octets);
/// let mut slots = Positions::<16>::new();
/// let mut targets = Vec::new();
/// loop {
///     let mut at = Resume::new(); // a fresh one for each head
///     let status = burst.parse_request(&Config::STRICT, &mut at, &mut slots)?;
///     let Status::Complete(request, _) = status else { break };
///     targets.push(request.target());
///     if request.target() == b"/b" {
///         assert_eq!(&burst.rest()[..5], b"hello"); // what `Request::framing` says
///         burst.advance(5);
///     }
/// }
/// assert_eq!(targets, [b"/a", b"/b"]);
/// assert_eq!(burst.rest(), b"GET /c HTTP/1.1\r\nHo"); // kept until more arrives
/// # Ok::<(), rajada_parser::Error>(())
/// ```
pub struct Burst<'b> {
    octets: &'b [u8],
    /// What is consumed.
    at: usize,
    /// Where the last head ended.
    behind_head: usize,
    /// Whether a head was not of the usual form. Then others are not either, and an
    /// index would be made for each.
    unusual: bool,
    index: Index,
}

impl<'b> Burst<'b> {
    /// The heads in `octets`, which begin with the first octet of a message.
    #[inline]
    #[must_use]
    pub const fn new(octets: &'b [u8]) -> Burst<'b> {
        Burst { octets, at: 0, behind_head: usize::MAX, unusual: false, index: Index::new() }
    }

    /// How many octets are consumed: those of heads that were parsed, and those
    /// of [`advance`](Self::advance).
    #[inline]
    pub const fn consumed(&self) -> usize {
        self.at
    }

    /// The octets that are not consumed.
    #[inline]
    pub fn rest(&self) -> &'b [u8] {
        self.octets.get(self.at..).unwrap_or_default()
    }

    /// Consumes `octets` more, or all that are left: those of a message's content.
    #[inline]
    pub fn advance(&mut self, octets: usize) {
        self.at += octets.min(self.rest().len());
    }

    /// Parses the next head as [`Config::parse_request`] does, and consumes it if
    /// it is complete. The number of octets in [`Status::Complete`] is its length.
    ///
    /// # Errors
    /// Those of [`Config::parse_request`]; offsets count from the first octet that
    /// is not consumed. Nothing is consumed then.
    #[inline]
    pub fn parse_request<'h, S: Slots + ?Sized>(
        &mut self,
        config: &Config,
        at: &mut Resume,
        slots: &'h mut S,
    ) -> Result<Status<Request<'b, 'h>>, Error> {
        let octets = self.rest();
        let writer = slots.writer();
        let mut head = Head::<RequestLine> { config, octets, at, writer, line: PhantomData };
        let outcome = if head.at.known > 0 {
            parse_exactly(&mut head)
        } else {
            dispatch(config.at_most, Next { head: &mut head, burst: self })
        };
        let status = conclude::<RequestLine, S>(outcome, octets, slots)?;
        if let Status::Complete(_, length) = &status {
            self.at += length;
            self.behind_head = self.at;
        }
        Ok(status)
    }
}

impl fmt::Debug for Burst<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (consumed, rest) = (self.at, self.rest().len());
        f.debug_struct("Burst").field("consumed", &consumed).field("rest", &rest).finish()
    }
}

/// Parses the next head of a burst.
struct Next<'p, 'c, 'b, 'h, 'i> {
    head: &'p mut Head<'c, 'b, 'h, RequestLine>,
    burst: &'i mut Burst<'b>,
}

impl Op for Next<'_, '_, '_, '_, '_> {
    type Out = Outcome;

    #[inline(always)]
    fn run<S: Scan>(&mut self, scan: S) -> Outcome {
        let Burst { octets, at, behind_head, unusual, index } = &mut *self.burst;
        let (Some(blocks), true) = (scan.blocks(), *at == *behind_head && !*unusual) else {
            // Behind content there may be content again, and so on: an index of many
            // heads would be of no use.
            return self.head.parse::<S, false>(scan);
        };
        // A small head needs no index.
        if let Some(rest) = Window::new(self.head.octets)
            && let Some(lines) = BlockLines::find(blocks, rest, 0)
        {
            return self.head.parse_lines::<false>(&lines);
        }
        let Head { config, at: resume, writer, .. } = &mut *self.head;
        writer.restrict(config.limits.fields as usize);
        let limits = &config.limits;
        if let Some(lines) = index.lines(blocks, octets, *at, AHEAD)
            && let Whole::Complete(start, noted, length) =
                whole::parse::<RequestLine>(&lines, limits, resume, writer)
            && index.take(length, 1 + writer.count())
        {
            writer.finish(start, noted);
            return Outcome::Complete(length);
        }
        (**resume, _) = (Resume::new(), writer.resume(0));
        *unusual = true;
        parse_alone(self.head)
    }
}

/// How many octets from the beginning of a head are classified. Longer ones are
/// parsed alone.
const AHEAD: usize = 4096;

#[cfg(test)]
mod tests;
