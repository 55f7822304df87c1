//! Requests that follow each other in one buffer.

#[cfg(test)]
mod tests;

use core::ops::ControlFlow;

use super::ParsedHead;
use super::request_line::RequestLine;
use super::whole::{self, Whole};
use crate::scan::slots::{Inside, Writer};
use crate::scan::{Op, Scan, dispatch};
use crate::{Config, Error, Request, Resume, Slots, Status};

/// How far a burst was parsed, and why no further; see [`Config::parse_requests`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct ParsedRequests {
    /// The octets of all requests that were handed out, with the content that was
    /// passed over.
    pub consumed: usize,
    /// What is wrong with the head behind these. Its offset counts from the first octet
    /// of that message. `None` if the head is incomplete, if there is none, or if the
    /// caller stopped.
    pub error: Option<Error>,
}

impl Config {
    /// Parses the requests that follow each other in `octets`, as many as are there, and
    /// gives each to `each`.
    ///
    /// `each` returns how many octets behind the head are the request's content, to be
    /// passed over, or that it wants no more. If that content isn't there as a whole, the
    /// burst ends behind the head.
    ///
    /// The answers are those of [`parse_request`](Self::parse_request), called for one
    /// head after the other. It takes less time where heads are small, as all that is
    /// done once a call is done once for all. What remains of a head that is incomplete
    /// is for `parse_request`: this function looks at it again each time.
    ///
    /// ```
    /// use core::ops::ControlFlow;
    /// use rajada_parser::{Config, Positions};
    ///
    /// let octets = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: b\r\n\r\nGET /c";
    /// let (mut slots, mut targets) = (Positions::<16>::new(), Vec::new());
    /// let parsed = Config::STRICT.parse_requests(octets, &mut slots, |request| {
    ///     targets.push(request.target());
    ///     ControlFlow::Continue(0)
    /// });
    /// assert_eq!(targets, [b"/a", b"/b"]);
    /// assert_eq!((&octets[parsed.consumed..], parsed.error), (&b"GET /c"[..], None));
    /// ```
    pub fn parse_requests<'b, S: Slots + ?Sized>(
        &self,
        octets: &'b [u8],
        slots: &mut S,
        mut each: impl FnMut(Request<'b, '_>) -> ControlFlow<(), usize>,
    ) -> ParsedRequests {
        let mut consumed = 0;
        loop {
            let rest = octets.get(consumed..).unwrap_or_default();
            let mut usual = UsualHeads {
                octets: rest,
                config: self,
                writer: slots.writer(Inside),
                each: &mut each,
            };
            let (octets_of_these, is_end) = dispatch(self.choice, &mut usual);
            consumed += octets_of_these;
            let rest = octets.get(consumed..).unwrap_or_default();
            if is_end || rest.is_empty() {
                return ParsedRequests { consumed, error: None };
            }
            match self.parse_request(rest, &mut Resume::new(), slots) {
                Ok(Status::Complete(request, end)) => {
                    consumed += end;
                    match content(&mut each, request, rest.len() - end) {
                        Some(content) => consumed += content,
                        None => return ParsedRequests { consumed, error: None },
                    }
                }
                Ok(Status::Partial) => return ParsedRequests { consumed, error: None },
                Err(error) => return ParsedRequests { consumed, error: Some(error) },
            }
        }
    }
}

/// What `each` says of a request's content. `None` if it wants no more, or if there are
/// not so many octets behind the head.
#[inline(always)]
fn content<'b>(
    each: &mut impl FnMut(Request<'b, '_>) -> ControlFlow<(), usize>,
    request: Request<'b, '_>,
    behind: usize,
) -> Option<usize> {
    match each(request) {
        ControlFlow::Continue(content) if content <= behind => Some(content),
        _ => None,
    }
}

/// Requests whose heads are of the usual form, one after another. Comes to the octets
/// of those that were handed out, and whether that was all that is wanted.
struct UsualHeads<'a, 'b, 'h, F> {
    octets: &'b [u8],
    config: &'a Config,
    writer: Writer<'h>,
    each: &'a mut F,
}

impl<'b, F: FnMut(Request<'b, '_>) -> ControlFlow<(), usize>> Op
    for &mut UsualHeads<'_, 'b, '_, F>
{
    type Second = ();
    type Third = ();
    type Out = (usize, bool);

    #[inline(always)]
    fn run<S: Scan>(self, scan: S, (): (), (): ()) -> (usize, bool) {
        let mut rest = self.octets;
        loop {
            let whole =
                whole::parse::<RequestLine, _, _>(scan, rest, self.config, self.writer.again());
            let consumed = self.octets.len() - rest.len();
            let Whole::Complete(end) = whole else { return (consumed, false) };
            let Some((octets, behind)) = rest.split_at_checked(end) else {
                return (consumed, false);
            };
            let (record, positions) = self.writer.written();
            let request = Request(ParsedHead { octets, positions, record });
            match content(self.each, request, behind.len()) {
                Some(content) => rest = behind.get(content..).unwrap_or_default(),
                None => return (consumed + end, true),
            }
        }
    }
}
