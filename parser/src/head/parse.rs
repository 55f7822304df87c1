//! The entry points: requests, responses, trailers.

use super::request_line::RequestLine;
use super::status_line::StatusLine;
use super::{Bounded, HeadKind, ParsedHead, Stop, parse_head};
use crate::fields::Known;
use crate::resume::StartLine;
use crate::scan::Scan;
use crate::scan::lines::{FirstLine, Lines};
use crate::{Config, Error, ErrorKind, Fields, Limits, Request, Response, Resume, Slots, Status};

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
    ///
    /// ```
    /// use rajada_parser::{Config, Positions, Resume, Status};
    ///
    /// let octets = b"GET /hello HTTP/1.1\r\nHost: example.org\r\n\r\nGET /next";
    /// let (mut at, mut slots) = (Resume::new(), Positions::<16>::new());
    /// let Status::Complete(request, taken) =
    ///     Config::STRICT.parse_request(octets, &mut at, &mut slots)? else { unreachable!() };
    /// assert_eq!((request.method(), request.target()), (&b"GET"[..], &b"/hello"[..]));
    /// assert_eq!(&octets[taken..], b"GET /next");
    /// # Ok::<(), rajada_parser::Error>(())
    /// ```
    #[inline]
    pub fn parse_request<'b, 'h, S: Slots + ?Sized>(
        &self,
        octets: &'b [u8],
        at: &mut Resume,
        slots: &'h mut S,
    ) -> Result<Status<Request<'b, 'h>>, Error> {
        parse_head::<RequestLine, S>(self, octets, at, slots)
    }

    /// Parses a status line and header section.
    ///
    /// Everything is as with [`parse_request`](Self::parse_request); what the
    /// head means is decided by [`Response::framing`].
    ///
    /// # Errors
    /// The same as there, with [`ErrorKind::StatusLine`] and
    /// [`ErrorKind::Reason`] for the first line.
    ///
    /// ```
    /// use rajada_parser::{Config, Positions, Resume, Status};
    ///
    /// let head = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    /// let (mut at, mut slots) = (Resume::new(), Positions::<8>::new());
    /// let Status::Complete(response, _) =
    ///     Config::STRICT.parse_response(head, &mut at, &mut slots)? else { unreachable!() };
    /// assert_eq!((response.code(), response.reason()), (404, &b"Not Found"[..]));
    /// # Ok::<(), rajada_parser::Error>(())
    /// ```
    #[inline]
    pub fn parse_response<'b, 'h, S: Slots + ?Sized>(
        &self,
        octets: &'b [u8],
        at: &mut Resume,
        slots: &'h mut S,
    ) -> Result<Status<Response<'b, 'h>>, Error> {
        parse_head::<StatusLine, S>(self, octets, at, slots)
    }

    /// Parses a trailer section, which follows the last chunk of chunked
    /// content (RFC 9112 section 7.1.2), and the empty line that ends it.
    ///
    /// `octets` begins behind the last chunk's line; offsets of errors count
    /// from there. Everything else is as with
    /// [`parse_request`](Self::parse_request).
    ///
    /// Only `Host`, `Content-Length` and `Transfer-Encoding` are refused. So
    /// never merge trailers into the fields of the head: `Authorization`, for
    /// one, has no meaning here (RFC 9110 section 6.5.1).
    ///
    /// # Errors
    /// Those of field lines, [`ErrorKind::TrailersTooLarge`], and
    /// [`ErrorKind::TrailerForbidden`].
    ///
    /// ```
    /// use rajada_parser::{Config, Positions, Resume, Status};
    ///
    /// let (mut at, mut slots) = (Resume::new(), Positions::<8>::new());
    /// let Status::Complete(trailers, 11) =
    ///     Config::STRICT.parse_trailers(b"Sum: 42\r\n\r\nGET /", &mut at, &mut slots)?
    ///     else { unreachable!() };
    /// assert_eq!(trailers.get("sum"), Some(&b"42"[..]));
    /// # Ok::<(), rajada_parser::Error>(())
    /// ```
    pub fn parse_trailers<'b, 'h, S: Slots + ?Sized>(
        &self,
        octets: &'b [u8],
        at: &mut Resume,
        slots: &'h mut S,
    ) -> Result<Status<Fields<'b, 'h>>, Error> {
        parse_head::<NoLine<TRAILERS>, S>(self, octets, at, slots)
    }

    /// Parses field lines up to the empty line behind them, of what is no message
    /// of HTTP and has fields of the same form, such as a part of multipart content
    /// (RFC 2046 section 5.1). All names are accepted, and none means anything here.
    ///
    /// # Errors
    /// Those of field lines, and [`ErrorKind::HeadTooLarge`].
    ///
    /// ```
    /// use rajada_parser::{Config, Positions, Resume, Status};
    ///
    /// let part = b"Content-Disposition: form-data; name=a\r\nContent-Length: 1\r\n\r\nx";
    /// let (mut at, mut slots) = (Resume::new(), Positions::<8>::new());
    /// let Status::Complete(fields, 61) = Config::STRICT.parse_fields(part, &mut at, &mut slots)?
    ///     else { unreachable!() };
    /// assert_eq!(fields.get("content-length"), Some(&b"1"[..]));
    /// # Ok::<(), rajada_parser::Error>(())
    /// ```
    pub fn parse_fields<'b, 'h, S: Slots + ?Sized>(
        &self,
        octets: &'b [u8],
        at: &mut Resume,
        slots: &'h mut S,
    ) -> Result<Status<Fields<'b, 'h>>, Error> {
        parse_head::<NoLine<OTHERS>, S>(self, octets, at, slots)
    }
}

/// Fields that frame or route, which a trailer section may not hold.
pub(super) const NO_TRAILERS: [Known; 3] =
    [Known::Host, Known::ContentLength, Known::TransferEncoding];

/// What a section that begins with its first field is: the trailers of a message, or something else.
const TRAILERS: bool = true;
const OTHERS: bool = false;

/// A section that begins with its first field.
struct NoLine<const IS_TRAILERS: bool>;

impl<const IS_TRAILERS: bool> HeadKind for NoLine<IS_TRAILERS> {
    type Message<'b, 'h> = Fields<'b, 'h>;

    const HAS_USUAL_FORM: bool = false;

    fn limit(limits: &Limits) -> (usize, ErrorKind) {
        if IS_TRAILERS {
            (limits.trailers as usize, ErrorKind::TrailersTooLarge)
        } else {
            (limits.head as usize, ErrorKind::HeadTooLarge)
        }
    }

    #[inline(always)]
    fn parse<S: Scan>(
        _: S,
        _: Bounded<'_>,
        _: &Config,
        _: &mut Resume,
    ) -> Result<(StartLine, usize), Stop> {
        Ok((StartLine::NONE, 0))
    }

    #[inline(always)]
    fn parse_usual<'b>(_: &impl Lines<'b>, _: &FirstLine, _: &Limits) -> Option<StartLine> {
        None
    }

    fn message<'b, 'h>(head: ParsedHead<'b, 'h>) -> Result<Fields<'b, 'h>, Error> {
        let fields = Fields::new(head.octets, head.positions);
        if !IS_TRAILERS {
            return Ok(fields);
        }
        let first = NO_TRAILERS
            .into_iter()
            .filter_map(|known| head.record.noted.find(known, fields).next())
            .map(|(position, _)| position.name_start)
            .min();
        match first {
            Some(at) => Err(Error::new(ErrorKind::TrailerForbidden, at as usize)),
            None => Ok(fields),
        }
    }
}
