//! Requests that follow each other in one buffer.

use crate::{Config, Error, Request, Resume, Slots, Status};

/// A buffer with pipelined requests (RFC 9112 section 9.3.2), of which one head
/// after another is parsed: a cursor over octets.
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
#[derive(Clone, Debug)]
pub struct Burst<'b> {
    octets: &'b [u8],
    /// What is consumed.
    at: usize,
}

impl<'b> Burst<'b> {
    /// The heads in `octets`, which begin with the first octet of a message.
    #[inline]
    #[must_use]
    pub const fn new(octets: &'b [u8]) -> Burst<'b> {
        Burst { octets, at: 0 }
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
        let status = config.parse_request(self.rest(), at, slots)?;
        if let Status::Complete(_, length) = &status {
            self.at += length;
        }
        Ok(status)
    }
}

#[cfg(test)]
mod tests;
